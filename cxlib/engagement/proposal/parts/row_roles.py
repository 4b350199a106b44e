"""Whose each row of a survey is, when it was answered, and how much it counts."""

import re

from cxlib.engagement.proposal import words
from cxlib.engagement.proposal.facts import Facts, date_forms
from cxlib.engagement.proposal.lines import Line
from cxlib.engagement.proposal.parts.roles import AskedChoice, Roles
from cxlib.engagement.proposal.sources import SourceFile
from cxlib.engagement.settings.source import WAVE
from cxlib.engagement.survey import FEW
from cxlib.engagement.tables.cells import moment
from cxlib.engagement.tables.periods import in_time_order

_MOST_PERIODS = 24


def row_lines(source: SourceFile, roles: Roles, answers: dict[str, str]) -> list[Line]:
    """`respondent`, `date`, `period`, and `basis` where it was asked for."""
    date = _date(source, roles, answers)
    waves = isinstance(source.file, dict) and not files_are_groups(source, date)
    period = _period(source, roles, date)
    return [*_respondent(source, roles, waves=waves), *date, *period, *_basis(_answers_in_time(source, date, period, waves=waves), roles, answers)]


def files_are_groups(source: SourceFile, lines: list[Line]) -> bool:
    """Whether several files tell apart channels or markets, not times: their names say no time, and each answer has its date."""
    return isinstance(source.file, dict) and any(line.key == "date" and line.sure for line in lines) and in_time_order(source.file) is None


def _respondent(source: SourceFile, roles: Roles, *, waves: bool) -> list[Line]:
    layout = source.layout
    known = source.first(layout.respondent) if layout else ""
    named = [facts for facts in source.facts if facts.name not in roles.taken and words.RESPONDENT.search(facts.name) and not facts.is_date]
    named.sort(key=lambda facts: not re.search(r"respon|svar|custom|kund|client|member|medlem", facts.name, re.IGNORECASE))
    found = source.by_name.get(known) or next((facts for facts in named if facts.unique), None)
    if found is not None and found.unique:
        roles.taken.add(found.name)
        roles.leave("another id", *[facts.name for facts in named if facts.distinct > 0.9 * max(1, facts.filled)])
        return [Line("respondent", found.name, f"{found.distinct:,} different ids, one a row", columns=(found.name,))]
    for facts in named:
        times = len(source.file) if isinstance(source.file, dict) else max((len(line.value) for line in source.shape if line.key == "waves"), default=1)
        if facts.distinct * times > 0.5 * max(1, facts.filled):
            roles.taken.add(facts.name)
            return _repeated(source, facts, waves=waves)
    return []


def _repeated(source: SourceFile, facts: Facts, *, waves: bool) -> list[Line]:
    """An id that stands in several rows, or not in all: a choice."""
    repeated, blank = facts.filled - facts.distinct, facts.rows - facts.filled
    if waves or any(line.key == "waves" for line in source.shape):
        return [Line("respondent", facts.name, f"{facts.distinct:,} respondents in {facts.filled:,} rows of several waves", sure=not blank, columns=(facts.name,))]
    told = f"{repeated:,} rows repeat an id" + (f", {blank:,} have none" if blank else "") + "; without this line every row counts"
    by = next((each.name for each in source.facts if each.is_date and words.DATE.search(each.name)), None)
    one = {"of": facts.name} | ({"by": by} if by else {}) | {"which": "last"}
    return [Line("one_row", one, "the last row of each counts, or `which: first`", sure=False, columns=(facts.name,)),
            Line("respondent", facts.name, told, sure=False, columns=(facts.name,))]  # fmt: skip


def _date(source: SourceFile, roles: Roles, answers: dict[str, str]) -> list[Line]:
    layout = source.layout
    known = source.first(layout.date) if layout else ""
    dates = [facts for facts in source.facts if facts.is_date and facts.name not in roles.taken and facts.filled >= 0.5 * facts.rows]
    found = source.by_name.get(known) if known and source.by_name[known].is_date else None
    if found is None:
        ranked = sorted(dates, key=lambda facts: (not words.DATE.search(facts.words), bool(words.START.search(facts.name))))
        found = ranked[0] if ranked else None
    if found is None:
        return _odd_date(source, roles)
    roles.taken.add(found.name)
    roles.leave("another date", *[facts.name for facts in dates])
    said = answers.get("dates", "")
    forms = [form for form in found.forms if not said or form.startswith(said)] or list(found.forms)
    line = Line("date", found.name, columns=(found.name,))
    if forms == [""]:
        line.why = f"dates as 2025-12-31, {found.filled:,} rows"
        return [line]
    first = forms[0].split("|")  # years of two digits among those of four take a form each
    written = [f"{form} {zone}" for form in first for zone in found.zones] if found.zones else first
    written = written[0] if isinstance(written, list) and len(written) == 1 else written
    dates_line = Line("dates", written, columns=(found.name,))
    if len(forms) > 1:
        roles.choices.append(AskedChoice("dates", f'How are the dates in "{found.name}" written (as {found.first[:10]})?', {form: form for form in dict.fromkeys(form.split(" ")[0] for form in forms)}))
        dates_line.sure = line.sure = False
        dates_line.why = f"or {' or '.join(form.replace('|', ' with ') for form in forms[1:3])}: every date can be read in both ways"
        line.why = "take it with `dates`"
    else:
        dates_line.why = f"the only form that fits all of {found.filled:,}" + "; some years are written with two digits" * (len(first) > 1)
        line.why = f"{found.filled:,} rows"
    source.more_read.append(dates_line)
    return [line]


def _odd_date(source: SourceFile, roles: Roles) -> list[Line]:
    """Day numbers of a spreadsheet, and dates that it has read in part."""
    for facts in source.facts:
        if facts.name in roles.taken or not words.DATE.search(facts.name):
            continue
        if facts.is_numeric and 36_000 < facts.low <= facts.high < 60_000 and facts.distinct > 3:
            roles.taken.add(facts.name)
            source.more_read.append(Line("dates", "serial", f"{facts.low:.0f} to {facts.high:.0f}: day numbers of a spreadsheet", columns=(facts.name,)))
            return [Line("date", facts.name, f"{facts.filled:,} rows", columns=(facts.name,))]
        if facts.mixed:
            roles.taken.add(facts.name)
            why = "some cells are dates and others texts of dates: the spreadsheet may have taken the day for the month in those that it read"
            source.more_read.append(Line("dates", ["swapped", *(date_forms([cell for cell in facts.counts if "/" in cell or "." in cell])[0][:1])], why, sure=False, columns=(facts.name,)))
            return [Line("date", facts.name, f"take it with `dates`: {why}", sure=False, columns=(facts.name,))]
    return []


def _period(source: SourceFile, roles: Roles, date: list[Line]) -> list[Line]:
    dated = any(line.sure for line in date)
    for facts in source.facts:
        if facts.name == WAVE and files_are_groups(source, date):
            continue
        if dated and words.PART_OF_DATE.search(facts.name) and facts.name not in roles.taken and facts.distinct <= _MOST_PERIODS:
            roles.leave("told by the date", facts.name)
        if facts.name in roles.taken or not words.PERIOD.search(facts.name) or facts.name in source.stems or len(facts.name) > 40:
            continue
        if facts.distinct == 1:
            roles.leave("the same in every row", facts.name)
        elif 1 < facts.distinct <= _MOST_PERIODS and facts.filled >= 0.9 * facts.rows:
            roles.taken.add(facts.name)
            return [Line("period", facts.name, f"{facts.distinct} periods: {facts.shown(6)}", columns=(facts.name,))]
    return []


def _answers_in_time(source: SourceFile, date: list[Line], period: list[Line], *, waves: bool) -> dict[str, int]:
    """{period: rows} from the oldest to the latest; nothing where there is none, or its order is not certain."""
    if period and period[0].sure:
        counts = source.by_name[period[0].value].counts
        return {name: counts[name] for name in in_time_order(counts) or ()}
    if waves:
        counts = source.by_name[WAVE].counts if WAVE in source.by_name else {}
        return {name: counts[name] for name in source.file if name in counts}
    form = next((line.value for line in source.more_read if line.key == "dates"), None)
    if not date or not date[0].sure or not (form is None or (isinstance(form, str) and form != "serial")):
        return {}
    quarters: dict[str, int] = {}
    for cell, count in source.by_name[date[0].value].counts.items():
        if day := moment(cell, form):
            name = f"{day.year}-Q{(day.month + 2) // 3}"
            quarters[name] = quarters.get(name, 0) + count
    return dict(sorted(quarters.items()))


def _basis(counts: dict[str, int], roles: Roles, answers: dict[str, str]) -> list[Line]:
    """The question which periods segments and drivers rest on, and `basis` as it was answered. Unasked, the check tells whether one is needed."""
    names, rows = list(counts), list(counts.values())
    if len(names) < 2:
        return []
    of = {n: sum(rows[-n:]) for n in range(1, len(names) + 1)}
    enough = next((n for n, count in of.items() if count >= FEW), len(names))
    shown = {"latest": f"the latest, {names[-1]}: {of[1]:,} answers"}
    shown |= {f"last {n}": f"the last {n}: {of[n]:,} answers" for n in sorted({2, 4, enough}) if 1 < n < len(names)}
    shown["all"] = f"all {len(names)}: {of[len(names)]:,} answers"
    best = "latest" if enough == 1 else "all" if enough == len(names) else f"last {enough}"
    roles.choices.append(AskedChoice("basis", "Which periods do segments and drivers rest on?", {best: shown[best]} | shown))
    said = answers.get("basis", "")
    return [Line("basis", said, f"chosen by you: {shown[said]}")] if said in shown else []


def weight_lines(source: SourceFile, roles: Roles) -> list[Line]:
    """`weight`: of the first column that is called so."""
    for facts in source.facts:
        if facts.name in roles.taken or not words.WEIGHT.search(facts.name) or not facts.is_numeric:
            continue
        roles.taken.add(facts.name)
        mean = sum(number * count for number, count in facts.numeric.items()) / max(1, sum(facts.numeric.values()))
        right = facts.low > 0 and facts.filled == facts.rows
        why = f"{facts.low:.3g} to {facts.high:.3g}, mean {mean:.3g}"
        if not right:
            why += f"; {facts.rows - sum(count for number, count in facts.numeric.items() if number > 0):,} rows without a positive weight"
        return [Line("weight", facts.name, why, sure=right and 0.5 <= mean <= 2, columns=(facts.name,))]
    return []


def frequency_lines(source: SourceFile, roles: Roles) -> list[Line]:
    """`frequency`: a row that stands for several respondents."""
    for facts in source.facts:
        if facts.name not in roles.taken and words.COUNT.search(facts.name) and facts.is_numeric and facts.whole and facts.high > 1:
            roles.taken.add(facts.name)
            right = facts.low >= 1 and facts.filled == facts.rows
            total = sum(number * count for number, count in facts.numeric.items())
            why = f"{facts.low:g} to {facts.high:g}: {total:,.0f} respondents in {facts.rows:,} rows"
            if facts.low == 0:
                why += "; rows of 0 stand for nobody: leave them out with `drop`"
            return [Line("frequency", facts.name, why, sure=right, columns=(facts.name,))]
    return []
