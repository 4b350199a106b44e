"""The `survey` part as it is proposed: every column has a role with its evidence, or is left out and said so."""

from dataclasses import replace

from cxlib.engagement.proposal import words
from cxlib.engagement.proposal.facts import Facts
from cxlib.engagement.proposal.lines import Line
from cxlib.engagement.proposal.parts.blocks import block_lines, index_lines
from cxlib.engagement.proposal.parts.how_read import read_lines
from cxlib.engagement.proposal.parts.outcomes import effort_lines, rating_line, recommend_lines, turned
from cxlib.engagement.proposal.parts.roles import Roles, leave_out
from cxlib.engagement.proposal.parts.row_roles import files_are_groups, frequency_lines, row_lines, weight_lines
from cxlib.engagement.proposal.parts.segments import MOST_GROUPS, segment_lines
from cxlib.engagement.proposal.parts.stored import no_answer_lines
from cxlib.engagement.proposal.scales import AskedScale
from cxlib.engagement.proposal.sources import SourceFile
from cxlib.engagement.settings.source import WAVE


def survey_part(source: SourceFile, given: dict[str, str], answers: dict[str, str]) -> tuple[Line, Roles]:
    """The lines of `survey`, and what was made of its columns.

    given : roles that other files ask for, {"unit": column}
    answers : what the consultant said, {key of a choice: option}
    """
    roles = Roles()
    leave_out(source, roles)
    lines = [line for line in source.shape if line.key in ("long", "waves")]
    lines += row_lines(source, roles, answers)
    lines += weight_lines(source, roles)
    if any(line.key == "waves" for line in source.shape) or (isinstance(source.file, dict) and not files_are_groups(source, lines)):
        roles.taken.add(WAVE)
    lines += frequency_lines(source, roles)
    asked = {name: scale for name, scale in source.scales.items() if name not in roles.taken}
    asked = {name: scale if scale.doubt else replace(scale, doubt=turned(source, name, asked)) for name, scale in asked.items()}
    questions = _question_lines(source, roles, asked, answers)
    lines += segment_lines(source, roles, given)
    lines += no_answer_lines(source, questions, asked)
    lines += questions
    for name in source.by_name:
        if name not in roles.taken:
            roles.leave(_why_left(source.by_name[name]), name)
    return Line("survey", read_lines(source) + lines, above=[f"{source.rows:,} rows, {len(source.facts)} columns ({source.how})", *roles.told()]), roles


def _question_lines(source: SourceFile, roles: Roles, asked: dict[str, AskedScale], answers: dict[str, str]) -> list[Line]:
    """recommend, rating, effort, satisfaction, loyalty and blocks."""
    lines = recommend_lines(source, roles, asked, answers)
    recommend = next((line.columns[0] for line in lines if line.sure), "")
    rating = rating_line(source, roles, asked, answers)
    effort = effort_lines(source, roles, asked)
    overall = rating.columns[0] if rating else ""
    indices = index_lines(source, roles, asked, recommend, overall, answers)
    return [*lines, *([rating] if rating else []), *effort, *indices, *block_lines(source, roles, asked, overall, answers)]


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
