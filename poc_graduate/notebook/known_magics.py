"""The magics there are: IPython's own, those of well-known extensions, those a notebook brings."""

from __future__ import annotations

import re

from poc_graduate.errors import Refusal
from poc_graduate.notebook import stage
from poc_graduate.notebook.model import Magic, Notebook

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
DROPPED = frozenset(
    "autocall autoreload autosave clear colors connect_info debug dhist graduate gui hist history "
    "load loadpy logoff logon logstart logstate logstop lsmagic magic notebook page pastebin "
    "pdb pdef pdoc pfile pinfo pinfo2 psearch psource pycat qtconsole quickref recall tb "
    "tensorboard tensorflow_version watermark who who_ls whos xmode".split()
)
INSTALLERS = frozenset("conda mamba micromamba pip uv".split())
# Extensions that only serve the screen: dropped, unless a magic of theirs runs code and stays.
TOOLING = frozenset(
    "autoreload black jupyter_black lab_black line_profiler memory_profiler nb_black nb_mypy "
    "poc_graduate pycodestyle_magic tensorboard version_information watermark".split()
)
BROUGHT = {
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
HEADLESS = frozenset("agg cairo pdf pgf ps svg template".split())
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
    if _REGISTERS.search(text) or loaded - TOOLING - set(BROUGHT):
        return  # they may bring any magic
    known = LINE_MAGICS | CELL_MAGICS | DROPPED | set(_REGISTERED.findall(text))
    known |= set(re.findall(r"%(?:alias|alias_magic(?:\s+-\S+)*|macro)\s+(\w+)", text))
    known = known.union(*(BROUGHT[name].split() for name in loaded & set(BROUGHT)))
    for cell in notebook.code_cells:
        for magic in cell.magics:
            if magic.dropped or magic.kind not in ("line", "cell") or magic.name in known:
                continue
            if magic.name in ("/", ",", ";"):
                continue
            if magic.name == "stage" and magic.kind == "cell":
                _refuse_stage(notebook, cell.index, magic)
            sign = "%%" if magic.kind == "cell" else "%"
            by = next((name for name, its in BROUGHT.items() if magic.name in its.split()), "NAME")
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
