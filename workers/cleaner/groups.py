"""What tags, classes and ids say about the place of a text: groups of words, as bits of a number."""

import re
from functools import lru_cache

__all__ = [
    "NO_BITS",
    "PLACES",
    "PROPERTY_BITS",
    "TAG_BITS",
    "TELLING",
    "WORD_BITS",
    "element_bits",
    "has_place",
    "place_bits",
]

NO_BITS = 0

#: A place, and the words of class, id, role, itemprop and data-component that name it.
_WORDS: dict[str, str] = {
    "article": "article story post entry artikel articulo noticia news blog nota post single hentry permalink",
    "body": "body content text copy richtext rich wysiwyg prose paragraph articlebody maincontent bodytext fulltext articletext storytext "
            "storybody postcontent entrycontent textblock contenido cuerpo contenu inhalt articlecontent storycontent",
    "main": "main primary page center",
    "nav": "nav navigation menu navbar breadcrumb breadcrumbs toc sitemap pagination pager hamburger tabs submenu mainmenu navi megamenu",
    "header": "header masthead topbar hero banner",
    "footer": "footer foot colophon bottom",
    "side": "sidebar aside side rail secondary complementary rightcol rightrail marginal sticky",
    "related": "related recommend recommended recommendation recommendations more popular trending mostread latest also readmore outbrain "
               "taboola next similar suggestions river feed morefrom mostpopular infinite onward further explore relacionadas relacionados",
    "teaser": "teaser teasers card cards promo tile tiles grid thumbnail thumb carousel slider swiper snippet collection package curation",
    "comment": "comment comments disqus reply respond discussion commentlist kommentar kommentare coral viafoura",
    "share": "share sharing social facebook twitter whatsapp toolbar bookmark addtoany sharedaddy addthis tools sns followus follow",
    "caption": "caption figcaption figure image img photo picture gallery credit credits foto bild bildunterschrift wp slideshow lightbox",
    "byline": "byline author authors autor autoren contributor writer bio meta info published date time timestamp dateline pubdate updated "
              "datum byl reporter posted",
    "title": "title headline heading hed kicker overline dachzeile hl",
    "lead": "summary lead lede intro standfirst subtitle subheadline deck dek description excerpt abstract vorspann subhead sub chapo",
    "ad": "ad ads advert advertisement sponsor sponsored dfp anzeige werbung commercial gpt adslot adunit partner affiliate",
    "subscribe": "newsletter subscribe subscription signup register login paywall cta membership piano metered join donate support "
                 "donation regwall upsell offer optin mailchimp mc4wp",
    "overlay": "modal popup overlay cookie consent gdpr dialog toast notice alert privacy offcanvas onetrust tooltip dropdown flyout",
    "tags": "tag tags topics topic keywords category categories section label labels badge cat taxonomy",
    "widget": "widget module box plugin embed infobox factbox sidebox wpwidget",
    "media": "video player audio podcast jwplayer youtube playlist stream media",
    "form": "search form input button btn field survey poll quiz",
    "legal": "legal disclaimer copyright terms imprint",
    "unseen": "hidden sr visually screen invisible skip a11y collapsed hide srsonly assistive",
    "quote": "quote pullquote blockquote tweet instagram pull",
    "facts": "table list data facts stats takeaways highlights summarybox key",
    "live": "live liveblog ticker timeline update updates",
    "correction": "correction editors note footnote footnotes references source sources",
}  # fmt: skip
_TAGS = (
    "article", "main", "section", "aside", "nav", "footer", "header", "figure", "figcaption", "ul", "ol", "li", "table", "form",
    "blockquote", "p", "h1", "h2", "h3", "h4", "button", "dl", "details", "address", "td",
)  # fmt: skip

#: Every place that has a bit, in the order of the bits.
PLACES: tuple[str, ...] = (*_WORDS, *(f"<{tag}>" for tag in _TAGS), "itemprop")
_BIT = {place: 1 << number for number, place in enumerate(PLACES)}
#: The places that each word of a class list or id names, and each tag.
WORD_BITS: dict[str, int] = {}
for _place, _list in _WORDS.items():
    for _word in _list.split():
        WORD_BITS[_word] = WORD_BITS.get(_word, 0) | _BIT[_place]
TAG_BITS = {tag: _BIT[f"<{tag}>"] for tag in _TAGS}
#: Attributes whose words tell of a place.
TELLING = (
    "class", "id", "role", "itemprop", "data-component", "data-testid", "data-qa", "data-type", "data-module", "name", "rel",
)  # fmt: skip
_TELLING_NAME = re.compile(rf"\b(?:{'|'.join(TELLING)})=$")
_LONGEST_ATTRIBUTES, _LONGEST_VALUE = 3_000, 300
#: What an element says that has the article body as its property.
PROPERTY_BITS = _BIT["itemprop"]
_BODY_PROPERTY = re.compile(r'itemprop="(?:articleBody|text)')
_WORDS_IN = re.compile(r"[0-9]+[a-z]*|[a-z]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


@lru_cache(maxsize=20_000)
def _token_bits(token: str) -> int:
    """The places that one word of a class list or id names; words recur from page to page more than whole lists do."""
    if token.isascii() and token.isalpha() and token.islower():
        return WORD_BITS.get(token, NO_BITS)
    bits = NO_BITS
    lower = token.lower()
    for word in _WORDS_IN.findall(lower):
        bits |= WORD_BITS.get(word, NO_BITS)
    if lower != token:
        for word in _WORDS_IN.findall(_CAMEL.sub(" ", token).lower()):
            bits |= WORD_BITS.get(word, NO_BITS)
    return bits


@lru_cache(maxsize=2_000)
def _tells(name: str) -> bool:
    """Whether an attribute's name, with the equals sign behind it, is one whose words tell of a place."""
    return _TELLING_NAME.search(name) is not None


@lru_cache(maxsize=20_000)
def element_bits(tag: str, attributes: str) -> int:
    """The places that an element names itself, as bits. `attributes` are in the parser's own spelling: each value between two quotation marks."""
    bits = TAG_BITS.get(tag, NO_BITS)
    if attributes:
        parts = attributes[:_LONGEST_ATTRIBUTES].split('"')
        for place in range(1, len(parts), 2):
            if _tells(parts[place - 1]):
                for token in parts[place][:_LONGEST_VALUE].split():
                    bits |= _token_bits(token)
        if "itemprop" in attributes and _BODY_PROPERTY.search(attributes):
            bits |= PROPERTY_BITS
    return bits


def has_place(bits: int, *places: str) -> bool:
    """Whether one of these places is among the bits."""
    return any(bits & _BIT[place] for place in places)


def place_bits(*places: str) -> int:
    """The bits of these places together."""
    return sum(_BIT[place] for place in places)
