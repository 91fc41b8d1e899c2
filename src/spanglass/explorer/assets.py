"""The built front end beside this file: an ES module, its style sheet, and a second script that the first asks for."""

from __future__ import annotations

from pathlib import Path

STATIC = Path(__file__).parent / "static"


class NotBuilt(RuntimeError):
    """The front end is not there: this is a checkout in which it was not built."""


def asset(name: str) -> str:
    """The text of ``widget.js``, ``widget.css`` or ``more.js``.

    Raises:
        NotBuilt: it is not there; the text says how to build it.
    """
    try:
        return (STATIC / name).read_text("utf-8")
    except FileNotFoundError:
        raise NotBuilt(
            f"The explorer's front end is not built ({name} is missing). In a checkout, run `make build` "
            "(Node 20 or later); installed packages bring it with them."
        ) from None
