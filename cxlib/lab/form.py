"""The proposed lines with a drop-down and a value to write, and the button that saves them; for a person in JupyterLab."""

from collections.abc import Callable
from typing import Any

from ipywidgets import HTML, Button, Dropdown, HBox, Text, VBox, Widget
from markupsafe import Markup, escape

from cxlib.engagement.folder import SETTINGS
from cxlib.engagement.problems import DataError
from cxlib.engagement.proposal.draft import Draft, ProposedKey
from cxlib.engagement.proposal.lines import flow
from cxlib.engagement.proposal.parts.roles import AskedChoice
from cxlib.engagement.proposal.settings_text import as_read
from cxlib.engagement.settings.strict_yaml import read_yaml
from cxlib.lab.shown import brief, checked, difference, evidence, shown_keys, state

_LONGEST = 70  # letters of an option
_TAKE, _LEAVE = "take it", "leave it out"
_KEY, _CHOICE, _VALUE = {"width": "22em"}, {"width": "26em"}, {"width": "26em"}
_MARKS = {"taken": "✓", "?": "?", "left out": "–", "elsewhere": "="}


class CorrectionsForm:
    """The questions that matter most, and below them a row for each proposed line."""

    def __init__(self, draft: Draft, changed: Callable[[], None]):
        self._draft, self._changed, self._rows, self._previews = draft, changed, {}, {}
        self._message = HTML()
        self._asked = {question.key for question in draft.questions}
        self._questions = [_question(each, self._answer) for each in draft.questions]
        self.box = VBox([*self._questions, self._message])
        self.refresh()

    def refresh(self) -> None:
        """Shows what the draft says now."""
        shown = [key for key in shown_keys(self._draft) if key.key not in self._asked]
        for key in shown:
            if key.key not in self._rows or self._rows[key.key].options != _options(key):
                self._rows[key.key] = _Row(key, self._correct)
            self._rows[key.key].show(key, self._preview(key))
        self.box.children = [*self._questions, self._message, *(self._rows[key.key].box for key in shown)]

    def _preview(self, key: ProposedKey) -> str:
        stands = (key.key, repr(key.says))
        if stands not in self._previews:
            self._previews[stands] = self._draft.preview(key)
        return self._previews[stands]

    def _answer(self, key: str, answer: str) -> None:
        self._message.value = "<i>the files are proposed anew …</i>"
        self._previews.clear()
        self._correct(key, answer)

    def _correct(self, key: str, value: Any) -> None:
        self._message.value = ""
        try:
            self._draft.correct({key: value})
        except DataError as failure:
            self._message.value = _wrong(failure)
        self._changed()


class SavingForm:
    """What is to change, a button, and what `cx check` says after it."""

    def __init__(self, draft: Draft, changed: Callable[[], None]):
        self._draft, self._changed = draft, changed
        self._change, self._told = HTML(), HTML()
        self._button = Button(description="Save client.yml", button_style="primary", layout={"width": "14em"})
        self._button.on_click(lambda _: self._save())
        self.box = VBox([self._change, self._button, self._told])
        self.refresh()

    def refresh(self) -> None:
        """Shows what would change now."""
        change = self._draft.change
        self._change.value = difference(change)._repr_html_()
        self._button.disabled = change.before == change.after
        if not self._button.disabled:
            self._told.value = ""

    def _save(self) -> None:
        try:
            self._draft.save()
        except DataError as failure:
            self._told.value = _wrong(failure)
            return
        self._changed()
        self._told.value = Markup("<p>{} is saved; <code>cx check</code> says:</p>{}").format(f"{self._draft.client}/{SETTINGS}", Markup(checked(self._draft)._repr_html_()))


class _Row:
    """A proposed line: its key, what may stand there, the value as it is written, evidence and preview."""

    def __init__(self, key: ProposedKey, correct: Callable[[str, Any], None]):
        self._key, self._correct, self._quiet = key, correct, False
        self.options = _options(key)
        self._label, self._note, self._wrong = HTML(layout=_KEY), HTML(), HTML()
        self._choice = Dropdown(options=[label for label, _ in self.options], layout=_CHOICE)
        self._value = Text(continuous_update=False, layout=_VALUE)
        self._choice.observe(self._chosen, "value")
        self._value.observe(self._typed, "value")
        self._labelled = bool(key.ways[0].below) and any(line.key == "label" for line in key.ways[0].below)
        inputs: list[Widget] = [self._label, self._choice]
        if self._labelled or not key.ways[0].below:
            inputs.append(self._value)
        self.box = VBox([HBox(inputs), self._note, self._wrong])

    def show(self, key: ProposedKey, preview: str) -> None:
        """Follows the draft."""
        self._quiet, self._key = True, key
        mark, indent = _MARKS[state(key)], "&emsp;" * (len(key.path) - 1)
        self._label.value = f'<span title="{escape(key.key)}">{indent}<b>{mark}</b> {escape(key.path[-1])}</span>'
        self._choice.value = next(label for label, value in self.options if _stands(key, value))
        says = key.says if key.taken else as_read(key.ways[0])
        self._value.value = (flow(says["label"]) if "label" in says else "") if self._labelled else flow(says)
        self._value.disabled = not key.taken
        told = [evidence(key), f"read as {preview}" if preview else ""]
        self._note.value = Markup('<div style="opacity:.75;margin:-.3em 0 .3em 2em;line-height:1.3">{}</div>').format(
            Markup("<br>").join(each for each in told if each)) if any(told) else ""  # fmt: skip
        self._quiet = False

    def _chosen(self, change: dict) -> None:
        if not self._quiet:
            self._wrong.value = ""
            self._correct(self._key.key, dict(self.options)[change["new"]])

    def _typed(self, change: dict) -> None:
        if self._quiet:
            return
        document = read_yaml(f"k: {change['new']}\n".encode(), SETTINGS)
        if document.problems:
            [problem, *_] = document.problems
            self._wrong.value = _in_red(f"{problem.rule}. {problem.remedy}")
            return
        self._wrong.value = ""
        self._correct(f"{self._key.key}.label" if self._labelled else self._key.key, document.value["k"])


def _options(key: ProposedKey) -> list[tuple[str, Any]]:
    """What may stand at a key: what client.yml says, the proposed ways, nothing."""
    if key.ways[0].below:
        return [(_TAKE, True), (_LEAVE, False)]
    ways = [as_read(way) for way in key.ways]
    own = [key.says] if key.taken and key.says not in ways else []
    if len(own) + len(ways) == 1:
        return [(_TAKE, ways[0]), (_LEAVE, False)]
    found: dict[str, Any] = {}
    for value in [*own, *ways]:
        text = brief(value) if not isinstance(value, dict) else flow(value)
        text = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
        found.setdefault(text if text not in found else f"{text} ({len(found) + 1})", value)
    return [*found.items(), (_LEAVE, False)]


def _stands(key: ProposedKey, value: Any) -> bool:
    return (value is not False) if key.ways[0].below and key.taken else value is False if not key.taken else value == key.says


def _question(question: AskedChoice, answer: Callable[[str, str], None]) -> Widget:
    look = {"description": question.text, "style": {"description_width": "28em"}, "layout": {"width": "56em"}}
    options = [(shown, answered) for answered, shown in question.options.items()]
    made = Dropdown(options=options, value=question.proposed or options[0][1], **look) if options else (
        Text(value=question.proposed, continuous_update=False, **look))  # fmt: skip
    made.observe(lambda change: answer(question.key, change["new"]), "value")
    return made


def _wrong(failure: DataError) -> str:
    return _in_red(str(failure))


def _in_red(words: str) -> str:
    return Markup('<span style="color:#b5402a">{}</span>').format(words)
