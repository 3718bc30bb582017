"""A run with the probe and a run without it are the same to the notebook."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from poc_graduate.notebook.model import Notebook
from poc_graduate.observe.compare import normalised
from poc_graduate.observe.kernel import Kernel, clean_environment, private_folder
from poc_graduate.observe.outputs import Outputs
from poc_graduate.observe.record import observe

pytestmark = pytest.mark.kernel

SELF_AWARE = """\
# %%
import gc, os, random, sys, threading, warnings, weakref
import numpy as np
import pandas as pd
import matplotlib.pyplot as plt
random.seed(1)
np.random.seed(1)
gone = []
class Loud:
    made = 0
    def __init__(self):
        self.items = [1, 2]
    def __del__(self):
        gone.append("deleted")
    def __getstate__(self):
        print("state asked")
        return {}
    def __reduce_ex__(self, protocol):
        print("reduce asked")
        return (Loud, ())
    def __len__(self):
        print("length asked")
        return 3
    def __repr__(self):
        return "Loud"
def warn():
    warnings.warn("once only")
# %%
print(random.random(), np.random.rand(), np.random.default_rng(3).random())
loud = Loud()
df = pd.DataFrame({"a": np.random.rand(5), "b": list("vwxyz")})
df["c"] = df["a"].where(df["a"] > 0.5)
warn()
# %%
warn()
print(random.random(), np.random.rand())
loud = None
print(gone)
# %%
%who
print(sorted(n for n in globals() if not n.startswith("_")))
print(sorted(n for n in dir() if not n.startswith("_")))
# %%
xs = iter([1, 2, 3])
gen = (v for v in range(4))
next(xs), next(gen)
# %%
print(list(xs), list(gen))
# %%
plt.plot([1, 2, 3])
plt.title("drawn")
# %%
fig, ax = plt.subplots()
ax.hist(np.random.randn(50))
# %%
plt.show()
print(plt.get_fignums(), plt.get_backend())
# %%
print(sys.path[-1:], os.getcwd() == os.environ.get("PWD"), sys.getrecursionlimit())
print(gc.isenabled(), threading.active_count())
print([f[:3] for f in warnings.filters if f[0] == "error"])
print(np.geterr(), pd.get_option("display.max_rows"), [m for m in sys.modules if "poc" in m])
print([k for k in os.environ if "POC" in k])
# %%
warnings.simplefilter("error")
np.seterr(all="raise")
df["d"] = df["a"] / 2
# %%
inner = get_ipython().run_cell("nested = 1; print('inside')")
print(nested, inner.success)
# %%
one = pd.Series([1, 2])
r = weakref.ref(one)
del one
print(r())
df
"""


def without_probe(notebook: Notebook, folder: Path) -> list[list[dict[str, Any]]]:
    with private_folder() as private:
        environment = {**clean_environment(private), "PYTHONHASHSEED": "0"}
        with Kernel("python3", folder, environment, private, threading.Event()) as kernel:
            outputs = Outputs()
            for cell in notebook.code_cells:
                outputs.begin()
                kernel.execute(cell.source, outputs.take, timeout=60)
    return outputs.cells


def test_a_notebook_that_looks_at_itself_sees_no_probe(
    notebook: Callable[..., Notebook], tmp_path: Path
) -> None:
    made = notebook(SELF_AWARE)
    names = frozenset({"df", "xs", "gen", "fig", "loud", "Loud"})

    facts = observe(made, candidates=dict.fromkeys(range(1, 14), names), second=False)
    plain = without_probe(made, tmp_path)

    for cell, outputs in zip(facts.cells, plain, strict=True):
        assert [normalised(o) for o in cell.outputs] == [normalised(o) for o in outputs], cell.cell
