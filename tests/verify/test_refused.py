"""What the build said becomes a sentence with a place."""

from __future__ import annotations

from pathlib import Path

import pytest

from poc_graduate.dataflow.graph import analyse
from poc_graduate.errors import Refusal
from poc_graduate.notebook.read import read_text
from poc_graduate.verify import prove
from poc_graduate.verify.build import Built

SCRIPT = "# %%\nx = 1\n\n# %%\ny = x\nprint(len(Out), y)\n"


def test_a_name_that_only_a_session_has_is_told_where_it_is_used():
    dataflow = analyse(read_text(SCRIPT, Path("story.py"), suffix=".py"))
    built = Built(Path("project"), {}, failed="load", error=":21:19: undefined name 'Out'\n")

    with pytest.raises(Refusal) as refused:
        prove.refuse(dataflow, None, built, None)

    assert str(refused.value).startswith("story.py, cell 2, line 2: `Out` is defined by no cell")
