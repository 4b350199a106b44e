"""Did the scores of contacts change because channels changed, or because customers moved between channels?"""

import pandas as pd

from cxlib.analyses.contact_log import Journey
from cxlib.analyses.design import EVERYBODY, Design
from cxlib.analyses.result import Base, Finding, Quantity, Result, Says, Sentences, Term
from cxlib.analyses.units import Unit
from cxlib.stats.journey.channel_shift import ChannelShift
from cxlib.stats.journey.channel_shift import channel_shift as split_change

YEAR = pd.DateOffset(years=1)
LEAST = 10  # contacts of a channel in a period that is shown

SAYS = Sentences(
    {
        "channels.hides": Says("bad", "Every channel moved one way and the whole the other: contacts scored {change} {direction}, although each channel did the opposite. Customers moved between channels.", stake="change"),
        "channels.mix": Says("neutral", "Contacts scored {change} {direction}; {mix} of it is customers moving between channels, and no channel changed by more than chance can explain.", stake="change"),
        "channels.within": Says("neutral", "Contacts scored {change} {direction}, and it is the channels that changed ({within}), not who used them.", stake="change"),
        "channels.both": Says("neutral", "Contacts scored {change} {direction}: {within} because the channels changed, {mix} because customers moved between them.", stake="change"),
        "channels.offset": Says("neutral", "The mean score stands still, but two changes cancel: {within} because the channels changed, {mix} because customers moved between them."),
        "channels.still": Says("neutral", "Neither the channels nor who uses them changed the mean score by more than chance can explain ({low} to {high})."),
        "channels.cannot_tell": Says("unclear", "Contacts scored {change} {direction}, but whether the channels or who uses them changed cannot be determined.", about="data"),
        "channels.one": Says("unclear", "All scored contacts came through one channel, so there is nothing to split.", about="data"),
        "channels.too_few": Says("unclear", "Too few scored contacts in one of the two periods to split the change by channel.", about="data"),
        "absent.channel_shift": ("absent", "Shift between channels: the logs hold no scores, or no channels."),
    }
)  # fmt: skip

METHOD = Term("The change of the mean score is split without a rest into differences of the channels' shares, at their mean level, and differences of their levels, at their mean share; intervals by drawing customers anew. Kitagawa 1955.")
PARTS = {"total": Term("whole change"), "mix": Term("customers moved between channels"), "within": Term("channels changed")}
MORE, LESS = Term("higher"), Term("lower")


def channel_shift(journey: Journey | None, design: Design = EVERYBODY, *, resamples: int = 500, seed: int = 0) -> Result:
    """The change of the mean score of contacts, split in what channels did and in who used them.

    journey    its contacts: time, channel, score. The last year is held against the year before; of a log that covers less than two years,
               its second half against its first
    returns    table "changes": part (whole change, moved, changed), change, change_low, change_high, points of the score; "channels": channel, n_before,
               n_after, share_before, share_after, mean_before, mean_after, mix, within; without channels of fewer than ten contacts in both
    assumes    contacts that are scored are like the others of their channel

    >>> page.show(journey.channel_shift(log, design))
    Contacts scored 0.17...
    """
    usable = journey is not None and (journey.contacts.score.notna() & journey.contacts.channel.notna()).any()
    if journey is None or not usable:
        return Result.missing("channel_shift", SAYS.finding("absent.channel_shift"), read=0 if journey is None else len(journey.contacts))
    scored = journey.contacts.dropna(subset=["score", "channel", "time"])
    begins, turn = _periods(scored.time)
    rows = scored[scored.time > begins]
    later = (rows.time > turn).to_numpy()
    left = len(journey.contacts) - len(rows)
    base = Base(len(journey.contacts), len(rows), {Term("not scored, without a channel, or earlier"): left} if left else {})
    least = max(design.minimum, LEAST)
    settings = {"minimum": least, "confidence": design.confidence, "begins": str(begins.date()), "turn": str(turn.date())}
    if rows.channel.nunique() < 2:
        return Result("channel_shift", {}, (SAYS.finding("channels.one"),), base, settings)
    if min(later.sum(), (~later).sum()) < 3 * least:
        return Result("channel_shift", {}, (SAYS.finding("channels.too_few"),), base, settings)
    whose = pd.factorize(rows.customer.fillna(rows["case"]), use_na_sentinel=False)[0]
    found = split_change(rows.score.to_numpy(float), rows.channel.to_numpy(object), later, clusters=whose, resamples=resamples,
                         confidence=design.confidence, seed=seed)  # fmt: skip
    shown = found.table[found.table[["n_before", "n_after"]].max(axis=1) >= least]
    channels = shown.sort_values("n_after", ascending=False, kind="stable").reset_index()
    small = channels[["n_before", "n_after"]].to_numpy() < least
    channels[["mean_before", "mean_after"]] = channels[["mean_before", "mean_after"]].mask(small)
    parts = pd.DataFrame({"part": [PARTS[str(name)] for name in found.parts.index], "change": found.parts.estimate.to_numpy(),
                          "change_low": found.parts.low.to_numpy(), "change_high": found.parts.high.to_numpy()})  # fmt: skip
    return Result("channel_shift", {"changes": parts, "channels": channels}, (_finding(found),), base, settings, METHOD)


def _periods(times: pd.Series) -> tuple[pd.Timestamp, pd.Timestamp]:
    """When the first period begins, and when it turns into the second."""
    first, last = times.min(), times.max()
    if first <= last - YEAR - YEAR:
        return last - YEAR - YEAR, last - YEAR
    return first - pd.Timedelta(seconds=1), first + (last - first) / 2


def _finding(found: ChannelShift) -> Finding:
    parts = found.parts
    clear = (parts.low > 0) | (parts.high < 0)
    change = parts.estimate["total"]
    told = {"change": _points(abs(change)), "direction": MORE if change > 0 else LESS}
    moved = {"mix": _signed(parts.estimate["mix"]), "within": _signed(parts.estimate["within"])}
    if found.hides and clear["total"]:
        return SAYS.finding("channels.hides", **told)
    if clear["mix"] and clear["within"]:
        return SAYS.finding("channels.both", **told, **moved) if clear["total"] else SAYS.finding("channels.offset", **moved)
    if clear["mix"]:
        return SAYS.finding("channels.mix", **told, mix=moved["mix"])
    if clear["within"]:
        return SAYS.finding("channels.within", **told, within=moved["within"])
    if clear["total"]:
        return SAYS.finding("channels.cannot_tell", **told)
    return SAYS.finding("channels.still", low=_end(parts.low["total"]), high=_end(parts.high["total"]))


def _points(value: float) -> Quantity:
    return Quantity(value, Unit.FINE.difference)


def _signed(value: float) -> Quantity:
    return Quantity(value, Unit.FINE.signed_difference)


def _end(value: float) -> Quantity:
    return Quantity(value, Unit.FINE.signed_ends)
