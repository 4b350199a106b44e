"""What every analysis gives: unrounded tables, findings whose verdict is a key, and the base they rest on."""

import importlib
import json
import math
import pkgutil
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import Field, dataclass, field, fields, is_dataclass
from functools import cache
from string import Formatter
from textwrap import shorten
from types import MappingProxyType
from typing import Any, ClassVar, NamedTuple

import numpy as np
import pandas as pd

import cxlib.analyses
from cxlib.stats.rounding import six_digits

TONES = ("good", "bad", "neutral", "unclear", "absent")
SUBJECTS = ("group", "block", "criterion", "worst", "service", "name", "figure", "outcome")  # slots, the closest first
LINE = 80  # characters of a line in a repr


class CannotAnswer(ValueError):
    """The data cannot answer the question; the message says what, the rule and the remedy."""


class Term(str):
    """A word of ours among a finding's values, which is translated; a plain str is client text and is not."""


class Quantity(float):
    """A number among a finding's values that brings its own style, for slots that hold points here and shares there."""

    style: str

    def __new__(cls, value: float, style: str) -> "Quantity":
        quantity = super().__new__(cls, value)
        quantity.style = style
        return quantity

    def __reduce__(self) -> tuple[type["Quantity"], tuple[float, str]]:
        """What a copy is made of."""
        return type(self), (float(self), self.style)


@dataclass(frozen=True)
class Finding:
    """One verdict. `key` is the verdict, `message` an English sentence with named slots, `values` what fills them."""

    key: str
    message: str
    values: Mapping[str, object]
    tone: str

    @property
    def says(self) -> "Says":
        """What its analysis declares with the sentence; nothing more for a sentence of a consultant's own."""
        _all_analyses()
        by_key = _DECLARED[self.key]
        if self.message in by_key:
            return by_key[self.message]
        alike = {(says.stake, says.about, says.advises, says.doubts) for says in by_key.values()}
        return next(iter(by_key.values())) if len(alike) == 1 else Says(self.tone, self.message)

    @property
    def subject(self) -> object | None:
        """Whom or what it is about; None where it names nobody."""
        slots = [self.says.subject] if self.says.subject else SUBJECTS
        return next((self.values[slot] for slot in slots if slot in self.values), None)

    @property
    def names(self) -> set[str]:
        """All words among its values, alone or in a list."""
        return self.listed | {value for value in self.values.values() if isinstance(value, str)}

    @property
    def listed(self) -> set[str]:
        """All words of the lists among its values."""
        return {word for value in self.values.values() if isinstance(value, list) for word in value if isinstance(word, str)}

    def told(self) -> Iterator[dict[str, object]]:
        """The figures that its sentence names and no table holds, see `Result.told`."""
        says, values = self.says, self.values
        for slot, named in says.named.items():
            value = values.get(slot)
            if isinstance(value, (int, float)):
                style = getattr(value, "style", "") or _styles(self.message)[slot]
                style = "money" if style.startswith("money") else style
                ends = (values.get(end) for end in (named.low, named.high))
                yield {"subject": self.subject, "figure": named.figure, "estimate": value, "unit": style,
                       **dict(zip(("low", "high"), ends, strict=True))}  # fmt: skip

    def speaks_against(self, other: "Finding", advice: str = "") -> bool:
        """Whether it doubts what the other advises, or this `advice` of its subject; naming nobody, it doubts all of it.

        Advice about several, named in a list, is doubted by a finding that names one of them.
        """
        doubted = (advice or other.says.advises) in self.says.doubts
        meant = other.listed if other.subject is None else {other.subject}
        return doubted and (not self.names or not meant or bool(meant & self.names))

    def to_json(self) -> dict[str, object]:
        """The finding as JSON: "terms" names the slots that hold a word of ours, "styles" those that bring their style."""
        return {
            "key": self.key,
            "message": self.message,
            "values": _plain(self.values),
            "tone": self.tone,
            "terms": sorted(slot for slot, value in self.values.items() if isinstance(value, Term)),
            "styles": {slot: value.style for slot, value in self.values.items() if isinstance(value, Quantity)},
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Finding":
        """The finding that `to_json` gave; raises KeyError where a part of it is not there."""
        values = dict(data["values"])
        values |= {slot: Term(values[slot]) for slot in data["terms"]}
        numbers = {slot: math.nan if values[slot] is None else values[slot] for slot in data["styles"]}
        values |= {slot: Quantity(number, data["styles"][slot]) for slot, number in numbers.items()}
        return cls(data["key"], data["message"], values, data["tone"])


@dataclass(frozen=True)
class Base:
    """What the figures rest on: rows read and used, rows dropped by reason, the effective n under weights, and the
    first and last period of the rows used (one, where that is all; none without periods)."""

    read: int
    used: int
    dropped: Mapping[str, int] = field(default_factory=dict)
    effective: float | None = None
    periods: tuple[str, ...] = ()

    def to_json(self) -> dict[str, object]:
        """The base as JSON; "periods" only where there are any."""
        told = {part.name: getattr(self, part.name) for part in fields(self) if part.name != "periods"}
        return told | ({"periods": list(self.periods)} if self.periods else {})

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Base":
        """The base that `to_json` gave; raises KeyError where a part of it is not there."""
        told = {part.name: data[part.name] for part in fields(cls) if part.name != "periods"}
        return cls(**told, periods=tuple(data.get("periods", ())))


@dataclass(frozen=True, repr=False)
class Result:
    """An answer, without text, rounding or plotting.

    name      the question answered; a chart of the same name draws it
    tables    DataFrames; shares 0-1, columns as their room declares them in its `columns.py`
    findings  verdicts, most important first
    base      rows read, used, dropped and why
    settings  every choice that shaped the numbers
    method    how the figure arose, in two sentences with the reference; a message to translate, or several
    """

    name: str
    tables: Mapping[str, pd.DataFrame]
    findings: tuple[Finding, ...]
    base: Base
    settings: Mapping[str, object] = field(default_factory=dict)
    method: str | tuple[str, ...] = ""

    @classmethod
    def missing(cls, name: str, finding: Finding, *, read: int = 0) -> "Result":
        """The result of a question that was not asked: no table, one finding of tone "absent" that says why."""
        return cls(name, {}, (finding,), Base(read, 0))

    @property
    def absent(self) -> bool:
        """Whether there is nothing to show because the question was not asked."""
        return bool(self.findings) and all(finding.tone == "absent" for finding in self.findings)

    @property
    def told(self) -> pd.DataFrame:
        """The figures that its sentences give and its tables do not hold: subject, figure (Term), estimate, low, high, unit
        (number style of the row); no rows where the tables hold them all."""
        rows = [row for finding in self.findings for row in finding.told()]
        return pd.DataFrame(rows, columns=["subject", "figure", "estimate", "low", "high", "unit"])

    def to_json(self) -> dict[str, object]:
        """The result as JSON that repeats from machine to machine: numbers to 6 significant digits, None for missing.

        Its keys are in the alphabet's order, as in the notebook once that is written: read again, it gives the same pages.
        """
        tables = {
            name: {"columns": list(map(str, table.columns)), "rows": _plain(table.to_numpy(dtype=object).tolist())}
            for name, table in self.tables.items()
        }
        told = {
            "name": self.name,
            "tables": tables,
            "findings": [finding.to_json() for finding in self.findings],
            "base": _plain(self.base.to_json()),
            "settings": _plain(self.settings),
        } | ({"method": self.method} if self.method else {})
        repeated: dict[str, object] = json.loads(json.dumps(told, sort_keys=True))
        return repeated

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Result":
        """The result that `to_json` gave: `Result.from_json(data).to_json() == data`.

        A column of whole numbers, of decimals (NaN where missing) or of truths has that dtype; any other holds objects
        errors    KeyError where a part is not there
        """
        tables = {name: _frame(table["columns"], table["rows"]) for name, table in data["tables"].items()}
        findings = tuple(map(Finding.from_json, data["findings"]))
        return cls(data["name"], tables, findings, Base.from_json(data["base"]), data["settings"], _told_method(data.get("method", "")))

    def __repr__(self) -> str:
        """One screen: the base, the verdicts, and the name, size and columns of each table."""
        lines = [f"Result {self.name!r}: {self.base.used} of {self.base.read} rows used"]
        lines += [f"  finding {finding.key}" for finding in self.findings]
        lines += [f"  table {name!r}, {_brief(table)}" for name, table in self.tables.items()]
        return "\n".join(lines)


class OneScreen:
    """A dataclass that says of each field that holds something what it is and how large, instead of printing all of it."""

    __dataclass_fields__: ClassVar[dict[str, Field[object]]]

    def __repr__(self) -> str:
        held = {f.name: getattr(self, f.name) for f in fields(self)}
        shown = {name: value for name, value in held.items() if value is not None and not (isinstance(value, (Mapping, tuple)) and not value)}
        return "\n".join([type(self).__name__, *(f"  {name}: {_brief(value)}" for name, value in shown.items())])


def _brief(value: object) -> str:
    if isinstance(value, pd.DataFrame):
        columns = shorten(", ".join(map(str, value.columns)), LINE, placeholder=" ...")
        return f"{len(value)} x {value.shape[1]}: {columns}"
    if isinstance(value, (pd.Series, np.ndarray)):
        return f"{' x '.join(map(str, value.shape))} values"
    if is_dataclass(value):
        return type(value).__name__
    return shorten(", ".join(map(str, value)) if isinstance(value, Mapping) else repr(value), LINE, placeholder=" ...")


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, np.ndarray, set, frozenset)):
        return [_plain(item) for item in value]
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, np.integer)):
        return int(value)
    if isinstance(value, (float, np.floating)):
        return six_digits(float(value)) if math.isfinite(value) else None
    return None if value is None or value is pd.NA or value is pd.NaT else str(value)


def _told_method(method: str | list[str]) -> str | tuple[str, ...]:
    return method if isinstance(method, str) else tuple(method)


def _frame(columns: list[str], rows: list[list[object]]) -> pd.DataFrame:
    """A table read back from JSON."""
    if not rows:
        return pd.DataFrame(columns=columns, dtype=object)
    frame = pd.DataFrame({place: _typed(values) for place, values in enumerate(map(list, zip(*rows, strict=True)))})
    return frame.set_axis(columns, axis=1)


def _typed(values: list[object]) -> pd.Series:
    """A column as numbers or truths, where it can give back exactly what it holds; else as objects."""
    kinds = set(map(type, values))
    if kinds == {float, type(None)}:
        return pd.Series(values, dtype=float)
    column = pd.Series(values, dtype=object)
    return column.infer_objects() if len(kinds) == 1 else column


class Place(NamedTuple):
    """Where a result shows what a finding says: a table, its column of figures, and the column that holds the subject.

    style   of the figure, where it is another than its column's
    """

    table: str
    figure: str = ""
    of: str = ""
    style: str = ""


class Named(NamedTuple):
    """What a figure is that sentences give and no table of theirs: in words, with the slots of its interval's ends."""

    figure: Term
    low: str = ""
    high: str = ""


class Says(NamedTuple):
    """A sentence of an analysis, and what else a report has to know of it.

    subject   the slot that names whom or what it is about; "" takes the first of SUBJECTS that the finding has
    stake     what the verdict is worth: a slot, two slots whose distance it is, or the row of the subject in a table
    shown_in  the tables that show it, the best first; without one, the tables of the result in their order
    about     "client", "data" (said last of what cannot be told) or "method" (not said on the front page)
    advises   the part that it plays in a next step, see report/front_page/next_steps.py
    doubts    advice that it speaks against: of the same subject, where both name one
    named     {slot: what its figure is} of those that stand in no table
    """

    tone: str
    message: str
    subject: str = ""
    stake: str | tuple[str, str] | Place = ""
    shown_in: tuple[Place, ...] = ()
    about: str = "client"
    advises: str = ""
    doubts: tuple[str, ...] = ()
    named: Mapping[str, Named] = MappingProxyType({})


class Sentences(dict[str, Says]):
    """The wording of one analysis: `{key: (tone, message)}` or `{key: Says(tone, message, ...)}`.

    Slots carry their number style, as in `{nps:points}`. shown_in: for sentences that do not declare their own;
    named: {slot, "family.slot" or "key.slot": what its figure is} of those that stand in no table (`Result.told`)
    """

    def __init__(
        self,
        sentences: Mapping[str, tuple[Any, ...]],
        *,
        shown_in: tuple[Place, ...] = (),
        named: Mapping[str, Named] = MappingProxyType({}),
    ):
        said = {key: Says(*sentence) for key, sentence in sentences.items()}
        for key, says in said.items():
            if says.tone not in TONES:
                raise ValueError(f"tone of {key!r} is {says.tone!r}; it must be one of {', '.join(TONES)}.")
        super().__init__(
            {
                key: says._replace(shown_in=says.shown_in or shown_in, named=_named(key, says.message, named))
                for key, says in said.items()
            }
        )
        for key, says in self.items():
            _DECLARED[key][says.message] = says

    def finding(self, key: str, **values: object) -> Finding:
        """The finding for a verdict; raises KeyError for an unknown key, ValueError for a slot without a value."""
        tone, message, *_ = self[key]
        empty = slots(message) - values.keys()
        if empty:
            raise ValueError(f"finding {key!r} lacks the value of {', '.join(sorted(empty))}.")
        return Finding(key, message, values, tone)


# {key: {message: says}}: two analyses may share a key; a message that was changed is known by it where they mean the same.
_DECLARED: defaultdict[str, dict[str, Says]] = defaultdict(dict)


@cache
def _all_analyses() -> None:
    """Loads every analysis, so that its sentences are declared."""
    for module in pkgutil.walk_packages(cxlib.analyses.__path__, "cxlib.analyses."):
        importlib.import_module(module.name)


def slots(message: str) -> set[str]:
    """The names of the slots in a message: {"nps", "n"} for "NPS is {nps:points} ({n:count} answers)"."""
    return set(_styles(message))


def _styles(message: str) -> dict[str, str]:
    """{slot: number style} of a message."""
    return {name: style or "" for _, name, style, _ in Formatter().parse(message) if name}


def _named(key: str, message: str, named: Mapping[str, Named]) -> dict[str, Named]:
    """The figures of one sentence that no table holds, by slot."""
    family = key.partition(".")[0]
    places = {slot: (f"{key}.{slot}", f"{family}.{slot}", slot) for slot in _styles(message)}
    either = {slot: next((named[place] for place in of if place in named), None) for slot, of in places.items()}
    return {slot: each for slot, each in either.items() if each is not None}
