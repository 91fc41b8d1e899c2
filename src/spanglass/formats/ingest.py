"""Reading traces from wherever they are into the store."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from spanglass.entities import Batch
from spanglass.formats import mlflow_db, sources
from spanglass.formats.logs import is_fragment, join
from spanglass.formats.notes import IngestError, Notes
from spanglass.formats.placing import Placing
from spanglass.formats.report import FileReport, IngestReport
from spanglass.limits import PROGRESS_AFTER_S, SPANS_PER_BATCH
from spanglass.store import Store, current_store


def ingest(
    source: Any,
    *,
    store: Store | str | Path | None = None,
    experiment: str | None = None,
    format: str | None = None,
    progress: bool | None = None,
) -> IngestReport:
    """Read traces into the store. Reading the same source again changes nothing.

    Read are OTLP (JSON, JSON Lines), MLflow (JSON of generations 2 and 3, DataFrames of ``search_traces``, the
    SQLite database of a tracking server), Langfuse's JSON, logs of Inspect AI, runs of LangSmith, spans of Phoenix's
    REST API and of OpenTelemetry's console exporter, Jaeger's JSON, and what the OpenAI Agents SDK exports, each also
    compressed with gzip. The format is found out from the content.

    Parameters
    ----------
    source
        A path, a pattern such as ``"traces/*.jsonl"``, a folder, or a list of these; the content of a file as bytes
        or text; a dict or a list of dicts; a DataFrame; traces, of this package or of MLflow.
    store : Store or path
        The store to write to; without it the current one.
    experiment : str
        The name of the experiment for traces whose source names none; it is created if needed. Without it, new
        traces go into the active experiment and traces that the store has stay where they are. Traces from MLflow
        keep their own.
    format : str
        Where the content should not decide: "otlp", "mlflow", "langfuse", "inspect", "langsmith", "openai agents",
        "context spans" (Phoenix and the console exporter) or "jaeger".
    progress : bool
        Whether to show a progress bar; by default after a second.

    Returns
    -------
    IngestReport
        For each source its format, what was read, what of it is new, what was skipped and why.

    Raises
    ------
    IngestError
        If a source holds no traces. Of several files, those that do are read, and the report says which do not.

    Examples
    --------
    >>> import spanglass as sg, tempfile
    >>> span = {"traceId": "5b8efff798038103d269b633813fc60c", "spanId": "eee19b7ec3c1b174", "name": "search"}
    >>> request = {"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}
    >>> with tempfile.TemporaryDirectory() as folder, sg.Store(f"{folder}/s.db") as store:
    ...     sg.ingest(request, store=store)
    1 trace, 1 span from 1 source: 1 new trace, 1 new span, 0 changed spans
    """
    from tqdm.auto import tqdm  # in a notebook it loads the widgets: not for those who only record

    target = current_store(store)
    opened = list(_sources(source))
    report = IngestReport()
    hidden = True if progress is False else (None if progress is None else False)
    bar = tqdm(desc="ingest", unit=" spans", disable=hidden, delay=0 if progress else PROGRESS_AFTER_S, leave=False)
    with bar:
        for name, item in opened:
            try:
                report.files.append(_ingest_one(name, item, target, experiment, format, bar))
            except IngestError as error:
                if len(opened) == 1:
                    raise
                report.files.append(FileReport(name, error=str(error)))
        # All at once, while whoever ingests waits anyway; what other writers keep it from, searches will do.
        target.index_words(math.inf)
    if report.files and all(file.error is not None for file in report.files):
        raise IngestError("none of the sources holds traces:\n" + "\n".join(report.errors[:10]))
    return report


def _sources(source: Any) -> Iterator[tuple[str, Any]]:
    """What is to be read, one after the other, each with a name for the report."""
    if isinstance(source, str) and source.lstrip()[:1] in ("{", "["):
        yield "text", source.encode("utf-8", "surrogatepass")
    elif isinstance(source, (str, Path)):
        for path in sources.paths(source):
            yield str(path), path
    elif isinstance(source, (bytes, bytearray, memoryview)):
        yield "bytes", bytes(source)
    elif isinstance(source, (list, tuple)) and source and all(isinstance(item, (str, Path)) for item in source):
        for item in source:
            yield from _sources(item)
    else:
        yield type(source).__name__, source


def _ingest_one(name: str, item: Any, store: Store, experiment: str | None, format: str | None, bar: Any) -> FileReport:
    notes = Notes(Path(name).name if isinstance(item, Path) else "")
    if isinstance(item, Path):
        found, batches = sources.read_path(item, notes, format)
    elif isinstance(item, bytes):
        found, batches = sources.read_bytes(item, notes, format)
    else:
        found, batches = sources.read_object(item, notes, format)
    report = FileReport(name, found)
    placing = Placing(store, experiment)
    traces: set[str] = set()
    spans: set[tuple[str, str]] = set()
    for batch in _gathered(batches):
        _count(batch, report, traces, spans)
        written = store.write(placing.place(join(batch, store)))
        report.new_traces += written.new_traces
        report.new_spans += written.new_spans
        report.changed_spans += written.spans - written.new_spans
        report.changed_assessments += written.assessments
        bar.update(len(batch.spans))
    if isinstance(item, Path) and found == mlflow_db.NAME:
        for trace_id, run_id in mlflow_db.linked_runs(item):
            if trace_id in traces:
                store.link_run(trace_id, run_id)
    report.traces, report.spans = len(traces), len(spans)
    report.skipped = notes.skipped
    report.warnings = notes.said()
    return report


def _count(batch: Batch, report: FileReport, traces: set[str], spans: set[tuple[str, str]]) -> None:
    for span in batch.spans:
        traces.add(span.trace_id)
        if is_fragment(span):
            report.logs += 1
        else:
            spans.add((span.trace_id, span.span_id))
    traces.update(facts.trace_id for facts in batch.traces)
    report.assessments += len(batch.assessments)


def _gathered(batches: Iterable[Batch]) -> Iterator[Batch]:
    """Small batches put together, so that a transaction is worth its price."""
    held = Batch()
    for batch in batches:
        held.spans.extend(batch.spans)
        held.traces.extend(batch.traces)
        held.assessments.extend(batch.assessments)
        held.experiments.extend(batch.experiments)
        held.runs.extend(batch.runs)
        if len(held.spans) + len(held.traces) >= SPANS_PER_BATCH:
            yield held
            held = Batch()
    if held:
        yield held
