"""Runs in the built project: calls its functions on sampled rows and keeps what they gave.

Two lines of JSON come on standard input: the libraries to load, when it starts; what to do, when
the project has been built: its `folder`, a `spec` (a file: package, and for each stage its loads,
set-up and cells), and the folders `output` and `temporary`. The output gets `cases.json` and the
values that do not fit into a line of Python. Nothing of poc_graduate is imported: the project's
own environment must do.
"""

from __future__ import annotations

import contextlib
import copy
import functools
import importlib
import importlib.util
import io
import json
import os
import pickle
import random
import re
import shutil
import sys
import tempfile
import time
import types
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_SIZES = (60, 400, 4000, sys.maxsize)
_LARGEST = 200_000
"""Bytes that one sample may take on disk."""
_ENDS = 30
"""First and last rows that stand for a result that is too large to be kept."""
_VALUES = 1000
"""Values of an array that do."""
_HANDFUL = 8
"""Rows that are kept of what is too large even with few of them."""
_SPARE = 10.0
"""Seconds for tasks that are run only to see how they call the author's own functions."""


def seed() -> None:
    """The state in which the tests call every function."""
    random.seed(0)
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(0)


def sampled(value: Any, rows: int, labels: Iterable[Any] = ()) -> Any:
    """The first rows and some from all over, in their order, of anything that has rows.

    Args:
        value: Any value; one without rows is taken whole.
        rows: How many.
        labels: Labels of a frame's rows that are to be among them.
    """
    length = _length(value)
    if length is None or length <= rows:
        return copy.deepcopy(value)
    head = rows * 2 // 3
    step = max(1, (length - head) // (rows - head))
    picked = [*range(head), *list(range(head, length, step))[: rows - head]]
    if hasattr(value, "iloc"):
        if labels and value.index.is_unique:
            places = value.index.get_indexer(list(labels))
            picked = sorted({*picked, *(int(place) for place in places if place >= 0)})
        return value.iloc[picked].copy()
    return value[picked].copy()


def _length(value: Any) -> int | None:
    kind = type(value)
    root = kind.__module__.split(".")[0]
    if root == "pandas" and hasattr(value, "iloc") and hasattr(value, "copy"):
        return len(value)
    if kind.__name__ == "ndarray" and root == "numpy" and value.ndim:
        return len(value)
    return None


def few(value: Any) -> Any:
    """The number of rows of a large table, with its first and last ones; an array's shape and a
    thousand of its values from all over.

    The tests have the same function.
    """
    if isinstance(value, tuple):
        return tuple(few(one) for one in value)
    if _length(value) is None or value.size <= _VALUES:
        return value
    if not hasattr(value, "iloc"):
        return [value.shape, value.ravel()[:: value.size // _VALUES].copy()]
    return [len(value), value.iloc[:_ENDS].copy(), value.iloc[-_ENDS:].copy()]


def plain(value: Any) -> bool:
    """Whether a value reads well as a literal."""
    if isinstance(value, float):
        return value == value and abs(value) != float("inf") and type(value) is float
    if type(value) in (int, bool, type(None)):
        return True
    if type(value) is str:
        return len(value) <= 60 and value.isprintable()
    if type(value) in (list, tuple):
        return len(value) <= 6 and all(plain(item) for item in value)
    if type(value) is dict:
        return len(value) <= 6 and all(plain(one) for item in value.items() for one in item)
    return False


def kept(values: Any) -> bytes | None:
    """Arguments of a call by position and name; with fewer rows where they are too large.

    Returns:
        None where they cannot be kept at all.
    """
    args, kwargs = values
    sizes = [_length(one) or 0 for one in (*args, *kwargs.values())]
    fewest, few, many, *_ = _SIZES
    less = (few, fewest, _HANDFUL)
    for rows in (sys.maxsize, *less) if max(sizes, default=0) < many else less:
        positional = tuple(_fewer(one, rows) for one in args)
        named = {name: _fewer(one, rows) for name, one in kwargs.items()}
        try:
            content = pickle.dumps((positional, named), protocol=5)
        except (pickle.PicklingError, TypeError, AttributeError, RecursionError):
            return None
        if len(content) <= _LARGEST:
            return content
    return None


def _fewer(value: Any, rows: int) -> Any:
    return value if (_length(value) or 0) <= rows else sampled(value, rows)


class Kernel:
    """Stands in for IPython: what magics do is seen on a screen, and no function needs it."""

    def run_line_magic(self, *_: Any, **__: Any) -> None:
        """Do nothing."""

    run_cell_magic = run_line_magic
    events = types.SimpleNamespace(register=run_line_magic)
    """Where matplotlib asks to be told when a cell has ended."""


def prepared(
    stage: dict[str, Any], parameters: dict[str, Any], rows: int, labels: Iterable[Any] = ()
) -> tuple[dict[str, Any], str]:
    """The names that a task's cells start from, on sampled rows, and why that failed, if so."""
    space: dict[str, Any] = {"__name__": "__sample__", **parameters}
    upstream = {
        task: {key: os.path.abspath(path) for key, path in products.items()}
        for task, products in stage["upstream"].items()
    }
    space.update(upstream=upstream, product={}, resources_=None)
    failed = attempt(lambda: exec("\n".join(stage["before"]), space))
    for name in (name for names in stage["loaded"] for name in names):
        if name in space:
            space[name] = sampled(space[name], rows, labels)
    return space, failed


@dataclass
class Calls:
    """Calls of the functions that were made of cells.

    Attributes:
        move: Gives rows of tables what a function compares them with; says what.
        results: Function → its arguments, and what it gave.
        moved: Function → what rows of its tables were given.
    """

    move: Callable[[Callable[..., Any], dict[str, Any]], list[str]]
    results: dict[str, tuple[dict[str, Any], Any]] = field(default_factory=dict)
    moved: dict[str, list[str]] = field(default_factory=dict)


def run_stage(
    stage: dict[str, Any],
    rows: int,
    calls: Calls,
    parameters: dict[str, Any],
    labels: Iterable[Any] = (),
) -> dict[str, str]:
    """Run a task's cells on sampled rows; keep arguments and result of each made function.

    Returns:
        Function that has no result yet → why. A cell that fails does not keep the others from
        being tried.
    """
    reasons: dict[str, str] = {}
    space, failed = prepared(stage, parameters, rows, labels)
    for cell in stage["cells"]:
        call = cell["call"]
        if call is not None and call["function"] not in calls.results:
            reason = failed or attempt(lambda c=call: call_once(c, space, calls))  # type: ignore[misc]
            if reason:
                reasons[call["function"]] = reason
        attempt(lambda c=cell: exec(c["text"], space))  # type: ignore[misc]
    return reasons


_MOST_TOUCHED = 40


def touched_labels(stage: dict[str, Any], parameters: dict[str, Any]) -> list[Any]:
    """Labels of the rows that a task's cleaning by hand leaves out or changes, in all the data."""
    found: dict[Any, None] = {}
    space, failed = prepared(stage, parameters, sys.maxsize)
    for cell in [] if failed else stage["cells"]:
        call = cell["call"]
        if call is not None and call["cleans"]:
            attempt(lambda c=call: found.update(_labels_of(c, space)))  # type: ignore[misc]
        attempt(lambda c=cell: exec(c["text"], space))  # type: ignore[misc]
    return list(found)


def _labels_of(call: dict[str, Any], space: dict[str, Any]) -> dict[Any, None]:
    arguments = {name: copy.deepcopy(space[name]) for name in call["arguments"]}
    result = space[call["function"]](**copy.deepcopy(arguments))
    found: dict[Any, None] = {}
    for before, after in _cleaned(arguments, result):
        found.update(_labels(before, after))
    return found


def _cleaned(arguments: dict[str, Any], result: Any) -> list[tuple[Any, Any]]:
    """The frame that a function takes and the one that it gives, where there is one of each."""
    took = [value for value in arguments.values() if type(value).__name__ == "DataFrame"]
    results = result if isinstance(result, tuple) else (result,)
    gave = [value for value in results if type(value).__name__ == "DataFrame"]
    return [(took[0], gave[0])] if len(took) == len(gave) == 1 else []


def _labels(before: Any, after: Any) -> dict[Any, None]:
    if not (before.index.is_unique and after.index.is_unique):
        return {}
    left_out = before.index.difference(after.index, sort=False)
    changed = changes(before, after).any(axis=1)
    picked = [*left_out[:_MOST_TOUCHED], *changed[changed].index[:_MOST_TOUCHED]]
    return dict.fromkeys(picked)


def changes(before: Any, after: Any) -> Any:
    """Which values of the rows and columns that two frames share are different ones."""
    columns = [name for name in before.columns if name in after.columns]
    rows = before.index.intersection(after.index)
    was, now = before.loc[rows, columns], after.loc[rows, columns]
    return (was.astype(object) != now.astype(object)) & ~(was.isna() & now.isna())


def touches(arguments: dict[str, Any], result: Any) -> list[int]:
    """How many rows a function leaves out, and how many values it changes in the others.

    Raises:
        ValueError: it takes or gives no frame, or several, or their labels repeat.
    """
    for before, after in _cleaned(arguments, result):
        if before.index.is_unique and after.index.is_unique:
            kept = int(before.index.isin(after.index).sum())
            return [len(before) - kept, int(changes(before, after).to_numpy().sum())]
    raise ValueError("rows cannot be told apart")


def call_once(call: dict[str, Any], space: dict[str, Any], calls: Calls) -> None:
    """Call a made function with what its cell would give it.

    Raises:
        ValueError: it cannot be tested by what it takes and gives.
    """
    name = call["function"]
    arguments = {name: copy.deepcopy(space[name]) for name in call["arguments"]}
    content = kept(((), arguments))
    if content is None:
        size = len(pickle.dumps(arguments, protocol=5))
        raise ValueError(f"the sample takes {size:,} bytes")
    found: list[list[str]] = []

    def moved() -> bytes:
        other = pickle.loads(content)[1]
        found.append([] if call["cleans"] else calls.move(space[name], other))
        if not found[0]:
            raise ValueError("nothing was moved")
        return pickle.dumps(((), other), protocol=5)

    def once(content: bytes) -> None:
        seed()
        result = space[name](**pickle.loads(content)[1])
        again = pickle.loads(content)[1]
        check(space[name], again, result)
        calls.results[name] = (again, result)

    if attempt(lambda: once(moved())):
        once(content)
    else:
        calls.moved[name] = found[0]


def _close(one: Any, other: Any) -> bool:
    """Pickles of equal values may differ in how they share strings."""
    return repr(one) == repr(other)


def attempt(action: Callable[[], object]) -> str:
    """Run quietly; the reason where it failed. User code may raise anything at all."""
    try:
        with (
            contextlib.redirect_stdout(io.StringIO()),
            contextlib.redirect_stderr(io.StringIO()),
            warnings.catch_warnings(),
        ):
            warnings.simplefilter("ignore")
            action()
    except BaseException as failure:
        if isinstance(failure, KeyboardInterrupt):
            raise
        return f"{type(failure).__name__}: {failure}"[:200]
    return ""


def stay_below(*folders: str) -> None:
    """Refuse what would reach beyond the given folders: what runs here runs on a few rows only."""
    allowed = tuple(os.path.join(os.path.realpath(folder), "") for folder in folders)
    home = os.path.expanduser("~")
    allowed += tuple(os.path.join(home, name, "") for name in (".cache", ".config"))

    def inside(path: Any) -> bool:
        if isinstance(path, int) or path is None:
            return True
        return os.path.realpath(os.fsdecode(path)).startswith(("/dev/", *allowed))

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            path, mode, flags = arguments
            writes = set("wax+") & set(mode or "") or (flags or 0) & (os.O_WRONLY | os.O_RDWR)
            refused = bool(writes) and not inside(path)
        elif event == "subprocess.Popen":
            # Workers of joblib and the like are Python too, and run functions, not cells.
            refused = os.path.realpath(str(arguments[0])) != os.path.realpath(sys.executable)
        elif event in _CHANGES:
            refused = not all(inside(path) for path in arguments[: _CHANGES[event]])
        else:
            refused = event in _REACHES_OUT
        if refused:
            raise PermissionError(f"{event} reaches beyond the project")

    sys.addaudithook(watch)


# Audit events (docs.python.org, "Audit events table") → how many of their arguments are paths.
_CHANGES = {
    "os.remove": 1, "os.rename": 2, "os.rmdir": 1, "os.mkdir": 1, "os.truncate": 1,
    "os.link": 2, "os.symlink": 2, "shutil.rmtree": 1, "shutil.move": 2, "sqlite3.connect": 1,
}  # fmt: skip
_REACHES_OUT = frozenset({"socket.connect", "os.system", "os.exec", "os.posix_spawn", "os.spawn"})


def keeper(paths: list[str]) -> Callable[[], None]:
    """Keep files of the built project aside; calling the result brings them back."""
    aside = tempfile.mkdtemp()
    kept = {path: os.path.join(aside, str(i)) for i, path in enumerate(paths)}
    for path, copied in kept.items():
        if os.path.isfile(path):
            shutil.copyfile(path, copied)

    def restore() -> None:
        for path, copied in kept.items():
            if os.path.isfile(copied):
                shutil.copyfile(copied, path)

    return restore


def main(spec_file: str, output: str) -> None:
    """Sample every stage, with more rows where few are not enough."""
    os.environ["MPLBACKEND"] = "Agg"
    home = os.getcwd()
    sys.path.insert(0, str(Path("src").resolve()))
    spec = json.loads(Path(spec_file).read_text(encoding="utf-8"))
    folder = Path(output)
    folder.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(ImportError):
        vars(importlib.import_module("IPython"))["get_ipython"] = Kernel
    stay_below(os.getcwd(), output, spec["clean"], tempfile.gettempdir())
    made = {c["call"]["function"] for s in spec["stages"] for c in s["cells"] if c["call"]}
    evidence = beside("evidence")
    own = evidence.own_calls
    recorders: dict[str, Any] = {}
    failed = attempt(
        lambda: recorders.update(own.recorders(spec["package"], spec["modules"], made, kept, plain))
    )
    called = Calls(evidence.moved_rows.moved)
    results = called.results
    reasons: dict[str, str] = {}
    restore = keeper(spec["writes"])
    spare = _SPARE
    for stage in spec["stages"]:
        labels: list[Any] = []
        if any(c["call"] and c["call"]["cleans"] for c in stage["cells"]):
            restore()
            labels = touched_labels(stage, spec["parameters"])
        for rows in _SIZES:
            wanted = {c["call"]["function"] for c in stage["cells"] if c["call"]} - set(results)
            uncalled = {name for name, one in recorders.items() if not one.record.asked}
            named = {name for name in uncalled if _mentioned(name, stage)}
            if not wanted and not (named and spare > 0):
                break
            restore()  # a cell on few rows has written its file from them
            started = time.process_time()
            why = run_stage(stage, rows, called, spec["parameters"], labels)
            if not wanted:
                spare -= time.process_time() - started
            reasons.update({name: why.get(name, failed) for name in wanted - set(results)})
    kinds = ("made", "own", "prints", "calls", "skipped", "touches", "properties")
    record: dict[str, Any] = {kind: {} for kind in kinds}
    record |= {"moved": called.moved, "few": []}
    cleaning = {
        c["call"]["function"]
        for stage in spec["stages"]
        for c in stage["cells"]
        if c["call"] and c["call"]["cleans"]
    }
    functions = {
        name: found for module in spec["modules"] for name, found in _members(spec, module)
    }
    tried = evidence.properties
    calls = [c["call"] for stage in spec["stages"] for c in stage["cells"] if c["call"]]
    gives = {call["function"]: call.get("gives", ()) for call in calls}

    def counted(name: str, arguments: dict[str, Any], result: Any) -> None:
        record["touches"][name] = touches(arguments, result)

    def held(name: str, arguments: dict[str, Any], result: Any) -> None:
        """Properties that held; arguments as they are afterwards lie beside the sample."""
        found: dict[str, Any] = tried.properties(functions[name], arguments, result, seed)
        for given in gives.get(name, ()):  # the caller's own is another from then on
            found["after"].pop(given, None)
        _write(folder, name, {f"{key}_after": value for key, value in found["after"].items()})
        record["properties"][name] = {**found, "after": sorted(found["after"])}

    # The tests run where nothing has been built: no product, no file that the pipeline writes.
    os.chdir(spec["clean"])
    for name, (arguments, result) in sorted(results.items()):
        values = {**arguments, "result": result}
        reason = attempt(functools.partial(check, functions[name], arguments, result))
        reason = reason or attempt(
            functools.partial(stay_anywhere, values, spec.get("scratch", ""))
        )
        large = reason or attempt(functools.partial(_write, folder, name, values))
        if large and not reason:
            values["result"] = few(result)
            reason = attempt(functools.partial(_write, folder, name, values))
            record["few"] += [] if reason else [name]
        if reason:
            record["skipped"][name] = reason
            continue
        record["made"][name] = {k: repr(v) if plain(v) else None for k, v in arguments.items()}
        attempt(functools.partial(held, name, arguments, result))
        if name in cleaning:
            attempt(functools.partial(counted, name, arguments, result))
    bench = own.Bench(plain, seed, attempt, check, functools.partial(_anywhere, spec, folder))
    for name, recorder in sorted(recorders.items()):
        lines, printed, samples = own.cases(
            name, recorder.function, recorder.record.picked(), bench
        )
        if lines:
            record["own"][name] = lines
        if printed:
            record["prints"][name] = printed
        if samples:
            record["calls"][name] = samples
        if not lines and not printed and not samples:
            record["skipped"][name] = own.SHOWS_NOTHING if recorder.record.asked else own.UNCALLED
    record["skipped"].update({n: r for n, r in reasons.items() if n not in results})
    (folder / "cases.json").write_text(json.dumps(record, indent=1, sort_keys=True))
    os.chdir(home)
    restore()
    attempt(lambda: evidence.gather(spec, folder, results))


def _mentioned(name: str, stage: dict[str, Any]) -> bool:
    """Whether a task's cells speak of a name."""
    return any(re.search(rf"\b{re.escape(name)}\b", cell["text"]) for cell in stage["cells"])


def _anywhere(spec: dict[str, Any], folder: Path, name: str, values: dict[str, Any]) -> None:
    """Keep a call's values, where they hold nothing that is so in this run only.

    Raises:
        ValueError: they do, or are too large.
    """
    stay_anywhere(values, spec.get("scratch", ""))
    _write(folder, name, values)


def beside(name: str) -> Any:
    """A package of this folder, loaded by its path: its neighbours must hide no other modules."""
    path = Path(__file__).with_name(name)
    found = importlib.util.spec_from_file_location(
        f"poc_graduate_{name}", path / "__init__.py", submodule_search_locations=[str(path)]
    )
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    sys.modules[found.name] = module
    found.loader.exec_module(module)
    return module


def _members(spec: dict[str, Any], module: str) -> Iterable[tuple[str, Any]]:
    """The functions of a module by name, but for those behind a recorder."""
    for name, value in vars(importlib.import_module(f"{spec['package']}.{module}")).items():
        if isinstance(value, types.FunctionType):
            yield name, value


def check(function: Callable[..., Any], arguments: dict[str, Any], result: Any) -> None:
    """Call a function once more, with copies of its arguments, and compare.

    Raises:
        ValueError: it gives something else.
    """
    seed()
    repeated = function(**copy.deepcopy(arguments))
    if pickle.dumps(result) != pickle.dumps(repeated) and not _close(result, repeated):
        raise ValueError("two calls with the same arguments differ")


def stay_anywhere(values: dict[str, Any], scratch: str) -> None:
    """Refuse values that say where this run lay: nowhere else, and never again, is it so.

    Raises:
        ValueError: one does.
    """
    for name, value in values.items():
        if scratch and scratch.encode() in pickle.dumps(value):
            raise ValueError(f"{name} holds the path of the folder that it was computed in")


def _write(folder: Path, name: str, values: dict[str, Any]) -> None:
    home = folder / name
    home.mkdir(parents=True, exist_ok=True)
    for key, value in values.items():
        if key not in ("result", "drawn") and plain(value):
            continue
        content = pickle.dumps(value, protocol=5)
        if len(content) > _LARGEST:
            raise ValueError(f"{key} takes {len(content):,} bytes")
        if type(value).__name__ == "DataFrame":
            import pandas as pd

            path = home / f"{key}.parquet"
            reason = attempt(lambda v=value, p=path: v.to_parquet(p))  # type: ignore[misc]
            if not reason:
                reason = attempt(
                    lambda v=value, p=path: pd.testing.assert_frame_equal(  # type: ignore[misc]
                        v, pd.read_parquet(p), check_exact=True, check_freq=True
                    )
                )
            if not reason:
                continue
            path.unlink(missing_ok=True)
        (home / f"{key}.pickle").write_bytes(content)


def preload(names: list[str]) -> None:
    """Import libraries while there is time: `sklearn.svm.SVC` is a class in `sklearn.svm`."""
    for name in names:
        parts = name.split(".")
        for length in range(len(parts), 0, -1):
            module = ".".join(parts[:length])
            if not attempt(lambda m=module: importlib.import_module(m)):  # type: ignore[misc]
                break


if __name__ == "__main__":
    preload(json.loads(sys.stdin.readline()))
    asked = json.loads(sys.stdin.readline())
    os.chdir(asked["folder"])
    os.environ["TMPDIR"] = tempfile.tempdir = asked["temporary"]
    main(asked["spec"], asked["output"])
