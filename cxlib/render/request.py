"""What a report is asked to be."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cxlib.render.run.notebooks import notebook_files, parameters_by_notebook, read_notebook

EDITIONS = ("full", "board")


@dataclass(frozen=True)
class Request:
    """What a report is asked to be: notebooks (all when none is named), language, parameters, and slides or not.

    edition : "full", or "board" for a report without its appendix
    single : joined into one HTML file, too;  pdf : printed, too
    """

    only: tuple[str, ...] = ()
    language: str = ""
    parameters: Mapping[str, object] = field(default_factory=dict)
    slides: bool = False
    edition: str = EDITIONS[0]
    single: bool = False
    pdf: bool = False

    def pages(self, client_folder: Path | None = None) -> dict[str, tuple[Path, dict[str, object]]]:
        """{name: (notebook, the parameters that it is given)}, in reading order, a client's own notebooks among them.

        raises ValueError for an unknown notebook, ParameterError for a parameter that no notebook has
        """
        files = notebook_files(list(self.only), client_folder)
        given: Mapping = {}
        if self.parameters:
            given = parameters_by_notebook({name: read_notebook(file) for name, file in files.items()}, self.parameters)
        return {name: (file, {"language": self.language, **given.get(name, {})}) for name, file in files.items()}

    def as_json(self) -> dict:
        return {**vars(self), "only": list(self.only), "parameters": dict(self.parameters)}
