"""`python -m poc_graduate`: the command line, where the script is not on the path."""

from poc_graduate.cli import main

if __name__ == "__main__":
    main()
