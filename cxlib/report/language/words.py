"""The reader's words: gettext catalogues, one file for each notebook and `cx.po` for the frame."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from babel.lists import format_list
from babel.messages.pofile import read_po

from cxlib.analyses.result import Term
from cxlib.report.language.numbers import LOCALES, Phrase
from cxlib.report.language.trade import Language

LOCALE_FOLDER = Path(__file__).parents[3] / "templates" / "locale"
# claims of others, which keep their words: the file that has them, and how a message of our own begins that tells one
CITED_FROM, CITED = "templates/models/published_effects.yml", ("Across 96 studies satisfaction",)
WORKBOOK_ONLY = "workbook"  # tag of cells whose results stand in the workbook and on no page
NOT_FOR_THE_CLIENT = {"note", "parameters", "injected-parameters", "remove-cell"}  # tags of cells that no reader sees


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """English message -> message in the language, from every .po file; {} for English. Fuzzy entries do not count."""
    words: dict[str, str] = {}
    for file in sorted((LOCALE_FOLDER / language / "LC_MESSAGES").glob("*.po")):
        with file.open("rb") as handle:
            entries = read_po(handle)
        words |= {
            str(entry.id): str(entry.string) for entry in entries if entry.id and entry.string and not entry.fuzzy
        }
    return words


@cache
def ours() -> Mapping[str, bool]:
    """{each message of the workbook: whether it follows the client's trade}; what is cited of published effects does not."""
    messages: dict[str, bool] = {}
    for file in sorted(LOCALE_FOLDER.rglob("*.po")):
        with file.open("rb") as handle:
            entries = [entry for entry in read_po(handle) if entry.id]
        for entry in entries:
            cited = {name for name, _ in entry.locations} == {CITED_FROM} or str(entry.id).startswith(CITED)
            messages[str(entry.id)] = not cited
    return messages


def translated(message: str, language: str) -> str:
    """The message in the language and, where the `Language` has them, in the words of the client's trade.

    What the catalogues do not know (a consultant's own text) stays as it is.
    """
    said = catalogue(language).get(message, message)
    trade = language.trade if isinstance(language, Language) else None
    return trade.reworded(said) if trade is not None and ours().get(message) else said


def sentence(message: str, values: Mapping[str, object], language: str, currency: str | None = None) -> str:
    """The message in the language with its slots filled; Terms are translated, a list reads "a, b and c"."""
    words = {slot: _worded(value, language) for slot, value in values.items()}
    return Phrase(language, currency).vformat(translated(message, language), (), words)


def _worded(value: object, language: str) -> object:
    if isinstance(value, list):
        return format_list([str(_worded(item, language)) for item in value], locale=LOCALES[language])
    return translated(value, language) if isinstance(value, Term) else value
