"""What a pipeline leaves out says nothing in the observed run either."""

from __future__ import annotations

import pytest
from IPython.core.inputtransformer2 import TransformerManager

from poc_graduate.notebook.magics import translate
from poc_graduate.notebook.model import Cell
from poc_graduate.notebook.surroundings import Surroundings
from poc_graduate.observe.silent import silenced

AUTOMAGIC = Surroundings(frozenset(), frozenset({"pip"}))


def silent(source, around=AUTOMAGIC):
    code, magics = translate(source, around)
    return silenced(Cell(1, "one", "code", source, code, magics))


@pytest.mark.parametrize(
    "source",
    [
        "%pip install pandas",
        "!pip install pandas",
        "pip install pandas",
        "%whos\nx = 1",
        "x = 1\nif x:\n    !pip install a \\\n  b\n    print(x)",
        "%load_ext autoreload\n%autoreload 2",
    ],
)
def test_installing_and_listing_runs_captured_and_each_line_stays(source):
    text = silent(source)

    transformed = TransformerManager().transform_cell(text)
    compile(transformed, "cell", "exec")
    assert text.count("\n") == source.count("\n")
    assert "capture_output(): get_ipython()." in text


def test_arguments_reach_the_magic_as_they_were():
    assert "run_line_magic('pip', 'install a {b}')" in silent("%pip install a {b}")
    assert "system('pip install \"a>2\"')" in silent('!pip install "a>2"')


@pytest.mark.parametrize(
    "source",
    [
        "print(1)",
        "!ls",
        "%matplotlib inline",
        "files = !ls",
        "df?",
        "%timeit 1 + 1",
        "%%bash\nls",
    ],
)
def test_what_a_pipeline_keeps_or_shows_nothing_anyway_is_as_it_was(source):
    assert silent(source) == source


def test_a_timed_cell_shows_its_value_without_the_time():
    assert silent("%%time\nx = 1\nx") == "\nx = 1\nx"
