"""Mistakes put into functions, and tests that notice them or do not."""

from __future__ import annotations

import ast
import textwrap
from pathlib import Path

import pytest

from poc_graduate import api
from poc_graduate.errors import InputError, Refusal
from poc_graduate.verify.certificate import Certificate, Trials
from poc_graduate.verify.trials import prove_tests as proof
from poc_graduate.verify.trials.first_run import GONE, without
from poc_graduate.verify.trials.mutants import mutants, sampled
from poc_graduate.verify.trials.prove_tests import prove_tests


def changes(body: str) -> set[tuple[str, str]]:
    text = f"def f(df, x, y):\n{textwrap.indent(body, '    ')}\n"
    return {(mutant.before, mutant.after) for mutant in mutants("clean", text)}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("return x < 3", {("<", "<="), ("3", "4")}),
        ("return (x) & (y)", {("&", "|")}),
        ("return ((x + 1)) * ((y))", {("+", "-"), ("1", "2"), ("*", "/")}),
        ("return not x", {("not", "")}),
        ("return ~x", {("~", "")}),
        ("return x and y", {("and", "or")}),
        ("return x not in y", {("not in", "in")}),
        ("return True", {("True", "False")}),
        ("return 'é' + x", {("'é'", "'é_'"), ("+", "-")}),
        ("return df.a.mean()", {("mean", "median")}),
        (
            "return f(df, axis=1, how='any')",
            {("axis=1,", ""), ("1", "2"), ("how='any'", ""), ("'any'", "'any_'")},
        ),
        ("df['a'] = x\nreturn df", {("df['a'] = x", ""), ("'a'", "'a_'")}),
        ("print('said', 1)\nplt.title('seen')\nreturn x", set()),
        ('"""Says 3."""\nreturn x', set()),
    ],
)
def test_each_operator_makes_its_mistakes(body: str, expected: set[tuple[str, str]]) -> None:
    assert changes(body) == expected


def test_mistakes_stand_in_functions_and_are_python() -> None:
    text = "LIMIT = 3\n\n\ndef f(x):\n    if x > 1:\n        x -= 2\n    return x\n"

    found = mutants("clean", text)

    assert {mutant.function for mutant in found} == {"f"}
    assert [mutant.line for mutant in found] == sorted(mutant.line for mutant in found)
    assert "f, line 6: without `x -= 2`" in {mutant.says for mutant in found}
    for mutant in found:
        ast.parse(mutant.text)
        assert mutant.text != text


def test_a_sample_is_spread_evenly_and_always_the_same() -> None:
    found = mutants("m", "def f(x):\n    return " + " + ".join(map(str, range(50))) + "\n")

    some = sampled(found, 7)

    assert len(some) == 7
    assert some == sampled(found, 7)
    assert some[0] is found[0]
    assert found.index(some[-1]) > len(found) / 2
    assert sampled(found, 0) == []


PROJECT = {
    "src/shop/__init__.py": "",
    "src/shop/clean.py": (
        "def vat(price):\n    return price * 0.2\n\n\n"
        "def total(price, count):\n    if count > 9:\n        price = price - 1\n"
        "    return price * count\n"
    ),
    "tests/conftest.py": (
        "import sys\nfrom pathlib import Path\n\n"
        "sys.path.insert(0, str(Path(__file__).parents[1] / 'src'))\n"
    ),
    "tests/unit/test_clean.py": (
        "from shop.clean import total, vat\n\n\n"
        "def test_total_of_few():\n    assert total(2, 3) == 6\n\n\n"
        "def test_total_is_a_number():\n    assert isinstance(total(2, 3), (int, float))\n\n\n"
        "def test_vat_is_a_fifth():\n    assert vat(10) == 2\n"
    ),
    "tests/integration/test_all.py": (
        "from shop.clean import total\n\n\n"
        "def test_many_are_cheaper():\n    assert total(2, 10) == 10\n"
    ),
}


def written(folder: Path, files: dict[str, str]) -> Path:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def trials(tmp_path_factory: pytest.TempPathFactory) -> Trials:
    project = written(tmp_path_factory.mktemp("shop") / "shop", PROJECT)
    return prove_tests(project, "shop", runs=2)


@pytest.mark.build
class TestProof:
    def test_mistakes_that_a_test_notices_are_counted_for_it(self, trials: Trials) -> None:
        unit = "tests/unit/test_clean.py::"

        assert trials.kills[f"{unit}test_vat_is_a_fifth"] == 2  # the operator, and the rate
        assert trials.kills[f"{unit}test_total_of_few"] > 0
        assert trials.kills["tests/integration/test_all.py::test_many_are_cheaper"] > 0

    def test_a_mistake_that_none_notices_is_named(self, trials: Trials) -> None:
        assert trials.survivors
        assert all(one.startswith("shop.clean: total, line 6: ") for one in trials.survivors)
        assert trials.killed == trials.tried - len(trials.survivors)
        assert 0.5 < trials.share < 1

    def test_a_test_that_notices_nothing_is_named(self, trials: Trials) -> None:
        assert trials.idle == ("tests/unit/test_clean.py::test_total_is_a_number",)

    def test_the_unchanged_project_does_not_fail(self, trials: Trials) -> None:
        assert (trials.runs, trials.failures) == (2, {})


@pytest.mark.build
def test_a_test_that_rests_on_chance_is_found(tmp_path: Path) -> None:
    shaky = "def test_order():\n    assert list({'a', 'b', 'c', 'd', 'e'})[0] == 'a'\n"
    project = written(tmp_path / "shop", {**PROJECT, "tests/regression/test_shaky.py": shaky})

    trials = prove_tests(project, "shop", most=0, runs=6)

    assert 0 < trials.failures["tests/regression/test_shaky.py::test_order"] <= 6


@pytest.mark.build
def test_tests_that_fail_as_they_are_show_nothing(tmp_path: Path) -> None:
    wrong = "def test_wrong():\n    assert False\n"
    project = written(tmp_path / "shop", {**PROJECT, "tests/unit/test_wrong.py": wrong})

    with pytest.raises(Refusal, match=r"fail as they are: tests/unit/test_wrong\.py::test_wrong"):
        prove_tests(project, "shop", runs=1)


def test_a_project_without_tests_is_bad_input(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="has no tests"):
        prove_tests(tmp_path, "shop")


def test_the_certificate_tells_it_and_reads_it_back() -> None:
    told = Trials(4, 3, {"tests/unit/test_a.py::test_b": 3}, ("a.b: f, line 1: x",), 0, (), 20, {})
    certificate = Certificate("nb.ipynb", "0", "nb", (), trials=told)

    assert Certificate.from_json(certificate.to_json()) == certificate
    assert "trials" not in Certificate("nb.ipynb", "0", "nb", ()).to_json()


NOTEBOOK = """\
# %%
prices = [3, 4, 12]
# %%
total = sum(price * 2 for price in prices if price < 10)
print(total)
"""


@pytest.mark.build
def test_an_export_is_published_with_what_its_tests_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proof, "RUNS", 1)
    notebook = tmp_path / "shop.py"
    notebook.write_text(NOTEBOOK, encoding="utf-8")

    exported = api.export(notebook, to=tmp_path / "shop", prove_tests=True)

    assert exported.certificate is not None
    assert exported.certificate.trials is not None
    assert exported.certificate.trials.failures == {}
    page = (tmp_path / "shop" / "graduation" / "certificate.html").read_text(encoding="utf-8")
    assert "Can its tests fail?" in page


def test_tests_that_notice_nothing_are_left_out() -> None:
    text = "from shop import f, g\n\n\ndef test_f():\n    f()\n\n\ndef test_g():\n    g()\n"
    files = {"tests/unit/test_a.py": text.encode(), "pyproject.toml": b""}

    assert without(files, ["tests/unit/test_a.py::test_g"]) == {
        "tests/unit/test_a.py": b"from shop import f\n\n\ndef test_f():\n    f()\n"
    }
    assert without(files, ["tests/unit/test_a.py::test_f", "tests/unit/test_a.py::test_g"]) == {
        "tests/unit/test_a.py": GONE
    }
