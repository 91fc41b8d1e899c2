"""A store with real traces, explorers on it, and the browser's end of their wire."""

from __future__ import annotations

import json
import queue
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from spanglass.entities import Batch, Span
from spanglass.explorer import Explorer, assets, explore
from spanglass.formats import ingest
from spanglass.store import Store

FILES = Path(__file__).parents[1] / "data" / "formats"
PATIENCE = 30
# On the trace of the fixture ``slow`` this runs until it is stopped.
SLOW = "{ count(sibling { count(sibling { duration > 1h }) > 5 }) > 5 }"


@pytest.fixture(autouse=True)
def front_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answers of Python do not depend on the bundle: any will do, so that none need be built."""
    folder = tmp_path / "static"
    folder.mkdir()
    (folder / "widget.js").write_text("export default {}")
    (folder / "widget.css").write_text("")
    monkeypatch.setattr(assets, "STATIC", folder)


@pytest.fixture(scope="session")
def full_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Real traces of two instrumentors, only to be read."""
    with Store(tmp_path_factory.mktemp("explorer") / "traces.db") as store:
        ingest([FILES / "openai-openinference.otlp.json", FILES / "langgraph-openinference.otlp.json"], store=store)
        yield store


class Browser:
    """What a browser sees of an explorer: it sends messages as a view would, and takes the replies."""

    def __init__(self, explorer: Explorer, view: str = "view") -> None:
        self.explorer = explorer
        self.view = view
        self.replies: queue.Queue[tuple[Any, Any]] = queue.Queue()
        self.pushes: queue.Queue[tuple[Any, Any, float]] = queue.Queue()
        self.told = 0  # that labels changed
        self.sent = 0
        explorer.comm.listeners.append(self._take)

    def _take(self, data: dict[str, Any], buffers: Any) -> None:
        if data["method"] != "custom":
            return
        content = data["content"]
        if content.get("push") == "labels":
            self.told += 1
        elif "push" in content:
            self.pushes.put((content["question"], json.loads(bytes(buffers[0])), time.monotonic()))
        elif content["v"] in (self.view, None):
            self.replies.put((content, buffers))

    def send(self, content: Any) -> None:
        """Send any message as it is."""
        message = {"method": "custom", "content": content}
        self.explorer.comm.deliver({"content": {"data": message}, "buffers": []})

    def start(self, method: str, **params: Any) -> int:
        """Send a request and return its number."""
        self.sent += 1
        self.send({"v": self.view, "id": self.sent, "method": method, "params": params})
        return self.sent

    def reply(self) -> tuple[Any, Any]:
        """The next reply: its head and its decoded body."""
        content, buffers = self.replies.get(timeout=PATIENCE)
        return content, json.loads(bytes(buffers[0])) if buffers else None

    def call(self, method: str, **params: Any) -> Any:
        """What a request is answered with."""
        number = self.start(method, **params)
        content, body = self.reply()
        assert (content["v"], content["re"]) == (self.view, number)
        assert content.get("ok"), content
        return body

    def error(self, method: str, **params: Any) -> dict[str, Any]:
        """The error that a request is answered with."""
        self.start(method, **params)
        content, body = self.reply()
        assert body is None
        return content["error"]

    def write(self, **state: Any) -> None:
        """Write traits, as the browser does."""
        message = {"method": "update", "state": state, "buffer_paths": []}
        self.explorer.comm.deliver({"content": {"data": message}, "buffers": []})


class Line:
    """The network between a widget and browsers, in place of a kernel's."""

    kernel = "none"
    comm_id = "line"

    def __init__(self) -> None:
        self.listeners: list[Callable[[dict[str, Any], Any], None]] = []
        self.updates: list[dict[str, Any]] = []

    def on_msg(self, handler: Callable[[Any], None]) -> None:
        self.deliver = handler

    def send(self, data: dict[str, Any], buffers: Any = None) -> None:
        if data["method"] == "update":
            self.updates.append(data["state"])
        for listener in list(self.listeners):
            listener(data, buffers)

    def close(self, *_: Any, **__: Any) -> None:
        self.listeners.clear()


@pytest.fixture
def opened(full_store: Store) -> Iterator[Callable[..., Explorer]]:
    """Makes explorers on the store with real traces (or another), connected to a line."""
    made: list[Explorer] = []

    def make(source: Any = full_store, **arguments: Any) -> Explorer:
        explorer = explore(source, **arguments)
        explorer.comm = Line()
        made.append(explorer)
        return explorer

    yield make
    for explorer in made:
        explorer.close()


@pytest.fixture
def explorer(opened: Callable[..., Explorer]) -> Explorer:
    """An explorer of all real traces."""
    return opened()


@pytest.fixture
def browser(explorer: Explorer) -> Browser:
    """A view of it."""
    return Browser(explorer)


@pytest.fixture
def slow(opened: Callable[..., Explorer], tmp_path: Path) -> Explorer:
    """An explorer on a trace of many siblings, and another trace."""
    store = Store(tmp_path / "slow.db")
    spans = [Span("t", f"s{n}", "step", parent_id="s0" if n else None, start_time_ns=n) for n in range(2_000)]
    store.write(Batch([*spans, Span("u", "s0", "other", start_time_ns=10**9)]))
    return opened(store)
