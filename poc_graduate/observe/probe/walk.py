"""One value on its way into a hash: what is written of it, and what was met on the way.

Mutable objects are numbered as they are met, and met again are written as that number: `[x, x]`
is not `[x, copy(x)]`.
"""

from __future__ import annotations

import array
import hashlib
import marshal
import operator
from collections.abc import Callable
from itertools import chain
from typing import Any

from .known import NAN, Known
from .memory import Span, frames_share, state_is_shared
from .naming import a, qualified
from .readers import ATOMS, Leaf, Reader, leaf_form, reader_of

MOST_OBJECTS = 3_000_000
DEEPEST = 4_000
FLAT_FROM = 16
BULK_FROM = 4_096


class TooMuch(Exception):
    """The value is too large, or nested too deeply, to be read part by part."""


class Walk:
    """One value on its way into a hash."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self.hash = hashlib.sha256()
        self.out = bytearray()
        self.numbers: dict[int, int] = {}
        self.alone: set[int] = set()
        self.elsewhere: set[int] = set()
        self.memory: list[Span] = []
        self.owners: dict[int, list[int]] = {}
        self.reasons: list[str] = []
        self.objects = 0
        self.depth = 0
        self.in_library = 0

    # -- writing ---------------------------------------------------------------------------

    def put(self, data: bytes) -> None:
        """Write bytes that say where they end."""
        self.out += data
        if len(self.out) > 65_536:
            self.flush()

    def flush(self) -> None:
        """Hand what was written to the hash."""
        self.hash.update(self.out)
        self.out.clear()

    def digest(self) -> str:
        """The hash of all that was written."""
        self.flush()
        return self.hash.hexdigest()[:32]

    def name(self, text: str) -> None:
        """Write a name."""
        self.put(marshal.dumps(text, 2))

    def typed(self, kind: type) -> None:
        """Write the type of a value."""
        self.name(self.known.naming.of(kind))

    def bulk(self, raw: Any, how: str = "", canonical: Callable[[], Any] | None = None) -> None:
        """Write many bytes.

        Args:
            raw: A read-only buffer of bytes that can be hashed.
            how: What `canonical` depends on besides the bytes.
            canonical: Makes the buffer to be written instead, where the same value has more
                than one form.
        """
        size = len(raw)
        if size < BULK_FROM:
            self.put(b"b%d:" % size)
            self.put(bytes(canonical() if canonical else raw))
            return
        key = (size, hash(raw), how)
        digest = self.known.digests.get(key)
        if digest is None:
            digest = hashlib.sha256(canonical() if canonical else raw).digest()
            self.known.digests[key] = digest
        self.put(b"B%d:" % size)
        self.put(digest)

    def packed(self, value: Any) -> None:
        """Write something that marshal can write."""
        data = self.canonical(value)
        self.bulk(data) if len(data) >= BULK_FROM else self.put(data)

    def canonical(self, value: Any) -> bytes:
        """The bytes for something that marshal can write."""
        data = marshal.dumps(value, 2)
        naming = self.known.naming
        return marshal.dumps(naming.unmoved(value), 2) if naming.is_moved(data) else data

    # -- reading ---------------------------------------------------------------------------

    def add(self, value: Any) -> None:
        """Read a value of any type."""
        kind = type(value)
        form = self.leaf_form(kind)
        if form is not None:
            self.packed(form(value))
            return
        number = self.numbers.get(id(value))
        if number is not None and not self.is_inner(value):
            self.put(b"R%d;" % number)
            return
        self.objects += 1
        if self.objects > MOST_OBJECTS:
            raise TooMuch(f"more than {MOST_OBJECTS:,} objects, too many to compare")
        self.depth += 1
        if self.depth > DEEPEST:
            raise TooMuch("nested too deeply to compare")
        reader = self.reader(kind)
        try:
            reader(self, value, kind)
        except (TooMuch, RecursionError, MemoryError):
            raise
        except Exception as error:  # the user's or a library's object: anything can go wrong
            self.opaque(f"{a(qualified(kind))} that cannot be read ({error})")
        self.depth -= 1

    def leaf_form(self, kind: type) -> Leaf | None:
        """How a type is written as a leaf; None for all others."""
        leaves = self.known.leaves
        if kind not in leaves:
            leaves[kind] = leaf_form(kind, self.known.naming)
        return leaves[kind]

    def reader(self, kind: type) -> Reader:
        """The reader of a type."""
        readers = self.known.readers
        if kind not in readers:
            readers[kind] = (reader_of(kind), None)
        return readers[kind][0]

    def made(self, value: Any) -> None:
        """Read an object that was made for the purpose, and keep its address from being reused."""
        self.known.kept.append(value)
        self.add(value)

    def number(self, value: Any, *, shared: bool = True) -> None:
        """Number a mutable object, so that it is recognised when met again.

        Args:
            value: The object.
            shared: False where two names for it do not share state of the notebook.
        """
        if self.is_inner(value):
            self.elsewhere.add(id(value))
            return
        self.numbers[id(value)] = len(self.numbers)
        if not shared:
            self.alone.add(id(value))

    def is_inner(self, value: Any) -> bool:
        """Whether it is an array of a library's own object: how often it is in there, or a view of
        it, depends on how the array lay in memory when it was given."""
        kind = type(value)
        plain = kind.__name__ == "ndarray" and kind.__module__ == "numpy"
        return bool(self.in_library and plain and not value.dtype.hasobject)

    def opaque(self, reason: str) -> None:
        """Note a part that cannot be compared."""
        self.put(b"?")
        self.reasons.append(reason if self.depth <= 1 else "holds " + reason)

    def reason(self) -> str:
        """Why the whole cannot be compared, or empty."""
        return self.reasons[0] if self.reasons else ""

    def reached(self) -> set[int]:
        """Addresses of the mutable objects met."""
        return (self.numbers.keys() | self.elsewhere) - self.alone

    def sequence(self, values: Any) -> None:
        """Read the elements of a list or tuple, many at once where they are alike."""
        self.put(b"%d:" % len(values))
        kinds = set(map(type, values))
        if kinds <= ATOMS:
            if len(kinds) == 1 and len(values) >= BULK_FROM and self.alike(values, *kinds):
                return
            self.put(b"a")
            self.packed(_one_nan(values, kinds))
            return
        forms = {kind: self.leaf_form(kind) for kind in kinds}
        if None not in forms.values():
            self.put(b"l")
            self.packed([forms[type(v)](v) for v in values])  # type: ignore[misc]
            return
        if len(values) >= FLAT_FROM and len(kinds) == 1 and self.rows(values, kinds.pop()):
            return
        self.put(b"m")
        for value in values:
            self.add(value)

    def alike(self, values: Any, kind: type) -> bool:
        """Read many numbers or strings at once; False where that is not what they are."""
        if kind is str:
            # Strings remember their hash: telling that none has changed costs next to nothing.
            key = (len(values), hash(tuple(values)), "strings")
            digest = self.known.digests.get(key)
            if digest is None:
                digest = hashlib.sha256(self.canonical(list(values))).digest()
                self.known.digests[key] = digest
            self.put(b"s" + digest)
            return True
        if kind is float:
            plain = array.array("d", values)
        elif kind is int:
            try:
                plain = array.array("q", values)
            except OverflowError:
                return False
        else:
            return False
        self.put(b"f" if kind is float else b"i")
        self.bulk(plain.tobytes(), kind.__name__, lambda: _number_bytes(values, plain))
        return True

    def rows(self, values: Any, kind: type) -> bool:
        """Read many flat lists, tuples or dicts at once; False where that is not what they are."""
        if kind is dict:
            inner = chain(
                chain.from_iterable(values), chain.from_iterable(map(dict.values, values))
            )
        elif kind is list or kind is tuple:
            inner = chain.from_iterable(values)
        else:
            return False
        kinds = set(map(type, inner))
        if not kinds <= ATOMS:
            return False
        if float in kinds:
            flat = list(chain.from_iterable(map(dict.values, values) if kind is dict else values))
            if any(map(operator.ne, flat, flat)):
                return False
        if kind is not tuple:
            addresses = set(map(id, values))
            if len(addresses) != len(values) or not addresses.isdisjoint(self.numbers):
                return False
            first = len(self.numbers)
            self.numbers.update(zip(map(id, values), range(first, first + len(values))))
        self.objects += len(values) // 8
        self.put(b"n")
        self.packed(values if type(values) is list else list(values))
        return True

    def unordered(self, values: Any) -> None:
        """Read the elements of a set, whose order means nothing."""
        kinds = set(map(type, values))
        self.put(b"%d:" % len(values))
        if kinds <= ATOMS:
            for kind in sorted(kinds, key=qualified):
                of_kind = [v for v in values if type(v) is kind]
                numbers = [v for v in of_kind if v == v]
                self.put(b"%d," % (len(of_kind) - len(numbers)))
                self.packed(sorted(numbers) if kind is not type(None) else numbers)
            return
        self.put(b"s")
        for digest in sorted(map(self.apart, values)):
            self.put(digest)

    def apart(self, value: Any) -> bytes:
        """The digest of a part whose place among its siblings is not known."""
        mine = self.hash, self.out, self.numbers
        self.hash, self.out, self.numbers = hashlib.sha256(), bytearray(), dict(self.numbers)
        try:
            self.add(value)
            self.flush()
            return self.hash.digest()
        finally:
            self.elsewhere.update(self.numbers)
            self.hash, self.out, self.numbers = mine

    def attempt(self, read: Callable[[], None]) -> bool:
        """Read a part; if something in it is opaque, undo that and return False."""
        self.flush()
        hashed, numbered, reasons = self.hash.copy(), len(self.numbers), len(self.reasons)
        spans = len(self.memory)
        read()
        if len(self.reasons) == reasons:
            return True
        self.hash = hashed
        self.out.clear()
        # What was met stays reached: two names that hold the same lock do share it.
        while len(self.numbers) > numbered:
            self.elsewhere.add(self.numbers.popitem()[0])
        self.owners = {
            owner: [place for place in met if place < spans] for owner, met in self.owners.items()
        }
        del self.reasons[reasons:]
        return False

    def occupies(self, span: Span, owner: int) -> None:
        """Note the memory of an array, and whether an array met before shares it.

        Args:
            span: The memory.
            owner: Identity of what it is a part of: only parts of one whole can overlap.
        """
        if not self.in_library:
            # Estimators keep views of their own arrays; nobody changes those through the view.
            met = self.owners.setdefault(owner, [])
            for place in met:
                earlier = self.memory[place]
                if state_is_shared(earlier, span, frames_share=frames_share()):
                    self.put(b"V%d,%d;" % (place, span.start - earlier.start))
                    break
            met.append(len(self.memory))
        self.memory.append(span)


def _one_nan(values: Any, kinds: set[type]) -> list[Any]:
    """The values as a list, every NaN the same one."""
    if float in kinds and any(map(operator.ne, values, values)):
        return [NAN if value != value else value for value in values]
    return values if type(values) is list else list(values)


def _number_bytes(values: Any, plain: array.array[Any]) -> bytes:
    if plain.typecode == "d" and any(map(operator.ne, plain, plain)):
        plain = array.array("d", _one_nan(values, {float}))
    return plain.tobytes()
