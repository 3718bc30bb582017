"""Templates of files that write `{{ }}` themselves: blocks are `[% %]`, values by folder."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment

VALUES = {"engines": ("[[", "]]"), "operate": ("[=", "=]")}
"""Python writes `Callable[[int], str]`, and shells `[[ ]]`: what a folder's files do not write."""
RUFF = "[tool.ruff]\nline-length = 100\n"


def rendered(folder: str, template: str, **values: Any) -> str:
    """A template of `templates/<folder>`, filled; empty lines of Markdown never stand in threes."""
    text: str = _environment(folder).get_template(template).render(**values)
    return re.sub(r"\n{3,}", "\n\n", text) if template.endswith(".md.jinja") else text


@cache
def _environment(folder: str) -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("poc_graduate.generate", f"templates/{folder}"),
        block_start_string="[%",
        block_end_string="%]",
        variable_start_string=VALUES[folder][0],
        variable_end_string=VALUES[folder][1],
        comment_start_string="[#",
        comment_end_string="#]",
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
        autoescape=False,
    )
    environment.filters["json"] = _json
    environment.filters["repr"] = repr
    return environment


def _json(value: Any) -> str:
    """A number or text as Python, JSON and YAML write it alike."""
    return json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)
