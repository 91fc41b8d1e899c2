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

from playwright.sync_api import Page

from spanglass.explorer import Explorer
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
    """`with Live(explorer) as url:` … The explorer is closed at the end."""

    def __init__(self, explorer: Explorer) -> None:
        self.explorer = explorer

    def __enter__(self) -> str:
        explorer = self.explorer
        explorer.comm = line = Line()

        class Kernel(Handler):
            """The widget's files, and its explorer's messages."""

            def do_GET(self) -> None:
                if self.path == "/kernel/state":
                    self.answer(200, json.dumps(explorer.get_state(TRAITS)).encode())
                elif self.path == "/kernel/next":
                    self.answer_next()
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
                    self.answer(200, body, json.dumps(data))

            def answer(self, status: int, body: bytes, message: str = "") -> None:
                self.send_response(status)
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
        self.explorer.close()
        ends = time.monotonic() + 30
        while self.explorer._jobs and time.monotonic() < ends:  # what still asks a store ends before it is closed
            time.sleep(0.01)


def show(page: Page, url: str, *, theme: str = "light") -> Widget:
    """The widget on a page, once it has drawn its list."""
    page.goto(f"{url}?theme={theme}")
    page.wait_for_function("window.live !== undefined")
    widget = Widget(page)
    widget.grid.wait_for()
    return widget
