"""Words that announce names in German, French, Spanish, Italian, Portuguese, Dutch, Russian, Ukrainian and Arabic."""

from dataclasses import dataclass

__all__ = ["WORDS", "Words"]


@dataclass(frozen=True, slots=True)
class Words:
    """Of one language: roles before people, heads of organisations, words for kinds of places, prepositions before places, common capitalised words."""

    roles: frozenset[str]
    organisations: frozenset[str]
    landforms: frozenset[str]
    into: frozenset[str]
    joins: frozenset[str]
    common: frozenset[str]


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


WORDS = {
    "de": Words(
        _set("präsident präsidentin bundespräsident bundeskanzler bundeskanzlerin kanzler kanzlerin minister ministerin außenminister außenministerin innenminister innenministerin verteidigungsminister verteidigungsministerin finanzminister finanzministerin wirtschaftsminister gesundheitsminister justizminister ministerpräsident ministerpräsidentin premierminister premierministerin regierungschef staatschef bürgermeister bürgermeisterin oberbürgermeister oberbürgermeisterin sprecher sprecherin chef chefin vorsitzender vorsitzende vorsitzenden vorstand geschäftsführer geschäftsführerin direktor direktorin leiter leiterin trainer richter staatsanwalt professor professorin doktor dr prof herr frau könig königin papst general botschafter botschafterin gouverneur abgeordnete abgeordneter senator senatorin experte expertin analyst ökonom historiker autor autorin schauspieler schauspielerin kommissar kommissarin sekretär generalsekretär generalsekretärin"),
        _set("universität stadtwerke ministerium bundesministerium bundesamt landesamt amt bank sparkasse partei verband verein gewerkschaft polizei staatsanwaltschaft gericht landgericht amtsgericht bundesgericht hochschule institut stiftung klinik klinikum krankenhaus feuerwehr gruppe konzern bundeswehr verbraucherzentrale fc sv tsv vfl vfb"),
        _set("fluss see berg insel"), _set("in nach aus bei von bis über"), _set("von für der des und am im"), _set("montag dienstag mittwoch donnerstag freitag samstag sonntag januar februar märz april mai juni juli august september oktober november dezember essen halle weil regen hamm celle werden wunder haar gera lage marl rot ulmer buch wesel leer"),
    ),
    "fr": Words(
        _set("président présidente ministre premier première chancelier chancelière secrétaire maire sénateur sénatrice député députée porte-parole directeur directrice chef cheffe patron patronne roi reine prince princesse pape général colonel ambassadeur ambassadrice juge procureur procureure avocat avocate professeur docteur dr m mme mlle monsieur madame entraîneur analyste économiste historien écrivain acteur actrice gouverneur commissaire délégué déléguée syndical"),
        _set("université ministère banque parti syndicat association fédération conseil comité commission assemblée sénat police tribunal cour institut école lycée hôpital société compagnie groupe agence organisation gouvernement armée club"),
        _set("rivière fleuve lac mont montagne île mer océan golfe vallée"), _set("à en au aux de depuis vers"), _set("de du des d' la le les l' et pour"), _set("lundi mardi mercredi jeudi vendredi samedi dimanche tours nice sens bulle"),
    ),
    "es": Words(
        _set("presidente presidenta ministro ministra canciller primer primera secretario secretaria alcalde alcaldesa senador senadora diputado diputada portavoz director directora jefe jefa rey reina príncipe princesa papa general coronel embajador embajadora juez jueza fiscal abogado abogada profesor profesora doctor doctora dr dra señor señora don doña entrenador analista economista historiador escritor actor actriz gobernador gobernadora líder comisario"),
        _set("universidad ministerio banco partido sindicato asociación federación consejo comité comisión asamblea senado policía tribunal corte instituto escuela hospital sociedad compañía grupo agencia organización gobierno ejército club ayuntamiento confederación fundación real"),
        _set("río lago monte montaña isla mar océano golfo valle sierra"), _set("en a de desde hacia"), _set("de del la el los las y para e"), _set("lunes martes miércoles jueves viernes sábado domingo carmen real"),
    ),
    "it": Words(
        _set("presidente ministro ministra premier segretario sindaco sindaca senatore deputato portavoce direttore direttrice capo re regina principe papa generale ambasciatore giudice procuratore avvocato professore professoressa dottor dottoressa signor signora allenatore"),
        _set("università ministero banca partito sindacato associazione federazione consiglio comitato commissione senato polizia tribunale corte istituto ospedale società compagnia gruppo agenzia governo esercito"),
        _set("fiume lago monte isola mare oceano golfo valle"), _set("a in da di"), _set("di del della dei delle e per"), _set("lunedì martedì"),
    ),
    "pt": Words(
        _set("presidente presidenta ministro ministra primeiro secretário secretária prefeito prefeita senador senadora deputado deputada porta-voz diretor diretora chefe rei rainha papa general embaixador juiz juíza procurador advogado professor professora doutor doutora senhor senhora técnico governador governadora"),
        _set("universidade ministério banco partido sindicato associação federação conselho comitê comissão assembleia senado polícia tribunal instituto hospital sociedade companhia grupo agência governo exército"),
        _set("rio lago monte ilha mar oceano golfo vale serra"), _set("em no na de para"), _set("de do da dos das e para"), _set("segunda"),
    ),
    "nl": Words(
        _set("president premier minister kanselier staatssecretaris burgemeester senator woordvoerder woordvoerster directeur voorzitter koning koningin prins prinses paus generaal ambassadeur rechter advocaat professor dr meneer mevrouw trainer"),
        _set("universiteit ministerie bank partij vakbond vereniging raad commissie politie rechtbank instituut ziekenhuis"),
        _set("rivier meer berg eiland zee"), _set("in naar uit van bij te"), _set("van voor der de en het"), _set("maandag"),
    ),
    "ru": Words(
        _set("президент президента президентом президенту премьер премьер-министр премьер-министра министр министра министром глава главы губернатор губернатора мэр мэра канцлер канцлера секретарь директор директора генерал генерала полковник король королева принц папа посол посла судья прокурор адвокат профессор доктор тренер депутат депутата сенатор сенатора представитель представителя председатель председателя лидер лидера аналитик эксперт экономист актёр актер певец певица писатель командующий пресс-секретарь начальник руководитель предприятия"),
        _set("министерство министерства университет университета банк банка партия партии совет совета комитет комитета комиссия союз союза агентство агентства правительство правительства полиция полиции суд суда институт института больница компания компании группа группы академия академии"),
        _set("река реки озеро озера гора остров острова море моря залив"), _set("в во из на под около до"), _set("и по при"), _set(""),
    ),
    "uk": Words(
        _set("президент президента президентом прем'єр прем'єр-міністр міністр міністра міністром голова голови губернатор мер мера канцлер секретар директор генерал полковник король королева принц папа посол суддя прокурор адвокат професор доктор тренер депутат сенатор речник речниця представник лідер аналітик експерт економіст актор співак письменник командувач начальник керівник"),
        _set("міністерство міністерства університет університету банк банку партія партії рада ради комітет комітету комісія союз агентство уряд уряду поліція поліції суд суду інститут лікарня компанія компанії група академія"),
        _set("річка річки озеро озера гора острів море моря затока"), _set("в у з із на під біля до"), _set("і та по при"), _set(""),
    ),
    "ar": Words(
        _set("الرئيس رئيس الرئيسة وزير الوزير وزيرة الوزيرة الملك الأمير ولي الشيخ السيد السيدة الدكتور الدكتورة الجنرال اللواء العميد السفير السفيرة المدير مدير مديرة الأمين أمين المتحدث المتحدثة الناطق القاضي المحامي النائب النائبة البابا المدرب الخبير المحلل الكاتب الفنان المرشد القائد قائد زعيم نظيره نظيرها"),
        _set("وزارة جامعة بنك حزب مجلس لجنة منظمة وكالة حكومة شركة محكمة معهد مستشفى جيش حركة هيئة الأمم"),
        _set("نهر بحيرة جبل جزيرة بحر خليج محافظة مدينة بلدة قرية"), _set("في من إلى عن على"), _set("و"), _set("المدينة كورونا الجمعة السبت الأحد الاثنين الثلاثاء الأربعاء الخميس العام اليوم الشركة المنطقة الجديدة الوسطى الغربية الشرقية بنك جبل الباب الحدود القرية سيدي بني الجديد الكبير"),
    ),
}  # fmt: skip
