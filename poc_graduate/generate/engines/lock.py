"""The releases that a project rests on, as they are installed here."""

from __future__ import annotations

import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from poc_graduate.errors import InputError


def lock(project: Path) -> str:
    """Pins of a project's dependencies and of all that these need, sorted.

    Args:
        project: Its folder; what pyproject.toml asks for is looked up in this environment.

    Raises:
        InputError: a dependency is not installed here, so that its release is not known.
    """
    path = project / "pyproject.toml"
    try:
        named = tomllib.loads(path.read_text(encoding="utf-8"))["project"]["dependencies"]
        waiting = [Requirement(text) for text in named]
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as unreadable:
        raise InputError(f"{path} cannot be read: {unreadable}") from None
    except (KeyError, TypeError, InvalidRequirement) as strange:
        raise InputError(f"{path} lists no dependencies ({strange})") from None
    pins: dict[str, str] = {}
    seen: set[tuple[str, str]] = set()
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        extras = [one for one in ("", *sorted(requirement.extras)) if (name, one) not in seen]
        if not extras:
            continue
        seen.update((name, one) for one in extras)
        try:
            installed = distribution(name)
        except PackageNotFoundError:
            raise InputError(
                f"{requirement.name}, which {path} asks for, is not installed here",
                remedy=f"run emit where the project's tests pass: pip install {project}",
            ) from None
        pins[name] = installed.version
        for needed in map(Requirement, installed.requires or ()):
            marker = needed.marker
            if marker is None or any(marker.evaluate({"extra": extra}) for extra in extras):
                waiting.append(needed)
    return "".join(f"{name}=={version}\n" for name, version in sorted(pins.items()))
