"""Rendering beside what else could do it: CPU and wall time as ratios, on copies of one small client.

`python -m benchmarks.rendering [CLIENTS [ORIGINAL]]`; the peers run on a few clients and are counted per report.
`python -m benchmarks.rendering scale [CLIENTS ...]`: what a report costs among 10, 100 and 1,000 clients.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[1]
FEW = 2  # clients that the slow ways are measured on
JOBS = 2


def main(count: int = 20, original: str = "harbour") -> None:
    """Prints CPU and wall seconds per report of every way, beside `cx render`.

    "Each further" is what one more report costs when the start-up has been paid: (all clients - FEW) / the difference
    """
    with tempfile.TemporaryDirectory() as folder:
        clients = copies(Path(folder, "clients"), count, original)
        os.environ |= {"CX_CLIENTS": str(Path(folder, "clients")), "OPENBLAS_NUM_THREADS": "1"}
        out, names = Path(folder, "out"), notebooks(clients[0])
        few, pages, some = clients[:FEW], len(names) * count, len(names) * FEW
        all_cx, all_plain = measured(1, cx, clients, out), measured(1, plain, clients, names)
        few_cx, few_plain = measured(1, cx, few, Path(folder, "few")), measured(1, plain, few, names)
        all_one, few_one = (measured(1, cx, group, Path(folder, "one"), 1) for group in (clients[FEW:], few))
        rows = {
            "cx render": all_cx / pages,
            "cx render, each further": (all_cx - few_cx) / (pages - some),
            "the same, one worker": (all_one - few_one) / (pages - 2 * some),
            "cx render, nothing changed": measured(pages, cx, clients, out),
            "papermill and nbconvert, one after the other": measured(some, shell_loop, few, names, folder),
            "papermill's Python API in a pool": measured(some, pool, few, names, folder),
            "plain Python, one warm process, each further": (all_plain - few_plain) / (pages - some),
        }
    base = rows["cx render"]
    print(f"{count} clients like {original}, {len(names)} notebooks, {JOBS} workers; seconds per report")
    for name, (cpu, wall) in rows.items():
        print(f"{name:46} cpu {cpu:7.3f} ({cpu / base[0]:5.2f} x cx)   wall {wall:7.3f} ({wall / base[1]:5.2f} x cx)")


def copies(root: Path, count: int, original: str = "harbour") -> list[str]:
    """So many clients like one of the demo clients."""
    names = [f"copy-{n:04d}" for n in range(count)]
    for name in names:
        shutil.copytree(ROOT / "data" / "clients" / original, root / name)
        settings = (root / name / "client.yml").read_text(encoding="utf-8")
        (root / name / "client.yml").write_text(
            settings.replace(f"client: {original}", f"client: {name}"), encoding="utf-8"
        )
    return names


def notebooks(client: str) -> list[Path]:
    """The notebooks that a client can feed."""
    from cxlib.engagement import open_client
    from cxlib.render.run.notebooks import needs, notebook_files, read_notebook

    has = open_client(client).has
    return [file for file in notebook_files().values() if all(has(part) for part in needs(read_notebook(file)))]


def measured(pages: int, way, *arguments) -> np.ndarray:
    """CPU and wall seconds per page, children included."""
    before, start = os.times(), time.perf_counter()
    way(*arguments)
    wall, after = time.perf_counter() - start, os.times()
    return np.array([sum(after[:4]) - sum(before[:4]), wall]) / pages


def cx(clients: list[str], out: Path, jobs: int = JOBS) -> None:
    command = [sys.executable, "-m", "cxlib.cli", "render", *clients, "--out", str(out), "--jobs", str(jobs)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def shell_loop(clients: list[str], names: list[Path], folder: str) -> None:
    quiet = {"check": True, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    for client in clients:
        for file in names:
            done = Path(folder, f"{client}-{file.name}")
            subprocess.run([sys.executable, "-m", "papermill", file, done, "-p", "client", client], **quiet)
            subprocess.run([sys.executable, "-m", "nbconvert", "--to", "html", "--no-input", done], **quiet)


def pool(clients: list[str], names: list[Path], folder: str) -> None:
    tasks = [
        (str(file), str(Path(folder, f"pool-{client}-{file.name}")), client) for client in clients for file in names
    ]
    with ProcessPoolExecutor(JOBS, get_context("spawn")) as workers:
        list(workers.map(_papermill, *zip(*tasks, strict=True)))


def _papermill(file: str, done: str, client: str) -> None:
    import nbconvert
    import papermill

    papermill.execute_notebook(file, done, parameters={"client": client}, progress_bar=False)
    Path(done).with_suffix(".html").write_text(nbconvert.HTMLExporter().from_filename(done)[0], encoding="utf-8")


def plain(clients: list[str], names: list[Path]) -> None:
    """The same analyses and charts as straight Python: what is left is computing and drawing."""
    code = {file.name: _code(file) for file in names}
    script = (
        "import json, sys\nfrom IPython.core.formatters import format_display_data\nimport cxlib.report.page as page\n"
    )
    script += (
        "page.display = lambda *a, **k: None\nfor client, sources in json.load(sys.stdin):\n    exec(sources, {})\n"
    )
    work = [(client, code[file.name].replace("CLIENT", client)) for client in clients for file in names]
    subprocess.run(
        [sys.executable, "-c", script], input=json.dumps(work), text=True, check=True, stdout=subprocess.DEVNULL
    )


def _code(file: Path) -> str:
    cells = [cell for cell in json.loads(file.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"]
    return "\n\n".join("".join(cell["source"]).replace('client = "nordlys"', 'client = "CLIENT"') for cell in cells)


def scale(*counts: int) -> None:
    """Prints what a report costs, and the most memory a process takes, as the number of small clients grows."""
    print("clients   made: CPU s a report, MB   fresh: CPU s in all, wall s, MB")
    for count in counts or (10, 100, 1000):
        with tempfile.TemporaryDirectory() as folder:
            small_clients(Path(folder, "clients"), count)
            out = Path(folder, "out")
            made, fresh = (portfolio(Path(folder, "clients"), out) for _ in range(2))
            print(f"{count:7} {made[0] / count:23.3f} {made[2]:4.0f} {fresh[0]:23.2f} {fresh[1]:7.2f} {fresh[2]:4.0f}")


def small_clients(root: Path, count: int) -> None:
    """So many clients of 60 answers to one question."""
    for n in range(count):
        name, chance = f"small-{n:04d}", np.random.default_rng(n)
        (root / name).mkdir(parents=True)
        (root / name / "client.yml").write_text(
            f"client: {name}\nname: Small {n} A/S\nlanguage: en\nsurvey:\n  file: survey.csv\n"
            "  recommend: {column: q1, scale: [0, 10]}\n"
        )
        answers = chance.binomial(10, 0.75, 60)
        (root / name / "survey.csv").write_text("id,q1\n" + "".join(f"{i},{a}\n" for i, a in enumerate(answers)))


def portfolio(root: Path, out: Path) -> tuple[float, float, float]:
    """CPU and wall seconds of `cx render` on every client of a folder, and the most MB of any of its processes."""
    names = sorted(path.name for path in root.iterdir())
    command = [sys.executable, "-m", "cxlib.cli", "render", *names, "--only", "status", "--out", str(out)]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    start = time.perf_counter()
    run = subprocess.Popen(command, env=os.environ | {"CX_CLIENTS": str(root)}, **quiet)
    _, code, used = os.wait4(run.pid, 0)
    if code:
        raise RuntimeError(f"cx render ended with {os.waitstatus_to_exitcode(code)}")
    return used.ru_utime + used.ru_stime, time.perf_counter() - start, used.ru_maxrss / 1024


if __name__ == "__main__":
    if sys.argv[1:2] == ["scale"]:
        scale(*map(int, sys.argv[2:]))
    else:
        main(*(int(word) if word.isdigit() else word for word in sys.argv[1:]))
