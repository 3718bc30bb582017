"""Names of variables inside text: queries, formulas, SQL."""

from __future__ import annotations

import ast
import re

from poc_graduate.dataflow.functions import Arguments

_MARKED = re.compile(r"@([^\W\d]\w*)")
_WORD = re.compile(r"(?<![\w.'\"])([^\W\d]\w*)")


def names_in_text(call: ast.Call, given: Arguments, style: str) -> frozenset[str]:
    """Names that the texts given to a call mention.

    Args:
        call: The call.
        given: Its arguments, where known texts of variables are found.
        style: marked for `@name`, any for each word.
    """
    texts = [value.text for value in given.everything() if value.text is not None]
    for argument in (*call.args, *(keyword.value for keyword in call.keywords)):
        for part in ast.walk(argument):
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                texts.append(part.value)
    pattern = _MARKED if style == "marked" else _WORD
    return frozenset(name for text in texts for name in pattern.findall(text))
