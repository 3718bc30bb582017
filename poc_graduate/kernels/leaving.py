"""How a forked kernel ends: what its cells made as ever, what it was forked with is left alone.

An interpreter that ends takes every module apart. In a fork that is most of what its end costs:
each object that is touched has its page copied first. None of it can be noticed but where something
that the cells made hangs on a library: then the whole interpreter ends as ever.
Source: CPython, `Py_FinalizeEx` (Python/pylifecycle.c) and `_PyModule_ClearDict`.

`zygote.py` loads this file by its path, and imports nothing else of the package.
"""

from __future__ import annotations

import atexit
import gc
import io
import sys
import threading
from collections.abc import Iterable, MutableMapping, Sequence
from socket import socket
from typing import Any

# What every kernel makes for itself, and whose end nobody sees.
_OF_KERNELS = frozenset("IPython _asyncio asyncio ipykernel tornado traitlets zmq".split())
_PATIENCE = 5.0


def of_kernel() -> list[object]:
    """What the kernel has opened for itself, before the first cell."""
    return [one for one in gc.get_objects() if isinstance(one, io.IOBase)]


def leave(app: Any, own: Sequence[object]) -> None:
    """End this process with status 0, or return where its interpreter has to end as ever.

    Args:
        app: The kernel's `IPKernelApp`, whose loop has ended; the cells' names are gone behind it.
        own: What `of_kernel` gave before it began.
    """
    # It may be writing what was printed still, by threads which the functions below stop.
    control = getattr(app, "control_thread", None)
    if control is not None:
        control.join(_PATIENCE)
    call_exit_functions()
    clear(app.kernel.shell.user_ns)
    for name in ("last_type", "last_value", "last_traceback", "last_exc"):
        vars(sys).pop(name, None)
    gc.collect()
    if unfinished(gc.get_objects(), own):
        return
    for stream in (sys.__stdout__, sys.__stderr__):
        if stream is not None:
            stream.flush()
    import ctypes

    # Not `os._exit`: what libraries have registered in C is called. Nobody else may run meanwhile.
    ctypes.PyDLL(None).exit(0)


def call_exit_functions() -> None:
    """Wait for threads and call what `atexit` was given, as an ending interpreter does first.

    Where it comes to its end after all, both do nothing the second time.
    """
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()


def clear(namespace: MutableMapping[str, Any]) -> None:
    """Let go of a module's names, in the order of an interpreter that ends.

    Args:
        namespace: Of the module.
    """
    for hidden in (True, False):
        for name in list(namespace):
            if name != "__builtins__" and hidden == (name[:1] == "_" and name[1:2] != "_"):
                namespace[name] = None


def unfinished(objects: Iterable[object], own: Iterable[object]) -> bool:
    """Whether any of them does something when it ends: flushes a file, or has a `__del__`.

    Args:
        objects: All that there are, but for what the process was forked with.
        own: Those of them that are the kernel's.
    """
    known = {id(one) for one in own}
    acting: dict[type, bool] = {}
    for one in objects:
        kind = type(one)
        if kind not in acting:
            acting[kind] = hasattr(kind, "__del__")
        if acting[kind] and id(one) not in known and not _of_kernels(one) and not _done(one):
            return True
    return False


def _of_kernels(one: object) -> bool:
    for name in ("cr_frame", "gi_frame", "ag_frame"):
        frame = getattr(one, name, None)
        if frame is not None:
            return _top(frame.f_globals.get("__name__")) in _OF_KERNELS
    return _top(type(one).__module__) in _OF_KERNELS


def _top(module: object) -> str:
    return str(module).partition(".")[0]


def _done(one: object) -> bool:
    """Whether nothing is lost where it is not closed."""
    if isinstance(one, socket):
        return True
    try:
        return isinstance(one, io.IOBase) and (one.closed or not one.writable())
    except (ValueError, OSError, AttributeError):  # it is detached, or was never opened
        return False
