"""IPython syntax to plain Python of the same number of lines, and what it meant."""

from __future__ import annotations

import ast
import dis
import io
import re
import shlex
import string
import tokenize
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from types import CodeType
from typing import Any

from poc_graduate.errors import Refusal
from poc_graduate.notebook import stage
from poc_graduate.notebook.model import Magic, Notebook
from poc_graduate.notebook.python import problem_of, tree_of
from poc_graduate.notebook.quiet import Quiet

# A test asks IPython whether these two lists are complete.
LINE_MAGICS = frozenset(
    "aimport alias alias_magic autoawait autocall automagic autoreload autosave bookmark cat cd "
    "clear code_wrap colors conda config connect_info cp debug dhist dirs doctest_mode ed edit env "
    "gui hist history killbgscripts ldir less lf lk ll load load_ext loadpy logoff logon logstart "
    "logstate logstop ls lsmagic lx macro magic mamba man matplotlib micromamba mkdir more mv "
    "notebook page pastebin pdb pdef pdoc pfile pinfo pinfo2 pip popd pprint precision prun "
    "psearch psource pushd pwd pycat pylab qtconsole quickref recall rehashx reload_ext rep rerun "
    "reset reset_selective rm rmdir run save sc set_env store subshell sx system tb time timeit "
    "unalias unload_ext uv who who_ls whos xdel xmode".split()
)
CELL_MAGICS = frozenset(
    "! HTML SVG bash capture cmd code_wrap debug file html javascript js latex markdown perl prun "
    "pypy python python2 python3 ruby script sh svg sx system time timeit writefile".split()
)

# They serve the screen or the session only and leave nothing behind in a pipeline.
_DROPPED = frozenset(
    "autocall autoreload autosave clear colors connect_info debug dhist graduate gui hist history "
    "load loadpy logoff logon logstart logstate logstop lsmagic magic notebook page pastebin "
    "pdb pdef pdoc pfile pinfo pinfo2 psearch psource pycat qtconsole quickref recall tb "
    "tensorboard tensorflow_version watermark who who_ls whos xmode".split()
)
_INSTALLERS = frozenset("conda mamba micromamba pip uv".split())
# Extensions that only serve the screen: dropped, unless a magic of theirs runs code and stays.
_TOOLING = frozenset(
    "autoreload black jupyter_black lab_black line_profiler memory_profiler nb_black nb_mypy "
    "poc_graduate pycodestyle_magic tensorboard version_information watermark".split()
)
_BROUGHT = {
    "autoreload": "aimport autoreload",
    "bigquery_magics": "bigquery",
    "cython": "cython cython_inline cython_pyximport",
    "dotenv": "dotenv",
    "google.cloud.bigquery": "bigquery",
    "line_profiler": "lprun",
    "memory_profiler": "memit mprun",
    "rpy2.ipython": "R Rdevice Rget Rpull Rpush",
    "sql": "sql sqlcmd sqlplot",
    "tensorboard": "tensorboard",
    "watermark": "watermark",
}
"""The magics of well-known extensions; another extension may bring any."""
# Backends that draw into files; `inline` is what a task has anyway, the rest needs a screen.
_HEADLESS = frozenset("agg cairo pdf pgf ps svg template".split())

_PROMPT = re.compile(r"^\s*(>>>|\.{3,}:)|^((\[nav\]|\[ins\])? )?In \[\d+\]: ", re.MULTILINE)
_BLANK_IN_STRING = re.compile(r"^[ \t]+$", re.MULTILINE)
_FIRST_WORD = re.compile(r"[A-Za-z_]\w*(?![\w.])")
_INSTALL = re.compile(
    r"\s*(sudo\s+)?((\{[^{}]*executable[^{}]*\}|python[\d.]*)\s+-m\s+|uv\s+)?"
    r"(pip[\d.]*|conda|mamba|micromamba)\s+(-\S+\s+)*(install|uninstall|update|upgrade)\b[^;&|`$]*"
)
_MOST = 500  # IPython's TRANSFORM_LOOP_LIMIT: it gives up on a cell with more of its syntax


@dataclass(frozen=True)
class Surroundings:
    """What decides about a cell and stands in the others.

    Attributes:
        extensions: Extensions that only serve the screen, and that a magic which stays needs.
        free: Line magics whose names the notebook uses for nothing else: a cell of one line may
            call them without `%` (IPython's automagic).
    """

    extensions: frozenset[str] = frozenset()
    free: frozenset[str] = frozenset()


def surroundings(sources: Iterable[str]) -> Surroundings:
    """Look through all code cells of a notebook.

    Args:
        sources: The cells as the user wrote them.
    """
    cells = tuple(sources)
    runs = {
        name: frozenset({extension})
        for extension in ("line_profiler", "memory_profiler")
        for name in _BROUGHT[extension].split()
    }
    text = "\n".join(cells)
    used = frozenset[str]().union(
        *(runs[name] for name in re.findall(rf"%({'|'.join(runs)})\b", text))
    )
    words = {word[0] for cell in cells if (word := _automagic(cell)) and word[0] in LINE_MAGICS}
    starred = bool(words) and re.search(r"import\s*\*|%pylab", text) is not None
    free = () if starred else (w for w in words if _other_uses(w, cells) == 0)
    return Surroundings(used, frozenset(free))


def _other_uses(name: str, cells: tuple[str, ...]) -> int:
    word = re.compile(rf"(?<![%\w.]){name}\b")
    return sum(
        word.search(cell) is not None
        for cell in cells
        if name in cell and (_automagic(cell) or ("",))[0] != name
    )


def _automagic(source: str) -> tuple[str, str] | None:
    """First word and rest of a cell of one line, which IPython also takes for a magic."""
    line = source.lstrip("\n")
    word = _FIRST_WORD.match(line) if "\n" not in line else None
    if word is None or re.match(r"\s*=[^=]", line[word.end() :]):
        return None
    return word[0], line[word.end() :].strip()


def translate(source: str, around: Surroundings = Surroundings()) -> tuple[str, tuple[Magic, ...]]:
    """Plain Python for a code cell.

    What only a kernel can do stays a call of `get_ipython()`, which a task has too. Text that is
    no Python even for IPython comes back without its IPython syntax; `problem_of` says what it is.

    Args:
        source: The cell as the user wrote it.
        around: What the other cells decide about this one.

    Returns:
        Python text with as many lines, and the IPython syntax that was found.
    """
    plain = problem_of(source) is None
    word = _automagic(source)
    if word and (word[0] in around.free or (not plain and word[0] in LINE_MAGICS)):
        before = source[: source.index(word[0])]
        source = f"{before}%{word[0]} {word[1]}"
    elif plain and not _changed_by_ipython(source):
        return source, ()
    if not source.strip():
        return source, ()
    lines = source.removesuffix("\n").split("\n")
    first = next(number for number, line in enumerate(lines) if line.strip())
    tail = "\n" if source.endswith("\n") else ""
    body = _cleaned([line + "\n" for line in lines[first:]])
    if body[0].startswith("%%") and not re.match(r"%%\w+\?", body[0]):
        code, magics = _cell_magic(body, around)
    else:
        code, magics = _lines(body, around)
    moved = tuple(replace(magic, line=magic.line + first) for magic in magics)
    return "\n" * first + code.removesuffix("\n") + tail, moved


def _changed_by_ipython(source: str) -> bool:
    """Whether IPython changes valid Python: it strips prompts, and blank lines in strings."""
    if _PROMPT.search(source):
        return True
    return _BLANK_IN_STRING.search(source) is not None and ('"""' in source or "'''" in source)


@lru_cache(maxsize=1)
def _ipython() -> Any:
    # IPython takes a third of a second to import: most cells and many notebooks do without.
    from IPython.core import inputtransformer2

    return inputtransformer2, inputtransformer2.TransformerManager()  # type: ignore[no-untyped-call]


def _cleaned(lines: list[str]) -> list[str]:
    """Without common indentation and pasted prompts, as IPython does first."""
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
        text = _captured(found.arguments, body) if name == "capture" else None
        if text is not None and (problem_of(body) or not problem_of(text)):
            return text, (replace(found, dropped=not text.strip()), *magics)
    call: str = _ipython()[0].cell_magic(lines)[0]
    return call + "\n" * (len(lines) - 1), (found,)


def _names_a_stage(arguments: str) -> bool:
    try:
        stage.parse(arguments)
    except ValueError:
        return False
    return True


def _captured(arguments: str, body: str) -> str | None:
    """A `with` that does what `%%capture` does; None for arguments that it does not know."""
    words = arguments.split()
    names = [word for word in words if not word.startswith("-")]
    options = [word.removeprefix("--no-") for word in words if word.startswith("-")]
    if len(names) > 1 or not all(name.isidentifier() for name in names):
        return None
    if not set(options) <= {"stdout", "stderr", "display"} or "__future__" in body:
        return None
    if not names and not body.strip():
        return f"\n{body}"
    # IPython forgets the name where the cell's last expression ends in a semicolon.
    target = f" as {names[0]}" if names and not _ends_in_semicolon(body) else ""
    hidden = ", ".join(f"{option}=False" for option in options)
    module = '__import__("IPython.utils.capture", fromlist=["capture_output"])'
    # What was captured was a cell of its own: its figures were drawn, and captured, at its end.
    drawn = (
        '__import__("contextlib").closing(__import__("types").SimpleNamespace('
        'close=lambda: get_ipython().events.trigger("post_execute")))'
    )
    if target or "display" in options:
        body = _showing_last(body)
    idle = "" if body.strip() else " pass"
    return f"with {module}.capture_output({hidden}){target}, {drawn}:{idle}\n{_indented(body)}"


def _ends_in_semicolon(code: str) -> bool:
    blank = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.ENDMARKER, tokenize.DEDENT)
    last = ""
    try:
        for token in tokenize.generate_tokens(io.StringIO(code).readline):
            last = last if token.type in blank else token.string
    except (tokenize.TokenError, SyntaxError):
        return False  # no Python: `problem_of` will say so
    return last == ";"


def _showing_last(body: str) -> str:
    """A captured cell shows its last expression: to the capture, or past it."""
    last = [] if problem_of(body) else tree_of(body).body[-1:]
    match last:
        case [ast.Expr(ast.Call(ast.Name("print")))]:
            return body
        case [ast.Expr(value, lineno=top, col_offset=start, end_lineno=int(bottom)) as shows]:
            end = shows.end_col_offset or 0
            # `a, b` would be two arguments.
            opened, closed = (b"((", b"))") if isinstance(value, ast.Tuple) else (b"(", b")")
            lines = [line.encode() for line in body.split("\n")]
            lines[bottom - 1] = lines[bottom - 1][:end] + closed + lines[bottom - 1][end:]
            shown = b'__import__("sys").displayhook' + opened
            lines[top - 1] = lines[top - 1][:start] + shown + lines[top - 1][start:]
            return b"\n".join(lines).decode()
    return body


def _indented(code: str) -> str:
    """One level deeper; the inside of multi-line strings stays as it is."""
    inside = set[int]()
    opened = list[int]()
    try:
        for token in tokenize.generate_tokens(io.StringIO(code).readline):
            name = tokenize.tok_name[token.type]
            if name == "STRING":
                inside |= set(range(token.start[0] + 1, token.end[0] + 1))
            elif name in ("FSTRING_START", "TSTRING_START"):
                opened.append(token.start[0])
            elif name in ("FSTRING_END", "TSTRING_END"):
                inside |= set(range(opened.pop() + 1, token.end[0] + 1))
    except (tokenize.TokenError, SyntaxError):
        pass  # no Python: `problem_of` will say so
    return "\n".join(
        "    " + line if line.strip() and number not in inside else line
        for number, line in enumerate(code.split("\n"), start=1)
    )


def _lines(lines: list[str], around: Surroundings) -> tuple[str, tuple[Magic, ...]]:
    """Transform one piece of IPython syntax after the other, each within its own lines."""
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
    lines = done + lines
    if dropped and problem_of("".join(lines)) is None:
        _drop_passes(lines, dropped)
    return "".join(lines), tuple(sorted(magics, key=lambda magic: magic.line))


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
        if problem_of("".join(lines)[:-1]) is not None:  # a block needs it
            lines[at] = line
    last = tree_of("".join(lines)).body[-1:]
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
        return words[0] in _TOOLING - around.extensions or not rest
    if name == "matplotlib":
        return words[0].lower() not in _HEADLESS
    if name == "config":  # without `=` it shows what there is
        return "=" not in rest or words[0].split(".")[0] in ("Completer", "IPCompleter")
    if name in _INSTALLERS:
        return words[0] != "run"
    if name == "debug":  # with a statement it runs it
        return not rest
    return name in _DROPPED


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


def interpolated_names(command: str) -> frozenset[str]:
    """Python names that IPython puts into a command or a magic's arguments: `{name}`, `$name`.

    As IPython.utils.text.DollarFormatter does: where one piece cannot be evaluated, the whole
    text stays as it is (`find -exec rm {}`, `awk '{print $1}'`).

    Args:
        command: The text given to the shell or the magic.
    """
    names = set[str]()
    try:
        for literal, field, spec, _ in string.Formatter().parse(command):
            quotes = literal.count("'")
            for dollar in re.finditer(r"'|\$(\$?[\w.]+)", literal):
                if dollar[0] == "'":
                    quotes -= 1
                elif quotes % 2 == 0:  # not inside of single quotes
                    names.add(dollar[1].split(".")[0])
            if field is not None:
                names |= _used(f"{field}:{spec}" if spec else field, "eval")[1]
    except (SyntaxError, ValueError, RecursionError):
        return frozenset()
    return frozenset(name for name in names if name.isidentifier())


def _used(code: str, mode: str = "exec") -> tuple[frozenset[str], frozenset[str]]:
    """Global names that code binds, and those that it reads.

    Raises:
        SyntaxError: it is no Python.
    """
    with Quiet():
        flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        codes: list[CodeType] = [compile(code.strip(), "<magic>", mode, flags)]
    binds, reads = set[str](), set[str]()
    for depth, block in enumerate(codes):  # grows by the functions, classes and the like within
        codes += [inner for inner in block.co_consts if isinstance(inner, CodeType)]
        for step in dis.get_instructions(block):
            if step.opname == "STORE_GLOBAL" or (step.opname == "STORE_NAME" and not depth):
                binds.add(step.argval)
            elif step.opname in ("LOAD_NAME", "LOAD_GLOBAL", "LOAD_FROM_DICT_OR_GLOBALS"):
                reads.add(step.argval)
    return frozenset(binds), frozenset(name for name in reads if not name.startswith("__"))


@dataclass(frozen=True)
class MagicEffect:
    """What a magic that stays a call does beyond showing something.

    Attributes:
        defines: Names that it binds.
        reads: Names that it reads.
        writes_files: Files that it names and writes.
        settings: Ambient components that it changes, as in `Statement.settings`.
        unknown: It may bind, change or delete names that its text does not show.
    """

    defines: frozenset[str] = frozenset()
    reads: frozenset[str] = frozenset()
    writes_files: tuple[str, ...] = ()
    settings: frozenset[str] = frozenset()
    unknown: bool = False


_SETTINGS = {
    "alias": "other", "alias_magic": "other", "autoawait": "other", "bookmark": "other",
    "cd": "cwd", "config": "other", "doctest_mode": "other", "dotenv": "environ",
    "env": "environ", "load_ext": "other", "matplotlib": "matplotlib", "popd": "cwd",
    "pprint": "other", "precision": "numpy", "pushd": "cwd", "reload_ext": "other",
    "set_env": "environ", "unalias": "other", "unload_ext": "other",
}  # fmt: skip
# Without effect on names and files: they show or tell something.
_HARMLESS = frozenset(
    "HTML SVG dirs html javascript js killbgscripts latex less lf lk ldir ll ls lx man markdown "
    "more pwd rehashx sqlcmd sqlplot subshell svg".split()
) | (_DROPPED - {"debug"})
_SHELLS = frozenset(
    "! bash cmd perl pypy python python2 python3 ruby script sh sx system cat cp mkdir mv rm rmdir "
    "sc".split()
)
# They run Python; the value lists the options that take a value, as IPython's getopt has them.
_RUN_CODE = {
    "timeit": "nrpv", "prun": "DlsT", "memit": "rti", "lprun": "fmDTu", "mprun": "fT",
    "time": "", "capture": "",
}  # fmt: skip


def magic_effects(name: str, arguments: str, body: str = "") -> MagicEffect:
    """What a magic does to names, files and settings, by table.

    Args:
        name: Without `%`; `!` for a shell line.
        arguments: What follows the name; the command of a shell line.
        body: The lines below, for a cell magic.
    """
    reads = interpolated_names(arguments)
    words = _words(arguments)
    named = [word for word in words if not word.startswith("-")]
    options = dict(zip(words, [*words[1:], ""], strict=False))
    if name in _RUN_CODE:
        return _code_effect(name, arguments, body)
    if name in _SETTINGS:
        asks = name == "env" and "=" not in arguments and len(named) < 2
        inline = name == "config" and arguments.startswith("InlineBackend")
        component = "matplotlib" if inline else _SETTINGS[name]
        return MagicEffect(reads=reads, settings=frozenset(() if asks else (component,)))
    if name in ("writefile", "file"):
        return MagicEffect(reads=reads, writes_files=tuple(named[:1]))
    if name == "save":
        saved = (file if file.endswith((".py", ".ipy")) else f"{file}.py" for file in named[:1])
        return MagicEffect(reads=reads, writes_files=tuple(saved))
    if name in _SHELLS:
        bound = {options[key] for key in ("--out", "--err", "--proc") if options.get(key)}
        bound |= {word.partition("=")[2] for word in words if re.match("--(out|err|proc)=", word)}
        text = f"{arguments}\n{body}" if name in ("!", "bash", "sh", "sx", "system") else ""
        written = re.findall(r"(?<![\d&>-])>{1,2}\s*([\w./-]+)", text)
        files = dict.fromkeys(file for file in written if not file.startswith("/dev/"))
        return MagicEffect(frozenset(bound), reads, tuple(files))
    if name == "store":
        restored = frozenset(named) if "-r" in words else frozenset[str]()
        stored = frozenset(named[:1]) if not restored and words[:1] == named[:1] else frozenset()
        into = tuple(word.lstrip(">") for word in named[1:] if word.strip(">")) if stored else ()
        return MagicEffect(restored, reads | stored, into, unknown=words == ["-r"])
    if name in ("R", "Rpush", "Rpull", "Rget"):
        given = [pair for key in ("-i", "--input") if (pair := options.get(key))]
        made = [pair for key in ("-o", "--output") if (pair := options.get(key))]
        given += named if name == "Rpush" else []
        made += named if name == "Rpull" else []
        split = [frozenset(",".join(each).split(",")) - {""} for each in (made, given)]
        return MagicEffect(split[0], split[1] | reads, settings=frozenset({"other"}))
    if name in ("sql", "bigquery"):
        query = f"{arguments}\n{body}"
        target = re.findall(r"(\w+)\s*<<", query) if name == "sql" else named[:1]
        asked = re.findall(r"(?<![:\w]):([A-Za-z_]\w*)|\{\{?\s*(\w+)|\$\{?([A-Za-z_]\w*)", query)
        return MagicEffect(frozenset(target), reads.union(*asked) - {""})
    if name == "cython":
        made = re.findall(r"^(?:cpdef\b.*?|def\s+|class\s+)(\w+)\s*[(:]", body, re.MULTILINE)
        return MagicEffect(frozenset(made), reads, unknown=True)
    return MagicEffect(reads=reads, unknown=name not in _HARMLESS)


def _words(arguments: str) -> list[str]:
    try:
        return shlex.split(arguments)
    except ValueError:  # an open quote
        return arguments.split()


def _code_effect(name: str, arguments: str, body: str) -> MagicEffect:
    """The effect of a magic that runs Python: options first, then a statement or a setup."""
    rest, reads = arguments.strip(), set[str]()
    while option := re.match(r"-{1,2}(\w)([\w-]*)\s*", rest):
        rest = rest[option.end() :]
        if option[1] in _RUN_CODE[name] and not option[2]:
            value, _, rest = rest.partition(" ")
            reads |= interpolated_names(f"${value}") if option[1] in "fm" else set()
            rest = rest.lstrip()
    setup = "" if name == "capture" else rest
    binds = {rest} if name == "capture" and rest.isidentifier() else set()
    for text in (setup, body):
        try:
            bound, read = _used(translate(text)[0])
        except (SyntaxError, ValueError, RecursionError):
            return MagicEffect(reads=frozenset(reads), unknown=True)
        # timeit runs its code inside of a function of its own
        binds |= set() if name == "timeit" else bound
        reads |= read
    return MagicEffect(frozenset(binds), frozenset(reads))


_REGISTERS = re.compile(r"\bregister_(?:magics|magic_function)\b")
_REGISTERED = re.compile(
    r"^[ \t]*@[\w.]*(?:register_)?(?:line|cell|line_cell)_magic\b.*\n(?:[ \t]*[@#].*\n|\s*\n)*"
    r"[ \t]*(?:async\s+)?def\s+(\w+)",
    re.MULTILINE,
)
_LOADED = re.compile(r"load_ext(?:ension)?\W+([A-Za-z_][\w.]*)")


def refuse_unknown(notebook: Notebook) -> None:
    """Refuse magics that neither IPython nor anything in the notebook brings.

    Args:
        notebook: What was read.

    Raises:
        Refusal: one is used, by name and place.
    """
    text = "\n".join(cell.source for cell in notebook.code_cells)
    loaded = set(_LOADED.findall(text))
    if _REGISTERS.search(text) or loaded - _TOOLING - set(_BROUGHT):
        return  # they may bring any magic
    known = LINE_MAGICS | CELL_MAGICS | _DROPPED | set(_REGISTERED.findall(text))
    known |= set(re.findall(r"%(?:alias|alias_magic(?:\s+-\S+)*|macro)\s+(\w+)", text))
    known = known.union(*(_BROUGHT[name].split() for name in loaded & set(_BROUGHT)))
    for cell in notebook.code_cells:
        for magic in cell.magics:
            if magic.dropped or magic.kind not in ("line", "cell") or magic.name in known:
                continue
            if magic.name in ("/", ",", ";"):
                continue
            if magic.name == "stage" and magic.kind == "cell":
                _refuse_stage(notebook, cell.index, magic)
            sign = "%%" if magic.kind == "cell" else "%"
            by = next((name for name, its in _BROUGHT.items() if magic.name in its.split()), "NAME")
            raise Refusal(
                f"`{sign}{magic.name}` is brought neither by IPython nor by this notebook",
                remedy=f"load its extension in a cell above (`%load_ext {by}`), or use Python",
                place=notebook.place(cell.index, magic.line),
            )


def _refuse_stage(notebook: Notebook, cell: int, magic: Magic) -> None:
    try:
        stage.parse(magic.arguments)
    except ValueError as wrong:
        raise Refusal(
            f"`%%stage` cannot be read: {wrong}",
            remedy=f"write `{stage.USE}`",
            place=notebook.place(cell, magic.line),
        ) from None
