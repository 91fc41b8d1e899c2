"""What is inside a trace is data: nothing of it runs, loads, restyles or leaks into prototypes."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.standin.driver import Show


def test_markup_in_every_field_is_shown_as_text(show: Show) -> None:
    widget = show()
    requests: list[str] = []
    dialogs: list[str] = []
    widget.page.on("request", lambda request: requests.append(request.url))
    widget.page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    widget.set_trait("columns", ["<img src=x onerror='window.harmed=1'>", "tag.<script>window.harmed=1</script>"])
    widget.grid.get_by_text("<img src=x", exact=False).first.click()
    expect(widget.tree).to_be_visible()
    expect(widget.span(0)).to_contain_text("<img src=x onerror")
    for tab in ("Attributes", "Events", "Raw", "In · Out"):
        widget.detail.get_by_role("tab", name=tab).click()
    expect(widget.detail).to_contain_text("javascript:window.harmed=1")
    widget.span(0).locator(".sg-name").hover()
    expect(widget.menu).to_be_visible()
    widget.filter("<img src=x onerror='window.harmed=1'> latncy")
    expect(widget.root.get_by_role("alert")).to_be_visible()
    assert widget.page.evaluate("window.harmed") is None
    assert widget.page.evaluate("({}).polluted") is None
    assert widget.root.locator("img, script, iframe, object, embed, style, link, a, form, [onerror]").count() == 0
    assert [address for address in requests if not address.startswith("blob:")] == []
    assert dialogs == []


def test_a_style_in_a_value_restyles_nothing(show: Show) -> None:
    widget = show()
    widget.grid.get_by_text("<img src=x", exact=False).first.click()
    widget.detail.get_by_role("tab", name="Attributes").click()
    expect(widget.detail).to_contain_text("</style><style>*{display:none}")
    expect(widget.detail).to_contain_text("__proto__")
    expect(widget.grid).to_be_visible()


def test_errors_of_the_kernel_are_text_too(show: Show) -> None:
    widget = show()
    kernel = "window.standin.model.kernel"
    harm = "<img src=x onerror=window.harmed=1>"
    widget.page.evaluate(f"(harm) => {{ {kernel}.rows = () => {{ throw new Error(harm); }}; }}", harm)
    widget.filter("x = 1")
    expect(widget.root.get_by_role("alert")).to_contain_text(harm)
    assert widget.root.locator("img").count() == 0
