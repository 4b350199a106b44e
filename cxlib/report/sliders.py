"""What if? Sliders over an answer, for the consultant at work; `Page.what_if` is the way in."""

from collections.abc import Callable, Mapping
from importlib.util import find_spec

import IPython.display


def can_slide() -> bool:
    """Whether sliders would be of use: ipywidgets is there, and a person runs the cell.

    JupyterLab says which of its cells it sends; papermill, nbval and cx do not.
    """
    kernel = getattr(IPython.get_ipython(), "kernel", None)
    return bool(find_spec("ipywidgets")) and kernel is not None and "cellId" in kernel.get_parent().get("metadata", {})


def show_sliders(show: Callable[..., None], ranges: Mapping[str, tuple[float, float, float]]) -> None:
    """Displays a slider for each range (least, now, most), and below them what `show(name=value, ...)` displays."""
    from ipywidgets import VBox, interactive_output

    sliders = {name: _slider(name, *ends) for name, ends in ranges.items()}
    IPython.display.display(VBox([*sliders.values(), interactive_output(show, sliders)]))


def _slider(name: str, least: float, now: float, most: float):
    """A slider that speaks when it is let go; whole numbers stay whole."""
    from ipywidgets import FloatSlider, IntSlider

    look = {"description": name.replace("_", " "), "continuous_update": False, "layout": {"width": "40em"},
            "style": {"description_width": "14em"}}  # fmt: skip
    if all(isinstance(number, int) for number in (least, now, most)):
        return IntSlider(now, min=least, max=most, **look)
    return FloatSlider(now, min=least, max=most, step=(most - least) / 100, **look)
