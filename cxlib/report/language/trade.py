"""The words of another trade: sentences written of customers and satisfaction, said of members and trust.

Messages are rewritten before their slots are filled, so a client's own texts never are. `templates/locale/words.yml`
has the forms; what agrees with a word, as "en" of "en kunde", stands in AGREEMENT and is held by tests over all messages.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache, cached_property, partial
from pathlib import Path
from typing import Any

import yaml

WORDS_FILE = Path(__file__).parents[3] / "templates" / "locale" / "words.yml"
HOUSE = {"asked": "customers", "measured": "satisfaction"}  # what the messages themselves speak of

# what begins one of the house's words; sv "kunde" is a verb
STEMS = {
    "en": r"customer|satisf|dissatisf",
    "da": r"kunde|tilfreds|utilfreds",
    "sv": r"kund(?!e\b)|nöj[dt]|missnöj",
}
# What keeps its words: slots, names of measures, and the satisfaction of employees, who are asked something of their own.
KEPT = re.compile(
    r"\{[^{}]*\}|American Customer Satisfaction Index|Customer Effort Score"
    r"|satisfied employees|employees' satisfaction|employees become more satisfied"
    r"|mere tilfredse medarbejdere|medarbejdernes tilfredshed|medarbejderne bliver mere tilfredse"
    r"|nöjdare medarbetare|medarbetarnas nöjdhet|medarbetarna blir nöjdare",
    re.IGNORECASE,
)

# The word before a singular, or after it, where that word takes a gender, and what it is for a neuter.
AGREEMENT: dict[str, dict[str, dict[str, str]]] = {
    "da": {
        "asked": {
            r"\b(e|é)n kunde\b": r"\1t kunde",
            r"\bhver kunde\b": "hvert kunde",
            r"\bén enkelt kunde\b": "ét enkelt kunde",
            r"\bden (enkelte|typiske) kunde\b": r"det \1 kunde",
            r"\ben ny kunde\b": "et nyt kunde",
            r"\ben utilfreds kunde\b": "et utilfreds kunde",
            r"\ben tilfreds fra en meget tilfreds kunde\b": "et tilfreds fra et meget tilfreds kunde",
            r"\ben tilfreds kunde begejstret\b": "et {who_neuter} kunde begejstret",
        },
        "measured": {
            r"\bden samlede tilfredshed\b": "det samlede tilfredshed",
        },
    },
    "sv": {
        "asked": {
            r"\ben kund( som lyfts från \{one\} till \{other\})? är värd\b": r"ett kund\1 är värt",
            r"\ben (enda )?kund\b": r"ett \1kund",
            r"\bden (\w+a) kunden\b": r"det \1 kunden",
            r"\ben ny kund\b": "ett nytt kund",
            r"\ben missnöjd kund\b": "ett missnöjt kund",
            r"\ben nöjd från en mycket nöjd kund\b": "ett nöjt från ett mycket nöjt kund",
            r"\ben nöjd kund entusiastisk\b": "ett {who_neuter} kund entusiastiskt",
            r"\bkunden är förlorad\b": "kunden är förlorat",
        },
        "measured": {
            r"\bden samlade nöjdheten\b": "det samlade nöjdheten",r"\bförändrad nöjdhet\b": "förändrat nöjdhet"},
    },
}

# After an article and an adjective the definite form loses the article that it has of its own: "den typiska boende".
ARTICLES = {"sv": {r"\bden (\w+a) kunden\b": r"den \1 kund", r"\bde (\w+a) kunderna\b": r"de \1 kunder"}}

# Turns of phrase that hold for satisfaction alone, and what is said where another thing is measured.
TURNS: dict[str, dict[str, str]] = {
    "en": {
        r"\bsatisfy less\b": "bring less satisfaction",
        r"\b(employees') and customers' satisfaction": r"\1 satisfaction and customers' satisfaction",
        r"\b(employees' satisfaction .* before the customers')": r"\1 satisfaction",
        r"\b(customers' satisfaction .* before the employees')": r"\1 satisfaction",
        r"\bcustomers become more satisfied in years when employees do\b": "customers become more satisfied in years when employees become more satisfied",
    },
    "da": {
        r"\ber mest tilfredse med\b": "giver højest karakter til",
        r"\bog mindst med\b": "og lavest til",
        r"\b(medarbejdernes) og kundernes tilfredshed\b": r"\1 tilfredshed og kundernes tilfredshed",
        r"\b(medarbejdernes tilfredshed .* forud for kundernes)\b": r"\1 tilfredshed",
        r"\b(kundernes tilfredshed .* forud for medarbejdernes)\b": r"\1 tilfredshed",
        r"\bhvor medarbejderne gør\b": "hvor medarbejderne bliver mere tilfredse",
    },
    "sv": {
        r"\bär mest nöjda med\b": "ger högst betyg åt",
        r"\boch minst med\b": "och lägst åt",
        r"\b(medarbetarnas) och kundernas nöjdhet\b": r"\1 nöjdhet och kundernas nöjdhet",
        r"\b(medarbetarnas nöjdhet .* föregår kundernas)\b": r"\1 nöjdhet",
        r"\b(kundernas nöjdhet .* föregår medarbetarnas)\b": r"\1 nöjdhet",
        r"\bdå medarbetarna blir det\b": "då medarbetarna blir nöjdare",
    },
}
# NKI is the name of an index of satisfied customers: of others, or of another thing, it is an index by its description.
NAMES = {
    "da": {r"(?m)^NKI\b": "Tilfredshedsindekset", r"(\w+:? |”)NKI\b(?!, CSI)": r"\1tilfredshedsindekset"},
    "sv": {r"(?m)^NKI\b": "Nöjdhetsindexet", r"(\w+:? |”)NKI\b(?!, CSI)": r"\1nöjdhetsindexet"},
}
SOUNDS_LIKE_A_VOWEL = re.compile(r"[aio]|e(?!u)|u(?![^aeiou][aeiou])", re.IGNORECASE)  # an owner, but a user

Forms = Mapping[str, Any]  # the forms of one word in one language, as words.yml has them


class Language(str):
    """A language of the reports, "da", with the forms that the client's trade uses; a plain "da" uses the house's.

    words  {"asked": forms, "measured": forms}; either may be missing
    """

    words: Mapping[str, Forms]

    def __new__(cls, language: str, words: Mapping[str, Forms] | None = None) -> "Language":
        new = super().__new__(cls, language)
        new.words = dict(words or getattr(language, "words", {}))
        return new

    def __reduce__(self) -> tuple[type["Language"], tuple[str, Mapping[str, Forms]]]:
        return Language, (str(self), self.words)

    @cached_property
    def trade(self) -> "Trade | None":
        """What rewrites the messages of the house; None where nothing is to be rewritten."""
        return self._trade(*HOUSE)

    def of_people(self, text: str) -> str:
        """A text that is not about what is measured, as a maturity model's, with the client's word for customers."""
        return text if self._people is None else self._people.reworded(text)

    @cached_property
    def _people(self) -> "Trade | None":
        return self._trade("asked")

    def _trade(self, *parts: str) -> "Trade | None":
        words = {part: self.words[part] for part in parts if self.words.get(part)}
        changed = {part: forms for part, forms in words.items() if forms != house_forms(part, self)}
        return Trade(str(self), changed) if changed else None


@cache
def word_forms() -> dict[str, dict[str, dict[str, dict[str, Any]]]]:
    """{asked or measured: {word: {language: its forms}}}, as words.yml has them."""
    forms: dict[str, dict[str, dict[str, dict[str, Any]]]] = yaml.safe_load(WORDS_FILE.read_text(encoding="utf-8"))
    return forms


def house_forms(part: str, language: str) -> Forms:
    """The forms of the word that the messages themselves use."""
    return word_forms()[part][HOUSE[part]][str(language)]


class Trade:
    """Rewrites messages of one language from the house's words to others.

    words  the forms of what is said otherwise: asked, measured, or both

    >>> Trade("da", {"asked": word_forms()["asked"]["members"]["da"]}).reworded("En kunde af {n:count} kunder")
    'Et medlem af {n:count} medlemmer'
    """

    def __init__(self, language: str, words: Mapping[str, Forms]):
        self.language, self.words = language, words
        self._forms: dict[str, str] = {}
        self._beginnings: dict[str, str] = {}
        for part in HOUSE:
            old = house_forms(part, language)
            new = words.get(part, old)
            self._forms |= dict(zip(_spelled(part, old, language), _spelled(part, new, language), strict=True))
            if "compound" in old:
                self._beginnings[old["compound"]] = new["compound"]
        pairs = "|".join(re.escape(form) for form in self._forms if " " in form)  # "mere tilfredse"
        ends = r"(?:s?['’](?:s\b|(?!\w)))?" if language == "en" else ""
        token = rf"(?:{STEMS[language]})\w*(?:-(?=\s))?{ends}"
        self._token = re.compile(rf"\b(?:{pairs}|{token})" if pairs else rf"\b{token}", re.IGNORECASE)
        self._turns = {re.compile(pattern, re.IGNORECASE): said for pattern, said in self._turned()}
        self._article = re.compile(rf"\b(an?) (?={token})", re.IGNORECASE)

    def reworded(self, message: str) -> str:
        """The message in the words of the trade; slots and names of measures stay."""
        for pattern, said in self._turns.items():
            message = pattern.sub(partial(_expanded, said), message)
        kept = KEPT.findall(message)
        parts = [self._said(part) for part in KEPT.split(message)]
        return "".join(part + name for part, name in zip(parts, [*kept, ""], strict=True))

    def form(self, token: str) -> str | None:
        """The token in the words of the trade; None for a form that is not known.

        >>> Trade("sv", {"asked": word_forms()["asked"]["guests"]["sv"]}).form("Kundnöjdheten")
        'Gästnöjdheten'
        """
        low = token.lower().replace("’", "'")
        if low in self._forms:
            return _cased(self._forms[low], token)
        for old, new in self._beginnings.items():
            rest = token[len(old) :]
            if low.startswith(old) and rest:
                known = self.form(rest) if re.match(STEMS[self.language], rest) else rest
                return None if known is None else _cased(new, token) + known
        return None

    def tokens(self, message: str) -> list[str]:
        """The words of a message that are the house's, in any form."""
        return [found[0] for part in KEPT.split(message) for found in self._token.finditer(part)]

    def _turned(self) -> Iterator[tuple[str, str]]:
        yield from NAMES.get(self.language, {}).items()
        if "measured" in self.words:
            yield from TURNS[self.language].items()
        if " " in self.words.get("asked", {}).get("the_one", ""):
            yield from ARTICLES.get(self.language, {}).items()
        for part, forms in self.words.items():
            if forms.get("neuter"):
                measured = self.words.get("measured") or house_forms("measured", self.language)
                neuter = measured.get("who_neuter", f"{measured['who_one']}t")
                for pattern, said in AGREEMENT[self.language][part].items():
                    yield pattern, said.replace("{who_neuter}", neuter)

    def _said(self, text: str) -> str:
        def article(found: re.Match[str]) -> str:
            first = self._token.match(text, found.end())
            new = self.form(first[0]) if first else None
            return found[0] if new is None else _cased("an " if SOUNDS_LIKE_A_VOWEL.match(new) else "a ", found[1])

        if self.language == "en":
            text = self._article.sub(article, text)
        return self._token.sub(lambda found: self.form(found[0]) or found[0], text)


def _spelled(part: str, forms: Forms, language: str) -> list[str]:
    """Every form that stands in a sentence, always in the same order."""
    if part == "asked":
        plain = [forms[name] for name in ("one", "the_one", "many", "the_many") if name in forms]
        return plain + [_genitive(form, language) for form in plain]
    if language == "en":
        name, who = forms["name"], forms["who"]
        return [name, who, forms.get("more", f"more {who}"), forms.get("lack", f"lack of {name}")]
    more = {"da": "mere", "sv": "mer"}[language]
    lack = {"da": "manglende", "sv": "bristande"}[language]
    one, many = forms["who_one"], forms["who_many"]
    spelled = [forms["name"], forms["the_name"], one, many]
    spelled += [forms.get("more", f"{more} {many}"), forms.get("lack", f"{lack} {forms['name']}")]
    spelled += [forms.get("who_neuter", f"{one}t")] if language == "sv" else []
    return spelled + [_genitive(form, language) for form in spelled[:2]]


def _genitive(form: str, language: str) -> str:
    if language == "en":
        return f"{form}'" if form.endswith("s") else f"{form}'s"
    if form.endswith(("s", "x", "z")):
        return f"{form}'" if language == "da" else form
    return f"{form}s"


def _expanded(said: str, found: re.Match[str]) -> str:
    return _cased(found.expand(said), found[0])


def _cased(word: str, like: str) -> str:
    """The word with a capital where the one that it stands for had one."""
    return word[:1].upper() + word[1:] if like[:1].isupper() else word
