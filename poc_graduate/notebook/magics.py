"""IPython syntax to plain Python of the same number of lines, and what it meant."""

from __future__ import annotations

import ast
import re
import tokenize
from dataclasses import replace
from functools import lru_cache
from typing import Any

from poc_graduate.notebook import stage
from poc_graduate.notebook.captured import captured
from poc_graduate.notebook.known_magics import DROPPED, HEADLESS, INSTALLERS, LINE_MAGICS, TOOLING
from poc_graduate.notebook.model import Magic
from poc_graduate.notebook.python import problem_of, tree_of
from poc_graduate.notebook.surroundings import Surroundings, automagic
from poc_graduate.notebook.whole_lines import called, called_cell, whole_lines

_PROMPT = re.compile(r"^\s*(>>>|\.{3,}:)|^((\[nav\]|\[ins\])? )?In \[\d+\]: ", re.MULTILINE)
_CELL_MAGIC = re.compile(r"%%(?!\w+\?)")
_MAY_BE_SYNTAX = re.compile(r"^\s*[!%,;/]|=[\s\\]*[!%]|\?", re.MULTILINE)
_BLANK_LINE = re.compile(r"^[^\S\n]+$", re.MULTILINE)
_BLANK_IN_STRING = re.compile(r"^[ \t]+$", re.MULTILINE)
_INSTALL = re.compile(
    r"\s*(sudo\s+)?((\{[^{}]*executable[^{}]*\}|python[\d.]*)\s+-m\s+|uv\s+)?"
    r"(pip[\d.]*|conda|mamba|micromamba)\s+(-\S+\s+)*(install|uninstall|update|upgrade)\b[^;&|`$]*"
)
_MOST = 500  # IPython's TRANSFORM_LOOP_LIMIT: it gives up on a cell with more of its syntax


_ALONE = Surroundings()


def translate(source: str, around: Surroundings = _ALONE) -> tuple[str, tuple[Magic, ...]]:
    """Plain Python for a code cell.

    What only a kernel can do stays a call of `get_ipython()`, which a task has too. Text that is
    no Python even for IPython comes back without its IPython syntax; `problem_of` says what it is.

    Args:
        source: The cell as the user wrote it.
        around: What the other cells decide about this one.

    Returns:
        Python text with as many lines, and the IPython syntax that was found.
    """
    if not source.strip():
        return source, ()
    if not _CELL_MAGIC.match(source.lstrip()) and not whole_lines(source):
        plain = problem_of(source) is None
        word = automagic(source)
        if word and (word[0] in around.free or (not plain and word[0] in LINE_MAGICS)):
            before = source[: source.index(word[0])]
            end = "\n" if source.endswith("\n") else ""
            source = f"{before}%{word[0]} {word[1]}{end}"
        elif plain and not _changed_by_ipython(source):
            return source, ()
    lines = source.removesuffix("\n").split("\n")
    first = next(number for number, line in enumerate(lines) if line.strip())
    tail = "\n" if source.endswith("\n") else ""
    body = _cleaned([line + "\n" for line in lines[first:]])
    if _CELL_MAGIC.match(body[0]):
        code, magics = _cell_magic(body, around)
    else:
        code, magics = _lines(body, around)
    moved = tuple(replace(magic, line=magic.line + first) for magic in magics)
    return "\n" * first + code.removesuffix("\n") + tail, moved


def _changed_by_ipython(source: str) -> bool:
    """Whether IPython changes valid Python: it strips prompts, and blank lines in strings."""
    if _has_prompt(source):
        return True
    return _BLANK_IN_STRING.search(source) is not None and ('"""' in source or "'''" in source)


def _has_prompt(text: str) -> bool:
    maybe = ">>>" in text or "..." in text or "In [" in text  # a search of lines takes longer
    return maybe and _PROMPT.search(text) is not None


@lru_cache(maxsize=1)
def _ipython() -> Any:
    # IPython takes a third of a second to import: most cells and many notebooks do without.
    from IPython.core import inputtransformer2

    return inputtransformer2, inputtransformer2.TransformerManager()  # type: ignore[no-untyped-call]


def _cleaned(lines: list[str]) -> list[str]:
    """Without common indentation and pasted prompts, as IPython does first."""
    text = "".join(lines)
    if not text[0].isspace() and not _has_prompt(text) and not _BLANK_LINE.search(text):
        return lines
    for clean in _ipython()[1].cleanup_transforms[1:]:  # [0] drops leading blank lines
        lines = clean(lines)
    return [line + "\n" for line in "".join(lines).removesuffix("\n").split("\n")]


def _cell_magic(lines: list[str], around: Surroundings) -> tuple[str, tuple[Magic, ...]]:
    name, _, arguments = lines[0][2:].rstrip().partition(" ")
    found = Magic(name, "cell", arguments.strip(), 1)
    if name in ("time", "capture", "stage", "graduate"):
        body, inner = translate("".join(lines[1:]), around)
        magics = tuple(replace(magic, line=magic.line + 1) for magic in inner)
        if name == "graduate":  # it shows the cell mended; nothing of it was run
            return "\n" * len(lines), (replace(found, dropped=True),)
        if name == "stage" and _names_a_stage(found.arguments):
            return f"\n{body}", (replace(found, dropped=True), *magics)
        if name == "time" and not found.arguments:
            return f"\n{body}", (replace(found, dropped=True), *magics)
        text = captured(found.arguments, body) if name == "capture" else None
        if text is not None and (problem_of(body) or not problem_of(text)):
            return text, (replace(found, dropped=not text.strip()), *magics)
    return called_cell(lines) + "\n" * (len(lines) - 1), (found,)


def _names_a_stage(arguments: str) -> bool:
    try:
        stage.parse(arguments)
    except ValueError:
        return False
    return True


def _lines(lines: list[str], around: Surroundings) -> tuple[str, tuple[Magic, ...]]:
    """Transform all IPython syntax, each piece within its own lines."""
    whole = whole_lines("".join(lines))
    if whole and len(whole) <= _MOST:
        lines, magics, dropped = _each_whole(lines, whole, around)
    else:
        lines, magics, dropped = _one_by_one(lines, around)
    if dropped and problem_of("".join(lines).removesuffix("\n")) is None:
        _drop_passes(lines, dropped)
    return "".join(lines), tuple(sorted(magics, key=lambda magic: magic.line))


Transformed = tuple[list[str], list[Magic], list[int]]
"""Lines, what was found in them, and positions of those that hold `pass` and may be dropped."""


def _each_whole(lines: list[str], whole: tuple[int, ...], around: Surroundings) -> Transformed:
    """Transform lines that are nothing else than a magic or a shell line."""
    lines, magics, dropped = [*lines], list[Magic](), list[int]()
    for at in whole:
        text, meant = _meant("", called(lines[at]), lines[at], around, local=False)
        if text is None:
            dropped.append(at)
        lines[at] = f"{text or 'pass'}\n"
        magics += [replace(magic, line=at + 1) for magic in meant]
    return lines, magics, dropped


def _one_by_one(lines: list[str], around: Surroundings) -> Transformed:
    """Transform one piece of IPython syntax after the other, as IPython does."""
    if not _MAY_BE_SYNTAX.search("".join(lines)):  # no Python, but for other reasons
        return lines, [], []
    module, manager = _ipython()
    magics: list[Magic] = []
    dropped: list[int] = []
    done: list[str] = []  # lines above the statement in work: no need to tokenize them again
    for _ in range(_MOST):
        try:
            tokens = module.make_tokens_by_line(lines)
            candidates = [kind.find(tokens) for kind in manager.token_transformers]
        except Exception:  # on some broken text IPython breaks too: Python says what is wrong
            break
        if not magics and sum(group[0].string in ("%", "!") for group in tokens) > _MOST:
            break
        for found in sorted(filter(None, candidates), key=lambda each: each.sortby()):
            try:
                changed: list[str] = found.transform(lines)
                break
            except SyntaxError:  # says IPython: not this one, but perhaps the next
                continue
        else:
            break
        at, start = found.start_line, found.start_col
        prefix, call = changed[at][:start], changed[at][start:].removesuffix("\n")
        local = prefix.isspace() and _in_function(done + lines, len(done) + at)
        text, meant = _meant(prefix, call, lines[at][start:], around, local=local)
        if text is None:
            dropped.append(len(done) + at)
            text = "pass"  # for now
        missing = ["\n"] * (len(lines) - len(changed))
        lines = [*changed[:at], f"{prefix}{text}\n", *missing, *changed[at + 1 :]]
        magics += [replace(magic, line=len(done) + at + 1) for magic in meant]
        top = _statement_above(tokens, at)
        done, lines = done + lines[:top], lines[top:]
    return done + lines, magics, dropped


def _statement_above(tokens: list[list[tokenize.TokenInfo]], at: int) -> int:
    """The last line, up to `at`, in which a statement begins that is not indented."""
    unlike = (tokenize.INDENT, tokenize.DEDENT, tokenize.NL, tokenize.COMMENT)
    top = 0
    for group in tokens:
        first = next((token for token in group if token.type not in unlike), None)
        if first is not None and first.start[0] - 1 > at:
            break
        if first is not None and first.start[1] == 0 and first.type != tokenize.ENDMARKER:
            top = first.start[0] - 1
    return top


def _drop_passes(lines: list[str], dropped: list[int]) -> None:
    """Leave nothing where a line was dropped, unless its absence would say something else."""
    for at in sorted(dropped, reverse=True):
        line, lines[at] = lines[at], "\n"
        needed = line[0].isspace() or "".join(lines[:at]).endswith("\\\n")  # by what is above
        if needed and problem_of("".join(lines)[:-1]) is not None:
            lines[at] = line
    last = tree_of("".join(lines)[:-1]).body[-1:]
    after = [at for at in dropped if last and at >= (last[0].end_lineno or 0)]
    if after and isinstance(last[0], ast.Expr):
        # The dropped line came last, so that the cell showed nothing: nor shall it now.
        lines[max(after)] = "pass\n"


def _meant(
    prefix: str, call: str, typed: str, around: Surroundings, *, local: bool
) -> tuple[str | None, tuple[Magic, ...]]:
    """What becomes of one piece of IPython syntax; no text where it is dropped.

    Args:
        prefix: What stands before it: indentation, or a target and `=`.
        call: What IPython makes of it.
        typed: What the user wrote, from there on.
        around: What the other cells decide.
        local: It stands inside of a function.
    """
    assigned = bool(prefix.strip())
    method, values = _method_call(call)
    if not method:  # `/f x`, `,f x`, `;f x`: IPython writes the parentheses and quotes
        return call, (Magic(typed[0], "line", typed[1:].strip(), 1),)
    if method in ("system", "getoutput"):
        command = values[0].strip()
        drop = not assigned and method == "system" and _installs(command)
        return None if drop else call, (Magic("!", "shell", command, 1, dropped=drop),)
    name, rest = (values[0], values[1].strip()) if values else ("pinfo", "")
    if name in ("pinfo", "pinfo2", "psearch") and not typed.startswith(f"%{name}"):
        return None, (Magic("?", "help", rest, 1, dropped=True),)
    found = Magic(name, "line", rest, 1)
    if name == "time":
        code, inner = translate(rest, around)
        # In a function, what `%time` binds is lost when it returns.
        if _parses(code, "eval" if assigned or local else "exec"):
            return code.strip() or None, (replace(found, dropped=True), *inner)
    if not assigned and _is_dropped(name, rest, around):
        return None, (replace(found, dropped=True),)
    return _in_python(name, rest, prefix) or call, (found,)


def _in_function(lines: list[str], at: int) -> bool:
    indent = len(lines[at]) - len(lines[at].lstrip())
    for line in reversed(lines[:at]):
        margin = len(line) - len(line.lstrip())
        if line.strip() and margin < indent:
            if re.match(r"\s*(async\s+def|def|class)\b", line):
                return True
            indent = margin
    return False


def _method_call(call: str) -> tuple[str, list[str]]:
    """The method of `get_ipython()` that is called, and the texts given to it."""
    try:
        node = ast.parse(call, mode="eval").body
    except (SyntaxError, ValueError):
        return "", []
    match node:
        case ast.Call(ast.Attribute(ast.Call(ast.Name("get_ipython")), str(method)), given):
            return method, [str(each.value) for each in given if isinstance(each, ast.Constant)]
    return "", []


def _parses(code: str, mode: str) -> bool:
    try:
        ast.parse(code.strip(), mode=mode)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _is_dropped(name: str, rest: str, around: Surroundings) -> bool:
    words = rest.split() or [""]
    if name in ("load_ext", "reload_ext", "unload_ext"):
        return words[0] in TOOLING - around.extensions or not rest
    if name == "matplotlib":
        backend = words[0].lower()
        return backend not in HEADLESS and not (around.inline and backend == "inline")
    if name == "config":  # without `=` it shows what there is
        return "=" not in rest or words[0].split(".")[0] in ("Completer", "IPCompleter")
    if name in INSTALLERS:
        return words[0] != "run"
    if name == "debug":  # with a statement it runs it
        return not rest
    return name in DROPPED


def _in_python(name: str, rest: str, prefix: str) -> str:
    """The same without IPython, for magics that bind names which the analysis has to see."""
    if name == "pylab" and not prefix:
        # As IPython.core.pylabtools.import_pylab does.
        everything = "from matplotlib.pylab import *; from numpy import *; "
        return (
            "import numpy; import matplotlib; from matplotlib import pylab, mlab, pyplot; "
            f"np = numpy; plt = pyplot; {'' if '--no-import-all' in rest else everything}"
            "from IPython.core.pylabtools import figsize, getfigs; "
            "from IPython.display import display"
        )
    if name == "aimport" and rest and not prefix.strip():
        modules = [word.strip() for word in rest.split(",") if not word.strip().startswith("-")]
        code = "; ".join(f"import {module}" for module in modules) or "pass"
        return code if _parses(code, "exec") else ""
    return ""


def _installs(command: str) -> bool:
    """Whether a shell line does nothing but install packages."""
    command = re.sub(r"(\d|&)?>{1,2}\s*(/dev/null|&\d)", "", command)
    command = re.sub(r"\|\s*(tail|head|grep|cat)\b[^|;&<>]*", "", command)
    parts = [part for part in re.split(r"&&|;", command) if part.strip()]
    return bool(parts) and all(_INSTALL.fullmatch(part) for part in parts)
