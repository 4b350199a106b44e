"""Nordlys' journey: three logs of contacts, how respondents rate touchpoints, and who was followed up. It draws from seeds of
its own, so that no other table changes. What is planted is a constant here; `data/README.md` says what it means."""

import numpy as np
import pandas as pd

from demo.draw import choice
from demo.nordlys import SEED, TOWNS

# ---------------------------------------------------------------- ratings in the survey
RATED = {  # touchpoint: (share that used it, points of the recommend answer for a point of the rating, among those who did)
    "maaler": (0.40, 0.15), "regning": (0.90, 0.40), "opkald": (0.75, 0.0), "tekniker": (0.60, 0.25), "klage": (0.20, 0.0)}
RATING = {"maaler": 6.9, "regning": 6.2, "opkald": 7.3, "tekniker": 6.6, "klage": 5.2}     # means, 0-10
RATING_SD, ALIKE, COMPLAINT_ALIKE = 1.9, 0.3, 0.66     # SD, correlation of ratings, and of that of complaints with the others
NOT_USED, DONT_KNOW = 11, 99

# ---------------------------------------------------------------- contacts
CASES, CONTACTS, OPEN, BESIDE = 5200, 14_000, 0.03, 0.05      # about so many contacts; not solved yet; with another owner than usual
FIRST, LAST = np.datetime64("2025-07-01T08:00"), np.datetime64("2025-12-31T18:00")
OWNER = {"flytning": "Salg", "maaler": "Måling", "regning": "Afregning", "opkald": "Kundeservice", "tekniker": "Teknik", "klage": "Kundeservice"}
CALLED = {"flytning": "Flytning", "maaler": "Målerbesøg", "regning": "Regning", "opkald": "Henvendelse", "tekniker": "Teknikerbesøg", "klage": "Klage"}
LOG = {"flytning": "telefon", "opkald": "telefon", "klage": "telefon", "maaler": "teknik", "tekniker": "teknik", "regning": "afregning"}
TYPES = {"Regning": 0.38, "Måler": 0.24, "Flytning": 0.18, "Driftsstop": 0.20}
STARTS = {"Regning": {"regning": 0.6, "opkald": 0.4}, "Måler": {"maaler": 0.55, "opkald": 0.45},
          "Flytning": {"flytning": 0.7, "opkald": 0.3}, "Driftsstop": {"opkald": 0.6, "tekniker": 0.4}}  # fmt: skip
NEXT = {
    "flytning": {"opkald": 0.35, "regning": 0.35, "maaler": 0.20, "klage": 0.10},
    "maaler": {"regning": 0.35, "opkald": 0.35, "tekniker": 0.20, "klage": 0.10},
    "regning": {"opkald": 0.30, "tekniker": 0.30, "klage": 0.18, "regning": 0.10, "maaler": 0.12},
    "opkald": {"regning": 0.30, "tekniker": 0.25, "maaler": 0.15, "opkald": 0.20, "klage": 0.10},
    "tekniker": {"opkald": 0.35, "maaler": 0.20, "regning": 0.25, "tekniker": 0.10, "klage": 0.10},
    "klage": {"opkald": 0.40, "regning": 0.30, "tekniker": 0.20, "klage": 0.10},
}
POINTS = list(OWNER)
PATH, PATH_SHARE, PATH_ODDS, LENGTH_ODDS = ("maaler", "regning", "klage"), 0.16, 1.0, 0.25   # share of the cases of three contacts or more
DROP = {("Afregning", "Teknik"): -0.8}                 # of 10, in the same case; every other hand-over 0
HARD = -0.87                                           # cases that have it are harder from their beginning
TYPE_LEVEL = {"Regning": 0.0, "Måler": 0.1, "Flytning": 0.3, "Driftsstop": -0.3}
POINT_LEVEL = {"flytning": 0.1, "maaler": 0.0, "regning": -0.1, "opkald": 0.1, "tekniker": 0.0, "klage": -0.8}
LEVEL, CASE_SD, CONTACT_SD = 6.9, 0.9, 1.4
RELATION = 0.25                                        # of 10, in every contact, for a point of the customer's recommend answer
CHAT, CHAT_SHARE, WITHIN = -2.0, {"before": 0.12, "after": 0.50}, 0.12    # every channel rises in the last quarter, the whole falls
BEHAVIOURS = {"tog_ansvar": 1.0, "brugte_navn": 0.0}   # of 10, at a call
WORK_DAYS, QUEUE_DAYS, HAND_OVER_DAYS, SLOW_DAYS = 0.75, 0.03, 0.20, 6.8   # means; the last after Afregning -> Teknik
COME_BACK, BACK_WITHIN = 0.08, 6.5                    # solved cases after which the same comes back, beside chance; days
BUSY = 0.3                                             # shape of how often customers get in touch: the smaller, the more they differ
UNKNOWN = 0.04                                         # of the customers of the logs, whom the table of ids does not know
SCORED = {"telefon": 0.55, "teknik": 0.65, "afregning": 0.40}

# ---------------------------------------------------------------- follow-up
CRITICS, LEFT_OUT, NEVER = 620, 0.10, 0.22             # who should be called; left out at random; of the others not called yet
PROMISE, CALL_LOG, CALL_SPREAD = 2, 0.73, 1.12         # days; days until the call are lognormal
EFFECT, HOLDS, SEVERITY = 0.5, 0.45, -0.35             # of the call on the score; of the score before; of a step of severity
AGAIN = {True: 0.55, False: 0.38}                      # of those called and not called who answer again
AREAS = {town: area for area, towns in TOWNS.items() for town in towns}


def ratings(rows: pd.DataFrame, seed: int = 50) -> pd.DataFrame:
    """How each respondent rates five touchpoints: 0-10, NOT_USED, DONT_KNOW or blank.

    Ratings are drawn given the recommend answer, so that its projection on them has the planted slopes whoever used what.
    """
    rng, n, names = np.random.default_rng([SEED, seed]), len(rows), list(RATED)
    score = rows["anbefaling"].to_numpy(float)
    score = np.where(np.isnan(score), np.nanmean(score), score)
    complained = rng.random(n) < RATED["klage"][0]             # whoever complained has met everybody
    apart = {name: (reach - RATED["klage"][0]) / (1 - RATED["klage"][0]) for name, (reach, _) in RATED.items()}
    used = np.column_stack([complained | (rng.random(n) < apart[name]) for name in names])
    correlation = np.full((len(names),) * 2, ALIKE)
    correlation[-1, :] = correlation[:, -1] = COMPLAINT_ALIKE     # what complaints are rated like, and have no effect of their own
    correlation[-1, names.index("opkald")] = correlation[names.index("opkald"), -1] = ALIKE
    np.fill_diagonal(correlation, 1.0)
    spread, slopes = RATING_SD**2 * correlation, np.array([slope for _, slope in RATED.values()])
    found = np.full((n, len(names)), np.nan)
    for pattern in np.unique(used, axis=0):
        these, on = (used == pattern).all(axis=1), np.flatnonzero(pattern)
        if not len(on):
            continue
        with_score = spread[np.ix_(on, on)] @ slopes[on]
        centred = score[these] - score[these].mean()
        variance = max(centred.var(), 2.0)
        rest = spread[np.ix_(on, on)] - np.outer(with_score, with_score) / variance
        noise = rng.standard_normal((these.sum(), len(on))) @ np.linalg.cholesky(rest + 1e-9 * np.eye(len(on))).T
        found[np.ix_(these, on)] = np.outer(centred, with_score / variance) + noise
    found = np.clip(np.rint(found + np.array([RATING[name] for name in names])), 0, 10)
    table = pd.DataFrame(found, columns=[f"k_{name}" for name in names])
    table = table.astype("Int64").mask(~used, NOT_USED)
    for name in table:
        table[name] = table[name].mask(rng.random(n) < 0.01, DONT_KNOW).mask(rng.random(n) < 0.01)
    table.insert(0, "svar_id", rows["svar_id"].to_numpy())
    return table


def ids(customers: pd.DataFrame, seed: int = 32) -> pd.DataFrame:
    """Who is who: customer, metering point and respondent; some customers are missing."""
    rng = np.random.default_rng([SEED, seed])
    table = customers[["kunde_id", "svar_id"]].copy()
    points = rng.permutation(len(table)) + 100_000
    table.insert(1, "målepunkt", [f"M{number}" for number in points])
    return table.assign(kendt=rng.random(len(table)) >= UNKNOWN)


def cases(customers: pd.DataFrame, rng, count: int) -> pd.DataFrame:
    """One row a case: the place of its customer, type, touchpoints in order, start in days."""
    back = round(count * COME_BACK)
    share = rng.gamma(BUSY, 1 / BUSY, len(customers))
    whose = rng.choice(len(customers), count - back, p=share / share.sum())
    left = customers["opsagt_12_mdr"].to_numpy()[whose] == 1
    length = 1 + rng.poisson(1.65 + 0.35 * left, len(whose))
    kind = choice(rng, len(whose), TYPES)
    odds = PATH_SHARE / (1 - PATH_SHARE) * np.exp(PATH_ODDS * left)
    on_path = (rng.random(len(whose)) < odds / (1 + odds)) & (length >= 3)
    days = (LAST - FIRST) / np.timedelta64(1, "D")
    rows = pd.DataFrame({"customer": whose, "type": kind, "length": length, "start": rng.random(len(whose)) * days,
                         "points": [_walk(rng, of, n, path) for of, n, path in zip(kind, length, on_path, strict=True)]})  # fmt: skip
    again = rows.iloc[rng.choice(len(rows), back, replace=False)]
    again = again.assign(points=[_walk(rng, of, n, False) for of, n in zip(again["type"], again["length"], strict=True)], after=again.index)
    return pd.concat([rows.assign(after=-1), again], ignore_index=True)


def _walk(rng, kind: str, length: int, on_path: bool) -> list[str]:
    """The touchpoints of a case: with the path in it, or without."""
    while True:
        walk = [_drawn(rng, STARTS[kind])]
        while len(walk) < length:
            walk.append(_drawn(rng, NEXT[walk[-1]]))
        if on_path:
            at = rng.integers(0, length - 2)
            return [*walk[:at], *PATH, *walk[at + 3 :]]
        if not any(tuple(walk[i : i + 3]) == PATH for i in range(length - 2)):
            return walk


def _drawn(rng, shares: dict) -> str:
    at, names = rng.random(), list(shares)
    for name in names:
        at -= shares[name]
        if at < 0:
            return name
    return names[-1]


def contacts(customers: pd.DataFrame, seed: int = 33, count: int = CASES) -> pd.DataFrame:
    """All contacts of all logs, one row each, with what the logs say of them; `handed` is the hand-over that led there."""
    rng = np.random.default_rng([SEED, seed])
    made = cases(customers, rng, count)
    lengths = made["points"].map(len).to_numpy()
    rows = pd.DataFrame({"case": np.repeat(np.arange(len(made)), lengths), "point": np.concatenate(made["points"].to_numpy()),
                         "place": np.concatenate([np.arange(length) for length in lengths])})  # fmt: skip
    n = len(rows)
    rows["owner"] = rows["point"].map(OWNER).where(rng.random(n) > BESIDE, "Kundeservice")
    before = rows["owner"].shift().where(rows["place"] > 0)
    rows["handed"] = pd.Series(list(zip(before, rows["owner"], strict=True))).where(before.notna() & (before != rows["owner"]))
    drop = rows["handed"].map(DROP).fillna(0.0).astype(float)
    slow, handed = drop < 0, rows["handed"].notna()
    wait = rng.exponential(np.select([slow, handed], [SLOW_DAYS, HAND_OVER_DAYS], QUEUE_DAYS))
    work = rng.exponential(WORK_DAYS, n)
    spent = wait + work
    taken = pd.Series(spent).groupby(rows["case"]).cumsum().to_numpy()
    total = pd.Series(spent).groupby(rows["case"]).sum().to_numpy()
    start = made["start"].to_numpy().copy()
    again = made["after"].to_numpy() >= 0
    origin = made["after"].to_numpy()[again]
    start[again] = start[origin] + total[origin] + rng.uniform(0.3, BACK_WITHIN, again.sum())
    begun = start[rows["case"]] + taken - spent
    rows = rows.assign(start=begun, accepted=begun + wait, solved=np.where(rows["place"] == lengths[rows["case"]] - 1, begun + spent, np.nan))
    rows["customer"], rows["type"] = made["customer"].to_numpy()[rows["case"]], made["type"].to_numpy()[rows["case"]]
    score = customers["score"].astype(float)
    rows["relation"] = (score - score.mean()).fillna(0).to_numpy()[rows["customer"]]
    days = (LAST - FIRST) / np.timedelta64(1, "D")
    rows = _scored(rng, rows, drop, days)
    return rows[rows["start"] < days].reset_index(drop=True)


def _scored(rng, rows: pd.DataFrame, drop: pd.Series, days: float) -> pd.DataFrame:
    """The rows with channel, behaviours, the true satisfaction, the score that was given, and feelings."""
    n, late = len(rows), rows["start"] >= days / 2
    log = rows["point"].map(LOG)
    chat = (log == "telefon") & (rng.random(n) < np.where(late, CHAT_SHARE["after"], CHAT_SHARE["before"]))
    mail = (log == "telefon") & ~chat & (rng.random(n) < 0.2)
    rows["channel"] = np.select([chat, mail, log == "teknik", log == "afregning"], ["Chat", "E-mail", "Besøg", "Brev"], "Telefon")
    level = LEVEL + rows["type"].map(TYPE_LEVEL) + rows["point"].map(POINT_LEVEL) + drop + CHAT * chat + WITHIN * late
    level += RELATION * rows["relation"]
    hard = (drop < 0).groupby(rows["case"]).transform("any")
    level += HARD * hard + rng.normal(0, CASE_SD, rows["case"].max() + 1)[rows["case"]]
    call = rows["point"] == "opkald"
    for name, lift in BEHAVIOURS.items():
        done = rng.random(n) < 0.5
        rows[name] = pd.array(np.where(call, done, 0), dtype="Int64")
        rows[name] = rows[name].mask(~call)
        level += lift * (call & done)
    felt = level + rng.normal(0, CONTACT_SD, n)
    answered = rng.random(n) < log.map(SCORED)
    rows["score"] = pd.array(np.clip(np.rint(felt), 0, 10), dtype="Int64")
    rows["score"] = rows["score"].mask(~answered)
    good = rng.random(n) < 1 / (1 + np.exp(-(felt - 6.3)))
    named = np.where(good, choice(rng, n, {"tryg": 0.6, "glad": 0.4}), choice(rng, n, {"frustreret": 0.6, "glemt": 0.4}))
    second = np.where(rng.random(n) < 0.25, np.where(good, "; i gode hænder", "; usikker"), "")
    said = answered & (log == "telefon") & (rng.random(n) < 0.7)
    rows["feelings"] = pd.Series(named + second).where(said)
    return rows.assign(log=log, behaved=call)


def logs(customers: pd.DataFrame, known: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The three logs as their systems export them."""
    rows = contacts(customers)
    rng = np.random.default_rng([SEED, 34])
    rows["solved"] = rows["solved"].mask(rng.random(len(rows)) < OPEN)
    where = rows["customer"].to_numpy()
    number = pd.Series(known["kunde_id"].to_numpy()[where])
    meter = pd.Series(known["målepunkt"].to_numpy()[where])
    table = pd.DataFrame({
        "sag": [f"S{100_000 + case}" for case in rows["case"]], "start": _clock(rows["start"]), "taget": _clock(rows["accepted"]),
        "løst": _clock(rows["solved"]), "årsag": rows["point"].map(CALLED), "kanal": rows["channel"], "afdeling": rows["owner"],
        "sagstype": rows["type"], "karakter": rows["score"]})  # fmt: skip
    more = {"tog_ansvar": rows["tog_ansvar"], "brugte_navn": rows["brugte_navn"], "følelser": rows["feelings"]}
    found = {}
    for log in dict.fromkeys(LOG.values()):
        part = table.assign(**(more if log == "telefon" else {}))[(rows["log"] == log).to_numpy()]
        part.insert(0, "målepunkt" if log == "teknik" else "kundenr", (meter if log == "teknik" else number)[part.index])
        found[log] = part.sort_values(["start", "sag"], kind="stable", ignore_index=True)
    return found


def _clock(days: pd.Series) -> pd.Series:
    """Days after FIRST as a date and time, to the minute; blank where there is none."""
    moments = pd.Series(FIRST + pd.to_timedelta(np.rint(days * 24 * 60), unit="min"))
    return moments.dt.strftime("%d-%m-%Y %H:%M")


def follow_up(rows: pd.DataFrame, seed: int = 56, count: int = CRITICS) -> pd.DataFrame:
    """Critics who should be called: when they were, and what they answered afterwards."""
    rng = np.random.default_rng([SEED, seed])
    score = rows["anbefaling"]
    order = np.lexsort([rng.random(len(rows)), rows["tilfreds"], score.fillna(99)])[:count]
    table = rows.iloc[np.sort(order)].reset_index(drop=True)
    n, before = len(table), table["anbefaling"].to_numpy(float)
    severity = np.clip(np.rint(2.2 - 0.25 * (before - 5.5) + rng.normal(0, 0.6, n)), 1, 3)
    out = rng.random(n) < LEFT_OUT
    called = ~out & (rng.random(n) >= NEVER)
    days = np.exp(CALL_LOG - 0.25 * (severity - severity.mean()) + CALL_SPREAD * rng.standard_normal(n))
    answered = pd.to_datetime(table["besvaret"], format="%d-%m-%Y") + pd.to_timedelta(rng.integers(8 * 60, 20 * 60, n), unit="min")
    until = LAST
    contacted = pd.Series(answered + pd.to_timedelta(np.rint(days * 24 * 60), unit="min")).where(called)
    contacted = contacted.where(contacted <= until)
    called = contacted.notna().to_numpy()
    mean = score.mean()
    after = mean + HOLDS * (before - mean) + SEVERITY * (severity - 2) + EFFECT * called + 0.08 + rng.normal(0, 1.6, n)
    again = rng.random(n) < np.where(called, AGAIN[True], AGAIN[False])
    closed = (contacted + pd.to_timedelta(np.rint(rng.exponential(3.0, n) * 24 * 60), unit="min"))
    town = table["enhed"].str.replace(r" \d+$", "", regex=True)
    made = pd.DataFrame({
        "svar_id": table["svar_id"], "besvaret": answered.dt.strftime("%d-%m-%Y %H:%M"), "område": town.map(AREAS),
        "emne": choice(rng, n, {"Regning": 0.4, "Service": 0.3, "Pris": 0.2, "Drift": 0.1}), "alvor": severity.astype(int),
        "ringet": contacted.dt.strftime("%d-%m-%Y %H:%M"), "lukket": closed.where(closed <= until).dt.strftime("%d-%m-%Y %H:%M"),
        "udeladt": out.astype(int), "samtykke": np.where(rng.random(n) < 0.88, "Ja", "Nej"),
        "ny_score": pd.array(np.clip(np.rint(after), 0, 10), dtype="Int64"),
    })  # fmt: skip
    made["ny_score"] = made["ny_score"].mask(~again)
    return made.sort_values("svar_id", kind="stable", ignore_index=True)


def truth(customers: pd.DataFrame, rows: pd.DataFrame) -> dict:
    """What is planted, and what follows from it among eight times as many cases."""
    many = pd.concat([customers] * 8, ignore_index=True)
    log = contacts(many, seed=39, count=8 * CASES)
    slow = log["handed"].map(DROP).fillna(0) < 0
    scored = log.dropna(subset=["score"])
    raw = scored.loc[slow, "score"].mean() - scored.loc[~slow, "score"].mean()
    late = log["start"] >= (LAST - FIRST) / np.timedelta64(1, "D") / 2
    change = scored.loc[late, "score"].mean() - scored.loc[~late, "score"].mean()
    wait = log["accepted"] - log["start"]
    total = log.groupby("case").agg(start=("start", "min"), solved=("solved", "max")).dropna()
    whole = (total["solved"] - total["start"]).sum()
    inside = log["case"].isin(total.index)
    owners = log.groupby("case")["owner"].nunique()
    return {
        "touchpoint_slopes": {name: slope for name, (_, slope) in RATED.items()}, "touchpoint_reach": {name: reach for name, (reach, _) in RATED.items()},
        "hand_over": {"from": "Afregning", "to": "Teknik", "drop": DROP["Afregning", "Teknik"], "raw": round(float(raw), 2),
                      "share_of_time": round(float(wait[slow & inside].sum() / whole), 3),
                      "share_of_time_all": round(float(wait[log["handed"].notna() & inside].sum() / whole), 3)},
        "several_owners": round(float((owners > 1).mean()), 3),
        "path": {"steps": list(PATH), "log_odds": PATH_ODDS}, "behaviours": BEHAVIOURS,
        "channel_shift": {"within": WITHIN, "total": round(float(change), 2)},
        "repeats": repeats(log), "known": 1 - UNKNOWN,
        "follow_up": {"effect": EFFECT, "promise_days": PROMISE, **called(rows)},
    }  # fmt: skip


def repeats(log: pd.DataFrame, window: float = 7) -> dict:
    """Share of solved cases after which the same customer begins another of the same type within the window."""
    end = (LAST - FIRST) / np.timedelta64(1, "D")
    each = log.groupby("case").agg(customer=("customer", "first"), type=("type", "first"), start=("start", "min"), solved=("solved", "max"))
    each["who"] = each["customer"].astype(str) + each["type"]
    starts = {who: np.sort(part.to_numpy()) for who, part in each["start"].groupby(each["who"])}
    done = each[each["solved"] + window <= end]
    after = [np.searchsorted(starts[who], at, "right") for who, at in zip(done["who"], done["solved"], strict=True)]
    again = [at < len(starts[who]) and starts[who][at] <= solved + window for at, who, solved in zip(after, done["who"], done["solved"], strict=True)]
    return {"within_days": window, "raw": round(float(np.mean(again)), 3), "beside_chance": COME_BACK}


def called(rows: pd.DataFrame) -> dict:
    """What the follow-up says when it is counted as it stands."""
    table = follow_up(rows, seed=38)
    answered, contacted = (pd.to_datetime(table[column], format="%d-%m-%Y %H:%M") for column in ("besvaret", "ringet"))
    due = table["udeladt"] == 0
    took = (contacted - answered).dt.total_seconds() / 86_400
    before = rows.set_index("svar_id")["anbefaling"].reindex(table["svar_id"]).to_numpy(float)
    again = table["ny_score"].notna() & contacted.notna()
    rise = table["ny_score"].astype(float)[again] - before[again]
    return {"called": round(float(contacted.notna().mean()), 3), "open": round(float((due & contacted.isna()).mean()), 3),
            "kept": round(float((took[due].fillna(np.inf) <= PROMISE).mean()), 3), "median_days": round(float(took[due].fillna(np.inf).median()), 1),
            "median_of_called": round(float(took.median()), 1), "raw_rise": round(float(rise.mean()), 2)}  # fmt: skip
