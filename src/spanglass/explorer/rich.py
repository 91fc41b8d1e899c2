"""Texts as markdown and as pictures, made safe in Python: the browser gets tokens and checked bytes, never markup."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any

from markdown_it import MarkdownIt

from spanglass import limits
from spanglass.engines.base import Cancel
from spanglass.explorer import wire
from spanglass.explorer.details import follow
from spanglass.explorer.envelope import WireFault
from spanglass.explorer.source import Source
from spanglass.explorer.traces import gone, opened

# HTML stays text, and what would be fetched (an image) or run (a link of an odd scheme) is written out.
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
_TAGS = {
    *("p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "hr", "br"),
    *("ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td"),
    *("code", "strong", "em", "s", "a"),
}
_LINK = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)

# What a file of these kinds begins with. SVG is not among them: it can hold scripts.
_PICTURES = (
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png"),
    (re.compile(rb"\xff\xd8\xff"), "image/jpeg"),
    (re.compile(rb"GIF8[79]a"), "image/gif"),
    (re.compile(rb"RIFF.{4}WEBP", re.DOTALL), "image/webp"),
)
_DATA_URL = re.compile(r"data:[^,]{0,200};base64,", re.IGNORECASE)


def markdown(source: Source, params: wire.ValueParams, cancel: Cancel) -> wire.MarkdownResult:
    """A text of a span as a tree of allowed elements."""
    text = text_at(source, params)
    shown = text[: limits.MAX_MARKDOWN_CHARS]
    return {"nodes": nodes_of(shown), "left": len(text) - len(shown)}


def nodes_of(text: str) -> list[wire.MarkdownNode]:
    """Markdown as nested nodes: a text, or ``[tag, link, children]``.

    >>> nodes_of("see *this* <b>[x](javascript:y)")
    [['p', None, ['see ', ['em', None, ['this']], ' <b>[x](javascript:y)']]]
    """
    top: list[Any] = []
    open_nodes = [top]
    for token in (each for block in _MARKDOWN.parse(text) for each in (block.children or [block])):
        if token.nesting < 0:
            if not token.hidden:
                open_nodes.pop()
        elif token.nesting > 0:
            if token.hidden:
                continue
            link = str(token.attrs.get("href", "")) if token.tag == "a" else ""
            safe = bool(_LINK.match(link))
            tag = "span" if token.tag == "a" and not safe else token.tag if token.tag in _TAGS else "p"
            node: list[Any] = [tag, link if safe else None, []]
            open_nodes[-1].append(node)
            open_nodes.append(node[2])
        else:
            open_nodes[-1].append(leaf(token))
    return top


def leaf(token: Any) -> wire.MarkdownNode:
    """A token that holds no others."""
    if token.type in ("fence", "code_block"):
        return ["pre", None, [token.content]]
    if token.type == "code_inline":
        return ["code", None, [token.content]]
    if token.type == "softbreak":
        return "\n"
    if token.type in ("hardbreak", "hr"):
        return [token.tag, None, []]
    if token.type == "image":
        return f"![{token.content}]({token.attrs.get('src', '')})"
    return str(token.content)


def image(source: Source, params: wire.ValueParams, cancel: Cancel) -> wire.ImageResult:
    """A picture that a span holds as base64 or as a data URL, if it is one that cannot do anything but be seen."""
    text = text_at(source, params)
    if len(text) > limits.MAX_IMAGE_CHARS:
        raise WireFault("picture", f"the picture has {len(text):,} characters of base64, more than can be shown")
    begin = _DATA_URL.match(text)
    try:
        data = base64.b64decode("".join(text[begin.end() if begin else 0 :].split()), validate=True)
    except (binascii.Error, ValueError):
        raise WireFault("picture", "this is not base64") from None
    kind = next((kind for head, kind in _PICTURES if head.match(data)), None)
    if kind is None:
        raise WireFault("picture", "only PNG, JPEG, GIF and WebP are shown")
    return {"kind": kind, "data": base64.b64encode(data).decode()}


def text_at(source: Source, params: wire.ValueParams) -> str:
    """The whole text that a path leads to."""
    try:
        value = follow(opened(source, params.trace_id, params.span_id).detail, params.path)
    except LookupError:
        value = None
    if not isinstance(value, str):
        gone("text", ".".join(map(str, params.path)))
    return value
