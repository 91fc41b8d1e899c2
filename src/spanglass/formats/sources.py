"""From what people give to documents: files, bytes, objects, each opened and taken apart."""

from __future__ import annotations

import glob
import gzip
import io
import zlib
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from pathlib import Path
from typing import Any, BinaryIO

from spanglass.entities import Batch, Json, Trace
from spanglass.formats import inspect_ai, mlflow_db, own
from spanglass.formats.detect import Format, describe, describe_bytes, detect, format_named
from spanglass.formats.notes import IngestError, Notes, shown
from spanglass.formats.values import clean, encoded_once, parse_json
from spanglass.limits import MAX_UNPACKED_BYTES

_SQLITE = b"SQLite format 3\0"
_GZIP = b"\x1f\x8b"
_ZIP = b"PK\x03\x04"
_EXTENSIONS = frozenset({".json", ".jsonl", ".ndjson", ".eval", ".gz"})
_DATABASES = frozenset({".db", ".sqlite", ".sqlite3"})
_MAX_LOOK = 100  # documents that are looked at before a source is said to be in no known format
_DAMAGED = (EOFError, zlib.error, gzip.BadGzipFile)

Read = tuple[str, Iterator[Batch]]
"""A format's name, and what is read in it."""


def paths(text: str | Path) -> list[Path]:
    """The files that a path, a pattern or a folder means, in order. Raises IngestError if there is none."""
    path = Path(text).expanduser()
    if path.is_dir():
        found = [
            file
            for file in sorted(path.rglob("*"))
            if not _is_hidden(file.relative_to(path)) and _may_hold_traces(file)
        ]
        if not found:
            endings = ", ".join(sorted(_EXTENSIONS))
            raise IngestError(f"{path}: this folder holds no {endings} and no database of MLflow's")
        return found
    if path.exists():
        return [path]
    found = [file for file in map(Path, sorted(glob.glob(str(path), recursive=True))) if file.is_file()]
    if not found:
        nothing = "no file matches" if glob.has_magic(str(path)) else "there is no such file"
        raise IngestError(f"{path}: {nothing}")
    return found


def _may_hold_traces(file: Path) -> bool:
    """Whether a file found in a folder is worth opening: by its name, and a database by its tables."""
    if not file.is_file():
        return False
    ending = file.suffix.lower()
    return mlflow_db.looks_like(file) if ending in _DATABASES else ending in _EXTENSIONS


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def read_path(path: Path, notes: Notes, format: str | None) -> Read:
    """Open a file and begin to read it. Raises IngestError if it holds no traces."""
    try:
        with path.open("rb") as file:
            head = file.read(len(_SQLITE))
    except OSError as error:
        raise IngestError(f"{path}: cannot be opened: {error.strerror or error}") from error
    if head == _SQLITE:
        if not mlflow_db.looks_like(path):
            raise IngestError(
                f"{path}: an SQLite database without MLflow's tables of traces. "
                "A store of this package is opened with set_store(path)."
            )
        return mlflow_db.NAME, mlflow_db.read(path, notes)
    return read_stream(path.open("rb"), notes, format)


def read_bytes(data: bytes, notes: Notes, format: str | None) -> Read:
    """Read the content of a file. Raises IngestError if it holds no traces."""
    if data.startswith(_SQLITE):
        raise IngestError("an SQLite database can only be read from a file: give its path")
    return read_stream(io.BytesIO(data), notes, format)


def read_stream(stream: BinaryIO, notes: Notes, format: str | None) -> Read:
    """Read an open file, and close it at the end."""
    head = stream.read(4)
    stream.seek(0)
    if head.startswith(_ZIP):
        return "inspect", _closing(stream, inspect_ai.read_archive(stream, notes))
    if head.startswith(_GZIP):
        stream = io.BufferedReader(_Unpacked(gzip.GzipFile(fileobj=stream)))
    try:
        name, batches = read_documents(_documents(stream, notes), notes, format)
    except IngestError:
        stream.close()
        raise
    return name, _closing(stream, batches)


def _closing(stream: BinaryIO, batches: Iterator[Batch]) -> Iterator[Batch]:
    with stream:
        yield from batches


class _Unpacked(io.RawIOBase):
    """A compressed file that may not unfold without end, and that ends where it is cut off."""

    def __init__(self, inner: gzip.GzipFile) -> None:
        self._inner = inner
        self._left = MAX_UNPACKED_BYTES

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._inner.read(len(buffer))
        self._left -= len(data)
        if self._left < 0:
            raise IngestError(f"a compressed file that unpacks to more than {MAX_UNPACKED_BYTES:,} bytes: split it")
        buffer[: len(data)] = data
        return len(data)


def _documents(stream: BinaryIO, notes: Notes) -> Iterator[Json]:
    """The JSON documents of a file: one, the items of an array, or one a line."""
    start = b""
    number = 0
    try:
        while not start.strip():
            start = stream.readline()
            number += 1
            if not start:
                raise IngestError(f"{notes.name}: an empty file")
    except _DAMAGED as error:
        raise IngestError(f"{notes.name}: a damaged gzip file: {error}") from error
    start = start.removeprefix(b"\xef\xbb\xbf")
    try:
        first = parse_json(start)
    except ValueError:
        yield from _whole(start + _rest(stream, notes), notes)
        return
    following = _lines(stream, number + 1, notes)
    second = next(following, None)
    if second is None:
        yield from _items(first, notes)
        return
    for line, data in chain([(number, start), second], following):
        notes.at = f"line {line}"
        try:
            document = parse_json(data)
        except ValueError as error:
            notes.skip("", str(error))
            continue
        yield from document if isinstance(document, list) else [document]
    notes.at = ""


def _rest(stream: BinaryIO, notes: Notes) -> bytes:
    chunks = []
    try:
        while chunk := stream.read(1 << 20):
            chunks.append(chunk)
    except _DAMAGED as error:
        notes.warn(f"a damaged gzip file: {error}; read up to there")
    return b"".join(chunks)


def _lines(stream: BinaryIO, number: int, notes: Notes) -> Iterator[tuple[int, bytes]]:
    while True:
        try:
            line = stream.readline()
        except _DAMAGED as error:
            notes.warn(f"a damaged gzip file: {error}; read up to there")
            return
        if not line:
            return
        if line.strip():
            yield number, line
        number += 1


def _whole(data: bytes, notes: Notes) -> Iterator[Json]:
    try:
        document = parse_json(data)
    except ValueError:
        pass
    else:
        yield from _items(document, notes)
        return
    any_line = False  # a file of lines whose first one is damaged
    for line, text in enumerate(data.splitlines(), 1):
        if not text.strip():
            continue
        notes.at = f"line {line}"
        try:
            document = parse_json(text)
        except ValueError as error:
            notes.skip("", str(error))
            continue
        if isinstance(document, dict):
            any_line = True
            yield document
    notes.at = ""
    if not any_line:
        raise IngestError(f"{notes.name}: {describe_bytes(data[:4000])}. {_WAY_OUT}")


def _items(document: Json, notes: Notes) -> Iterator[Json]:
    if not isinstance(document, list):
        yield document
        return
    for index, item in enumerate(document):
        notes.at = f"[{index}]"
        yield item
    notes.at = ""


_WAY_OUT = (
    "Traces are read from OTLP, MLflow, Langfuse, Inspect AI, LangSmith, Phoenix, Jaeger and the OpenAI Agents SDK."
)


def read_documents(documents: Iterable[Json], notes: Notes, format: str | None) -> Read:
    """Read decoded documents in the format named, or in that of the first which is in a known one."""
    iterator = iter(documents)
    if format is not None:
        chosen: Format | None = format_named(format)
        seen: list[Json] = []
    else:
        chosen, seen = None, []
        for document in islice(iterator, _MAX_LOOK):
            seen.append(document)
            chosen = detect(document)
            if chosen is not None:
                break
    if chosen is None:
        found = describe(seen[0]) if seen else "nothing"
        raise IngestError(f"{notes.name}: no traces, but {found}. {_WAY_OUT}")
    return chosen.name, chosen.read(chain(seen, iterator), notes)


def read_object(source: Any, notes: Notes, format: str | None) -> Read:
    """Read an object: a dict, a DataFrame, a trace of this package's or of MLflow's, or a list of such."""
    if isinstance(source, Mapping):
        return read_documents([clean(source)], notes, format)
    if hasattr(source, "columns") and hasattr(source, "to_dict"):  # a DataFrame, without importing pandas
        traces = list(source["trace"]) if "trace" in source.columns else []
        if traces and all(isinstance(trace, Trace) for trace in traces):  # search_traces of this package
            return "spanglass", own.read(traces)
        return read_documents(_numbered(map(_row, source.to_dict("records")), notes), notes, format)
    if isinstance(source, Trace):
        return "spanglass", own.read([source])
    if _is_foreign_trace(source):
        return read_documents([_foreign(source)], notes, format)
    if isinstance(source, Iterable):
        items = list(source)
        if items and all(isinstance(item, Trace) for item in items):
            return "spanglass", own.read(items)
        return read_documents(_numbered(map(_foreign, items), notes), notes, format)
    raise IngestError(
        f"traces cannot be read from {shown(source)}, of the type {type(source).__name__}. Give a path, bytes, a dict, "
        "a list of dicts, a DataFrame or traces."
    )


def _numbered(documents: Iterable[Json], notes: Notes) -> Iterator[Json]:
    for index, document in enumerate(documents):
        notes.at = f"[{index}]"
        yield document
    notes.at = ""


def _is_foreign_trace(value: Any) -> bool:
    return (
        hasattr(value, "info") and hasattr(value, "data") and (hasattr(value, "to_json") or hasattr(value, "to_dict"))
    )


def _foreign(value: Any) -> Json:
    """A trace of MLflow's as what its JSON says; anything else as JSON."""
    if _is_foreign_trace(value):
        return encoded_once(value.to_json()) if hasattr(value, "to_json") else clean(value.to_dict())
    return clean(value)


def _row(row: Mapping[str, Any]) -> Json:
    """A row of a DataFrame with its traces, spans and assessments as JSON."""
    return {str(key): _cell(value) for key, value in row.items()}


def _cell(value: Any) -> Json:
    if type(value).__name__ in ("NAType", "NaTType") or (isinstance(value, float) and value != value):
        return None
    if hasattr(value, "tolist"):  # of numpy
        value = value.tolist()
    if isinstance(value, (list, tuple)):
        return [_cell(item) for item in value]
    for method in ("to_json", "to_dict", "to_dictionary"):
        convert = getattr(value, method, None)
        if callable(convert):
            return encoded_once(convert()) if method == "to_json" else clean(convert())
    return clean(value)
