"""Serves the built widget and the stand-in page to a browser, from this machine only."""

from __future__ import annotations

import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
FOLDERS = {
    "static": ROOT / "src" / "spanglass" / "explorer" / "static",
    "standin": HERE,
    "data": ROOT / "tests" / "data" / "explorer",
}


class Handler(SimpleHTTPRequestHandler):
    """Files of three folders, and the page at the root."""

    extensions_map: ClassVar[dict[str, str]] = {
        ".js": "text/javascript",
        ".css": "text/css",
        ".html": "text/html",
        ".json": "application/json",
    }

    def translate_path(self, path: str) -> str:
        parts = path.split("?")[0].strip("/").split("/")
        if parts == [""]:
            return str(HERE / "index.html")
        return str(FOLDERS.get(parts[0], HERE / "missing").joinpath(*parts[1:]))

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the tests' output is for the tests."""


class StandInServer:
    """`with StandInServer() as url:` …"""

    def __enter__(self) -> str:
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()
        return f"http://127.0.0.1:{self.server.server_port}/"

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


if __name__ == "__main__":
    with StandInServer() as url:
        print(f"{url}?rows=1000000&theme=dark")
        threading.Event().wait()
