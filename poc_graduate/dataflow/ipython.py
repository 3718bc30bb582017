"""What calls to `get_ipython()` do: shell lines and magics."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from poc_graduate.dataflow.aliases import NONE, UNKNOWN, Value
from poc_graduate.dataflow.effects import NamedFile
from poc_graduate.dataflow.functions import Arguments
from poc_graduate.notebook.magic_effects import interpolated_names

if TYPE_CHECKING:
    from poc_graduate.dataflow.frame import Frame

DYNAMIC_MAGICS = frozenset(
    {
        "run",
        "pylab",
        "store",
        "reset",
        "reset_selective",
        "load",
        "loadpy",
        "xdel",
        "macro",
        "recall",
    }
)
"""Magics that bind or unbind names which the text does not show."""

_SETTINGS = {
    "cd": "cwd",
    "pushd": "cwd",
    "popd": "cwd",
    "env": "environ",
    "set_env": "environ",
    "load_dotenv": "environ",
    "dotenv": "environ",
    "config": "other",
    "precision": "other",
    "autoreload": "other",
    "aimport": "other",
    "load_ext": "other",
    "reload_ext": "other",
    "matplotlib": "matplotlib",
}
_RUNS_CODE = frozenset({"time", "timeit", "prun", "memit", "mprun", "lprun", "capture", "debug"})


def run_ipython(frame: Frame, name: str, given: Arguments) -> Value:
    """A method of the shell is called.

    Args:
        frame: Where.
        name: The method.
        given: Its arguments.
    """
    texts = [value.text for value in given.positional]
    for text in texts:
        if text is not None:
            _read(frame, interpolated_names(text))
    if name in ("getoutput",):
        frame.effects.acts = True
        return Value(kind="list", flat=True)
    if name in ("system", "system_piped", "system_raw"):
        frame.effects.shows = frame.effects.acts = True
        return NONE
    if name in ("run_line_magic", "run_cell_magic", "magic") and texts and texts[0] is not None:
        _magic(frame, texts[0], [text or "" for text in texts[1:]], given)
        return UNKNOWN
    if name in ("ex", "ev", "run_cell", "push", "user_ns", "safe_execfile", "enable_pylab"):
        frame.effects.dynamic = True
    return UNKNOWN


def _magic(frame: Frame, magic: str, texts: list[str], given: Arguments) -> None:
    effects = frame.effects
    component = _SETTINGS.get(magic)
    reads_only = magic in ("env", "config") and "=" not in texts[0] and len(texts[0].split()) < 2
    if component and not reads_only:
        effects.settings.add(component)
    if magic in DYNAMIC_MAGICS:
        effects.dynamic = True
    if magic in ("writefile", "file") and texts:
        words = texts[0].split()
        if words:
            mode = "append" if "-a" in words or "--append" in words else "write"
            node = given.nodes[1]
            if node is not None:
                effects.files.append(NamedFile(mode, Value("str", text=words[-1]), node))
    if magic in _RUNS_CODE:
        for text in texts:
            _run_text(frame, text)


def _run_text(frame: Frame, text: str) -> None:
    """Code in the text of a magic: its names are read and may be bound."""
    try:
        tree = ast.parse(text.strip())
    except SyntaxError:
        return
    names = {
        n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)
    }
    _read(frame, names)
    if any(isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store) for n in ast.walk(tree)):
        frame.effects.dynamic = True


def _read(frame: Frame, names: frozenset[str] | set[str]) -> None:
    for name in names:
        if name in frame.knowledge.bound and name not in frame.function.here:
            frame.effects.reads.add(name)
