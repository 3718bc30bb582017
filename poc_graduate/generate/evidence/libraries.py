"""Tiny calls of libraries, as the package's functions make them, with what was answered."""

from __future__ import annotations

import os
import sys
from typing import Any

from .calls import Recorder, Seen, copied
from .replay import quiet, rewrite_modules
from .values import held, imported, rounded, same, taken

_ROWS, _COLUMNS, _MOST, _LONGEST = 5, 6, 12, 400
_LISTS = ("list", "tuple", "dict")
_PLAIN = ("int", "bool", "str", "NoneType", "float", *_LISTS)
_SHORT = {"pandas": "pd", "numpy": "np"}


def probes(spec: dict[str, Any], results: dict[str, Any]) -> list[dict[str, str]]:
    """Calls that give the same again, one for each function of a library.

    Args:
        spec: What `sampling.py` was asked.
        results: Function of the package → arguments with which it was called, and what it gave.
    """
    found: dict[str, dict[str, str]] = {}
    recorder = _Before(spec["package"])
    with quiet():
        functions = rewrite_modules(spec, recorder)
        for name, (arguments, _) in sorted(results.items()):
            small = {key: _few(copied(value)) for key, value in arguments.items()}
            try:
                functions[name](**small)
            except Exception:  # it needs more rows than a few
                continue
        for seen in recorder.seen:
            probe = written(seen)
            if probe is not None and probe["name"] not in found:
                found[probe["name"]] = probe
            if len(found) == _MOST:
                break
    return [found[name] for name in sorted(found)]


class _Before(Recorder):
    """Keeps what a library was given before it could change it."""

    def __init__(self, package: str) -> None:
        super().__init__(lambda _: False)
        self.package = package
        self.seen: list[Seen] = []

    def __call__(self, source: str, function: Any, /, *args: Any, **kwargs: Any) -> Any:
        receiver = getattr(function, "__self__", None)
        root = (getattr(function, "__module__", None) or type(receiver).__module__).split(".")[0]
        own = root in (self.package, "builtins", "__main__") or root in sys.stdlib_module_names
        if own or len(self.seen) > 300:
            return function(*args, **kwargs)
        told = receiver if _is_value(receiver) else None
        given = copied((told, args, kwargs))
        result = function(*args, **kwargs)
        name = getattr(function, "__name__", "")
        self.seen.append(Seen(function, given[0], name, given[1], given[2], copied(result)))
        return result


def _is_value(receiver: Any) -> bool:
    return type(receiver).__name__ in ("DataFrame", "Series")


def _few(value: Any) -> Any:
    if type(value).__name__ in ("DataFrame", "Series", "ndarray") and len(value) > _ROWS:
        return copied(taken(value, [place * len(value) // _ROWS for place in range(_ROWS)]))
    return value


def literal(value: Any, digits: int = 6, *, labelled: bool = False) -> str | None:
    """Python that gives such a value, where it is short enough to be read.

    Args:
        value: Any object.
        digits: Significant digits of figures.
        labelled: Keep the labels of rows; without, they are counted from 0.
    """
    kind = type(value).__name__
    text: str | None = None
    if kind in ("Series", "DataFrame") and not labelled:
        value = value.reset_index(drop=True)
    if kind == "Series" and len(value) <= _ROWS:
        name = f", name={value.name!r}" if value.name is not None else ""
        text = f"pd.Series({_items(value, digits)}{_labels(value.index)}{name})"
    elif kind == "DataFrame" and value.shape[0] <= _ROWS and value.shape[1] <= _COLUMNS:
        columns = [f"{name!r}: {_items(value[name], digits)}" for name in value.columns]
        text = "pd.DataFrame({" + ", ".join(columns) + "}" + _labels(value.index) + ")"
    elif kind == "ndarray" and value.ndim == 1 and len(value) <= _ROWS:
        text = f"np.array({rounded(value.tolist(), digits)!r})"
    elif kind in _PLAIN and value == value and not (kind in _LISTS and len(value) > _ROWS):
        text = repr(rounded(value, digits))
    if text is None or len(text) > _LONGEST:
        return None
    # It may be no Python: what an object shows of itself need not be.
    return text if held(lambda: _close(eval(text, _space()), value)) else None


def _labels(index: Any) -> str:
    """The argument that gives rows their labels; empty where they are counted from 0."""
    import pandas as pd

    if index.name is None and index.equals(pd.RangeIndex(len(index))):
        return ""
    items = _items(index, digits=12)
    return (
        f", index={items}"
        if index.name is None
        else f", index=pd.Index({items}, name={index.name!r})"
    )


def _space() -> dict[str, Any]:
    import numpy as np
    import pandas as pd

    return {"pd": pd, "np": np}


def _close(one: Any, other: Any) -> bool:
    """Equal in type, labels and values, figures to five digits.

    Whether labels from 0 are stored as a range makes no difference.
    """
    import pandas as pd

    if type(one) is not type(other):
        return False
    if isinstance(one, pd.DataFrame):
        pd.testing.assert_frame_equal(one, other, check_index_type="equiv")
    elif isinstance(one, pd.Series):
        pd.testing.assert_series_equal(one, other, check_index_type="equiv")
    elif type(one).__name__ == "ndarray":
        pd.testing.assert_series_equal(pd.Series(one), pd.Series(other))
    elif isinstance(one, float):
        return bool(abs(one - other) <= 1e-5 * abs(other))
    else:
        return same(one, other)
    return True


def _items(column: Any, digits: int) -> str:
    items = [None if item is None or item != item else item for item in column.tolist()]
    if column.dtype.kind == "M":
        return f"pd.to_datetime({[str(item) for item in items]!r})"
    return repr(rounded(items, digits))


def _narrow(frame: Any, args: Any) -> Any:
    """Of a wide frame, the columns that a call names, and two more."""
    if type(frame).__name__ != "DataFrame" or frame.shape[1] <= _COLUMNS:
        return frame
    named = [name for name in frame.columns if isinstance(name, str) and repr(name) in repr(args)]
    others = [name for name in frame.columns if name not in named][:2]
    return frame[[name for name in frame.columns if name in (*named, *others)]]


def written(seen: Seen) -> dict[str, str] | None:
    """The call as Python, where giving it again answers the same."""
    given = (seen.args, seen.kwargs)
    args = [literal(_narrow(value, given)) for value in seen.args]
    named = {key: literal(_narrow(value, given)) for key, value in seen.kwargs.items()}
    if None in args or None in named.values() or not seen.method.isidentifier():
        return None
    strings = [*seen.args, *seen.kwargs.values()]
    if any(isinstance(text, str) and os.path.exists(text) for text in strings):
        return None
    inner = ", ".join([*map(str, args), *(f"{key}={value}" for key, value in named.items())])
    line = ""
    if seen.receiver is not None:
        receiver = literal(_narrow(seen.receiver, given))
        if receiver is None:
            return None
        called = f"{receiver}.{seen.method}"
        name = f"pandas.{type(seen.receiver).__name__}.{seen.method}"
    else:
        line = imported(seen.function) or ""
        if not line or not inner:
            return None
        module = line.split()[1]
        called, name = seen.method, f"{module}.{seen.method}"
        if module in _SHORT:
            called, line = f"{_SHORT[module]}.{seen.method}", ""
    text = f"{called}({inner})"
    space = _space()
    try:
        exec(line, space)
        answer = eval(text, space)
        result = literal(answer, digits=12, labelled=True)
        again = result is not None and _close(eval(text, space), eval(result, space))
        if answer is None or not again or len(text) > 2 * _LONGEST:
            return None
    except Exception:  # what is written does not say all that it was given
        return None
    return {"name": name, "import": line, "call": text, "result": str(result)}
