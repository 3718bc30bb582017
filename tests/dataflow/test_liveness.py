"""Which names later cells still need."""

from __future__ import annotations

import pytest

from poc_graduate.dataflow.liveness import live_after


@pytest.mark.parametrize(
    ("text", "cell", "live"),
    [
        ("# %%\nx = 1\ny = 2\n# %%\nprint(x)", 1, {"x"}),
        ("# %%\nx = 1\n# %%\nx = 2\nprint(x)", 1, set()),
        ("# %%\nx = 1\n# %%\nif c: x = 2\n# %%\nprint(x)", 1, {"x"}),
        ("# %%\nx = 1\n# %%\nx += 1", 1, {"x"}),
        ("# %%\nxs = []\n# %%\nxs.append(1)", 1, {"xs"}),
        ("# %%\nimport os\nx = 1\n# %%\nos.getcwd(), x", 1, {"x"}),
        ("# %%\nK = 3\ndef f(v): return v * K\n# %%\nz = f(2)", 1, {"K", "f"}),
        ("# %%\nK = 3\n# %%\ndef f(v): return v * K\n# %%\nz = f(2)", 1, {"K"}),
        ("# %%\nK = 3\ndef g(): return K\ndef f(): return g()\n# %%\nlater(f)", 1, {"f", "g", "K"}),
        ("# %%\nk = 3\ngen = (i * k for i in xs)\n# %%\nnext(gen)", 1, {"gen", "k"}),
        ("# %%\ncnt = 0\ndef inc():\n    global cnt\n    cnt += 1\n# %%\ninc()", 1, {"cnt", "inc"}),
        ("# %%\nx = 1\n# %%\nexec('print(x)')", 1, {"x"}),
        ("# %%\nx = 1\n# %%\ndel x", 1, {"x"}),
        ("# %%\nx = 1\n# %%\ny = 2\n# %%\nprint(x)", 2, {"x"}),
        ("# %%\nx = 1\n# %%\nprint(x)", 2, set()),
        ("# %%\na = []\nb = a\n# %%\nprint(b)", 1, {"b"}),
        ("# %%\nx = 1\n# %%\nwith open(x) as x: print(x)", 1, {"x"}),
    ],
)
def test_live_names(flow, text, cell, live):
    assert live_after(flow(text), cell) == live
