"""A value in words: its kind, a short summary without secrets, and a type annotation."""

from __future__ import annotations

import itertools
import re
import sys
import types
from typing import Any

from .naming import Naming, module_name, qualified

SECRET_NAME = re.compile(
    r"pass(word|wd|phrase)?($|[_\d])|secret|token|api_?key|access_?key|private_?key|credential"
    r"|(^|_)pwd($|_)|(^|_)auth($|_)|conn(ection)?_?str",
    re.IGNORECASE,
)
SECRET_VALUE = re.compile(
    r"://[^/\s:@]+:[^/\s@]+@"  # user:password in an address
    r"|-----BEGIN [A-Z ]*PRIVATE KEY"
    r"|\b(ghp|gho|ghs|github_pat|glpat|xox[abps]|sk|pk|rk|AKIA|ASIA|AIza|eyJ)[-_A-Za-z0-9]{12,}"
)
MASK = "***"
LONGEST = 60
DEEPEST = 1

ANNOTATED = {
    "pandas.DataFrame": "pd.DataFrame",
    "pandas.Series": "pd.Series",
    "numpy.ndarray": "np.ndarray",
    "builtins.NoneType": "None",
    "builtins.function": "Callable[..., Any]",
    "builtins.method": "Callable[..., Any]",
    "builtins.builtin_function_or_method": "Callable[..., Any]",
    "functools.partial": "Callable[..., Any]",
    "builtins.module": "ModuleType",
    "builtins.generator": "Iterator[Any]",
    "builtins.type": "type[Any]",
}


def is_secret(name: str, value: Any = None) -> bool:
    """True where a name says that its value is a secret, or the value looks like one."""
    if SECRET_NAME.search(name):
        return True
    if not isinstance(value, str):
        return False
    return bool(SECRET_VALUE.search(value)) or any(map(looks_random, value.split()[:50]))


def looks_random(word: str) -> bool:
    """True for what a machine made up: long, letters and digits mixed, no structure."""
    if len(word) < 24 or not re.fullmatch(r"[A-Za-z0-9+/_=-]+", word) or word.count("/") > 2:
        return False
    digits = [letter.isdigit() for letter in word if letter.isalnum()]
    return sum(one != next_one for one, next_one in itertools.pairwise(digits)) >= 5


def kind_of(value: Any, naming: Naming) -> str:
    """Qualified type name as one would import it; `__main__.Model` for the notebook's own."""
    return kind_name(type(value), naming)


def kind_name(kind: type, naming: Naming) -> str:
    """`pandas.DataFrame` for `pandas.core.frame.DataFrame`: the shortest path that leads there."""
    if naming.local(kind.__module__):
        return "__main__." + kind.__qualname__
    if "." not in kind.__qualname__:
        parts = kind.__module__.split(".")
        for length in range(1, len(parts)):
            module = ".".join(parts[:length])
            # Not `getattr`: a lazy module would load what it is asked for.
            if getattr(sys.modules.get(module), "__dict__", {}).get(kind.__name__) is kind:
                return f"{module}.{kind.__name__}"
    return qualified(kind)


def annotation_of(value: Any, naming: Naming, depth: int = 0) -> str:
    """A type annotation for generated code."""
    kind = type(value)
    if kind not in (list, set, frozenset, dict, tuple):
        return _plain(kind, naming)
    if depth > DEEPEST:
        inside = {"dict": "Any, Any", "tuple": "Any, ..."}.get(kind.__name__, "Any")
        return f"{kind.__name__}[{inside}]"
    if kind is dict:
        keys, items = _common(value, naming, depth), _common(value.values(), naming, depth)
        return f"dict[{keys}, {items}]"
    if kind is tuple and len(value) <= 4:
        parts = [annotation_of(part, naming, depth + 1) for part in value]
        return f"tuple[{', '.join(parts) or '()'}]"
    inside = _common(value, naming, depth)
    return f"tuple[{inside}, ...]" if kind is tuple else f"{kind.__name__}[{inside}]"


def _plain(kind: type, naming: Naming) -> str:
    name = kind_name(kind, naming)
    if name in ANNOTATED:
        return ANNOTATED[name]
    module, _, short = name.rpartition(".")
    if module == "pandas":
        return "pd." + short
    if module == "numpy":
        return "np." + short
    if short in ("PosixPath", "WindowsPath"):
        return "Path"
    return short if short.isidentifier() else "Any"


def _common(values: Any, naming: Naming, depth: int) -> str:
    """The annotation that fits all elements."""
    kinds = set(map(type, values))
    if len(kinds) > 2:
        return "Any"
    if kinds & {list, set, frozenset, dict, tuple}:
        some = itertools.islice(values, 200)
        names = sorted({annotation_of(value, naming, depth + 1) for value in some})
        if len(names) > 1 and len(kinds) == 1:  # rows of different types
            return annotation_of(next(iter(values)), naming, DEEPEST + 1)
    else:
        names = sorted(_plain(kind, naming) for kind in kinds)
    if "None" in names and len(names) == 2:
        return f"{next(name for name in names if name != 'None')} | None"
    if names == ["float", "int"]:
        return "float"
    return names[0] if len(names) == 1 else "Any"


def summary_of(name: str, value: Any, naming: Naming) -> str:
    """A short text for reports."""
    try:
        return _summary(name, value, naming)
    except Exception as error:  # a broken length or shape must not stop the run
        return f"{kind_of(value, naming)} ({type(error).__name__})"


def _summary(name: str, value: Any, naming: Naming) -> str:
    kind = kind_of(value, naming)
    if _derives(value, "numpy.generic"):
        return shortened(str(value))
    if isinstance(value, (bool, int, float, complex, str, bytes, type(None))):
        if is_secret(name, value) and isinstance(value, (str, bytes)):
            return MASK
        return shortened(repr(value[: LONGEST + 2] if isinstance(value, (str, bytes)) else value))
    if _derives(value, "pandas.DataFrame", "pandas.core.frame.DataFrame"):
        return "{:,} rows × {:,} columns".format(*value.shape)
    if _derives(value, "pandas.Series", "pandas.core.series.Series"):
        return f"{len(value):,} values, {value.dtype}"
    if _derives(value, "pandas.Index", "pandas.core.indexes.base.Index"):
        return f"{len(value):,} labels, {value.dtype}"
    if _derives(value, "numpy.ndarray"):
        return f"array {tuple(value.shape)} {value.dtype}"
    containers: tuple[Any, ...] = (list, tuple, dict, set, frozenset)
    for base in containers:
        if isinstance(value, base):
            return f"{type(value).__name__} of {base.__len__(value):,}"
    if isinstance(value, types.FunctionType):
        code = value.__code__
        return "function ({})".format(", ".join(code.co_varnames[: code.co_argcount]))
    if isinstance(value, types.ModuleType):
        return f"module {module_name(value)}"
    if isinstance(value, type):
        return f"class {value.__name__}"
    if kind.startswith(("datetime.", "decimal.", "fractions.", "pathlib.", "pandas.T")):
        return shortened(str(value))
    return kind.rpartition(".")[2]


def _derives(value: Any, *names: str) -> bool:
    return any(qualified(base) in names for base in type(value).__mro__)


def shortened(text: str, most: int | None = None) -> str:
    """The text on one line, at most 60 characters."""
    most = most or LONGEST
    return text if len(text) <= most else text[: most - 1] + "…"
