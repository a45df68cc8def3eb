"""Runs the command line: ``python -m partnergraph``."""

from partnergraph.cli import main

if __name__ == "__main__":
    main()
