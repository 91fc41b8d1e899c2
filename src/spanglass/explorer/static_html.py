"""The explorer as plain HTML, for readers of the notebook who have no kernel: GitHub, nbconvert, a diff.

No script, no style sheet, no image and no link; what comes from a trace is escaped text. JupyterLab strips
SVG from untrusted output, so the waterfall is made of styled ``div`` elements.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta, timezone
from html import escape
from typing import Any

from spanglass import limits
from spanglass.explorer.wire import PageResult, TraceResult

KIND_COLOURS = {
    "LLM": "#C2620A",
    "CHAT_MODEL": "#C2620A",
    "AGENT": "#7A5AF5",
    "TOOL": "#2F7FD0",
    "RETRIEVER": "#0E8A6D",
    "EMBEDDING": "#6B7FA8",
    "EVALUATOR": "#B0489B",
    "GUARDRAIL": "#8A7A12",
}
OTHER_KIND = "#7C7C86"
ERROR = "#DC3B30"
ERROR_CODE = 2  # of a span's status in a TraceResult
TEXT_CHARS = 80  # of one cell: a table to look over, not to read

TABLE = "border-collapse:collapse;font-size:12px;font-variant-numeric:tabular-nums"
CELL = "padding:2px 8px;text-align:left;white-space:nowrap"
NUMBER_CELL = "padding:2px 8px;text-align:right;white-space:nowrap"


def static_html(
    page: PageResult,
    *,
    columns: Sequence[str] = (),
    total: int | None = None,
    trace: TraceResult | None = None,
) -> str:
    """One page of rows as a table and, if given, one trace as a waterfall; at most ``STATIC_BYTES`` long.

    Args:
        page: the rows, of which the first ``STATIC_ROWS`` are shown.
        columns: names of the extra columns, one for each list of ``page["rows"]["cells"]``.
        total: how many rows the filter finds in all.
        trace: the open trace.
    """
    room = limits.STATIC_BYTES - 1_000  # for what is written around rows and spans
    # A long table must leave room for the waterfall, and the filter for both.
    rows = fit(row_lines(page, len(columns)), room // 2)
    spans = [] if trace is None else fit(span_lines(trace), room // 2 - 4_000)
    found = len(page["rows"]["trace_id"]) if total is None else total
    parts = ['<div style="font-family:system-ui,sans-serif;font-size:12px">']
    if page["filter"]:
        parts.append(f"<p><code>{text(page['filter'], 500)}</code></p>")
    parts.append(f'<table style="{TABLE}"><thead><tr>')
    for title in ("time (UTC)", "name", "status", "duration", "tokens", *columns[: limits.MAX_COLUMNS]):
        parts.append(f'<th style="{CELL}">{text(title, 30)}</th>')
    parts.append(f"</tr></thead><tbody>{''.join(rows)}</tbody></table>")
    parts.append(f"<p>{len(rows):,} of {found:,} rows shown. Run the cell to explore them.</p>")
    if trace is not None:
        parts.append(f"<p>{text(trace['name'])}</p><div>{''.join(spans)}</div>")
        if len(spans) < len(trace["spans"]["id"]):
            parts.append(f"<p>{len(spans):,} of {len(trace['spans']['id']):,} spans shown.</p>")
    parts.append("</div>")
    return "".join(parts)


def static_text(message: str) -> str:
    """A message where rows should be."""
    return f'<p style="font-family:system-ui,sans-serif;font-size:12px">{text(message, 300)}</p>'


def fit(lines: Iterable[str], max_bytes: int) -> list[str]:
    """As many lines as fit."""
    kept, size = [], 0
    for line in lines:
        size += len(line.encode())
        if size > max_bytes:
            break
        kept.append(line)
    return kept


def row_lines(page: PageResult, extra: int) -> Iterable[str]:
    """A table row per row of the page."""
    rows = page["rows"]
    for n in range(min(len(rows["trace_id"]), limits.STATIC_ROWS)):
        status = text(rows["status"][n])
        tint = f' style="color:{ERROR}"' if rows["status"][n] == "ERROR" else ""
        tokens = rows["tokens"][n]
        cells = "".join(f'<td style="{CELL}">{text(rows["cells"][c][n])}</td>' for c in range(extra))
        yield (
            f'<tr{tint}><td style="{CELL}">{moment(rows["time_ms"][n])}</td>'
            f'<td style="{CELL}">{text(rows["name"][n])}</td><td style="{CELL}">{status}</td>'
            f'<td style="{NUMBER_CELL}">{duration(rows["duration_ms"][n])}</td>'
            f'<td style="{NUMBER_CELL}">{"–" if tokens is None else f"{tokens:,}"}</td>{cells}</tr>'
        )


def span_lines(trace: TraceResult) -> Iterable[str]:
    """A line of the waterfall per span."""
    spans = trace["spans"]
    ends = [start + (length or 0) for start, length in zip(spans["start"], spans["duration"], strict=True)]
    first = min(spans["start"], default=0.0)
    whole = max(ends, default=0.0) - first or 1.0
    for n in range(min(len(spans["id"]), limits.MAX_STATIC_SPANS)):
        kind = trace["types"][spans["type"][n]]
        failed = spans["status"][n] == ERROR_CODE
        colour = ERROR if failed else KIND_COLOURS.get(kind, OTHER_KIND)
        left = 100 * (spans["start"][n] - first) / whole
        width = max(0.3, 100 * (ends[n] - spans["start"][n]) / whole)
        indent = 12 * min(spans["depth"][n], 12)
        label = f"{text(kind, 20)} {text(trace['names'][spans['name'][n]])}{' !' if failed else ''}"
        yield (
            '<div style="display:flex">'
            f'<div style="width:40%;overflow:hidden;white-space:nowrap;padding-left:{indent}px">{label}</div>'
            f'<div style="width:48%"><div style="margin-left:{min(left, 99.7):.1f}%;'
            f'width:{min(width, 100):.1f}%;height:10px;background:{colour}"></div></div>'
            f'<div style="width:12%;text-align:right">{duration(spans["duration"][n])}</div></div>'
        )


def text(value: Any, chars: int = TEXT_CHARS) -> str:
    """A value as inert text: cut, without control characters, escaped, and isolated from the text around it.

    >>> text("<b>" + chr(27) + "[31m")
    '<bdi>&lt;b&gt; [31m</bdi>'
    """
    if value is None or value == "":
        return "–"
    shown = str(value) if not isinstance(value, float) else f"{value:g}"
    shown = shown if len(shown) <= chars else shown[: chars - 1] + "…"
    # An ASCII control, a line break or half a surrogate pair has no place in a line.
    shown = "".join(" " if c < " " or "\x7f" <= c <= "\x9f" or "\ud800" <= c <= "\udfff" else c for c in shown)
    return f"<bdi>{escape(shown)}</bdi>"


def moment(ms: float) -> str:
    """A time in Unix milliseconds, in words.

    >>> moment(0)
    '1970-01-01 00:00:00'
    """
    try:
        when = datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(milliseconds=ms)
    except (OverflowError, ValueError):
        return "–"
    return when.strftime("%Y-%m-%d %H:%M:%S")


def duration(ms: float | None) -> str:
    """A duration in milliseconds, with the unit that suits it.

    >>> [duration(ms) for ms in (None, 0.25, 12, 1500, 125_000, 7_260_000)]
    ['–', '0.25ms', '12ms', '1.5s', '2m 5s', '2h 1m']
    """
    if ms is None:
        return "–"
    if ms < 1_000:
        return f"{ms:.2g}ms" if ms < 10 else f"{ms:.0f}ms"
    if ms < 60_000:
        return f"{ms / 1_000:.1f}s"
    seconds = round(ms / 1_000)
    if seconds < 3_600:
        return f"{seconds // 60}m {seconds % 60}s"
    return f"{seconds // 3_600}h {seconds % 3_600 // 60}m"
