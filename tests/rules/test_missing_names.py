"""Names that nothing defines: what each of several findings says of the run."""

from __future__ import annotations

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


def test_a_name_missing_in_a_branch_is_a_lesser_finding_and_ends_no_run():
    cells = ("import sys", "if sys.argv:\n    print(rows)", "print(days)")
    notebook = read_text("# %%\n" + "\n# %%\n".join(cells) + "\n", "example.py")

    branch, certain = check(notebook, frozenset({"POC302"}))

    assert (branch.severity, certain.severity) == (Severity.RISK, Severity.BLOCKER)
    assert "a run from top to bottom ends here" in certain.message
