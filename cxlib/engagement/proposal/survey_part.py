"""The `survey` part as it is proposed: every column has a role with its evidence, or is left out and said so."""

import re
from collections import Counter
from dataclasses import dataclass, field, replace

import pandas as pd

from cxlib.engagement.proposal import words
from cxlib.engagement.proposal.facts import SHARED, Facts, date_forms, share
from cxlib.engagement.proposal.lines import Line, flow, one_line
from cxlib.engagement.proposal.naming import part_id, short
from cxlib.engagement.proposal.scales import AskedScale, joined_scale
from cxlib.engagement.proposal.sources import SourceFile
from cxlib.engagement.settings.source import WAVE
from cxlib.engagement.settings.survey import MOST_OPTIONS
from cxlib.engagement.tables.periods import in_time_order

MOST_GROUPS, MOST_SEGMENTS, MOST_SINGLES = 12, 8, 20
_MOST_PERIODS = 24
_ASKED_OF_SOME = 0.5  # share of rows below which a question was asked of some only


@dataclass
class AskedChoice:
    """A question that is put to the consultant in a terminal: which of the options; the first is what is proposed."""

    key: str
    text: str
    options: list[str]


@dataclass
class Roles:
    """What the columns of one table are. `left` is {why: columns that are not read}."""

    taken: set[str] = field(default_factory=set)
    left: dict[str, list[str]] = field(default_factory=dict)
    choices: list[AskedChoice] = field(default_factory=list)

    def leave(self, why: str, *columns: str) -> None:
        """These columns are left out."""
        new = [column for column in columns if column not in self.taken]
        if new:
            self.left.setdefault(why, []).extend(new)
        self.taken.update(new)

    def told(self) -> list[str]:
        """What is left out, a line for each reason."""
        return [f"left out, {why}: {', '.join(short(each, 40) for each in columns[:12])}" + f" and {len(columns) - 12} more" * (len(columns) > 12)
                for why, columns in self.left.items()]  # fmt: skip


def survey_part(source: SourceFile, given: dict[str, str], answers: dict[str, str]) -> tuple[Line, Roles]:
    """The lines of `survey`, and what was made of its columns.

    given : roles that other files ask for, {"unit": column}
    answers : what the consultant said, {key of a choice: option}
    """
    roles = Roles()
    leave_out(source, roles)
    lines = [line for line in source.shape if line.key in ("long", "waves")]
    lines += _ids_and_times(source, roles, answers)
    lines += _weight(source, roles)
    if any(line.key == "waves" for line in source.shape) or (isinstance(source.file, dict) and not _files_are_groups(source, lines)):
        roles.taken.add(WAVE)
    lines += _frequency(source, roles)
    asked = {name: scale for name, scale in source.scales.items() if name not in roles.taken}
    asked = {name: scale if scale.doubt else replace(scale, doubt=_turned(source, name, asked)) for name, scale in asked.items()}
    questions = _questions(source, roles, asked, answers)
    lines += _segments(source, roles, given)
    lines += _codes(source, questions, asked)
    lines += questions
    for name in source.by_name:
        if name not in roles.taken:
            roles.leave(_why_left(source.by_name[name]), name)
    return Line("survey", read_lines(source) + lines, above=[f"{source.rows:,} rows, {len(source.facts)} columns ({source.how})", *roles.told()]), roles


def read_lines(source: SourceFile) -> list[Line]:
    """`file`, `read`, and which rows count."""
    lines = [Line("file", source.file, part=False)]
    read = [Line(key, value, source.opening.why.get(key, ""), part=False) for key, value in source.opening.read.items()] + source.more_read
    if read:
        lines.append(Line("read", read, sure=any(line.sure for line in read)))
    if others := source.opening.others:
        lines[-1].above.append(f"sheets that are not read: {', '.join(others[:8])}")
    return lines + _rows_that_count(source)


def _rows_that_count(source: SourceFile) -> list[Line]:
    layout, lines = source.layout, [line for line in source.shape if line.key in ("keep", "drop")]
    if layout is None:
        return lines + _completed(source)
    for name, choice in layout.ask.items():
        if not (column := source.first((name,))):
            continue
        key, cells = ("keep", choice.keep) if choice.keep else ("drop", choice.drop)
        rows = _rows_with(source, column, list(cells))
        rows = source.rows - rows if key == "keep" else rows
        there = [cell for cell in cells if cell in source.by_name[column].counts]
        if rows and there:
            beside = next((line for line in lines if line.key == key and line.sure), None)
            cells = dict(beside.value) if beside else {}
            cells[column] = [*cells.get(column, []), *there]
            why = f"would leave out {rows:,} of {source.rows:,}: {choice.why}" + "; in place of the line above" * (beside is not None)
            lines.append(Line(key, cells, why, sure=False))
    return lines


def _completed(source: SourceFile) -> list[Line]:
    """A column that says which answers were completed, where it holds others too."""
    for facts in source.facts:
        if words.STATUS.search(facts.name) and 2 <= facts.distinct <= 8:
            done = [cell for cell in facts.counts if words.COMPLETED.fullmatch(facts.label(cell))]
            rest = facts.rows - sum(facts.counts[cell] for cell in done)
            if done and rest:
                return [Line("keep", {facts.name: done}, f"would leave out {rest:,} of {facts.rows:,}: the others were not completed", sure=False)]
    return []


def _rows_with(source: SourceFile, column: str, cells: list[str]) -> int:
    facts = source.by_name[column]
    blank = facts.rows - facts.filled if "" in cells else 0
    return blank + sum(facts.counts.get(cell, 0) for cell in cells if cell)


def leave_out(source: SourceFile, roles: Roles) -> None:
    """Columns that hold nothing, that are about the person, and those of the program."""
    layout = source.layout
    ids = {source.first(layout.respondent), source.first(layout.date)} - {""} if layout else set()
    for facts in source.facts:
        name = facts.name
        if name in ids:
            continue
        if not facts.filled:
            roles.leave("empty", name)
        elif re.match(r"\d{4}-\d{2}-\d{2}|column \d+$", name):
            roles.leave("the heading is a date or missing: write it as text in the file", name)
        elif (layout and name in source.all(layout.person)) or (words.NAMES.search(name) and name not in source.scales):
            roles.leave("about the person", name)
        elif words.STAFF.search(name) and name not in source.scales and not facts.is_numeric:
            roles.leave("names of employees", name)
        elif source.is_of_the_program(name) and not _is_text_end(source, name):
            roles.leave("of the survey program", name)


def _is_text_end(source: SourceFile, name: str) -> bool:
    return bool(source.layout) and name.endswith(source.layout.ends) and source.by_name[name].length > 15


def _ids_and_times(source: SourceFile, roles: Roles, answers: dict[str, str]) -> list[Line]:
    date = _date(source, roles, answers)
    waves = isinstance(source.file, dict) and not _files_are_groups(source, date)
    return [*_respondent(source, roles, waves=waves), *date, *_period(source, roles, date)]


def _files_are_groups(source: SourceFile, lines: list[Line]) -> bool:
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
        roles.choices.append(AskedChoice("dates", f'How are the dates in "{found.name}" written (as {found.first[:10]})?', [form.split(" ")[0] for form in forms]))
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
        if facts.name == WAVE and _files_are_groups(source, date):
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


def _weight(source: SourceFile, roles: Roles) -> list[Line]:
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


def _frequency(source: SourceFile, roles: Roles) -> list[Line]:
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


def _turned(source: SourceFile, name: str, asked: dict[str, AskedScale]) -> str:
    """Why a question may have its good end where the others have their bad one."""
    outcome = next((each for each in asked if words.RECOMMEND.search(source.by_name[each].words) and asked[each].options > 9), None)
    outcome = outcome or next((each for each in asked if _is_overall(source, each) > 1 and asked[each].options > 3 and not asked[each].doubt), None)
    if outcome is None or outcome == name or asked[name].options < 3:
        return ""
    pair = pd.DataFrame({"a": source.numbers(name), "b": source.numbers(outcome)}).dropna()
    if len(pair) < 30 or pair["a"].nunique() < 2 or pair["b"].nunique() < 2:
        return ""
    r = pair["a"].corr(pair["b"])
    if r > -0.25:
        return ""
    low, high = asked[name].ends
    return f"it falls where {short(outcome, 30)} rises (r {r:.2f}): if its low answers are the good ones, `recode: {{{flow(name)}: {{turned: [{low:g}, {high:g}]}}}}`"


def _questions(source: SourceFile, roles: Roles, asked: dict[str, AskedScale], answers: dict[str, str]) -> list[Line]:
    """recommend, rating, effort, satisfaction, loyalty and blocks."""
    lines = _recommend(source, roles, asked, answers)
    recommend = next((line.columns[0] for line in lines if line.sure), "")
    rating = _rating(source, roles, asked, answers)
    effort = _effort(source, roles, asked)
    indices = _indices(source, roles, asked, recommend, rating.columns[0] if rating else "")
    return [*lines, *([rating] if rating else []), *effort, *indices, *_blocks(source, roles, asked)]


def _evidence(facts: Facts, scale: AskedScale, found: re.Pattern | None = None) -> str:
    match = found.search(facts.words) if found else None
    said = f', "{one_line(match.group(0))}" in the heading' if match else ""
    counted = "" if "answers" in scale.evidence and "words" not in scale.evidence else f", {facts.filled:,} answers"
    return f"{scale.evidence}{counted}{said}"


def _recommend(source: SourceFile, roles: Roles, asked: dict[str, AskedScale], answers: dict[str, str]) -> list[Line]:
    named = [source.by_name[name] for name in asked if words.RECOMMEND.search(source.by_name[name].words) and not words.NOT_RECOMMEND.search(name)]
    by_file = [] if named else _named_by_file(source, roles, asked)
    fitting = [facts for facts in named or by_file if asked[facts.name].ends in ((0, 10), (1, 10)) and not asked[facts.name].doubt]
    fitting.sort(key=lambda facts: -facts.filled)
    said = answers.get("recommend")
    if said is not None:
        fitting = [facts for facts in fitting if facts.name == said]
    lines = []
    if len(fitting) > 1:
        roles.choices.append(AskedChoice("recommend", "Which question is the recommendation (NPS)?", [facts.name for facts in fitting] + ["none"]))
    for first, facts in zip([True] + [False] * len(fitting), fitting, strict=False):
        scale = asked[facts.name]
        why = _evidence(facts, scale, words.RECOMMEND) + ', "NPS" in the name of the file' * bool(by_file)
        if first:
            roles.taken.add(facts.name)
        lines.append(Line("recommend", {"column": facts.name} | stored(scale), why if first else f"another candidate: {why}", sure=first, columns=(facts.name,)))
    if not fitting:
        for facts in named[:2]:
            scale = asked[facts.name]
            low, high = scale.ends
            why = scale.doubt or f"asked on {low:g}-{high:g}: no NPS, which needs 0-10; it may stand under `rating`"
            roles.taken.add(facts.name)
            lines.append(Line("recommend", {"column": facts.name} | stored(scale), why, sure=False, columns=(facts.name,)))
    return lines


def _named_by_file(source: SourceFile, roles: Roles, asked: dict[str, AskedScale]) -> list[Facts]:
    """The only question from 0 to 10 of a file that is called NPS."""
    found = [name for name, scale in asked.items() if scale.ends == (0, 10) and name not in roles.taken]
    return [source.by_name[found[0]]] if len(found) == 1 and words.NPS_FILE.search(source.name) else []


def _is_overall(source: SourceFile, name: str) -> int:
    """How much speaks for a question on overall satisfaction."""
    facts, stem = source.by_name[name], source.stems.get(name)
    of_grid = stem is not None and stem.how in ("grid", "joined")
    own = stem.item if stem and of_grid else facts.words
    overall = bool(words.OVERALL.search(own) or (not of_grid and words.OVERALL.search(name)))  # what a grid asks of all its rows is none's own
    satisfied = bool(words.SATISFIED.search(own))
    if words.RECOMMEND.search(facts.words) or words.EXPECTED.search(facts.words) or words.IDEAL.search(facts.words):
        return 0
    if stem and not overall:
        return 0
    if re.search(r"churn|risk", facts.words, re.IGNORECASE):
        return 0
    return 3 if overall and satisfied else 2 if satisfied else 1 if overall else 0


def _rating(source: SourceFile, roles: Roles, asked: dict[str, AskedScale], answers: dict[str, str]) -> Line | None:
    found = {name: _is_overall(source, name) for name in asked if name not in roles.taken}
    found = {name: value for name, value in found.items() if value}
    said = answers.get("rating")
    if said is not None:
        found = {name: value for name, value in found.items() if name == said}
    if not found:
        return _half_points(source, roles)
    ranked = sorted(found, key=lambda name: -found[name])
    best = ranked[0]
    scale, facts = asked[best], source.by_name[best]
    equal = [name for name in ranked[1:] if found[name] == found[best] and source.stems.get(name) is None]
    if equal:
        roles.choices.append(AskedChoice("rating", "Which question is the overall satisfaction?", [best, *equal[:5], "none"]))
    top = {"top": max(2, scale.options // 5)} if scale.options > MOST_OPTIONS else {}
    why = _evidence(facts, scale, words.OVERALL if words.OVERALL.search(facts.words) else words.SATISFIED)
    if equal:
        why += f"; others: {', '.join(short(name, 40) for name in equal[:3])}"
    if scale.doubt:
        why = f"{scale.doubt}; {why}"
    roles.taken.add(best)
    return Line("rating", {"column": best} | stored(scale) | top, why, sure=not scale.doubt, columns=(best,))


def _half_points(source: SourceFile, roles: Roles) -> Line | None:
    """A rating in half points, as stars are given."""
    for facts in source.facts:
        halves = facts.is_numeric and not facts.whole and all(number * 2 == int(number * 2) for number in facts.numeric)
        if facts.name not in roles.taken and halves and words.SATISFIED.search(facts.name) and facts.high in (5, 10) and facts.low >= 0.5:
            roles.taken.add(facts.name)
            found = {"column": facts.name, "scale": [1 if facts.low >= 1 else 0.5, facts.high], "step": 0.5, "top": 3}
            return Line("rating", found, f"{facts.low:g}-{facts.high:g} in half points, {facts.filled:,} answers", columns=(facts.name,))
    return None


def _effort(source: SourceFile, roles: Roles, asked: dict[str, AskedScale]) -> list[Line]:
    for name, scale in asked.items():
        facts = source.by_name[name]
        if name in roles.taken or name in source.stems or not words.EFFORT.search(facts.words):
            continue
        easy = scale.turned or bool(re.search(r"easy|\bnemt\b|\blet\b|lätt|enkelt|smidig", facts.words, re.IGNORECASE)) or scale.family in ("ease", "agreement")
        roles.taken.add(name)
        why = _evidence(facts, scale, words.EFFORT)
        end = {} if easy else {"easy": "low"}
        why += "" if easy else "; is a high answer easy or hard? `easy: high` or `easy: low`"
        found = {"column": name} | stored(scale) | {"definition": "mean"} | end
        return [Line("effort", found, scale.doubt or why, sure=easy and not scale.doubt, columns=(name,))]
    return []


def _indices(source: SourceFile, roles: Roles, asked: dict[str, AskedScale], recommend: str, rating: str) -> list[Line]:
    free = [name for name in asked if name not in roles.taken]
    lines = []
    by_stem = _members(source, free)
    satisfied = next((names for stem, names in by_stem.items() if source.stems[names[0]].how == "numbered" and words.SATISFIED.search(stem)
                      and not words.EXPECTED.search(stem)), [])  # fmt: skip
    nki = [name for name in free if words.EXPECTED.search(source.by_name[name].words) and not source.stems.get(name) and
           (words.SATISFIED.search(source.by_name[name].words) or words.COMPARED.search(source.by_name[name].words))][:1]  # fmt: skip
    nki += [name for name in free if words.IDEAL.search(source.by_name[name].words) and name not in nki][:1]
    if rating and source.stems.get(rating) and satisfied and source.stems[rating].stem == source.stems[satisfied[0]].stem:
        satisfied = [rating, *satisfied]
    elif rating and nki and asked[rating].ends == asked[nki[0]].ends:
        satisfied = [rating, *nki]
    if len(satisfied) > 1:
        lines += _index("satisfaction", satisfied, source, roles, asked, "the same stem" if not nki else "overall, expectations and the ideal")
    loyal = [name for name in free if name not in roles.taken and (words.LOYAL.search(source.by_name[name].words)
             or (name in source.stems and words.LOYAL.search(source.stems[name].stem)))]  # fmt: skip
    if recommend and loyal and asked[recommend].ends == asked[loyal[0]].ends:
        loyal = [*loyal, recommend]
    if len(loyal) > 1:
        lines += _index("loyalty", loyal, source, roles, asked, "words of loyalty")
    return lines


def _index(key: str, names: list[str], source: SourceFile, roles: Roles, asked: dict[str, AskedScale], why: str) -> list[Line]:
    scale = joined_scale([asked[name] for name in names])
    same = [name for name in names if scale is not None or asked[name].ends == asked[names[0]].ends]
    if scale is None:
        scale = joined_scale([asked[name] for name in same])
    if scale is None or len(same) < 2 or scale.doubt:
        return []
    roles.taken.update(same)
    items = Line("items", [Line(name, _label(source, name), _evidence(source.by_name[name], asked[name]), columns=(name,)) for name in same])
    return [Line(key, [items, *stored_lines(scale)], f"{len(same)} questions: {why}", columns=tuple(same))]


def _members(source: SourceFile, names: list[str]) -> dict[str, list[str]]:
    """{stem: its questions}, in the order of the file."""
    found: dict[str, list[str]] = {}
    for name in names:
        if stem := source.stems.get(name):
            found.setdefault(stem.stem, []).append(name)
    return {stem: members for stem, members in found.items() if len(members) > 1}


def _label(source: SourceFile, name: str) -> str:
    stem = source.stems.get(name)
    return short(stem.item if stem and stem.item and stem.how != "numbered" else source.by_name[name].title or name)


def _blocks(source: SourceFile, roles: Roles, asked: dict[str, AskedScale]) -> list[Line]:
    free = [name for name in asked if name not in roles.taken and not _is_option(source.by_name[name])]
    stems = _members(source, free)
    singles = [name for name in free if not any(name in names for names in stems.values())]
    groups: list[tuple[str, list[str], str]] = []
    for stem, names in stems.items():
        for part in _alike(names, asked):
            groups.append((stem, part, f'{len(part)} questions share "{short(stem, 50)}"' if len(part) > 1 else ""))
    named = [group for group in groups if source.stems[group[1][0]].how != "numbered"]
    if len(groups) == 1 and named and 1 < len(groups[0][1]) <= MOST_SINGLES:
        stem, names, _ = groups[0]
        groups = [(name, [name], "one grid: each of its rows is taken for a driver of its own") for name in names]
    many = len(singles) > MOST_SINGLES
    for names in _alike(singles, asked) if many else [[name] for name in singles]:
        groups.append((names[0], names, "" if len(names) == 1 else f"{len(names)} questions on the same scale"))
    order = {name: i for i, name in enumerate(source.by_name)}
    used: set[str] = set()
    blocks = [_block(source, asked, used, *group) for group in sorted(groups, key=lambda group: order[group[1][0]])]
    roles.taken.update(free)
    if not blocks:
        return []
    told = "blocks of questions: join, part and name them as the customer meets them"
    return [Line("blocks", blocks, told, sure=any(block.sure for block in blocks))] if any(block.sure for block in blocks) else [
        Line("blocks", blocks, "none of them is certain", sure=False)]  # fmt: skip


def _is_option(facts: Facts) -> bool:
    return facts.distinct <= 2 and not facts.labels


def _alike(names: list[str], asked: dict[str, AskedScale]) -> list[list[str]]:
    """The questions parted by their scales."""
    found: list[list[str]] = []
    for name in names:
        for group in found:
            if joined_scale([asked[each] for each in (*group, name)]) is not None and asked[group[0]].family == asked[name].family:
                group.append(name)
                break
        else:
            found.append([name])
    return found


def _block(source: SourceFile, asked: dict[str, AskedScale], used: set[str], stem: str, names: list[str], why: str) -> Line:
    scale = joined_scale([asked[name] for name in names]) or asked[names[0]]
    label = _label(source, names[0]) if len(names) == 1 else short(stem)
    items = [Line(name, _label(source, name), _evidence(source.by_name[name], asked[name]), columns=(name,)) for name in names]
    some = [name for name in names if source.by_name[name].filled < _ASKED_OF_SOME * source.rows]
    constant = [name for name in names if source.by_name[name].distinct < 2]
    doubt = scale.doubt or (f"answered in {min(source.by_name[name].filled for name in some):,} of {source.rows:,} rows: asked of some only?" if some else "")
    doubt = doubt or ("everybody gave the same answer" if constant else "")
    if len(names) == 1 and (words.RECOMMEND.search(source.by_name[names[0]].words) or _is_overall(source, names[0]) > 1):
        doubt = doubt or "an outcome asked again more than a driver of it"
    lines = [Line("label", label, part=False), Line("items", items), *stored_lines(scale)]
    return Line(part_id(label, used), lines, "; ".join(each for each in (doubt, why) if each), sure=not doubt, columns=tuple(names))


def stored(scale: AskedScale) -> dict:
    """The keys that say how answers on the scale are stored."""
    found: dict = {"scale": [scale.low, scale.high]}
    if scale.shift:
        found["shift"] = scale.shift
    if scale.values:
        found["values"] = dict(scale.values)
    return found | {kind: list(codes) for kind in ("dont_know", "not_applicable") if (codes := scale.own.get(kind))}


def stored_lines(scale: AskedScale) -> list[Line]:
    """The same, a line for each."""
    why = {"scale": scale.evidence if scale.values else "", "dont_know": "codes of these questions alone"}
    return [Line(key, value, why.get(key, ""), part=False) for key, value in stored(scale).items()]


def _segments(source: SourceFile, roles: Roles, given: dict[str, str]) -> list[Line]:
    found = []
    lines = []
    alike = Counter(_answers(facts) for facts in source.facts if facts.distinct <= MOST_GROUPS)
    for facts in source.facts:
        if facts.name in roles.taken:
            continue
        if facts.name == given.get("unit"):
            lines.append(Line("unit", facts.name, "also a column of the employee survey", columns=(facts.name,)))
        if words.SATISFIED.search(facts.name) and len(facts.name) <= 40 and not facts.is_numeric:
            continue
        if (line := _segment(source, facts, alike[_answers(facts)])) is not None:
            found.append(line)
            roles.taken.add(facts.name)
    sure = sorted([line for line in found if line.sure], key=lambda line: _rank(source.by_name[line.columns[0]]))
    further = [line.key for line in found if line in sure[MOST_SEGMENTS:]]
    found = [line for line in found if line.key not in further]
    roles.taken -= set(further)
    roles.leave(f"further groups, of which `segments` may take any (the first {MOST_SEGMENTS} are enough for one page)", *further)
    lines += _age_bands(source, roles, found)
    sure = [line for line in found if line.sure]
    if found:
        lines.insert(0, Line("segments", found, "" if sure else "none of them is certain", sure=bool(sure)))
    return lines


def _age_bands(source: SourceFile, roles: Roles, found: list[Line]) -> list[Line]:
    """Ages as groups of usual size; a choice that is told."""
    for facts in source.facts:
        if facts.name in roles.taken and not any(line.key == facts.name for line in found):
            continue
        if not words.AGE.search(facts.name) or not facts.is_numeric or not 12 <= facts.low <= facts.high <= 110 or facts.distinct <= MOST_GROUPS:
            continue
        name = f"{facts.name}_group" if f"{facts.name}_group" not in source.by_name else f"{facts.name} in groups"
        young = {"under 18": [None, 17], "18-29": [18, 29]} if facts.low < 18 else {"under 30": [None, 29]}
        bands = young | {"30-44": [30, 44], "45-59": [45, 59], "60+": [60, None]}
        roles.taken.add(facts.name)
        found.append(Line(name, short(facts.name), f"{facts.low:g} to {facts.high:g} in bands, see `recode`", columns=(facts.name,)))
        return [Line("recode", [Line(name, {"from": facts.name, "bands": bands}, "bands of this program's choice: write your own", columns=(facts.name,))])]
    return []


def _answers(facts: Facts) -> tuple[str, ...]:
    """What a question was answered with: several questions with the same answers share a scale, known or not."""
    return tuple(sorted(facts.named)) if facts.distinct <= MOST_GROUPS else ()


def _rank(facts: Facts) -> int:
    """The usual groups first, then those of several values, then yes and no."""
    usual = next((place for place, pattern in enumerate(words.GROUPS) if pattern.search(facts.words)), len(words.GROUPS))
    return usual if usual < len(words.GROUPS) else usual + (facts.distinct <= 2)


def _segment(source: SourceFile, facts: Facts, alike: int) -> Line | None:
    groups = {name: count for name, count in facts.named.items() if name.strip()}
    if _rank(facts) >= len(words.GROUPS) and alike > 2 and len(groups) > 2:
        return None
    large = [count for count in groups.values() if count >= SHARED]
    line = Line(facts.name, short(facts.title or facts.name) if facts.name != WAVE else "File", columns=(facts.name,))
    tells = not words.STATUS.search(facts.name) or any(words.GONE.fullmatch(name) or words.STAYED.fullmatch(name) for name in groups)
    if words.CHURN.search(facts.name) and len(facts.name) <= 40 and tells:
        return None
    several = source.layout.several if source.layout else None
    if several and share((count for cell, count in facts.counts.items() if several in cell), facts.filled) > 0.2:
        answers = {each.strip() for cell in facts.counts for each in cell.split(several.strip()) if each.strip()}
        line.sure, line.why = False, f"several answers in one cell ({len(answers)} different): `recode: {{{flow(facts.name)}: {{several: {flow(several)}}}}}`"
        return line if len(answers) <= 3 * MOST_GROUPS else None
    if facts.is_date or len(groups) < 2 or not large:
        return None
    if facts.is_numeric and not facts.labels:
        if not facts.whole or len(groups) > 15 or words.NO_QUESTION.search(facts.name):
            return None
        line.sure, line.why = False, f"{len(groups)} codes without labels: say what they are with `recode: {{{flow(facts.name)}: {{labels: ...}}}}`"
        return line if not (facts.distinct == 2 and {0.0, 1.0} >= set(facts.numeric)) else None
    if words.COMMENT.search(facts.name) and facts.distinct > MOST_GROUPS:
        return None
    told = f"{len(groups)} groups: {facts.shown()}"
    if 2 <= len(groups) <= MOST_GROUPS and share(large, facts.filled) >= 0.7:
        doubts = ["only one of them is large enough to be shown"] * (len(large) < 2)
        doubts += ["the heading asks for a comment"] * bool(words.COMMENT.search(facts.name))
        line.sure, line.why = not doubts, "; ".join([told, *doubts])
        return line
    if len(groups) <= 40 and share(large, facts.filled) >= 0.7 and facts.length < 60:
        line.sure, line.why = False, f"{len(groups)} groups, many for one table: join some with `recode`"
        return line
    return None


def _codes(source: SourceFile, questions: list[Line], asked: dict[str, AskedScale]) -> list[Line]:
    """Codes that stand for no answer in any question. Codes that are answers elsewhere stand at their question."""
    lines = []
    used = {name for line in questions for name in line.named()}
    for kind in ("dont_know", "not_applicable"):
        counts: dict[str, int] = {}
        for name in used & asked.keys():
            for code in asked[name].shared.get(kind, ()):
                counts[code] = counts.get(code, 0) + source.by_name[name].counts.get(code, 0)
        if counts:
            sure = all(words.DONT_KNOW.search(code) or words.NOT_APPLICABLE.search(code) for code in counts)
            why = f"in {sum(counts.values()):,} cells"
            labels = {source.by_name[name].labels.get(float(code)) for code in counts if code.lstrip("-").replace(".", "").isdigit() for name in used & asked.keys()} - {None}
            if labels:
                why += f", labelled {', '.join(sorted(labels)[:3])}"
                sure = True
            why += "" if sure else "; codes far from the scale: what do they stand for? (`dont_know` or `not_applicable`; without this line the check stops at them)"
            lines.append(Line(kind, list(counts), why))
    return lines


def _why_left(facts: Facts) -> str:
    if facts.distinct == 1:
        return "the same in every row"
    if words.STATUS.search(facts.name) and any(words.COMPLETED.fullmatch(cell) for cell in facts.named):
        return "it says which answers were completed"
    if words.CHURN.search(facts.name) and facts.distinct <= MOST_GROUPS:
        return "it tells who left: an outcome, no group"
    if facts.is_date:
        return "another date"
    if words.SATISFIED.search(facts.name) and 2 <= facts.distinct <= MOST_GROUPS:
        return "an outcome in words of no known scale (say its `values` and name it under `rating`)"
    if facts.unique and not facts.is_numeric and not any(" " in cell for cell in list(facts.counts)[:20]):
        return "another id"
    if facts.is_numeric:
        return "numbers without a role here"
    if facts.distinct > MOST_GROUPS:
        return "texts of the answerers"
    return "answers in words of no known scale (say their `values` under a block)" if facts.distinct > 2 else "no role found"
