"""Fix, explain and ignore as buttons, where ipywidgets is installed.

A kernel cannot change the text of a cell that is not running, so a fix is shown, to be copied or
taken over by `%%graduate fix`. The widgets behind the one button are made when it is pressed:
each costs messages, and most are never pressed.
"""

from __future__ import annotations

from html import escape
from importlib.util import find_spec
from typing import Any

from poc_graduate.magics import screen
from poc_graduate.magics.fixing import is_local
from poc_graduate.report.flags import difference, reasons, silencing
from poc_graduate.rules.apply import edited
from poc_graduate.rules.finding import Finding


def available() -> bool:
    """Whether ipywidgets is installed; it is loaded then, so that no cell waits for it."""
    if find_spec("ipywidgets") is None:
        return False
    try:
        import ipywidgets  # noqa: F401
    except Exception:  # a broken installation is like none
        return False
    return True


def show(source: str, found: tuple[Finding, ...]) -> None:
    """One small button below the flags."""
    import ipywidgets as widgets

    fixes = any(finding.fix is not None for finding in found)
    button = widgets.Button(
        description="fix, explain, ignore …" if fixes else "explain, ignore …",
        tooltip="What can be done about these flags",
        layout=widgets.Layout(
            width="auto", height="20px", margin="0 0 0 10px", align_self="flex-start"
        ),
        style=widgets.ButtonStyle(button_color="transparent", font_size="11px"),
    )
    box = widgets.VBox([button])

    def opened(_: Any) -> None:
        box.children = _rows(source, found)

    button.on_click(opened)
    screen.display(box)


def _rows(source: str, found: tuple[Finding, ...]) -> list[Any]:
    import ipywidgets as widgets

    answer = widgets.HTML(layout=widgets.Layout(margin="0 0 0 10px"))
    small = {"width": "auto", "height": "24px"}
    rows = []
    for finding in found:
        label = widgets.Label(f"line {finding.place.line}, {finding.code}")
        actions = []
        for name, text in answers_to(source, finding).items():
            button = widgets.Button(
                description=name,
                tooltip=f"{name}: {finding.code} in line {finding.place.line}",
                layout=widgets.Layout(**small),
            )
            button.on_click(_shows(answer, text))
            actions.append(button)
        rows.append(widgets.HBox([label, *actions], layout=widgets.Layout(margin="0 0 0 10px")))
    return [*rows, answer]


_TIGHT = '<p style="margin:0">'


def _shows(answer: Any, text: str) -> Any:
    def clicked(_: Any) -> None:
        answer.value = tight(text)

    return clicked


def tight(html: str) -> str:
    """Without the margins of paragraphs, which are those of a page of text."""
    return f'<div style="line-height:1.5">{html.replace("<p>", _TIGHT)}</div>'


def answers_to(source: str, finding: Finding) -> dict[str, str]:
    """Name of a button → the HTML that it shows."""
    found = {}
    fix = finding.fix
    if fix is not None:
        here = [edit for edit in fix.edits if edit.cell == finding.place.cell]
        diff = difference(source, edited(source, here)) if here else ""
        parts = [f"<p>{escape(fix.title)}</p>", _code(diff)] if diff else [escape(fix.title)]
        parts += [f"<p>New file {escape(f.path)}:</p>{_code(f.text)}" for f in fix.files]
        if len(here) < len(fix.edits) or fix.cells or fix.removed:
            parts.append("<p>Other cells change, too.</p>")
        parts.append(
            "<p>A kernel cannot edit the cell above: copy the text, or write "
            f"<code>%%graduate fix {finding.code}</code> on top of the cell and run it.</p>"
            if is_local(finding, finding.place.cell)
            else f"<p><code>poc-graduate check --fix {finding.code}</code> does it.</p>"
        )
        found["fix"] = "".join(parts)
    found["explain"] = (
        f"{reasons(finding)}<p>More: <code>%graduate explain {finding.code}</code></p>"
    )
    found["ignore here"] = (
        f"<p>Silence it with this line in its place:</p>{_code(silencing(finding))}"
        f"<p>or for the whole cell: <code># poc: ignore[{finding.code}]</code></p>"
    )
    return found


def _code(text: str) -> str:
    style = "margin:2px 0;padding:4px 8px;user-select:all;white-space:pre-wrap"
    return f'<pre style="{style}">{escape(text)}</pre>'
