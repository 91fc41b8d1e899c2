"""What went wrong while reading one source: counted, described, never fatal."""

from __future__ import annotations

from spanglass.limits import MAX_WARNINGS

_MAX_CHARS = 300  # of one warning: it quotes what may be anything


class IngestError(ValueError):
    """A source holds no traces that this package can read. The text says what it looked like, and what to do."""


class Notes:
    """How many items of a source were left out, and why.

    >>> notes = Notes("a.json")
    >>> notes.skip("resourceSpans[0].spans[3]", "it has no spanId")
    >>> notes.skipped, notes.warnings
    (1, ['a.json: resourceSpans[0].spans[3]: it has no spanId'])
    """

    __slots__ = ("at", "skipped", "source", "unsaid", "warnings")

    def __init__(self, source: str = "") -> None:
        self.source = source
        self.at = ""  # the line, or the item of a list, that is being read
        self.skipped = 0
        self.warnings: list[str] = []
        self.unsaid = 0  # warnings beyond MAX_WARNINGS

    @property
    def name(self) -> str:
        """The source's name, for an error about it as a whole."""
        return self.source or "this source"

    def skip(self, place: str, reason: str) -> None:
        """One item is left out."""
        self.skipped += 1
        self.warn(f"{place}: {reason}" if place else reason)

    def said(self) -> list[str]:
        """The warnings, the last one for those that were not kept."""
        more = [f"{self.source}: … and {self.unsaid} more".removeprefix(": ")] if self.unsaid else []
        return self.warnings + more

    def warn(self, text: str) -> None:
        """Something is worth saying, nothing is left out."""
        if len(self.warnings) >= MAX_WARNINGS:
            self.unsaid += 1
            return
        text = ": ".join(part for part in (self.source, self.at, text) if part)
        self.warnings.append(text if len(text) <= _MAX_CHARS else text[: _MAX_CHARS - 1] + "…")


def shown(value: object) -> str:
    """A short text of a malformed value, for a warning."""
    try:
        text = repr(value)
    except Exception:  # a value nested without end, or an object whose repr fails
        text = f"something of the type {type(value).__name__}"
    return text if len(text) <= 60 else text[:59] + "…"
