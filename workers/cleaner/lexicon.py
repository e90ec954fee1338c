"""Words that tell what a piece of a page is: function words of thirty languages, and the vocabulary of page furniture."""

from functools import lru_cache

__all__ = ["GROUPS", "word_groups"]

#: The most frequent function words; prose is dense with them, labels and link lists are not.
_FUNCTION = """
the of and to a in is that it was for on with as he be by at from his are this had not have but they which an were she her you we their
has been would who will when there if one more said its than about into them can only other also after over
der die das und ist nicht von den mit sich des auf für dem im ein eine als auch es an werden aus er hat dass sie nach wird bei einer um
am sind noch wie einem über einen zum war haben nur oder aber vor zur bis mehr durch man sein wurde seine hatte
le la les de des et est en un une du que qui dans pour par sur au plus pas ne se ce il sont avec aux son sa ses mais ou comme été
elle ils nous vous cette ces leur fait être tout
el los las y que en un una por con para su al lo como más pero sus le ya o este sí porque esta entre cuando muy sin sobre también me hasta
hay donde quien desde todo nos durante según fue ha
il di che è e la per un in non si da con del della sono dei nel alla come anche ha al più le gli dalla una delle ma o questo suo stato
o a os as do da dos das em no na um uma é não com para por mais que se ao foi sua seu pelo pela como ou ser são entre já também
het een van en in op te dat die is voor met zijn niet aan er om ook als bij door naar heeft maar werd uit nog over was wordt
och att det som en på är av för med den till inte har de ett om var men jag sig från vi så kan när man efter hade
og det er på til som av for at en med den de ikke har et fra var vil kan om men seg også ble være efter blev
ja on ei että se oli hän ovat mutta myös kun joka kuin olla ole sen hänen
w z na i do się nie że jest to o od za po przez jak był ale dla przy oraz są może tym jego która który
a v na se že je s do pro o jako za po ve by ale jsou jeho byl které nebo
în și de la cu pe nu să din care este un o mai ce pentru fost sunt prin au
és az hogy nem egy is ez volt meg de csak már mint vagy ki még
ve bir bu da de için ile olarak olan daha çok gibi ne kadar sonra var dedi ise en oldu
и в не на что с по как это из за у от к а о он его для но был же все так также или при она было до года
і в не на що з до та як у за це від про його для але був які після
و في من على أن إلى عن هذا التي الذي ما مع كان لا هذه بعد قد بين كما قال ذلك هو أو
در و به از که این را با است برای آن یک بر تا شد خود می
של את על לא הוא כי זה עם היא גם או אל יותר היה אבל
के है में की से का को और पर ने कि यह था भी एक हैं नहीं लिए इस ही
và của là có trong cho được không với một các những đã này khi từ
yang dan di dari untuk dengan itu ini dalam pada tidak akan oleh juga ke telah karena
na ya wa kwa ni la katika za cha kuwa
το και του της στο να με για από την είναι οι τα που δεν θα τον σε
των på á að og er við í sem var ekki
चा आहे आणि या हे ते तर होते
"""

_SUBSCRIBE = """
subscribe subscriber subscribers subscription newsletter newsletters signup sign login log register registration account password unlock
inbox premium abonnieren abonnement abo anmelden registrieren abonnez abonner inscrivez suscríbete suscríbase suscripción iscriviti
abbonati assine prenumerera abonnér abonner nieuwsbrief подписаться подписка подпишитесь рассылка اشترك trial unlimited digital epaper
"""
_SHARE = """
share tweet facebook twitter whatsapp instagram linkedin telegram pinterest youtube tiktok reddit email print copy follow threads bluesky
mastodon flipboard messenger teilen drucken partager compartir condividi dela del deel поделиться link url pocket xing tumblr rss mail
"""
_LEGAL = """
copyright © rights reserved terms privacy policy disclaimer cookies cookie impressum datenschutz agb rechte vorbehalten droits réservés
derechos reservados diritti riservati conditions legal imprint trademark llc inc ltd gmbh reproduced redistributed warranty liability
gdpr consent защищены права condizioni aviso
"""
_RELATED = """
related more read also recommended popular trending latest next previous mehr lesen weiterlesen lire aussi leer más leggi anche leia läs
ещё читайте также lees verwandte ähnliche thema themen topics stories most viewed watched editor picks featured headlines see all view
explore discover continue reading onward
"""
_COMMENT = """
comment comments reply replies kommentar kommentare commenter commentaires comentario comentarios commenti комментарии antworten
discussion join conversation moderated likes upvote
"""
_CREDIT = """
photo photos photograph photographer image images picture pictured foto fotos bild bilder getty reuters afp dpa ap shutterstock imago
credit courtesy alamy istock unsplash pool handout illustration source quelle file crédit фото wikimedia screenshot via graphic
"""
_BYLINE = """
by von par por автор author authors updated published posted editor reporter contributor correspondent writer staff redaktion redakteur
min minutes minuten lesezeit uhr edited stand aktualisiert veröffentlicht publié publicado mis jour est edt gmt pst utc am pm ago hours
"""
_DATE = """
january february march april june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec monday
tuesday wednesday thursday friday saturday sunday januar februar märz mai juni juli oktober dezember montag dienstag mittwoch donnerstag
freitag samstag sonntag janvier février mars avril juin juillet août septembre octobre novembre décembre enero febrero marzo abril mayo
junio julio agosto septiembre octubre noviembre diciembre января февраля марта апреля мая июня июля августа сентября октября ноября декабря
"""
_AD = """
advertisement advertisements anzeige sponsored werbung publicité publicidad pubblicità advertise реклама annonse annonce reklama promoted
adverts affiliate commission partner partners shop buy price deals coupon sale offer amazon
"""
_MEDIA = """
video videos audio gallery play watch listen podcast episode live stream slideshow fotostrecke bildergalerie player loading autoplay
pause mute volume fullscreen transcript close open menu search home skip navigation back top show hide toggle button click tap here
"""
_SUPPORT = "donate donation support member membership members contribute join help fund gift give patreon tax deductible nonprofit"
_SPEECH = """
said says told added asked according wrote sagte sagt erklärte betonte laut teilte dit déclaré selon dijo afirmó según detto secondo disse
сказал заявил сообщил dedi söyledi قال announced explained noted argued called reported statement
"""
_SELF = "i we my our me us you your ich wir du ihr mein je nous vous yo nosotros io noi"
_SECTIONS = """
news politics business sport sports entertainment opinion culture lifestyle technology tech science health world weather travel food
economy finance local nachrichten politik wirtschaft panorama kultur wissen gesundheit politique économie monde culture deportes política
economía mundo cronaca sport contact about jobs careers newsroom help faq advertise apps sitemap magazine subscribe e-paper archive kontakt
tags tag category categories label filed section
"""

#: Names of the groups; group 0 is every other word.
GROUPS = (
    "other", "function", "subscribe", "share", "legal", "related", "comment", "credit", "byline", "date", "ad", "media", "support",
    "speech", "self", "sections",
)  # fmt: skip
_LISTS = (
    _FUNCTION, _SUBSCRIBE, _SHARE, _LEGAL, _RELATED, _COMMENT, _CREDIT, _BYLINE, _DATE, _AD, _MEDIA, _SUPPORT, _SPEECH, _SELF, _SECTIONS,
)  # fmt: skip


@lru_cache(maxsize=1)
def word_groups() -> dict[str, int]:
    """The group of each word, in lower case. A word in several lists belongs to the first that is not function words."""
    groups: dict[str, int] = {}
    for group, words in enumerate(_LISTS, start=1):
        for word in words.split():
            if group == 1 or groups.get(word, 1) == 1:
                groups[word] = group
    for word in ("by", "von", "par", "por", "am", "more", "also", "most", "est", "source", "after"):
        groups[word] = 1
    return groups
