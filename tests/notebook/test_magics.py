"""IPython syntax becomes Python that does the same, on the same lines."""

from __future__ import annotations

import ast
import inspect
import re
import subprocess
import sys
import textwrap
import warnings
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from poc_graduate.errors import Refusal
from poc_graduate.notebook.known_magics import CELL_MAGICS, LINE_MAGICS, refuse_unknown
from poc_graduate.notebook.magic_effects import interpolated_names, magic_effects
from poc_graduate.notebook.magics import translate
from poc_graduate.notebook.model import Cell, Notebook
from poc_graduate.notebook.python import problem_of
from poc_graduate.notebook.surroundings import Surroundings, surroundings

KEPT = [
    "x = 1\n!ls {x}\ny = 2",
    "files = !ls *.csv",
    "files = !ls \\\n  -l \\\n  *.csv\nlast = files[-1]",
    "!echo one \\\n   two\nlast = 3",
    "here = %pwd",
    "x = %env HOME",
    "if True:\n    !ls\nelse:\n    %cd data",
    "def f(name):\n    found = !ls {name}\n    return found",
    "for i in range(3):\n    %env A={i}\n\n    !echo $A",
    "%timeit -n 3 f(x)",
    "%prun f(x)",
    "!!ls",
    "/print 1 2",
    ",print a b",
    ";print a b",
    "%%bash\necho 1\necho 2",
    "%%timeit x = 1\nx + 1",
    "%%html\n<b>text</b>",
    "%%writefile a.py\nx = '''\n%matplotlib\n'''\n",
    "%config InlineBackend.figure_format = 'retina'",
    "%precision 3",
    "%run other.py",
    "%matplotlib agg",
    "%load_ext sql",
    "\n\n%%bash\nls",
    "  x = 1\n  y = 2",
    ">>> x = 1\n>>> for i in x:\n...     print(i)",
    "In [3]: x = 1\n   ...: y = 2",
    'text = """\n%matplotlib inline\n!ls\nwhat?\n"""\n!ls',
    "x = (10\n% 3)\n!ls",
    "x = 10 \\\n  % 3\n%cd a",
    's = "!x" + "%y" + \'z?\'\n%cd a',
    "x = [\n  1,\n  2,\n]\n\n\n%cd a\n\n# what?\n",
    "try:\n    !ls\nfinally:\n    !rm x",
    "x = 5 ; y = 6\nz = !ls ; echo",
    "@decorated\ndef f():\n    '''%magic'''\n    %cd a\n    return 1",
    "class A:\n    !ls\n    x = 1",
    "ü = !echo ä {ü}\n%cd ü",
]
"""Where nothing is dropped nor unwrapped, so that IPython's own result is the right one."""

CHANGED = {
    "%matplotlib inline": "",
    "%matplotlib": "",
    "%matplotlib widget\nx = 1": "\nx = 1",
    "%load_ext autoreload\n%autoreload 2\nimport os": "\n\nimport os",
    "%reload_ext watermark": "",
    "%load_ext line_profiler": "",
    "%pip install pandas": "",
    "!pip install -q 'pandas>2' > /dev/null 2>&1": "",
    "!pip install a && pip install b": "",
    "!{sys.executable} -m pip install a": "",
    "!conda install -y a | tail -1": "",
    "%who": "",
    "%config": "",
    "%config Completer.use_jedi = False": "",
    "%xmode Verbose": "",
    "df?": "",
    "?df": "",
    "??df.head": "",
    "df.head??\nx = 1": "\nx = 1",
    "?": "",
    "%cd?": "",
    "pip install pandas": "",
    "pip install pandas \n": "\n",
    " pip install pandas": "",
    "if a:\n    %matplotlib inline\nb": "if a:\n    pass\nb",
    "if a:\n    %matplotlib inline\n    b": "if a:\n\n    b",
    "if a:\n    %pdb\n    %who\nb": "if a:\n    pass\n\nb",
    "for x in y:\n    if x:\n        x?\n    z": "for x in y:\n    if x:\n        pass\n    z",
    # Nothing was shown, as the last line was no expression: nor may it be now.
    "df\n%matplotlib inline": "df\npass",
    "df\n!pip install a\n\n": "df\npass\n\n",
    "df = 1\n%matplotlib inline": "df = 1\n",
    "%matplotlib inline\ndf": "\ndf",
    "%time x = f()": "x = f()",
    "%time f();": "f();",
    "x = %time f()  # why": "x = f()  # why",
    "%time": "",
    "%time x = !ls {y}": "x = get_ipython().getoutput('ls {y}')",
    "if a:\n    %time x = f()": "if a:\n    x = f()",
    "%%time\nx = 1\nx": "\nx = 1\nx",
    "%%time\n\n!pip install a\nx": "\n\n\nx",
    "\n%%time\nawait f()": "\n\nawait f()",
    "%%time\n%matplotlib inline": "\n",
    "%%capture\n!pip install a\n!pip install b": "\n\n",
    "%aimport a.b, c, -d": "import a.b; import c",
    "plt.plot(x);": "plt.plot(x);",
    "\\\n%who": "\\\npass",
}


@pytest.mark.parametrize("source", [*KEPT, *CHANGED])
def test_lines_stay_where_the_user_sees_them(source: str) -> None:
    code, magics = translate(source)

    assert code.count("\n") == source.count("\n")
    assert problem_of(code) is None
    assert all(1 <= magic.line <= source.count("\n") + 1 for magic in magics)


@pytest.mark.parametrize("source", KEPT)
def test_what_stays_is_what_ipython_makes_of_it(source: str) -> None:
    code, _ = translate(source)

    assert without_blank_lines(code) == without_blank_lines(by_ipython(source))


@pytest.mark.parametrize(("source", "code"), CHANGED.items())
def test_what_only_serves_the_screen_leaves_nothing_behind(source: str, code: str) -> None:
    assert translate(source)[0] == code


def by_ipython(source: str) -> str:
    from IPython.core.inputtransformer2 import TransformerManager

    result: str = TransformerManager().transform_cell(source)  # type: ignore[no-untyped-call]
    return result


def without_blank_lines(code: str) -> list[str]:
    return [line for line in code.split("\n") if line.strip()]


PIECES = st.sampled_from(
    [
        "x = {n}",
        "!echo {n}",
        "x = !echo {n} \\\n    more",
        "%cd folder_{n}",
        "x = %env A{n}",
        "s = '''\n!inside {n}\n%inside\ninside?\n'''",
        's = f"""\n  %inside {n}\n"""',
        "x = ({n}\n  % 3\n  )",
        "x = {n} \\\n  % 3",
        "# %comment {n}?",
        "",
        "def f{n}():\n    !echo {n}\n\n    return {n}",
        "if x:\n    %cd a{n}\nelse:\n    x = !ls",
        "for i in x:\n    for j in i:\n        %env A=1\n        x = {n} % 3\n    !ls",
        "print('{n}%', \"!\", '?');",
        "!!echo {n}",
    ]
)


@given(st.lists(PIECES, min_size=1, max_size=12))
@settings(max_examples=150, deadline=None)
def test_any_mixture_keeps_its_lines_and_means_what_ipython_says(pieces: list[str]) -> None:
    marked = [
        f"{piece.replace('{n}', str(number))}\nmark_{number}" for number, piece in enumerate(pieces)
    ]
    source = "\n".join(marked)

    code, _ = translate(source)

    assert without_blank_lines(code) == without_blank_lines(by_ipython(source))
    for number in range(len(pieces)):
        mark = f"mark_{number}"
        assert code.split("\n").index(mark) == source.split("\n").index(mark)


LINES = st.sampled_from(
    [
        "%cd folder_{n}",
        "%matplotlib inline",
        "% matplotlib inline",
        "%%bash -s {n}",
        "%env A={n}  # why?",
        "%time x = f({n})",
        "%time !ls {n}",
        "%who?",
        "!echo (",
        "!echo )",
        '!echo "{n}',
        "!echo '''{n}",
        "!!ls  ",
        "!pip install a_{n}",
        "!echo {n} \\",
        "!= {n}",
        "%= {n}",
        "x = ({n}",
        ")",
        "x = {n} \\",
        "'''",
        "x = '''{n}",
        "x = {n}",
        "x",
        "# {n} \\",
        "   # {n}",
        "if x:",
        "    y = {n}",
        "    %cd a{n}",
        "   ",
        "",
        ">>> x",
        "In [1]: x",
    ]
)


@given(st.lists(LINES, min_size=1, max_size=8))
@settings(max_examples=400, deadline=None)
def test_lines_that_are_magics_need_no_ipython_and_become_the_same(pieces: list[str]) -> None:
    source = "\n".join(piece.replace("{n}", str(at)) for at, piece in enumerate(pieces))

    quick = translate(source)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("poc_graduate.notebook.magics.whole_lines", lambda _: ())
        patch.setattr("poc_graduate.notebook.magics.called_cell", ipython_call_of_cell)

        assert quick == translate(source)


def ipython_call_of_cell(lines: list[str]) -> str:
    from IPython.core.inputtransformer2 import cell_magic

    call: str = cell_magic(lines)[0]  # type: ignore[no-untyped-call]
    return call


@pytest.mark.parametrize("module", [ast, inspect, re, textwrap])
def test_plain_python_is_left_alone(module: ModuleType) -> None:
    source = Path(str(module.__file__)).read_text()

    assert translate(source) == (source, ())


@pytest.mark.parametrize(
    "source",
    ["x = 5 % 3  # really?", "%matplotlib inline\n!ls a\nx = '%y'", "%%bash\nls\n"],
)
def test_ipython_is_not_imported_where_the_text_says_enough(source: str) -> None:
    program = (
        "import sys; from poc_graduate.notebook.magics import translate;"
        f"translate({source!r}); print('IPython' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize("source", ['x = """a\n   \nb"""', 'x = """\n>>> a"""'])
def test_text_is_changed_where_ipython_changes_text(source: str) -> None:
    """IPython takes the blanks out of empty lines, and prompts away, also in a string."""
    assert translate(source)[0] == by_ipython(source).removesuffix("\n")


def test_each_use_is_recorded_with_its_name_and_line() -> None:
    _, magics = translate(
        "%matplotlib inline\nx = !ls \\\n  -l\ndf?\n%cd data\n!pip install a\n%time y = f()"
    )

    assert [(m.name, m.kind, m.arguments, m.line, m.dropped) for m in magics] == [
        ("matplotlib", "line", "inline", 1, True),
        ("!", "shell", "ls    -l", 2, False),
        ("?", "help", "df", 4, True),
        ("cd", "line", "data", 5, False),
        ("!", "shell", "pip install a", 6, True),
        ("time", "line", "y = f()", 7, True),
    ]


def test_magics_in_the_body_of_an_unwrapped_cell_magic_are_found() -> None:
    _, magics = translate("\n%%time\n%matplotlib inline\n!ls")

    assert [(m.name, m.kind, m.line) for m in magics] == [
        ("time", "cell", 2),
        ("matplotlib", "line", 3),
        ("!", "shell", 4),
    ]


@pytest.mark.parametrize("source", ["%debug f(1)", "%uv run a.py", "%matplotlib agg"])
def test_a_magic_that_does_more_than_show_stays(source: str) -> None:
    assert "run_line_magic(" in translate(source)[0]


@pytest.mark.parametrize("source", ["!pip install a && python b.py", "!pip install $(cat x)"])
def test_a_shell_line_that_does_more_than_install_stays(source: str) -> None:
    assert "get_ipython().system(" in translate(source)[0]


def test_what_time_binds_in_a_function_is_not_made_to_last() -> None:
    code, _ = translate("def f():\n    %time x = 1\n    return x")

    assert "run_line_magic('time', 'x = 1')" in code


def test_a_dropped_magic_that_is_asked_for_its_result_stays() -> None:
    assert translate("names = %who_ls")[0] == "names = get_ipython().run_line_magic('who_ls', '')"


def test_an_extension_stays_if_a_magic_of_it_runs_code() -> None:
    cells = ["%load_ext memory_profiler", "%memit f()"]

    assert "load_ext" in translate(cells[0], surroundings(cells))[0]
    assert translate(cells[0], surroundings(cells[:1]))[0] == ""


class TestAutomagic:
    def test_a_cell_of_one_word_is_a_magic_if_nothing_else_has_that_name(self) -> None:
        around = surroundings(["ls", "x = 1"])

        assert translate("ls", around)[0] == "get_ipython().run_line_magic('ls', '')"

    @pytest.mark.parametrize("other", ["history = model.fit(x)", "from numpy import *"])
    def test_a_variable_comes_first(self, other: str) -> None:
        around = surroundings(["history", other])

        assert translate("history", around) == ("history", ())

    def test_arguments_that_are_no_python_make_it_a_magic(self) -> None:
        assert translate("cd ../data")[0] == "get_ipython().run_line_magic('cd', '../data')"

    def test_what_follows_needs_no_blank(self) -> None:
        around = Surroundings(free=frozenset({"ls"}))

        assert translate("\nls*.csv", around)[0] == (
            "\nget_ipython().run_line_magic('ls', '*.csv')"
        )

    def test_only_a_cell_of_one_line_is_one(self) -> None:
        assert translate("cd ../data\nx = 1")[0] == "cd ../data\nx = 1"

    def test_an_assignment_is_none(self) -> None:
        assert translate("ls = 3", Surroundings(free=frozenset({"ls"}))) == ("ls = 3", ())


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A shell in this process, as `get_ipython()` finds it."""
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    running: Any = InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))
    yield running
    running.restore_sys_module_state()
    InteractiveShell.clear_instance()


def outcome(shell: Any, cells: list[str]) -> list[tuple[str, str, str]]:
    """What each cell prints (times apart), returns and raises, and all names in the end."""
    from IPython.utils.capture import capture_output

    shell.reset(new_session=True)
    seen = []
    for cell in cells:
        with capture_output(display=True) as shown:
            result = shell.run_cell(cell, store_history=True)
        text = re.sub(r"^(CPU times|Wall time|Compiler|Parser).*\n", "", shown.stdout, flags=re.M)
        data = str([output.data for output in shown.outputs])
        seen.append((text, data, type(result.error_in_exec).__name__))
    return seen


@pytest.mark.parametrize(
    "cells",
    [
        ["%%time\nx = 3\nx", "x"],
        ["%%time\nx = 3\nx;", "x"],
        ["%time 4", "y = %time 5", "y"],
        ["%time y = 6; y", "%time print(7)", "y"],
        ["%%capture out\nx, y = 1, 2\nprint('shown')\nx, y", "out.stdout", "x, y"],
        ["%%capture out\nif True:\n    5", "len(out.outputs)"],
        ["%%capture out\n5", "[o.data for o in out.outputs]"],
        ["%%capture out --no-display\nprint(1)\n5", "out.stdout"],
        ["%%capture --no-display\nprint(1)\n5"],
        ["%%capture out --no-stdout\nprint(1)\n5", "out.stdout, len(out.outputs)"],
        ["%%capture\ns = '''\na\n  b'''\nprint(s)\nt = f'''\n{s}'''", "s", "t"],
        ["%%capture out\n(1,\n 2)", "[o.data for o in out.outputs]"],
        ["%%capture out\nx = 'ä'; 'ö' + x", "[o.data for o in out.outputs]"],
        ["%%capture out\nprint(1);", "'out' in globals()"],
        ["%%capture out\nprint(1)  # one;", "out.stdout"],
        ["%%capture out\nprint(1);  # one", "'out' in globals()"],
        ["%%capture out\nimport asyncio\nawait asyncio.sleep(0)\n7", "len(out.outputs)"],
        ["%%capture out\n\n", "out.stdout"],
        ["%%capture a b\n1"],
        ["5\n%load_ext autoreload"],
        ["names = !echo a; echo b", "names", "type(names).__name__"],
        ["word = 'w'\nnames = !echo {word} $word", "names"],
        ["def f(v):\n    out = !echo {v}\n    return out", "f(3)"],
        [">>> x = 3\n>>> x"],
        ["  x = 3\n  x"],
        ["text = '''\n   \n>>> a'''", "text"],
        ["text = '''\n>>> a'''", "text"],
        ["%%capture\nfrom __future__ import annotations\nx = 1", "x"],
        ["%%capture\n\x0cx = 1", "x"],
        ["%%capture out\n(i for i in [1])", "len(out.outputs)"],
        ["%%capture out\n[\n 1]  # why", "[o.data for o in out.outputs]"],
        ["%%time no\nx = 1", "'x' in globals()"],
        ["/print 1 2", ",print a b", ";print a b"],
    ],
)
def test_the_translation_does_what_the_cell_did(shell: Any, cells: list[str]) -> None:
    around = surroundings(cells)
    translated = [translate(cell, around)[0] for cell in cells]

    assert outcome(shell, translated) == outcome(shell, cells)


@pytest.mark.kernel
def test_figures_are_captured_and_shown_as_before() -> None:
    cells = [
        "%matplotlib inline\n%config InlineBackend.figure_format = 'retina'",
        "import matplotlib.pyplot as plt\nplt.plot([1, 2]);",
        "%%capture\nplt.plot([1, 2])",
        "%%capture out\nplt.plot([1, 2])",
        "[sorted(o.data) for o in out.outputs]",
        "%%capture --no-display\nprint(1)\n5",
    ]

    assert in_kernel([translate(cell)[0] for cell in cells]) == in_kernel(cells)


@pytest.mark.parametrize(
    ("installed", "stays"),
    [("3.7.5", True), ("3.8.4", True), ("3.9.0rc1", False), ("3.10.8", False), (None, False)],
)
def test_the_inline_backend_is_named_for_a_matplotlib_that_waits_for_it(
    installed: str | None, stays: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise the first figure is there in the notebook alone."""

    def known(package: str) -> str:
        if installed is None:
            raise PackageNotFoundError(package)
        return installed

    monkeypatch.setattr("poc_graduate.notebook.surroundings.version", known)
    around = surroundings(["%matplotlib inline", "%matplotlib qt"])
    (magic,), (on_a_screen,) = (
        translate(f"%matplotlib {backend}", around)[1] for backend in ("inline", "qt")
    )

    assert magic.dropped is not stays
    assert on_a_screen.dropped


def in_kernel(cells: list[str]) -> list[list[Any]]:
    from jupyter_client.manager import start_new_kernel

    manager: Any
    client: Any
    manager, client = start_new_kernel(kernel_name="python3")
    shown: list[list[Any]] = []
    try:
        for cell in cells:
            shown.append([])
            client.execute_interactive(
                cell,
                timeout=60,
                output_hook=lambda message: shown[-1].append(message["content"].get("data")),
            )
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    # The Line2D's address differs.
    return [[d for d in cell if d and "Line2D" not in str(d.get("text/plain"))] for cell in shown]


def test_ipython_has_no_magic_that_the_tables_lack(shell: Any) -> None:
    from ipykernel.zmqshell import KernelMagics

    known = shell.magics_manager.lsmagic()

    assert set(known["line"]) | set(KernelMagics.magics["line"]) <= LINE_MAGICS
    assert set(known["cell"]) | set(KernelMagics.magics["cell"]) <= CELL_MAGICS


@pytest.mark.parametrize(
    ("command", "names"),
    [
        ("ls {folder}/*.csv", {"folder"}),
        ("ls $folder", {"folder"}),
        ("ls $path.parent", {"path"}),
        ("echo {len(rows) + 1}", {"len", "rows"}),
        ("echo {[r for r in rows]}", {"rows"}),
        ("echo $$HOME", set()),
        ("awk '$1 == 2' $file", {"file"}),
        ("echo '$quoted' $free '$again'", {"free"}),
        ("echo {{literal}} {value}", {"value"}),
        ("echo {rows[1:2]}", {"rows"}),
        ("find . -exec rm {} ;", set()),
        ("awk '{print $1}' $file", set()),
        ("echo {unclosed", set()),
        ("plain", set()),
    ],
)
def test_interpolated_names_are_those_that_ipython_looks_up(
    shell: Any, command: str, names: set[str]
) -> None:
    assert interpolated_names(command) == names

    values = {"rows": [1, 2, 3]}
    shell.reset(new_session=True)
    shell.push({name: values.get(name, Path("a/b")) for name in names - {"len"}})
    assert (shell.var_expand(command) != command) == (bool(names) or "$$" in command)


@pytest.mark.parametrize(
    ("use", "field", "value"),
    [
        (("env", "A=B"), "settings", {"environ"}),
        (("env", "A"), "settings", set()),
        (("set_env", "A B"), "settings", {"environ"}),
        (("cd", "data/{year}"), "settings", {"cwd"}),
        (("cd", "data/{year}"), "reads", {"year"}),
        (("config", "InlineBackend.rc = {}"), "settings", {"matplotlib"}),
        (("bash", "--out lines", "ls"), "defines", {"lines"}),
        (("script", "--err=problems python"), "defines", {"problems"}),
        (
            ("bash", "", "ls > a.txt\ncat b >> c.txt 2> /dev/null"),
            "writes_files",
            ("a.txt", "c.txt"),
        ),
        (("!", "sort a > b.csv"), "writes_files", ("b.csv",)),
        (("writefile", "-a notes.txt", "x"), "writes_files", ("notes.txt",)),
        (("save", "session 1-3"), "writes_files", ("session.py",)),
        (("store", "x"), "reads", {"x"}),
        (("store", "-r x y"), "defines", {"x", "y"}),
        (("store", "-r"), "unknown", True),
        (("run", "other.py"), "unknown", True),
        (("reset", "-f"), "unknown", True),
        (("nobody_knows", ""), "unknown", True),
        (("html", "", "<b>x</b>"), "unknown", False),
        (("timeit", "-n 3 -o f(x)"), "reads", {"f", "x"}),
        (("timeit", "y = f(x)"), "defines", set()),
        (("prun", "-s cumulative y = f(x)"), "defines", {"y"}),
        (("prun", "-s cumulative y = f(x)"), "reads", {"f", "x"}),
        (("lprun", "-f g h(x)"), "reads", {"g", "h", "x"}),
        (("timeit", "", "total = sum(v for v in rows)"), "reads", {"sum", "rows"}),
        (("R", "-i a,b -o c", "c <- a"), "reads", {"a", "b"}),
        (("R", "-i a,b -o c", "c <- a"), "defines", {"c"}),
        (("sql", "", "rows << select * from t where a = :low"), "defines", {"rows"}),
        (("sql", "", "rows << select * from t where a = :low"), "reads", {"low"}),
        (("cython", "", "cpdef int f(int x):\n    return x\n"), "defines", {"f"}),
    ],
)
def test_what_a_magic_does_is_known(use: tuple[str, ...], field: str, value: object) -> None:
    assert getattr(magic_effects(*use), field) == value


def notebook(*sources: str) -> Notebook:
    cells = [
        Cell(index, f"c{index}", "code", source, *translate(source))
        for index, source in enumerate(sources, start=1)
    ]
    return Notebook(Path("n.ipynb"), tuple(cells))


class TestUnknownMagics:
    def test_are_refused_by_name_and_place(self) -> None:
        with pytest.raises(Refusal) as refused:
            refuse_unknown(notebook("x = 1", "y = 2\n%nobody_knows x"))

        assert "`%nobody_knows`" in refused.value.found
        assert refused.value.place is not None
        assert (refused.value.place.cell, refused.value.place.line) == (2, 2)

    def test_the_remedy_names_the_extension_if_it_is_known(self) -> None:
        with pytest.raises(Refusal, match=r"%load_ext rpy2\.ipython") as refused:
            refuse_unknown(notebook("%%R\nx <- 1"))

        assert "`%%R`" in refused.value.found

    @pytest.mark.parametrize(
        "cells",
        [
            ["%load_ext sql", "%%sql\nselect 1"],
            ["%load_ext somebodys", "%nobody_knows x"],
            ["get_ipython().run_line_magic('load_ext', 'rpy2.ipython')", "%R 1"],
            ["@register_cell_magic\ndef mine(line, cell):\n    pass", "%%mine\nx"],
            ["from x import y\nip.register_magics(y)", "%nobody_knows x"],
            ["%alias hello echo {name}", "%hello"],
            ["%load_ext memory_profiler", "%memit f()"],
            ["%timeit 1", "%%bash\nls", "!ls", "x?", ",f a", "%matplotlib inline"],
        ],
    )
    def test_are_none_if_something_brings_them(self, cells: list[str]) -> None:
        refuse_unknown(notebook(*cells))

    def test_another_extension_does_not_bring_them(self) -> None:
        with pytest.raises(Refusal):
            refuse_unknown(notebook("%load_ext sql", "%%R\n1"))


@pytest.mark.parametrize(
    ("source", "line", "column"),
    [
        ("x = 1\ny = = 2", 2, 5),
        ("x = '\ud800'", 1, 6),
        ("ok = 1\nx = 'a\0b'", 2, 7),
        ("(" * 5000, 1, 201),
        ("-" * 100_000 + "1", 1, 1),
    ],
)
def test_a_problem_has_its_place(source: str, line: int, column: int) -> None:
    problem = problem_of(translate(source)[0])

    assert problem is not None
    assert (problem.line, problem.column) == (line, column)


def test_text_that_ipython_itself_fails_on_is_left_to_python() -> None:
    source = "x =%'''"  # its finders look for a token behind the sign

    assert translate(source) == (source, ())


def test_top_level_await_is_no_problem() -> None:
    assert problem_of("await f()\nasync with g() as h:\n    pass") is None


def test_doubtful_escapes_are_no_problem_even_where_warnings_are_errors() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert problem_of("pattern = '\\d'  # doubtful") is None
