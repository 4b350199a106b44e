"""Words by which columns are known, in English, Danish and Swedish, and what answers say that are none."""

import re

_ALL = re.IGNORECASE


def _any(*words: str) -> re.Pattern:
    return re.compile("|".join(words), _ALL)


def _alone(word: str) -> str:
    """The word where no letter or digit touches it: nps of nps_rating, too."""
    return rf"(?<![^\W_]){word}(?![^\W_])"


RECOMMEND = _any(r"recommend", r"anbefal", r"rekommender", _alone("nps"), r"net promoter", _alone("ltr"))
NPS_FILE = re.compile(r"NPS|(?<![A-Za-z])nps(?![a-z])|[Nn]et[ _-]?[Pp]romoter")
NOT_RECOMMEND = _any(r"group", r"grupp", r"\bwhy\b", r"hvorfor", r"varför", r"reason", r"årsag", r"orsak", r"categor", r"kategori", r"_text$", r"comment", r"kommentar")
OVERALL = _any(r"over-?all", r"all in all", r"alt i alt", r"samlet", r"overordnet", r"som helhed", r"på det hele", r"totalt sett", r"på det stora hela",
               r"sammantaget", r"i det store (og|hele)", r"(?<=[a-z0-9])ALL$(?-i:)", _alone("csat"), r"som helhet", r"generally", r"generelt", r"in general")  # fmt: skip
SATISFIED = _any(r"satisf", r"tilfreds", r"nöjd", r"fornøyd", _alone("csat"), _alone("sat"), _alone("nki"), r"\bcusa", r"stars?$", r"stjerner?$", r"rating$", r"^score$", r"_score$")
EXPECTED = _any(r"expect", r"forvent", r"förvänt", r"forvænt")
COMPARED = _any(r"compare", r"sammenlign", r"jämför", r"i forhold til", r"lived up", r"lever op", r"levede op", r"motsvar", r"meet", r"met ")
IDEAL = _any(r"\bideal", r"perfe[ck]t", r"ideel", r"perfekt")
EFFORT = _any(r"\beasy\b", r"\beffort\b", _alone("ces"), r"\bnemt\b", r"\blet at\b", r"hvor let", r"\blätt\b", r"\benkelt\b", r"ansträng", r"besvär", r"indsats .*(kræ|skulle)")
HARD = _any(r"\beffort\b(?!.*easy)", r"ansträng", r"besvär", r"difficult", r"svært", r"svårt")
LOYAL = _any(r"loyal", r"\bloy(?![a-z])", r"^loy\d*$", r"lojal", r"choose .*again", r"buy .*again", r"(continue|remain|stay).*(customer|with)", r"købe? igen", r"igen.*(køb|vælg)", r"vælge.*igen", r"fortsæt",
             r"fortsat", r"forblive", r"välja.*igen", r"köpa igen", r"fortsätta", r"\brepurchase", r"genkøb", r"återköp", r"renew", r"forny")  # fmt: skip
RESPONDENT = _any(r"respond", r"response.?id", r"svar.?s?.?id", r"^id$", r"\bid$", r"[_a-z]id$", r"^#$", r"^(kunde|kund|customer|client|member|medlem)s?.?(nr|no|number|nummer|id|ID)?$", r"^k$",
                  r"uuid", r"\bkey$", r"resp.?num", r"kundenr", r"lfdn", r"^svar$", r"person$", r"^(call|ticket|case|sag|ärende|kontakt|contact|ordre|order)( id| nr|_id)?$", r"^sys_")  # fmt: skip
CUSTOMER = _any(r"customer", r"^kund", r"client", r"medlem", r"member", r"account", r"konto", r"^k$", r"policy")
CONTACT = _any(r"\bcall\b", r"ticket", r"\bcase\b", r"\bsag", r"ärende", r"kontakt", r"contact", r"\border\b", r"ordre", r"incident", r"henvendelse", r"opkald", r"samtal")
DATE = _any(r"\bdate\b", r"dato\b", r"datum\b", r"date$", r"timestamp", r"tidsst[eä]mp", r"tidspunkt", r"submitted", r"completed", r"completion", r"answered", r"besvaret", r"besvarad", r"recorded", r"end ?time",
            r"^time$", r"indsendt", r"inskickad", r"modified", r"closed", r"afsluttet", r"created", r"oprettet", r"skapad")  # fmt: skip
PERIOD = _any(r"\bwaves?\b", r"period", r"quarter", r"kvartal", r"bølge", r"måling", r"mätning", r"^våg", r"^year$", r"^år$", r"month", r"måned", r"månad", r"sæson", r"season", r"semester", r"^round$", r"runde")
PART_OF_DATE = _any(r"^(survey|response|answer)?[ _]?(year|month|quarter|week|weekday|day|hour|år|kvartal|måned|månad|uge|vecka)[ _]?(name|no|number|nr)?$")
WEIGHT = _any(r"weight", r"vægt", r"\bvikt", r"^wgt", r"^w$", r"_wgt")
COUNT = _any(r"^count$", r"^antal$", r"^frequency$", r"^n$", r"^freq")
UNIT = _any(r"\bunit\b", r"\benhed", r"\benhet", r"\bteam\b", r"afdeling", r"avdelning", r"avdeling", r"\bstore\b", r"butik", r"branch", r"filial", r"department", r"\boffice\b", r"kontor", r"\bsite\b", r"location", r"division")
NAMES = _any(r"\b(first|last|sur|full|your|customer|contact|respondent|recipient)[ _]?name", r"^name$", r"\bnavn\b", r"fornavn", r"efternavn", r"etternavn", r"kundenavn", r"\bnamn\b", r"förnamn", r"efternamn", r"^user ?name$",
             r"e-?mail", r"\bmail(adresse)?\b", r"e-?post", r"telefon", r"phone ?(no|number)?$", r"mobil(e|nummer|nr)?$", r"\bmobile\b", r"^tlf", r"\bcpr\b", r"personnummer", r"\bssn\b",
             r"^ip\b", r"ip.?address", r"ip.?adresse?$", r"\bip-adr", r"latitude", r"longitude", r"\baddress\b", r"\badresse?\b", r"street", r"birth", r"fødsel", r"födelse", r"gps")  # fmt: skip
TIME_OF_DAY = _any(r"^time$", r"^tid$", r"tidspunkt", r"klokke", r"time of day", r"start", r"\bend\b", r"slut")
GROUPS = (  # by what customers are told apart, the usual ones first
    _any(r"segment", r"contract", r"kontrakt", r"aftale", r"avtal", r"product", r"produkt", r"customer.?type", r"kundetype", r"kundtyp"),
    _any(r"region", r"country", r"fylke", r"land\b", r"område", r"branch", r"filial", r"butik", r"store", r"channel", r"kanal", r"division", r"department", r"afdeling", r"avdelning", r"supplier", r"type", r"size", r"størrelse", r"storlek"),
    _any(r"\bage\b", r"alder", r"ålder", r"gender", r"\bsex\b", r"køn", r"kön", r"kjønn", r"generation", r"education", r"uddannelse", r"utbildning", r"occupation", r"position", r"level", r"tenure", r"anciennitet", r"employment"),
    _any(r"payment", r"betaling", r"betalning", r"offer", r"method", r"topic", r"emne", r"ärende", r"reason", r"sag"),
)  # fmt: skip
STAFF = _any(r"\bagents?\b", r"employee$", r"medarbejder(en)?$", r"medarbetare$", r"sagsbehandler", r"handläggare", r"advisor", r"rådgiver", r"rådgivare", r"\brep\b", r"assignee", r"account manager", r"operator")
COMMENT = _any(r"comment", r"kommentar", r"\bwhy\b", r"hvorfor", r"varför", r"explain", r"forklar", r"förklara", r"uddyb", r"begrund", r"motiver", r"specify", r"angiv", r"anything else", r"andet\b", r"övrigt",
               r"open.?ended", r"free text", r"fritext", r"fritekst", r"feedback", r"^(what|how) (can|could|should|would) we\b", r"(could|can|do) .*better", r"improve",
               r"^(hvad|hva|hvordan|vad|hur) (kan|kunne|skal|bør|borde|ska|skulle) vi\b", r"forbedre", r"förbättra", r"\bother$", r"other\]$", r"other$", r"note$")  # fmt: skip
DURATION = _any(r"\bwait", r"vent(etid|ede)?\b", r"vänt", r"svartid", r"speed of answer", r"(response|reply|answer|handling|handle|resolution|delivery|lead|talk|hold|queue).?(time|duration)", r"first.?reply",
                r"seconds", r"sekund", r"minut", r"\bhours?\b", r"\btimer\b", r"timmar", r"\bdelay", r"days?.?late", r"duration", r"varighed", r"behandlingstid", r"svarstid", r"leveringstid", r"leveranstid",
                r"forsink", r"försen", r"\baht\b", r"\basa\b", r"kø(tid)?\b")  # fmt: skip
TIME_UNITS = {
    "seconds": _any(r"second", r"sekund", r"\bsecs?\b", r"\bsek\b", r"[_ (]s\)?$"),
    "minutes": _any(r"minut", r"\bmins?\b", r"[_ (]m(in)?\)?$"),
    "hours": _any(r"\bhours?\b", r"_hours?$", r"\btimer\b", r"timmar", r"\bhrs?\b", r"[_ (]h\)?$"),
    "days": _any(r"\bdays?\b", r"_days?", r"days_", r"dage\b", r"dagar"),
}
TALK = _any(r"talk", r"handl", r"duration", r"samtal", r"varighed", r"\baht\b")
GAVE_UP = _any(r"answered", r"besvaret", r"besvarad", r"outcome", r"abandon", r"opgivet", r"lagt på", r"udfald", r"utfall", r"result")
LEFT = _any(r"hung up", r"abandon", r"lagt på", r"opgiv", r"lade på", r"la på", r"gav upp", r"not answered", r"unanswered", r"ubesvaret", r"obesvarad", r"missed", r"mistet")
CHURN = _any(r"churn", r"\bleft\b", r"\blost\b", r"opsagt", r"uppsagd", r"oppsagt", r"tabt", r"ophørt", r"afgang", r"avslutad", r"cancel", r"customer status", r"^status$", r"kundestatus", r"afmeldt", r"terminat", r"frafald")
NOT_CHURN = _any(r"score", r"reason", r"categor", r"årsag", r"kategori", r"orsak", r"date", r"dato", r"datum", r"risk", r"prob", r"predict")
NO_QUESTION = _any(r"number of", r"^antal", r"\bantal\b", r"^count", r"\bage\b", r"^alder", r"^ålder", r"churn", r"cltv", r"\byear", r"\bmonth", r"tenure", r"income", r"indkomst", r"inkomst", r"children", r"\bbørn", r"household",
                   r"husstand", r"dependents", r"referrals", r"earners", r"\bzip", r"postn", r"kommune", r"price$", r"amount", r"beløb", r"\bgb\b", r"lon$", r"lat$", r"\bseed\b", r"lastpage", r"\bid$", r"_id$", r"^id$", r"version",
                   r"weight", r"vægt", r"frekvens", r"\bdays?\b", r"\bminut", r"\bsecond", r"\bhours?\b", r"tenure", r"charge", r"revenue", r"omsætning", r"^row", r"^lang", r"purp\d*$", r"_(days?|hours?|min(ute)?s?|sec(ond)?s?)$", r"firsttime")  # fmt: skip
AGE = _any(r"\bage\b", r"\balder", r"ålder", r"^age$")
STATUS = _any(r"^status$", r"response.?status", r"survey.?status", r"^complete", r"^finished", r"^gennemført", r"^slutförd", r"svarstatus", r"tilstand")
COMPLETED = re.compile(r"complete[d]?|finished|submitted|true|yes|ja|1|gennemført|afsluttet|besvaret|slutförd|avslutad|fullført", _ALL)
QUESTION, ANSWER = _any(r"^question", r"^spørgsmål", r"^fråga", r"^variable$", r"^item$"), _any(r"^answer$", r"^svar$", r"^value$", r"^værdi$", r"^response$", r"^score$")
NOT_CHURN_SCORE = _any(r"churn", r"risk", r"credit", r"lead")
GONE = re.compile(r"yes|ja|y|j|true|sand|sant|1|churned|left|lost|gone|cancell?ed|terminated|closed|opsagt|uppsagd|tabt|ophørt|afgået|avslutad|afmeldt|tidligere kunde|inactive|inaktiv", _ALL)
STAYED = re.compile(r"no|nej|n|false|falsk|falskt|0|stayed|active|aktiv|current|kunde|kund|retained|open|joined|blivende", _ALL)
REVENUE = _any(r"revenue", r"omsætning", r"omsättning", r"intäkt", r"turnover", r"monthly.?charges?", r"\bcharges?\b", r"\bsales\b", r"\bsalg\b", r"försäljning", r"\bspend\b", r"præmie", r"premi[eu]m?\b",
               r"\barpu\b", r"faktureret", r"fakturerat", r"abonnement(spris)?$", r"ydelse$")  # fmt: skip
TOTAL = _any(r"^total", r"\btotal\b", r"lifetime", r"\bltv\b", r"\bcltv\b", r"samlet", r"refund", r"extra", r"distance")
MARGIN = _any(r"margin", r"^db$", r"\bdb\b", r"dækningsbidrag", r"täckningsbidrag", r"^tb$", r"profit", r"contribution", r"avance", r"bruttofortjeneste")
SERVICE_COST = _any(r"service.?cost", r"cost.?to.?serve", r"betjeningsomk", r"serviceomk", r"servicekost", r"^service$")
TENURE = _any(r"tenure", r"anciennitet", r"kunde i", r"(years?|months?|år|måneder|månader)[ _](as|som)", r"kundeår", r"kundår", r"kundtid", r"customer (age|for)", r"kundeforhold", r"varaktighed")
WALLET = _any(r"wallet", r"share of", r"^andel", r"indkøbsandel")
RANK = _any(r"^rank", r"rangering", r"placering")
SUPPLIERS = _any(r"suppliers?", r"leverandører", r"leverantörer")
MONTHLY = _any(r"month", r"måned", r"månad", r"\bmdr?\b", r"\bmd\.", r"/m\b", r"\bmrr\b")
YEARLY = _any(r"year", r"annual", r"\bår", r"\bp\.?a\b", r"årlig", r"/y\b", r"\barr\b")
EMPLOYEES = _any(r"employee", r"medarbejder", r"medarbetar", r"\bstaff\b", r"trivsel", r"trivsel", r"\bmus\b", r"engagement", r"workplace", r"arbejdsplads", r"arbetsplats", r"personal")
WORK = _any(r"\bmy (work|job|manager|team|boss|leader|colleagues)", r"\bmit (arbejde|job|team)", r"\bmin (leder|chef|arbejdsplads|arbetsplats|närmaste)", r"\bmitt (arbete|jobb)", r"mine kolleg", r"mina kolleg",
            r"stolt", r"proud", r"arbejdsplads", r"arbetsplats")  # fmt: skip
INITIATIVE = _any(r"initiati", r"indsats", r"tiltag", r"insats", r"projekt", r"project", r"aktivitet", r"åtgärd")
COST_ONCE = _any(r"cost.?once", r"one.?off", r"once", r"engang", r"engång", r"investering", r"investment", r"etablering", r"capex")
COST_YEARLY = _any(r"cost.?year", r"yearly", r"annual cost", r"årlig", r"drift", r"opex", r"running")
START = _any(r"^start", r"begin", r"påbegynd", r"fra dato", r"från")
END = _any(r"^end\b", r"^slut", r"finish", r"afslut", r"færdig", r"klar", r"^end")
LOW, MODE, HIGH = _any(r"\blow", r"\bmin", r"\blav", r"låg"), _any(r"mode", r"likely", r"sandsynlig", r"trolig", r"\bmid", r"effekt$", r"effect$"), _any(r"high", r"\bmax", r"\bhøj", r"hög")
OWNER = _any(r"owner", r"ejer", r"ansvarlig", r"ansvarig", r"ägare")
BATTLE = _any(r"battle", r"\bkamp", r"slag\b", r"theme", r"tema", r"område")
ROLE = _any(r"\brole\b", r"\brolle", r"\broll\b", r"level$", r"niveau", r"position", r"stilling", r"befattning")
COMPANY = _any(r"company", r"virksomhed", r"företag", r"firma", r"^id$")
TWO_ENDS = _any(r"\(?1 ?(=|-|:|er) ?.*10|\b0 ?(-|–|to|til|till) ?10")

DONT_KNOW = _any(r"do(n't| not|nt) know", r"don.t know", r"\bdk\b", r"ved ikke", r"vet (ej|inte|ikke)", r"no (opinion|answer)", r"can.?t say", r"cannot say", r"unsure", r"not sure", r"ingen (mening|åsikt|uppfattning)",
                 r"kan ikke (svare|vurdere)", r"kan inte (svara|bedöma)", r"ønsker ikke", r"vill inte", r"refuse", r"prefer not", r"^(intet|ej) svar", r"uoplyst", r"uppgift saknas", r"ubesvaret", r"undecided|^\?+$")  # fmt: skip
NOT_APPLICABLE = _any(r"not (applicable|relevant|used)", r"^n/?a$", r"\bn/a\b", r"never used", r"have not used", r"haven.t used", r"didn.t use", r"did not use", r"does not concern", r"ikke relevant", r"ikke aktuel", r"har ikke brugt",
                      r"inte (relevant|aktuell|aktuellt)", r"ej (aktuell|relevant|aktuellt)", r"har (inte|ej) använt", r"ikke benyttet", r"^blank$", r"never visited",
                      r"not familiar", r"(no|have a) need for")  # fmt: skip
NO_ANSWER = _any(DONT_KNOW.pattern, NOT_APPLICABLE.pattern)

GOOD = _any(r"satisf", r"agree", r"\bgood\b", r"excellent", r"likely", r"\beasy\b", r"tilfreds", r"\benig", r"\bgod", r"sandsynlig", r"\blet\b", r"nemt\b",
            r"nöjd", r"instämm", r"\bbra\b", r"sannolik", r"lätt\b", r"fornøyd", r"\bsat\b", r"very safe", r"tryg")  # fmt: skip
BAD = _any(r"dissat", r"unsat", r"disagree", r"\bbad\b", r"poor", r"unlikely", r"difficult", r"\bhard\b", r"utilfreds", r"uenig", r"dårlig", r"usandsynlig", r"svær",
           r"missnöjd", r"misfornøyd", r"dålig", r"osannolik", r"svår", r"unsafe", r"utryg", r"otryg", r"\b(not|no|never|ikke|inte|ej|slet)\b", r"n.t\b", r"tar (helt )?avstånd")  # fmt: skip
RANKED = _any(GOOD.pattern, BAD.pattern, r"extreme", r"\bvery\b", r"complete", r"total", r"\ball\b", r"always", r"meget", r"helt", r"mycket", r"mest", r"bedst", r"bäst", r"alltid", r"altid", r"aldrig",
              r"\b(low|high|lav|høj|låg|hög|less|more|mindre|mere|mer|much|most|some|somewhat|none|neutral)", r"grad", r"extent", r"important", r"vigtig", r"viktig", r"average", r"middel",
              r"medel", r"hverken", r"varken", r"neither", r"worst", r"\bbest\b", r"\bok\b", r"stars?\b", r"stjern", r"stjärn")  # fmt: skip

_LANGUAGES = {
    "da": re.compile(r"\b(hvor|hvordan|hvilken|hvad|hvilke|jeg|ikke|du|vores|din|dit|tilfreds|anbefale|dato|svar|kunde|område|og|af|er|meget|afdeling|ved|enig|uenig|kvinde|mand|vent|omsætning|kommentar|navn)\b|ø|æ", _ALL),
    "sv": re.compile(r"\b(hur|vilken|vad|vilka|jag|inte|vår|våra|nöjd|rekommendera|datum|kund|och|är|mycket|avdelning|vet|instämmer|kvinna|du|av|omsättning|fråga|namn)\b|ö|ä", _ALL),
    "no": re.compile(r"\b(hva|hvor|hvordan|hvilken|hvilke|jeg|ikke|du|dere|deres|vår|vårt|våre|oss|fornøyd|misfornøyd|anbefale|dato|svar|kunde|og|av|er|svært|veldig|mye|noe|noen|avdeling|fylke|kjønn|kvinne|mann|vet|enig|uenig|sannsynlig|gjør|gjøre|omsetning|kommentar|navn)\b|ø|æ", _ALL),
    "en": re.compile(r"\b(how|what|which|the|you|your|our|are|is|not|satisfied|recommend|date|customer|and|of|very|agree|female|male|overall|score|service|region|with|please|age|status|time)\b", _ALL),
}

NEAREST = {"no": "da"}  # a language that no report is written in: the one that its readers read best
LANGUAGE_NAMES = {"no": "Norwegian"}


def language_of(texts: list[str]) -> tuple[str, dict[str, int]]:
    """The language that most words of the texts are of, which need not be one of the reports', and how many of each."""
    found = {language: sum(len(pattern.findall(text)) for text in texts) for language, pattern in _LANGUAGES.items()}
    best = max(("en", "da", "sv", "no"), key=lambda language: found[language])
    return best, found
