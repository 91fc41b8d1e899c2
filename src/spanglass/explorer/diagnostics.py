"""What the filter language says about a text, as the wire has it."""

from __future__ import annotations

from spanglass.explorer import wire
from spanglass.explorer.envelope import WireFault, utf16_offset
from spanglass.filters import FilterError
from spanglass.filters.diagnostics import Diagnostic


def on_wire(diagnostic: Diagnostic, text: str) -> wire.Diagnostic:
    """A diagnostic of ``text``, its places counted as JavaScript counts."""
    return {
        "severity": diagnostic.severity,
        "code": diagnostic.code,
        "message": diagnostic.message,
        "start": utf16_offset(text, diagnostic.start),
        "end": utf16_offset(text, diagnostic.end),
        "fixes": [{"label": fix.label, "text": fix.text} for fix in diagnostic.fixes],
    }


def fault_of(error: FilterError) -> WireFault:
    """The error reply to a request whose filter cannot be understood."""
    return WireFault("filter", error.diagnostic.message, [on_wire(error.diagnostic, error.text)])
