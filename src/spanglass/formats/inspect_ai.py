"""Evaluation logs of Inspect AI: a ``.eval`` archive, or the same log as one JSON document.

An evaluation is a run, each of its samples a trace: the sample's target is an expectation named "target", its scores
are feedback, its events are spans (spans and steps, model calls, tool calls) or events of the span they happened in.
Long texts stand once in the sample's ``attachments`` and are put back where they belong. Events that only say how the
internal state changed (``state``, ``store``, ``sample_init``) are left out: the messages show it.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, BinaryIO

from spanglass.entities import Batch, Json, Run
from spanglass.formats.dialects.reading import tags_of
from spanglass.formats.inspect_sample import Sample
from spanglass.formats.notes import IngestError, Notes, shown
from spanglass.formats.values import nanoseconds, number, parse_json, text_of
from spanglass.limits import MAX_UNPACKED_BYTES

_STATUS = {"success": "FINISHED", "error": "FAILED", "cancelled": "KILLED", "started": "RUNNING"}
_MS = 1_000_000


def looks_like(document: Json) -> bool:
    """Whether ``document`` is an evaluation log."""
    return (
        isinstance(document, Mapping)
        and isinstance(document.get("eval"), Mapping)
        and "task" in document["eval"]
        and "version" in document
    )


def read(documents: Iterable[Json], notes: Notes) -> Iterator[Batch]:
    """The samples of logs that are one JSON document each, one batch a sample."""
    for document in documents:
        if not looks_like(document):
            notes.skip("document", f"expected an evaluation log, found {shown(document)}")
            continue
        evaluation = Evaluation(document)
        yield Batch(runs=[evaluation.run])
        samples = document.get("samples")
        for index, sample in enumerate(samples if isinstance(samples, list) else ()):
            batch = evaluation.read_sample(sample, f"samples[{index}]", notes)
            if batch is not None:
                yield batch


def read_archive(file: BinaryIO, notes: Notes) -> Iterator[Batch]:
    """The samples of a ``.eval`` archive, one batch each."""
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, ValueError) as error:
        raise IngestError(f"{notes.name}: a damaged zip archive: {error}") from error
    with archive:
        members = {info.filename: info for info in archive.infolist()}
        if not ({"header.json", "_journal/start.json"} & members.keys()):
            raise IngestError(f"{notes.name}: a zip archive that is no evaluation log of Inspect AI; unpack it first")
        if sum(info.file_size for info in members.values()) > MAX_UNPACKED_BYTES:
            raise IngestError(f"{notes.name}: unpacks to more than {MAX_UNPACKED_BYTES:,} bytes; split it")
        header = _member(archive, "header.json" if "header.json" in members else "_journal/start.json", notes)
        if not isinstance(header, Mapping) or not isinstance(header.get("eval"), Mapping):
            raise IngestError(f"{notes.name}: a zip archive whose header says nothing of an evaluation")
        evaluation = Evaluation(header)
        yield Batch(runs=[evaluation.run])
        for name in members:
            if name.startswith("samples/") and name.endswith(".json"):
                sample = _member(archive, name, notes)
                batch = None if sample is None else evaluation.read_sample(sample, name, notes)
                if batch is not None:
                    yield batch


def _member(archive: zipfile.ZipFile, name: str, notes: Notes) -> Json:
    try:
        return parse_json(archive.read(name))
    except (ValueError, KeyError, EOFError, RuntimeError, NotImplementedError, zipfile.BadZipFile, OSError) as error:
        notes.skip(name, f"cannot be read: {error}")
        return None


class Evaluation:
    """What all samples of a log share."""

    def __init__(self, header: Mapping[str, Any]) -> None:
        self.about: Mapping[str, Any] = header["eval"]
        self.task = text_of(self.about.get("task") or "")
        stats = header.get("stats")
        stats = stats if isinstance(stats, Mapping) else {}
        self.started_ns = nanoseconds(stats.get("started_at") or self.about.get("created")) or 0
        ended_ns = nanoseconds(stats.get("completed_at"))
        self.run_id = text_of(self.about.get("eval_id") or self.about.get("run_id") or self.about.get("task_id") or "")
        self.run = Run(
            self.run_id,
            name=self.task,
            status=_STATUS.get(text_of(header.get("status")), "FINISHED"),
            start_ms=self.started_ns // _MS,
            end_ms=None if ended_ns is None else ended_ns // _MS,
            params=_params(self.about),
            metrics=_metrics(header.get("results")),
            tags={key: value or "" for key, value in tags_of(self.about.get("tags")).items()},
        )

    def read_sample(self, sample: Json, place: str, notes: Notes) -> Batch | None:
        """One sample as a trace."""
        if not isinstance(sample, Mapping) or sample.get("id") is None:
            notes.skip(place, f"expected a sample with an id, found {shown(sample)}")
            return None
        return Sample(self, sample, place, notes).batch


def _params(about: Mapping[str, Any]) -> dict[str, Json]:
    params = {key: about[key] for key in ("task", "model", "task_version") if about.get(key) is not None}
    for key in ("task_args", "model_generate_config"):
        values = about.get(key)
        if isinstance(values, Mapping):
            params.update({f"{key}.{name}": value for name, value in values.items()})
    dataset = about.get("dataset")
    if isinstance(dataset, Mapping) and dataset.get("name") is not None:
        params["dataset"] = dataset["name"]
    return params


def _metrics(results: Json) -> dict[str, float]:
    metrics: dict[str, float] = {}
    scores = results.get("scores") if isinstance(results, Mapping) else None
    for score in scores if isinstance(scores, list) else ():
        measured = score.get("metrics") if isinstance(score, Mapping) else None
        for name, metric in measured.items() if isinstance(measured, Mapping) else ():
            value = number(metric.get("value")) if isinstance(metric, Mapping) else None
            if value is not None:
                metrics[f"{score.get('name')}/{name}"] = value
    return metrics
