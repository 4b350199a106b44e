"""Write the tables of the demo clients and the truth planted in them: python data/make_demo.py [--out FOLDER].

Every company and every person is invented. The same bytes come out on every run; `data/README.md` says what is in them.
"""

import argparse
import json
from pathlib import Path

from demo import maturity, nordlys
from demo.draw import write_csv

HERE = Path(__file__).parent
DANISH = {"sep": ";", "decimal": ",", "encoding": "cp1252"}


def write_nordlys(folder: Path) -> dict:
    """Nordlys Energi: the client with everything."""
    made = nordlys.tables()
    for name in ("survey", "contacts"):
        write_csv(made[name], folder / f"{name}.csv", **DANISH)
    write_csv(maturity.nordlys_loyalty(nordlys.SEED), folder / "maturity.csv", **DANISH)
    write_csv(maturity.nordlys_staircase(nordlys.SEED), folder / "staircase.csv", **DANISH)
    write_csv(maturity.benchmark(nordlys.SEED), folder / "benchmark.csv", **DANISH)
    return nordlys.truth()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=HERE, help="folder to write to (default: data/)")
    out = parser.parse_args().out
    truth = {"nordlys": write_nordlys(out / "clients" / "nordlys")}
    (out / "truth.json").write_text(json.dumps(truth, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
