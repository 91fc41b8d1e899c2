"""What VS Code and Colab demand of a widget: a module without imports, in a frame of its own, in their colours."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import escape
from pathlib import Path

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from spanglass.explorer import explore
from spanglass.explorer.assets import asset
from spanglass.formats import ingest
from spanglass.samples import sample_files
from spanglass.store import Store
from tests.browser.live import TRAITS

# A page as a host's output frame: the style sheet, an element, a model of these traits, and the module from memory.
FRAME = """<!doctype html><html style="{theme}"><style>{css}</style><body><div id="output"></div>
<script type="application/json" id="state">{state}</script>
<script type="application/json" id="module">{module}</script>
<script>
const read = (id) => JSON.parse(document.getElementById(id).textContent);
const state = read("state");
const model = {{
  get: (name) => state[name], set: (name, value) => {{ state[name] = value; }},
  save_changes() {{}}, send() {{}}, on() {{}}, off() {{}},
}};
const known = new Set(Object.getOwnPropertyNames(window));
window.globals = () => Object.getOwnPropertyNames(window).filter((name) => !known.has(name));
const address = URL.createObjectURL(new Blob([read("module")], {{ type: "text/javascript" }}));
import(address).then(({{ default: widget }}) => {{
  widget.render({{ model, el: document.getElementById("output"), signal: new AbortController().signal }});
}});
</script></body></html>"""

ONE_DARK = {"background": (40, 44, 52), "foreground": (171, 178, 191), "accent": (97, 175, 239)}
SOLARIZED = {"background": (253, 246, 227), "foreground": (101, 123, 131), "accent": (211, 175, 134)}
NAMES = {"background": "--vscode-editor-background", "foreground": "--vscode-editor-foreground"}
NAMES["accent"] = "--vscode-focusBorder"


def colours(theme: dict[str, tuple[int, int, int]]) -> dict[str, str]:
    """A theme as VS Code writes it on the page."""
    return {NAMES[name]: f"rgb({', '.join(map(str, colour))})" for name, colour in theme.items()}


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    with Store(tmp_path_factory.mktemp("frames") / "s.db") as store:
        ingest(sample_files(), store=store, progress=False)
        explorer = explore(store)
        held = explorer.get_state(TRAITS)
        explorer.close()
        return dict(held)


@pytest.fixture
def frame(page: Page, state: dict[str, object]) -> Iterator[FrameLocator]:
    """The widget in a frame that shares nothing with the page around it; any request fails the test."""
    asked: list[str] = []
    errors: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))

    def inert(value: object) -> str:
        return json.dumps(value).replace("<", "\\u003c")

    theme = "; ".join(f"{name}: {colour}" for name, colour in colours(ONE_DARK).items())
    text = FRAME.format(theme=theme, css=asset("widget.css"), state=inert(state), module=inert(asset("widget.js")))
    size = "width: 1100px; height: 520px; border: 0"
    page.set_content(f'<iframe sandbox="allow-scripts" style="{size}" srcdoc="{escape(text)}"></iframe>')
    yield page.frame_locator("iframe")
    assert [url for url in asked if not url.startswith(("blob:", "about:"))] == []
    assert errors == []


def test_in_a_frame_of_another_origin_it_draws_and_takes_keys_and_the_editors_colours(
    page: Page, frame: FrameLocator
) -> None:
    root = frame.locator(".sg")
    expect(root.locator('[data-row="3"]')).to_be_visible()
    expect(root).to_have_css("background-color", colours(ONE_DARK)[NAMES["background"]])
    expect(root.get_by_role("button", name="Full screen")).to_have_count(0)
    root.locator('[data-row="0"] [data-cell="0"]').click()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    expect(root.locator(".sg-footer")).to_contain_text("2 selected")

    # The editor's theme is changed.
    frame.locator("html").evaluate(
        "(page, colours) => Object.entries(colours).forEach(([name, value]) => page.style.setProperty(name, value))",
        colours(SOLARIZED),
    )
    expect(root).to_have_css("background-color", colours(SOLARIZED)[NAMES["background"]])
    text = root.locator(".sg-c-name .sg-value").first.evaluate("(value) => getComputedStyle(value).color")
    red, green, blue = (255 * float(part) for part in re.findall(r"[\d.]+", text)[:3])
    assert max(abs(a - b) for a, b in zip((red, green, blue), SOLARIZED["foreground"], strict=True)) < 30
    assert frame.locator("html").evaluate("() => globals()") == ["globals"]


@pytest.mark.parametrize("name", ["widget.js", "more.js"])
def test_a_module_stands_alone_and_asks_nothing_of_the_page(name: str) -> None:
    script = asset(name)
    assert not re.search(r"""\bimport\s*[\w{*"']|\bexport\b[^;]*\bfrom\s*["']|\brequire\s*\(""", script)
    assert not re.search(r"(?<![.\w$'\"-])document\s*[.\[]", script)
    assert not re.search(r"localStorage|sessionStorage|indexedDB|document\.cookie|window\.(?:top|parent)\b", script)


def test_the_page_of_hosts_says_what_colab_needs() -> None:
    said = (Path(__file__).parents[2] / "docs" / "hosts.md").read_text("utf-8")
    assert "output.enable_custom_widget_manager()" in said
    assert all(name in asset("widget.css") for name in re.findall(r"--vscode-[\w-]+", said))
