"""Equal values have equal fingerprints, in any process; any visible difference shows."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from poc_graduate.observe.probe.fingerprint import fingerprint, look
from poc_graduate.observe.probe.known import Known
from poc_graduate.observe.probe.naming import Naming
from tests.observe.values import DISTINCT, NOT_PICKLED, OPAQUE, setup

PICKLED = [e for e in DISTINCT if not any(n in e for n in NOT_PICKLED) and e not in ("re", "types")]
ARROW_TEXT = "string[pyarrow]"
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def namespace() -> dict[str, Any]:
    return setup()


@pytest.mark.parametrize("expression", DISTINCT)
def test_a_value_made_again_has_the_same_fingerprint(
    expression: str, namespace: dict[str, Any]
) -> None:
    one = look(eval(expression, namespace))
    other = look(eval(expression, namespace))

    assert one.opaque == ""
    assert one.fingerprint == other.fingerprint


def test_no_two_different_values_have_the_same_fingerprint(namespace: dict[str, Any]) -> None:
    seen: dict[str, str] = {}
    for expression in DISTINCT:
        mark = fingerprint(eval(expression, namespace))
        assert mark not in seen, f"{expression} and {seen[mark]}"
        seen[mark] = expression


@pytest.mark.parametrize("expression", PICKLED)
def test_a_pickle_keeps_the_fingerprint(
    expression: str, namespace: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    main = sys.modules["__main__"]
    for name, value in namespace.items():
        if isinstance(value, type) and value.__module__ == "__main__":
            monkeypatch.setattr(main, name, value, raising=False)
    value = eval(expression, namespace)

    back = pickle.loads(pickle.dumps(value, protocol=5))

    assert fingerprint(back) == fingerprint(value)


ELSEWHERE = """
import json, sys
sys.path.insert(0, {root!r})
from poc_graduate.observe.probe.fingerprint import fingerprint
from tests.observe.values import DISTINCT, setup
space = setup()
print(json.dumps({{e: fingerprint(eval(e, space)) for e in DISTINCT}}))
"""


@pytest.mark.parametrize("seed", ["1", "99"])
def test_another_process_with_another_hash_seed_agrees(
    seed: str, namespace: dict[str, Any]
) -> None:
    said = subprocess.run(
        [sys.executable, "-c", ELSEWHERE.format(root=str(ROOT))],
        env={**os.environ, "PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
        check=True,
    )

    here = {expression: fingerprint(eval(expression, namespace)) for expression in DISTINCT}

    assert json.loads(said.stdout) == here


@pytest.mark.parametrize(("expression", "reason"), OPAQUE.items())
def test_what_cannot_be_compared_says_why(
    expression: str, reason: str, namespace: dict[str, Any]
) -> None:
    seen = look(eval(expression, namespace))

    assert seen.opaque == reason


def test_equal_frames_from_parquet_have_equal_fingerprints(
    tmp_path: Path, namespace: dict[str, Any]
) -> None:
    import pandas as pd

    made = eval(
        "frame(d=pd.array([1, None, 3], 'Int64'), e=pd.date_range('2020', periods=3, tz='UTC'),"
        " f=pd.Categorical(['a', 'b', 'a'], ordered=True), g=[True, False, True])",
        namespace,
    )
    made.to_parquet(tmp_path / "x.parquet")

    assert fingerprint(pd.read_parquet(tmp_path / "x.parquet")) == fingerprint(made)


def test_an_accessor_that_pandas_keeps_after_its_use_does_not_matter(
    namespace: dict[str, Any],
) -> None:
    import pandas as pd

    class CachedAccessor:
        """As in pandas 2."""

    kept: Any = type("Kept", (pd.Series,), {"text": CachedAccessor()})

    fresh, used = kept(["a"]), kept(["a"])
    object.__setattr__(used, "text", used.str)
    other = kept(["a"])
    object.__setattr__(other, "text", [1])

    assert fingerprint(used) == fingerprint(fresh)
    assert fingerprint(other) != fingerprint(fresh)


def test_memory_order_and_fragments_do_not_matter(namespace: dict[str, Any]) -> None:
    import numpy as np
    import pandas as pd

    rows = np.arange(2_000.0).reshape(500, 4)
    whole = pd.DataFrame(rows, columns=list("abcd"))
    pieces = pd.DataFrame({"a": rows[:, 0]})
    for place, name in enumerate("bcd", start=1):
        pieces[name] = rows[:, place]

    assert fingerprint(np.asfortranarray(rows)) == fingerprint(rows)
    assert fingerprint(rows[::2][::-1][::-1]) == fingerprint(rows[::2].copy())
    assert fingerprint(pieces) == fingerprint(whole)


def test_arrow_offsets_chunks_and_hidden_text_do_not_matter() -> None:
    import pandas as pd

    texts = pd.Series([f"name{i}" for i in range(3_000)])
    in_pieces = pd.concat([texts[:10], texts[10:2_000], texts[2_000:]])
    masked = texts.astype(ARROW_TEXT).where(texts.index % 2 == 0)

    assert fingerprint(in_pieces) == fingerprint(texts.copy().set_axis(in_pieces.index))
    assert fingerprint(masked) == fingerprint(
        pd.Series([t if i % 2 == 0 else None for i, t in enumerate(texts)], dtype=ARROW_TEXT)
    )
    assert fingerprint(texts[5:50].reset_index(drop=True)) == fingerprint(
        pd.Series([f"name{i}" for i in range(5, 50)])
    )


def test_negative_and_positive_nan_are_one_nan() -> None:
    import numpy as np

    negative = -np.full(1_000, np.nan)

    assert negative.tobytes() != np.full(1_000, np.nan).tobytes()
    assert fingerprint(negative) == fingerprint(np.full(1_000, np.nan))
    assert fingerprint(-float("nan")) == fingerprint(float("nan"))
    assert fingerprint([-float("nan")]) == fingerprint([float("nan")])


def test_a_class_that_moves_to_a_package_keeps_its_fingerprints() -> None:
    source = "class Model:\n    rates = [1]\n    def __init__(self, w):\n        self.w = w\n"
    notebook: dict[str, Any] = {"__name__": "__main__"}
    package: dict[str, Any] = {"__name__": "churn.models"}
    exec(source, notebook)
    exec(source.replace("class Model:", "class Model:\n    '''A docstring.'''"), package)
    known = Known(Naming(package="churn"))

    assert fingerprint(notebook["Model"](3), known) == fingerprint(package["Model"](3), known)
    assert fingerprint(notebook["Model"], known) == fingerprint(package["Model"], known)
    assert fingerprint(notebook["Model"](3)) != fingerprint(package["Model"](3))


def test_a_lambda_that_becomes_a_typed_function_keeps_its_fingerprint() -> None:
    space: dict[str, Any] = {"__name__": "__main__"}
    exec("square = lambda v, k=2: v ** k", space)
    moved: dict[str, Any] = {"__name__": "churn.maths"}
    exec('def square(v: float, k: int = 2) -> float:\n    "Doc."\n    return v**k', moved)
    known = Known(Naming(package="churn"))

    assert fingerprint(space["square"], known) == fingerprint(moved["square"], known)


def test_reading_runs_no_code_of_the_notebook() -> None:
    space: dict[str, Any] = {"__name__": "__main__", "calls": []}
    exec(
        "class Loud:\n"
        "    def __init__(self): self.x = 1\n"
        "    def __getstate__(self): calls.append('state'); return {}\n"
        "    def __reduce__(self): calls.append('reduce'); return (Loud, ())\n"
        "    def __eq__(self, other): calls.append('eq'); return True\n"
        "    def __hash__(self): calls.append('hash'); return 1\n"
        "    def __getattr__(self, name): calls.append(name); raise AttributeError(name)\n"
        "    def __len__(self): calls.append('len'); return 0\n"
        "    def __iter__(self): calls.append('iter'); return iter(())\n",
        space,
    )
    value = {"loud": [space["Loud"](), space["Loud"]()]}

    assert look(value).opaque == ""
    assert space["calls"] == []


def test_interactive_figures_are_compared_by_what_they_show() -> None:
    plotly = pytest.importorskip("plotly.graph_objects")

    def figure(y: int) -> Any:
        return plotly.Figure(data=[plotly.Scatter(x=[1], y=[y])])

    assert fingerprint(figure(1)) == fingerprint(figure(1)) != fingerprint(figure(2))
    assert fingerprint(pickle.loads(pickle.dumps(figure(1)))) == fingerprint(figure(1))


def test_iterators_are_not_consumed() -> None:
    numbers = iter([1, 2, 3])
    pairs = enumerate("abc")
    next(pairs)

    look([numbers, pairs])

    assert list(numbers) == [1, 2, 3]
    assert list(pairs) == [(1, "b"), (2, "c")]


def test_a_million_elements_are_read_in_bulk() -> None:
    """Counts objects read one by one instead of timing: a machine may be slow, not this."""
    from poc_graduate.observe.probe.walk import Walk

    for value in (
        [float(i) for i in range(100_000)],
        {str(i): i for i in range(100_000)},
        [(i, str(i)) for i in range(100_000)],
        [{"a": i, "b": None} for i in range(100_000)],
    ):
        walk = Walk(Known())
        walk.add(value)
        assert walk.objects < 20_000


def test_changing_any_part_of_a_nested_value_shows(namespace: dict[str, Any]) -> None:
    def make() -> Any:
        return eval(
            "{'frames': [frame(), frame(d=1)], 'rows': [Row(1, [2, {3: Plain(a=X)}])]}", namespace
        )

    before = fingerprint(make())
    changes = [
        "v['frames'][1].loc[0, 'd'] = 2",
        "v['frames'][0].attrs['a'] = 1",
        "v['frames'][0].index.name = 'i'",
        "v['frames'].append(1)",
        "v['rows'][0].b[1][3].a = X.copy() + 1",
        "v['rows'][0].b[1][3].new = 1",
        "v['rows'][0].b[1][4] = None",
        "v['frames'][1] = v['frames'][0]",
    ]
    for change in changes:
        value = make()
        exec(change, {**namespace, "v": value})
        assert fingerprint(value) != before, change
