"""What an expression stands for, and what evaluating it does."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from poc_graduate.dataflow.aliases import (
    BOOL,
    NONE,
    NUMBER,
    STRING,
    UNKNOWN,
    Root,
    Value,
    copied,
    holding,
    instance,
    join,
)
from poc_graduate.dataflow.effects import Effects
from poc_graduate.dataflow.functions import Arguments, Code
from poc_graduate.dataflow.names import Comprehension
from poc_graduate.dataflow.parts import Parts

_OPERATORS: dict[type[ast.AST], str] = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.MatMult: "matmul",
    ast.Div: "truediv",
    ast.FloorDiv: "floordiv",
    ast.Mod: "mod",
    ast.Pow: "pow",
    ast.LShift: "lshift",
    ast.RShift: "rshift",
    ast.BitOr: "or",
    ast.BitAnd: "and",
    ast.BitXor: "xor",
}
_SIGNS: dict[type[ast.AST], tuple[str, ...]] = {
    ast.USub: ("__neg__",),
    ast.UAdd: ("__pos__",),
    ast.Invert: ("__invert__",),
}
_RESULTS = ("pandas.DataFrame", "pandas.Series", "pandas.NDFrame", "numpy.ndarray")
_COMPARED: dict[type[ast.AST], str] = {
    ast.Eq: "eq",
    ast.NotEq: "ne",
    ast.Lt: "lt",
    ast.LtE: "le",
    ast.Gt: "gt",
    ast.GtE: "ge",
    ast.In: "contains",
    ast.NotIn: "contains",
}
_CONSTANTS: dict[type, Value] = {
    int: instance("int"),
    float: instance("float"),
    complex: instance("complex"),
    bool: BOOL,
    bytes: instance("bytes"),
    type(None): NONE,
    type(...): instance("ellipsis"),
}


class Expressions(Parts):
    """Frames that evaluate expressions."""

    def evaluate(self, node: ast.expr) -> Value:
        """What an expression stands for; what it does is noted in `effects`."""
        special = _EVALUATE.get(type(node))
        if special is not None:
            return special(self, node)
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self.evaluate(child)
        return UNKNOWN

    def _constant(self, node: ast.Constant) -> Value:
        if isinstance(node.value, str):
            return Value("str", text=node.value, flat=True, fixed=True)
        return _CONSTANTS.get(type(node.value), UNKNOWN)

    def _name(self, node: ast.Name) -> Value:
        return self.lookup(node.id)

    def _attribute(self, node: ast.Attribute) -> Value:
        value = self.evaluate(node.value)
        kind = self.told(value, node.attr)
        if kind:
            value = value._replace(kind=kind)
            self.refine(node.value, kind)
        return self.attribute(value, node.attr)

    def _bin_op(self, node: ast.BinOp) -> Value:
        left, right = self.evaluate(node.left), self.evaluate(node.right)
        name = _OPERATORS[type(node.op)]
        if left.classes or right.classes or f"__{name}__" in self.knowledge.methods:
            own = self._special(left, right, f"__{name}__", f"__r{name}__")
            if own is not None:
                return own
        if left.text is not None and right.text is not None:
            if left.kind == "pathlib.Path" and name == "truediv":
                return left._replace(text=_joined(left.text, right.text), name="")
            if left.kind == right.kind == "str" and name == "add":
                return STRING._replace(text=left.text + right.text)
        if "pathlib.Path" in (left.kind, right.kind):
            return Value("pathlib.Path", flat=True, fixed=True)
        if left.kind == "str" and name in ("add", "mod", "mul"):
            return STRING
        for array in _RESULTS:
            if array in (left.kind, right.kind):
                return Value(array)
        if left.flat and right.flat and left.fixed and right.fixed:
            return NUMBER if left.kind != "tuple" else left
        if left.kind in ("list", "dict", "set", "tuple"):
            return copied(left.kind, [left, right])
        return UNKNOWN

    def _special(self, left: Value, right: Value, name: str, mirrored: str) -> Value | None:
        """An operator, where a class of the notebook may define it."""
        if any(code.find(name) for code in left.classes):
            return self.call_method(left, name, Arguments([right]), None)
        if any(code.find(mirrored) for code in right.classes):
            return self.call_method(right, mirrored, Arguments([left]), None)
        if left.kind == "" and not left.flat:
            result: Value | None = None
            for method in self.knowledge.methods.get(name, ()):
                given = Arguments([right])
                result = join(result, self.run_method(method, left, given, sure=False))
            return result
        return None

    def _unary_op(self, node: ast.UnaryOp) -> Value:
        value = self.evaluate(node.operand)
        if isinstance(node.op, ast.Not):
            self.touch(value, "__bool__", "__len__")
            return BOOL
        self.touch(value, *_SIGNS[type(node.op)])
        return Value(value.kind, flat=value.flat, fixed=value.fixed)

    def _bool_op(self, node: ast.BoolOp) -> Value:
        result = self.evaluate(node.values[0])
        self.touch(result, "__bool__", "__len__")
        for value in node.values[1:]:
            result = join(result, self.evaluate(value))
        return result

    def _compare(self, node: ast.Compare) -> Value:
        values = [self.evaluate(node.left), *(self.evaluate(c) for c in node.comparators)]
        for left, right, operator in zip(values, values[1:], node.ops, strict=False):
            if left.classes or right.classes:
                name = _COMPARED.get(type(operator), "")
                subject, other = (right, left) if name == "contains" else (left, right)
                self._special(subject, other, f"__{name}__", f"__{name}__")
                if name in ("eq", "ne"):
                    self.touch(other, "__eq__", given=Arguments([subject]))
            if isinstance(operator, ast.In | ast.NotIn) and right.kind:
                self.elements(right)
        for kind in _RESULTS:
            if any(value.kind == kind for value in values):
                return Value(kind)
        return BOOL if all(value.fixed and value.flat for value in values) else UNKNOWN

    def _if_exp(self, node: ast.IfExp) -> Value:
        self.touch(self.evaluate(node.test), "__bool__", "__len__")
        return join(self.evaluate(node.body), self.evaluate(node.orelse))

    def _sequence(self, node: ast.List | ast.Tuple | ast.Set) -> Value:
        kind = type(node).__name__.lower()
        held = [
            self.elements(self.evaluate(e.value))
            if isinstance(e, ast.Starred)
            else self.evaluate(e)
            for e in node.elts
        ]
        return holding(kind, held, fixed=kind == "tuple")

    def _dict(self, node: ast.Dict) -> Value:
        held = []
        for key, value in zip(node.keys, node.values, strict=True):
            if key is not None:
                held.append(self.evaluate(key))
                held.append(self.evaluate(value))
            else:
                held.append(self.elements(self.evaluate(value)))
        return holding("dict", held)

    def _joined_str(self, node: ast.JoinedStr) -> Value:
        texts: list[str | None] = []
        for part in node.values:
            value = self.evaluate(part)
            texts.append(value.text)
        if all(text is not None for text in texts):
            return STRING._replace(text="".join(text for text in texts if text is not None))
        return STRING

    def _formatted(self, node: ast.FormattedValue) -> Value:
        value = self.evaluate(node.value)
        if value.classes:
            self.use_instances([value], special=True)
        if node.format_spec is not None:
            self.evaluate(node.format_spec)
            return STRING
        return STRING._replace(text=value.text if node.conversion == -1 else None)

    def _lambda(self, node: ast.Lambda) -> Value:
        return self.function_value(self.make_code(node))

    def function_value(self, code: Code) -> Value:
        """A function object: it keeps its defaults and the variables around it."""
        roots = {root for default in code.defaults.values() for root in default.roots}
        return Value(
            "function", roots=frozenset(roots | self.captured(code)), code=frozenset({code})
        )

    def captured(self, code: Code) -> set[Root]:
        """What a function takes with it from the call that it is defined in."""
        around = code.around
        if around is None:
            return set()
        held: set[Root] = set()
        for name in code.names.free & around.names.bound:
            value = around.variables.get(name)
            held |= value.roots if value is not None else {Root("local", name)}
        return held

    def make_code(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> Code:
        """A function as it is defined here: its defaults are evaluated now."""
        around = self.function if self.function.kind == "function" else None
        code = Code(node, self.knowledge.scopes.of(node), around=around)
        arguments = node.args
        positional = [*arguments.posonlyargs, *arguments.args]
        with_default = positional[len(positional) - len(arguments.defaults) :]
        for parameter, default in zip(with_default, arguments.defaults, strict=True):
            code.defaults[parameter.arg] = self.evaluate(default)
        for parameter, option in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
            if option is not None:
                code.defaults[parameter.arg] = self.evaluate(option)
        return code

    def _comprehension(self, node: Comprehension) -> Value:
        first = self.evaluate(node.generators[0].iter)
        names = self.knowledge.scopes.of(node)
        if isinstance(node, ast.GeneratorExp):
            return self._generator(node, first)
        frame = self.inside("comprehension", names)
        results: list[Value] = []
        frame.evaluate_clauses(node, first, results)
        kind = {ast.ListComp: "list", ast.SetComp: "set", ast.DictComp: "dict"}[type(node)]
        return holding(kind, results)

    def _generator(self, node: ast.GeneratorExp, first: Value) -> Value:
        """Nothing happens yet: what will is noted apart, for whoever goes through it."""
        names = self.knowledge.scopes.of(node)
        around = self.function if self.function.kind == "function" else None
        code = Code(node, names, around=around, summary=Effects())
        frame = self.inside("comprehension", names, effects=code.summary)
        results: list[Value] = []
        frame.evaluate_clauses(node, first, results)
        if self.function.kind == "notebook" and code.summary is not None:
            code.summary.reads |= names.reads & self.knowledge.bound - self.comprehension_names()
        held = holding("generator", results)
        return held._replace(roots=held.roots | first.roots, code=held.code | {code})

    def evaluate_clauses(self, node: Comprehension, first: Value, results: list[Value]) -> None:
        """Run the loops and conditions of a comprehension in this frame."""
        for position, generator in enumerate(node.generators):
            source = first if position == 0 else self.evaluate(generator.iter)
            self.assign(generator.target, self.elements(source))
            for condition in generator.ifs:
                self.touch(self.evaluate(condition), "__bool__", "__len__")
        if isinstance(node, ast.DictComp):
            results.append(self.evaluate(node.key))
            results.append(self.evaluate(node.value))
        else:
            results.append(self.evaluate(node.elt))

    def _named(self, node: ast.NamedExpr) -> Value:
        value = self.evaluate(node.value)
        self.bind(node.target.id, value)
        return self.lookup(node.target.id)

    def _await(self, node: ast.Await) -> Value:
        return self.evaluate(node.value)

    def _yield(self, node: ast.Yield | ast.YieldFrom) -> Value:
        if node.value is not None:
            value = self.evaluate(node.value)
            self.effects.give(self.elements(value) if isinstance(node, ast.YieldFrom) else value)
        return UNKNOWN

    def _starred(self, node: ast.Starred) -> Value:
        return self.elements(self.evaluate(node.value))

    def assign(self, target: ast.expr, value: Value) -> None:
        """Bind a target to a value."""
        raise NotImplementedError


def _joined(left: str, right: str) -> str:
    return (
        right if right.startswith("/") else f"{left.rstrip('/')}/{right}" if left != "." else right
    )


_EVALUATE: dict[type[ast.AST], Callable[[Expressions, Any], Value]] = {
    ast.Constant: Expressions._constant,
    ast.Name: Expressions._name,
    ast.Attribute: Expressions._attribute,
    ast.Subscript: Expressions.subscript,
    ast.Call: Expressions.call,
    ast.BinOp: Expressions._bin_op,
    ast.UnaryOp: Expressions._unary_op,
    ast.BoolOp: Expressions._bool_op,
    ast.Compare: Expressions._compare,
    ast.IfExp: Expressions._if_exp,
    ast.List: Expressions._sequence,
    ast.Tuple: Expressions._sequence,
    ast.Set: Expressions._sequence,
    ast.Dict: Expressions._dict,
    ast.JoinedStr: Expressions._joined_str,
    ast.FormattedValue: Expressions._formatted,
    ast.Lambda: Expressions._lambda,
    ast.ListComp: Expressions._comprehension,
    ast.SetComp: Expressions._comprehension,
    ast.DictComp: Expressions._comprehension,
    ast.GeneratorExp: Expressions._comprehension,
    ast.NamedExpr: Expressions._named,
    ast.Await: Expressions._await,
    ast.Yield: Expressions._yield,
    ast.YieldFrom: Expressions._yield,
    ast.Starred: Expressions._starred,
}
