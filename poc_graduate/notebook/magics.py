"""IPython syntax to plain Python of the same number of lines, and what it meant."""

from __future__ import annotations

import ast
import re
from functools import cache
from typing import Any

from poc_graduate.notebook.model import Magic, MagicKind

# They serve the screen or the session only and leave nothing behind in a pipeline.
_DROPPED = frozenset(
    "matplotlib load_ext reload_ext unload_ext autoreload pdb xmode who who_ls whos lsmagic magic "
    "quickref history hist pinfo pinfo2 pdoc psource pfile notebook autosave qtconsole colors "
    "autocall page pip conda mamba uv debug doctest_mode logstart logstop recall rerun macro "
    "watermark tb tensorboard gui".split()
)

_ASSIGNED = re.compile(r"^\s*\w+\s*=\s*get_ipython\(\)")
_CALL = re.compile(
    r"^(?P<indent>\s*)get_ipython\(\)\.(?P<how>run_line_magic|system|getoutput|set_next_input)\("
)
_MAYBE = re.compile(r"^\s*[%!?]|\?\s*$|=\s*[%!]|^\s*(In \[\d|>>>|\.\.\.)", re.MULTILINE)


def translate(source: str) -> tuple[str, tuple[Magic, ...]]:
    """Plain Python for a code cell.

    What only a kernel can do stays a call of `get_ipython()`, which a task has too.

    Args:
        source: The cell as the user wrote it.

    Returns:
        Python text with as many lines, and the IPython syntax that was found.
    """
    if not _MAYBE.search(source) or _is_python(source):
        return source, ()
    lines = source.split("\n")
    first = next((i for i, line in enumerate(lines) if line.strip()), 0)
    head = re.match(r"^%%(\w+)\s*(.*)$", lines[first])
    if head:
        return _cell_magic(lines, first, head.group(1), head.group(2).strip())
    return _lines(source)


def _is_python(source: str) -> bool:
    try:
        compile(source, "<cell>", "exec", ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    except (SyntaxError, ValueError):
        return False
    return True


def _cell_magic(
    lines: list[str], first: int, name: str, arguments: str
) -> tuple[str, tuple[Magic, ...]]:
    body = lines[first + 1 :]
    if name == "time":
        code, magics = translate("\n".join(body))
        found = Magic(name, "cell", arguments, first + 1, dropped=True)
        shifted = tuple(_moved(magic, first + 1) for magic in magics)
        return "\n".join([*lines[:first], "", code]), (found, *shifted)
    found = Magic(name, "cell", arguments, first + 1)
    if name == "capture":
        code, magics = translate("\n".join(body))
        shifted = tuple(_moved(magic, first + 1) for magic in magics)
        text = "\n".join([*lines[:first], _capture(arguments), _indented(code)])
        if not code.strip():
            text = text.replace(_capture(arguments), _capture(arguments) + " pass", 1)
        return text, (found, *shifted)
    call = (
        f"get_ipython().run_cell_magic({name!r}, {arguments!r}, {chr(10).join(body) + chr(10)!r})"
    )
    return "\n".join([*lines[:first], call, *[""] * len(body)]), (found,)


def _capture(arguments: str) -> str:
    words = arguments.split()
    target = next((f" as {w}" for w in words if not w.startswith("-")), "")
    options = [
        f"{option}=False" for option in ("stdout", "stderr", "display") if f"--no-{option}" in words
    ]
    module = '__import__("IPython.utils.capture", fromlist=["capture_output"])'
    return f"with {module}.capture_output({', '.join(options)}){target}:"


def _indented(code: str) -> str:
    """One level deeper, the inside of multi-line strings as it is."""
    inside: set[int] = set()
    try:
        tree: ast.AST | None = ast.parse(code)
    except SyntaxError:
        tree = None
    for node in ast.walk(tree) if tree is not None else ():
        if isinstance(node, ast.Constant | ast.JoinedStr) and node.end_lineno:
            inside |= set(range(node.lineno + 1, node.end_lineno + 1))
    return "\n".join(
        "    " + line if line.strip() and number not in inside else line
        for number, line in enumerate(code.split("\n"), start=1)
    )


def _moved(magic: Magic, lines: int) -> Magic:
    return Magic(magic.name, magic.kind, magic.arguments, magic.line + lines, magic.dropped)


@cache
def _manager() -> Any:
    from IPython.core.inputtransformer2 import TransformerManager

    return TransformerManager()  # type: ignore[no-untyped-call]


def _lines(source: str) -> tuple[str, tuple[Magic, ...]]:
    """Transform one piece of IPython syntax after the other, each in its own lines."""
    from IPython.core.inputtransformer2 import make_tokens_by_line

    lines = [line + "\n" for line in source.split("\n")]
    magics: list[Magic] = []
    for _ in range(len(lines) + 500):
        tokens = make_tokens_by_line(lines)
        found = [t for t in (kind.find(tokens) for kind in _manager().token_transformers) if t]
        if not found:
            break
        transformer = min(found, key=lambda t: t.sortby())
        position = transformer.start_line
        try:
            changed = transformer.transform(lines)
        except SyntaxError:
            break
        if changed == lines:
            break
        missing = len(lines) - len(changed)
        text, magic = _meant(changed[position].rstrip("\n"), position + 1)
        lines = [*changed[:position], text + "\n", *["\n"] * missing, *changed[position + 1 :]]
        magics.append(magic)
    code = "".join(lines).removesuffix("\n")
    return code, tuple(sorted(magics, key=lambda magic: magic.line))


def _meant(text: str, line: int) -> tuple[str, Magic]:
    """The final text of a transformed line, and what was found in it."""
    call = _CALL.match(text)
    if _ASSIGNED.match(text) or call is None:
        kind: MagicKind = "shell" if "getoutput(" in text else "line"
        return text, Magic("!" if kind == "shell" else "magic", kind, text.strip(), line)
    values = _arguments(text)
    if call["how"] in ("system", "getoutput"):
        command = values[0] if values else ""
        if re.match(r"\s*(pip|pip3|conda|mamba|uv)\s+(-\S+\s+)*(pip\s+)?install\b", command):
            return _nothing(call["indent"]), Magic("!", "shell", command, line, dropped=True)
        return text, Magic("!", "shell", command, line)
    name = values[0] if values else ""
    rest = values[1] if len(values) > 1 else ""
    if name == "time" and _is_python(rest):
        return call["indent"] + rest, Magic(name, "line", rest, line, dropped=True)
    if name == "pylab":
        code = "from pylab import *; import numpy as np; import matplotlib.pyplot as plt"
        return call["indent"] + code, Magic(name, "line", rest, line)
    if name in _DROPPED:
        help_ = name.startswith(("pinfo", "psearch"))
        return _nothing(call["indent"]), Magic(
            name, "help" if help_ else "line", rest, line, dropped=True
        )
    return text, Magic(name, "line", rest, line)


def _nothing(indent: str) -> str:
    return f"{indent}pass" if indent else ""


def _arguments(text: str) -> list[str]:
    try:
        node = ast.parse(text.strip(), mode="eval").body
    except SyntaxError:
        return []
    if not isinstance(node, ast.Call):
        return []
    return [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]


def interpolated_names(command: str) -> frozenset[str]:
    """Python names that IPython puts into a command: `{name}` and `$name`."""
    braces = {
        node.id
        for text in re.findall(r"(?<!\{)\{([^{}]+)\}", command)
        for node in _walk(text)
        if isinstance(node, ast.Name)
    }
    dollars = set(re.findall(r"(?<!\$)\$([A-Za-z_]\w*)", command))
    return frozenset(braces | dollars)


def _walk(text: str) -> list[ast.AST]:
    try:
        return list(ast.walk(ast.parse(text.split(":")[0].split("!")[0].strip(), mode="eval")))
    except SyntaxError:
        return []
