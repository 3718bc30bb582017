"""POC901 shell-line."""

from __future__ import annotations

from collections.abc import Iterator

from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.poc9_notebook_only._shell import acting_part, cut, line_of
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView, NotebookView

_LIGHT = ("mkdir", "touch ", "export ", "chmod", "rm ", "rmdir", "jupyter ", "killall", "kill ")


class ShellLine(Rule):
    """A shell line does some of the work.

    Why it bites: it needs this machine's shell and its tools, and when it fails the cell goes on
    as if it had not: IPython does not look at its exit status.
    On export: the line stays as it is; the kernel of its task hands it to the shell.
    """

    code, name, severity = "POC901", "shell-line", Severity.RISK
    message = "`{command}` {does}{more}; where it fails, the notebook goes on without a word"

    flagged = (
        Flagged("«!unzip -q data.zip -d data»", says="`unzip -q data.zip -d data` is left to"),
        Flagged("«files = !ls data»\nn = len(files)", says="`files` is what `ls data` printed"),
        Flagged(
            "import os\n«!python train.py --epochs 3»\n!mv model.pt out/",
            says="as 1 more line",
        ),
        Flagged("«!echo 'a,b' > out.csv»"),
    )
    ignored = (
        "!ls -la data",
        "!nvidia-smi",
        "!pip install pandas==2.2.3",
        "!head -3 data.csv | cut -c1-80",
        "!wget https://example.org/a.csv",  # POC109
        "!python --version",
        "!git status",
        "!mkdir -p out\n!rm -f old.csv",  # nothing is lost where it fails
        "!python -c 'import torch; print(torch.__version__)'",
        "!jupyter nbconvert --to script churn.ipynb",
    )

    def check_notebook(self, notebook: NotebookView) -> Iterator[Finding]:
        found: list[tuple[CellView, int, str, str]] = []
        for cell in notebook.cells:
            for magic in cell.cell.magics:
                if magic.name not in ("!", "sx", "system") or magic.dropped:
                    continue
                before = cell.line(magic.line).partition("!")[0].strip()
                target = before.removesuffix("=").strip() if before.endswith("=") else ""
                acting = acting_part(magic.arguments)
                if target.isidentifier():
                    found.append((cell, magic.line, magic.arguments.strip(), target))
                elif acting and not _is_light(acting, notebook):
                    found.append((cell, magic.line, acting, ""))
        if found:
            cell, line, command, target = found[0]
            count = len(found) - 1
            does = "is left to this machine's shell"
            more = f", as {count} more line{'s' * (count > 1)}" if count else ""
            if target:
                command, does = target, f"is what `{cut(command)}` printed"
            yield self.found_at(
                cell, line_of(cell, line), command=cut(command), does=does, more=more
            )


def _is_light(command: str, notebook: NotebookView) -> bool:
    """Whether nothing is lost where it fails, or it is about the notebook's own file."""
    return command.lower().startswith(_LIGHT) or notebook.notebook.name in command
