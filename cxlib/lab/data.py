"""Files as they come, and the client.yml that they propose: seen, corrected and saved in a notebook."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import IPython.display
from markupsafe import Markup

from cxlib.engagement.looking import look
from cxlib.engagement.notebook_errors import say_errors_first
from cxlib.engagement.proposal.draft import Draft, open_draft
from cxlib.lab import shown
from cxlib.lab.shown import NotebookText
from cxlib.report.sliders import can_slide

if TYPE_CHECKING:
    from cxlib.lab.form import CorrectionsForm, SavingForm


class Data:
    """The files of a client beside what client.yml is to say of them. `open_data` makes it.

    >>> data.found
    benchmark.csv: 24 rows, 22 columns: benchmark.loyalty
    ...
    """

    def __init__(self, draft: Draft):
        self.draft = draft
        self._live: dict[str, Callable[[], None]] = {}  # what is shown with widgets, and how it follows a change

    @property
    def look(self) -> NotebookText:
        """What the files hold, as `cx look` prints it: no answer of anybody."""
        return shown.looks(look(self.draft.home / name) for name in self.draft.names)

    @property
    def found(self) -> NotebookText:
        """What each file was taken for."""
        return shown.lines(self.draft.told)

    @property
    def proposal(self) -> NotebookText:
        """The proposed lines, each with its evidence and how its column will be read."""
        return shown.proposal(self.draft)

    @property
    def change(self) -> NotebookText:
        """What is to change in client.yml."""
        return shown.difference(self.draft.change)

    def correct(self, corrections: Mapping[str, Any] | None = None) -> NotebookText | None:
        """Shows the proposed lines after corrections; to a person in JupyterLab with a drop-down and a value to write in each.

        corrections : {"survey.rating": value}, False leaves a line out, True takes a doubtful one

        >>> data.correct({"survey.segments.produkt": False})
        taken name: Nordlys Energi A/S # as the report prints it: correct...
        """
        self.draft.correct(corrections or {})
        if not can_slide():
            return self.proposal
        from cxlib.lab.form import CorrectionsForm

        self._show("corrections", CorrectionsForm(self.draft, self._changed))
        return None

    def save(self, now: bool = False) -> NotebookText | None:
        """Shows what is to change in client.yml and, when it is saved, what `cx check` says then.

        now : saves without a button, for where there is none

        >>> data.save()
        --- nordlys/client.yml...
        -    produkt: Produkt
        ...
        Nothing is saved yet: `save = True` saves it.
        """
        if now:
            self.draft.save()
            return shown.checked(self.draft)
        if can_slide():
            from cxlib.lab.form import SavingForm

            self._show("saving", SavingForm(self.draft, self._changed))
            return None
        change, told = self.change, "Nothing is saved yet: `save = True` saves it."
        return NotebookText(f"{change.text}\n{told}", change.html + Markup("<p>{}</p>").format(told))

    def _show(self, name: str, form: "CorrectionsForm | SavingForm") -> None:
        self._live[name] = form.refresh
        IPython.display.display(form.box)

    def _changed(self) -> None:
        for refresh in self._live.values():
            refresh()


def open_data(client: str, files: Iterable[str | Path] = (), *, language: str = "") -> Data:
    """The files of a client, or of one that is to be made from them.

    files : the path of a file, or its name in the client's folder; without any, all tables of that folder
    Raises: DataError for a client or a file that there is not, and where none of the files can be read.

    >>> open_data("nordlys", ["survey.csv"]).found
    survey.csv: 2,000 rows, 38 columns: survey
      survey.respondent: Svar id
    ...
    """
    say_errors_first()
    return Data(open_draft(client, files, language=language))
