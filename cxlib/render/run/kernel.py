"""The kernel of plain papermill: no network port where the system knows sockets of the file system, a silent stderr."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from jupyter_client.manager import AsyncKernelManager
from traitlets import Unicode
from traitlets.config import Config

LONGEST_SOCKET = 90  # characters; systems allow 104 to 108 for the whole path


class QuietKernel(AsyncKernelManager):
    """A kernel that writes its stderr to a file: its notes are for us, not for the terminal."""

    stderr_file = Unicode().tag(config=True)

    async def start_kernel(self, **options):
        with open(self.stderr_file, "wb") as stderr:
            await super().start_kernel(stderr=stderr, **options)


@contextmanager
def quiet_kernel() -> Iterator[tuple[dict, Path]]:
    """Options for `papermill.execute_notebook`, and the file that holds what the kernel wrote to stderr.

    Sockets lie in a folder of their own, so no two kernels can ever pick the same; TCP is used where there are none.
    """
    with TemporaryDirectory(prefix="cx-", ignore_cleanup_errors=True) as folder:
        stderr = Path(folder, "stderr.txt")
        config = Config({"QuietKernel": {"stderr_file": str(stderr)}})
        if os.name == "posix" and len(folder) < LONGEST_SOCKET:
            config.QuietKernel.update({"transport": "ipc", "connection_file": str(Path(folder, "kernel.json"))})
        yield {"kernel_manager_class": QuietKernel, "config": config}, stderr
