"""What the widget leaves behind: nothing, however often it is opened and disposed of."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.standin.driver import Show

TIMES = 200
# Bytes that the browser's caches of code may grow by in a turn, less and less; a view left behind weighs 800,000.
MOST_PER_TURN = 10_000

TURN = """
async (times) => {
  const { default: widget } = await import('/static/widget.js');
  const { model } = window.standin;
  for (let turn = 0; turn < times; turn++) {
    const el = document.createElement('div');
    document.body.append(el);
    const end = new AbortController();
    widget.render({ model, el, signal: end.signal });
    await new Promise(requestAnimationFrame);
    model.push('active', [['refund', 'cut', 'talk'][turn % 3], null]);
    await new Promise((done) => setTimeout(done, 12));
    end.abort();
    el.remove();
    model.log.length = 0;
  }
}
"""


def test_opened_and_disposed_of_200_times_the_heap_is_flat(show: Show) -> None:
    widget = show()
    expect(widget.row(0)).to_be_visible()
    session = widget.page.context.new_cdp_session(widget.page)
    session.send("HeapProfiler.enable")

    def now() -> tuple[float, int, int]:
        # The view that stays must show the same both times; timers of the last that went still hold them.
        widget.page.evaluate("window.standin.model.push('active', ['refund', null])")
        widget.page.wait_for_timeout(1_500)
        for _ in range(3):
            session.send("HeapProfiler.collectGarbage")
        used = session.send("Runtime.getHeapUsage")["usedSize"]
        counters = session.send("Memory.getDOMCounters")
        return used, counters["nodes"], counters["jsEventListeners"]

    listeners = widget.page.evaluate("window.standin.model.listeners")
    widget.page.evaluate(TURN, 30)  # what is made once is made by then
    before = now()
    widget.page.evaluate(TURN, TIMES)
    after = now()
    assert after[0] - before[0] < TIMES * MOST_PER_TURN
    # A single view has more nodes and listeners than may be left of two hundred.
    assert after[1] - before[1] < 200
    assert after[2] - before[2] < 20
    assert widget.page.evaluate("window.standin.model.listeners") == listeners
