"""Sliders where a person sits at the notebook, the plain answer everywhere else."""

from functools import partial

import IPython.display
import pytest
from jupyter_client.manager import start_new_kernel

from cxlib.analyses.result import Base, Finding, Result
from cxlib.report import Page, sliders
from cxlib.report.page import RESULT_MIME

SETUP = """
from cxlib.analyses.result import Base, Finding, Result
from cxlib.report import Page

def double(supposed, add=0):
    n = 2 * supposed.get("number", 0) + add
    return Result("double", {}, (Finding("is", "It is {n:count}.", {"n": n}, "neutral"),), Base(1, 1))

page = Page()
"""
WHAT_IF = "page.what_if(double, {'number': (0, 21, 50)})"


def double(supposed, add=0):
    n = 2 * supposed.get("number", 0) + add
    return Result("double", {}, (Finding("is", "It is {n:count}.", {"n": n}, "neutral"),), Base(1, 1))


@pytest.fixture(scope="module")
def run():
    """run(code, metadata) -> the data of what a cell shows, sent to one kernel as a front end or papermill sends it."""
    manager, client = start_new_kernel()

    def run(code, **metadata):
        message = client.session.msg("execute_request", {"code": code, "silent": False}, metadata=metadata)
        client.shell_channel.send(message)
        shown = []
        while True:
            answer = client.get_iopub_msg(timeout=60)
            if answer["parent_header"].get("msg_id") == message["header"]["msg_id"]:
                if answer["content"].get("execution_state") == "idle":
                    return shown
                if answer["msg_type"] in ("display_data", "execute_result", "error"):
                    shown.append(answer["content"].get("data", answer["content"]))

    assert run(SETUP) == []
    yield run
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def test_papermill_and_nbval_get_the_answer_alone(run):
    [shown] = run(WHAT_IF)
    assert set(shown) == {"text/plain", "text/html"} and shown["text/plain"] == "It is 42."
    assert RESULT_MIME not in shown and "<script" not in shown["text/html"]


def test_a_person_gets_sliders(run):
    shown = run(WHAT_IF, cellId="cell-07")
    assert "application/vnd.jupyter.widget-view+json" in shown[-1]


def test_without_ipywidgets_a_person_gets_the_answer_too(run):
    run("import sys\nfrom importlib.machinery import PathFinder\nfound = PathFinder.find_spec\n"
        "PathFinder.find_spec = lambda name, *rest: None if name == 'ipywidgets' else found(name, *rest)\n"
        "gone = {name: sys.modules.pop(name) for name in list(sys.modules) if name.split('.')[0] == 'ipywidgets'}")  # fmt: skip
    [shown] = run(WHAT_IF, cellId="cell-07")
    run("PathFinder.find_spec = found\nsys.modules |= gone")
    assert shown["text/plain"] == "It is 42."


def test_a_result_on_the_last_line_is_shown_as_page_show_shows_it(run):
    [last], [shown] = run("double({'number': 4})"), run("page.show(double({'number': 4}))")
    assert last == shown and set(shown) == {"text/plain", "text/html", RESULT_MIME}


def test_a_slider_that_is_let_go_gives_the_answer_anew(monkeypatch, capsys):
    monkeypatch.setattr(sliders, "can_slide", lambda: True)
    boxes = []
    monkeypatch.setattr(IPython.display, "display", boxes.append)
    Page().what_if(partial(double, add=1), {"number": (0, 21, 50)})
    assert "It is 43." in capsys.readouterr().out
    slider = boxes[0].children[0]
    slider.value = 50
    assert "It is 101." in capsys.readouterr().out


def test_whole_numbers_stay_whole_and_a_slider_waits_until_it_is_let_go(monkeypatch):
    whole, part = sliders._slider("horizon_years", 1, 5, 15), sliders._slider("cost", 0.5, 1.0, 2.0)
    assert (type(whole).__name__, type(part).__name__) == ("IntSlider", "FloatSlider")
    assert (whole.min, whole.value, whole.max, whole.description) == (1, 5, 15, "horizon years")
    assert (part.min, part.value, part.max) == (0.5, 1.0, 2.0)
    assert not whole.continuous_update and not part.continuous_update


def test_nothing_to_move_shows_the_answer_once(capsys):
    Page().what_if(partial(double, add=6), {})
    assert capsys.readouterr().out == "It is 6.\n"
