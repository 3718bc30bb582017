"""What becomes of each file, in the three-way table and line by line."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from poc_graduate.errors import InputError
from poc_graduate.generate.merge import (
    Content,
    Decision,
    base_from_json,
    base_to_json,
    decide,
    marked_line,
    merged,
    unified_diff,
)

OLD, MINE, NEW = (Content.of(text) for text in (b"a\nb\nc\n", b"A\nb\nc\n", b"a\nb\nC\n"))
OTHER = Content.of(b"a\nb\nsomething else\n")


def decision(
    base: Content | None, local: Content | None, remote: Content | None, path: str = "f.py"
) -> Decision:
    sides = ({} if side is None else {path: side} for side in (base, local, remote))
    (found,) = decide(*sides)
    return found


@pytest.mark.parametrize(
    ("base", "local", "remote", "action", "result"),
    [
        (None, None, NEW, "add", "generated"),
        (None, NEW, NEW, "unchanged", "yours"),
        (None, MINE, NEW, "conflict", "merged"),
        (OLD, OLD, NEW, "take_new", "generated"),
        (OLD, OLD, OLD, "unchanged", "yours"),
        (OLD, MINE, OLD, "keep_local", "yours"),
        (OLD, MINE, MINE, "unchanged", "yours"),
        (OLD, MINE, NEW, "merge", "merged"),
        (OLD, OLD, None, "delete", "absent"),
        (OLD, MINE, None, "conflict", "yours"),
        (OLD, None, OLD, "keep_local", "absent"),
        (OLD, None, NEW, "conflict", "generated"),
    ],
)
def test_every_row_of_the_three_way_table(
    base: Content | None, local: Content | None, remote: Content | None, action: str, result: str
) -> None:
    found = decision(base, local, remote)

    assert (found.action, found.result) == (action, result)


def test_a_file_gone_on_both_sides_is_not_mentioned() -> None:
    assert decide({"f.py": OLD}, {}, {}) == ()


def test_edits_of_different_lines_are_both_kept() -> None:
    assert decision(OLD, MINE, NEW).text == "A\nb\nC\n"


def test_edits_of_the_same_line_are_marked_as_git_marks_them() -> None:
    local, remote = Content.of(b"a\nb\nmine\n"), Content.of(b"a\nb\nC\n")

    found = decision(OLD, local, remote)

    assert found.conflicts == 1
    assert found.text == "a\nb\n<<<<<<< yours\nmine\n=======\nC\n>>>>>>> generated\n"


@pytest.mark.parametrize(
    "data", [b"\0\1", b"\xff\xfe", b"x" * 2_000_000], ids=["nul", "not utf-8", "large"]
)
def test_what_has_no_lines_keeps_yours_and_puts_ours_beside(data: bytes) -> None:
    found = decision(Content.of(b"\0"), Content.of(b"\0\0"), Content.of(data))

    assert (found.action, found.result, found.beside) == ("conflict", "yours", "generated")


def test_data_is_never_marked_inside_even_where_it_is_text() -> None:
    base, local, remote = (Content.of(text, mergeable=False) for text in (b"a,1", b"a,2", b"a,3"))

    found = decision(base, local, remote, "data/in.csv")

    assert (found.result, found.text, found.beside) == ("yours", None, "generated")


def test_a_certificate_is_replaced_whatever_became_of_it() -> None:
    path = "graduation/certificate.json"

    assert decision(OLD, MINE, NEW, path).action == "take_new"
    assert decision(OLD, MINE, None, path).action == "delete"


def test_a_plan_that_says_the_same_is_replaced_without_a_word() -> None:
    base = Content.of(b"stages: {a: [1]}\n")
    local = Content.of(b"stages: {b: [1]}   # renamed\n")
    remote = Content.of(b"stages:\n  b: [1]\n")

    found = decision(base, local, remote, "graduation/plan.yaml")

    assert (found.action, found.result) == ("take_new", "generated")


def test_a_plan_edited_otherwise_is_kept_beside_the_one_that_holds() -> None:
    base, local, remote = (Content.of(text) for text in (b"{a: 1}", b"{a: 2}", b"{a: 3}"))

    found = decision(base, local, remote, "graduation/plan.yaml")

    assert (found.action, found.result, found.beside) == ("conflict", "generated", "yours")


def test_edits_follow_a_task_that_was_renamed() -> None:
    body = "".join(f"line_{i} = {i}\n" for i in range(10))
    mine = body.replace("line_3 = 3", "line_3 = 33")
    theirs = body.replace("line_8 = 8", "line_8 = 88")

    found = decide(
        {"tasks/clean.py": Content.of(body.encode())},
        {"tasks/clean.py": Content.of(mine.encode())},
        {"tasks/cleaning.py": Content.of(theirs.encode()), "tasks/other.py": OTHER},
    )

    by_path = {each.path: each for each in found}
    assert by_path["tasks/clean.py"].action == "delete"
    assert by_path["tasks/cleaning.py"].text == mine.replace("line_8 = 8", "line_8 = 88")
    assert by_path["tasks/other.py"].action == "add"


def test_edits_of_a_task_that_is_gone_do_not_land_in_an_unlike_one() -> None:
    found = decide({"a.py": OLD}, {"a.py": MINE}, {"b.py": Content.of(b"x\ny\nz\n")})

    assert [(each.path, each.action) for each in found] == [("a.py", "conflict"), ("b.py", "add")]


def test_a_last_line_without_newline_does_not_swallow_a_mark() -> None:
    text, conflicts = merged("a\nb", "a\nmine", "a\nnew")

    assert conflicts == 1
    assert text == "a\n<<<<<<< yours\nmine\n=======\nnew\n>>>>>>> generated\n"


def test_lines_end_at_newlines_only() -> None:
    page = "one\x0ctwo\u2028three"

    text, conflicts = merged(f"{page}\nx\ny\n", f"{page}\nX\ny\n", f"{page}\nx\ny\nz\n")

    assert (text, conflicts) == (f"{page}\nX\ny\nz\n", 0)


def test_lines_that_occur_often_are_matched() -> None:
    lines = ["a\n", "b\n", "c\n"] * 100
    mine, theirs, both = list(lines), list(lines), list(lines)
    mine[10] = both[10] = "mine\n"
    theirs[250] = both[250] = "theirs\n"

    found = merged("".join(lines), "".join(mine), "".join(theirs))

    assert found == ("".join(both), 0)


_LINES = st.lists(st.sampled_from(["a", "b", "c", "d", ""]), max_size=8)
_TEXT = st.builds(lambda lines: "".join(f"{line}\n" for line in lines), _LINES)


@given(base=_TEXT, local=_TEXT, remote=_TEXT)
def test_one_side_alone_always_wins(base: str, local: str, remote: str) -> None:
    assert merged(base, local, base) == (local, 0)
    assert merged(base, base, remote) == (remote, 0)
    assert merged(base, local, local) == (local, 0)


@given(base=_TEXT, local=_TEXT, remote=_TEXT)
def test_no_line_that_a_side_added_is_lost(base: str, local: str, remote: str) -> None:
    text, _ = merged(base, local, remote)

    added = (set(local.split()) | set(remote.split())) - set(base.split())
    assert added <= set(text.split())


@pytest.mark.skipif(shutil.which("git") is None, reason="git is the referee")
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_what_git_merges_is_merged_the_same(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    # Distinct lines, so that both have one way only to align them.
    base = [f"line {i}\n" for i in range(12)]
    sides = []
    for name in ("mine", "theirs"):
        side = list(base)
        for at in sorted(data.draw(st.sets(st.integers(0, 11), max_size=3)), reverse=True):
            match data.draw(st.sampled_from(["edit", "delete", "insert"])):
                case "edit":
                    side[at] = f"{name} {at}\n"
                case "delete":
                    del side[at]
                case "insert":
                    side.insert(at, f"{name} new {at}\n")
        sides.append("".join(side))
    folder = tmp_path_factory.mktemp("git")
    for name, text in zip(("base", "local", "remote"), ("".join(base), *sides), strict=True):
        (folder / name).write_text(text)

    git = subprocess.run(
        ["git", "merge-file", "-p", "-L", "yours", "-L", "", "-L", "generated"]
        + [str(folder / name) for name in ("local", "base", "remote")],
        capture_output=True,
        text=True,
        check=False,
    )

    text, conflicts = merged("".join(base), *sides)
    assert (conflicts == 0) == (git.returncode == 0)
    if not conflicts:
        assert text == git.stdout


def test_the_base_comes_back_as_it_was() -> None:
    contents = {"a.py": OLD, "logo.png": Content.of(b"\0"), "graduation/certificate.json": NEW}

    text = base_to_json(contents)
    back = base_from_json(text, project=Path("p"))

    assert back == contents
    assert back["a.py"].text == OLD.text
    assert back["graduation/certificate.json"].text is None
    assert text == base_to_json(dict(reversed(contents.items())))


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"schema": 2}', '{"schema": 1}'])
def test_a_damaged_base_is_refused_rather_than_guessed(text: str) -> None:
    with pytest.raises(InputError, match="is damaged"):
        base_from_json(text, project=Path("p"))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a\n<<<<<<< yours\nb\n=======\nc\n>>>>>>> generated\n", 2),
        ("a\n=======\nheading\n", 0),
        ("<<<<<<< HEAD\n=======\n>>>>>>> branch\n", 0),
    ],
)
def test_marks_are_found_by_their_line(text: str, line: int) -> None:
    assert marked_line(text) == line


def test_the_diff_is_one_that_patch_understands() -> None:
    diff = unified_diff("a.txt", Content.of(b"x\ny"), Content.of(b"x\nz\n"))

    assert diff == (
        "--- a/a.txt\n+++ b/a.txt\n@@ -1,2 +1,2 @@\n x\n-y\n\\ No newline at end of file\n+z\n"
    )
