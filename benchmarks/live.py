"""`python -m benchmarks.live`: an agent of 200 spans a second, recorded with and without an explorer open on its store.

What the cell pays is the CPU time of its own thread, and how long its steps take, the sleeping between them left out;
what the page pays is its frames a second, beside the same page while nothing is recorded.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from tests.browser import chromium, live

from benchmarks import many
from spanglass import set_store, start_span
from spanglass.capture import flush
from spanglass.explorer import explore
from spanglass.store import Store

ROUNDS = 3
SECONDS = 4.0
SPANS_PER_S = 200
SPANS_PER_TRACE = 20
TEXT = "The quick brown fox jumps over the lazy dog. " * 20

# Frames a second, and the longest time between two frames in ms, over so many seconds.
FRAMES = """
(seconds) => new Promise((done) => {
  const began = performance.now();
  let [frames, before, longest] = [0, began, 0];
  const step = () => {
    const now = performance.now();
    longest = Math.max(longest, now - before);
    [before, frames] = [now, frames + 1];
    if (now - began < seconds * 1000) requestAnimationFrame(step);
    else done([frames / (now - began) * 1000, longest]);
  };
  requestAnimationFrame(step);
})
"""


class Agent(threading.Thread):
    """Records spans at a steady pace, and measures itself."""

    def __init__(self) -> None:
        super().__init__()
        self.cpu_ms = 0.0
        self.steps_ms: list[float] = []
        self.spans = 0

    def run(self) -> None:
        cpu, began = time.thread_time(), time.perf_counter()
        while time.perf_counter() - began < SECONDS:
            with start_span("agent", span_type="AGENT"):
                for _ in range(SPANS_PER_TRACE - 1):
                    self.step(began)
            self.spans += 1
        self.cpu_ms = 1000 * (time.thread_time() - cpu)

    def step(self, began: float) -> None:
        """One call of a tool, when it is its time."""
        time.sleep(max(0.0, began + self.spans / SPANS_PER_S - time.perf_counter()))
        step = time.perf_counter()
        with start_span("search", span_type="TOOL") as span:
            span.set_inputs({"query": TEXT, "number": self.spans})
            span.set_outputs(TEXT)
        self.steps_ms.append(1000 * (time.perf_counter() - step))
        self.spans += 1


def recorded(page: Page | None) -> dict[str, float]:
    """What one run of the agent took, and what the page drew meanwhile."""
    process = time.process_time()
    agent = Agent()
    agent.start()
    fps, longest = page.evaluate(FRAMES, SECONDS) if page else (0.0, 0.0)
    agent.join()
    flush()
    return {
        "cpu": agent.cpu_ms / agent.spans * 1000,
        "step": statistics.median(agent.steps_ms),
        "late": statistics.quantiles(agent.steps_ms, n=20)[-1],
        "rate": agent.spans / SECONDS,
        "process": 100 * (time.process_time() - process) / SECONDS,
        "fps": fps,
        "longest": longest,
    }


def opened(browser: Browser, store: Store, stack: ExitStack) -> Page:
    """A page with an explorer of the store, its newest trace open."""
    page = stack.enter_context(browser.new_page())
    widget = live.show(page, stack.enter_context(live.Live(explore(store))))
    widget.open(0)
    page.wait_for_timeout(500)
    return page


def measure(traces: int) -> dict[str, dict[str, float]]:
    """Medians over rounds, with and without an explorer in turns, on a store of so many traces."""
    runs: dict[str, list[dict[str, float]]] = {"closed": [], "open": [], "idle": []}
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.ARGS)
        many.build(Path(name) / "live.db", traces)
        with Store(Path(name) / "live.db") as store:
            set_store(store)
            for _ in range(ROUNDS):
                runs["closed"].append(recorded(None))
                with ExitStack() as stack:
                    page = opened(browser, store, stack)
                    fps, longest = page.evaluate(FRAMES, SECONDS / 2)
                    runs["idle"].append({"fps": fps, "longest": longest})
                    runs["open"].append(recorded(page))
            set_store(None)
        browser.close()
    return {
        kind: {what: statistics.median(run[what] for run in several) for what in several[0]}
        for kind, several in runs.items()
    }


def table(found: dict[str, dict[str, float]]) -> str:
    """The figures with an explorer beside those without."""
    with_, without, idle = found["open"], found["closed"], found["idle"]
    lines = [
        "| an agent of 200 spans a second | with an open explorer | without | ratio |",
        "|---|---:|---:|---:|",
    ]
    for label, what, unit in (
        ("CPU of the cell's thread for 1,000 spans", "cpu", "ms"),
        ("recording one span, median", "step", "ms"),
        ("recording one span, 95th percentile", "late", "ms"),
        ("spans a second", "rate", ""),
        ("CPU of the whole process", "process", "%"),
    ):
        ratio = with_[what] / without[what]
        lines.append(f"| {label} | {with_[what]:.2f} {unit} | {without[what]:.2f} {unit} | {ratio:.2f} |")
    ratio = with_["fps"] / idle["fps"]
    lines.append(
        f"| frames a second of the page | {with_['fps']:.0f} | nothing recorded: {idle['fps']:.0f} | {ratio:.2f} |"
    )
    lines.append(f"| longest frame | {with_['longest']:.0f} ms | nothing recorded: {idle['longest']:.0f} ms | |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(f"load average {os.getloadavg()[0]:.1f}")
    for traces in (1_000, 100_000):
        print(f"\non a store of {traces:,} traces\n\n{table(measure(traces))}")
