"""The cells of a notebook run in IPython's own shell, here in this process, with the outputs a kernel would send."""

import io
import json
import os
import sys
from collections.abc import Iterator, Sequence
from tempfile import TemporaryDirectory

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.pylabtools import find_gui_and_backend
from jupyter_client.jsonutil import json_default
from traitlets import List, Type
from traitlets.config import Config

MAY_FAIL = "raises-exception"
SKIPPED = "skip-execution"


class _Displays(DisplayPublisher):
    """`display(...)` becomes an output of the cell; an update replaces what it updates."""

    def publish(self, data, metadata=None, *, transient=None, update=False, **_):
        identity = (transient or {}).get("display_id")
        if update:
            self.shell.replace_display(identity, data, metadata or {})
        else:
            output = {"output_type": "display_data", "data": data, "metadata": metadata or {}}
            self.shell.add_output(output, identity)

    def clear_output(self, wait=False):
        self.shell.clear_outputs(wait)


class _Value(DisplayHook):
    """The value of a cell's last line becomes its execute_result."""

    def start_displayhook(self):
        self.output = {"output_type": "execute_result", "data": {}, "metadata": {}}

    def write_output_prompt(self):
        self.output["execution_count"] = self.prompt_count

    def write_format_data(self, format_dict, md_dict=None):
        self.output |= {"data": format_dict, "metadata": md_dict or {}}

    def finish_displayhook(self):
        if self.output["data"]:
            self.shell.add_output(self.output)


class _Stream(io.TextIOBase):
    """stdout or stderr of the cell."""

    encoding = "UTF-8"

    def __init__(self, shell: "CellShell", name: str):
        self._shell, self.name = shell, name

    def writable(self):
        return True

    def write(self, text):
        self._shell.add_text(self.name, text)
        return len(text)


class CellShell(InteractiveShell):
    """IPython's shell, collecting outputs in `outputs` in the shape of a notebook's JSON."""

    displayhook_class = Type(_Value)
    display_pub_class = Type(_Displays)
    outputs = List()
    _clears = False
    _shown: dict

    def add_output(self, output: dict, display_id: str | None = None) -> None:
        if self._clears:
            self.outputs, self._clears = [], False
        output = _plain(output)
        self.outputs.append(output)
        if display_id:
            self._displays.setdefault(display_id, []).append(output)

    def add_text(self, name: str, text: str) -> None:
        last = self.outputs[-1] if self.outputs and not self._clears else {}
        if text and last.get("name") == name:
            last["text"] += text
        elif text:
            self.add_output({"output_type": "stream", "name": name, "text": text})

    def replace_display(self, display_id: str, data: dict, metadata: dict) -> None:
        for output in self._displays.get(display_id, []):
            output.update(_plain({"data": data, "metadata": metadata}))

    def clear_outputs(self, wait: bool) -> None:
        if wait:
            self._clears = True
        else:
            self.outputs = []

    def init_display_pub(self):
        super().init_display_pub()
        self._displays = {}

    def enable_gui(self, gui=None):
        """Nothing to do: no window is ever opened."""

    def _showtraceback(self, etype, evalue, stb):
        error = {"output_type": "error", "ename": etype.__name__, "evalue": str(evalue), "traceback": list(stb)}
        self.add_output(error)


def run_cells(cells: Sequence[dict], folder: str) -> Iterator[dict]:
    """Runs code cells one by one and yields each as {outputs, execution_count, failed}; ends after a cell that failed.

    folder : where the shell may keep its settings; nothing of the user's own is read
    assumes that the process's stdout and stderr are files that can be read back
    """
    shell = _new_shell(folder)
    native = [_Native(shell, "stdout", 1), _Native(shell, "stderr", 2)]
    sys.stdout, sys.stderr = _Stream(shell, "stdout"), _Stream(shell, "stderr")
    if "matplotlib" in sys.modules:
        shell.enable_matplotlib("inline")  # figures of a pyplot that was imported before the shell would vanish
    displayed: list[list[dict]] = []
    for cell in cells:
        tags = cell["metadata"].get("tags", [])
        if not cell["source"].strip() or SKIPPED in tags:
            yield {"outputs": [], "execution_count": None, "failed": False}
            continue
        shell.outputs = []
        count = shell.execution_count
        result = shell.run_cell(cell["source"], store_history=True)
        for stream in native:
            stream.collect()
        displayed.append(shell.outputs)
        errors = any(output["output_type"] == "error" for output in shell.outputs)
        failed = (errors or not result.success) and MAY_FAIL not in tags
        yield {"outputs": shell.outputs, "execution_count": count, "failed": failed}
        if failed:
            return


def warm_shell() -> None:
    """Makes a shell and throws it away: what it imports is then there for every fork of this process."""
    find_gui_and_backend("inline")  # found only: a backend that knows this shell would lose the next one's figures
    with TemporaryDirectory(prefix="cx-") as folder:
        _new_shell(folder).restore_sys_module_state()
        CellShell.clear_instance()


def _new_shell(folder: str) -> CellShell:
    return CellShell.instance(config=Config({"HistoryManager": {"enabled": False}}), ipython_dir=folder)


class _Native:
    """What code below Python writes straight to the process's stdout or stderr: it follows the cell's other outputs."""

    def __init__(self, shell: CellShell, name: str, descriptor: int):
        self._shell, self._name, self._descriptor, self._seen = shell, name, descriptor, 0

    def collect(self) -> None:
        text = os.pread(self._descriptor, 1 << 20, self._seen)
        self._seen += len(text)
        self._shell.add_text(self._name, text.decode("utf-8", "replace"))


def _plain(output: dict) -> dict:
    """The output as it would arrive from a kernel: through JSON, pictures in base64."""
    return json.loads(json.dumps(output, default=json_default))
