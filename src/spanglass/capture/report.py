"""How recording speaks of its own trouble: a warning, never an exception in the code that is recorded."""

from __future__ import annotations

import sys
import warnings


class RecordingWarning(RuntimeWarning):
    """Something could not be recorded, or could not be recorded yet. The recorded code was not affected."""


def warn(message: str, *, stacklevel: int = 2) -> None:
    """Warn, and where warnings are errors, say it on stderr: what is recorded must go on undisturbed."""
    try:
        warnings.warn(message, RecordingWarning, stacklevel=stacklevel + 1)
    except RecordingWarning:
        print(f"spanglass: {message}", file=sys.stderr)


def said(error: BaseException) -> str:
    """An exception in one line, whatever its own ``__str__`` does."""
    from spanglass.capture.snapshot import text

    name, message = type(error).__name__, text(error)
    return f"{name}: {message}" if message else name
