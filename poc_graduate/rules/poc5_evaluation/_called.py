"""A call, with what is known of its parts."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from poc_graduate.dataflow.names import last_name
from poc_graduate.rules.poc5_evaluation._values import NOTHING, Value, combined
from poc_graduate.rules.view import keyword

if TYPE_CHECKING:
    from poc_graduate.rules.poc5_evaluation._interpret import Interpreter


class Called:
    """A call with what is known of its parts.

    Attributes:
        node: The call.
        name: Last name of what is called.
        receiver: What a method is called of; nothing for functions of modules.
        args: The arguments by position.
        keywords: The arguments by name.
    """

    def __init__(self, here: Interpreter, node: ast.Call) -> None:
        self.node = node
        self._as_called = here.as_called
        self.name = last_name(node.func)
        self.receiver = NOTHING
        if isinstance(node.func, ast.Attribute) and not _of_module(here, node.func):
            self.receiver = here.value(node.func.value)
        self.args = [here.value(arg) for arg in node.args if not isinstance(arg, ast.Lambda)]
        self.keywords = {
            word.arg or "": here.value(word.value)
            for word in node.keywords
            if not isinstance(word.value, ast.Lambda)
        }

    def given(self, place: int, *names: str) -> tuple[Value, ast.expr | None]:
        """An argument by position or name, and how it stands in the call.

        In a function of the notebook's own, how it stands in the call of that function.
        """
        for name in names:
            if name in self.keywords:
                word = keyword(self.node, name)
                return self.keywords[name], word and self._as_called(word)
        if place < len(self.args) and place < len(self.node.args):
            return self.args[place], self._as_called(self.node.args[place])
        return NOTHING, None

    @property
    def everything(self) -> Value:
        """Receiver and arguments together."""
        return combined((self.receiver, *self.args, *self.keywords.values()))


def _of_module(here: Interpreter, func: ast.Attribute) -> bool:
    node: ast.expr = func
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name) and here.is_module(node.id)
