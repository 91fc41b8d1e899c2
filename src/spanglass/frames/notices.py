"""Warnings that point at the line that called this package, however deep inside of it they arise."""

from __future__ import annotations

import sys
import warnings
from typing import Any

_PACKAGE = __name__.partition(".")[0]
_said: set[str] = set()  # in the cell that runs
_shell: Any = None


def notice(message: str | Warning) -> None:
    """Warn of something: in a notebook once in each run of a cell, else as Python's warning filters have it."""
    if not _is_new(str(message)):
        return
    level, frame = 1, sys._getframe()
    while frame.f_back is not None and frame.f_globals.get("__name__", "").partition(".")[0] == _PACKAGE:
        level, frame = level + 1, frame.f_back
    warnings.warn(message, stacklevel=level)


def _is_new(text: str) -> bool:
    # Python's own memory of what it showed is lost whenever a library changes the filters, as pandas often does; and
    # it would stay silent where the same cell is run again.
    global _shell
    ipython = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    if shell is None:
        return True
    if shell is not _shell:
        shell.events.register("pre_run_cell", _forget)
        _shell = shell
    if text in _said:
        return False
    _said.add(text)
    return True


def _forget(*_: object) -> None:
    _said.clear()
