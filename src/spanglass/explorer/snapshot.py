"""One offline file of what an explorer shows: the same front end over data that lies in the page itself.

The page holds three things: the rows as HTML for whoever runs no scripts, the front end, and its data (``FileData``
in ``js/src/file/data.ts``). What comes from a trace is JSON in an inert element, never markup, and the page forbids
itself everything but its own script.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import tempfile
import time
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

from spanglass import limits
from spanglass.engines.base import Cancel, RowId, RowPage
from spanglass.explorer import overview, texts, traces, wire
from spanglass.explorer.assets import asset
from spanglass.explorer.details import TooLarge, cut, cut_once
from spanglass.explorer.envelope import WireFault, encode
from spanglass.explorer.rows import drawn
from spanglass.explorer.source import Source, column_of
from spanglass.filters import choices, resolve_column
from spanglass.filters.edit import condition_text, order_text
from spanglass.filters.tokens import KEYWORDS

MEGABYTE = 1_000_000

# As many digits as a number may have that JavaScript has not exactly.
_LONG_NUMBER = re.compile(rb"\d{16}")

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<div id="spanglass">
<h1>{title}</h1>
{still}
</div>
<script type="application/json" id="spanglass-data">{data}</script>
<script>{script}</script>
</body>
</html>
"""


@dataclass(frozen=True, slots=True)
class Shown:
    """What of an explorer goes into the file."""

    filter: str
    rows: wire.RowMode
    columns: Sequence[wire.ColumnSpec]
    screen: dict[str, Any]
    active: tuple[str | None, str | None]
    ids: Sequence[RowId]


@dataclass
class Packed:
    """Traces as the file has them, and what was left out of them."""

    texts: list[str] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)
    missing: int = 0
    shortened: int = 0
    stripped: int = 0


def write_snapshot(source: Source, shown: Shown, still: str, path: Path, *, title: str, max_bytes: int) -> Path:
    """Write the file beside its place and then put it there, so that nobody finds half of one.

    Args:
        source: what the explorer looks at.
        shown: filter, rows, columns and arrangement, and the ids of the rows.
        still: the rows as HTML, for readers without scripts.
        path: where to; a file that is there is replaced.
        title: the heading of the page.
        max_bytes: what the file may weigh. Traces that do not fit are left out, and the page says so.
    """
    data = contents(source, shown, title, max_bytes - len(html({}, still, title)))
    text = html(data, still, title)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(name, 0o666 & ~umask)  # as any file that is written, not as a secret one
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return path


def html(data: dict[str, Any], still: str, title: str) -> str:
    """The whole page."""
    script = asset("snapshot.js").strip()
    # Within a script element only "<" could end it, and JSON can write that otherwise.
    inert = encode(data).decode().replace("<", "\\u003c")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; img-src data:"
    return PAGE.format(
        policy=policy, title=escape(title), style=asset("snapshot.css"), still=still, data=inert, script=script
    )


def contents(source: Source, shown: Shown, title: str, room: int) -> dict[str, Any]:
    """The data of the page."""
    ids = list(shown.ids[: limits.SNAPSHOT_ROWS])
    query = source.meaning(shown.filter, shown.rows)
    listed = source.engine.rows(query, ids, [column_of(spec) for spec in shown.columns])
    facets = list(facets_of(source, shown, ids))
    rows = drawn(listed)
    packed = pack(source, shown, listed, room - len(encode(rows)) - len(encode(facets)))
    return {
        "title": title,
        "made_ms": time.time_ns() // 1_000_000,
        "source": source.name,
        "keywords": sorted(KEYWORDS),
        "rows": shown.rows,
        "columns": list(shown.columns),
        "screen": shown.screen,
        "active": shown.active if shown.active[0] in packed.places else (None, None),
        "where": condition_text(shown.filter),
        "order": order_text(shown.filter),
        "order_keys": texts.ORDER_KEYS[shown.rows],
        "total": len(shown.ids),
        "of": source.engine.count(source.meaning("", shown.rows)),
        "list": rows,
        "facets": facets,
        "places": packed.places,
        "packed": packed.texts,
        "left": list(left_out(shown, packed)),
    }


def facets_of(source: Source, shown: Shown, ids: list[RowId]) -> Iterator[dict[str, Any]]:
    """Each facet with its most frequent values, and which of them each row has."""
    for name in dict.fromkeys([*overview.FIELDS[shown.rows], *overview.frequent_keys(source)]):
        (held,) = source.engine.columns(ids, [resolve_column(name, pick="all")])
        each_row = [values if isinstance(values, list) else [values] for values in held]
        counts: dict[wire.Scalar, int] = {}
        for values in each_row:
            for value in {value: None for value in values if is_choice(value)}:
                counts[value] = counts.get(value, 0) + 1
        most = sorted(counts, key=lambda value: -counts[value])[: limits.SNAPSHOT_FACET_VALUES]
        place = {value: at for at, value in enumerate(most)}
        at = [sorted({place[value] for value in values if is_choice(value) and value in place}) for values in each_row]
        yield {
            "field": name,
            "choices": [
                {
                    "value": value,
                    "in": choices.choose("", name, value, "in", shown.rows),
                    "out": choices.choose("", name, value, "out", shown.rows),
                }
                for value in most
            ],
            "at": at,
        }


def is_choice(value: Any) -> bool:
    """Whether a value can be clicked in a facet. Numbers and truths would mix: 1 and true are one key of a dict."""
    return isinstance(value, str) and len(value) <= limits.MAX_CLICKED_CHARS


def pack(source: Source, shown: Shown, listed: RowPage, room: int) -> Packed:
    """As many traces as there is room for, the open one first and the rest in the order of the list."""
    packed = Packed()
    wanted = dict.fromkeys(listed.trace_id)
    if shown.active[0] in wanted:
        wanted = {shown.active[0]: None, **wanted}
    refused = 0
    for at, trace_id in enumerate(wanted):
        if refused >= limits.SNAPSHOT_REFUSED:  # it is full: the rest need not be read
            packed.missing += len(wanted) - at
            break
        try:
            trace = traces.trace(source, wire.TraceParams(trace_id, shown.filter), Cancel())
        except WireFault:  # deleted since its row was found
            packed.missing += 1
            continue
        details, shortened, stripped = spans_of(source, trace_id)
        text = base64.b64encode(zlib.compress(encode({"trace": trace, "spans": details}), 6)).decode()
        if len(text) + len(trace_id) + 20 > room:
            packed.missing += 1
            refused += 1
            continue
        refused = 0
        room -= len(text) + len(trace_id) + 20
        packed.places[trace_id] = len(packed.texts)
        packed.texts.append(text)
        packed.shortened += shortened
        packed.stripped += stripped
    return packed


def spans_of(source: Source, trace_id: str) -> tuple[dict[str, Any], int, int]:
    """The details of a trace's spans; in how many something was cut off; how many have none, the trace being large."""
    details: dict[str, Any] = {}
    shortened = size = 0
    spans = source.store.spans(trace_id)
    for span in spans:
        detail, cuts, weight = shortened_detail(traces.detail_of(span))
        size += weight
        if size > limits.SNAPSHOT_TRACE_BYTES:
            break
        details[span.span_id] = {**detail, "cuts": cuts}
        shortened += any(each["kind"] != "number" for each in cuts)
    return details, shortened, len(spans) - len(details)


def shortened_detail(whole: dict[str, Any]) -> tuple[dict[str, Any], list[wire.Cut], int]:
    """A span's details as the file holds them, what was cut off, and how many bytes they are."""
    text = encode(whole)
    # A span is seldom large, and walking through it takes far longer than seeing that.
    small = len(text) <= limits.SNAPSHOT_TEXT_CHARS and text.count(b",") <= limits.SNAPSHOT_ITEMS
    shallow = text.count(b"[") + text.count(b"{") < limits.CUT_DEPTH
    if small and shallow and not _LONG_NUMBER.search(text):
        return whole, [], len(text)
    try:
        detail, cuts = cut_once(whole, (), limits.SNAPSHOT_TEXT_CHARS, limits.SNAPSHOT_ITEMS, limits.MAX_DETAIL_BYTES)
    except TooLarge:
        detail, cuts = cut(whole)
    return detail, cuts, len(encode(detail))


def left_out(shown: Shown, packed: Packed) -> Iterator[str]:
    """What the file lacks, in sentences."""
    if len(shown.ids) > limits.SNAPSHOT_ROWS:
        yield f"only the first {limits.SNAPSHOT_ROWS:,} of {len(shown.ids):,} rows are listed"
    if packed.missing:
        noun = "trace" if packed.missing == 1 else "traces"
        yield f"{packed.missing:,} {noun} of the list cannot be opened, to keep the file small"
    if packed.stripped:
        yield f"{packed.stripped:,} spans of very large traces are shown without their contents"
    if packed.shortened:
        yield f"in {packed.shortened:,} spans long texts or lists are cut short"
