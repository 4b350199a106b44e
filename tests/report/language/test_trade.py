"""Sentences in the words of another trade: none of the house's words is left, and what agrees with a word follows it.

The tests read all messages, so a new sentence that needs a form fails here and the message says where to give it.
"""

import pickle
import re
from itertools import cycle

import pytest
import yaml

from cxlib.languages import LANGUAGES
from cxlib.report.language.trade import AGREEMENT, KEPT, TURNS, Language, Trade, word_forms
from cxlib.report.language.words import catalogue, ours, sentence, translated
from tests.conftest import ROOT

# Written apart from the stems of the module: every word that has one of the house's inside.
HOUSE = {
    "en": {"asked": r"\w*customer\w*", "measured": r"\w*satisf\w*"},
    "da": {"asked": r"\w*kunde\w*", "measured": r"\w*tilfreds\w*"},
    "sv": {"asked": r"\w*kund\w*", "measured": r"\w*(?:nöj[dt]|missnöj)\w*"},
}
OTHER_WORDS = {"sekund", "sekunder", "kunde"}  # sv kunde: could; da kunde is found by its plural and its compounds too
NEUTER = {  # invented, so that they stand in no sentence: et xen, det xen
    "asked": {"one": "xen", "the_one": "xden", "many": "xer", "the_many": "xerne", "compound": "xe", "neuter": True},
    "measured": {"name": "ynavn", "the_name": "ynavnet", "compound": "yn", "who_one": "yg", "who_many": "yge", "neuter": True},
}
# What may stand before a singular that is a neuter: what is inflected right, and what has no gender.
BEFORE = {
    "da": "løfter påvirker bag nyt et ét hvert intet det enkelt enkelte typiske samme være før i af om mellem driver afviger deres samlet ændret samlede mindre "
    "lavere højere hvor manglende xernes medarbejdernes ygt at så hvis tilfreds utilfreds falder som på for hvad møder",
    "sv": "samlade lyfter nytt ett enda varje inget det typiska samma vara innan i av om mellan driver avviker deras förändrat lägre högre där bakom är "
    "bristande xernas xernes medarbetarnas ygt att så per nöjt missnöjt faller som på för var vad möter",
}
# What the singular may be said to be: inflected right, or the same for both genders.
PREDICATES = {"da": "tabt værd mere vigtigst til", "sv": "förlorat värt viktigast"}
COPULA = {"da": r"(?:er|var|bliver|blev)", "sv": r"(?:är|blir|blev)"}


def messages(language: str) -> list[str]:
    """What the workbook itself says in a language, but for what is cited of published effects."""
    return [message for message, free in ours().items() if free and catalogue(language).get(message, message)]


def model_texts(language: str) -> list[str]:
    """Every text of the maturity models that come with the workbook."""

    def texts(value: object) -> list[str]:
        if isinstance(value, dict):
            here = [value[language]] if isinstance(value.get(language), str) else []
            return here + [text for part in value.values() for text in texts(part)]
        return [text for part in value for text in texts(part)] if isinstance(value, list) else []

    files = [ROOT / "templates" / "models" / f"{name}.yml" for name in ("loyalty", "staircase")]
    return [text for file in files for text in texts(yaml.safe_load(file.read_text(encoding="utf-8")))]


def trades():
    """Every group of the list with one of the measures, so that each occurs."""
    words = word_forms()
    others = [measure for measure in words["measured"] if measure != "satisfaction"]
    groups = [group for group in words["asked"] if group != "customers"]
    return [*zip(groups, cycle(others), strict=False)]


def spoken(language: str, asked: str = "customers", measured: str = "satisfaction") -> Language:
    words = word_forms()
    return Language(language, {"asked": words["asked"][asked][language], "measured": words["measured"][measured][language]})


def test_the_list_has_every_word_in_every_language():
    words = word_forms()
    assert len(words["asked"]) > 8 and len(words["measured"]) > 4
    assert all(set(forms) == set(LANGUAGES) for part in words.values() for forms in part.values())


def said_of(tongue: Language) -> list[str]:
    """Everything that is said in the words of a trade: messages and the texts of maturity models."""
    return [translated(m, tongue) for m in messages(tongue)] + [tongue.of_people(text) for text in model_texts(tongue)]


def left(tongue: Language, part: str) -> dict[str, set[str]]:
    """{message: words of the house that stand in it after all}"""
    others = OTHER_WORDS if tongue == "sv" else OTHER_WORDS - {"kunde"}
    told = {message: KEPT.sub(" ", translated(message, tongue)).lower() for message in messages(tongue)}
    found = {message: set(re.findall(HOUSE[tongue][part], text)) - others for message, text in told.items()}
    return {message: words for message, words in found.items() if words}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_of_the_house_is_left(language):
    for asked, measured in trades():
        for part in ("asked", "measured"):
            assert left(spoken(language, asked, measured), part) == {}, "give the form, or its turn of phrase, in trade.py"


@pytest.mark.parametrize("language", LANGUAGES)
def test_maturity_models_ask_after_the_same_people(language):
    """What is measured stays: a model is about measuring, whatever is measured."""
    texts, members = model_texts(language), spoken(language, "members", "trust")
    asked, measured = (re.compile(pattern, re.IGNORECASE) for pattern in HOUSE[language].values())
    index = re.compile(rf"\bNKI\b|{measured.pattern}", re.IGNORECASE)  # named or described, it measures the same
    assert sum(bool(asked.search(text)) for text in texts) > 20
    assert [text for text in texts if asked.search(members.of_people(text))] == []
    assert all(len(index.findall(text)) == len(index.findall(members.of_people(text))) for text in texts)
    assert [text for text in texts if spoken(language).of_people(text) != text] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_word_changes_alone(language):
    members, trust = spoken(language, asked="members"), spoken(language, measured="trust")
    assert left(members, "asked") == {} and len(left(members, "measured")) > 20
    assert left(trust, "measured") == {} and len(left(trust, "asked")) > 100


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_other_words_every_message_stays_as_it_is(language):
    house = spoken(language)
    assert house.trade is None
    assert [m for m in ours() if not translated(m, house) == translated(m, Language(language)) == translated(m, language)] == []


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_what_stands_before_a_neuter_agrees_with_it(language):
    tongue, unknown = Language(language, NEUTER), {}
    for told in map(str.lower, said_of(tongue)):
        for before, _ in re.findall(r"(?:(\w+) )(xen|xden|ynavn|ynavnet)\b", told):
            if before not in BEFORE[language].split():
                unknown[before] = told[:200]
    assert unknown == {}, "say in AGREEMENT of trade.py what becomes of the word before a neuter; if nothing, add it to BEFORE"


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_what_a_neuter_is_said_to_be_agrees_with_it(language):
    tongue, unknown = Language(language, NEUTER), {}
    clause = rf"\b(?:xen|xden|ynavn|ynavnet)(?:,? (?:som|der) [^.:?]*?,?)? {COPULA[language]} (\w+)"
    for told in map(str.lower, said_of(tongue)):
        for said in re.findall(clause, told):
            if said not in PREDICATES[language].split():
                unknown[said] = told[:200]
    assert unknown == {}, "say in AGREEMENT of trade.py what the predicate becomes; if nothing, add it to PREDICATES"


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_no_article_is_doubled_where_the_definite_form_has_one_of_its_own(language):
    """da "de studerende", sv "de boende": nothing that is itself definite may stand before it ("det de boende fick" may)."""
    word = {"da": "students", "sv": "residents"}[language]
    tongue = spoken(language, word)
    doubled = r"\b(?:de|den|disse|dessa|denne|denna|vores|våra|deres|deras|sine|sina)(?: \w+[ea])? (?:de|den) (?:studerende|boende)"
    assert [told for told in said_of(tongue) if re.search(doubled, told.lower())] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_turn_and_agreement_is_in_use(language):
    """Or the sentence that it was made for has changed, and the new one may need another."""
    said = [catalogue(language).get(message, message) for message in ours()] + model_texts(language)
    patterns = [*TURNS[language], *(p for part in AGREEMENT.get(language, {}).values() for p in part)]
    unused = [pattern for pattern in patterns if not any(re.search(pattern, text, re.IGNORECASE) for text in said)]
    assert unused == []


@pytest.mark.parametrize(
    ("language", "asked", "measured", "house", "told"),
    [
        ("en", "members", "trust", "A customer lifted from {one}", "A member lifted from {one}"),
        ("en", "users", "trust", "a customer's and the customers' answers", "a user's and the users' answers"),
        ("en", "users", "engagement", "a satisfied customer", "an engaged user"),
        ("en", "pupils", "well-being", "more satisfied customers, less satisfied", "happier pupils, less happy"),
        ("en", "citizens", "trust", "How customer-oriented are we? dissatisfaction", "How citizen-oriented are we? distrust"),
        ("da", "members", "trust", "En kunde, én kunde, hver kunde, den enkelte kunde",
         "Et medlem, ét medlem, hvert medlem, det enkelte medlem"),
        ("da", "members", "trust", "Kundernes tilfredshed og kundetilfredsheden", "Medlemmernes tillid og medlemstilliden"),
        ("da", "students", "satisfaction", "Af kunderne er kundens svar; kunders", "Af de studerende er den studerendes svar; studerendes"),
        ("da", "members", "satisfaction", "NKI er 70; ét point i NKI", "Tilfredshedsindekset er 70; ét point i tilfredshedsindekset"),
        ("sv", "customers", "trust", "NKI var 70; formen för NKI, CSI och EPSI", "Förtroendeindexet var 70; formen för NKI, CSI och EPSI"),
        ("da", "guests", "security", "kundeundersøgelse, kunde- og medarbejder", "gæsteundersøgelse, gæste- og medarbejder"),
        ("da", "pupils", "well-being", "mere tilfredse kunder, mindre tilfredse; utilfredshed",
         "gladere elever, mindre glade; mistrivsel"),
        ("da", "tenants", "engagement", "den samlede tilfredshed, tilfredshedsindekset", "det samlede engagement, engagementsindekset"),
        ("sv", "members", "trust", "Kundernas nöjdhet, kundnöjdheten, nöjdhetsindexet",
         "Medlemmarnas förtroende, medlemsförtroendet, förtroendeindexet"),
        ("sv", "residents", "satisfaction", "av kunderna; kundens; våra kunder", "av de boende; den boendes; våra boende"),
        ("sv", "residents", "trust", "den typiska kunden, de nöjda kunderna, Kunden är", "den typiska boende, de förtroendefulla boende, Den boende är"),
        ("sv", "citizens", "engagement", "nöjdare kunder, en nöjd kund, kundbortfallet",
         "mer engagerade medborgare, en engagerad medborgare, medborgarbortfallet"),
        ("sv", "guests", "security", "Det kunde ta sekunder för kunden", "Det kunde ta sekunder för gästen"),
        ("sv", "patients", "trust", "förändrad nöjdhet", "förändrat förtroende"),
    ],
)  # fmt: skip
def test_forms(language, asked, measured, house, told):
    assert spoken(language, asked, measured).trade.reworded(house) == told


def test_a_neuter_of_ones_own():
    child = {"one": "barn", "the_one": "barnet", "many": "barn", "the_many": "barnen", "compound": "barn", "neuter": True}
    tongue = Language("sv", {"asked": child})
    said = "En kund som lyfts från {one} till {other} är värd; vad gör en nöjd kund entusiastisk; kunden är förlorad"
    assert tongue.trade.reworded(said) == (
        "Ett barn som lyfts från {one} till {other} är värt; vad gör ett nöjt barn entusiastiskt; barnet är förlorat"
    )


def test_names_of_measures_and_slots_stay():
    trade = spoken("en", "members", "trust").trade
    said = "Net Promoter Score, Customer Effort Score, American Customer Satisfaction Index: {customers:count} {satisfaction}"
    assert trade.reworded(said) == said


def test_employees_are_asked_of_their_own():
    said = "Units with more satisfied employees have more satisfied customers"
    assert spoken("en", "members", "trust").trade.reworded(said) == (
        "Units with more satisfied employees have more trusting members"
    )
    said = "Medarbejdernes tilfredshed det ene år går forud for kundernes det næste"
    assert spoken("da", "members", "trust").trade.reworded(said) == (
        "Medarbejdernes tilfredshed det ene år går forud for medlemmernes tillid det næste"
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_published_claims_keep_their_words(language):
    cited = [message for message, free in ours().items() if not free]
    assert len(cited) > 3
    assert any(message.startswith("Across 96 studies") for message in cited)
    tongue = spoken(language, "members", "trust")
    assert [m for m in cited if translated(m, tongue) != translated(m, language)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_clients_own_texts_are_never_rewritten(language):
    own = {"en": "Satisfied customers", "da": "Tilfredse kunder", "sv": "Nöjda kunder"}[language] + " A/S"
    tongue = spoken(language, "members", "trust")
    assert translated(own, tongue) == own
    message = "{figure}: {group} ({segment}) is {change} above the other customers ({low} to {high})."
    values = dict.fromkeys(("figure", "segment", "change", "low", "high"), "-") | {"group": own}
    assert own in sentence(message, values, tongue)


def test_a_language_is_the_plain_text_to_everything_else():
    tongue = spoken("da", "members")
    assert tongue == "da" and hash(tongue) == hash("da") and f"{tongue}" == "da"
    again = pickle.loads(pickle.dumps(tongue))
    assert translated("All customers", again) == "Alle medlemmer"


def test_a_trade_in_the_words_of_the_house_says_the_same():
    for language in LANGUAGES:
        trade = Trade(language, {part: word_forms()[part][word][language] for part, word in
                                 (("asked", "customers"), ("measured", "satisfaction"))})  # fmt: skip
        assert {t: trade.form(t) for m in ours() for t in trade.tokens(catalogue(language).get(m, m)) if trade.form(t) not in (t, None)} == {}
