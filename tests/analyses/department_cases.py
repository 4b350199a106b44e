"""A client folder of three departments that hand over to each other, and two units too small to be shown."""

from pathlib import Path

import numpy as np
import pandas as pd

SETTINGS = """client: acme
name: A Company
language: {language}
survey:
  file: s.csv
  respondent: id
  unit: team
  recommend: {{column: q, scale: [0, 10]}}
journey:
  ratings: {{scale: [0, 10], not_used: [11]}}
  touchpoints: {{call: {{label: The call, owner: Care, survey: t1}}, bill: {{label: The bill, owner: Billing, survey: t2}}, visit: {{label: The visit, owner: Field, survey: t3}}}}
  logs: {{all: {{file: log.csv, customer: id, case: case, time: at, accepted: taken, solved: done, touchpoint: what, owner: who, score: {{column: s, scale: [0, 10]}}}}}}
closed_loop: {{file: f.csv, respondent: id, answered: at, contacted: called, owner: team, promise_days: 2, until: "2025-05-20"}}
units: {{minimum: 20, pages: true}}
"""
UNITS = {"Care": 200, "Billing": 200, "Field": 200, "Small": 12, "Tiny": 11}


def department_tables() -> dict[str, pd.DataFrame]:
    """Three departments and two small ones; the call matters, Billing hands over badly to Field, and hardly calls."""
    rng = np.random.default_rng(4)
    team = np.repeat(list(UNITS), list(UNITS.values()))
    n = len(team)
    rating = {name: np.clip(np.rint(rng.normal(6, 2, n)), 0, 10) for name in ("t1", "t2", "t3")}
    score = np.clip(np.rint(4 + 0.5 * rating["t1"] + rng.normal(0, 1.2, n)), 0, 10)
    survey = pd.DataFrame({"id": [f"r{i:04d}" for i in range(n)], "team": team, "q": score.astype(int), **{name: each.astype(int) for name, each in rating.items()}})
    starts = pd.Timestamp("2025-03-01") + pd.to_timedelta(rng.uniform(0, 90, 500), unit="D")
    log = []
    for case, start in enumerate(starts):
        level = rng.normal(7, 1)
        for place, who in enumerate(["Care", "Billing", "Field"][: rng.integers(2, 4)]):
            begun = start + pd.Timedelta(days=2 * place)
            taken = begun + pd.Timedelta(days=1.5 if who == "Field" else 0.1)
            given = level - 2 * (who == "Field") + rng.normal(0, 0.7)
            log.append((f"r{case % n:04d}", f"c{case}", begun, taken, taken + pd.Timedelta(hours=2), {"Care": "call", "Billing": "bill", "Field": "visit"}[who], who, int(np.clip(round(given), 0, 10))))
    contacts = pd.DataFrame(log, columns=["id", "case", "at", "taken", "done", "what", "who", "s"])
    critics = survey[survey["q"] <= 6].assign(at="2025-05-01")
    critics["called"] = np.where(critics["team"] == "Care", "2025-05-02", "")
    return {"s.csv": survey, "log.csv": contacts, "f.csv": critics[["id", "team", "at", "called"]]}


def department_folder(folder: Path, tables: dict[str, pd.DataFrame], language: str = "en") -> Path:
    """Writes the client there."""
    folder.mkdir(parents=True)
    for name, table in tables.items():
        table.to_csv(folder / name, index=False, date_format="%Y-%m-%d %H:%M")
    (folder / "client.yml").write_text(SETTINGS.format(language=language))
    return folder
