"""Labelling by keys, in the built bundle on a real explorer: what is pressed is in the store, and on the screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from spanglass.entities import Assessment, AssessmentSource, Batch, Span
from spanglass.explorer import Explorer, explore
from spanglass.store import Store
from tests.browser import live
from tests.browser.standin.driver import Widget
from tests.browser.test_bundle_accessible import faults

LABELS = {"correct": [True, False], "tone": ["kind", "neutral", "rude"]}
NAMES = ["t0", "t1", "t2", "t3", "t4", "t5"]


@pytest.fixture(scope="module")
def wide(browser: Browser) -> Iterator[Page]:
    """One page for all tests."""
    page = browser.new_page(viewport={"width": 1124, "height": 560}, reduced_motion="reduce")
    page.set_default_timeout(20_000)
    yield page
    page.close()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Six traces of an agent and its tool, the newest last."""
    with Store(tmp_path / "labels.db") as opened:
        opened.write(
            Batch(
                [
                    Span(
                        name,
                        f"{name}-{kind}",
                        kind,
                        parent_id=f"{name}-agent" if kind == "tool" else None,
                        span_type=kind.upper(),
                        start_time_ns=10**9 * n,
                        end_time_ns=10**9 * n + 10**7,
                    )
                    for n, name in enumerate(NAMES)
                    for kind in ("agent", "tool")
                ]
            )
        )
        yield opened


@pytest.fixture
def shown(wide: Page, store: Store) -> Iterator[Callable[..., tuple[Widget, Explorer]]]:
    """Shows an explorer of the store, or another one."""
    errors: list[str] = []

    def note(error: object) -> None:
        errors.append(str(error))

    wide.on("pageerror", note)
    with ExitStack() as stack:

        def show(explorer: Explorer | None = None, theme: str = "light", **arguments: Any) -> tuple[Widget, Explorer]:
            made = explorer or explore(store, **{"labels": LABELS, "rater": "anna", **arguments})
            return live.show(wide, stack.enter_context(live.Live(made)), theme=theme), made

        yield show
        wide.goto("about:blank")
    wide.remove_listener("pageerror", note)
    assert errors == []


def bar(widget: Widget) -> Locator:
    return widget.root.get_by_role("group", name="Labels", exact=True)


def value(widget: Widget, name: str, value: str) -> Locator:
    """The button that gives a value."""
    return bar(widget).get_by_role("group", name=name, exact=True).get_by_role("button", name=value)


def said(store: Store, trace_id: str) -> list[tuple[Any, ...]]:
    """What counts: span, name, value, who and why."""
    return [
        (each.span_id, each.name, each.value, each.source.source_id, each.rationale)
        for each in store.assessments(trace_id)
        if each.valid
    ]


def eventually(widget: Widget, found: Callable[[], object], expected: object) -> None:
    """Wait until something in the store is so: the screen shows a label before it is stored."""
    for _ in range(400):
        if found() == expected:
            return
        widget.page.wait_for_timeout(25)
    assert found() == expected


def press(widget: Widget, *keys: str) -> None:
    for key in keys:
        widget.page.keyboard.press(key)


def test_keys_label_the_trace_and_the_span_and_everything_shows_it_at_once(
    shown: Callable[..., tuple[Widget, Explorer]], store: Store
) -> None:
    widget, ex = shown(columns=["feedback.correct"])
    widget.open(1)
    widget.cell(1, 2).focus()
    press(widget, "Enter", "l")
    expect(bar(widget)).to_contain_text("trace agent")
    expect(bar(widget)).to_contain_text("as anna")
    press(widget, "1")
    expect(value(widget, "correct", "true")).to_have_attribute("aria-pressed", "true")
    eventually(widget, lambda: said(store, "t4"), [(None, "correct", True, "anna", None)])
    # The column, the chip and the facet, without a click; and place and focus are kept.
    expect(widget.cell(1, 6)).to_have_text("true")
    expect(widget.trace.locator(".sg-judged")).to_have_text("correct true")
    expect(widget.span(0)).to_be_focused()
    # The digits give the next label now; of the span what is said is said of the span.
    press(widget, "j")
    expect(bar(widget)).to_contain_text("span tool")
    expect(value(widget, "correct", "true")).to_have_attribute("aria-pressed", "false")
    press(widget, "l", "3")
    expect(value(widget, "tone", "rude")).to_have_attribute("aria-pressed", "true")
    eventually(widget, lambda: said(store, "t4")[1:], [("t4-tool", "tone", "rude", "anna", None)])
    press(widget, "t")
    expect(bar(widget)).to_contain_text("trace agent")
    press(widget, "Escape")
    expect(bar(widget)).to_have_count(0)
    widget.filter("feedback.correct = true")
    expect(widget.count).to_contain_text("1 of 6")
    assert ex.df()["feedback.correct"].to_dict() == {"t4": True}
    widget.box.fill("feedback.")
    expect(widget.root.get_by_role("option", name="tone")).to_be_visible()
    # Where rows are spans it is a span that is meant.
    widget.filter("")
    widget.root.get_by_role("radio", name="spans").click()
    tool = widget.grid.get_by_role("row").filter(has_text="tool").nth(2)
    tool.locator('[data-cell="2"]').click()
    tool.locator('[data-cell="2"]').press("l")
    expect(bar(widget)).to_contain_text("span tool")
    press(widget, "2")
    eventually(widget, lambda: said(store, "t3"), [("t3-tool", "correct", False, "anna", None)])


def test_a_key_too_many_says_so_and_the_mouse_does_all_that_keys_do(
    shown: Callable[..., tuple[Widget, Explorer]], store: Store
) -> None:
    widget, _ = shown()
    widget.open(0)
    widget.cell(0, 2).press("l")
    press(widget, "7")
    expect(widget.footer).to_contain_text("correct has 2 values")
    value(widget, "tone", "neutral").click()
    expect(value(widget, "tone", "neutral")).to_have_attribute("aria-pressed", "true")
    bar(widget).get_by_role("button", name="undo").click()
    expect(value(widget, "tone", "neutral")).to_have_attribute("aria-pressed", "false")
    eventually(widget, lambda: said(store, "t5"), [])
    bar(widget).get_by_role("button", name="done").click()
    expect(bar(widget)).to_have_count(0)
    expect(widget.cell(0, 2)).to_be_focused()


def test_all_selected_are_labelled_and_unlabelled_at_one_go(
    shown: Callable[..., tuple[Widget, Explorer]], store: Store
) -> None:
    widget, ex = shown()
    for row in (0, 2, 3):
        widget.cell(row, 0).click()
    press(widget, "l")
    expect(bar(widget)).to_contain_text("3 selected")
    press(widget, "2")
    expect(value(widget, "correct", "false")).to_have_attribute("aria-pressed", "true")
    expect(widget.footer).to_contain_text("correct = false · 3 changed")
    eventually(widget, lambda: [trace for trace in NAMES if said(store, trace)], ["t2", "t3", "t5"])
    press(widget, "Control+a")
    expect(bar(widget)).to_contain_text("all 6 filtered selected")
    expect(value(widget, "correct", "false")).to_have_attribute("aria-pressed", "mixed")
    expect(value(widget, "correct", "false")).to_contain_text("3")
    press(widget, "l", "1")
    expect(value(widget, "tone", "kind")).to_have_attribute("aria-pressed", "true")
    assert len(ex.selected) == 6
    kind = (None, "tone", "kind", "anna", None)
    eventually(widget, lambda: [kind in said(store, trace) for trace in NAMES], [True] * 6)
    press(widget, "Backspace")
    expect(value(widget, "tone", "kind")).to_have_attribute("aria-pressed", "false")
    press(widget, "Control+z")
    expect(value(widget, "correct", "false")).to_have_attribute("aria-pressed", "false")
    eventually(widget, lambda: [said(store, trace) for trace in NAMES], [[]] * 6)
    press(widget, "Backspace")
    expect(widget.footer).to_contain_text("no label to be taken back")


def test_a_note_goes_with_the_label_given_or_with_the_next(
    shown: Callable[..., tuple[Widget, Explorer]], store: Store
) -> None:
    widget, _ = shown()
    widget.open(0)
    widget.cell(0, 2).press("l")
    press(widget, "2")
    expect(value(widget, "correct", "false")).to_have_attribute("aria-pressed", "true")
    press(widget, "N")
    note = bar(widget).get_by_label("Note")
    expect(note).to_be_focused()
    note.press_sequentially("1 of 2 is wrong")  # digits and letters are text here
    press(widget, "Enter")
    expect(bar(widget)).to_contain_text("“1 of 2 is wrong”")
    expect(widget.cell(0, 2)).to_be_focused()
    eventually(widget, lambda: said(store, "t5"), [(None, "correct", False, "anna", "1 of 2 is wrong")])
    press(widget, "J", "N")
    note.press_sequentially("as agreed")
    press(widget, "Enter")
    expect(bar(widget)).to_contain_text("The next label gets the note “as agreed”")
    press(widget, "1")
    expect(bar(widget)).to_contain_text("“as agreed”")
    eventually(widget, lambda: said(store, "t4"), [(None, "correct", True, "anna", "as agreed")])


def test_a_review_walks_the_unlabelled_to_the_end(shown: Callable[..., tuple[Widget, Explorer]], store: Store) -> None:
    start = explore(store, labels={"correct": [True, False]}, rater="anna")
    widget, ex = shown(start.review("feedback.correct IS NULL"))
    expect(bar(widget)).to_contain_text("0 of 6 labelled")
    widget.cell(0, 2).focus()
    for done, name in enumerate(reversed(NAMES), start=1):
        widget.page.wait_for_function("(name) => live.get('active')[0] === name", arg=name)
        press(widget, "1" if done % 2 else "2")
        if done < len(NAMES):
            expect(bar(widget)).to_contain_text(f"{done} of 6 labelled")
            expect(widget.cell(done, 2)).to_be_focused()
        # Nothing that was labelled leaves the list.
        expect(widget.grid.locator(".sg-rows [role=row]")).to_have_count(6)
    expect(bar(widget)).to_contain_text("✓ all 6 labelled")
    expect(widget.footer).to_contain_text("All 6 are labelled")
    assert [said(store, name)[0][2] for name in reversed(NAMES)] == [True, False] * 3
    press(widget, "Backspace")
    expect(bar(widget)).to_contain_text("5 of 6 labelled")
    assert ex.reviewing
    start.close()


def test_two_peoples_labels_stand_side_by_side(shown: Callable[..., tuple[Widget, Explorer]], store: Store) -> None:
    bert, bert_ex = shown(rater="bert")
    bert.open(0)
    bert.cell(0, 2).press("l")
    for n in range(4):
        press(bert, "1" if n else "2")
        expect(value(bert, "correct", "true" if n else "false")).to_have_attribute("aria-pressed", "true")
        press(bert, "J")
    widget, ex = shown()
    widget.open(0)
    widget.cell(0, 2).press("l")
    expect(bar(widget)).to_contain_text("bert: false")
    for n in range(4):
        press(widget, "1" if n != 1 else "2")
        expect(value(widget, "correct", "false" if n == 1 else "true")).to_have_attribute("aria-pressed", "true")
        press(widget, "J")
    press(widget, "a")
    table = bar(widget).get_by_role("region", name="Who said what")
    expect(table).to_contain_text("4 rated by two or more, 2 of them differently")
    agreement = ex.agreement("correct")
    assert agreement.alpha is not None
    expect(table).to_contain_text(f"α {agreement.alpha:.2f}")
    expect(table).to_contain_text("anna and bert: agree on 50 % of 4")
    first = table.locator("tbody tr").first
    assert first.locator("td").all_inner_texts() in (["true", "false"], ["false", "true"])
    assert set(agreement.disagreements["trace_id"]) == {"t5", "t4"}
    last = table.locator("tbody tr").last
    last.get_by_role("button").click()
    widget.page.wait_for_function("['t2', 't3'].includes(live.get('active')[0])")
    press(widget, "a")
    expect(table).to_have_count(0)
    assert bert_ex.rater == "bert"


def test_without_labels_the_key_says_how_to_declare_them(
    shown: Callable[..., tuple[Widget, Explorer]],
) -> None:
    widget, _ = shown(labels={})
    widget.cell(0, 2).press("l")
    expect(widget.footer).to_contain_text('labels={"correct": [True, False]}')
    expect(bar(widget)).to_have_count(0)
    press(widget, "?")
    expect(widget.root.get_by_role("dialog", name="Keys")).to_contain_text("take the last label back")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_label_mode_has_no_faults_that_axe_finds(
    shown: Callable[..., tuple[Widget, Explorer]], store: Store, theme: str
) -> None:
    bert = AssessmentSource("HUMAN", "bert")
    store.restate_assessments([Assessment("correct", False, trace_id=name, source=bert) for name in NAMES])
    widget, _ = shown(theme=theme)
    widget.open(0)
    widget.cell(0, 2).press("l")
    press(widget, "1")
    expect(value(widget, "correct", "true")).to_have_attribute("aria-pressed", "true")
    press(widget, "a")
    expect(bar(widget).get_by_role("region", name="Who said what")).to_be_visible()
    press(widget, "N")
    assert faults(widget) == []


def test_labelling_far_down_a_list_keeps_the_place(shown: Callable[..., tuple[Widget, Explorer]], store: Store) -> None:
    more = [Span(f"more{n}", "s", "agent", start_time_ns=10**6 * n, end_time_ns=10**6 * n + 1) for n in range(600)]
    store.write(Batch(more))
    widget, ex = shown(columns=["feedback.correct"])
    widget.cell(0, 2).focus()
    press(widget, "End", "K", "l")
    expect(widget.cell(604, 2)).to_be_focused()
    expect(bar(widget)).to_contain_text("trace agent")
    scrolled = widget.grid.evaluate("(grid) => grid.scrollTop")
    assert scrolled > 10_000
    press(widget, "1")
    expect(widget.cell(604, 6)).to_have_text("true")
    expect(widget.cell(604, 2)).to_be_focused()
    assert widget.grid.evaluate("(grid) => grid.scrollTop") == scrolled
    assert ex.df()["feedback.correct"].dropna().to_dict() == {"more0": True}
    # What the filter finds is counted again, though the text is the same.
    press(widget, "Escape")
    widget.filter("feedback.correct IS NULL")
    expect(widget.count).to_contain_text("605 of 606")
    widget.cell(0, 2).focus()
    press(widget, "l", "2")
    expect(widget.count).to_contain_text("604 of 606")


def test_keys_pressed_in_one_breath_mean_what_they_would_mean_one_by_one(
    shown: Callable[..., tuple[Widget, Explorer]], store: Store
) -> None:
    widget, _ = shown(explore(store, rater="anna").review("", LABELS))
    expect(bar(widget)).to_contain_text("0 of 6 labelled")
    widget.cell(0, 2).focus()
    widget.page.evaluate(
        """() => {
            const row = document.activeElement;
            for (const key of ["1", "2", "2", "3"]) {
                row.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
            }
        }"""
    )
    eventually(widget, lambda: [each[2] for each in said(store, "t5")], [True, "neutral"])
    eventually(widget, lambda: [each[2] for each in said(store, "t4")], [False, "rude"])
    expect(bar(widget)).to_contain_text("2 of 6 labelled")
    assert said(store, "t3") == []
