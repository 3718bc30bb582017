"""State of the process: how far each component has moved from what a fresh process has.

A fingerprint here is empty where the component is as in a fresh process that has imported the
same libraries, so importing pandas changes nothing and setting an option does. For the random
generators it is the state itself, empty where the library is not loaded.
"""

from __future__ import annotations

import builtins
import decimal
import hashlib
import locale
import logging
import os
import random
import re
import sys
import warnings
from typing import Any, Callable

from .describe import MASK, is_secret

VOLATILE = re.compile(
    r"JPY_|JUPYTER|PYDEVD|POC_|IPYTHON|KERNEL_|PAPERMILL|KMP_|OMP_|MKL_|OPENBLAS|NUMEXPR"
    r"|(PWD|OLDPWD|SHLVL|_|MPLBACKEND|LINES|COLUMNS|TERM|PAGER|GIT_PAGER|CLICOLOR|CLICOLOR_FORCE"
    r"|FORCE_COLOR|NO_COLOR|PYTHONHASHSEED|PLOOMBER_STATS_ENABLED)$"
)
"""Variables that the kernel, its starter and libraries set for themselves."""

NUMPY_PRINT = {
    "edgeitems": 3,
    "threshold": 1000,
    "floatmode": "maxprec",
    "precision": 8,
    "suppress": False,
    "linewidth": 75,
    "nanstr": "nan",
    "infstr": "inf",
    "sign": "-",
    "formatter": None,
    "legacy": False,
    "override_repr": None,
}
SILENCE = ("ignore", None, Warning, None, 0)
"""The filter that stands first while the capture itself runs."""

NUMPY_ERRORS = {"divide": "warn", "over": "warn", "under": "ignore", "invalid": "warn"}
SWAPPED = frozenset("_ __ display exit quit get_ipython input raw_input".split())
"""Builtins that IPython puts in place while a cell runs."""

DRAWING_ONLY = ("backend", "backend_fallback", "interactive", "toolbar", "webagg")


def digest(value: Any) -> str:
    """A hash of something whose text is the same in every process; empty for nothing."""
    return hashlib.sha256(repr(value).encode("utf-8", "replace")).hexdigest()[:32] if value else ""


class Left:
    """Settings as the user's code left them, which the capture changes for itself.

    Attributes:
        recursion: The recursion limit.
        numpy_errors: How numpy reports floating point errors, where it is loaded.
    """

    def __init__(self) -> None:
        self.recursion = sys.getrecursionlimit()
        module = sys.modules.get("numpy")
        self.numpy_errors = module.geterr() if hasattr(module, "geterr") else {}  # type: ignore[union-attr]


class Start:
    """The process as it was before the first cell.

    Args:
        folder: The folder that it was started in.
    """

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.environ = dict(os.environ)
        self.path = list(sys.path)
        self.locale = locale.setlocale(locale.LC_ALL)
        self.filters = [filter_text(one) for one in warnings.filters]
        self.decimal = _decimal()
        self.logging = _logging()
        self.recursion = sys.getrecursionlimit()
        self.builtins = {
            name: id(value) for name, value in vars(builtins).items() if name not in SWAPPED
        }
        self.kept = list(vars(builtins).values())  # so that no other object takes their place


def components(start: Start, left: Left, sources: str) -> tuple[dict[str, str], dict[str, Any]]:
    """Fingerprint of each component, and what can be told of it in JSON.

    Args:
        start: The process before the first cell.
        left: Settings that the capture has changed for itself since.
        sources: Code of the cells so far and of the notebook's own modules.
    """
    environ = _environ(start)
    added = [relative(entry, start.folder) for entry in sys.path if entry not in start.path]
    gone = [entry for entry in start.path if entry not in sys.path]
    folder = _folder(start)
    pandas = _pandas()
    filters = _filters(start, sources)
    spoken = locale.setlocale(locale.LC_ALL)
    found: dict[str, Any] = {
        "environ": sorted(environ.items()),
        "cwd": "" if folder == "." else folder,
        "path": (added, gone) if added or gone else (),
        "pandas": sorted((name, _text(value)) for name, value in pandas.items()),
        "numpy": _numpy(left),
        "matplotlib": _matplotlib(),
        "warnings": filters,
        "locale": "" if spoken == start.locale else spoken,
        "decimal": _unless(_decimal(), start.decimal),
        "logging": _unless(_logging(), start.logging),
        "recursion": "" if left.recursion == start.recursion else left.recursion,
        "builtins": _builtins(start),
    }
    # Names as `resource.setrlimit` or `signal.signal` have no component of their own yet.
    fingerprints = {name: digest(value) for name, value in found.items()}
    states = generator_states()
    fingerprints.update({name: digest(states.get(name, "")) for name in GENERATORS})
    told: dict[str, Any] = {
        "environ": {
            name: MASK if value is not None and is_secret(name, value) else value
            for name, value in environ.items()
        },
        "cwd": folder,
        "path": added,
        "pandas": {name: value for name, value in pandas.items() if _plain(value)},
        "warnings": filters,
        "recursion": left.recursion,
        "locale": spoken,
        "builtins": found["builtins"],
    }
    return fingerprints, told


def relative(path: str, folder: str) -> str:
    """A path as seen from the start folder where it lies below it, else as it is."""
    absolute = os.path.abspath(path) if path else folder
    inside = absolute == folder or absolute.startswith(os.path.join(folder, ""))
    return os.path.relpath(absolute, folder) if inside else path


def _plain(value: Any) -> bool:
    return isinstance(value, (bool, int, float, str, type(None)))


def _unless(now: Any, then: Any) -> Any:
    return () if now == then else now


def _environ(start: Start) -> dict[str, str | None]:
    now = dict(os.environ)
    return {
        name: now.get(name)
        for name in sorted(now.keys() | start.environ.keys())
        if now.get(name) != start.environ.get(name) and not VOLATILE.match(name)
    }


def _folder(start: Start) -> str:
    try:
        return os.path.relpath(os.getcwd(), start.folder)
    except (OSError, ValueError):  # the folder is gone, or on another drive
        return "(gone)"


def _pandas() -> dict[str, Any]:
    """Options that differ from pandas' own defaults."""
    config = sys.modules.get("pandas._config.config")
    if config is None:
        return {}
    changed: dict[str, Any] = {}
    for name, option in list(getattr(config, "_registered_options", {}).items()):
        current: Any = config._global_config
        for part in name.split("."):
            current = current[part]
        if current is not option.defval and current != option.defval:
            changed[name] = current
    return changed


def _text(value: Any) -> str:
    code = getattr(value, "__code__", None)
    return repr(value) if code is None else f"a function: {code.co_code!r} {code.co_consts!r}"


def _numpy(left: Left) -> Any:
    module = sys.modules.get("numpy")
    if module is None or not hasattr(module, "get_printoptions"):
        return ()
    options = {**module.get_printoptions(), **left.numpy_errors}
    usual = {**NUMPY_PRINT, **NUMPY_ERRORS}
    return sorted((k, repr(v)) for k, v in options.items() if k in usual and usual[k] != v)


def _matplotlib() -> Any:
    module = sys.modules.get("matplotlib")
    settings, usual = getattr(module, "rcParams", None), getattr(module, "rcParamsOrig", None)
    if settings is None or usual is None:
        return ()
    # Not `settings[...]`: reading `backend` that way chooses one.
    now, then = dict(dict.items(settings)), dict(dict.items(usual))
    names = (name for name in now if not name.startswith(DRAWING_ONLY))
    return sorted((name, repr(now[name])) for name in names if repr(now[name]) != repr(then[name]))


def filter_text(one: tuple[Any, ...]) -> str:
    """A warning filter as one would write it: `ignore:message:Category:module:line`."""
    action, message, category, module, line = one
    patterns = [getattr(part, "pattern", part) or "" for part in (message, module)]
    return "{}:{}:{}:{}:{}".format(
        action, patterns[0], getattr(category, "__name__", category), patterns[1], line or ""
    )


def _filters(start: Start, sources: str) -> list[str]:
    """Filters that the notebook's own code set; libraries set theirs when they are imported.

    Who set a filter cannot be asked. It is taken for the notebook's where all that it names
    (action, category, message, module) stands in the notebook's code.
    """
    filters = [one for one in warnings.filters if one is not SILENCE]
    texts = [filter_text(one) for one in filters]
    added = [
        text
        for one, text in zip(filters, texts)
        if text not in start.filters and _is_named(one, sources)
    ]
    gone = [text for text in start.filters if text not in texts]
    return added + (["gone: " + text for text in gone] if "warnings" in sources else [])


def _is_named(one: tuple[Any, ...], sources: str) -> bool:
    action, message, category, module, _ = one
    words = ["warnings", action]
    if category is not Warning:
        words.append(category.__name__)
    for pattern in (getattr(part, "pattern", part) for part in (message, module)):
        if pattern and repr(pattern)[1:-1] not in sources:
            words.append(pattern)
    return all(word in sources for word in words)


def _decimal() -> Any:
    context = decimal.getcontext()
    traps = sorted(trap.__name__ for trap, caught in context.traps.items() if caught)
    limits = (context.prec, context.rounding, context.Emin, context.Emax)
    return (*limits, context.capitals, context.clamp, traps)


def _logging() -> Any:
    root = logging.getLogger()
    kinds = [type(handler).__name__ for handler in root.handlers]
    return (root.level, kinds, root.disabled, root.manager.disable)


def _builtins(start: Start) -> list[str]:
    now = {name: id(value) for name, value in vars(builtins).items() if name not in SWAPPED}
    return [
        *sorted(name for name in now if name not in start.builtins),
        *sorted("gone: " + name for name in start.builtins if name not in now),
        *sorted(
            "patched: " + name
            for name, address in start.builtins.items()
            if now.get(name, address) != address
        ),
    ]


# -- random generators -------------------------------------------------------------------------

GENERATORS = ("random", "numpy_random", "torch_random")


def _numpy_random() -> Any:
    module = sys.modules.get("numpy.random.mtrand")
    return None if module is None else module._rand


def generator_states() -> dict[str, Any]:
    """State of the global generators of the libraries that are loaded."""
    states: dict[str, Any] = {"random": random.getstate()}
    generator = _numpy_random()
    if generator is not None:
        states["numpy_random"] = _numpy_state(generator)
    torch = sys.modules.get("torch")
    if torch is not None and hasattr(torch, "get_rng_state"):
        states["torch_random"] = bytes(torch.get_rng_state().numpy())
    return states


def hold_generators() -> Callable[[], None]:
    """Remember the generators' states; calling the result puts them back."""
    plain = random.getstate()
    generator = _numpy_random()
    state = None if generator is None else generator.get_state(legacy=False)

    def put_back() -> None:
        if random.getstate() != plain:
            random.setstate(plain)
        if generator is not None and _numpy_state(generator) != _numpy_form(state):
            generator.set_state(state)

    return put_back


def _numpy_state(generator: Any) -> Any:
    return _numpy_form(generator.get_state(legacy=False))


def _numpy_form(state: Any) -> Any:
    inner = sorted(
        (name, part.tobytes() if hasattr(part, "tobytes") else part)
        for name, part in state["state"].items()
    )
    return (state["bit_generator"], inner, state.get("has_gauss"), state.get("gauss"))
