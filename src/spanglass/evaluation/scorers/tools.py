"""Whether the right tools were called, with the right arguments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from spanglass.entities import Assessment, Json, SpanType, Trace
from spanglass.evaluation.scorer import Scorer, text_of

EXPECTED_CALLS = "expected_tool_calls"
"""The key of an ``expectations`` dict that holds the calls that should be made."""

Call = tuple[str, Any]


def tool_calls(*, ordered: bool = True, arguments: bool = True, name: str = "tool_calls") -> Scorer:
    """Did the trace call the expected tools, no others, with the expected arguments, and in that order?

    What was called is the trace's spans of type TOOL by start, each with its inputs. What was expected is the row's
    target, or ``expected_tool_calls`` in a dict of ``expectations``: a list of names, or of dicts with ``name`` and
    maybe ``arguments``; without those, any will do. An empty list expects no call. The rationale says what is missing
    and what should not be there. No score without a trace or a list of what is expected.

    Parameters
    ----------
    ordered:
        False lets the calls come in any order.
    arguments:
        False compares the names alone.
    name:
        What the score is called.
    """

    def score(expectations: Any, trace: Trace | None) -> Assessment | None:
        wanted = expectations.get(EXPECTED_CALLS) if isinstance(expectations, Mapping) else expectations
        if trace is None or not isinstance(wanted, Sequence) or isinstance(wanted, str):
            return None
        expected = [_expected(call, arguments) for call in wanted]
        spans = sorted(trace.search_spans(span_type=SpanType.TOOL), key=lambda span: span.start_time_ns)
        called: list[Call] = [(span.name, span.inputs) for span in spans]
        missing, left = [], list(called)
        for call in sorted(expected, key=lambda call: call[1] is None):  # the pickiest choose first
            found = next((number for number, other in enumerate(left) if _fits(call, other)), None)
            if found is None:
                missing.append(call)
            else:
                del left[found]
        right = not missing and not left
        if right and ordered and not all(map(_fits, expected, called)):
            return Assessment(name, False, rationale="the calls came in another order: " + _shown(called))
        said = [f"missing: {_shown(missing)}"] if missing else []
        said += [f"not expected: {_shown(left)}"] if left else []
        return Assessment(name, right, rationale="; ".join(said) or None)

    return Scorer(name, score)


def _expected(call: Any, arguments: bool) -> Call:
    if isinstance(call, str):
        return call, None
    if isinstance(call, Mapping) and isinstance(call.get("name"), str):
        return call["name"], call.get("arguments") if arguments else None
    raise ValueError(f"an expected call is a name or {{'name': …, 'arguments': …}}, not {call!r:.60}")


def _fits(expected: Call, called: Call) -> bool:
    return expected[0] == called[0] and (expected[1] is None or expected[1] == called[1])


def _shown(calls: Sequence[tuple[str, Json]]) -> str:
    return ", ".join(name if given is None else f"{name}({text_of(given)})" for name, given in calls)
