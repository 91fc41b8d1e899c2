"""The built widget in a browser on a real explorer, without a notebook around it.

Python answers as in a kernel; only the network between the two is a server of this machine, instead of Jupyter's.
"""

from __future__ import annotations

import json
import queue
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from http.server import ThreadingHTTPServer
from typing import Any
from urllib.parse import quote

from anywidget import AnyWidget
from playwright.sync_api import Page

from tests.browser.standin.driver import Widget
from tests.browser.standin.server import Handler

# How long the page's question for the next message stays open.
PATIENCE_S = 1.0
TRAITS = (
    "filter",
    "columns",
    "selection",
    "active",
    "screen",
    "height",
    "predicates",
    "labels",
    "rater",
    "reviewing",
    "boot",
)


class Line:
    """What a widget takes for the connection to its browser."""

    kernel = "none"
    comm_id = "live"

    def __init__(self) -> None:
        self.sent: queue.Queue[tuple[dict[str, Any], bytes]] = queue.Queue()
        self.deliver: Callable[[Any], None] = lambda message: None

    def on_msg(self, handler: Callable[[Any], None]) -> None:
        self.deliver = handler

    def send(self, data: dict[str, Any], buffers: Any = None) -> None:
        self.sent.put((data, bytes(buffers[0]) if buffers else b""))

    def close(self, *_: Any, **__: Any) -> None:
        """Nothing is held."""


class Live:
    """`with Live(explorer) as url:` … Any anywidget will do, with its own module and style sheet; it is closed at the
    end."""

    def __init__(self, widget: AnyWidget) -> None:
        self.widget = widget

    def __enter__(self) -> str:
        widget = self.widget
        widget.comm = line = Line()
        files = {
            "/static/widget.js": (str(widget._esm).encode(), "text/javascript"),
            "/static/widget.css": (str(getattr(widget, "_css", "")).encode(), "text/css"),
        }
        traits = [name for name in TRAITS if widget.has_trait(name)]

        class Kernel(Handler):
            """The page, the widget's files, and its messages."""

            def do_GET(self) -> None:
                if self.path == "/kernel/state":
                    self.answer(200, json.dumps(widget.get_state(traits)).encode())
                elif self.path == "/kernel/next":
                    self.answer_next()
                elif self.path in files:
                    self.answer(200, *files[self.path])
                else:
                    super().do_GET()

            def do_POST(self) -> None:
                message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                line.deliver({"content": {"data": message}, "buffers": []})
                self.answer(204, b"")

            def answer_next(self) -> None:
                try:
                    data, body = line.sent.get(timeout=PATIENCE_S)
                except queue.Empty:
                    self.answer(204, b"")
                else:
                    self.answer(200, body, message=json.dumps(data))

            def answer(self, status: int, body: bytes, kind: str = "application/json", message: str = "") -> None:
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.send_header("X-Message", quote(message))
                with suppress(ConnectionError):  # the page has been closed
                    self.end_headers()
                    self.wfile.write(body)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Kernel)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self.server.server_port}/standin/live.html"

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.widget.close()
        self.settle()  # what still asks a store ends before it is closed

    def settle(self) -> None:
        """Wait until nothing is being answered any more, half a minute at most."""
        ends = time.monotonic() + 30
        while getattr(self.widget, "_requests", None) and time.monotonic() < ends:
            time.sleep(0.01)


def show(page: Page, url: str, *, theme: str = "light") -> Widget:
    """The widget on a page, once it has drawn its list."""
    page.goto(f"{url}?theme={theme}")
    page.wait_for_function("window.live !== undefined")
    widget = Widget(page)
    widget.grid.wait_for()
    return widget
