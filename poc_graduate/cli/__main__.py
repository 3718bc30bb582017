"""`python -m poc_graduate.cli`."""

from poc_graduate.cli import main

main()
