import pytest

from cxlib.engagement.settings.strict_yaml import DEPTH, LIMIT, dotted, read_yaml


def read(text):
    return read_yaml(text.encode(), "client.yml")


def only_problem(text):
    (problem,) = read(text).problems
    return problem


def test_scalars_stay_as_written_D12():
    document = read("a: NO\nb: 0123\nc: 22:30\nd: 1.10\ne: 1e3\nf: 2025-12-31\ng: yes\nh: ' x '\n")
    assert document.value == {
        "a": "NO", "b": "0123", "c": "22:30", "d": "1.10", "e": "1e3", "f": "2025-12-31", "g": "yes", "h": " x ",
    }  # fmt: skip
    assert not document.problems


def test_null_is_nothing_and_quoted_null_is_text():
    assert read("a: null\nb: ~\nc: 'null'\n").value == {"a": None, "b": None, "c": "null"}


def test_lines_of_keys_and_items():
    document = read("a:\n  b: 1\n  c:\n    - x\n    - y\n")
    assert document.line(("a", "b")) == 2
    assert document.line(("a", "c", 1)) == 5
    assert document.line(("a", "c", 1, "deeper")) == 5
    assert document.line(("unknown",)) == 1


def test_duplicate_key_is_refused_with_both_lines_D12():
    problem = only_problem("a: 1\nb: 2\na: 3\n")
    assert (problem.row, problem.column) == (3, "a")
    assert "line 1" in problem.rule


def test_every_duplicate_is_found_and_the_rest_is_read():
    document = read("a: 1\na: {x: 1, x: 2}\nb:\n  c: 1\n  c: 2\nd: 4\n")
    assert [(problem.row, problem.column) for problem in document.problems] == [(2, "a"), (2, "a.x"), (5, "b.c")]
    assert document.value == {"a": "1", "b": {"c": "1"}, "d": "4"}


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("a: &x 1\n", 1, "anchors"),
        ("a: 1\nb: *x\n", 2, "aliases"),
        ("a: !!int 1\n", 1, "tags"),
        ("!!map {a: 1}\n", 1, "tags"),
        ("a: !local 1\n", 1, "tags"),
        ("a: 1\n<<: {b: 2}\n", 2, "merge"),
        ("? [a, b]\n: 1\n", 1, "key"),
        ("- a\n- b\n", 1, "keys with values"),
        ("text\n", 1, "keys with values"),
        ("", 1, "empty"),
        ("# only a comment\n", 1, "empty"),
        ("a: 1\n---\nb: 2\n", 2, "second document"),
        ("a: 1\n\tb: 2\n", 2, "not valid YAML"),
        ("a: [1, 2\nb: 3\n", 2, "not valid YAML"),
        ("a: b: c\n", 1, "not valid YAML"),
        ("a: 1\nb: \x07\n", 2, "control character"),
        ("a: 1\nb: \x00\n", 2, "control character"),
    ],
)
def test_refused_with_line(text, line, word):
    problem = read(text).problems[0]
    assert word in str(problem)
    assert problem.row == line
    assert problem.severity == "error"


def test_empty_value_is_refused():
    problem = only_problem("a: 1\nb:\nc: 3\n")
    assert (problem.row, problem.column) == (2, "b")
    assert "no value" in problem.rule


def test_python_object_is_refused_and_nothing_runs_D10(tmp_path):
    mark = tmp_path / "ran"
    text = f"a: !!python/object/apply:os.system ['touch {mark}']\n"
    assert "tags" in only_problem(text).rule
    assert not mark.exists()


def test_alias_bomb_is_refused_at_its_first_line_D11():
    bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n"
    for one, two in zip("abcdefgh", "bcdefghi", strict=True):
        bomb += f"{two}: &{two} [{', '.join([f'*{one}'] * 9)}]\n"
    document = read(bomb)
    assert document.problems[0].row == 1
    assert document.value == {}


def test_large_and_deep_files_are_refused_D11():
    assert "256 kB" in only_problem("a: " + "x" * LIMIT).rule
    assert "levels deep" in only_problem("a: " + "[" * (DEPTH + 1) + "]" * (DEPTH + 1)).rule
    assert read("a: " + "[" * 100_000).problems


def test_not_utf8_is_refused_with_line():
    (problem,) = read_yaml("a: 1\nb: æ\n".encode("cp1252"), "client.yml").problems
    assert problem.row == 2
    assert "UTF-8" in problem.rule


def test_byte_order_mark_is_no_part_of_the_first_key():
    assert read_yaml(b"\xef\xbb\xbfa: 1\n", "client.yml").value == {"a": "1"}


def test_dotted():
    assert dotted(("survey", "items", "1.1", 0)) == 'survey.items."1.1"[0]'


@pytest.mark.parametrize(
    ("text", "remedy"),
    [("a: 1\nb:\n\tc: 2\n", "not with tabs"), ("a: 1\n b: 2\n", "Check indentation"), ("a: 1\n b:\n   c: 2\n", "")],
)
def test_indentation_that_went_wrong_is_told(text, remedy):
    [problem] = read_yaml(text.encode(), "client.yml").problems
    assert remedy in problem.remedy and problem.row >= 2
