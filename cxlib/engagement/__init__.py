"""A client folder, read and checked: `open_client("nordlys").survey` is rows and settings, or a list of problems."""

from cxlib.engagement.checking import checked, problems
from cxlib.engagement.engagement import Engagement, open_client
from cxlib.engagement.folder import client_folder, client_ids, new_client
from cxlib.engagement.problems import DataError, Problem

__all__ = [
    "DataError",
    "Engagement",
    "Problem",
    "checked",
    "client_folder",
    "client_ids",
    "new_client",
    "open_client",
    "problems",
]
