"""What an ingest did."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape


@dataclass(slots=True)
class FileReport:
    """What one source held, and what it changed in the store.

    ``traces`` and ``spans`` count what was read, ``logs`` log records that were joined to spans, ``skipped`` items that
    could not be read; ``warnings`` says why. ``error`` is set where the source held no traces at all.
    """

    source: str
    format: str = ""
    traces: int = 0
    spans: int = 0
    logs: int = 0
    assessments: int = 0
    skipped: int = 0
    new_traces: int = 0
    new_spans: int = 0
    changed_spans: int = 0
    changed_assessments: int = 0
    warnings: list[str] = field(default_factory=list)
    error: str | None = None


_COUNTS = (
    "traces",
    "spans",
    "logs",
    "assessments",
    "skipped",
    "new_traces",
    "new_spans",
    "changed_spans",
    "changed_assessments",
)


@dataclass(slots=True, repr=False)
class IngestReport:
    """The reports of all sources of one ``ingest``, and their sums under the same names."""

    files: list[FileReport] = field(default_factory=list)

    def _sum(self, name: str) -> int:
        return sum(getattr(file, name) for file in self.files)

    @property
    def traces(self) -> int:
        """Traces read."""
        return self._sum("traces")

    @property
    def spans(self) -> int:
        """Spans read."""
        return self._sum("spans")

    @property
    def logs(self) -> int:
        """Log records read."""
        return self._sum("logs")

    @property
    def assessments(self) -> int:
        """Assessments read."""
        return self._sum("assessments")

    @property
    def skipped(self) -> int:
        """Items that could not be read."""
        return self._sum("skipped")

    @property
    def new_traces(self) -> int:
        """Traces that the store did not have."""
        return self._sum("new_traces")

    @property
    def new_spans(self) -> int:
        """Spans that the store did not have."""
        return self._sum("new_spans")

    @property
    def changed_spans(self) -> int:
        """Spans that the store had otherwise."""
        return self._sum("changed_spans")

    @property
    def changed_assessments(self) -> int:
        """Assessments that the store did not have, or had otherwise."""
        return self._sum("changed_assessments")

    @property
    def warnings(self) -> list[str]:
        """All warnings, with the file and the place in it."""
        return [warning for file in self.files for warning in file.warnings]

    @property
    def errors(self) -> list[str]:
        """What was said of sources that held no traces."""
        return [file.error for file in self.files if file.error is not None]

    def __iter__(self) -> Iterator[FileReport]:
        return iter(self.files)

    def __repr__(self) -> str:
        lines = [self._summary()]
        if len(self.files) > 1:
            lines += [f"  {name}: {_line(file)}" for name, file in zip(self._names(), self.files, strict=True)]
        lines += [f"  ! {text}" for text in (*self.errors, *self.warnings)]
        return "\n".join(lines)

    def _summary(self) -> str:
        said = f"{_number(self.traces, 'trace')}, {_number(self.spans, 'span')}"
        if self.logs:
            said += f", {_number(self.logs, 'log record')}"
        if self.assessments:
            said += f", {_number(self.assessments, 'assessment')}"
        said += f" from {_number(len(self.files), 'source')}"
        news = [
            _number(self.new_traces, "new trace"),
            _number(self.new_spans, "new span"),
            _number(self.changed_spans, "changed span"),
        ]
        said += ": " + ", ".join(news)
        return said + (f"; {self.skipped:,} skipped" if self.skipped else "")

    def _names(self) -> list[str]:
        """The sources without the folder that all of them are in."""
        sources = [file.source for file in self.files]
        folders = {os.path.dirname(source) for source in sources}
        if len(sources) < 2 or not all(os.path.isabs(folder) for folder in folders):
            return sources
        return [os.path.relpath(source, os.path.commonpath(folders)) for source in sources]

    def _repr_html_(self) -> str:
        counted = [name for name in _COUNTS if name in ("traces", "spans") or getattr(self, name)]
        rows = "".join(
            "<tr>"
            + f'<td style="text-align:left" title="{escape(file.source)}">{escape(name)}</td>'
            + f'<td style="text-align:left">{escape(file.format)}</td>'
            + "".join(f"<td>{getattr(file, count):,}</td>" for count in counted)
            + "</tr>"
            for name, file in zip(self._names(), self.files, strict=True)
        )
        head = "".join(f"<th>{escape(name.replace('_', ' '))}</th>" for name in ("source", "format", *counted))
        notes = "".join(f"<li>{escape(text)}</li>" for text in (*self.errors, *self.warnings))
        return f"<p>{escape(self._summary())}</p><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>" + (
            f"<ul>{notes}</ul>" if notes else ""
        )


def _line(file: FileReport) -> str:
    if file.error is not None:
        return "no traces"
    said = f"{file.format}, {_number(file.traces, 'trace')}, {_number(file.spans, 'span')}"
    return said + (f", {file.skipped:,} skipped" if file.skipped else "")


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}" + ("" if count == 1 else "s")
