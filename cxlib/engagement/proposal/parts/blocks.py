"""Questions that belong together: the indices of satisfaction and loyalty, and the blocks that may drive them."""

from cxlib.engagement.proposal import words
from cxlib.engagement.proposal.facts import Facts
from cxlib.engagement.proposal.lines import Line
from cxlib.engagement.proposal.naming import part_id, short
from cxlib.engagement.proposal.parts.outcomes import is_overall
from cxlib.engagement.proposal.parts.roles import Roles
from cxlib.engagement.proposal.parts.stored import evidence, stored_lines
from cxlib.engagement.proposal.scales import AskedScale, joined_scale
from cxlib.engagement.proposal.sources import SourceFile

_ASKED_OF_SOME = 0.5  # share of rows below which a question was asked of some only
_MOST_SINGLES = 20  # questions that stand alone; more are joined by their scales


def index_lines(source: SourceFile, roles: Roles, asked: dict[str, AskedScale], recommend: str, rating: str) -> list[Line]:
    """`satisfaction` and `loyalty`: questions that are measured together."""
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
    items = Line("items", [Line(name, _label(source, name), evidence(source.by_name[name], asked[name]), columns=(name,)) for name in same])
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


def block_lines(source: SourceFile, roles: Roles, asked: dict[str, AskedScale]) -> list[Line]:
    """`blocks`: the questions that are left, by their stems and scales."""
    free = [name for name in asked if name not in roles.taken and not _is_option(source.by_name[name])]
    stems = _members(source, free)
    singles = [name for name in free if not any(name in names for names in stems.values())]
    groups: list[tuple[str, list[str], str]] = []
    for stem, names in stems.items():
        for part in _alike(names, asked):
            groups.append((stem, part, f'{len(part)} questions share "{short(stem, 50)}"' if len(part) > 1 else ""))
    named = [group for group in groups if source.stems[group[1][0]].how != "numbered"]
    if len(groups) == 1 and named and 1 < len(groups[0][1]) <= _MOST_SINGLES:
        stem, names, _ = groups[0]
        groups = [(name, [name], "one grid: each of its rows is taken for a driver of its own") for name in names]
    many = len(singles) > _MOST_SINGLES
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
    items = [Line(name, _label(source, name), evidence(source.by_name[name], asked[name]), columns=(name,)) for name in names]
    some = [name for name in names if source.by_name[name].filled < _ASKED_OF_SOME * source.rows]
    constant = [name for name in names if source.by_name[name].distinct < 2]
    doubt = scale.doubt or (f"answered in {min(source.by_name[name].filled for name in some):,} of {source.rows:,} rows: asked of some only?" if some else "")
    doubt = doubt or ("everybody gave the same answer" if constant else "")
    if len(names) == 1 and (words.RECOMMEND.search(source.by_name[names[0]].words) or is_overall(source, names[0]) > 1):
        doubt = doubt or "an outcome asked again more than a driver of it"
    lines = [Line("label", label, part=False), Line("items", items), *stored_lines(scale)]
    return Line(part_id(label, used), lines, "; ".join(each for each in (doubt, why) if each), sure=not doubt, columns=tuple(names))
