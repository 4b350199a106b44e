"""What is said of a Result beside its tables, in the reader's language; page, workbook and slides say the same."""

from cxlib.analyses.result import Base, Finding, Result, Term
from cxlib.report.language.numbers import styled
from cxlib.report.language.words import sentence, translated

BASE = Term("Base: {used:count} of {read:count} rows")
PERIODS = {1: Term("period: {first:period}"), 2: Term("periods: {first:period} to {last:period}")}
EFFECTIVE = Term("effective number of answers after weighting {n:count}")


def finding_line(finding: Finding, language: str, currency: str | None = None) -> str:
    """The finding as a sentence."""
    return sentence(finding.message, finding.values, language, currency)


def base_line(base: Base, language: str) -> str:
    """What a figure rests on: "Base: 1,976 of 2,000 rows; don't know: 24."."""
    read = {"used": base.used, "read": base.read}
    parts = [sentence(BASE, read, language)]
    parts += [f"{translated(why, language)}: {styled(n, 'count', language)}" for why, n in base.dropped.items() if n]
    if base.effective is not None:
        parts.append(sentence(EFFECTIVE, {"n": base.effective}, language))
    if base.periods:
        parts.append(periods_line(base, language))
    return "; ".join(parts) + "."


def periods_line(base: Base, language: str) -> str:
    """The period or periods that a figure rests on: "periods: Q1 2024 to Q4 2025"; "" without any."""
    if not base.periods:
        return ""
    return sentence(PERIODS[len(base.periods)], {"first": base.periods[0], "last": base.periods[-1]}, language)


def definition_line(result: Result, language: str) -> str:
    """What the figure is; "" where the result does not say."""
    return _closed(str(result.settings.get("definition") or ""), language)


def method_line(result: Result, language: str) -> str:
    """How the figure arose, with its reference; "" where the result does not say."""
    methods = (result.method,) if isinstance(result.method, str) else result.method
    return " ".join(filter(None, (_closed(each, language) for each in methods)))


def _closed(text: str, language: str) -> str:
    return f"{translated(text, language).rstrip('.')}." if text else ""
