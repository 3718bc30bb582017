"""The service: one app, N processes, canary and shadow, answers or a typed error."""

from __future__ import annotations

from dataclasses import dataclass

from poc_graduate.generate.operating.part import (
    Part,
    Project,
    Swap,
    Target,
    choice,
    from_templates,
    needs_rows,
)


@dataclass(frozen=True)
class Serving:
    """Choices."""

    host: str = choice("127.0.0.1", "Address that the service listens on", dialog=True)
    port: int = choice(8080, "Port that the service listens on", dialog=True, least=1)
    processes: int = choice(2, "How many processes answer", dialog=True, least=1)
    threads: int = choice(1, "BLAS threads of a process", least=1)
    waiting: int = choice(64, "Requests that may wait in a process; more get a 429", least=1)
    timeout_ms: int = choice(2000, "After how many milliseconds a request is given up", least=1)
    batch_rows: int = choice(1000, "Rows of a batch, at most", least=1)
    grace_seconds: int = choice(10, "How long requests may take to end when it stops", least=1)
    poll_ms: int = choice(200, "How often the registry is looked at", least=10)
    key: str = choice("", "Field by which the canary divides; empty: the whole request")


def _files(project: Project) -> dict[str, str]:
    return from_templates(
        project,
        "ops/contract.py.jinja",
        "ops/tables.py.jinja",
        "ops/answering.py.jinja",
        "ops/asking.py.jinja",
        "ops/line.py.jinja",
        "ops/serve.py.jinja",
        "ops/limits.py.jinja",
        "ops/shadow.py.jinja",
        "ops/kept.py.jinja",
        "ops/up.py.jinja",
        "ops/load.py.jinja",
        "tests/operate/test_kept.py.jinja",
        "tests/operate/test_service.py.jinja",
    )


PART = Part(
    "serving",
    "Service",
    _files,
    Serving,
    needs_rows,
    swaps=(
        Swap("uvicorn on one machine (`ops/up.py`)", "Kubernetes, KServe", "ops/up.py",
             "`deploy/service/` has an image; settings come from OPS_* variables"),
        Swap("shadow over a socket (`ops/shadow.py`)", "a queue", "ops/shadow.py",
             "`Shadow.send` and `main`"),
    ),
    targets=(
        Target("up", ("$(PYTHON) -m ops.up",), "start the service on this machine"),
        Target("down", ("$(PYTHON) -m ops.up --down",), "end it"),
        Target("load", ("$(PYTHON) -m ops.load",), "latency and throughput of what runs"),
    ),
    requires=("fastapi>=0.115", "httptools>=0.6", "uvicorn>=0.32",
              "uvloop>=0.21; sys_platform != 'win32'"),
)  # fmt: skip
