"""What the built bundle weighs and what it asks of the network."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

from playwright.sync_api import expect

from spanglass.explorer.assets import STATIC
from tests.browser.standin.driver import Show

SOURCES = sorted((Path(__file__).parents[2] / "js" / "src").rglob("*.ts*"))
MAX_GZIP = 60_000
MAX_BYTES = 180_000
MAX_MORE_GZIP = 40_000  # no notebook's file carries it: it comes over the wire, once a view
MAX_LINES = 300


def built() -> dict[str, bytes]:
    return {name: (STATIC / name).read_bytes() for name in ("widget.js", "widget.css")}


def test_the_bundle_is_small_since_every_saved_widget_carries_it() -> None:
    files = built()
    assert sum(len(gzip.compress(text)) for text in files.values()) <= MAX_GZIP
    assert sum(len(text) for text in files.values()) <= MAX_BYTES


def test_the_bundle_names_no_address_and_loads_nothing() -> None:
    files = built()
    script, style = files["widget.js"].decode(), files["widget.css"].decode()
    addresses = set(re.findall(r"https?://[\w./-]+", script + style))
    assert {address for address in addresses if not address.startswith("http://www.w3.org/")} == set()
    # The one thing imported is the second script, from memory.
    assert len(re.findall(r"\bimport\s*\(", script)) == 1
    assert re.search(r"createObjectURL\(new Blob\(\[", script)
    for each in (script, (STATIC / "more.js").read_text("utf-8")):
        assert not re.search(r"\bfetch\s*\(|XMLHttpRequest|WebSocket|sendBeacon", each)
    assert not re.search(r"\bimport\b", (STATIC / "more.js").read_text("utf-8"))
    assert not re.search(r"@import|url\(", style)


def test_the_second_script_is_no_heap_of_everything() -> None:
    assert len(gzip.compress((STATIC / "more.js").read_bytes())) <= MAX_MORE_GZIP


def test_no_source_makes_markup_or_code_of_text() -> None:
    banned = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|srcdoc|\beval\(|new Function|document\.querySelector")
    assert SOURCES
    assert [path.name for path in SOURCES if banned.search(path.read_text("utf-8"))] == []


def test_a_file_is_one_noun() -> None:
    long = {path.name: len(path.read_text("utf-8").splitlines()) for path in SOURCES}
    assert {name: lines for name, lines in long.items() if lines > MAX_LINES} == {}


def test_using_the_widget_makes_no_request(show: Show) -> None:
    widget = show()
    requests: list[str] = []
    widget.page.on("request", lambda request: requests.append(request.url))
    widget.filter("status = 'ERROR'")
    expect(widget.count).to_contain_text(" of 1,204")
    widget.open(0)
    for tab in ("Attributes", "Events", "Raw"):
        widget.detail.get_by_role("tab", name=tab).click()
    widget.grid.hover()
    widget.page.mouse.wheel(0, 4000)
    widget.grid.press("+")
    expect(widget.root.get_by_role("dialog", name="Add a column")).to_be_visible()
    widget.page.wait_for_timeout(300)
    assert [address for address in requests if not address.startswith("blob:")] == []
