"""A project of one task that ends when it is told to."""

from __future__ import annotations

import json
from pathlib import Path

TASK = """\
# %% tags=["parameters"]
upstream = None
product = None
rate = None
region = None
wait = None

# %%
import time
from pathlib import Path

# %%
assert rate < 0.9, "too much"
while wait and not Path(wait).exists():
    time.sleep(0.05)
print(region, rate)
"""
NEXT = """\
# %% tags=["parameters"]
upstream = ["work"]
product = None

# %%
print("reads", upstream["work"])
"""
PIPELINE = """\
tasks:
  - source: tasks/work.py
    product: products/work.ipynb
    params: {rate: "{{rate}}", region: "{{region}}", wait: "{{wait}}"}
"""


def project(folder: Path) -> Path:
    """A project of one task; it waits for the file that `wait` names."""
    (folder / "tasks").mkdir(parents=True)
    (folder / "graduation").mkdir()
    (folder / "tasks" / "work.py").write_text(TASK)
    (folder / "pipeline.yaml").write_text(PIPELINE)
    (folder / "env.yaml").write_text('rate: 1.0\nregion: north\nwait: ""\n')
    plan = {"notebook": "work.ipynb", "stages": [{"name": "work"}]}
    (folder / "graduation" / "plan.yaml").write_text(json.dumps(plan))
    return folder


def next_task(folder: Path) -> None:
    """A second task, which reads what the first made."""
    (folder / "tasks" / "next.py").write_text(NEXT)
    with (folder / "pipeline.yaml").open("a") as file:
        file.write("  - source: tasks/next.py\n    product: products/next.ipynb\n")
    plan = {"notebook": "work.ipynb", "stages": [{"name": "work"}, {"name": "next"}]}
    (folder / "graduation" / "plan.yaml").write_text(json.dumps(plan))
