"""Markdown and pictures: what the browser gets of them cannot do anything but be seen."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanglass import limits
from spanglass.entities import Batch, Span
from spanglass.explorer import Explorer
from spanglass.explorer.rich import _TAGS, nodes_of
from spanglass.store import Store

from .conftest import Browser

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


def walk(nodes: list[Any]) -> list[Any]:
    """Every node, the elements before what they hold."""
    found, stack = [], list(nodes)
    while stack:
        node = stack.pop()
        found.append(node)
        if not isinstance(node, str):
            stack += node[2]
    return found


def elements(text: str) -> list[tuple[str, str | None]]:
    return [(node[0], node[1]) for node in walk(nodes_of(text)) if not isinstance(node, str)]


def words(text: str) -> str:
    return "".join(node for node in reversed(walk(nodes_of(text))) if isinstance(node, str))


def test_the_usual_markdown_becomes_elements() -> None:
    assert nodes_of("# One\n\n1. a\n2. `b`\n") == [
        ["h1", None, ["One"]],
        ["ol", None, [["li", None, ["a"]], ["li", None, [["code", None, ["b"]]]]]],
    ]
    assert nodes_of("```py\nx < 1\n```") == [["pre", None, ["x < 1\n"]]]
    table = nodes_of("| a | b |\n|:--|--:|\n| 1 | 2 |")
    assert [node[0] for node in walk(table) if not isinstance(node, str)].count("td") == 2


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,<script>",
        "vbscript:x",
        "file:///etc/passwd",
        "//x",
    ],
)
def test_only_addresses_of_the_web_and_mail_are_links(link: str) -> None:
    assert all(address is None for _, address in elements(f"[x]({link}) [y]: {link}\n\n<{link}>"))
    assert ("a", "https://example.com") in elements("[x](https://example.com)")
    assert ("a", "mailto:ada@example.com") in elements("<ada@example.com>")


def test_html_and_images_are_text() -> None:
    text = "<script>alert(1)</script> <img src=x onerror=alert(1)> ![alt](https://example.com/x.png)"
    assert elements(text) == [("p", None)]
    assert "<script>alert(1)</script>" in words(text)
    assert "![alt](https://example.com/x.png)" in words(text)


@given(st.text(alphabet="ab<>[]()!*_`#|-:\n \"'&\\/javscript", max_size=200))
def test_whatever_the_text_only_allowed_elements_come(text: str) -> None:
    for tag, address in elements(text):
        assert tag in _TAGS | {"span"}
        assert address is None or address.lower().startswith(("http://", "https://", "mailto:"))


def test_deep_nesting_is_no_matter() -> None:
    assert nodes_of(">" * 5_000 + "x")
    assert nodes_of("*" * 5_000 + "x" + "*" * 5_000)
    assert nodes_of("[" * 5_000)


@pytest.fixture
def rich(tmp_path: Path, opened: Callable[..., Explorer]) -> Browser:
    """A span with a long text and pictures."""
    store = Store(tmp_path / "rich.db")
    picture = base64.b64encode(PNG).decode()
    inputs = {
        "text": "# A\n\n" + "word " * 20_000,
        "short": "*x*",
        "png": f"data:image/jpeg;base64,{picture}",
        "bare": picture,
        "svg": "data:image/svg+xml;base64," + base64.b64encode(SVG).decode(),
        "lies": "data:image/png;base64," + base64.b64encode(SVG).decode(),
        "broken": "data:image/png;base64,%%%",
    }
    store.write(Batch([Span("t", "s", "see", end_time_ns=1, inputs=inputs)]))
    return Browser(opened(store))


def ask(browser: Browser, method: str, key: str) -> Any:
    return browser.call(method, trace_id="t", span_id="s", path=["inputs", key])


def test_a_long_text_is_laid_out_as_far_as_anyone_reads(rich: Browser) -> None:
    reply = ask(rich, "markdown", "text")
    assert reply["nodes"][0] == ["h1", None, ["A"]]
    assert reply["left"] == len("# A\n\n" + "word " * 20_000) - limits.MAX_MARKDOWN_CHARS
    assert ask(rich, "markdown", "short") == {"nodes": [["p", None, [["em", None, ["x"]]]]], "left": 0}


@pytest.mark.parametrize("key", ["png", "bare"])
def test_a_picture_is_what_its_bytes_are(rich: Browser, key: str) -> None:
    assert ask(rich, "image", key) == {"kind": "image/png", "data": base64.b64encode(PNG).decode()}


@pytest.mark.parametrize(
    ("key", "said"), [("svg", "only PNG"), ("lies", "only PNG"), ("broken", "base64"), ("gone", "not in the store")]
)
def test_what_is_no_harmless_picture_is_not_shown(rich: Browser, key: str, said: str) -> None:
    assert said in rich.error("image", trace_id="t", span_id="s", path=["inputs", key])["message"]
