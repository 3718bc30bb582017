"""POC806 cryptic-names."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import NotebookView

_NUMBERED = re.compile(
    r"^(df|data|tmp|temp|new|new_?df|frame|table|dataset|ds|res|result|out|df_new|df_)_?(\d{1,2})$"
)
_MANY = 4


class CrypticNames(Rule):
    """Tables are told apart by a number.

    Why it bites: nobody knows which of `df1` … `df5` is the cleaned one; the wrong one is taken,
    and nothing fails.
    On export: stages and files are named after them: `df3.parquet`.
    """

    code, name, severity = "POC806", "cryptic-names", Severity.NOTE
    message = "{names} differ by a number only; the wrong one is soon taken, and nothing fails"

    flagged = (
        Flagged(
            "df1 = load()\ndf2 = df1.dropna()\ndf3 = df2[df2.x > 0]\n«df4» = df3.copy()\n# %%\n"
            "df4.plot()",
            says="`df1`, `df2`, `df3`, `df4`",
        ),
        Flagged(
            "temp1 = f(1)\n# %%\ntemp2 = g(temp1)\ntemp3 = h(temp2)\n«temp4» = k(temp3)\n# %%\n"
            "show(temp4)"
        ),
        Flagged(
            "df_1 = f(1)\ndf_2 = g(df_1)\ndf_3 = h(df_2)\n«df_4» = k(df_3)\ndf_5 = m(df_4)\n# %%\n"
            "df_5.to_csv('a.csv')",
            says="`df_5`",
        ),
    )
    ignored = (
        "x1 = 1\nx2 = 2\nx3 = 3\nx4 = x1 + x2 + x3",
        "df1 = load()\ndf2 = df1.dropna()\n# %%\ndf2.plot()",
        "df1 = f(1)\n# %%\ndf2 = f(2)\n# %%\ndf3 = f(3)\n# %%\ndf4 = f(4)",  # one after the other
        "df_2018 = f(1)\ndf_2019 = f(2)\ndf_2020 = f(3)\ndf_2021 = f(4)\nshow(df_2021)",
    )

    def check_notebook(self, notebook: NotebookView) -> Iterator[Finding]:
        numbered: dict[str, list[str]] = {}
        for name in notebook.names.bound:
            if match := _NUMBERED.match(name):
                numbered.setdefault(match[1], []).append(name)
        for names in numbered.values():
            if len(names) >= _MANY and _grow_out_of_each_other(names, notebook):
                names.sort(key=lambda name: (len(name), name))
                yield from self._found(names, notebook)

    def _found(self, names: list[str], notebook: NotebookView) -> Iterator[Finding]:
        listed = ", ".join(f"`{name}`" for name in names[:6]) + (" …" if len(names) > 6 else "")
        for cell in notebook.cells:
            for node in cell.of(ast.Name):
                match node:
                    case ast.Name(id=name, ctx=ast.Store()) if name == names[_MANY - 1]:
                        yield self.found(node, cell, names=listed)
                        return


def _grow_out_of_each_other(names: list[str], notebook: NotebookView) -> bool:
    """Whether some are made of others, and one is used in a later cell."""
    made_of = {
        name
        for name in names
        for value in notebook.assigned.get(name, ())
        if value is not None
        for node in ast.walk(value)
        if isinstance(node, ast.Name) and node.id in names and node.id != name
    }
    used = any(
        notebook.names.is_used_elsewhere(name, at)
        for name in names
        for at in notebook.names.bound[name]
    )
    return len(made_of) > 1 and used
