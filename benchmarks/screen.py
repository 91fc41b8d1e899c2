"""What the explorer takes in a real browser, beside an empty anywidget on the same page in the same run.

In wall time, as a person has to wait, and in CPU time, which says what it would be on a machine that does nothing else:
of the page's main thread and of this process, which is the kernel.
"""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anywidget
from playwright.sync_api import Browser, CDPSession, Page, sync_playwright
from tests.browser import chromium, live

from benchmarks import many
from spanglass.engines.base import Cancel
from spanglass.entities import Batch, Span
from spanglass.explorer import explore, rows
from spanglass.explorer.source import Scope, Source
from spanglass.explorer.wire import PageParams
from spanglass.store import Store

ROUNDS = 7
FILTERS = ("status = 'ERROR'", "{ type = 'LLM' }", "{ type = 'TOOL' AND duration > 1s }", "tag.env = 'prod'", "")

# Milliseconds from the page's beginning until a first row of the list has been painted.
PAINTED = """
() => new Promise((done) => {
  const look = () => document.querySelector('[data-row="0"]:not(.sg-waiting)')
    ? requestAnimationFrame(() => setTimeout(() => done(performance.now())))
    : requestAnimationFrame(look);
  look();
})
"""
# Milliseconds from a click on the first row until a span of its trace has been painted.
OPENED = """
() => new Promise((done) => {
  const began = performance.now();
  document.querySelector('[data-row="0"] [data-cell="2"]').click();
  const look = () => document.querySelector('[role=treegrid] [role=row]')
    ? requestAnimationFrame(() => setTimeout(() => done(performance.now() - began)))
    : requestAnimationFrame(look);
  look();
})
"""
# Frames a second, and the most rows there were, over two seconds of scrolling by 40 rows a frame.
SCROLLED = """
() => new Promise((done) => {
  const grid = document.querySelector('[role=grid]');
  const began = performance.now();
  let [frames, most] = [0, 0];
  const step = () => {
    grid.scrollTop += 960;
    frames += 1;
    most = Math.max(most, grid.querySelectorAll('[role=row]').length);
    const took = performance.now() - began;
    if (took < 2000) requestAnimationFrame(step);
    else done([frames / took * 1000, most]);
  };
  requestAnimationFrame(step);
})
"""
# Frames a second of the page when nothing is done.
IDLE = """
() => new Promise((done) => {
  const began = performance.now();
  let frames = 0;
  const step = () => {
    frames += 1;
    const took = performance.now() - began;
    if (took < 2000) requestAnimationFrame(step);
    else done(frames / took * 1000);
  };
  requestAnimationFrame(step);
})
"""


class Empty(anywidget.AnyWidget):
    """A widget that shows a word."""

    _esm = "export default { render({ el }) { el.innerHTML = '<b data-row=\"0\">empty</b>'; } };"


@dataclass(frozen=True, slots=True)
class Took:
    """Milliseconds by the clock, and of CPU."""

    wall: float
    cpu: float

    def __add__(self, other: Took) -> Took:
        return Took(self.wall + other.wall, self.cpu + other.cpu)

    def __str__(self) -> str:
        return f"{self.wall:.0f} ms (CPU {self.cpu:.0f})"


def median(rounds: list[Took]) -> Took:
    """The median of each of the two."""
    return Took(statistics.median(one.wall for one in rounds), statistics.median(one.cpu for one in rounds))


def thread_times(page: Page) -> CDPSession:
    """Has the page's main thread counted in CPU time; to be asked by `busy`."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    return session


def busy(session: CDPSession) -> float:
    """CPU milliseconds that the page's main thread has worked."""
    found = session.send("Performance.getMetrics")["metrics"]
    return next(1000 * each["value"] for each in found if each["name"] == "TaskDuration")


def in_cell(make: Callable[[], anywidget.AnyWidget]) -> Took:
    """What a cell takes that makes a widget and shows it."""
    began, worked = time.perf_counter(), time.thread_time()
    widget = make()
    widget._repr_mimebundle_()
    took = Took(1000 * (time.perf_counter() - began), 1000 * (time.thread_time() - worked))
    widget.close()
    return took


def first_paint(browser: Browser, store: Store) -> dict[str, Took]:
    """Cell and page together, of an explorer and of an empty widget, in turns."""
    makes: dict[str, Callable[[], anywidget.AnyWidget]] = {"explorer": lambda: explore(store), "empty": Empty}
    took: dict[str, list[Took]] = {kind: [] for kind in makes}
    for _ in range(ROUNDS):
        for kind, make in makes.items():
            cell = in_cell(make)
            server = live.Live(make())
            with server as url, browser.new_page() as page:
                times = thread_times(page)
                page.goto(url, wait_until="commit")
                took[kind].append(cell + Took(page.evaluate(PAINTED), busy(times)))
                server.settle()  # nothing of it is still being answered while the next one is measured
    return {kind: median(rounds) for kind, rounds in took.items()}


def grow(path: Path, n: int) -> None:
    """Write a store with one trace of n spans, four below each."""
    spans = [
        Span(
            "t",
            f"{k:x}",
            f"step {k % 50}",
            parent_id=f"{(k - 1) // 4:x}" if k else None,
            start_time_ns=k,
            end_time_ns=10**6,
        )
        for k in range(n)
    ]
    with Store(path) as store:
        store.write(Batch(spans))
        store.skeleton("t")  # numbered when first read, once


def opening(browser: Browser, store: Store) -> Took:
    """From the click until the store's trace is drawn."""
    rounds = []
    for _ in range(ROUNDS):
        server = live.Live(explore(store))
        with server as url, browser.new_page() as page:
            times = thread_times(page)
            live.show(page, url)
            page.wait_for_timeout(300)
            server.settle()
            before, worked = busy(times), time.process_time()
            wall = page.evaluate(OPENED)
            rounds.append(Took(wall, 1000 * (time.process_time() - worked) + busy(times) - before))
    return median(rounds)


def scrolling(browser: Browser, store: Store) -> dict[str, float]:
    """Frames a second over all rows, CPU ms a frame, the most rows mounted, and frames a second when idle."""
    server = live.Live(explore(store))
    with server as url, browser.new_page() as page:
        times = thread_times(page)
        live.show(page, url)
        page.wait_for_timeout(1000)
        server.settle()
        idle = page.evaluate(IDLE)
        before = busy(times)
        fps, mounted = page.evaluate(SCROLLED)
        frame = (busy(times) - before) / (2 * fps)
    return {"fps": fps, "frame": frame, "mounted": mounted, "idle": idle}


def filtering(store: Store) -> float:
    """The slowest median of milliseconds from a filter's text to a page of rows as they travel."""
    source = Source(store, "bench", Scope())
    slowest = 0.0
    for text in FILTERS:
        times = []
        for _ in range(ROUNDS):
            began = time.perf_counter()
            rows.page(source, PageParams(text, "traces", (), 0, None, 200, False), Cancel())
            times.append(1000 * (time.perf_counter() - began))
        slowest = max(slowest, statistics.median(times))
    return slowest


def saved(store: Store) -> int:
    """Bytes that a notebook keeps of an explorer, beside its bundle."""
    explorer = explore(store)
    state = {name: value for name, value in explorer.get_state().items() if name not in ("_esm", "_css")}
    shown = explorer._repr_mimebundle_()
    explorer.close()
    return len(json.dumps(state, default=str)) + len(json.dumps(shown[0] if shown else {}))


def measure(asked: Store) -> dict[str, Any]:
    """All of it; filters are asked of the store given, everything else of stores made for it."""
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.ARGS)
        found: dict[str, Any] = {"filter": filtering(asked), "paint": {}, "open": {}}
        for n in (10_000, 1_000_000):
            many.build(folder / f"many{n}.db", n)
            with Store(folder / f"many{n}.db") as store:
                found["paint"][n] = first_paint(browser, store)
                if n == 1_000_000:
                    found["scroll"] = scrolling(browser, store)
                    found["saved"] = saved(store)
        for n in (10_000, 100_000):
            grow(folder / f"{n}.db", n)
            with Store(folder / f"{n}.db") as store:
                found["open"][n] = opening(browser, store)
        browser.close()
    return found


def table(found: dict[str, Any]) -> str:
    """The figures beside what they should be at most."""
    lines = ["| on the screen | measured | beside it | at most |", "|---|---:|---:|---:|"]
    for (n, paint), most in zip(found["paint"].items(), (100, 300), strict=True):
        beside = f"empty anywidget {paint['empty']}"
        lines.append(f"| first paint, {n:,} traces | {paint['explorer']} | {beside} | + {most} ms |")
    lines.append(f"| filter text to 200 rows, in the kernel | {found['filter']:.1f} ms | | 100 ms |")
    scroll = found["scroll"]
    lines.append(f"| scrolling 1,000,000 rows | {scroll['fps']:.0f} fps | idle {scroll['idle']:.0f} fps | 60 fps |")
    lines.append(f"| of a frame's 16.7 ms, CPU | {scroll['frame']:.1f} ms | | |")
    lines.append(f"| rows mounted meanwhile | {scroll['mounted']:.0f} | | 60 |")
    for (n, took), most in zip(found["open"].items(), (150, 600), strict=True):
        lines.append(f"| opening a trace of {n:,} spans | {took} | | {most} ms |")
    lines.append(f"| saved beside the bundle | {found['saved'] / 1000:.0f} kB | | 100 kB |")
    return "\n".join(lines)
