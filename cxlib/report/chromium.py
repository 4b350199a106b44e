"""The browser that prints: one of the Chromium family, found on the machine, run without a window and without a network."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

NAMED = "CX_CHROMIUM"  # says which, where it is not found by its name
PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge", "msedge")
LONGEST = 300  # seconds; a report takes four
OPTIONS = (
    "--headless", "--disable-gpu", "--disable-extensions", "--disable-background-networking", "--disable-sync", "--no-first-run",
    "--no-default-browser-check", "--disable-dev-shm-usage", "--host-resolver-rules=MAP * ~NOTFOUND", "--disable-component-update",
    "--no-pdf-header-footer", "--generate-pdf-document-outline",
)  # fmt: skip


class NotPrinted(RuntimeError):
    """There is no browser to print with, or it did not print."""


def browser() -> str:
    """The program that prints; raises NotPrinted with the remedy where there is none."""
    named = os.environ.get(NAMED, "")
    found = next(filter(None, map(shutil.which, [named] if named else PROGRAMS)), None)
    if found is None and named:
        raise NotPrinted(f"{NAMED} is {named!r}, and no program is there; let it name Chromium, Chrome or Edge")
    if found is None:
        raise NotPrinted(f"a PDF is printed by Chromium, Chrome or Edge; install one, or say where it is: {NAMED}=/path/to/it")
    return found


def printed(html: str, *, longest: float = LONGEST) -> bytes:
    """A page that stands alone as the browser prints it: PDF with an outline of its headings, and a named place for each
    anchor that a link leads to. Raises NotPrinted."""
    program = browser()
    with TemporaryDirectory(prefix="cx-print-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        page, pdf, said = folder / "report.html", folder / "report.pdf", folder / "said.txt"
        page.write_text(html, encoding="utf-8")
        own = {"TMPDIR": name, "XDG_CONFIG_HOME": name, "XDG_CACHE_HOME": f"{name}/cache"}
        as_root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []  # root has none
        command = [program, *OPTIONS, *as_root, f"--user-data-dir={folder / 'profile'}", f"--print-to-pdf={pdf}", page.as_uri()]
        with said.open("wb") as told, _running(command, os.environ | own, told) as process:
            try:
                process.wait(longest)
            except subprocess.TimeoutExpired:
                raise NotPrinted(f"{program} did not print the report within {longest:g} seconds") from None
        if not pdf.is_file() or not pdf.stat().st_size:
            last = said.read_text(encoding="utf-8", errors="replace").strip().rpartition("\n")[2]
            raise NotPrinted(f"{program} ended with code {process.returncode} and did not print the report: {last[:300]}")
        return pdf.read_bytes()


@contextmanager
def _running(command: list[str], environment: dict[str, str], told) -> Iterator[subprocess.Popen]:
    """A process of its own group, of which nothing is left when the block ends."""
    process = subprocess.Popen(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=told, stderr=told, start_new_session=os.name == "posix"
    )
    try:
        yield process
    finally:
        with suppress(OSError):
            if os.name == "posix":
                os.killpg(process.pid, signal.SIGKILL)
            else:
                process.kill()
        process.wait()
