"""What a consultant does in JupyterLab before there is a report; no report is made of it."""

from cxlib.lab.data import Data, open_data

__all__ = ["Data", "open_data"]
