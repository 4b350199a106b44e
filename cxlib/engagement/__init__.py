"""A client folder, read and checked: `open_client("nordlys").survey` is rows and settings, or a list of problems."""

from cxlib.engagement.engagement import Engagement, open_client, problems
from cxlib.engagement.folder import client_folder, client_ids
from cxlib.engagement.problems import DataError, Problem

__all__ = ["DataError", "Engagement", "Problem", "client_folder", "client_ids", "open_client", "problems"]
