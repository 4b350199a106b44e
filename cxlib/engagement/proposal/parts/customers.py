"""`customers` as it is proposed: who left, what they are worth, for how long they have been there."""

from cxlib.engagement.proposal import words
from cxlib.engagement.proposal.facts import Facts
from cxlib.engagement.proposal.lines import Line
from cxlib.engagement.proposal.naming import short
from cxlib.engagement.proposal.parts.how_read import read_lines
from cxlib.engagement.proposal.parts.roles import Roles, leave_out
from cxlib.engagement.proposal.scales import AskedScale
from cxlib.engagement.proposal.sources import SourceFile
from cxlib.engagement.settings.money import CustomersSettings


def customers_part(source: SourceFile, survey_ids: set[str]) -> Line | None:
    """The lines of `customers`, or None where the table says nothing of their worth."""
    roles = Roles()
    leave_out(source, roles)
    free = [facts for facts in source.facts if facts.name not in roles.taken]
    lines: list[Line] = []
    units: dict[str, str] = {}
    ids = [facts for facts in free if facts.unique and (words.RESPONDENT.search(facts.name) or words.CUSTOMER.search(facts.name)) and not facts.is_date]
    ids.sort(key=lambda facts: not words.CUSTOMER.search(facts.name))
    if ids:
        lines.append(Line("customer", ids[0].name, f"{ids[0].distinct:,} different ids, one a row", columns=(ids[0].name,)))
    for facts in ids[1:] or ids:
        known = survey_ids & facts.counts.keys()
        if known and len(known) >= 0.1 * len(survey_ids):
            lines.append(Line("respondent", facts.name, f"{len(known):,} of them in the survey", columns=(facts.name,)))
            break
    score = next((source.by_name[name] for name in source.scales if name not in roles.taken and not words.NOT_CHURN_SCORE.search(name)
                  and (words.RECOMMEND.search(name) or words.SATISFIED.search(name) or words.OVERALL.search(name))), None)  # fmt: skip
    if score is not None:
        lines.append(_score_line(score, source.scales[score.name]))
    of_contacts = bool(ids) and not any(words.CUSTOMER.search(facts.name) for facts in ids) and any(words.CONTACT.search(facts.name) for facts in ids)
    worth = [line for line in (None if of_contacts else _churned(free), *_money(free, units)) if line is not None]  # a closed ticket is no lost customer
    if not any(line.key in ("churned", "revenue", "margin", "share_of_wallet") for line in worth):
        return None
    lines += worth
    taken = {name for line in lines for name in line.named()}
    controls = [facts for facts in free if facts.name not in taken and facts.is_group and not words.CHURN.search(facts.name) and facts.filled == facts.rows
                and any(pattern.search(facts.name) for pattern in words.GROUPS[:2])]  # fmt: skip
    controls.sort(key=lambda facts: not words.GROUPS[0].search(facts.name))
    controls = controls[:2]
    if controls:
        lines.append(Line("controls", [facts.name for facts in controls], "groups held constant", columns=tuple(facts.name for facts in controls)))
    if units and "units" not in CustomersSettings.model_fields:
        for line in lines:
            line.sure = line.sure and line.key not in units
    if units:
        lines.append(Line("units", units, "by their headings", columns=()))
    rest = [facts.name for facts in free if facts.name not in {name for line in lines for name in line.named()}]
    above = [f"{source.rows:,} rows, {len(source.facts)} columns ({source.how})", *roles.told()]
    if rest:
        above.append(f"not used: {', '.join(short(name, 40) for name in rest[:15])}" + f" and {len(rest) - 15} more" * (len(rest) > 15))
    return Line("customers", read_lines(source) + lines, above=above)


def _score_line(facts: Facts, scale: AskedScale) -> Line:
    found: dict = {"column": facts.name, "scale": [scale.low, scale.high]}
    why = f"{scale.evidence}"
    if scale.ends not in ((0, 10), (1, 10)):
        steps = [2, 3] if scale.ends == (1, 5) else [scale.low + round((scale.high - scale.low) * each, 0) for each in (0.6, 0.8)]
        found["steps"] = steps
        why += f"; groups: up to {steps[0]:g}, up to {steps[1]:g}, above"
    return Line("score", found, scale.doubt or why, sure=not scale.doubt and not scale.values, columns=(facts.name,))


def _churned(free: list[Facts]) -> Line | None:
    named = [facts for facts in free if words.CHURN.search(facts.name) and not words.NOT_CHURN.search(facts.name) and 1 <= facts.distinct <= 6 and facts.filled]
    named.sort(key=lambda facts: (facts.distinct != 2, facts.filled < facts.rows))
    for facts in named:
        left = next((cell for cell in facts.named if words.GONE.fullmatch(cell)), None)
        if left is None:
            continue
        rows = facts.named[left]
        why = f'{rows:,} of {facts.filled:,} rows have "{left}"; within how many months after the score? `months` is 12 unless it is said here'
        sure = facts.distinct > 1
        if facts.filled < facts.rows:
            sure = facts.distinct > 1
            why += f"; {facts.rows - facts.filled:,} rows are blank, and say neither that a customer left nor stayed"
        return Line("churned", {"column": facts.name, "left": left}, why, sure=sure, columns=(facts.name,))
    return None


def _money(free: list[Facts], units: dict[str, str]) -> list[Line]:
    lines = []
    roles = (("revenue", words.REVENUE), ("margin", words.MARGIN), ("service_cost", words.SERVICE_COST), ("tenure", words.TENURE), ("rank", words.RANK), ("suppliers", words.SUPPLIERS))
    taken: set[str] = set()
    for key, pattern in roles:
        named = [facts for facts in free if facts.name not in taken and pattern.search(facts.name) and facts.is_amount and not words.TOTAL.search(facts.name)
                 and not (key == "revenue" and words.MARGIN.search(facts.name))]  # fmt: skip
        if not named:
            continue
        facts = named[0]
        taken.add(facts.name)
        line = Line(key, facts.name, f"{facts.filled:,} amounts" if not facts.numeric else f"{facts.low:g} to {facts.high:g}", columns=(facts.name,))
        others = [each.name for each in named[1:]]
        if key in ("revenue", "margin", "service_cost"):
            monthly = words.MONTHLY.search(facts.name)
            if monthly:
                units[key] = "month"
                line.why += f', "{monthly.group(0)}" in the heading: a month'
            elif not words.YEARLY.search(facts.name):
                line.why += "; taken as a year: where it is a month, say so under `units`"
        if key == "tenure":
            if words.MONTHLY.search(facts.name):
                units[key] = "months"
                line.why += ", months by the heading"
            elif not words.YEARLY.search(facts.name) and facts.high > 45:
                units[key] = "months"
                line.why += ", too many for years: taken as months"
            elif not words.YEARLY.search(facts.name):
                line.sure = facts.high <= 45 and not facts.whole
                line.why += "; years? if months, `units: {tenure: months}`"
        if others:
            line.why += f"; others: {', '.join(short(name, 40) for name in others[:3])}"
        lines.append(line)
    for facts in free:
        if words.WALLET.search(facts.name) and facts.is_amount and facts.name not in taken:
            percent = facts.high > 1 if facts.numeric else True
            lines.append(Line("share_of_wallet", {"column": facts.name, "unit": "percent" if percent else "fraction"}, f"{facts.low:g} to {facts.high:g}" if facts.numeric else f"{facts.filled:,} shares written as text", columns=(facts.name,)))
            break
    return lines
