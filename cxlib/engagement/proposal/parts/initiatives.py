"""`initiatives` as it is proposed."""

import re

from cxlib.engagement.proposal import words
from cxlib.engagement.proposal.facts import Facts
from cxlib.engagement.proposal.lines import Line
from cxlib.engagement.proposal.naming import short
from cxlib.engagement.proposal.parts.how_read import read_lines
from cxlib.engagement.proposal.sources import SourceFile


def initiatives_part(source: SourceFile) -> Line:
    """The lines of `initiatives`."""
    free = {facts.name: facts for facts in source.facts}
    found: dict[str, str] = {}

    def take(key: str, pattern: re.Pattern, fits) -> None:
        name = next((name for name in free if name not in found.values() and pattern.search(name) and fits(free[name])), None)
        if name is not None:
            found[key] = name

    def is_text(facts: Facts) -> bool:
        return not facts.is_numeric and not facts.is_date

    take("name", words.INITIATIVE, is_text)
    for key, pattern in (("battle", words.BATTLE), ("owner", words.OWNER)):
        take(key, pattern, is_text)
    take("start", words.START, lambda facts: facts.is_date)
    take("end", words.END, lambda facts: facts.is_date)
    take("cost_once", words.COST_ONCE, lambda facts: facts.is_amount)
    take("cost_yearly", words.COST_YEARLY, lambda facts: facts.is_amount)
    for key, pattern in (("low", words.LOW), ("high", words.HIGH), ("mode", words.MODE)):
        take(key, pattern, lambda facts: facts.is_numeric)
    lines = [Line(key, found[key], columns=(found[key],)) for key in ("name", "battle", "owner", "start", "end", "cost_once", "cost_yearly") if key in found]
    for key, plain_name in (("from", ("from", "x", "fra", "från")), ("to", ("to", "y", "til", "till"))):
        name = next((name for name in free if name.casefold() in plain_name), None)
        if name:
            lines.append(Line(key, name, columns=(name,)))
    effect = [found.get(key) for key in ("low", "mode", "high")]
    if all(effect):
        lines.append(Line("effect", {"columns": effect, "of": "satisfaction"}, "points of the index 0-100, lowest, likeliest, highest", columns=tuple(effect)))
    missing = [key for key in ("name", "start", "end", "cost_once") if key not in found] + ([] if all(effect) else ["effect"])
    why = f"no column was found for: {', '.join(missing)}" if missing else ""
    rest = [name for name in free if name not in {each for line in lines for each in line.named()}]
    above = [f"{source.rows:,} rows ({source.how})", *([f"not used: {', '.join(short(name, 40) for name in rest)}"] if rest else [])]
    return Line("initiatives", read_lines(source) + lines, why, sure=not missing, above=above)
