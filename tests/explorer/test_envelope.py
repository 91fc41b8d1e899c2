"""Messages from the browser: good ones are read, anything else becomes an error reply."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import get_args, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanglass import limits
from spanglass.explorer import envelope, wire

WIRE = Path(__file__).parents[2] / "js" / "src" / "wire"
CONTRACT = "\n".join(path.read_text("utf-8") for path in [WIRE / "contract.ts", *sorted(WIRE.glob("contract/*.ts"))])

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)

GOOD = {
    "page": {"filter": "", "rows": "traces", "columns": ["tag.env", {"path": "a.inputs", "pick": "last"}]},
    "count": {"filter": "", "rows": "spans"},
    "trace": {"trace_id": "t", "filter": ""},
    "span": {"trace_id": "t", "span_id": "s"},
    "slice": {"trace_id": "t", "span_id": "s", "path": ["inputs", 0, "x"], "from": 0, "to": 10},
    "check": {"filter": "x"},
    "edit": {"filter": "", "op": "=", "target": {"trace_id": "t", "path": ["status"], "value": "OK"}},
    "sort": {"filter": "", "column": "time", "direction": None},
    "column": {"target": {"trace_id": None, "span": {"span_id": "s", "name": "n"}, "path": ["inputs"], "value": 1}},
    "find": {"trace_id": "t", "text": "x"},
    "facets": {"filter": "", "rows": "traces", "fields": ["tag.env"]},
    "histogram": {"filter": "", "bars": 40},
    "choose": {"filter": "", "rows": "spans", "field": "span.type", "value": "LLM", "want": "in"},
    "label": {"target": {"trace_id": "t", "span_id": None}, "name": "correct", "value": True, "note": None},
    "labels": {"target": {"selection": {"ids": ["t"]}}},
    "raters": {"filter": ""},
    "brush": {"filter": "", "from_ms": 0, "to_ms": 1.5, "step_ms": 60_000},
}


def message(method: str, **changes: object) -> dict[str, object]:
    return {"v": "view", "id": 1, "method": method, "params": {**GOOD[method], **changes}}


@pytest.mark.parametrize("method", GOOD)
def test_every_method_is_read(method: str) -> None:
    request = envelope.open_message(message(method))
    assert isinstance(request, envelope.Request)
    assert (request.v, request.id, request.method) == ("view", 1, method)
    assert type(request.params).__name__ == f"{method.title()}Params"


def test_a_page_is_read_field_by_field() -> None:
    request = envelope.open_message(message("page", at=400, limit=50, commit=True))
    assert request.params == wire.PageParams(  # type: ignore[union-attr]
        filter="",
        rows="traces",
        columns=("tag.env", {"path": "a.inputs", "pick": "last"}),
        at=400,
        after=None,
        limit=50,
        commit=True,
    )


def test_a_cancellation_is_read() -> None:
    assert envelope.open_message({"v": "view", "cancel": 7}) == envelope.CancelRequest("view", 7)


def test_a_page_is_never_larger_than_its_limit() -> None:
    request = envelope.open_message(message("page", limit=10**9))
    assert request.params.limit == limits.MAX_WIRE_PAGE  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("text", "an object"),
        ({"id": 1, "method": "page"}, "'v'"),
        ({"v": "x" * 1000, "id": 1}, "'v'"),
        ({"v": "x", "id": True, "method": "page"}, "'id'"),
        ({"v": "x", "id": 2**60, "method": "page"}, "'id'"),
        ({"v": "x", "cancel": "1"}, "'cancel'"),
        ({"v": "x", "id": 1, "method": "drop_all"}, "no method 'drop_all'"),
        ({"v": "x", "id": 1, "method": ["page"]}, "no method"),
        ({"v": "x", "id": 1, "method": "page"}, "params must be an object"),
        (message("page", filter=None), "params.filter must be a text"),
        (message("page", filter="\ud800"), "params.filter must be a text"),
        (message("page", rows="sessions"), "params.rows must be one of 'traces', 'spans'"),
        (message("page", rows=[]), "params.rows"),
        (message("page", columns=[1]), "params.columns"),
        (message("page", columns=[{"pick": "last"}]), "params.columns"),
        (message("page", columns=["x"] * 1000), "params.columns"),
        (message("page", at=-1), "params.at must be a whole number"),
        (message("page", commit="yes"), "params.commit must be true or false"),
        (message("slice", path=[]), "params.path"),
        (message("slice", path=[1.5]), "params.path"),
        (message("slice", to="all"), "params.to"),
        (message("edit", op="; DROP TABLE"), "params.op"),
        (message("edit", target=3), "params.target must be an object"),
        (message("edit", target={"path": ["x"], "span": {"span_id": 1}}), "params.target.span.span_id"),
    ],
)
def test_a_bad_message_names_what_is_wrong(content: object, says: str) -> None:
    with pytest.raises(envelope.BadMessage, match=re.escape(says)):
        envelope.open_message(content)


@given(JSON)
def test_anything_is_either_read_or_a_bad_message(content: object) -> None:
    try:
        envelope.open_message(content)
    except envelope.BadMessage as fault:
        reply = envelope.failure(envelope.address(content), fault)
        assert json.loads(json.dumps(reply)) == reply


@given(st.sampled_from(sorted(GOOD)), st.data())
def test_a_request_with_a_wrong_param_is_either_read_or_a_bad_message(method: str, data: st.DataObject) -> None:
    field = data.draw(st.sampled_from(sorted(GOOD[method])))
    content = message(method, **{field: data.draw(JSON)})
    fault = fault_of(content)
    assert envelope.address(content) == envelope.Address("view", 1)
    assert fault is None or (fault.kind == "method" and len(fault.message) <= limits.MAX_ERROR_CHARS)


def fault_of(content: object) -> envelope.BadMessage | None:
    try:
        envelope.open_message(content)
    except envelope.BadMessage as fault:
        return fault
    return None


@given(JSON)
def test_a_result_is_always_json(value: object) -> None:
    json.loads(envelope.encode(replaced_keys(value)))


def replaced_keys(value: object) -> object:
    """Integers that fit JavaScript: what details and rows make of others is tested there."""
    if isinstance(value, dict):
        return {key: replaced_keys(item) for key, item in value.items()}
    if isinstance(value, list):
        return [replaced_keys(item) for item in value]
    if isinstance(value, int):
        return max(-(2**53), min(value, 2**53))
    return value


def test_half_a_surrogate_pair_travels_as_javascript_holds_it() -> None:
    assert envelope.encode({"a": "\ud83e", "n": float("inf")}) == b'{"a":"\\ud83e","n":null}'


@given(st.text(), st.integers(0, 20))
def test_offsets_are_javascripts(text: str, offset: int) -> None:
    offset = min(offset, len(text))
    assert envelope.utf16_offset(text, offset) == len(text[:offset].encode("utf-16-le", "surrogatepass")) // 2


@given(st.text(st.sampled_from("a🦊é")), st.integers(0, 12), st.integers(0, 12))
def test_slices_join_to_the_whole(text: str, first: int, second: int) -> None:
    whole = envelope.utf16_length(text)
    a, b = sorted((min(first, whole), min(second, whole)))
    parts = [envelope.utf16_slice(text, *bounds) for bounds in ((0, a), (a, b), (b, whole))]
    joined = b"".join(part.encode("utf-16-le", "surrogatepass") for part in parts)
    assert joined.decode("utf-16-le") == text


# ---------------------------------------------------------------- both sides of the wire say the same


def interface(name: str) -> dict[str, bool]:
    """Fields of an interface of the contract, with whether each is optional."""
    source = re.sub(r"/\*.*?\*/", "", CONTRACT, flags=re.S)
    body = re.search(rf"export interface {name} \{{(.*?)\n\}}", source, flags=re.S)
    assert body is not None, name
    return {m[1]: bool(m[2]) for m in re.finditer(r"^  (?:readonly )?(\w+)(\??):", body[1], flags=re.M)}


RESULTS = [
    *("Fix", "Diagnostic", "Rows", "PageResult", "CountResult", "TraceResult", "AssessmentResult", "Cut"),
    *("SpanResult", "SliceResult", "TextResult", "ColumnResult", "CheckResult", "FindResult", "Boot"),
    *("ComparedTrace", "Side", "ComparedPairs", "ComparedNames", "CompareResult", "DiffResult", "DifferenceResult"),
    *("Proposal", "CompleteResult", "FacetValue", "Facet", "Condition", "FacetsResult", "HistogramResult"),
    *("LabelSpec", "LabelCount", "LabelGiven", "Opinion", "Progress", "LabelsResult", "LabelResult", "UnlabelResult"),
    *("Pair", "Rated", "RatedLabel", "RatersResult", "Push", "GroupResult", "Turn", "SessionResult", "MoreResult"),
    *("MarkdownResult", "ImageResult"),
]


@pytest.mark.parametrize("name", RESULTS)
def test_a_result_has_the_contracts_fields(name: str) -> None:
    fields, optional = list(get_type_hints(getattr(wire, name))), interface(name)
    assert fields == [each for each in optional if each in fields or not optional[each]]


def test_the_methods_are_the_contracts() -> None:
    assert list(envelope.READERS) == list(interface("Methods"))


def test_the_edit_operators_are_the_contracts() -> None:
    line = re.search(r"export type EditOp = (.*);", CONTRACT)
    assert line is not None
    assert list(get_args(wire.EditOp)) == json.loads(f"[{line[1].replace(' | ', ', ')}]")
