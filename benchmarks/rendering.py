"""Rendering beside what else could do it: CPU and wall time as ratios, on copies of one small client.

`python -m benchmarks.rendering [CLIENTS [ORIGINAL]]`; the peers run on a few clients and are counted per report.
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
        rows = {
            "cx render": all_cx / pages,
            "cx render, each further": (all_cx - few_cx) / (pages - some),
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
    from cxlib.render.notebooks import needs, notebook_files, read_notebook

    has = open_client(client).has
    return [file for file in notebook_files().values() if all(has(part) for part in needs(read_notebook(file)))]


def measured(pages: int, way, *arguments) -> np.ndarray:
    """CPU and wall seconds per page, children included."""
    before, start = os.times(), time.perf_counter()
    way(*arguments)
    wall, after = time.perf_counter() - start, os.times()
    return np.array([sum(after[:4]) - sum(before[:4]), wall]) / pages


def cx(clients: list[str], out: Path) -> None:
    command = [sys.executable, "-m", "cxlib.cli", "render", *clients, "--out", str(out), "--jobs", str(JOBS)]
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


if __name__ == "__main__":
    main(*(int(word) if word.isdigit() else word for word in sys.argv[1:]))
