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
登录 登入 注册 註冊 会员 會員 订阅 訂閱 ログイン 会員登録 新規登録 購読 有料会員 무료회원 로그인 회원가입 구독 구독하기
"""
_SHARE = """
share tweet facebook twitter whatsapp instagram linkedin telegram pinterest youtube tiktok reddit email print copy follow threads bluesky
mastodon flipboard messenger teilen drucken partager compartir condividi dela del deel поделиться link url pocket xing tumblr rss mail
分享 转发 微博 微信 朋友圈 收藏 打印 シェア ツイート ブックマーク 印刷 공유 공유하기 프린트 스크랩
"""
_LEGAL = """
copyright © rights reserved terms privacy policy disclaimer cookies cookie impressum datenschutz agb rechte vorbehalten droits réservés
derechos reservados diritti riservati conditions legal imprint trademark llc inc ltd gmbh reproduced redistributed warranty liability
gdpr consent защищены права condizioni aviso
版权所有 版權所有 免责声明 隐私政策 著作権 無断転載 利用規約 プライバシーポリシー 저작권자 무단전재 재배포 이용약관
"""
_RELATED = """
related more read also recommended popular trending latest next previous mehr lesen weiterlesen lire aussi leer más leggi anche leia läs
ещё читайте также lees verwandte ähnliche thema themen topics stories most viewed watched editor picks featured headlines see all view
explore discover continue reading onward
相关新闻 相关阅读 相关文章 相关推荐 推荐阅读 延伸阅读 更多 上一篇 下一篇 热点 排行 排行榜 相關新聞 延伸閱讀 関連記事 関連リンク もっと見る ランキング おすすめ 続きを読む 관련기사 더보기 인기기사 추천기사 다음기사 이전기사
"""
_COMMENT = """
comment comments reply replies kommentar kommentare commenter commentaires comentario comentarios commenti комментарии antworten
discussion join conversation moderated likes upvote
评论 评论区 留言 跟帖 評論 コメント コメントする 댓글
"""
_CREDIT = """
photo photos photograph photographer image images picture pictured foto fotos bild bilder getty reuters afp dpa ap shutterstock imago
credit courtesy alamy istock unsplash pool handout illustration source quelle file crédit фото wikimedia screenshot via graphic
图 摄 图片来源 资料图 写真 撮影 提供 사진 자료사진 사진제공
"""
_BYLINE = """
by von par por автор author authors updated published posted editor reporter contributor correspondent writer staff redaktion redakteur
min minutes minuten lesezeit uhr edited stand aktualisiert veröffentlicht publié publicado mis jour est edt gmt pst utc am pm ago hours
记者 编辑 责编 责任编辑 来源 作者 編輯 記者 発信 公開 更新 配信 기자 입력 수정 등록
"""
_DATE = """
january february march april june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec monday
tuesday wednesday thursday friday saturday sunday januar februar märz mai juni juli oktober dezember montag dienstag mittwoch donnerstag
freitag samstag sonntag janvier février mars avril juin juillet août septembre octobre novembre décembre enero febrero marzo abril mayo
junio julio agosto septiembre octubre noviembre diciembre января февраля марта апреля мая июня июля августа сентября октября ноября декабря
星期一 星期二 星期三 星期四 星期五 星期六 星期日 月曜日 火曜日 水曜日 木曜日 金曜日 土曜日 日曜日 월요일 화요일 수요일 목요일 금요일 토요일 일요일
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
首页 新闻 要闻 国内 国际 体育 财经 经济 娱乐 科技 社会 政治 文化 教育 健康 军事 房产 汽车 视频 图片 首頁 國際 體育 財經 娛樂 ホーム トップ ニュース 社会 政治 経済 国際 スポーツ 地域 エンタメ 天気 홈 뉴스 정치 경제 사회 문화 국제 스포츠 연예 날씨
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
