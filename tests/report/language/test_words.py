"""Every message has its translation, with the same slots and number styles."""

import re
from collections import Counter
from datetime import date
from importlib import import_module
from io import BytesIO
from pkgutil import walk_packages
from string import Formatter

import pytest
from babel.messages.pofile import read_po

from cxlib import analyses
from cxlib.analyses.result import Sentences, Term
from cxlib.languages import LANGUAGES
from cxlib.report.language.catalogues import messages, of_code
from cxlib.report.language.words import LOCALE_FOLDER, catalogue, sentence, translated
from tests.conftest import ROOT

ALL = [message for used in messages().values() for message in used]


def slots(message: str) -> Counter:
    return Counter((name, spec) for _, name, spec, _ in Formatter().parse(message) if name)


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_no_message_is_untranslated(language):
    known = catalogue(language)
    assert [message for message in ALL if not known.get(message)] == []


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_a_translation_has_the_slots_of_its_message(language):
    known = catalogue(language)
    different = [m for m in ALL if m in known and "{" in m and slots(m) != slots(known[m])]
    assert different == []


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_prose_keeps_its_heading_level(language):
    known = catalogue(language)
    headed = [m for m in ALL if m.startswith("#") and m in known]
    assert headed and all(m.split(" ")[0] == known[m].split(" ")[0] for m in headed)


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_catalogues_hold_nothing_that_is_no_longer_said(language):
    assert sorted(set(catalogue(language)) - set(ALL)) == []
    assert {file.stem for file in (LOCALE_FOLDER / language / "LC_MESSAGES").glob("*.po")} == set(messages())


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_a_message_stands_in_one_catalogue(language):
    """Or the last file, by the alphabet, would silently decide for all."""
    files = sorted((LOCALE_FOLDER / language / "LC_MESSAGES").glob("*.po"))
    found = Counter(entry.id for file in files for entry in read_po(file.open("rb")) if entry.id)
    assert [message for message, times in found.items() if times > 1] == []


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_a_translator_sees_which_files_say_a_message(language):
    named = {
        entry.id: sorted(place for place, _ in entry.locations)
        for file in (LOCALE_FOLDER / language / "LC_MESSAGES").glob("*.po")
        for entry in read_po(file.open("rb"))
        if entry.id
    }
    assert named == {message: sorted(files) for used in messages().values() for message, files in used.items()}
    assert all(files and all((ROOT / file).is_file() for file in files) for files in named.values())


def test_messages_of_code_are_the_literal_ones():
    """Either side of a conditional is a message of its own; what stands in a variable is said where it is made."""
    code = b'page.word("many" if n else "none", n=n); Term("a " "b"); SAYS = Sentences({"k": ("good", "Well.")}); Term(x); no("x")'
    assert sorted(message for _, _, message, _ in of_code(BytesIO(code))) == ["Well.", "a b", "many", "none"]


def test_no_translation_is_left_in_english():
    same = {m for m in ALL if len(m.split()) > 3 and catalogue("da").get(m) == m}
    assert same == set()


def test_a_term_is_translated_and_client_text_is_not():
    message = "{block}: whether the experience matches what customers expected cannot be determined from these answers."
    assert sentence(message, {"block": Term("Satisfaction index")}, "da").startswith("NKI:")
    assert sentence(message, {"block": "Satisfaction index"}, "da").startswith("Satisfaction index:")


def test_unknown_prose_is_shown_as_written():
    assert translated("# The consultant's own words", "sv") == "# The consultant's own words"


def tables_of_sentences() -> dict[str, Sentences]:
    """Every table of wording in the analyses, by the module that holds it."""
    modules = (import_module(found.name) for found in walk_packages(analyses.__path__, "cxlib.analyses."))
    return {
        f"{module.__name__}.{name}": value
        for module in modules
        for name, value in vars(module).items()
        if isinstance(value, Sentences)
    }


SAYS = tables_of_sentences()
KEYS = [(key, message) for table in SAYS.values() for key, (_, message, *_) in table.items()]


def test_every_analysis_has_its_wording_looked_at():
    assert len(SAYS) >= 20 and len(KEYS) >= 150


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_verdict_has_a_sentence_with_its_slots(language):
    """As a reader gets it: with the slots of the English one, filled, and ended like a sentence."""
    for key, message in KEYS:
        said = translated(message, language)
        assert language == "en" or (said and said != message) or not re.sub(r"{.*?}", "", message), key
        assert slots(said) == slots(message), key
        told = sentence(message, {slot: filling(spec) for _, slot, spec, _ in Formatter().parse(message) if slot}, language)
        assert "{" not in told and (told.strip()[-1] in ".?!”" or said.endswith("}")), (key, told)


def filling(spec: str) -> object:
    return 0.5 if spec not in ("", "text", "period", "date") else date(2025, 1, 1) if spec == "date" else "2025-Q4"


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_typography_is_that_of_the_language(language):
    """Danish and Swedish quote ”so”, and put room before the percent sign."""
    for message, said in catalogue(language).items():
        assert not set(said) & set('"“‘'), (message, said)
        assert not re.search(r"\d%", said), said
