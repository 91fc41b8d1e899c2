"""The picture of an explorer that a notebook file keeps: inert, bounded, and gone where it is not wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanglass import limits
from spanglass.entities import Batch, Span, TraceFacts
from spanglass.explorer import Explorer
from spanglass.explorer.static_html import static_html, static_text
from spanglass.explorer.wire import PageResult, TraceResult
from spanglass.store import Store

HOSTILE = [
    "<script>alert(1)</script>",
    "</td></table><img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)',
    "'><svg onload=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "</div><style>*{display:none}</style>",
    "&lt;script&gt;",
    "\u202egnp.exe",
    "\x1b[31mred\x00",
    "javascript:alert(1)",
    "\ud800",
]
HARMLESS_TAGS = {"div", "p", "code", "table", "thead", "tbody", "tr", "th", "td", "bdi"}


class Reading(HTMLParser):
    """What a browser would make of the page: tags, attributes, text."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.styles: list[str] = []
        self.said: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.styles += [value or "" for name, value in attrs if name == "style"]

    def handle_data(self, data: str) -> None:
        self.said.append(data)

    def is_inert(self) -> bool:
        """Nothing that runs, loads or leads anywhere."""
        return self.tags <= HARMLESS_TAGS and self.attributes <= {"style"} and not any("url" in s for s in self.styles)


def page(text: str, rows: int = 3) -> PageResult:
    return {
        "filter": text,
        "at": 0,
        "next": None,
        "ms": 1.0,
        "diagnostics": [],
        "rows": {
            "trace_id": [f"{text}{n}" for n in range(rows)],
            "span_id": [],
            "time_ms": [1.0] * rows,
            "name": [text] * rows,
            "type": [text] * rows,
            "status": [text] * rows,
            "duration_ms": [None, *[2.5] * rows][:rows],
            "tokens": [7] * rows,
            "errors": [0] * rows,
            "cells": [[text] * rows, [3.5] * rows],
        },
    }


def trace(text: str, spans: int = 3) -> TraceResult:
    return {
        "trace_id": text,
        "name": text,
        "status": text,
        "time_ms": 0,
        "duration_ms": 5,
        "tokens": None,
        "cost": None,
        "session_id": text,
        "user_id": text,
        "tags": {text: text},
        "metadata": {},
        "assessments": [],
        "spans": {
            "id": [f"s{n}" for n in range(spans)],
            "start": [float(n) for n in range(spans)],
            "duration": [None, *[1.0] * spans][:spans],
            "depth": list(range(spans)),
            "size": [spans - n for n in range(spans)],
            "name": [0] * spans,
            "type": [0] * spans,
            "status": [2] * spans,
            "tokens": [None] * spans,
        },
        "names": [text],
        "types": [text],
        "matches": [],
    }


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_in_a_trace_is_text(text: str) -> None:
    reading = Reading(static_html(page(text), columns=[text, "n"], total=9, trace=trace(text)))
    assert reading.is_inert()
    visible = "".join(" " if c < " " or "\ud800" <= c <= "\udfff" else c for c in text)
    assert reading.said.count(visible) >= 3


@given(st.text(st.characters(codec=None)))
def test_any_text_is_inert_and_can_be_written_to_a_file(text: str) -> None:
    made = static_html(page(text), columns=[text, text], trace=trace(text)) + static_text(text)
    made.encode("utf-8")
    assert Reading(made).is_inert()


@pytest.mark.parametrize("text", ["name", "<" * 5_000, "🦊" * 5_000, "&" * 100])
def test_it_is_bounded(text: str) -> None:
    many = static_html(page(text, 5_000), columns=[text] * 2, total=10**6, trace=trace(text, 5_000))
    assert len(many.encode()) <= limits.STATIC_BYTES
    assert "rows shown" in many


def test_it_shows_rows_and_the_open_trace() -> None:
    reading = Reading(static_html(page("agent"), columns=["tag.env", "score"], total=1_204, trace=trace("agent")))
    said = " ".join(reading.said)
    assert "1970-01-01 00:00:00" in said
    assert "tag.env" in said
    assert "3 of 1,204 rows shown" in said
    assert "2ms" in said or "2.5ms" in said
    assert sum("background" in style for style in reading.styles) == 3


def test_at_most_fifty_rows_are_kept() -> None:
    reading = Reading(static_html(page("a", 200), columns=["x", "y"]))
    assert f"{limits.STATIC_ROWS} of 200 rows shown" in " ".join(reading.said)


# ---------------------------------------------------------------- in a notebook's file


@pytest.fixture
def hostile_store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "hostile.db") as store:
        spans = [
            Span(f"t{n}", "s", text, status="ERROR", status_message=text, span_type=text, inputs={text: text})
            for n, text in enumerate(HOSTILE)
        ]
        facts = [TraceFacts(f"t{n}", tags={"env": text}) for n, text in enumerate(HOSTILE)]
        store.write(Batch(spans, facts))
        yield store


def bundle(explorer: Explorer) -> dict[str, Any]:
    made = explorer._repr_mimebundle_()
    assert made is not None
    return made[0]


def test_a_display_has_text_picture_and_widget(opened: Callable[..., Explorer], hostile_store: Store) -> None:
    explorer = opened(hostile_store, columns=["tag.env", "root.inputs"])
    data = bundle(explorer)
    assert set(data) == {"text/plain", "text/html", "application/vnd.jupyter.widget-view+json"}
    assert data["text/plain"] == "Explorer('hostile.db', filter='')"
    reading = Reading(data["text/html"])
    assert reading.is_inert()
    assert "<script>alert(1)</script>" in reading.said


def test_the_picture_shows_the_filter_of_now_and_the_open_trace(explorer: Explorer) -> None:
    explorer.filter = "name = 'writer-loop'"
    said = " ".join(Reading(bundle(explorer)["text/html"]).said)
    assert "1 of 1 rows shown" in said
    assert "ChatOpenAI" in said
    explorer.filter = ""
    explorer.active = (explorer.df().index[-1], None)
    assert "ChatOpenAI" not in " ".join(Reading(bundle(explorer)["text/html"]).said).split("rows shown")[1]


def test_without_embedding_no_text_of_a_trace_is_in_the_file(
    opened: Callable[..., Explorer], hostile_store: Store
) -> None:
    explorer = opened(hostile_store, embed=False)
    assert "text/html" not in bundle(explorer)
    assert "alert" not in str(bundle(explorer)) + str(explorer.get_state())


def test_a_large_trace_is_not_read_for_the_picture(
    opened: Callable[..., Explorer], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MAX_STATIC_SPANS_READ", 2)
    with Store(tmp_path / "s.db") as store:
        store.write(Batch([Span("t", f"s{n}", "step") for n in range(3)]))
        assert "spans" not in bundle(opened(store))["text/html"]
        assert "background" not in bundle(opened(store))["text/html"]
