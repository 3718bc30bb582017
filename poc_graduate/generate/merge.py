"""Export again after edits on both sides: what becomes of each file, decided before anything moves.

Three versions of a file are compared: *base*, which the last export wrote; *local*, which lies in
the folder now; *remote*, which this export generated. Decisions are those that `git merge` would
take, so that nobody has to learn new ones. `publish` applies them.
"""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from poc_graduate.errors import InputError
from poc_graduate.generate.lines import GENERATED, YOURS, lines_of, merged

Action = Literal["keep_local", "take_new", "merge", "conflict", "add", "delete", "unchanged"]
Result = Literal["yours", "generated", "merged", "absent"]

BASE = "graduation/base.json"
PLAN = "graduation/plan.yaml"
# Written by us alone, `verify` renews them: an edit cannot be merged into a proof.
RECORDS = frozenset(
    f"graduation/{name}"
    for name in ("certificate.json", "certificate.html", "reference.json", "UNPROVEN.md")
)

# Above this, marks inside a file help nobody, and keeping its text would double the project.
_LARGEST_TEXT = 1_000_000
# As git: two files of which more than half is alike are one file renamed.
_ALIKE = 0.5


@dataclass(frozen=True)
class Content:
    """What a file holds.

    Attributes:
        mark: Equal marks mean equal content: the SHA-256, or for linked data its size.
        text: The text, where lines can be merged.
    """

    mark: str
    text: str | None = field(default=None, compare=False)

    @classmethod
    def of(cls, data: bytes, *, mergeable: bool = True) -> Content:
        """The content of some bytes; data files are not mergeable, even where they are text."""
        text = None
        if mergeable and len(data) <= _LARGEST_TEXT and b"\0" not in data:
            try:
                text = data.decode("utf-8")
            except UnicodeDecodeError:
                text = None
        return cls(hashlib.sha256(data).hexdigest(), text)

    @classmethod
    def of_file(cls, path: Path, *, mergeable: bool = True) -> Content:
        """The content of a file of any size."""
        if mergeable and path.stat().st_size <= _LARGEST_TEXT:
            return cls.of(path.read_bytes())
        with path.open("rb") as stream:
            return cls(hashlib.file_digest(stream, "sha256").hexdigest())


@dataclass(frozen=True)
class Decision:
    """What becomes of one file.

    Attributes:
        path: Path in the project.
        action: What happens, in git's words where it has some.
        result: Whose version the folder holds afterwards.
        text: The merged text, with marks where both sides changed the same lines.
        conflicts: How many places are marked in it.
        beside: Suffix under which the other version is written beside: generated, yours or "".
        why: One clause for people; empty where the action says it all.
    """

    path: str
    action: Action
    result: Result
    text: str | None = None
    conflicts: int = 0
    beside: Literal["", "generated", "yours"] = ""
    why: str = ""


def decide(
    base: Mapping[str, Content], local: Mapping[str, Content], remote: Mapping[str, Content]
) -> tuple[Decision, ...]:
    """Decide for every file that this export or the last one generated.

    Args:
        base: What the last export wrote.
        local: What lies in the folder now, at the paths of `base` and `remote`.
        remote: What this export generated.

    Returns:
        Sorted by path. A file that neither export knows is the user's and appears nowhere.
    """
    renamed = _renamed(base, local, remote)
    decisions = []
    for path in sorted({*base, *remote} - {BASE}):
        if path in renamed:
            decision: Decision | None = Decision(
                path, "delete", "absent", why=f"is now `{renamed[path]}`, your edits moved along"
            )
        elif path in renamed.values():
            old = next(before for before, after in renamed.items() if after == path)
            decision = _changed_by_both(path, base[old], local[old], remote[path])
            decision = replace(decision, why=f"was `{old}`, with your edits")
        elif path in RECORDS:
            decision = _record(path, local.get(path), remote.get(path))
        else:
            decision = _decision(path, base.get(path), local.get(path), remote.get(path))
        if decision is not None:
            decisions.append(decision)
    return tuple(decisions)


def _decision(
    path: str, base: Content | None, local: Content | None, remote: Content | None
) -> Decision | None:
    match base, local, remote:
        case _, None, None:
            return None
        case None, None, _:
            return Decision(path, "add", "generated")
        case _, None, _ if base == remote:
            return Decision(path, "keep_local", "absent", why="you deleted it")
        case _, None, _:
            # git: "deleted in HEAD and modified in theirs. Version theirs left in tree."
            why = "you deleted it and it has changed: the new one is back, delete it again or keep"
            return Decision(path, "conflict", "generated", why=why)
        case _, _, None if local == base:
            return Decision(path, "delete", "absent", why="is no longer generated")
        case _, _, None:
            why = "is no longer generated, and you edited it: yours is kept"
            return Decision(path, "conflict", "yours", why=why)
        case _ if local == remote:
            return Decision(path, "unchanged", "yours")
        case _ if local == base:
            return Decision(path, "take_new", "generated")
        case _ if base == remote:
            return Decision(path, "keep_local", "yours", why="you edited it")
    assert local is not None
    assert remote is not None
    return _changed_by_both(path, base, local, remote)


def _record(path: str, local: Content | None, remote: Content | None) -> Decision | None:
    if remote is None:
        return None if local is None else Decision(path, "delete", "absent")
    if local is None:
        return Decision(path, "add", "generated")
    if local == remote:
        return Decision(path, "unchanged", "yours")
    return Decision(path, "take_new", "generated")


def _changed_by_both(path: str, base: Content | None, local: Content, remote: Content) -> Decision:
    if path == PLAN:
        return _plan(local, remote)
    if local.text is None or remote.text is None or (base is not None and base.text is None):
        why = "both sides changed it and its lines cannot be merged: yours is kept"
        return Decision(path, "conflict", "yours", beside="generated", why=why)
    before = "" if base is None or base.text is None else base.text
    text, conflicts = merged(before, local.text, remote.text)
    if conflicts:
        why = "you wrote a file that is generated now" if base is None else "both changed it"
        return Decision(path, "conflict", "merged", text, conflicts, why=why)
    return Decision(path, "merge", "merged", text)


def _plan(local: Content, remote: Content) -> Decision:
    """The plan in the folder is the one that holds: never a mixture, never with marks."""
    if local.text is not None and remote.text is not None and _same(local.text, remote.text):
        return Decision(PLAN, "take_new", "generated", why="says what yours says")
    why = "your edit of the plan is not what was exported (give it with --plan): it is kept beside"
    return Decision(PLAN, "conflict", "generated", beside="yours", why=why)


def _same(one: str, other: str) -> bool:
    import yaml

    try:
        return bool(yaml.safe_load(one) == yaml.safe_load(other))
    except yaml.YAMLError:
        return False


def _renamed(
    base: Mapping[str, Content], local: Mapping[str, Content], remote: Mapping[str, Content]
) -> dict[str, str]:
    """Files with the user's edits whose generated counterpart has another path now."""
    found: dict[str, str] = {}
    for old in sorted(base.keys() - remote.keys() - RECORDS):
        mine, before = local.get(old), base[old].text
        if mine is None or mine.text is None or mine == base[old] or not before:
            continue
        likeness = {
            new: difflib.SequenceMatcher(
                None, before.splitlines(), text.splitlines(), autojunk=False
            ).ratio()
            for new in sorted(remote.keys() - base.keys() - local.keys() - set(found.values()))
            if (text := remote[new].text) and Path(new).suffix == Path(old).suffix
        }
        best = max(likeness, key=lambda new: likeness[new], default=None)
        if best is not None and likeness[best] > _ALIKE:
            found[old] = best
    return found


def marked_line(text: str) -> int:
    """The line, from 1, of the first conflict that an earlier export marked; 0 if there is none."""
    lines = text.splitlines()
    if YOURS in lines and GENERATED in lines[lines.index(YOURS) :]:
        return lines.index(YOURS) + 1
    return 0


def base_to_json(contents: Mapping[str, Content]) -> str:
    """The base of the next merge: text where lines will be merged, else a hash."""
    record: dict[str, Any] = {"schema": 1, "sha256": {}, "text": {}}
    for path, content in sorted(contents.items()):
        if content.text is None or path in RECORDS:
            record["sha256"][path] = content.mark
        else:
            record["text"][path] = content.text
    return json.dumps(record, indent=1, ensure_ascii=False) + "\n"


def base_from_json(text: str, *, project: Path, kept: str = BASE) -> dict[str, Content]:
    """Read back what `base_to_json` wrote.

    Raises:
        InputError: it is damaged, so that edits could not be told from what was generated.
    """
    try:
        record = json.loads(text)
        if record["schema"] != 1:
            raise ValueError(f"schema {record['schema']}")
        found = {path: Content(mark) for path, mark in record["sha256"].items()}
        found.update({path: Content.of(each.encode()) for path, each in record["text"].items()})
    except (ValueError, KeyError, TypeError, AttributeError) as damaged:
        raise InputError(
            f"{project / kept} is damaged ({type(damaged).__name__}: {damaged}), so your edits "
            "cannot be told from what was generated",
            remedy="restore it from version control, or name a new folder",
        ) from None
    return found


def conflicts_of(decisions: Iterable[Decision]) -> tuple[str, ...]:
    """Paths that somebody has to look at."""
    return tuple(decision.path for decision in decisions if decision.action == "conflict")


def unified_diff(path: str, before: Content | None, after: Content | None) -> str:
    """One file's change as `git diff` shows it."""
    old = "/dev/null" if before is None else f"a/{path}"
    new = "/dev/null" if after is None else f"b/{path}"
    if before == after:
        return ""
    texts = [None if side is None else side.text for side in (before, after)]
    if path in RECORDS or any(side is not None and side.text is None for side in (before, after)):
        return f"Files {old} and {new} differ\n"
    lines = [lines_of(text or "") for text in texts]
    shown = []
    for line in difflib.unified_diff(lines[0], lines[1], old, new):
        shown.append(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n")
    return "".join(shown)
