"""What happens before and after each cell, and the record that is written.

One line of JSON a cell goes to a file of this process. The events are IPython's own
(`pre_run_cell`, `post_run_cell`); silent requests do not raise them.
"""

from __future__ import annotations

import json
import os
import re
import resource
import sys
import time
import traceback
import types
from collections.abc import Mapping
from typing import Any

from . import ambient, arrays, arrow, builtin, code, frames, opaque, profile, sharing
from .contents import file_hash
from .describe import annotation_of, kind_of, summary_of
from .files import Used, Witness
from .fingerprint import Seen, look
from .held import Held, assigned_names
from .installed import OPTIONAL, distributions, loaded
from .known import Known
from .memory import frames_share
from .modules import Modules
from .naming import Naming
from .quiet import Undisturbed
from .raised import error_of
from .storing import Trials

IPYTHONS_OWN = re.compile(
    r"_+|_i+|_i?\d+|_oh|_ih|_dh|_exit_code|In|Out|__\w+__|exit|quit|get_ipython"
)
OPEN = open  # the notebook may put another in its place
READERS = (arrays, arrow, builtin, code, frames, opaque)  # imported for what they register


class Session:
    """The probe of one kernel process.

    Args:
        shell: The IPython shell.
        out: File that records are appended to.
        package: Name of the generated package, for replays.
        root: The scratch folder; the current folder where there is none.
        forbidden: The user's own folder.
        candidates: Count of code cells run, from 1 → names that may cross a cut after it.
        profiles: Write down figures of frames, for the rules.
    """

    def __init__(
        self,
        shell: Any,
        out: str,
        package: str,
        root: str,
        forbidden: str,
        candidates: Mapping[int, list[str]],
        profiles: bool,
    ) -> None:
        self.shell = shell
        self.out = out
        self.start_folder = os.getcwd()
        self.candidates = candidates
        self.profiles = profiles
        self.naming = Naming(package, self.start_folder, (root, forbidden))
        self.known = Known(self.naming)
        self.owners = sharing.Owners()
        self.first_names = {name: id(value) for name, value in shell.user_ns.items()}
        self.held: dict[str, Held] = {}
        self.trials = Trials(self.known, os.path.dirname(out))
        self.wanted: dict[int, dict[str, str]] = {}
        self.ambient_before: dict[str, str] = {}
        self.told_before: dict[str, Any] = {}
        self.position = 0
        self.started = 0.0
        self.source = ""
        self.info: Any = None
        self.modules = Modules(self.start_folder)
        self.beginning = ambient.Start(self.start_folder)
        ignored = (os.path.dirname(out),)
        self.witness = Witness(root or self.start_folder, forbidden, ignored)
        self.sources = ""
        fingerprints, told = ambient.components(self.beginning, ambient.Left(), "")
        self.ambient_before, self.told_before = fingerprints, told
        self.write(
            {
                "start": fingerprints,
                "python": sys.version.split()[0],
                "pid": os.getpid(),
                "time": time.time_ns(),
                "folder": self.start_folder,
            }
        )

    def write(self, record: dict[str, Any]) -> None:
        """Append a record to this process's file."""
        with OPEN(self.out, "a", encoding="utf-8") as lines:
            lines.write(json.dumps(record) + "\n")

    # -- events ----------------------------------------------------------------------------

    def before(self, info: Any) -> None:
        """IPython is about to run a cell."""
        if self.info is not None:
            return  # a cell that the cell itself runs
        try:
            self.info = info
            self.source = str(info.raw_cell)
            self.witness.begin()
        except Exception:
            self.info = None
            self.fail()
        self.started = time.perf_counter()

    def after(self, result: Any) -> None:
        """IPython has run a cell."""
        seconds = time.perf_counter() - self.started
        info: Any = getattr(result, "info", None)
        if self.info is None or (info is not self.info and info.raw_cell != self.source):
            return
        self.info = None
        self.position += 1
        with Undisturbed() as quiet:
            try:
                record = self.record(result, quiet.left)
            except Exception:
                self.fail()
                return
            finally:
                self.known.forget()
            record["seconds"] = seconds
            record["capture"] = time.perf_counter() - self.started - seconds
            self.write(record)

    def finish(self, modules: list[str]) -> None:
        """The last cell has run: write which distributions the notebook needs."""
        optional = [name for name in loaded(self.modules.first) if name in OPTIONAL]
        wanted = [name for name in modules if name in sys.modules]
        found = distributions(sorted({*wanted, *optional}))
        self.write({"distributions": found, "stored": self.stored()})

    def fail(self) -> None:
        """Say that the capture itself failed: the kernel's side raises on it."""
        self.write({"position": self.position, "probe_error": traceback.format_exc()})

    # -- a record --------------------------------------------------------------------------

    def record(self, result: Any, left: ambient.Left) -> dict[str, Any]:
        """Everything about the cell that has just run."""
        used = self.witness.end()
        names = self.user_names()
        seen = self.read(names)
        bound, changed, values = self.differences(names, seen)
        deleted = sorted(self.held.keys() - names.keys())
        shared = sharing.groups(seen, self.known, self.owners)
        modules = self.modules.new()
        self.sources += self.source + self.modules.sources(modules)
        fingerprints, told = ambient.components(self.beginning, left, self.sources)
        self.held = {name: self.hold(name, names[name], seen[name], values) for name in names}
        record: dict[str, Any] = {
            "position": self.position,
            "source": self.source,
            "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            * (1 if sys.platform == "darwin" else 1024),
            "bound": sorted(bound),
            "changed": sorted(changed),
            "deleted": deleted,
            "values": values,
            "shared": shared,
            "ambient": fingerprints,
            "ambient_values": self.told_differences(fingerprints, told),
            "modules": modules,
            "error": error_of(result, self.shell.user_ns),
            "copy_on_write": not frames_share(),
            **self.files(used, modules),
        }
        if self.profiles:
            record.update(profile.figures(names, bound | changed))
        self.store(names, seen, shared)
        self.ambient_before, self.told_before = fingerprints, told
        return record

    def user_names(self) -> dict[str, Any]:
        """The user's names and what they hold."""
        return {
            name: value
            for name, value in list(self.shell.user_ns.items())
            if isinstance(name, str)
            and not IPYTHONS_OWN.fullmatch(name)
            and self.first_names.get(name) != id(value)
        }

    def read(self, names: Mapping[str, Any]) -> dict[str, Seen]:
        """Read every value, each object once."""
        seen: dict[str, Seen] = {}
        done: dict[int, Seen] = {}
        for name, value in names.items():
            held = self.held.get(name)
            if held is not None and held.atom is not None and held.atom is value:
                seen[name] = held.seen
                continue
            if id(value) not in done:
                done[id(value)] = look(value, self.known)
            seen[name] = done[id(value)]
        return seen

    def differences(
        self, names: Mapping[str, Any], seen: Mapping[str, Seen]
    ) -> tuple[set[str], set[str], dict[str, list[str]]]:
        """Names that hold another object, names whose object changed, and their values."""
        bound: set[str] = set()
        changed: set[str] = set()
        assigned: set[str] | None = None
        for name, value in names.items():
            held = self.held.get(name)
            same = held is not None and held.same(value)
            differs = held is None or (
                held.seen.fingerprint != seen[name].fingerprint
                or held.seen.opaque != seen[name].opaque
            )
            if same is None and differs:
                if assigned is None:
                    assigned = assigned_names(self.source)
                same = name not in assigned
            if same is False:
                bound.add(name)
            elif differs:
                changed.add(name)
        values = {
            name: self.tell(name, names[name], seen[name]) for name in sorted(bound | changed)
        }
        return bound, changed, values

    def tell(self, name: str, value: Any, seen: Seen) -> list[str]:
        """Fields of the value's record."""
        return [
            "" if seen.opaque else seen.fingerprint,
            kind_of(value, self.naming),
            summary_of(name, value, self.naming),
            annotation_of(value, self.naming),
            seen.opaque,
        ]

    def hold(self, name: str, value: Any, seen: Seen, values: Mapping[str, list[str]]) -> Held:
        held = self.held.get(name)
        if held is not None and name not in values and held.same(value) is not False:
            held.seen = seen
            return held
        return Held(value, seen, values.get(name, []))

    def told_differences(
        self, fingerprints: Mapping[str, str], told: Mapping[str, Any]
    ) -> dict[str, Any]:
        """What the cell changed in the components that it changed."""
        details: dict[str, Any] = {}
        for component, value in told.items():
            if fingerprints[component] == self.ambient_before.get(component):
                continue
            before = self.told_before.get(component)
            if isinstance(value, dict):
                old = before if isinstance(before, dict) else {}
                details[component] = {
                    key: value.get(key)
                    for key in sorted(value.keys() | old.keys())
                    if key not in value or key not in old or value[key] != old[key]
                }
            elif isinstance(value, list):
                details[component] = [one for one in value if one not in (before or [])]
            else:
                details[component] = value
        return details

    # -- files -----------------------------------------------------------------------------

    def files(self, used: Used, modules: Mapping[str, str]) -> dict[str, Any]:
        """Paths as seen from the start folder, and hashes of what was written."""

        imported = set(modules.values())

        def seen_from_here(paths: Mapping[str, None]) -> list[str]:
            return [ambient.relative(path, self.start_folder) for path in paths]

        return {
            "reads": [path for path in seen_from_here(used.reads) if path not in imported],
            "writes": seen_from_here(used.writes),
            "lists": seen_from_here(used.lists),
            "makes": seen_from_here(used.makes),
            "deletes": seen_from_here(used.deletes),
            "network": list(used.network),
            "subprocesses": list(used.commands),
            "refused": list(used.refused),
            "blind": used.blind,
            "hashes": {
                ambient.relative(path, self.start_folder): file_hash(path) for path in used.writes
            },
        }

    # -- storing ---------------------------------------------------------------------------

    def store(
        self, names: Mapping[str, Any], seen: Mapping[str, Seen], shared: list[list[str]]
    ) -> None:
        """Try how the names that may cross here can be kept."""
        live = [name for name in self.candidates.get(self.position, ()) if name in names]
        together = {name: [n for n in group if n in live] for group in shared for name in group}
        marks: dict[str, str] = {}
        values: dict[str, Any] = {}
        for key in sorted({"+".join(together.get(name) or [name]) for name in live}):
            members = key.split("+")
            if any(is_definition(names[name]) for name in members):
                continue
            one = members[0]
            value = names[one] if len(members) == 1 else tuple(names[n] for n in members)
            read = seen[one] if len(members) == 1 else look(value, self.known)
            marks[key] = read.fingerprint
            if read.opaque:
                marks[key] = "opaque: " + read.opaque
                self.trials.outcomes[marks[key]] = ("", read.opaque)
            else:
                values[read.fingerprint] = value
        if marks:
            self.wanted[self.position] = marks
            self.trials.begin(values)

    def stored(self) -> dict[int, dict[str, tuple[str, str]]]:
        """Position → key → how it can be kept."""
        outcomes = self.trials.wait()
        return {
            position: {key: outcomes[mark] for key, mark in sorted(marks.items())}
            for position, marks in self.wanted.items()
        }


def is_definition(value: Any) -> bool:
    """True for modules, classes and functions: those move to the package.

    A function that a function or an expression made is a value like any other.
    """
    if isinstance(value, types.FunctionType):
        return "<" not in value.__qualname__
    return isinstance(value, (types.ModuleType, type, types.BuiltinFunctionType))


def install(
    shell: Any,
    out: str = "",
    package: str = "",
    root: str = "",
    forbidden: str = "",
    candidates: Mapping[int, list[str]] | None = None,
    profiles: bool = False,
) -> Session:
    """Start capturing in this kernel.

    Args:
        shell: The IPython shell.
        out: File for the records; empty to make one in the folder `POC_PROBE_OUT`.
        package: Name of the generated package, for replays.
        root: The scratch folder; the current folder where there is none.
        forbidden: The user's own folder, which must not be written to.
        candidates: Count of code cells run, from 1 → names that may cross a cut after it.
        profiles: Write down figures of frames, for the rules.
    """
    if not out:
        unique = f"{time.time_ns()}-{os.getpid()}.jsonl"
        out = os.path.join(os.environ["POC_PROBE_OUT"], unique)
    session = Session(shell, out, package, root, forbidden, candidates or {}, profiles)
    shell.events.register("pre_run_cell", session.before)
    shell.events.register("post_run_cell", session.after)
    return session
