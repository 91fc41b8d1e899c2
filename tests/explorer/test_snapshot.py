"""A snapshot as a file: what it holds, what it forbids itself, what it may weigh."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib
from pathlib import Path
from typing import Any

import pytest

from spanglass import limits
from spanglass.entities import Batch, Span, TraceFacts
from spanglass.explorer import explore
from spanglass.filters import resolve
from spanglass.store import Store

HOSTILE = "</script><script>alert(1)</script><!--"
LONG = "word " * 10_000


@pytest.fixture(autouse=True)
def front_end() -> None:
    """The page holds the built front end, as it is."""


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Twenty traces of two spans; one is hostile, one holds a long text."""
    opened = Store(tmp_path / "s.db")
    for number in range(20):
        id = f"t{number:02}"
        root = Span(id, f"{id}-1", "agent", start_time_ns=number * 10**9, end_time_ns=number * 10**9 + 5_000_000)
        tool = Span(id, f"{id}-2", "search", f"{id}-1", span_type="TOOL", start_time_ns=number * 10**9)
        tool.inputs = {"query": HOSTILE if number == 3 else LONG if number == 4 else f"question {number}"}
        tool.status = "ERROR" if number % 4 == 0 else "OK"
        opened.write(Batch([root, tool], [TraceFacts(id, tags={"env": "prod" if number % 2 else "dev"})]))
    return opened


def data_of(path: Path) -> dict[str, Any]:
    """What the page holds."""
    found = re.search(r'<script type="application/json" id="spanglass-data">(.*?)</script>', path.read_text("utf-8"))
    assert found
    return json.loads(found[1])


def unpacked(data: dict[str, Any], trace_id: str) -> dict[str, Any]:
    return json.loads(zlib.decompress(base64.b64decode(data["packed"][data["places"][trace_id]])))


def test_it_holds_the_rows_in_order_and_each_span_with_its_contents(store: Store, tmp_path: Path) -> None:
    ex = explore(store, filter="{ type = 'TOOL' AND status = 'ERROR' } ORDER BY timestamp", columns=["tag.env"])
    data = data_of(ex.snapshot(tmp_path / "report.html"))
    assert data["list"]["trace_id"] == ["t00", "t04", "t08", "t12", "t16"]
    assert data["list"]["cells"] == [["dev"] * 5]
    assert (data["total"], data["of"], data["left"]) == (5, 20, ["in 1 spans long texts or lists are cut short"])
    held = unpacked(data, "t08")
    assert held["spans"]["t08-2"]["inputs"] == {"query": "question 8"}
    assert held["trace"]["matches"] == [1]


def test_only_the_selected_rows_when_that_is_asked(store: Store, tmp_path: Path) -> None:
    ex = explore(store)
    ex.selected = ["t02", "t05"]
    assert sorted(data_of(ex.snapshot(tmp_path / "two.html", "selected"))["list"]["trace_id"]) == ["t02", "t05"]
    ex.selected = []
    with pytest.raises(ValueError, match="nothing is selected"):
        ex.snapshot(tmp_path / "none.html", "selected")
    assert not (tmp_path / "none.html").exists()


def test_what_a_facet_writes_is_a_filter_that_python_reads(store: Store, tmp_path: Path) -> None:
    data = data_of(explore(store, filter="status = 'OK' OR status = 'ERROR'").snapshot(tmp_path / "report.html"))
    assert {facet["field"] for facet in data["facets"]} >= {"status", "span.type", "tag.env"}
    for facet in data["facets"]:
        for choice in facet["choices"]:
            for want in ("in", "out"):
                resolve(f"{data['where']} AND {choice[want]}")
    (env,) = [facet for facet in data["facets"] if facet["field"] == "tag.env"]
    assert sorted((each["value"], sum(n in at for at in env["at"])) for n, each in enumerate(env["choices"])) == [
        ("dev", 10),
        ("prod", 10),
    ]


def test_no_content_of_a_trace_ends_the_element_it_lies_in(store: Store, tmp_path: Path) -> None:
    path = explore(store, columns=["search.inputs.query"]).snapshot(tmp_path / "report.html", title=HOSTILE)
    text = path.read_text("utf-8")
    assert text.count("<script") == 2
    assert text.count("</script") == 2
    assert HOSTILE in data_of(path)["list"]["cells"][0]
    assert unpacked(data_of(path), "t03")["spans"]["t03-2"]["inputs"] == {"query": HOSTILE}


def test_the_page_allows_itself_its_own_script_and_nothing_else(store: Store, tmp_path: Path) -> None:
    text = explore(store).snapshot(tmp_path / "report.html").read_text("utf-8")
    script = text[text.rindex("<script>") + len("<script>") : text.rindex("</script>")]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; img-src data:"
    assert f'http-equiv="Content-Security-Policy" content="{policy}"' in text
    assert set(re.findall(r"https?://[\w./-]+", script)) <= {
        "http://www.w3.org/1998/Math/MathML",
        "http://www.w3.org/2000/svg",
        "http://www.w3.org/1999/xhtml",
    }
    assert not re.search(r"\bfetch\s*\(|XMLHttpRequest|WebSocket|sendBeacon", script)


def test_what_does_not_fit_is_left_out_and_said(tmp_path: Path) -> None:
    noise = "".join(hashlib.sha256(str(n).encode()).hexdigest() for n in range(2_000))  # hardly to be compressed
    with Store(tmp_path / "big.db") as store:
        for number in range(40):
            texts = {str(n): noise[n * 1_000 + number : (n + 15) * 1_000 + number] for n in range(10)}
            store.write(Batch([Span(f"t{number}", f"s{number}", "call", inputs=texts)]))
        ex = explore(store)
        path = ex.snapshot(tmp_path / "small.html", max_megabytes=1)
        data = data_of(path)
        assert path.stat().st_size <= 1_000_000
        assert len(data["list"]["trace_id"]) == 40
        assert 0 < len(data["places"]) < 40
        left = 40 - len(data["places"])
        assert data["left"] == [f"{left} traces of the list cannot be opened, to keep the file small"]
        for given in (0.1, float("nan"), float("inf")):
            with pytest.raises(ValueError, match="max_megabytes"):
                ex.snapshot(tmp_path / "x.html", max_megabytes=given)


def test_a_long_text_is_cut_and_its_length_kept(store: Store, tmp_path: Path) -> None:
    span = unpacked(data_of(explore(store).snapshot(tmp_path / "report.html")), "t04")["spans"]["t04-2"]
    assert span["inputs"]["query"] == LONG[: limits.SNAPSHOT_TEXT_CHARS]
    assert span["cuts"] == [{"path": ["inputs", "query"], "kind": "text", "length": len(LONG)}]


def test_a_file_that_cannot_be_written_leaves_nothing_behind(store: Store, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nowhere"):
        explore(store).snapshot(tmp_path / "nowhere" / "report.html")
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError):
        explore(store).snapshot(tmp_path / "folder")
    assert sorted(path.name for path in tmp_path.iterdir() if path.suffix != "" or path.is_dir())[0] == "folder"
    assert not list(tmp_path.glob(".*part"))


def test_an_empty_store_makes_a_page_too(tmp_path: Path) -> None:
    with Store(tmp_path / "empty.db") as store:
        assert data_of(explore(store).snapshot(tmp_path / "empty.html"))["total"] == 0
