"""`python -m spanglass` is the `spanglass` command."""

from spanglass.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
