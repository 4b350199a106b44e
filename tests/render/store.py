"""A store for tests: a folder that only fsspec knows how to reach, as store:///folder, in every process of a run."""

import os
from pathlib import Path

from fsspec.implementations.local import LocalFileSystem

from tests.conftest import ROOT


class Store(LocalFileSystem):
    """Dies as a killed process does after CX_STORE_DIES steps, where that is set."""

    protocol = "store"
    steps = 0

    @classmethod
    def _strip_protocol(cls, path):
        return super()._strip_protocol(str(path).removeprefix("store://"))

    def put_file(self, *arguments, **options):
        self._step()
        super().put_file(*arguments, **options)

    def pipe_file(self, *arguments, **options):
        self._step()
        super().pipe_file(*arguments, **options)

    def mv(self, *arguments, **options):
        self._step()
        super().mv(*arguments, **options)

    def _step(self):
        Store.steps += 1
        if Store.steps > int(os.environ.get("CX_STORE_DIES", 1000)):
            os._exit(9)


def register() -> None:
    """Lets this process, and those that it forks, find the store."""
    import fsspec

    fsspec.register_implementation("store", Store, clobber=True)


def plugged(folder: Path) -> str:
    """A PYTHONPATH with which processes of their own find the store, as they find any package's."""
    info = folder / "store-1.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: store\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[fsspec.specs]\nstore = tests.render.store:Store\n")
    return os.pathsep.join([str(folder), str(ROOT)])
