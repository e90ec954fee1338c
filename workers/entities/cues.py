"""Verbs of saying, pronouns and unnamed speakers (`a police spokesman`), by language."""

import re
from functools import lru_cache

__all__ = ["ACCORDING", "cue_pattern", "fragment_pattern", "pronoun_pattern", "unnamed_pattern"]

_VERBS = {
    "en": "said says say stated states told tells added adds noted notes affirmed affirms reiterated reiterates stressed stresses emphasized emphasised emphasizes remarked remarks claimed claims argued argues warned warns announced announces explained explains insisted insists declared declares wrote writes confirmed confirms denied denies acknowledged acknowledges asked asks replied replies answered continued concluded underscored underlined recognized recognised admitted admits tweeted posted commented comments expressing expressed expresses called calls calling described describes describing urged urges recalled recalls reported reports testified predicted predicts pledged promised vowed suggested suggests observed joked quipped pointed-out complained lamented boasted repeated cautioned advised praised praising criticized criticised condemned condemning accused responded assured estimated conceded theorized theorised thought thinks believes believed saying as-saying adding noting stating warning telling explaining arguing insisting announcing stressing claiming issuing cheered shouted cried",
    "de": "sagte sagt sagten sagen erklärte erklärt betonte betont teilte meinte meint berichtete kündigte warnte forderte fügte schrieb bestätigte äußerte kommentierte hieß lobte kritisierte",
    "fr": "déclaré déclare dit affirmé affirme expliqué explique ajouté ajoute souligné souligne annoncé annonce précisé précise indiqué indique assuré assure estimé estime confié lancé rappelé écrit répondu insisté regretté",
    "es": "dijo dice dijeron afirmó afirma declaró declara aseguró asegura explicó explica señaló señala añadió añade agregó indicó indica advirtió anunció sostuvo manifestó comentó destacó subrayó reconoció escribió respondió insistió lamentó",
    "ru": "сказал сказала сказали заявил заявила заявили отметил отметила подчеркнул подчеркнула добавил добавила сообщил сообщила сообщили рассказал рассказала пояснил пояснила объявил написал написала считает говорит заявляет уверен",
    "uk": "сказав сказала сказали заявив заявила заявили зазначив зазначила підкреслив підкреслила додав додала повідомив повідомила розповів розповіла пояснив пояснила оголосив написав написала вважає каже наголосив наголосила",
    "ar": "قال قالت قالوا وقال وقالت صرح صرحت وصرح أكد أكدت وأكد وأكدت أضاف أضافت وأضاف وأضافت أوضح أوضحت وأوضح أعلن أعلنت وأعلن ذكر ذكرت وذكر شدد وشدد أشار وأشار كتب",
    "it": "detto dice dichiarato dichiara affermato afferma spiegato spiega aggiunto aggiunge sottolineato annunciato commentato scritto",
    "pt": "disse diz afirmou afirma declarou declara explicou explica acrescentou anunciou destacou ressaltou escreveu comentou",
    "nl": "zei zegt verklaarde benadrukte voegde schreef vertelde aldus",
}
#: What introduces a source without a verb.
ACCORDING = {"en": "according to|in the words of", "de": "laut|nach angaben von|so", "fr": "selon|d'après", "es": "según", "ru": "по словам|по мнению|согласно", "uk": "за словами|на думку|згідно з", "ar": "وفقا ل|بحسب|حسب", "it": "secondo", "pt": "segundo|de acordo com", "nl": "volgens|aldus"}  # fmt: skip
#: Verbs whose object may be a few quoted words: `the minister blamed "bad soil"`.
_FRAGMENT = "blamed blames called calls described describes dubbed cited cites praised praises hailed hails criticised criticized denounced condemned lamented promised promises pledged vowed vows demanded dismissed dismisses slammed decried rejected urged"
_PRONOUNS = {
    "en": "he|she|they|it|I|we|him|her",
    "de": "er|sie|es",
    "fr": "il|elle|ils|elles",
    "es": "él|ella|ellos",
    "ru": "он|она|они",
    "uk": "він|вона|вони",
    "ar": "هو|هي",
    "it": "lui|lei|egli",
    "pt": "ele|ela",
    "nl": "hij|zij|ze",
}
_UNNAMED = {
    "en": r"(?:spokes(?:man|woman|person|people)|officials?|officers?|sources?|diplomats?|ministers?|presidents?|premier|chancellor|leaders?|senators?|governors?|mayors?|king|chiefs?|ceo|envoys?|ambassadors?|secretary|doctors?|physicians?|observers?|workers?|residents?|witness(?:es)?|lawyers?|attorneys?|researchers?|scientists?|police|authorities|analysts?|economists?|experts?|commanders?|generals?|colonel|soldiers?|protesters?|activists?|teachers?|students?|mothers?|fathers?|parents?|brothers?|sisters?|sons?|daughters?|wi(?:fe|ves)|husbands?|neighbou?rs?|coach(?:es)?|managers?|captains?|players?|fans?|owners?|directors?|judges?|prosecutors?|company|statement|report|release|ministry|agency|government|committee|council|group|lawmakers?|politicians?|executives?|traders?|survivors?|victims?|passengers?|priests?|bishops?|pope|pontiff|singer|actors?|actress|author|editor|reporters?|journalists?|aides?|advis[eo]rs?|members?|representatives?|people|man|men|wom[ae]n|others?|someone|critics?|supporters?|opponents?|villagers?|farmers?|customers?)",
}


@lru_cache(maxsize=16)
def cue_pattern(language: str) -> re.Pattern[str]:
    """A verb of saying, or words like `according to` (group `source`)."""
    known = language if language in _VERBS else "en"
    verbs = sorted((verb.replace("-", " ") for verb in _VERBS[known].split()), key=len, reverse=True)
    return re.compile(
        rf"(?<![\w-])(?:(?P<source>{ACCORDING[known]})|(?P<verb>{'|'.join(map(re.escape, verbs))}))(?![\w-])",
        re.IGNORECASE,
    )


@lru_cache(maxsize=1)
def fragment_pattern() -> re.Pattern[str]:
    """English verbs of judging before a quoted fragment; groups as in `cue_pattern`."""
    return re.compile(rf"(?<![\w-])(?:(?P<source>(?!))|(?P<verb>{'|'.join(_FRAGMENT.split())}))(?![\w-])")


@lru_cache(maxsize=16)
def pronoun_pattern(language: str) -> re.Pattern[str]:
    """A pronoun that may be who speaks."""
    return re.compile(rf"(?<![\w'’-])({_PRONOUNS.get(language, _PRONOUNS['en'])})(?![\w-])", re.IGNORECASE)


@lru_cache(maxsize=16)
def unnamed_pattern(language: str) -> re.Pattern[str]:
    """Somebody without a name: `the Russian diplomat`, `a police spokesman`, `residents`. English only; else nothing."""
    if language not in {"en", "und"}:
        return re.compile(r"(?!)")
    return re.compile(
        rf"(?<![\w-])((?:(?:the|a|an|one|another|some|several|many|his|her|their|its|this|that|unnamed|local)\s)?(?:(?!(?:in|of|for|at|by|on|to|and|as|from|with|that)\s)[\w’'-]+\s){{0,3}}?{_UNNAMED['en']})(?![\w-])",
        re.IGNORECASE,
    )
