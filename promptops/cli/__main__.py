"""``python -m promptops.cli``: the command line without its console script."""

from promptops.cli import main

if __name__ == "__main__":
    main()
