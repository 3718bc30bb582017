"""Names that nothing defines: what each of several findings says of the run."""

from __future__ import annotations

from poc_graduate.notebook.read import read_text
from poc_graduate.rules.run import check


def _found(*cells):
    notebook = read_text("# %%\n" + "\n# %%\n".join(cells) + "\n", "example.py")
    return [one.message.partition("; ")[2] for one in check(notebook, frozenset({"POC302"}))]


def test_a_run_ends_once_and_the_others_are_told_as_what_comes_then():
    first, *others = _found("x = 1", "print(rows)", "print(days)", "print(sums)")

    assert first == "a run from top to bottom ends here with a NameError"
    assert others == ["a run that gets past cell 2 ends here with a NameError"] * 2
