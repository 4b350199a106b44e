"""Two tellings of one report held against each other: the verdicts and the numbers that differ."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping

from tests.invariants.held import named
from tests.invariants.pages import Shown

CLOSE = 2e-5  # results.json keeps six digits


def differences(one: Mapping[str, Shown], other: Mapping[str, Shown], *, close: float = CLOSE) -> Iterator[str]:
    """What differs: pages that fail, findings that one of the two has alone, and numbers that sentences name."""
    for page in one:
        ours, theirs = one[page], other[page]
        if repr(ours.error) != repr(theirs.error):
            yield f"{page}: {ours.error!r} / {theirs.error!r}"
            continue
        for left, right in zip(ours.results, theirs.results, strict=True):
            where = f"{page}.{left['name']}"
            keys, others = (Counter(f["key"] for f in result["findings"]) for result in (left, right))
            if keys != others:
                yield f"{where}: {_listed(keys - others)} / {_listed(others - keys)}"
                continue
            for key in keys:
                for a, b in zip(_values(left, key), _values(right, key), strict=True):
                    apart = [slot for slot in a if not _near(a[slot], b.get(slot), close)]
                    if apart:
                        yield f"{where} {key}: " + ", ".join(f"{s} {a[s]:g} / {b.get(s, math.nan):g}" for s in apart)


def _values(result: Mapping, key: str) -> list[dict[str, float]]:
    """The numbers of the findings of a key, in an order of their own."""
    return sorted((named(f) for f in result["findings"] if f["key"] == key), key=lambda values: sorted(values.items()))


def _near(a: float, b: float | None, close: float) -> bool:
    return b is not None and math.isclose(a, b, rel_tol=close, abs_tol=close / 10)


def _listed(keys: Counter) -> str:
    return ", ".join(sorted(keys.elements())) or "nothing"


# ---------------------------------------------------------------- a scale turned round

# What a verdict becomes when the answers to the questions are turned round: the others stay as they are.
OPPOSITE = (
    ("change.rose", "change.fell"), ("change.rose_worse", "change.fell_better"), ("trend.rose", "trend.fell"),
    ("trend.rose_worse", "trend.fell_better"), ("segment.above", "segment.below"), ("target.reached", "target.missed"),
)  # fmt: skip
TURNED = {a: b for pair in OPPOSITE for a, b in (pair, pair[::-1])}
# A mean of answers turned with its direction is told in the other words, and means the same.
SAME_IN_OTHER_WORDS = {a: b for kind in ("change", "trend", "ease", "ease_trend") for pair in (("rose", "fell_better"), ("fell", "rose_worse"))
                       for a, b in ((f"{kind}.{pair[0]}", f"{kind}.{pair[1]}"), (f"{kind}.{pair[1]}", f"{kind}.{pair[0]}"))}  # fmt: skip
ABOUT = {"effort": ("effort_score",), "satisfaction": ("satisfaction_index", "acsi_index", "satisfaction_by_segment"),
         "level": ("tipping_points",)}  # fmt: skip


def turned_differences(question: str, one: Mapping[str, Shown], other: Mapping[str, Shown]) -> Iterator[str]:
    """Verdicts that are not what they should be once the scale of a question is turned round.

    satisfaction    is better high, whatever is declared: risen becomes fallen, above becomes below
    effort, outcome, level   are turned with the end that is good, so that the verdict stays
    """
    for page, theirs in other.items():
        ours = one[page]
        if repr(ours.error) != repr(theirs.error):
            yield f"{page}: {ours.error!r} / {theirs.error!r}"
            continue
        for left, right in zip(ours.results, theirs.results, strict=True):
            if question in ABOUT and left["name"] not in ABOUT[question]:
                continue
            keys = Counter(_turned(question, left, finding["key"]) for finding in left["findings"])
            others = Counter(finding["key"] for finding in right["findings"])
            if question == "level":
                keys, others = _in_kinds(keys), _in_kinds(others)
            if keys != others:
                yield f"{page}.{left['name']}: {_listed(keys - others)} / {_listed(others - keys)}"


def _turned(question: str, result: Mapping, key: str) -> str:
    if question == "satisfaction":
        return TURNED.get(key, key)
    is_mean = question == "effort" and "Mean answer" in str(result["settings"].get("definition"))
    return SAME_IN_OTHER_WORDS.get(key, key) if is_mean else key


# Seen from the other end a curve is another curve, a break is fitted by another, and a promise is kept from the other side.
COURSES = ("straight", "diminishing", "growing", "ceiling")
BREAKS = ("kink", "eases", "gain_eases", "zone", "cliff", *(f"{kind}{side}" for kind in ("step", "leap") for side in ("", "_between", "_below")))
TURNS = ("two", *(f"{kind}{at}" for kind in ("peak", "trough") for at in ("", "_at")))  # two kinks may be called by their middle
KINDS = {"a course": COURSES, "a point": BREAKS, "a turn": TURNS}
KIND_OF = {f"tipping_point.{end}": kind for kind, ends in KINDS.items() for end in ends}


def _in_kinds(keys: Counter) -> Counter:
    """Verdicts without the words that depend on the end from which a level is seen."""
    found: Counter = Counter()
    for key, n in keys.items():
        if not key.startswith(("findable.", "heaps.", "beyond.", "below.")):  # said of a point, from the side it is seen
            found[KIND_OF.get(key, key)] += n
    return found
