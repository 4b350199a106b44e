"""From a survey to a driver model: what is missing, what does not concern everybody, and what has to be left out."""

from dataclasses import replace

import numpy as np
import pandas as pd

from cxlib.analyses.design import EVERYBODY, Block, Design, Index, Question, Questionnaire
from cxlib.analyses.drivers.held_equal import with_held_equal
from cxlib.analyses.drivers.model import NAMES, RESAMPLES, SurveyModel, in_words
from cxlib.analyses.result import CannotAnswer, Finding, Named, Result, Says, Sentences, Term
from cxlib.analyses.rows import in_basis, in_content_order, needed, span, weights_of
from cxlib.stats.drivers.missing import missing_answers
from cxlib.stats.drivers.path_model import path_structure
from cxlib.stats.links.leakage import deterministic_split, same_question
from cxlib.stats.moments import effective_n

OUTCOMES = ("satisfaction", "rating", "loyalty", "recommend")  # the first that was asked is explained
PER_AREA = 10  # answers that each area needs
RARE = 0.01  # share of customers whom an area does not concern from which that is held equal
BLANK = 0.10  # share of customers who rated nothing of an area from which it was asked of its users only
FEWEST = 30  # customers on either side of that
MANY = 0.05  # share of missing answers above which the report says so
COPIES = 1e-9  # what two areas leave unexplained of each other when they hold the same answers

SAYS = Sentences(
    {
        "answers.complete": ("neutral", "Nothing is missing: all {used:count} answers count."),
        "answers.all_count": ("neutral", "All {used:count} answers count."),
        "answers.left_out": ("neutral", "{used:count} of {read:count} answers count; the others lack an answer that the model needs."),
        "answers.estimated": ("neutral", "{share:percent} of the single answers are missing and are estimated from the same customer's other answers."),
        "answers.many_missing": Says("unclear", "{block}: up to {share:percent} of the answers to a question are missing, so what is said about it rests on fewer customers.", about="data"),
        "answers.not_applicable": ("neutral", "{block} does not apply to {share:percent} of the customers; its importance is that among those to whom it applies."),
        "answers.not_rated": ("neutral", "{block} was rated by {share:percent} of the customers. What is said about it applies to them; the model accounts for who did not rate it."),
        "answers.few_raters": Says("unclear", "{block} was rated by only {n:count} customers; {needed:count} are needed, so it is left out.", about="data"),
        "answers.empty": Says("unclear", "{block} – {question}: nobody answered, so it is left out.", about="data"),
        "answers.same_index": Says("unclear", "{block}: the answers add up to the same index for everybody, so it explains nothing and is left out.", about="data"),
        "answers.no_weight": Says("unclear", "{block} – {question}: follows from the other questions of its area, so it has no weight of its own and is left out.", about="data"),
        "answers.copy": Says("unclear", "{second} holds the same answers as {first} and is left out; what is said about {first} applies to both.", about="data"),
        "answers.determined": Says("unclear", "{block} follows entirely from the other areas, so it is left out.", about="data"),
        "answers.constant": Says("unclear", "{block} – {question}: everybody gave the same answer, so it explains nothing and is left out.", about="data"),
        "answers.few_carry_all": Says("unclear", "A few customers carry most of the weight: {used:count} answers tell no more than {effective:count} equally weighted ones. The largest weights should be trimmed.", about="data"),
        "answers.too_few": Says("unclear", "Too few answers: {areas:count} areas need {needed:count} answers and there are {effective:count}. Nothing can be said about drivers yet; join areas or collect more answers.", about="data"),
        "answers.too_few_to_hold": Says("unclear", "Too few answers to take {headings} into account: {needed:count} are needed beside the areas and there are {effective:count}. The effects are not adjusted for it.", about="data"),
        "answers.leak": ("bad", "{block} decides {outcome} almost by itself: of {n:count} customers on one side of {cut:number} not one is an exception. The two were almost certainly recorded together, so the area is left out, and no forecast should rest on it."),
        "answers.again": ("bad", "{block} measures the same as {outcome}: by itself it explains {r2:percent} of the differences. It is left out."),
        "answers.none_left": Says("unclear", "Without those areas none remains to explain {outcome}.", about="data"),
        "absent.drivers": ("absent", "Drivers of satisfaction: the survey does not ask about single areas of the customers' experience."),
        "absent.outcome": ("absent", "Drivers of satisfaction: the survey does not ask how satisfied customers are."),
    },
    named={
        "needed": Named(Term("Answers needed")),
        "answers.few_raters.n": Named(Term("Answers")),
        "areas": Named(Term("Areas")),
        "effective": Named(Term("Answers, at equal weight")),
        "answers.estimated.share": Named(Term("Share of single answers missing")),
        "answers.many_missing.share": Named(Term("Largest share of answers missing")),
        "answers.not_applicable.share": Named(Term("Share of customers to whom it does not apply")),
        "answers.not_rated.share": Named(Term("Share of customers who rated it")),
        "answers.again.r2": Named(Term("Explained by it alone")),
        "cut": Named(Term("Dividing line")),
    },
)  # fmt: skip


def survey_model(
    responses: pd.DataFrame,
    asked: Questionnaire,
    design: Design = EVERYBODY,
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
    missing: str = "",
) -> SurveyModel:
    """The driver model of a survey, checked before anything is computed.

    responses  one row per respondent
    asked      its blocks are the areas; the outcome is the first of satisfaction index, rating, loyalty index,
               recommendation that was asked; the loyalty index follows from it. Paths: {result: [causes]} of block ids,
               "satisfaction" and "loyalty"; None: every block -> outcome -> loyalty. Its controls are held equal in all that
               follows: groups, and numbers of more than ten values; its categories are ranked beside the areas
    design     weight, confidence and smallest group count; its basis: the periods that count
    missing    "casewise", "pairwise" or "imputation" for answers that a customer could have given; "" takes casewise up
               to 5 % incomplete rows, imputation beyond. Areas that a tenth or more of the customers did not rate at all,
               or that are mostly answered "not applicable", are not filled in: whether they were rated is held equal
    errors     CannotAnswer for a column or a block in `paths` that is not there; ValueError for paths that go in a circle

    >>> model = drivers.survey_model(responses, Questionnaire(blocks=survey.blocks, rating=survey.rating))
    >>> model.outcome, len(model.answers)
    ('rating', 1979)
    """
    blocks, weight = asked.blocks, design.weight
    outcomes = {name: each for name in OUTCOMES if (each := getattr(asked, name)) is not None}
    if not blocks or not outcomes:
        reason = "absent.drivers" if not blocks else "absent.outcome"
        return _absent(responses, SAYS.finding(reason))
    outcome = next(iter(outcomes))
    final = "loyalty" if "loyalty" in outcomes and outcome != "loyalty" else None
    constructs = {name: _construct(block) for name, block in blocks.items()}
    constructs |= {name: _construct(outcomes[name]) for name in (outcome, final) if name}
    arrows = _arrows(asked.paths, list(blocks), outcome, final)
    used = {name for arrow in arrows for name in arrow}
    constructs = {name: given for name, given in constructs.items() if name in used}
    needed(responses, [*(item for items, _ in constructs.values() for item in items), weight, *asked.controls, *asked.categories])
    responses = in_content_order(responses[in_basis(responses, design)])
    model = SurveyModel(
        answers=responses[[item for items, _ in constructs.values() for item in items]].astype(float),
        weights=weights_of(responses, weight), blocks={name: list(items) for name, (items, _) in constructs.items()},
        labels={name: blocks[name].label if name in blocks else NAMES[name][1] for name in constructs},
        questions={item: label for items, _ in constructs.values() for item, label in items.items()},
        scales={item: scale for _, scales in constructs.values() for item, scale in scales.items()}, paths=arrows,
        outcome=outcome, final=final, read=len(responses), weighted=bool(weight), missing=missing,
        score=responses[asked.recommend.score].to_numpy(float) if asked.recommend else None,
        resamples=resamples, confidence=design.confidence, seed=seed, responses=responses,
        periods=span(responses, design), scheme=asked.scheme,
        parted=tuple(name for name, block in blocks.items() if block.mode == "B"),
    )  # fmt: skip
    path_structure(model.blocks, model.paths)  # raises for paths that go in a circle
    unanswered = {name: block.unanswered for name, block in blocks.items()}
    usable = _varied(_filled(_concerned(_unleaked(_varied(_answered(model))), unanswered)))
    return _enough(_distinct(with_held_equal(_told_apart(usable), asked.controls, asked.categories, design.minimum)))


@in_words("usable_answers")
def usable_answers(model: SurveyModel) -> Result:
    """What the driver analysis rests on: how many answers count, what is missing, and what is left out and why.

    returns  table "missing": construct, question, n, missing, share (0-1), for the questions that lack an answer

    >>> page.show(drivers.usable_answers(model))
    2% of the single answers are missing and are estimated from the same customer's other answers...
    """
    table = missing_answers(model.answers)
    block = {item: model.labels[name] for name, items in model.blocks.items() for item in items}
    table.insert(0, "construct", [block[item] for item in table.index])
    table.insert(1, "question", [model.questions[item] for item in table.index])
    table = table[table.missing > 0].sort_values("share", ascending=False, kind="stable", ignore_index=True)
    shares = {"not_answered": float(model.filled.isna().to_numpy().mean())}
    return Result("usable_answers", {"missing": table}, model.findings, model.base(), model.settings(**shares))


def _construct(given: Question | Index | Block):
    """({item: label}, {item: scale}) of a block, an index or a single question."""
    if isinstance(given, Question):
        return {given.score: given.score}, {given.score: tuple(given.scale)}
    return dict(given.items), {item: tuple(given.scale_of(item)) for item in given.items}


def _arrows(paths, blocks, outcome, final):
    known = [*blocks, *(name for name in (outcome, final) if name)]
    given = [(cause, result) for result, causes in (paths or {}).items() for cause in causes]
    unknown = [name for arrow in given for name in arrow if name not in known]
    if unknown:
        raise CannotAnswer(f"the paths name {unknown[0]!r}, which is neither a block nor an outcome that was asked; use "
                        f"{', '.join(known)}.")  # fmt: skip
    if any(target == outcome for _, target in given):
        return given
    return [*((block, outcome) for block in blocks), *([(outcome, final)] if final else [])]


def _answered(model):
    """Without the rows that lack the whole outcome or every area."""
    blank = model.answers.isna()
    outcome = blank[model.blocks[model.outcome]].all(axis=1)
    areas = blank[[item for name in model.areas for item in model.blocks[name]]].all(axis=1)
    return _rows(model, ~(outcome | areas).to_numpy())


def _rows(model, kept):
    score = None if model.score is None else model.score[kept]
    unrated = None if model.unrated is None else model.unrated[kept]
    return replace(model, answers=model.answers[kept], weights=model.weights[kept], score=score, unrated=unrated,
                   responses=model.responses[kept])  # fmt: skip


def _varied(model):
    """Without the questions that nobody answered, or everybody alike, and the areas that this leaves empty."""
    if model.absent or len(model.answers) < 2:
        return model
    different = model.answers.nunique()
    told = {0: "answers.empty", 1: "answers.constant"}
    found = tuple(SAYS.finding(told[different[item]], block=model.labels[name], question=model.questions[item])
                  for name, items in model.blocks.items() for item in items if different[item] < 2)  # fmt: skip
    blocks = {name: [item for item in items if different[item] > 1] for name, items in model.blocks.items()}
    return _keeping(model, {name: items for name, items in blocks.items() if items}, found)


def _keeping(model, blocks, found, none_left="absent.outcome"):
    """The model with these blocks, and without the arrows that lead nowhere then; absent where none leads to the outcome."""
    model = replace(model, findings=(*found, *model.findings))
    paths = [arrow for arrow in model.paths if set(arrow) <= set(blocks)]
    if not any(target == model.outcome for _, target in paths):
        reason = found[0] if found and none_left == "absent.outcome" else SAYS.finding(
            none_left, **({} if none_left == "absent.outcome" else {"outcome": model.word(model.outcome)}))  # fmt: skip
        return replace(model, absent=reason)
    blocks = {name: items for name, items in blocks.items() if any(name in arrow for arrow in paths)}
    answers = model.answers[[item for items in blocks.values() for item in items]]
    final = model.final if model.final in blocks else None
    unrated = None if model.unrated is None else model.unrated[[name for name in model.unrated if name in blocks]]
    return replace(model, answers=answers, blocks=blocks, paths=paths, final=final, unrated=unrated)


def _unleaked(model):
    """Without the areas that were made from the outcome, or together with it."""
    if model.absent:
        return model
    leaks = {name: found for name in model.areas if len(model.answers) > 1 and (found := _leak(model, name))}
    if not leaks:
        return model
    blocks = {name: items for name, items in model.blocks.items() if name not in leaks}
    return replace(_keeping(model, blocks, tuple(leaks.values()), "answers.none_left"), leaks=tuple(leaks.values()))


def _leak(model, name) -> Finding | None:
    both = model.indices[[name, model.outcome]].dropna()
    driver, outcome = both[name], both[model.outcome]
    about = {"block": model.labels[name], "outcome": model.word(model.outcome)}
    if same_question(driver, outcome):
        return SAYS.finding("answers.again", r2=float(driver.corr(outcome) ** 2), **about)
    if split := deterministic_split(driver, outcome):
        low, high = model.scales[model.blocks[name][0]] if len(model.blocks[name]) == 1 else (0, 100)
        cut = low + (high - low) * split.driver_cut / 100  # in the unit of the question
        return SAYS.finding("answers.leak", n=split.clean, cut=cut, **about)
    return None


def _concerned(model, unanswered):
    """Who an area does not concern, and without the areas that hardly anybody rated.

    An area that other areas lead to is left to the treatment of missing answers: what it lacks is no regressor's gap.
    """
    if model.absent or not len(model.answers):
        return model
    led_to = {target for _, target in model.paths}
    empty = pd.DataFrame({name: model.answers[model.blocks[name]].isna().all(axis=1) for name in model.areas
                          if name not in led_to}, model.answers.index)  # fmt: skip
    reasons = {name: _reason(model, name, empty[name], unanswered[name]) for name in empty}
    few = [name for name, reason in reasons.items() if reason and (~empty[name]).sum() < FEWEST]
    if few:
        needed = {"needed": FEWEST}
        told = tuple(SAYS.finding("answers.few_raters", block=model.labels[name], n=int((~empty[name]).sum()), **needed)
                     for name in few)  # fmt: skip
        rest = {name: items for name, items in model.blocks.items() if name not in few}
        return _concerned(_keeping(model, rest, told), unanswered)
    held = [name for name, reason in reasons.items() if reason]
    if not held:
        return model
    who = {"answers.not_applicable": empty, "answers.not_rated": ~empty}
    found = tuple(SAYS.finding(reasons[name], block=model.labels[name],
                               share=float(np.average(who[reasons[name]][name], weights=model.weights)))
                  for name in held)  # fmt: skip
    return replace(model, unrated=empty[held], findings=(*model.findings, *found))


def _reason(model, name, empty, counts):
    """The finding that says why an area has no answer from some customers, or None where that may be chance.

    "Not applicable" says so itself. Blanks do where many leave the whole area blank and hardly anybody a part of it;
    a "don't know" is an answer that could have been given.
    """
    share, most = empty.mean(), max(counts, key=counts.get, default="")
    if share < RARE or empty.sum() < FEWEST:
        return None
    if 2 * counts.get("not_applicable", 0) > sum(counts.values()):
        return "answers.not_applicable"
    gaps = model.answers[model.blocks[name]].isna().to_numpy()
    whole = gaps[empty].sum() > 0.8 * gaps.sum()
    return "answers.not_rated" if share >= BLANK and whole and most != "dont_know" else None


def _filled(model):
    """Chooses how the answers are met that could have been given, and says so."""
    if model.absent or not len(model.answers):
        return model
    gaps = model.filled.isna()
    incomplete = float(gaps.any(axis=1).mean())
    method = model.missing or ("casewise" if incomplete <= MANY else "imputation")
    if method == "casewise":
        model = _rows(model, ~gaps.any(axis=1).to_numpy())
        blank = model.some_unrated or any(found.key == "answers.empty" for found in model.findings)
        all_count = "answers.all_count" if blank else "answers.complete"
        said = all_count if len(model.answers) == model.read else "answers.left_out"
        finding = SAYS.finding(said, used=len(model.answers), read=model.read)
    else:
        finding = SAYS.finding("answers.estimated", share=float(gaps.to_numpy().mean()))
    most = {name: float(gaps[items].mean().max()) for name, items in model.blocks.items()}
    many = tuple(SAYS.finding("answers.many_missing", block=model.labels[name], share=share)
                 for name, share in most.items() if share > MANY)  # fmt: skip
    return replace(model, missing=method, findings=(finding, *many, *model.findings))


def _told_apart(model):
    """Without the questions of formative areas that follow from the others of their area: no weight of their own can be found."""
    if model.absent or len(model.answers) < 2:
        return model
    found, blocks = [], dict(model.blocks)
    for name in model.formative:
        x = model.completed.filled[model.blocks[name]]
        scaled = (x - x.mean()) / x.std(ddof=0)
        kept: list[str] = []
        for item in scaled:
            if kept and _left_over(scaled[kept], scaled[item]) < COPIES:
                found.append(SAYS.finding("answers.no_weight", block=model.labels[name], question=model.questions[item]))
            else:
                kept.append(item)
        blocks[name] = kept
    return _keeping(model, blocks, tuple(found)) if found else model


def _distinct(model):
    """Without the areas whose index does not differ, that are copies of one before them, or that follow from the others."""
    if model.absent or len(model.answers) <= len(model.areas):
        return model
    x = model.completed.regressors[model.areas]
    scaled = (x - x.mean()) / x.std(ddof=0).where(lambda spread: spread > COPIES, 1)
    held = x[[]] if model.adjusted is None else model.adjusted - model.adjusted.mean()
    twins = np.abs(scaled.corr().to_numpy()) > 1 - COPIES
    found, kept = [], []
    for j, name in enumerate(model.areas):
        if (scaled[name].abs() < COPIES).all():
            found.append(SAYS.finding("answers.same_index", block=model.labels[name]))
            continue
        first = next((i for i in range(j) if twins[i, j] and model.areas[i] in kept), None)
        if first is not None:
            found.append(SAYS.finding("answers.copy", first=model.labels[model.areas[first]], second=model.labels[name]))
        elif (kept or held.shape[1]) and _left_over(scaled[kept].join(held), scaled[name]) < COPIES:
            found.append(SAYS.finding("answers.determined", block=model.labels[name]))
        else:
            kept.append(name)
    if not found:
        return model
    left_out = set(model.areas) - set(kept)
    return _keeping(model, {name: items for name, items in model.blocks.items() if name not in left_out}, tuple(found))


def _left_over(others, one):
    """Share of the variance of a standardised column that the others do not explain."""
    slopes = np.linalg.lstsq(others.to_numpy(), one.to_numpy(), rcond=None)[0]
    return float(((one - others.to_numpy() @ slopes) ** 2).mean())


def _enough(model):
    """Stops where there are too few answers for the areas and for what is held equal."""
    if model.absent:
        return model
    areas = len(model.areas)
    columns = areas + (0 if model.controls is None else model.controls.shape[1])
    effective = effective_n(model.weights) if len(model.answers) else 0
    own = 0 if model.adjusted is None else model.adjusted.shape[1]
    if own and PER_AREA * (columns - own) <= effective < PER_AREA * columns:
        names = [*model.held_equal.values(), *(model.labels[name] for name in model.categories)]
        few = SAYS.finding("answers.too_few_to_hold", headings=names, needed=PER_AREA * columns, effective=effective)
        return _enough(replace(model, adjusted=None, categories={}, held_equal={}, findings=(few, *model.findings)))
    if effective < PER_AREA * columns:
        few = SAYS.finding("answers.too_few", areas=areas, needed=PER_AREA * columns, effective=effective)
        heavy = (SAYS.finding("answers.few_carry_all", used=len(model.answers), effective=effective),)
        found = heavy if len(model.answers) >= PER_AREA * columns else ()
        return replace(model, absent=few, findings=(few, *found, *model.findings))
    if effective < len(model.answers) / 3:
        heavy = SAYS.finding("answers.few_carry_all", used=len(model.answers), effective=effective)
        model = replace(model, findings=(*model.findings, heavy))
    return model


def _absent(responses, finding):
    return SurveyModel(pd.DataFrame(index=responses.index), np.ones(len(responses)), {}, {}, {}, {}, [], "", None, None,
                       len(responses), False, "", absent=finding)  # fmt: skip
