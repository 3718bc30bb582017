"""What libraries require: the table, against those that are installed here."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, requires

import pytest

from poc_graduate.rules.requires import _REQUIRES, brought_by


def _installed(name):
    try:
        return requires(name) or []
    except PackageNotFoundError:
        return None


@pytest.mark.parametrize("library", [one for one in _REQUIRES if _installed(one) is not None])
def test_an_installed_library_requires_what_the_table_says(library):
    always = [one for one in _installed(library) if "extra ==" not in one]
    names = {re.match(r"[\w.-]+", one)[0].lower().replace("_", "-") for one in always}

    assert set(_REQUIRES[library].split()) <= names


def test_what_a_requirement_requires_comes_along():
    assert "pycaret" in brought_by("patsy")  # by way of category-encoders
    assert "pandas" not in brought_by("sklearn")
