"""Attributes, items and slices: what they stand for, and what setting them does."""

from __future__ import annotations

import ast

from poc_graduate.dataflow.aliases import (
    ARRAYS,
    FOREIGN,
    STRING,
    UNKNOWN,
    Root,
    Value,
    copied,
    instance,
    join,
    part_of,
)
from poc_graduate.dataflow.calls import Calls
from poc_graduate.dataflow.frame import root_name
from poc_graduate.dataflow.functions import Arguments, ClassCode, Code

_SAME = frozenset({"pandas.GroupBy", "pandas.Window", "pandas.NDFrame", "matplotlib.Drawing"})
_ONE = Arguments([UNKNOWN])
_SEVERAL = (ast.Slice, ast.Compare, ast.List)
_PURE_ATTRIBUTES = frozenset({"__class__", "__name__", "__doc__", "__module__", "__version__"})


class Parts(Calls):
    """Frames that know what attributes and items are."""

    def attribute(self, value: Value, name: str) -> Value:
        """An attribute of a value."""
        if value.target and not value.kind:
            target = f"{value.target}.{name}"
            if target in self.knowledge.patched:
                return self.knowledge.patched[target]
            if target in ("sys.modules", "IPython.get_ipython"):
                self.effects.dynamic = self.effects.dynamic or name == "modules"
            return self.member(target, value.roots)
        if name in _PURE_ATTRIBUTES:
            return STRING
        if name in self.knowledge.accessors:
            return Value(roots=value.roots)
        if value.kind == "class":
            members = [c.find(name) for c in value.code if isinstance(c, ClassCode)]
            found: Value | None = None
            for member in members:
                found = join(found, member)
            if found is not None and found.code:
                return found._replace(kind="function")
            if found is None:
                return part_of(value)
            if found.flat and found.fixed:
                return found
            return found._replace(roots=value.roots, flat=False)
        if value.classes:
            return self._own_attribute(value, name)
        if value.kind == "IPython":
            self.effects.dynamic = self.effects.dynamic or name == "user_ns"
            return UNKNOWN
        for method in self.knowledge.methods.get(name, ()):
            if value.kind == "" and "property" in method.decorators:
                self.run_method(method, value, Arguments(), sure=False)
        behaviour = self.knowledge.tables.method(value.kind, name) if value.kind else None
        if behaviour is None and value.kind == "pandas.DataFrame":
            return part_of(value, "pandas.Series")  # a column
        if behaviour is None:
            self.touch(value, "__getattr__", "__getattribute__")
            common = self.knowledge.tables.by_name(name) if value.kind == "" else ()
            if common and all(one.effect == "fresh" for one in common):
                return Value()
            return part_of(value)._replace(kind=FOREIGN if value.kind == FOREIGN else "")
        if behaviour.shows and behaviour.gives in ("pandas.Plot",):
            return part_of(value, behaviour.gives)
        if self.knowledge.tables.immutable(behaviour.gives):
            plain = instance(behaviour.gives)
            return plain if plain.fixed else Value(behaviour.gives, flat=True, fixed=True)
        if behaviour.effect == "fresh":
            return Value(behaviour.gives)
        if behaviour.effect in ("mutates", "unknown"):
            return Value("bound method", roots=value.roots, code=value.code)
        return part_of(value, behaviour.gives)

    def _own_attribute(self, value: Value, name: str) -> Value:
        result: Value | None = None
        for code in value.classes:
            member = code.find(name)
            if member is None:
                hooked = self.touch(value, "__getattr__", "__getattribute__")
                found = join(hooked, part_of(value)._replace(code=value.code))
                result = join(result, found)
                continue
            if member.classes:  # perhaps a descriptor
                given = Arguments([value, UNKNOWN])
                result = join(result, self.touch(member, "__get__", given=given))
            methods = [m for m in member.code if isinstance(m, Code)]
            for method in methods:
                if method.decorators & {"property", "cached_property"}:
                    result = join(result, self.run_method(method, value, Arguments()))
                else:
                    bound = Value("method", roots=value.roots, code=frozenset({method}))
                    result = join(result, bound._replace(classes=value.classes))
            if not methods:
                plain = member.flat and member.fixed
                shared = member if plain else member._replace(roots=value.roots, flat=False)
                result = join(result, shared)
        return result or UNKNOWN

    def member(self, target: str, roots: frozenset[Root]) -> Value:
        """A member of a library, which nothing changes, or of code that no table describes."""
        if self.knowledge.tables.knows(target):
            return Value(target=target, flat=True, fixed=True)
        return Value(FOREIGN, target=target, roots=roots)

    def subscript(self, node: ast.Subscript) -> Value:
        value = self.evaluate(node.value)
        key = self.evaluate(node.slice)
        if value.classes or (not value.kind and "__getitem__" in self.knowledge.methods):
            own = self.touch(value, "__getitem__", given=Arguments([key]))
            return join(own, part_of(value)) if own is not None else part_of(value)
        if value.target and not value.kind:
            return STRING if value.target == "os.environ" else Value()
        kind = value.kind
        if kind == "str":
            return STRING
        if (kind in ARRAYS and _selects(node.slice, key)) or (not kind and _masks(node.slice)):
            return Value(kind)
        if kind == "pandas.DataFrame":
            return part_of(value, "pandas.Series" if key.kind == "str" else "pandas.NDFrame")
        if kind == "collections.defaultdict" and isinstance(node.ctx, ast.Load):
            self.change(value, sure=False)
        if kind == "pandas.Indexer":
            several = any(isinstance(part, _SEVERAL) for part in ast.walk(node.slice))
            return part_of(value, "pandas.NDFrame" if several else "")
        if kind in ("list", "tuple") and isinstance(node.slice, ast.Slice):
            return copied(kind, [value])
        if kind in _SAME or (kind == "numpy.ndarray" and isinstance(node.slice, ast.Slice)):
            return part_of(value, kind)
        return part_of(value)

    def store(self, target: ast.expr, value: Value | None) -> None:
        """Set (or delete, without a value) an attribute, an item or a slice."""
        if not isinstance(target, ast.Attribute | ast.Subscript):
            return
        holder = self.evaluate(target.value)
        if isinstance(target, ast.Subscript):
            self.evaluate(target.slice)
        attribute = target.attr if isinstance(target, ast.Attribute) else ""
        if holder.target and not holder.kind:
            name = f"{holder.target}.{attribute}".rstrip(".")
            self._set_member(target, name)
            if value is not None and (value.code or not (value.flat and value.fixed)):
                self._patch(name, attribute, value)
            return
        if holder.kind == "IPython":
            self.effects.dynamic = True
        if holder.classes or not holder.kind:
            self._hooks(holder, attribute, value)
        behaviour = self.knowledge.tables.method(holder.kind, attribute) if holder.kind else None
        if behaviour is not None and behaviour.settings:
            self.effects.settings.add(behaviour.settings)
        if holder.fixed and isinstance(target.value, ast.Attribute):
            holder = self.evaluate(target.value.value)  # `df.index.name = …` changes the frame
        put = value
        if value is not None and holder.kind in (*ARRAYS, "pandas.Indexer"):
            put = UNKNOWN if value.kind in ARRAYS or not value.kind else part_of(value)
            put = value if value.classes else put
        self.change(holder, put)
        if put is not None and value is not None:
            self.update(target.value, put)
            if holder.kind == "class" and attribute:
                for code in holder.code:
                    if isinstance(code, ClassCode):
                        code.attributes[attribute] = value
                        methods = [made for made in value.code if isinstance(made, Code)]
                        self.knowledge.methods.setdefault(attribute, []).extend(methods)

    def _hooks(self, holder: Value, attribute: str, value: Value | None) -> None:
        """Setters and special methods of the notebook's classes."""
        if value is None:
            self.touch(holder, "__delattr__" if attribute else "__delitem__", given=_ONE)
        else:
            given = Arguments([UNKNOWN, value])
            self.touch(holder, "__setattr__" if attribute else "__setitem__", given=given)
        for code in holder.classes:
            member = code.find(attribute)
            if member is None:
                continue
            if member.classes:
                given = Arguments([holder, value or UNKNOWN])
                self.touch(member, "__set__", "__delete__", given=given)
            for method in member.code:
                if isinstance(method, Code) and method.decorators & {"setter", "deleter"}:
                    self.run_method(method, holder, Arguments([value or UNKNOWN]))

    def _patch(self, name: str, attribute: str, value: Value) -> None:
        """A member of a library is something of the notebook's from now on."""
        self.knowledge.patched[name] = value
        methods = [code for code in value.code if isinstance(code, Code)]
        self.knowledge.methods.setdefault(attribute, []).extend(methods)

    def _set_member(self, target: ast.expr, name: str) -> None:
        """A member of a library is set: a setting, or a patch."""
        setting = self.knowledge.tables.setting(name)
        package = name.partition(".")[0]
        if not setting:
            setting = "builtins" if package == "builtins" else "other"
        self.effects.settings.add(setting)
        root = root_name(target)
        if root is not None and setting == "other" and root in self.knowledge.bound:
            self.effects.changes.add(Root("global", root))


def _selects(node: ast.expr, key: Value) -> bool:
    """Whether a subscript picks by mask or list, which copies."""
    if isinstance(node, ast.Compare | ast.List | ast.BoolOp | ast.ListComp):
        return True
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitAnd | ast.BitOr | ast.BitXor):
        return True
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Invert):
        return True
    return key.kind in ("pandas.Series", "list", "numpy.ndarray", "pandas.Index")


def _masks(node: ast.expr) -> bool:
    """Whether a subscript is a condition, whatever the object: only arrays and frames take one."""
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.BitAnd | ast.BitOr) and _masks(node.left)
    if isinstance(node, ast.UnaryOp):
        return isinstance(node.op, ast.Invert)
    return isinstance(node, ast.Compare)
