"""One word for one thing: every message of every language is held against its glossary, and against words that leaked in.

A failure names the message, the word that is wrong in it, and what the glossary says instead.
"""

import re
from functools import cache

import pytest
import yaml

from cxlib.languages import LANGUAGES
from cxlib.report.language.words import LOCALE_FOLDER, catalogue, ours
from tests.conftest import ROOT
from tests.report.language.test_trade import model_texts

SLOT = re.compile(r"\{[^{}]*\}")
PARTS = {"say", "never", "why", "alike"}
# Words that are of one language alone, by the language; what a sentence of another has of them was forgotten.
OF_ONE = {
    "en": "the of and are was were which this these those with between points answers how what where than each other been not who whom "
    "customers from their into cannot only because satisfaction company when whether does",
    "da": "og ikke er hvor hvad fra hver mellem bliver svarene blev deres hvis kun også mere jeg af",
    "sv": "och inte av är för från vad när hur mycket mellan ett också bara blir eftersom vilka vilken svaren",
}
NAMES = re.compile(
    r"Net Promoter Score|American Customer Satisfaction Index|Customer Effort Score|Cronbachs? \w+|partial least squares|\w+ case(?:n|ns)?\b|"
    r"[A-ZÅÄÖÆØ][\wäöåæøé]+(?:, [A-Z]\w+)* (?:and|og|och) [A-Z]\w+"
)
WORKSHOP = re.compile(
    r"(?i:client folder|client\.yml|klientmapp\w*|\bklient\w*|\bcxlib\b|\.csv\b|\.yml\b|\.ipynb\b|\bnotebook\w*|\btraceback\b|\bdataframe\b|\bPython\b)"
    r"|\bNone\b(?! of)|\bnan\b|\bNaN\b|\bTrue\b|\bFalse\b|\b[a-z]{2,}_[a-z_]+\b|`"
)


@cache
def glossary(language: str) -> dict[str, dict[str, object]]:
    return yaml.safe_load((LOCALE_FOLDER / language / "glossary.yml").read_text(encoding="utf-8"))


@cache
def said(language: str) -> dict[str, str]:
    """{message: what a reader of the language gets}, and the texts of the maturity models; slots are taken out."""
    told = {message: catalogue(language).get(message, message) for message in ours()} | {text: text for text in model_texts(language)}
    return {message: SLOT.sub(" ", text) for message, text in told.items()}


@cache
def pattern(*forms: str) -> re.Pattern[str]:
    """Any of the forms as whole words; a * stands for any ending."""
    words = (re.escape(form).replace(r"\*", r"\w*").replace(r"\ ", r"\s+") for form in forms)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(words)})(?![\w-])", re.IGNORECASE)


def wrong(text: str, rule: dict[str, object]) -> list[str]:
    """The words of a text that a rule forbids.

    >>> wrong("Frafald", {"never": ["frafald*"]}), wrong("tab af kunder", {"never": ["frafald*"]})
    (['Frafald'], [])
    """
    rest = pattern(*rule["alike"]).sub(" ", text) if "alike" in rule else text
    return [found[0] for found in pattern(*rule["never"]).finditer(rest)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_keeps_to_the_glossary(language):
    failed = [
        f"{found[0]!r} in {message!r}: say {rule['say']!r} ({rule['why']})"
        for rule in glossary(language).values()
        for message, text in said(language).items()
        if (found := wrong(text, rule))
    ]
    assert failed == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_glossary_says_what_to_say_and_why(language):
    for term, rule in glossary(language).items():
        assert {"say", "never", "why"} <= set(rule) <= PARTS and rule["never"] and str(rule["why"]).strip(), term
        assert not wrong(rule["say"], rule), f"{term}: what is to be said is forbidden"


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_meant_otherwise_is_still_said(language):
    """Or the exception stands for nothing, and lets a wrong word through one day."""
    text = "\n".join(said(language).values())
    alike = [(term, form) for term, rule in glossary(language).items() for form in rule.get("alike", [])]
    assert [each for each in alike if not pattern(each[1]).search(text)] == []
    assert [each for each in alike if not pattern(*glossary(language)[each[0]]["never"]).search(each[1].rstrip("*"))] == []


def test_the_languages_decide_on_the_same_things():
    """What is a matter of the words of Danish is one of Swedish too, but for what only one of them has two words for."""
    assert set(glossary("da")) ^ set(glossary("sv")) <= {"correction"}


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_no_word_of_another_language_is_left(language):
    others = {word for other, words in OF_ONE.items() if other != language for word in words.split()} - set(OF_ONE[language].split())
    letters = {"da": "äö", "sv": "æø"}[language]
    failed = {}
    for message, text in said(language).items():
        rest = NAMES.sub(" ", text)
        words = set(re.findall(r"(?<![\w:])\w+", rest))
        found = {word for word in words if word.lower() in others} | {w for w in words if w[0].islower() and set(w) & set(letters)}
        if found:
            failed[message] = found
    assert failed == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_of_the_workshop_reaches_a_client(language):
    found = {message: WORKSHOP.findall(text) for message, text in said(language).items()}
    assert {message: words for message, words in found.items() if words} == {}


@pytest.mark.parametrize("file", sorted((ROOT / "tests" / "golden").glob("*.txt")), ids=lambda file: file.stem)
def test_no_sentence_of_a_report_holds_a_value_that_is_none(file):
    told = [line.split(" | ", 2)[-1] for line in file.read_text(encoding="utf-8").splitlines()]
    assert [line for line in told if re.search(r"\b(?:None|nan|NaN|inf)\b|\{|\}", line)] == []
