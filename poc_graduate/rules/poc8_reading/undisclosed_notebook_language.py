"""POC809 undisclosed-notebook-language."""

from __future__ import annotations

from collections.abc import Iterator

from poc_graduate.rules.finding import Finding, Severity, Span
from poc_graduate.rules.rule import Rule
from poc_graduate.rules.view import NotebookView

_TOLD = ('"kernelspec"', '"language_info"')
_TAIL = 4_000


class UndisclosedNotebookLanguage(Rule):
    """The file does not say in which language, and for which kernel, it is written.

    Why it bites: papermill and nbconvert refuse to run it without being told, and an editor asks
    each reader for a kernel.
    On export: it is taken for Python 3, and run on the kernel of that name.
    """

    code, name, severity = "POC809", "undisclosed-notebook-language", Severity.NOTE
    message = "this file names neither a kernel nor a language; a scheduled run stops and asks for \
one"

    def check_notebook(self, notebook: NotebookView) -> Iterator[Finding]:
        text = notebook.notebook.text
        if notebook.notebook.path.suffix.lower() != ".ipynb" or not notebook.cells:
            return
        # Metadata stand at the end of a file that Jupyter wrote.
        if any(word in text[-_TAIL:] or word in text for word in _TOLD):
            return
        first = notebook.cells[0]
        yield self.found_at(first, Span(1, 1, 1, max(len(first.line(1).rstrip()), 1) + 1))
