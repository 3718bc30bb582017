"""What all pages share: the templates' settings, their style, words in backticks shown as code."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

_TEMPLATES = Path(__file__).parent / "templates"


def ticked(text: str) -> Any:
    """Text whose `words` between backticks are shown as code."""
    from markupsafe import Markup, escape

    # The escaped text has no tag of its own, so that what is added here is all there is.
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))


def template(name: str, **filters: Callable[..., object]) -> Any:
    """A template of this package, everything that fills it escaped.

    Args:
        name: Its file.
        filters: Functions that it may call, beside `ticked`.
    """
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=True,
    )
    environment.filters.update(filters, ticked=ticked)
    return environment.get_template(name)


def style(*names: str) -> str:
    """Style sheets of this package, one after another."""
    return "".join((_TEMPLATES / name).read_text(encoding="utf-8") for name in names)
