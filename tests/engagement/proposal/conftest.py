"""Tables of every kind, invented: `rows` of a survey, and a folder made from files."""

import csv
import io
import random

import pytest

from cxlib.engagement import open_client
from cxlib.engagement.proposal.new_folder import folder_from
from cxlib.engagement.settings.strict_yaml import read_yaml


def as_csv(rows, delimiter=","):
    """The text of a csv."""
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue()


def answers(n=120, low=0, high=10, seed=1):
    """Answers that go together: [(recommend, good, ...)], all on one scale."""
    draw = random.Random(seed)
    found = []
    for i in range(n):
        mood = draw.uniform(low, high)
        near = [min(high, max(low, round(draw.gauss(mood, (high - low) / 6)))) for _ in range(6)]
        found.append([low + i % (high - low + 1) if i < high - low + 1 else near[0], *near[1:]])
    return found


@pytest.fixture
def propose(tmp_path, clients):
    """propose({file: text or bytes}) makes a client folder from files and returns (client.yml as read, its text, what was made)."""

    def propose(files, *, id="acme", **options):
        source = tmp_path / "exported"
        source.mkdir(exist_ok=True)
        paths = []
        for name, content in files.items():
            path = source / name
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
            paths.append(path)
        made = folder_from(id, paths, **options)
        assert [str(problem) for problem in made.problems if problem.severity == "error"] == []
        open_client(id)
        text = (made.folder / "client.yml").read_text(encoding="utf-8")
        document = read_yaml(text.encode(), "client.yml")
        assert document.problems == []
        return document.value, text, made

    return propose
