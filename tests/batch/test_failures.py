"""Which failures may pass, and where in the notebook the others are."""

from __future__ import annotations

import errno

import pytest

from poc_graduate.batch.failures import cause_of, from_cells, from_exception


@pytest.mark.parametrize(
    ("name", "text", "cause"),
    [
        ("ValueError", "no", "code"),
        ("KeyError", "'timeout'", "code"),
        ("ConnectionResetError", "", "network"),
        ("HTTPError", "HTTP Error 503: Service Unavailable", "network"),
        ("HTTPError", "HTTP Error 404: Not Found", "code"),
        ("OperationalError", "database is locked", "network"),
        ("OSError", "[Errno 28] No space left on device", "disk full"),
        ("OSError", "[Errno 111] Connection refused", "network"),
        ("FileNotFoundError", "[Errno 2] No such file or directory", "code"),
        ("DeadKernelError", "Kernel died", "kernel died"),
    ],
)
def test_a_cause_tells_the_network_and_the_disk_from_the_author_s_errors(name, text, cause):
    assert cause_of(name, text) == cause


def test_a_full_disk_is_known_by_its_number():
    assert from_exception(OSError(errno.EDQUOT, "quota")).cause == "disk full"


def cell(source, *outputs, tags=(), count=1):
    return {
        "cell_type": "code",
        "source": source,
        "metadata": {"tags": list(tags)},
        "outputs": list(outputs),
        "execution_count": count,
    }


def error(name="ValueError", value="no", line=2, count=2):
    frame = f"Cell In[{count}], line {line}\n----> {line} f(x)"
    return {"output_type": "error", "ename": name, "evalue": value, "traceback": [frame]}


def test_cell_and_line_are_those_of_the_author_s_notebook():
    cells = [
        cell("a = 1", tags=["parameters"]),
        cell("a = 2", tags=["injected-parameters"]),
        cell("def f(x): ...\nf(1)", error(count=3), count=3),
    ]

    found = from_cells(cells)

    assert found is not None
    assert (found.cell, found.line, found.source) == (2, 2, "f(1)")
    assert str(found) == "cell 2, line 2: ValueError: no"


def test_a_notebook_that_leaves_by_itself_has_not_failed():
    assert from_cells([cell("exit()", error("SystemExit", "0"))]) is None
    assert from_cells([cell("exit(3)", error("SystemExit", "3"))]) is not None
