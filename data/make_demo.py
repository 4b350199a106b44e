"""Write the tables of the demo clients and the truth planted in them: python data/make_demo.py [--out FOLDER].

Every company and every person is invented, except in `copenhagen`, which is real. Not written here, but by hand:
each client.yml, nordlys/initiatives.csv and nordlys/blueprint.csv.
The same bytes come out on every run; `data/README.md` says what is in them.
"""

import argparse
import json
from pathlib import Path

from demo import fjordbanken, harbour, journey, maturity, money, nordlys, readme, rollout
from demo.draw import write_csv, write_xlsx

HERE = Path(__file__).parent
DANISH = {"sep": ";", "decimal": ",", "encoding": "cp1252"}          # an export from a Danish Excel
SIGNED = {"sep": ";", "decimal": ",", "encoding": "utf-8-sig"}       # the same from a newer one


def write_nordlys(folder: Path) -> dict:
    """Nordlys Energi: the client with everything."""
    made = nordlys.tables()
    for name in ("survey", "contacts"):
        write_csv(made[name], folder / f"{name}.csv", **DANISH)
    customers = money.customers(made["rows"])
    write_csv(customers, folder / "customers.csv", **SIGNED)
    write_csv(money.employees(), folder / "employees.csv", **SIGNED)
    write_csv(maturity.nordlys_loyalty(nordlys.SEED), folder / "maturity.csv")
    write_csv(maturity.nordlys_staircase(nordlys.SEED), folder / "staircase.csv")
    write_csv(maturity.benchmark(nordlys.SEED), folder / "benchmark.csv")
    known = journey.ids(customers)
    for name, table in journey.logs(customers, known).items():
        write_csv(table, folder / f"{name}.csv.gz", **SIGNED)
    write_csv(known[known["kendt"]].drop(columns="kendt"), folder / "hvem_er_hvem.csv.gz", **SIGNED)
    write_csv(journey.ratings(made["rows"]), folder / "kontaktpunkter.csv.gz", **SIGNED)
    write_csv(journey.follow_up(made["rows"]), folder / "opfoelgning.csv", **SIGNED)
    figures, starts = rollout.tables()
    write_csv(figures, folder / "teammaalinger.csv", **SIGNED)
    write_csv(starts, folder / "udrulning.csv", **SIGNED)
    return (nordlys.truth() | money.truth() | maturity.nordlys_truth()
            | {"journey": journey.truth(customers, made["rows"]), "rollout": rollout.truth()})  # fmt: skip


def write_fjordbanken(folder: Path) -> dict:
    """Fjordbanken: another country, another survey tool, no employee survey."""
    for name, table in fjordbanken.tables().items():
        write_csv(table, folder / f"{name}.csv")
    return fjordbanken.truth()


def write_harbour(folder: Path) -> dict:
    """Harbour Hotels: few answers, in workbooks."""
    write_xlsx(harbour.survey(), folder / "guests.xlsx", "Answers")
    write_xlsx(harbour.self_assessment(), folder / "self-assessment.xlsx", "Answers")
    write_csv(harbour.requests(), folder / "requests.csv")
    return harbour.truth()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=HERE, help="folder to write to (default: data/)")
    out = parser.parse_args().out
    writers = {"nordlys": write_nordlys, "fjordbanken": write_fjordbanken, "harbour": write_harbour}
    truth = {client: write(out / "clients" / client) for client, write in writers.items()}
    (out / "truth.json").write_text(json.dumps(truth, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    readme.write_table(HERE / "README.md", out / "README.md", truth)


if __name__ == "__main__":
    main()
