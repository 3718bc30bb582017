"""`python -m poc_graduate.batch.worker`: executes one attempt after another, asked in JSON lines.

Where the batch that asks is gone, however it ended, this process ends too, and all that it started.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable
from typing import Any

from poc_graduate.batch.execute import execute
from poc_graduate.batch.model import Outcome, Work
from poc_graduate.batch.watch import end_below


def main(run: Callable[[Work], Outcome] = execute) -> None:
    """Answer each line of standard input with a line on standard output.

    Args:
        run: What executes an attempt.
    """
    # What libraries print is no answer.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    asked: queue.Queue[dict[str, Any]] = queue.Queue()
    threading.Thread(target=_listen, args=(asked,), daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the batch decides what a Ctrl-C means
    while True:
        outcome = run(Work.from_record(asked.get()))
        answers.write(json.dumps(outcome.to_record()) + "\n")
        answers.flush()


def _listen(asked: queue.Queue[dict[str, Any]]) -> None:
    for line in sys.stdin:
        asked.put(json.loads(line))
    end_below()
    os._exit(0)


if __name__ == "__main__":
    main()
