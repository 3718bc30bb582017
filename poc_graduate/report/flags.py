"""Findings of one cell as they stand below it: a quiet list, and the same as text."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from html import escape

from poc_graduate.rules.finding import Finding, Severity

MOST = 8
"""Findings listed below one cell; a longer list is no longer read."""
MARKS = {Severity.BLOCKER: "■", Severity.RISK: "▲", Severity.NOTE: "●"}
"""Shapes, so that nobody has to tell colours apart."""

STYLE = """<style>
.pocg { margin: 4px 0 2px; padding-left: 8px;
  border-left: 2px solid var(--jp-border-color2, #bdbdbd);
  font: var(--jp-ui-font-size1, 13px)/1.5 var(--jp-ui-font-family, system-ui, sans-serif);
  color: var(--jp-ui-font-color1, inherit) }
.pocg details { margin: 0 }
.pocg summary { cursor: pointer; list-style: none; padding-left: 1.4em; text-indent: -1.4em }
.pocg summary::-webkit-details-marker { display: none }
.pocg summary:hover .pocg-text { text-decoration: underline dotted }
.pocg summary:focus-visible { outline: 1px solid var(--jp-brand-color1, #1976d2) }
.pocg-mark { display: inline-block; width: 1.4em; text-indent: 0; font-size: 85% }
.pocg-blocker .pocg-mark { color: var(--jp-error-color1, #d32f2f) }
.pocg-risk .pocg-mark { color: var(--jp-warn-color1, #ef6c00) }
.pocg-note .pocg-mark { color: var(--jp-info-color1, #0288d1) }
.pocg-line, .pocg-code, .pocg-more { color: var(--jp-ui-font-color2, #757575) }
.pocg-code { font-size: 85%; white-space: nowrap }
.pocg-more { margin: 0 0 4px 1.4em }
.pocg-more p { margin: 0; max-width: 80ch }
.pocg code { font-size: 95%; padding: 0; background: none; color: inherit }
.pocg-hidden { position: absolute; width: 1px; height: 1px; overflow: hidden;
  clip-path: inset(50%) }
</style>"""


def flags_html(found: Sequence[Finding], *, style: bool = True) -> str:
    """Findings of a cell as HTML: a line each, which opens to say why.

    Colours are those of the page it stands in (JupyterLab's `--jp-…` variables), so that it is
    dark where everything is.

    Args:
        found: The findings.
        style: With the style sheet.
    """
    rows = "".join(_row(finding) for finding in found[:MOST])
    count = "1 flag" if len(found) == 1 else f"{len(found)} flags"
    return (
        f"{STYLE if style else ''}"
        f'<div class="pocg" role="group" aria-label="{count} in this cell">{rows}{_rest(found)}'
        "</div>"
    )


def _row(finding: Finding) -> str:
    why = escape(finding.why)
    return (
        f'<details class="pocg-{finding.severity}"><summary title="{why}">'
        f'<span class="pocg-mark" aria-hidden="true">{MARKS[finding.severity]}</span>'
        f'<span class="pocg-hidden">{finding.severity}: </span>'
        f'<span class="pocg-line">line {finding.place.line}:</span> '
        f'<span class="pocg-text">{ticked(finding.message)}</span> '
        f'<span class="pocg-code">{finding.code}</span></summary>'
        f'<div class="pocg-more">{reasons(finding)}</div></details>'
    )


def reasons(finding: Finding) -> str:
    """Why it bites and what an export does, as HTML."""
    export = f"<p>On export: {ticked(finding.on_export)}</p>" if finding.on_export else ""
    return f"<p>{finding.name}: {ticked(finding.why)}</p>{export}"


def ticked(text: str) -> str:
    """Text with its `code` in person."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


def _rest(found: Sequence[Finding]) -> str:
    more = len(found) - MOST
    return f'<div class="pocg-more">and {more} more: %graduate check</div>' if more > 0 else ""


def flags_text(found: Sequence[Finding]) -> str:
    """Findings of a cell for a terminal."""
    lines = [
        f"{MARKS[one.severity]} {one.severity}, line {one.place.line}: {one.message}  "
        f"[{one.code} {one.name}]"
        for one in found[:MOST]
    ]
    if len(found) > MOST:
        lines.append(f"  and {len(found) - MOST} more: %graduate check")
    return "\n".join(lines)


def difference(before: str, after: str) -> str:
    """Two texts of a cell as a unified diff without a head."""
    lines = difflib.unified_diff(before.split("\n"), after.split("\n"), lineterm="", n=2)
    return "\n".join(line for line in lines if not line.startswith(("---", "+++", "@@")))


def silencing(finding: Finding) -> str:
    """The line that a finding is in, with the comment that silences it."""
    line = finding.line_text.rstrip()
    if finding.end_line != finding.place.line or line.endswith(("\\", "(", "[", "{", ",")):
        return f"# poc: ignore[{finding.code}]"
    return f"{line}  # noqa: {finding.code}"


def listing_html(found: Sequence[Finding], summary: str) -> str:
    """Findings of a whole notebook, below the cell that each is in.

    Args:
        found: In the order a reader meets them.
        summary: One line about all of them.
    """
    parts = [STYLE, '<div class="pocg" role="group" aria-label="Findings">']
    cell = 0
    for finding in found:
        at = finding.place
        if at.cell != cell:
            cell = at.cell
            heading = f" “{escape(at.heading)}”" if at.heading else ""
            parts.append(f'<div class="pocg-line">cell {cell}{heading}</div>')
        parts.append(_row(finding))
    return "".join([*parts, f"<div>{escape(summary)}</div></div>"])


def note_html(text: str) -> str:
    """One sentence that the user has to know."""
    mark = f'<span class="pocg-mark" aria-hidden="true">{MARKS[Severity.RISK]}</span>'
    return f'{STYLE}<div class="pocg pocg-risk" role="note">{mark}{escape(text)}</div>'
