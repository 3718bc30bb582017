"""What magics and shell lines that stay calls do to names, files and settings."""

from __future__ import annotations

import ast
import dis
import re
import shlex
import string
from dataclasses import dataclass
from types import CodeType

from poc_graduate.notebook.known_magics import DROPPED
from poc_graduate.notebook.magics import translate
from poc_graduate.notebook.quiet import Quiet

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
) | (DROPPED - {"debug"})
_SHELLS = frozenset(
    "! bash cmd perl pypy python python2 python3 ruby script sh sx system cat cp mkdir mv rm rmdir "
    "sc".split()
)
# They run Python; the value lists the options that take a value, as IPython's getopt has them.
_RUN_CODE = {
    "timeit": "nrpv", "prun": "DlsT", "memit": "rti", "lprun": "fmDTu", "mprun": "fT",
    "time": "", "capture": "",
}  # fmt: skip


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
