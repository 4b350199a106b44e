"""`employees` as it is proposed, and the column of the customer survey that names the same units."""

from cxlib.engagement.proposal import words
from cxlib.engagement.proposal.facts import Facts
from cxlib.engagement.proposal.lines import Line
from cxlib.engagement.proposal.naming import short
from cxlib.engagement.proposal.parts.how_read import read_lines
from cxlib.engagement.proposal.parts.roles import Roles, leave_out
from cxlib.engagement.proposal.parts.stored import stored_lines
from cxlib.engagement.proposal.scales import joined_scale
from cxlib.engagement.proposal.sources import SourceFile


def employees_part(source: SourceFile, customer_units: dict[str, set[str]]) -> tuple[Line, str]:
    """The lines of `employees`, and the column of the customer survey that names the same units."""
    roles = Roles()
    leave_out(source, roles)
    free = [facts for facts in source.facts if facts.name not in roles.taken]
    unit = next((facts for facts in free if facts.name not in source.scales and words.UNIT.search(facts.name) and facts.distinct > 1), None)
    unit = unit or next((facts for facts in free if facts.name not in source.scales and _is_unit(facts)), None)
    lines = [line for line in source.shape if line.key in ("long", "waves")]
    same = ""
    if unit is not None:
        met = {column: len(names & unit.counts.keys()) for column, names in customer_units.items()}
        same = max((column for column in met if met[column] > 1), key=lambda column: met[column], default="")
        why = f"{unit.distinct} units" + (f', {met[same]} of them in "{short(same, 40)}" of the customer survey' if same else "")
        lines.append(Line("unit", unit.name, why, columns=(unit.name,)))
    for facts in free:
        if facts is not unit and words.PERIOD.search(facts.name) and 1 < facts.distinct <= 24 and facts.name not in source.stems:
            lines.append(Line("period", facts.name, f"{facts.distinct} periods: {facts.shown(6)}", columns=(facts.name,)))
            break
    asked = [name for name in source.scales if name not in roles.taken and name not in {each for line in lines for each in line.named()}]
    if asked:
        scale = joined_scale([source.scales[name] for name in asked])
        kept = asked if scale is not None else [name for name in asked if source.scales[name].ends == source.scales[asked[0]].ends]
        scale = scale or joined_scale([source.scales[name] for name in kept]) or source.scales[asked[0]]
        items = Line("items", [Line(name, short(source.by_name[name].title or name), source.scales[name].evidence, columns=(name,)) for name in kept])
        lines += [items, *stored_lines(scale)]
        codes = {kind: codes for kind, codes in (("dont_know", scale.dont_know), ("not_applicable", scale.not_applicable)) if codes and not scale.here}
        lines += [Line(kind, list(codes), "as stored", part=False) for kind, codes in codes.items()]
    above = [f"{source.rows:,} rows, {len(source.facts)} columns ({source.how})", *roles.told()]
    why = source.nobody or ("" if unit is not None else "no column of units was found")
    return Line("employees", read_lines(source) + lines, why, sure=unit is not None and bool(asked) and not source.nobody, above=above), same


def _is_unit(facts: Facts) -> bool:
    return not facts.is_numeric and not facts.is_date and 2 <= facts.distinct <= max(12, facts.rows // 3) and facts.length < 40
