"""What can be said about a filter's text: errors, warnings, and the text that would put it right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NoReturn

from spanglass.limits import MAX_ERROR_CHARS

Severity = Literal["error", "warning", "info"]

# An error's text is the line, the caret with the message, and a hint. These widths keep it below
# MAX_ERROR_CHARS with the caret at the far end of the line.
_LINE_CHARS = 60
_MESSAGE_CHARS = 110
_HINT_CHARS = 60
_NAME_CHARS = 40
# Errors that a word of another language may have led into.
_CODES_OF_HABITS = ("syntax", "unknown-field", "unknown-function", "unquoted", "number", "type", "unit")


@dataclass(frozen=True, slots=True)
class Fix:
    """A way out: what it does in a few words, and the whole filter text after it."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """Something to say about the characters ``start`` to ``end`` of a text (Python string indexes).

    ``code`` is a stable word for the kind of finding: ``syntax``, ``unknown-field``, ``type``, ``ambiguous``, ….
    """

    severity: Severity
    code: str
    message: str
    start: int
    end: int
    fixes: tuple[Fix, ...] = ()

    def shown(self, text: str) -> str:
        """The line of ``text`` that this is about, a caret with the message, and the way out; at most 300 characters.

        What is said of the whole answer (``info``) points nowhere and is the message alone.

        >>> print(Diagnostic("warning", "case", "case counts", 9, 13).shown("status = 'ok'"))
        status = 'ok'
                 ^^^^ case counts
        """
        if self.severity == "info":
            return self.message
        return "\n".join(line.rstrip() for line in _lines(text, self))[: MAX_ERROR_CHARS - 1]


class FilterError(ValueError):
    """A filter, order key or column path that cannot be understood, with the place and a way out.

    ``text`` is the text it is about, ``diagnostic`` says where and why. ``str()`` shows both:

    >>> from spanglass.filters import parse
    >>> try:
    ...     parse("status = ")
    ... except FilterError as error:
    ...     print(error)
    <BLANKLINE>
    status =
             ^ a value is missing here
    """

    def __init__(self, diagnostic: Diagnostic, text: str = "") -> None:
        super().__init__(diagnostic, text)
        self.diagnostic = diagnostic
        self.text = text

    def __str__(self) -> str:
        return _on_its_own(self.diagnostic.shown(self.text))

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows: the caret points into the cell's text, how the parser came there is of no use."""
        return f"{type(self).__name__}: {self}".split("\n")


class FilterWarning(UserWarning):
    """What a filter says is perhaps not what was meant, or why it found nothing.

    ``text`` is the filter, ``diagnostic`` says what and where; ``str()`` shows both.
    """

    def __init__(self, diagnostic: Diagnostic, text: str = "") -> None:
        super().__init__(diagnostic, text)
        self.diagnostic = diagnostic
        self.text = text

    def __str__(self) -> str:
        return _on_its_own(self.diagnostic.shown(self.text))


def _on_its_own(shown: str) -> str:
    """What is shown, on a new line if a caret is in it: a traceback writes the error's name before the first one."""
    return shown if "\n" not in shown else "\n" + shown


def fail(text: str, code: str, message: str, start: int, end: int | None = None, fixes: Iterable[Fix] = ()) -> NoReturn:
    """Raise the FilterError that says this about ``text``."""
    stop = start + 1 if end is None else end
    if code in _CODES_OF_HABITS:
        from spanglass.filters.habits import way_out  # only on the way to an error

        if (found := way_out(text, start, stop)) is not None:
            message, fixes = found[0], [Fix(found[0], found[1])]
    raise FilterError(Diagnostic("error", code, message, start, stop, tuple(fixes)), text) from None


def shorten(text: str, limit: int = _NAME_CHARS) -> str:
    """The text on one line, printable, and at most ``limit`` characters long.

    >>> shorten("a" * 50, 5)
    'aaaa…'
    """
    cut = text if len(text) <= limit else text[: limit - 1] + "…"
    return cut if cut.isprintable() else "".join(c if c.isprintable() else "·" for c in cut)


def replaced(text: str, start: int, end: int, new: str) -> str:
    """``text`` with the characters from ``start`` to ``end`` replaced by ``new``."""
    return text[:start] + new + text[end:]


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word most like this one, if one is alike at all.

    >>> nearest("latncy", ["name", "latency", "status"])
    'latency'
    """
    import difflib  # only on the way to an error or a warning

    lowered = {name.lower(): name for name in known}
    close = difflib.get_close_matches(word.lower()[:200], lowered, n=1, cutoff=0.6)
    return lowered[close[0]] if close else None


def _lines(text: str, diagnostic: Diagnostic) -> Iterable[str]:
    start = min(max(diagnostic.start, 0), len(text))
    line_start = text.rfind("\n", 0, start) + 1
    line_end = text.find("\n", start)
    line_end = len(text) if line_end < 0 else line_end
    column = start - line_start
    width = max(1, min(diagnostic.end, line_end) - start)
    window = max(0, column - _LINE_CHARS * 2 // 3) if line_end - line_start > _LINE_CHARS else 0
    shown = text[line_start + window : min(line_end, line_start + window + _LINE_CHARS)]
    if window:
        shown = "…" + shown[1:]
    if line_start + window + _LINE_CHARS < line_end:
        shown = shown[:-1] + "…"
    column -= window
    if shown.strip():
        yield shorten(shown, _LINE_CHARS)
    yield " " * column + "^" * min(width, _LINE_CHARS - column or 1) + " " + shorten(diagnostic.message, _MESSAGE_CHARS)
    if diagnostic.fixes:
        yield shorten(_hint(diagnostic.fixes), _HINT_CHARS)


def _hint(fixes: tuple[Fix, ...]) -> str:
    if len(fixes) > 1:
        return " ".join(f"[{fix.label}]" for fix in fixes)
    fix = fixes[0]
    if fix.label.endswith("?") or len(fix.text) + 5 > _HINT_CHARS or "\n" in fix.text:
        return fix.label
    return "fix: " + fix.text
