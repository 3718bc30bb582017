"""The command line."""

import sys
from pathlib import Path


def main() -> None:
    import argparse

    from poc_graduate import api
    from poc_graduate.errors import GraduateError

    parser = argparse.ArgumentParser(prog="poc-graduate")
    sub = parser.add_subparsers(dest="command", required=True)
    e = sub.add_parser("export")
    e.add_argument("notebook", type=Path)
    e.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    try:
        done = api.export(options.notebook, to=options.output)
    except GraduateError as error:
        print(error, file=sys.stderr)
        sys.exit(error.exit_status)
    print(done.project)
