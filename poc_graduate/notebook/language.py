"""In which language a notebook is written, and for which kernel."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from poc_graduate.errors import InputError

# For files whose metadata name a kernel and no language.
_LANGUAGES = {
    "ir": "R", "irkernel": "R", "julia": "Julia", "sos": "SoS", "bash": "Bash", "scala": "Scala",
    "spylon": "Scala", "apache": "Scala", "almond": "Scala", "javascript": "JavaScript",
    "jslab": "JavaScript", "deno": "TypeScript", "octave": "Octave", "matlab": "MATLAB",
    "stata": "Stata", "sas": "SAS", "xcpp": "C++", "rust": "Rust", "evcxr": "Rust",
    "gophernotes": "Go", "ruby": "Ruby", "haskell": "Haskell", "ihaskell": "Haskell",
    "sagemath": "SageMath", "java": "Java", "kotlin": "Kotlin", "sparkkernel": "Scala",
    "pysparkkernel": "PySpark on a remote cluster", "xsql": "SQL", "xsqlite": "SQL",
}  # fmt: skip
_PROPER = {"r": "R", "sos": "SoS", "sql": "SQL", "c++": "C++", "sas": "SAS", "matlab": "MATLAB"}


def kernel_of(record: Mapping[str, Any], path: Path) -> str:
    """Name of the kernel of a Python notebook.

    Args:
        record: What the file holds.
        path: Its name, for the message.

    Raises:
        InputError: it is written in another language.
    """
    metadata = mapping(record.get("metadata"))
    spec, info = mapping(metadata.get("kernelspec")), mapping(metadata.get("language_info"))
    main = mapping(metadata.get("jupytext")).get("main_language")
    kernel = str(spec.get("name") or "python3")
    family = re.split(r"[-_. \d]", kernel.lower())[0]
    given = str(spec.get("language") or info.get("name") or main or "").strip()
    language = given or _LANGUAGES.get(family, "python")
    if family in ("pysparkkernel", "sagemath"):  # Python in name only
        language = _LANGUAGES[family]
    if not re.fullmatch(r"(?i)(i|micro)?python[\d.]*", language):
        raise InputError(
            f"{path.name} is written in {_PROPER.get(language.lower(), language.capitalize())}"
            if language == given
            else f"{path.name} is written in {language}",
            remedy="give a Python notebook: no other language is converted",
        )
    return kernel


def mapping(value: Any) -> Mapping[str, Any]:
    """A part of the file, empty where it is no mapping."""
    return value if isinstance(value, Mapping) else {}
