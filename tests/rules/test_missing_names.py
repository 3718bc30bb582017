"""Names that nothing defines: what each of several findings says of the run."""

from __future__ import annotations

from dataclasses import replace

import pytest

from poc_graduate.notebook.read import read_text
from poc_graduate.rules.finding import Severity
from poc_graduate.rules.run import check


def _found(*cells):
    notebook = read_text("# %%\n" + "\n# %%\n".join(cells) + "\n", "example.py")
    return [one.message.partition("; ")[2] for one in check(notebook, frozenset({"POC302"}))]


def test_a_run_ends_once_and_the_others_are_told_as_what_comes_then():
    first, *others = _found("x = 1", "print(rows)", "print(days)", "print(sums)")

    assert first == "a run from top to bottom ends here with a NameError"
    assert others == [
        f"a run that gets past cell {above} ends here with a NameError" for above in (2, 3)
    ]


def test_below_the_error_that_ended_the_last_run_a_name_is_missing_to_who_gets_past_it():
    notebook = read_text("# %%\nx = 1\n# %%\n1 / 0\n# %%\nprint(rows)\n", "example.py")
    error = {"output_type": "error", "ename": "ZeroDivisionError", "evalue": "", "traceback": []}
    failed = replace(notebook.cells[1], outputs=(error,), execution_count=2)
    cells = (notebook.cells[0], failed, notebook.cells[2])

    (found,) = check(replace(notebook, cells=cells), frozenset({"POC302"}))

    assert "a run that gets past the error of cell 2 ends here" in found.message


def test_a_name_missing_in_a_branch_is_a_lesser_finding_and_ends_no_run():
    cells = ("import sys", "if sys.argv:\n    print(rows)", "print(days)")
    notebook = read_text("# %%\n" + "\n# %%\n".join(cells) + "\n", "example.py")

    branch, certain = check(notebook, frozenset({"POC302"}))

    assert (branch.severity, certain.severity) == (Severity.RISK, Severity.BLOCKER)
    assert "a run from top to bottom ends here" in certain.message


@pytest.mark.parametrize(
    ("above", "told"),
    [
        ("plot = 20\nif plot:", "blocker"),
        ("plot = 0\nif plot:\n    pass\nelse:", "blocker"),
        ("if __name__ == '__main__':", "blocker"),
        ("plot = 20\nplot = len(str(plot))\nif plot:", "risk"),
        ("plot = 20\nif plot < 30 and plot:\n    pass\nelif print():", "risk"),
        ("for plot in range(3):\n    pass\nif plot:", "risk"),
    ],
)
def test_a_switch_that_is_on_is_no_branch(above, told):
    notebook = read_text(f"# %%\n{above}\n    print(rows)\n", "example.py")

    assert [one.severity.value for one in check(notebook, frozenset({"POC302"}))] == [told]
