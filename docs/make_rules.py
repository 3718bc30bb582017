"""Write docs/rules/ from the rules themselves.

python docs/make_rules.py            write the pages
python docs/make_rules.py --check    exit with 1 where one is stale, and write nothing
"""

from __future__ import annotations

import sys
from pathlib import Path

from poc_graduate.report.rule_text import rule_page, rules_page
from poc_graduate.rules.run import rules

FOLDER = Path(__file__).with_name("rules")


def pages() -> dict[str, str]:
    """File name → text."""
    made = {f"{rule.code}.md": rule_page(rule) for rule in rules()}
    made["README.md"] = rules_page(rules())
    return made


def main(arguments: list[str]) -> int:
    """Write the pages, or compare them."""
    made = pages()
    there = {file.name: file.read_text(encoding="utf-8") for file in FOLDER.glob("*.md")}
    stale = sorted(n for n in made.keys() | there.keys() if made.get(n) != there.get(n))
    if "--check" in arguments:
        if stale:
            print(f"stale: {', '.join(stale)}; write them with `make docs`", file=sys.stderr)
        return 1 if stale else 0
    FOLDER.mkdir(exist_ok=True)
    for name in stale:
        if name in made:
            (FOLDER / name).write_text(made[name], encoding="utf-8")
        else:
            (FOLDER / name).unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
