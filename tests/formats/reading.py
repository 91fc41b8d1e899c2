"""What the tests of this folder share: where the data is, a reader, a dump of a store."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from spanglass.entities import Batch, Json, Span
from spanglass.formats import otlp
from spanglass.formats.notes import Notes
from spanglass.formats.values import parse_json
from spanglass.samples import sample_files
from spanglass.store import Store

DATA = Path(__file__).parent.parent / "data" / "formats"
SAMPLES = {file.name: file for file in sample_files()}

Reader = Callable[[Iterable[Json], Notes], Iterator[Batch]]


def document(name: str) -> Any:
    """The JSON of a data file."""
    return parse_json((DATA / name).read_bytes())


def read(reader: Reader, *documents: Json) -> tuple[Batch, Notes]:
    """All that a reader finds, in one batch."""
    notes = Notes()
    whole = Batch()
    for batch in reader(documents, notes):
        whole.spans.extend(batch.spans)
        whole.traces.extend(batch.traces)
        whole.assessments.extend(batch.assessments)
        whole.experiments.extend(batch.experiments)
        whole.runs.extend(batch.runs)
    return whole, notes


def otlp_span(**fields: Any) -> dict[str, Any]:
    """A request with one span, of which the fields given differ from a plain one's."""
    span = {
        "traceId": "5b8efff798038103d269b633813fc60c",
        "spanId": "eee19b7ec3c1b174",
        "name": "search",
        "startTimeUnixNano": "1000",
        "endTimeUnixNano": "3000",
        **fields,
    }
    return {"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}


def one_span(request: Json) -> Span:
    """The only span of a request, which is read without a complaint."""
    batch, notes = read(otlp.read, request)
    assert notes.warnings == []
    [span] = batch.spans
    return span


def dump(store: Store) -> list[str]:
    """All that a store holds, as SQL, but for its log of which traces were written, be it with what they held."""
    store.refresh()
    return [line for line in store.connection.iterdump() if not line.startswith('INSERT INTO "changed"')]
