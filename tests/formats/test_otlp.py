"""OTLP's JSON in all the ways in which tools write it."""

from __future__ import annotations

import gzip
import json
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spanglass.formats import ingest, otlp
from spanglass.formats.notes import Notes
from spanglass.formats.otlp import any_value, attribute_map
from spanglass.store import Store
from tests.formats.reading import document, one_span, otlp_span, read
from tests.formats.test_values import json_values

TRACE, SPAN = "5b8efff798038103d269b633813fc60c", "eee19b7ec3c1b174"


class TestIds:
    @pytest.mark.parametrize("trace_id", [TRACE, TRACE.upper(), "W47/95gDgQPSabYzgT/GDA=="])
    @pytest.mark.parametrize("span_id", [SPAN, SPAN.upper(), "7uGbfsPBsXQ="])
    def test_hex_and_base64_in_any_case(self, trace_id: str, span_id: str) -> None:
        made = one_span(otlp_span(traceId=trace_id, spanId=span_id, parentSpanId="7uGbfsPBsXM="))
        assert (made.trace_id, made.span_id, made.parent_id) == (TRACE, SPAN, "eee19b7ec3c1b173")

    @pytest.mark.parametrize("parent", [None, "", "0000000000000000", "AAAAAAAAAAA="])
    def test_no_parent(self, parent: Any) -> None:
        assert one_span(otlp_span(parentSpanId=parent)).parent_id is None


class TestStatus:
    @pytest.mark.parametrize(
        ("code", "status"),
        [
            (0, "UNSET"),
            (1, "OK"),
            (2, "ERROR"),
            ("2", "ERROR"),
            ("STATUS_CODE_ERROR", "ERROR"),
            ("OK", "OK"),
            (7, "UNSET"),
        ],
    )
    def test_by_number_and_by_name(self, code: Any, status: str) -> None:
        made = one_span(otlp_span(status={"code": code, "message": "why"}))
        assert (made.status, made.status_message) == (status, "why")

    def test_without_one(self) -> None:
        assert one_span(otlp_span()).status == one_span(otlp_span(status={})).status == "UNSET"


class TestTimes:
    @pytest.mark.parametrize(("start", "end"), [("1000", "3000"), (1000, 3000), (1000.0, "3000")])
    def test_texts_and_numbers(self, start: Any, end: Any) -> None:
        made = one_span(otlp_span(startTimeUnixNano=start, endTimeUnixNano=end))
        assert (made.start_time_ns, made.end_time_ns) == (1000, 3000)

    @pytest.mark.parametrize("end", [None, 0, "0", ""])
    def test_a_span_without_an_end_is_running(self, end: Any) -> None:
        assert one_span(otlp_span(endTimeUnixNano=end)).end_time_ns is None

    @pytest.mark.parametrize("bad", ["soon", -1, 2**64, [], {}, True])
    def test_a_span_whose_time_is_none_is_left_out_with_its_reason(self, bad: Any) -> None:
        batch, notes = read(otlp.read, otlp_span(startTimeUnixNano=bad))
        assert (batch.spans, notes.skipped) == ([], 1)
        assert notes.warnings[0].startswith("resourceSpans[0].scopeSpans[0].spans[0]: its startTimeUnixNano is no time")


class TestKinds:
    @pytest.mark.parametrize("kind", [3, "3", "SPAN_KIND_CLIENT", "span_kind_client"])
    def test_the_kind_is_an_attribute(self, kind: Any) -> None:
        assert one_span(otlp_span(kind=kind)).attributes == {"span.kind": "CLIENT"}

    @pytest.mark.parametrize("kind", [0, 1, "SPAN_KIND_INTERNAL", None, "?", 99])
    def test_the_usual_one_is_not_mentioned(self, kind: Any) -> None:
        assert one_span(otlp_span(kind=kind)).attributes == {}

    def test_state_and_dropped_counts_are_kept(self) -> None:
        made = one_span(otlp_span(traceState="a=1", droppedAttributesCount=2, droppedEventsCount=0))
        assert made.attributes == {"w3c.tracestate": "a=1", "otel.dropped_attributes_count": 2}


class TestValues:
    @pytest.mark.parametrize(
        ("written", "meaning"),
        [
            ({"stringValue": "a"}, "a"),
            ({"boolValue": False}, False),
            ({"intValue": "1152921504606846976"}, 2**60),
            ({"intValue": 7}, 7),
            ({"intValue": str(2**70)}, str(2**70)),
            ({"doubleValue": 0.5}, 0.5),
            ({"doubleValue": 2}, 2.0),
            ({"doubleValue": "NaN"}, "NaN"),
            ({"doubleValue": "-Infinity"}, "-Infinity"),
            ({"bytesValue": "AAE="}, "AAE="),
            ({"arrayValue": {}}, []),
            ({"arrayValue": {"values": [{"stringValue": "a"}, {"intValue": "1"}]}}, ["a", 1]),
            (
                {"kvlistValue": {"values": [{"key": "b", "value": {"intValue": "1"}}, {"key": "a"}]}},
                {"b": 1, "a": None},
            ),
            ({"string_value": "a"}, "a"),
            ({"kvlist_value": {"values": [{"key": "k", "value": {"int_value": 2}}]}}, {"k": 2}),
            ({}, None),
            (None, None),
            ("bare", "bare"),
            ({"unknownValue": 1}, {"unknownValue": 1}),
        ],
    )
    def test_each_kind(self, written: Any, meaning: Any) -> None:
        assert any_value(written) == meaning

    def test_keys_keep_their_order(self) -> None:
        values = [{"key": key, "value": {"arrayValue": {}}} for key in "cab"]
        assert list(any_value({"kvlistValue": {"values": values}})) == ["c", "a", "b"]

    def test_nested_without_end_is_cut_without_recursion(self) -> None:
        value: Any = {"stringValue": "deep"}
        for _ in range(20_000):
            value = {"arrayValue": {"values": [value]}}
        orjson.dumps(any_value(value))

    @given(json_values)
    def test_whatever_is_there_nothing_is_raised(self, value: Any) -> None:
        orjson.dumps(any_value(value))
        orjson.dumps(attribute_map(value))
        orjson.dumps(attribute_map([{"key": "k", "value": {"kvlistValue": value}}]))


class TestShapes:
    def group(self) -> dict[str, Any]:
        return otlp_span()["resourceSpans"][0]

    def spans(self) -> list[Any]:
        return self.group()["scopeSpans"][0]["spans"]

    def shapes(self) -> dict[str, Any]:
        return {
            "the standard": otlp_span(),
            "Tempo's batches": {"batches": [self.group()]},
            "Tempo's trace": {"trace": otlp_span()},
            "snake case": {"resource_spans": [{"scope_spans": [{"spans": self.spans()}]}]},
            "before scopes": {"resourceSpans": [{"instrumentationLibrarySpans": [{"spans": self.spans()}]}]},
        }

    @pytest.mark.parametrize(
        "shape", ["the standard", "Tempo's batches", "Tempo's trace", "snake case", "before scopes"]
    )
    def test_wrappings(self, shape: str) -> None:
        assert one_span(self.shapes()[shape]).span_id == SPAN

    def test_snake_case_throughout(self) -> None:
        raw = {
            "trace_id": TRACE,
            "span_id": SPAN,
            "parent_span_id": "eee19b7ec3c1b173",
            "start_time_unix_nano": "1000",
            "end_time_unix_nano": 3000,
            "name": "search",
            "events": [{"time_unix_nano": "5", "name": "e"}],
            "links": [{"trace_id": TRACE, "span_id": SPAN}],
        }
        made = one_span({"resource_spans": [{"scope_spans": [{"spans": [raw]}]}]})
        assert (made.parent_id, made.duration_ns, made.events[0].timestamp_ns) == ("eee19b7ec3c1b173", 2000, 5)
        assert (made.links[0].trace_id, made.links[0].span_id) == (TRACE, SPAN)

    @pytest.mark.parametrize("key", ["scope", "instrumentationScope", "instrumentationLibrary"])
    def test_scope_and_resource(self, key: str) -> None:
        request = otlp_span()
        group = request["resourceSpans"][0]
        group["resource"] = {"attributes": [{"key": "service.name", "value": {"stringValue": "shop"}}]}
        group["scopeSpans"][0][key] = {"name": "tracer", "version": "1.2"}
        made = one_span(request)
        assert (made.scope, made.resource) == ("tracer", {"service.name": "shop", "otel.scope.version": "1.2"})

    def test_the_official_exporters_file(self) -> None:
        import spanglass.formats.values as values
        from tests.formats.reading import DATA

        lines = (DATA / "official-file-exporter.otlp.jsonl").read_bytes().splitlines()
        batch, notes = read(otlp.read, *map(values.parse_json, lines))
        attributes: dict[str, Any] = {}
        for span in batch.spans:
            attributes.update(span.attributes)
        assert notes.warnings == []
        assert "NaN" in attributes.values()
        assert 2**60 in attributes.values()
        assert any(isinstance(value, dict) for value in attributes.values())
        assert sum(len(span.links) for span in batch.spans) == 1


class TestBadItems:
    def test_one_bad_span_never_loses_the_rest(self) -> None:
        request = document("openai-openinference.otlp.json")
        spans = request["resourceSpans"][0]["scopeSpans"][0]["spans"]
        spans[0]["spanId"] = None
        spans[1]["startTimeUnixNano"] = "yesterday"
        spans[2] = "not a span"
        batch, notes = read(otlp.read, request)
        assert (len(batch.spans), notes.skipped) == (18, 3)
        assert notes.warnings == [
            "resourceSpans[0].scopeSpans[0].spans[0]: its spanId is None",
            "resourceSpans[0].scopeSpans[0].spans[1]: its startTimeUnixNano is no time: 'yesterday'",
            "resourceSpans[0].scopeSpans[0].spans[2]: expected an object, found 'not a span'",
        ]

    def test_lists_that_are_none_are_named(self) -> None:
        for request in ({"resourceSpans": 5}, {"resourceSpans": [{"scopeSpans": {}}]}, {"resourceSpans": [None]}):
            batch, notes = read(otlp.read, request)
            assert (batch.spans, notes.skipped) == ([], 1)


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every place in a JSON document, as a container and a key."""
    found, todo = [], [value]
    while todo:
        container = todo.pop()
        entries = container.items() if isinstance(container, dict) else enumerate(container)
        for key, item in entries:
            found.append((container, key))
            if isinstance(item, (dict, list)):
                todo.append(item)
    return found


VALID = {"spans": "openai-openllmetry.otlp.json", "logs": "openai-otel-v2-latest.logs.otlp.json"}


@settings(max_examples=100, deadline=None)
@given(st.data(), st.sampled_from(sorted(VALID)))
def test_whatever_is_put_into_a_valid_file_nothing_is_raised(data: st.DataObject, valid: str) -> None:
    request = document(VALID[valid])
    for _ in range(data.draw(st.integers(1, 5))):
        found = places(request)
        if not found:
            break
        container, key = found[data.draw(st.integers(0, 10_000)) % len(found)]
        if data.draw(st.booleans()):
            container[key] = data.draw(json_values)
        elif isinstance(container, dict):
            container.pop(key)
        else:
            container.append(data.draw(json_values))
    notes = Notes()
    spans = [span for batch in otlp.read([request], notes) for span in batch.spans]
    for span in spans:
        assert span.trace_id
        assert span.span_id
        orjson.dumps((span.inputs, span.outputs, span.attributes, [event.attributes for event in span.events]))


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_a_damaged_file_of_lines_gives_what_is_whole(tmp_path_factory: Any, data: st.DataObject) -> None:
    lines = [json.dumps(otlp_span(spanId=f"{index:016x}")).encode() for index in range(1, 6)]
    whole = b"\n".join(lines)
    at = data.draw(st.integers(0, len(whole)))
    damaged = whole[:at] + data.draw(st.binary(min_size=1, max_size=5)).replace(b"\n", b"") + whole[at:]
    with Store(tmp_path_factory.mktemp("damaged") / "s.db") as store:
        report = ingest(damaged, store=store, progress=False)
    assert report.spans >= 4  # all but the line that was hit


def test_gzip_whole_and_cut_off(store: Store) -> None:
    lines = b"\n".join(orjson.dumps(otlp_span(spanId=f"{index:016x}", name=str(index) * 50)) for index in range(1, 200))
    packed = gzip.compress(lines)
    cut = ingest(packed[: len(packed) // 2], store=store, progress=False)
    assert 0 < cut.spans < 199
    assert any("damaged gzip" in warning for warning in cut.warnings)
    assert ingest(packed, store=store, progress=False).spans == 199
