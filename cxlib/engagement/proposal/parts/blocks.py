"""Questions that belong together: the indices of satisfaction and loyalty, and the blocks that may drive them."""

from cxlib.engagement.proposal import words
from cxlib.engagement.proposal.facts import Facts
from cxlib.engagement.proposal.lines import Line
from cxlib.engagement.proposal.naming import part_id, short
from cxlib.engagement.proposal.parts.outcomes import is_overall
from cxlib.engagement.proposal.parts.roles import AskedChoice, Roles
from cxlib.engagement.proposal.parts.stored import evidence, stored_lines
from cxlib.engagement.proposal.scales import AskedScale, joined_scale
from cxlib.engagement.proposal.sources import SourceFile

_ASKED_OF_SOME = 0.5  # share of rows below which a question was asked of some only
Group = tuple[str, list[str], str]  # what they share, the questions, why
_SATISFIED = 2  # what `is_overall` gives a question on satisfaction that is not said to be of all in all
_MOST_SINGLES = 20  # questions that stand alone; more are joined by their scales


def index_lines(source: SourceFile, roles: Roles, asked: dict[str, AskedScale], recommend: str, rating: str, answers: dict[str, str]) -> list[Line]:
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
        lines += _index("satisfaction", satisfied, source, roles, asked, answers, "the same stem" if not nki else "overall, expectations and the ideal")
    loyal = [name for name in free if name not in roles.taken and (words.LOYAL.search(source.by_name[name].words)
             or (name in source.stems and words.LOYAL.search(source.stems[name].stem)))]  # fmt: skip
    if recommend and loyal and asked[recommend].ends == asked[loyal[0]].ends:
        loyal = [*loyal, recommend]
    if len(loyal) > 1:
        lines += _index("loyalty", loyal, source, roles, asked, answers, "words of loyalty")
    return lines


def _index(key: str, names: list[str], source: SourceFile, roles: Roles, asked: dict[str, AskedScale], answers: dict[str, str], why: str) -> list[Line]:
    scale = joined_scale([asked[name] for name in names])
    same = [name for name in names if scale is not None or asked[name].ends == asked[names[0]].ends]
    if scale is None:
        scale = joined_scale([asked[name] for name in same])
    if scale is None or len(same) < 2 or scale.doubt:
        return []
    shown = ", ".join(short(name, 40) for name in same)
    roles.choices.append(AskedChoice(key, f"One index of {key} of these {len(same)} questions: {shown}?", {"index": "one index", "none": "each for itself"}))
    if answers.get(key) == "none":
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


def block_lines(source: SourceFile, roles: Roles, asked: dict[str, AskedScale], rating: str, answers: dict[str, str]) -> list[Line]:
    """`blocks`: the questions that are left, by their stems and scales, or as the consultant parts them."""
    free = [name for name in asked if name not in roles.taken and not _is_option(source.by_name[name])]
    roles.taken.update(free)
    if not free:
        return []
    whole = _by_stems(source, free, asked)
    groups = _grid_parted(source, whole)
    ways = {"headings": groups, "grids": whole}
    ways |= {"each": [(name, [name], "for itself, as chosen by you") for name in free]} if len(free) <= _MOST_SINGLES else {}
    ways["scales"] = [_on_one_scale(names, asked, ", joined by you") for names in _alike(free, asked)]
    if choice := _of_blocks(source, ways):
        roles.choices.append(choice)
    groups = ways.get(answers.get("blocks", "headings"), groups)
    order = {name: i for i, name in enumerate(source.by_name)}
    used: set[str] = set()
    overall = bool(rating) and is_overall(source, rating) > _SATISFIED
    blocks = [_block(source, asked, used, *group, overall=overall) for group in sorted(groups, key=lambda group: order[group[1][0]])]
    told = "blocks of questions: join, part and name them as the customer meets them"
    sure = any(block.sure for block in blocks)
    return [Line("blocks", blocks, told if sure else "none of them is certain", sure=sure)]


def _by_stems(source: SourceFile, free: list[str], asked: dict[str, AskedScale]) -> list[Group]:
    """The questions by what their headings share; those that share nothing for themselves, or by their scales where they are many."""
    stems = _members(source, free)
    singles = [name for name in free if not any(name in names for names in stems.values())]
    groups: list[Group] = []
    for stem, names in stems.items():
        for part in _alike(names, asked):
            groups.append((stem, part, f'{len(part)} questions share "{short(stem, 50)}"' if len(part) > 1 else ""))
    many = len(singles) > _MOST_SINGLES
    return groups + [_on_one_scale(names, asked) for names in (_alike(singles, asked) if many else [[name] for name in singles])]


def _on_one_scale(names: list[str], asked: dict[str, AskedScale], how: str = "") -> Group:
    """Questions that share nothing but their scale."""
    if len(names) == 1:
        return names[0], names, ""
    low, high = asked[names[0]].ends
    return f"Questions on {low:g}-{high:g}", names, f"{len(names)} questions on the same scale{how}: name them"


def _grid_parted(source: SourceFile, groups: list[Group]) -> list[Group]:
    """Where the file has one grid and no other, each of its rows for a driver of its own."""
    grids = [group for group in groups if group[1][0] in source.stems]
    if len(grids) != 1 or source.stems[grids[0][1][0]].how == "numbered" or not 1 < len(grids[0][1]) <= _MOST_SINGLES:
        return groups
    rows: list[Group] = [(name, [name], "one grid: each of its rows is taken for a driver of its own") for name in grids[0][1]]
    return rows + [group for group in groups if group is not grids[0]]


def _of_blocks(source: SourceFile, ways: dict[str, list[Group]]) -> AskedChoice | None:
    """The question how the questions belong together, where they can be parted in several ways."""
    shown: dict[str, str] = {}
    met: set[frozenset] = set()
    for way, groups in ways.items():
        parts = frozenset(frozenset(names) for _, names, _ in groups)
        if parts not in met:
            named = ", ".join(_label(source, names[0]) if len(names) == 1 else f"{short(stem, 40)} ({len(names)})" for stem, names, _ in groups[:6])
            told = {"headings": "by their headings", "grids": "by their headings, a grid as one", "each": "each for itself", "scales": "joined by their scale"}[way]
            shown[way] = f"{told}: {named}" + f" and {len(groups) - 6} more" * (len(groups) > 6)
            met.add(parts)
    return AskedChoice("blocks", "Which questions belong together as one driver?", shown) if len(shown) > 1 else None


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


def _block(source: SourceFile, asked: dict[str, AskedScale], used: set[str], stem: str, names: list[str], why: str, *, overall: bool) -> Line:
    scale = joined_scale([asked[name] for name in names]) or asked[names[0]]
    label = _label(source, names[0]) if len(names) == 1 else short(stem)
    items = [Line(name, _label(source, name), evidence(source.by_name[name], asked[name]), columns=(name,)) for name in names]
    some = [name for name in names if source.by_name[name].filled < _ASKED_OF_SOME * source.rows]
    constant = [name for name in names if source.by_name[name].distinct < 2]
    doubt = scale.doubt or (f"answered in {min(source.by_name[name].filled for name in some):,} of {source.rows:,} rows: asked of some only?" if some else "")
    doubt = doubt or ("everybody gave the same answer" if constant else "")
    least = _SATISFIED if overall else _SATISFIED - 1  # beside an overall question "satisfied with the price" is about the price
    if len(names) == 1 and (words.RECOMMEND.search(source.by_name[names[0]].words) or is_overall(source, names[0]) > least):
        doubt = doubt or "an outcome asked again more than a driver of it"
    lines = [Line("label", label, part=False), Line("items", items), *stored_lines(scale)]
    return Line(part_id(label, used), lines, "; ".join(each for each in (doubt, why) if each), sure=not doubt, columns=tuple(names))
