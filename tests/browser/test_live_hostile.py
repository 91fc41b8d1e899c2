"""What is inside a trace is data, wherever it is drawn: in the real explorer, and in its picture in the file.

Every field that a trace, a span, an assessment or an experiment has holds markup, scripts, addresses, styles, bidi
overrides and keys that pollute prototypes. Nothing of it runs, loads, or changes the page.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from spanglass.entities import Assessment, AssessmentSource, Batch, Experiment, Link, Span, SpanEvent, TraceFacts
from spanglass.explorer import Explorer, explore
from spanglass.store import Store
from tests.browser import live
from tests.browser.standin.driver import Widget

HARM = [
    "<script>window.harmed=1;alert(1)</script>",
    "<img src=/harm.png onerror='window.harmed=1;alert(1)'>",
    '"><svg onload="window.harmed=1;alert(1)"><a href=\'javascript:alert(1)\'>',
    "javascript:window.harmed=1;alert(1)",
    "</style><style>*{display:none!important;background:url(/harm.css)}",
    "\u202egnp.exe\u2066\u200f",
    "__proto__",
    "constructor",
    "[press](javascript:alert(1)) ![p](/harm.png) <b onclick=alert(1)>b</b>",
    "{{constructor.constructor('alert(1)')()}}",
    "' OR 1=1 --",
    "\x1b]8;;http://localhost/harm\x07x\x1b]8;;\x07",
]
ONCE = "".join(HARM[:5])
# What a filter of the user's may look like once it holds such a value.
TYPED = [
    "name = \"<img src=/harm.png onerror='alert(1)'>\"",
    "<script>alert(1)</script>",
    "tag.`__proto__` = 1",
    "tag.",
]


def nested(text: str) -> dict[str, Any]:
    """A text as key and as value, and as both under keys of prototypes."""
    return {
        text: text,
        "__proto__": {"polluted": text, text: [text, {"toString": text}]},
        "constructor": {"prototype": {"polluted": text}},
        "hasOwnProperty": text,
        "list": [text, [text], {text: None}],
    }


def chat(text: str) -> dict[str, Any]:
    """A conversation in which every part is the text."""
    call = {"id": text, "type": "function", "function": {"name": text, "arguments": text}}
    parts = [
        {"type": "text", "text": text},
        {"type": "image_url", "image_url": {"url": text}},
        {"type": "image_url", "image_url": {"url": "data:image/svg+xml,<svg onload='alert(1)' xmlns='x'/>"}},
        {"type": text, "text": text},
    ]
    return {
        "messages": [
            {"role": text, "content": text, "name": text},
            {"role": "user", "content": parts},
            {"role": "assistant", "content": f"# {text}\n\n{text}\n\n| a |\n|---|\n| {text} |", "tool_calls": [call]},
            {"role": "tool", "tool_call_id": text, "content": text, "name": text},
        ]
    }


def documents(text: str) -> list[dict[str, Any]]:
    return [
        {"page_content": text, "score": 0.5, "metadata": nested(text)},
        {"content": text, "score": text, "id": text},
    ]


def filled(number: int, text: str) -> Batch:
    """One trace of which every field that takes a text holds this one."""
    trace_id = f"t{number}"
    failed = {"exception.type": text, "exception.message": text, "exception.stacktrace": f'  File "{text}", line 1'}

    def span(place: int, **more: Any) -> Span:
        return Span(
            trace_id,
            f"s{place}",
            text,
            parent_id="s0" if place else None,
            status="ERROR",
            status_message=text,
            start_time_ns=place,
            end_time_ns=10**9 + place,
            attributes=nested(text),
            events=[SpanEvent("exception", 5, failed), SpanEvent(text, 6, nested(text))],
            links=[Link(text, text, nested(text))],
            model=text,
            scope=text,
            resource=nested(text),
            **more,
        )

    spans = [
        span(0, span_type=text, inputs=nested(text), outputs=text),
        span(1, span_type="LLM", inputs=chat(text), outputs={"role": "assistant", "content": text}),
        span(2, span_type="RETRIEVER", inputs={"query": text}, outputs={"documents": documents(text)}),
    ]
    facts = TraceFacts(
        trace_id,
        experiment_id="9",
        session_id=text,
        user_id=text,
        model=text,
        request_preview=text,
        response_preview=text,
        tags={text: text, "__proto__": text, "same": text},
        metadata={text: text, "constructor": text},
    )
    source = AssessmentSource("HUMAN", text)
    judged = [
        Assessment(text, text, trace_id=trace_id, source=source, rationale=text),
        Assessment("score", nested(text), trace_id=trace_id, span_id="s1", source=source, rationale=text),
    ]
    return Batch(spans, [facts], judged, [Experiment("9", ONCE)])


@pytest.fixture
def hostile(tmp_path: Path) -> Iterator[Explorer]:
    folder = tmp_path / "<img src=x onerror=alert(1)>"
    folder.mkdir()
    with Store(folder / "<b onclick=alert(1)>.db") as store:
        for number, text in enumerate([*HARM, ONCE]):
            store.write(filled(number, text))
        yield explore(store, columns=["tag.same", "root.inputs", "root.outputs", {"path": "cost", "name": ONCE}])


class Watched:
    """A page that notes what it was made to do."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.asked: list[str] = []
        self.dialogs: list[str] = []
        page.set_default_timeout(10_000)
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("dialog", lambda dialog: (self.dialogs.append(dialog.message), dialog.dismiss()))
        page.on("popup", lambda popup: self.dialogs.append(popup.url))

    def check(self, *own: str) -> None:
        """Nothing ran, nothing was fetched but the page's own files, no prototype has changed."""
        said = self.page.evaluate(
            """() => ({
                 harmed: window.harmed ?? null,
                 polluted: ({}).polluted ?? [].polluted ?? Object.polluted ?? null,
                 proto: Object.keys(Object.prototype).length,
                 words: typeof ({}).toString,
               })"""
        )
        assert said == {"harmed": None, "polluted": None, "proto": 0, "words": "function"}
        assert self.dialogs == []
        assert [url for url in self.asked if not any(name in url for name in own)] == []


def made_of_markup(widget: Widget) -> list[str]:
    """The elements and attributes of the widget that none of its own code makes."""
    return widget.root.evaluate(
        """(root) => [...root.querySelectorAll('*')].flatMap((each) => [
             ...(/^(script|style|link|iframe|object|embed|base|meta|template|video|audio)$/i.test(each.tagName)
               ? [each.outerHTML] : []),
             ...(each.tagName === 'IMG' && !/^(blob:|data:image.(png|jpeg|gif|webp))/.test(each.src)
               ? [each.outerHTML] : []),
             ...[...each.attributes].filter(({ name, value }) =>
               /^on/i.test(name) ||
               (/^(href|src|action|formaction|xlink:href)$/i.test(name) && /^\\s*javascript/i.test(value))
             ).map(({ name }) => name),
           ])"""
    )


OWN = ("/static/", "/standin/", "/kernel/", "data:,", "blob:")  # the last is the second script, from memory


def test_in_every_field_of_a_trace_it_stays_text(hostile: Explorer, page: Page) -> None:
    page.set_viewport_size({"width": 1400, "height": 700})
    watched = Watched(page)
    with live.Live(hostile) as url:
        widget = live.show(page, url)
        expect(widget.grid).to_contain_text("<script>window.harmed=1")
        for row in range(len(HARM) + 1):
            widget.cell(row, 2).click()
            for span in range(3):
                widget.span(span).locator(".sg-name").click()
                for tab in ("Attributes", "Events", "Raw", "In · Out"):
                    widget.detail.get_by_role("tab", name=tab).click()
                    expect(widget.detail.get_by_role("tabpanel")).not_to_be_empty()
                for again in ("markdown", "show", "open all"):  # whatever lays more of it out
                    for button in widget.detail.get_by_role("button", name=again).all()[:4]:
                        if button.is_visible() and button.is_enabled():
                            button.click(timeout=2_000, force=True)
            assert made_of_markup(widget) == []
        watched.check(*OWN)


def test_in_menus_facets_proposals_diagnostics_and_chips_it_stays_text(hostile: Explorer, page: Page) -> None:
    page.set_viewport_size({"width": 1400, "height": 700})
    watched = Watched(page)
    with live.Live(hostile) as url:
        widget = live.show(page, url)
        widget.root.get_by_title("All facets", exact=True).click()
        expect(widget.root.get_by_role("dialog", name="All facets")).to_be_visible()
        assert made_of_markup(widget) == []
        page.keyboard.press("Escape")
        for typed in TYPED:
            widget.box.fill("")
            widget.box.press_sequentially(typed[:60])
            page.wait_for_timeout(400)
            assert made_of_markup(widget) == []
        widget.filter("")
        expect(widget.row(0)).to_be_visible()
        for cell in (2, 7, 8):
            value = widget.cell(0, cell).locator(".sg-value")
            if value.count():
                value.first.hover()
                expect(widget.menu).to_be_visible()
                assert made_of_markup(widget) == []
        name = widget.cell(0, 2).locator(".sg-value").inner_text()
        widget.cell(0, 2).locator(".sg-value").hover()
        widget.menu.get_by_role("menuitem").first.click()
        expect(widget.box).not_to_have_value("")
        widget.count.wait_for()
        expect(widget.row(0)).to_contain_text(name[:20])
        # Its gloss and its error are texts of Python that repeat what was typed.
        widget.box.hover()
        page.wait_for_timeout(300)
        hostile.where(predicate_named(ONCE))
        expect(widget.root.locator(".sg-predicate")).to_contain_text("script>window.harmed=1")
        assert made_of_markup(widget) == []
        watched.check(*OWN)


def predicate_named(name: str) -> Any:
    def holds(trace: Any) -> bool:
        return True

    holds.__name__ = holds.__qualname__ = name
    return holds


def test_the_picture_in_the_notebooks_file_is_inert_too(hostile: Explorer, browser: Browser) -> None:
    hostile.active = ("t12", None)
    html = hostile._repr_mimebundle_()[0]["text/html"]  # type: ignore[index]
    # A page that would let anything happen: what is left out is left out by the text alone.
    with browser.new_page(java_script_enabled=True) as page:
        watched = Watched(page)
        page.set_content(f"<!doctype html><p id=own>own</p>{html}")
        page.wait_for_timeout(300)
        for element in page.locator("table td").all()[:40]:
            element.hover()
        assert page.locator("script, img, svg, a, iframe, link, style, object, form, [onclick], [onerror]").count() == 0
        expect(page.locator("#own")).to_be_visible()
        expect(page.locator("table").first).to_contain_text("<script>window.harmed=1")
        watched.check()
    hostile.close()


def test_a_snapshot_of_it_is_inert_too(hostile: Explorer, page: Page, tmp_path: Path) -> None:
    hostile.active = ("t12", None)
    path = hostile.snapshot(tmp_path / "report.html", title=ONCE)
    hostile.close()
    page.set_viewport_size({"width": 1400, "height": 700})
    watched = Watched(page)
    page.goto(path.as_uri())
    widget = Widget(page)
    expect(widget.tree).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_contain_text("<script>window.harmed=1")
    for row in (0, 4, len(HARM)):
        widget.cell(row, 2).click()
        widget.span(1).locator(".sg-name").click()
        for tab in ("Attributes", "Events", "Raw", "In · Out"):
            widget.detail.get_by_role("tab", name=tab).click()
            expect(widget.detail.get_by_role("tabpanel")).not_to_be_empty()
        assert made_of_markup(widget) == []
    widget.root.get_by_title("All facets", exact=True).click()
    expect(widget.root.get_by_role("dialog", name="All facets")).to_be_visible()
    assert made_of_markup(widget) == []
    watched.check("/report.html")
