"""Suppression, selection, stored counts, secrets: what holds for all rules together."""

from __future__ import annotations

import json

import pytest

from poc_graduate.notebook.read import read_text
from poc_graduate.rules.parsed import forget_cells
from poc_graduate.rules.run import check, chosen

DROP = "df = df.drop([12, 45])"


def _script(source):
    return read_text("# %%\n" + source + "\n", "example.py")


def _codes(notebook, **choice):
    return [f.code for f in check(notebook, chosen(**choice))]


def _counted(*counts, tags=()):
    cells = [
        {
            "cell_type": "code",
            "source": DROP if tags else "y = x" if at else "x = 1",
            "metadata": {"tags": list(tags)},
            "outputs": [],
            "execution_count": count,
        }
        for at, count in enumerate(counts)
    ]
    return read_text(
        json.dumps(
            {
                "cells": cells,
                "metadata": {"kernelspec": {"name": "python3"}},
                "nbformat": 4,
                "nbformat_minor": 4,
            }
        ),
        "counted.ipynb",
    )


@pytest.mark.parametrize(
    "source",
    [
        DROP + "  # noqa",
        DROP + "  # noqa: POC202",
        DROP + "  # noqa: E501, POC2",
        "# poc: ignore[POC202]\n" + DROP,
        DROP + "\n# poc: ignore",
    ],
)
def test_a_comment_silences_what_it_names(source):
    assert _codes(_script(source)) == []


@pytest.mark.parametrize(
    "source",
    [
        DROP + "  # noqa: E501",
        "# noqa: E501\n" + DROP,
        "text = '# noqa'\n" + DROP,
        "# poc: ignore[E501]\n# %%\n" + DROP,
    ],
)
def test_a_comment_silences_nothing_else(source):
    assert _codes(_script(source)) == ["POC202"]


def test_a_tag_silences_its_cell():
    assert _codes(_counted(1, tags=["poc-ignore"])) == []
    assert _codes(_counted(1, tags=["other"])) == ["POC202"]


def test_the_longer_prefix_decides():
    assert "POC202" in chosen(select=["POC2"])
    assert "POC101" not in chosen(select=["POC2"])
    assert "POC202" not in chosen(select=["POC2"], ignore=["POC202"])
    assert "POC202" in chosen(select=["POC202"], ignore=["POC2"])


def test_cells_that_ran_in_another_order_are_told_once():
    (found,) = check(_counted(3, 1, 2), frozenset({"POC301"}))

    assert found.place.cell == 2
    assert "run as [1], cell 1 above it as [3]" in found.message


@pytest.mark.parametrize("counts", [(1, 2, 3), (2, 5, 9), (None, None), (1, None, 2), (5, 0)])
def test_cells_that_ran_in_order_are_not(counts):
    assert check(_counted(*counts), frozenset({"POC301"})) == ()


@pytest.mark.parametrize(
    ("metadata", "codes"),
    [
        ({}, ["POC809"]),
        ({"kernelspec": {"name": "python3", "display_name": "Python 3"}}, []),
        ({"language_info": {"name": "python"}}, []),
    ],
)
def test_a_file_that_names_no_language_is_told(metadata, codes):
    cell = {"cell_type": "code", "source": "x = 1", "metadata": {}, "outputs": []}
    text = json.dumps({"cells": [cell], "metadata": metadata, "nbformat": 4, "nbformat_minor": 4})

    found = check(read_text(text, "told.ipynb"), frozenset({"POC809"}))

    assert [one.code for one in found] == codes


def test_a_secret_is_nowhere_in_its_finding():
    secret = "q8Zt3LmP0sVw71Ax"

    (found,) = check(_script(f"api_key = '{secret}'"), frozenset({"POC104"}))

    assert secret not in repr(found)
    assert secret[3:] not in repr(found)


@pytest.mark.parametrize("written", ["'q8Zt3LmP' '0sVw71Ax'", "'q8Zt3LmP\\x30sVw71Ax'"])
def test_a_secret_in_parts_or_with_escapes_is_hidden_too(written):
    (found,) = check(_script(f"api_key = {written}"), frozenset({"POC104"}))

    assert "Zt3LmP" not in repr(found)
    assert "sVw71Ax" not in repr(found)


def test_one_secret_found_by_another_rule_stays_masked():
    source = "df = pd.read_csv('https://ann:hunter42xyz@example.org/a.csv')"

    found = check(_script(source))

    assert {f.code for f in found} >= {"POC103", "POC104"}
    assert "hunter42xyz" not in repr(found)


@pytest.mark.parametrize(
    "line",
    [
        "df = df.drop([12, 45])  # as jane.roe@acme-mills.com said",
        "df = df.drop(['jane.roe@acme-mills.com', 4])",
        "mails = pd.read_csv('/home/me/jane.roe@acme-mills.com.csv'); df.drop([3])",
    ],
)
def test_data_about_people_stand_in_no_finding(line):
    found = check(_script(line))

    assert found
    assert "jane.roe@acme" not in repr(found)


def test_a_stored_output_is_told_of_and_not_shown():
    cell = {
        "cell_type": "code",
        "source": "print(rows)\nx = 1",
        "metadata": {},
        "outputs": [
            {
                "output_type": "stream",
                "name": "stdout",
                "text": ["jane.roe@acme-mills.com\n", "j.doe@mills.org"],
            }
        ],
        "execution_count": 1,
    }
    text = json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 4})

    (found,) = check(read_text(text, "shown.ipynb"), frozenset({"POC705"}))

    assert (found.place.line, found.line_text) == (1, "print(rows)")
    assert "jane.roe" not in repr(found)


DRAWN = "\n".join(f"x = np.random.{draw}(3)" for draw in ("randn", "normal", "choice", "poisson"))
SCALED = (
    "df = pd.read_csv('a.csv')\ndf['a'] = (df['a'] - df['a'].min()) / (df['a'].std() + "
    "df['a'].mean() + df['a'].max())\ntrain, test = train_test_split(df)\n"
    "m = Ridge().fit(train[['a']], train['y'])\nm.score(test[['a']], test['y'])"
)


@pytest.mark.parametrize(
    ("code", "source", "place"),
    [
        ("POC401", f"import numpy as np\n{DRAWN}\nmodel.fit(x)", (2, 5)),
        ("POC501", SCALED, (2, 22)),
    ],
)
def test_of_several_alike_the_first_in_the_text_is_told(code, source, place):
    """Nodes lie anywhere in memory: their order in a set is another one in each process."""
    for _ in range(20):
        forget_cells()
        (found,) = check(_script(source), chosen([code]))
        assert (found.place.line, found.place.column) == place


def test_the_first_run_elsewhere_ends_at_one_absolute_path_only():
    source = "a = pd.read_csv('/srv/one/a.csv')\nb = pd.read_csv('/mnt/two/b.csv')"

    first, second = check(_script(source), chosen(select=["POC101"]))

    assert first.message.endswith("the first run elsewhere ends here")
    assert second.message.endswith("a run elsewhere that comes so far ends here")
