"""The detail pane: answers beside their calls, pictures, markdown, search, copies, odd and huge texts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.standin.driver import Show, Widget


def opened(show: Show, name: str, span: int = 0) -> Widget:
    """The widget with a span of the trace of this name in its detail pane."""
    widget = show()
    widget.open_named(name)
    widget.span(span).click()
    return widget


def clipboard(page: Page) -> str:
    """What the widget copied last."""
    return page.evaluate("window.copied.at(-1)")


def watch_clipboard(page: Page) -> None:
    page.evaluate(
        """() => {
             window.copied = [];
             navigator.clipboard.writeText = async (text) => { window.copied.push(text); };
           }"""
    )


def test_a_tools_answer_stands_under_its_call_and_is_not_said_again(show: Show) -> None:
    widget = opened(show, "talk")
    call = widget.detail.locator(".sg-call")
    expect(call).to_contain_text("look")
    expect(call.locator(".sg-answer")).to_have_text(re.compile("result\\s*a bicycle"))
    expect(widget.detail.get_by_text("a bicycle", exact=True)).to_have_count(1)
    expect(widget.detail.locator(".sg-role .sg-value")).to_have_text(["user", "assistant", "user", "assistant"])


def test_a_picture_is_shown_when_asked_for_and_an_address_is_never_asked(show: Show) -> None:
    widget = opened(show, "talk")
    requests: list[str] = []
    widget.page.on("request", lambda request: requests.append(request.url))
    expect(widget.detail.locator("img")).to_have_count(0)
    assert widget.log("image") == []
    widget.detail.get_by_role("button", name=re.compile(r"^picture, \d+ bytes: show$")).click()
    picture = widget.detail.locator("img")
    expect(picture).to_have_count(1)
    assert picture.evaluate("(image) => image.complete && image.naturalWidth") == 1
    widget.detail.get_by_role("button", name="Show the picture larger").click()
    expect(widget.detail.get_by_role("button", name="Show the picture smaller")).to_be_visible()
    expect(widget.detail).to_contain_text("https://example.com/elsewhere.png")
    assert [url for url in requests if not url.startswith("data:")] == []


def test_markdown_is_laid_out_when_asked_for_of_allowed_elements_only(show: Show) -> None:
    widget = opened(show, "talk")
    expect(widget.detail).to_contain_text("# A bicycle")
    widget.detail.get_by_role("button", name="md").click()
    laid = widget.detail.locator(".sg-markdown")
    expect(laid.get_by_role("heading")).to_have_text("A bicycle")
    expect(laid.get_by_role("listitem")).to_have_text(["red", "shop", "bad"])
    expect(laid.get_by_role("link")).to_have_text(["shop"])
    expect(laid.get_by_role("link")).to_have_attribute("rel", "noopener noreferrer")
    expect(laid.locator("script")).to_have_count(0)
    assert len(widget.log("markdown")) == 1
    widget.detail.get_by_role("button", name="md").click()
    expect(widget.detail).to_contain_text("# A bicycle")


def test_attributes_are_searched_by_key_and_value(show: Show) -> None:
    widget = opened(show, "talk")
    widget.detail.get_by_role("tab", name="Attributes").click()
    box = widget.detail.get_by_label("Search the attributes")
    box.fill("SETTING.2")
    expect(widget.detail.locator(".sg-prop")).to_have_count(11)
    box.fill("value 17")
    expect(widget.detail.locator(".sg-prop")).to_have_text(["gen_ai.setting.17"])
    box.fill("nowhere")
    expect(widget.detail).to_contain_text("No attribute contains nowhere")


def test_a_value_and_a_tab_can_be_copied(show: Show) -> None:
    widget = opened(show, "talk")
    watch_clipboard(widget.page)
    widget.detail.get_by_role("tab", name="Attributes").click()
    widget.detail.locator(".sg-leaf-value").nth(3).focus()
    widget.page.keyboard.press("y")
    expect(widget.footer).to_contain_text("Copied: 7 characters")
    assert clipboard(widget.page) == "value 3"
    widget.detail.get_by_role("button", name="Copy as JSON").click()
    expect(widget.footer).to_contain_text("Copied: this tab as JSON")
    assert '"gen_ai.setting.29": "value 29"' in clipboard(widget.page)
    widget.detail.locator(".sg-leaf-value").nth(4).hover()
    widget.menu.get_by_role("menuitem", name="Copy the value").click()
    expect(widget.footer).to_contain_text("Copied: 7 characters")
    assert clipboard(widget.page) == "value 4"


def test_what_turns_writing_around_or_colours_a_terminal_is_seen_and_does_neither(show: Show) -> None:
    widget = opened(show, "talk", 1)
    expect(widget.detail.locator(".sg-summary")).to_contain_text("‹202E›gnp.exe ␛[31mred␛[0m")
    expect(widget.span(1).locator(".sg-name")).to_have_text("‹202E›gnp.exe ␛[31mred␛[0m")
    expect(widget.detail).to_contain_text("שלום עולם")
    expect(widget.detail).to_contain_text("👩‍👩‍👧‍👦 ok")
    # Writing from right to left stays within its own value: the key still stands to its left.
    key = widget.detail.locator(".sg-prop").first.bounding_box()
    value = widget.detail.locator(".sg-leaf-value").first.bounding_box()
    assert key is not None
    assert value is not None
    assert key["x"] + key["width"] <= value["x"]


def test_names_of_ten_thousand_characters_take_the_room_of_one_line(show: Show) -> None:
    widget = opened(show, "talk", 2)
    for locator in (widget.span(2).locator(".sg-name"), widget.detail.locator(".sg-prop").first):
        box = locator.bounding_box()
        assert box is not None
        assert box["height"] < 30
        assert widget.on_screen(locator)
    expect(widget.detail.get_by_role("tab", name="Raw")).to_be_visible()


def test_a_huge_text_is_drawn_in_stretches(show: Show) -> None:
    widget = opened(show, "long_texts")
    for _ in range(3):
        widget.detail.get_by_role("button", name=re.compile("MB show")).click()
        expect(widget.detail.locator(".sg-stretch").first).to_be_attached()
    expect(widget.detail.locator(".sg-stretch")).to_have_count(13)
    text = widget.detail.locator(".sg-text .sg-value").first.evaluate("(text) => text.textContent")
    assert len(text) == 2000 + 3 * 64_000


@pytest.mark.parametrize("theme", ["", "dark"])
def test_a_tool_tab_line_never_hides_its_buttons(show: Show, theme: str) -> None:
    widget = show(width=1040, theme=theme)
    widget.open_named("talk")
    for tab in ("In · Out", "Attributes", "Events", "Raw"):
        widget.detail.get_by_role("tab", name=tab).click()
        copy = widget.detail.get_by_role("button", name="Copy as JSON").bounding_box()
        pane = widget.detail.bounding_box()
        assert copy is not None
        assert pane is not None
        assert copy["x"] + copy["width"] <= pane["x"] + pane["width"]
