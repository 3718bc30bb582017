"""A worker whose runs only sleep, and leave one file of two lines."""

from __future__ import annotations

import json
import random
import time
from pathlib import Path

from poc_graduate.batch.model import Failure, Outcome, Work
from poc_graduate.batch.worker import main


def run(work: Work) -> Outcome:
    """Sleep; every fiftieth run fails as the user's own code would."""
    started = time.time()
    made = Path(work.folder, "made")
    made.mkdir(parents=True)
    number = int(work.parameters["a"])
    with (made / "product.json").open("w") as file:
        file.write(json.dumps({"a": number, "attempt": work.attempt}) + "\n")
        file.flush()
        time.sleep(random.uniform(0.02, 0.25))
        file.write("whole\n")
    failure = Failure("code", "ValueError", "no", 2, 1) if number % 50 == 0 else None
    seconds = time.time() - started
    metrics = {} if failure else {"square": number**2}
    return Outcome(
        work.run, work.attempt, str(made), failure, metrics, started, seconds, 0, "sleeper"
    )


if __name__ == "__main__":
    main(run)
