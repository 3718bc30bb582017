"""What POC408 says is gone is not there in the releases that are installed here."""

from __future__ import annotations

import importlib
import inspect
import sys
import warnings

import pytest

from poc_graduate.rules.poc4_chance._removed import BY_MODULE, FITTED, KEYWORDS, METHODS

pd = pytest.importorskip("pandas")
pytest.importorskip("sklearn")
INSTALLED = ("numpy", "pandas", "sklearn", "scipy", "statsmodels", "seaborn", "collections", "time")


def is_there(dotted: str) -> bool:
    """Whether a dotted name leads to something."""
    parts = dotted.split(".")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for length in range(len(parts), 0, -1):
            try:
                found = importlib.import_module(".".join(parts[:length]))
            except ImportError:
                continue
            try:
                for part in parts[length:]:
                    found = getattr(found, part)
            except (AttributeError, ImportError):
                return False
            return True
    return False


@pytest.mark.parametrize("name", [n for n in BY_MODULE if n.partition(".")[0] in INSTALLED])
def test_a_name_that_is_gone_is_not_there(name):
    pytest.importorskip(name.partition(".")[0])

    if is_there(name):  # a stub that says where to go
        module, _, kind = name.rpartition(".")
        with pytest.raises(NotImplementedError):
            getattr(importlib.import_module(module), kind)([1.0], (1, 0, 0))


def test_names_that_are_there_are_seen():
    assert is_there("numpy.nan")
    assert is_there("sklearn.model_selection.train_test_split")


@pytest.mark.parametrize("name", METHODS)
def test_a_method_that_is_gone_is_not_there(name):
    assert not hasattr(pd.DataFrame, name)


def test_vectorizers_have_no_get_feature_names():
    text = importlib.import_module("sklearn.feature_extraction.text")

    assert not hasattr(text.CountVectorizer, "get_feature_names")
    assert "get_feature_names" in FITTED


@pytest.mark.parametrize(
    ("home", "call", "keyword"),
    [
        (home, call, keyword)
        for call, keyword in KEYWORDS
        for home in ("pandas", "sklearn.linear_model", "sklearn.preprocessing", "sklearn.cluster")
        if hasattr(importlib.import_module(home), call)
    ],
)
def test_a_keyword_that_is_gone_is_not_taken(home, call, keyword):
    takes = inspect.signature(getattr(sys.modules[home], call)).parameters

    assert keyword not in takes


def test_fillna_takes_no_method():
    assert ("fillna", "method") in KEYWORDS
    assert "method" not in inspect.signature(pd.DataFrame.fillna).parameters
    assert "method" not in inspect.signature(pd.Series.fillna).parameters
