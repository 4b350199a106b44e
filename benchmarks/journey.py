"""A million contacts of three departments: read, checked and tied to customers and cases, and the whole way to their page."""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

EVENTS, CASES, CUSTOMERS = 1_000_000, 400_000, 150_000
TOUCHPOINTS, OWNERS = ("Order", "Bill", "Visit", "Complaint", "Meter"), ("Sales", "Billing", "Field", "Care", "Metering")
LOG = "{file: %s.csv, customer: no_, known_as: crm, case: case, time: start, accepted: taken, solved: done, touchpoint: what, owner: who, type: kind, score: {column: score, scale: [0, 10]}}"


def write_logs(folder: Path) -> None:
    """A client folder with a million contacts in three logs, and who is who."""
    rng = np.random.default_rng(1)
    case = rng.integers(0, CASES, EVENTS)
    start = np.datetime64("2024-01-01") + rng.integers(0, 2 * 365 * 86_400, EVENTS).astype("m8[s]")
    taken = start + rng.integers(0, 3 * 86_400, EVENTS).astype("m8[s]")
    texts = {name: pd.Series(each).dt.strftime("%Y-%m-%d %H:%M:%S") for name, each in {"start": start, "taken": taken, "done": taken + np.timedelta64(3600, "s")}.items()}
    score = pd.Series(rng.integers(0, 11, EVENTS)).where(rng.random(EVENTS) < 0.3).astype("Int64")
    rows = pd.DataFrame({
        "no_": np.char.add("K", rng.integers(0, CUSTOMERS, CASES)[case].astype(str)), "case": np.char.add("S", case.astype(str)), **texts,
        "what": rng.choice(TOUCHPOINTS, EVENTS), "who": rng.choice(OWNERS, EVENTS), "kind": rng.choice(list("abcd"), EVENTS), "score": score})  # fmt: skip
    for name, part in {"care": rows[:400_000], "field": rows[400_000:700_000], "billing": rows[700_000:]}.items():
        part.to_csv(folder / f"{name}.csv", index=False)
    known = np.arange(int(CUSTOMERS * 0.96)).astype(str)
    pd.DataFrame({"no_": np.char.add("K", known), "id": np.char.add("R", known)}).to_csv(folder / "ids.csv", index=False)
    points = "".join(f"    {name.lower()}: {{label: {name}}}\n" for name in TOUCHPOINTS)
    logs = "".join(f"    {name}: {LOG % name}\n" for name in ("care", "field", "billing"))
    ids = "  ids: {file: ids.csv, columns: {survey: id, crm: no_}}\n"
    (folder / "client.yml").write_text(f"client: big\nname: Big\nlanguage: en\njourney:\n{ids}  touchpoints:\n{points}  logs:\n{logs}")


def reading(client: str) -> str:
    """What it takes to read the contacts and tie them, in this process."""
    from cxlib.engagement import open_client

    began, worked = time.perf_counter(), time.process_time()
    contacts = open_client(client).journey.contacts
    took, worked = time.perf_counter() - began, time.process_time() - worked
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    return f"{len(contacts):,} contacts read and tied in {took:.1f} s ({worked:.1f} s of CPU), {memory:.1f} GB at most"


def page(client: str, out: Path) -> str:
    """What it takes `cx render` to make their page, from its start to its end, in all of its processes."""
    command = [sys.executable, "-m", "cxlib.cli", "render", client, "--only", "journey", "--out", str(out)]
    began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    took, used = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    worked = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
    assert (out / client / "05_journey.html").exists()
    return f"their page in {took:.1f} s ({worked:.1f} s of CPU), {used.ru_maxrss / 1024**2:.1f} GB at most in one process"


def main() -> None:
    with tempfile.TemporaryDirectory() as root:
        folder = Path(root, "clients", "big")
        folder.mkdir(parents=True)
        write_logs(folder)
        os.environ["CX_CLIENTS"] = str(folder.parent)
        told = page("big", Path(root, "out"))  # before the reading: a child begins with what its parent holds
        print(f"journey: {reading('big')}; {told}")


if __name__ == "__main__":
    main()
