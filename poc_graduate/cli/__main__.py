"""`python -m poc_graduate.cli`."""

from poc_graduate.cli import main

if __name__ == "__main__":
    main()
