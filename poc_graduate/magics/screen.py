"""How the magics show things: rich where the frontend can, text in a terminal."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from poc_graduate.report.flags import flags_html, flags_text, listing_html, note_html

if TYPE_CHECKING:
    from poc_graduate.errors import GraduateError
    from poc_graduate.magics.graduate import Magics
    from poc_graduate.rules.finding import Finding
    from poc_graduate.rules.survey import Survey


def display(what: Any, *, changes: bool = False) -> Any:
    """An output of the cell: a dictionary of forms, or a widget.

    Args:
        what: What is shown.
        changes: It will be replaced: what is returned does that.
    """
    shown = import_module("IPython.display").display
    if changes:
        return shown(what, raw=True, display_id=True)
    return shown(what, raw=isinstance(what, dict))


def show(magics: Magics, text: str, html: str = "", *, markdown: bool = False) -> None:
    """One output, in every form there is.

    Args:
        magics: The extension.
        text: For terminals.
        html: For notebooks.
        markdown: The text is Markdown, which notebooks show as such.
    """
    if not magics.rich:
        print(text)
        return
    bundle = {"text/plain": text}
    if html:
        bundle["text/html"] = html
    if markdown:
        bundle["text/markdown"] = text
    display(bundle)


def flags(magics: Magics, found: tuple[Finding, ...]) -> None:
    """Flags of the cell that has just run."""
    if not magics.rich:
        print(flags_text(found))
        return
    display({"text/html": flags_html(found), "text/plain": flags_text(found)})


def findings(magics: Magics, survey: Survey) -> None:
    """All findings of a notebook."""
    from poc_graduate.report.findings import summary
    from poc_graduate.report.formats import FORMATS

    text = FORMATS["text"](survey) + summary(survey)
    show(magics, text, listing_html([one for _, one in survey.findings], summary(survey)))


def complain(error: GraduateError) -> None:
    """What went wrong, as one sentence: no traceback, and the cells below still run."""
    from poc_graduate.report.errors import error_sentence

    print(error_sentence(error), file=sys.stderr)


def tell_unsaved(magics: Magics, path: Path) -> None:
    """Say which cells were run here after the file was saved, in another form than it holds."""
    from poc_graduate.errors import GraduateError
    from poc_graduate.notebook.read import read

    try:
        saved = path.stat().st_mtime
        texts = {cell.source.strip() for cell in read(path).cells}
    except (GraduateError, OSError):
        return  # whoever reads it next says what is wrong
    newer = [
        run
        for run in magics.history.runs
        if run.at > saved and run.source.strip() not in texts and "%graduate" not in run.source
    ]
    if not newer:
        return
    numbers = ", ".join(f"In [{run.count}]" for run in newer[-5:])
    many = f"{len(newer)} cells that ran here differ" if len(newer) > 1 else "A cell differs"
    text = (
        f"{path.name} was saved before your last changes: {many} from it or stand nowhere in it "
        f"({numbers}). This is about the saved file; save the notebook and ask again."
    )
    show(magics, text, note_html(text))
