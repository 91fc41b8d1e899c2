"""What ``explore`` takes, and what it keeps."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from spanglass.entities import Batch, Span
from spanglass.explorer import Explorer, explore
from spanglass.filters import FilterError
from spanglass.formats import IngestError
from spanglass.frames import search_traces
from spanglass.store import Store, StoreError, using_store

from .conftest import FILES, PATIENCE, Browser

FILE = FILES / "openai-openinference.otlp.json"
LLM = "{ type = 'LLM' }"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store of two traces."""
    made = Store(tmp_path / "two.db")
    made.write(Batch([Span("a", "s", "first", start_time_ns=10**6), Span("b", "s", "second", start_time_ns=10**9)]))
    return made


def names(explorer: Explorer) -> list[str]:
    return list(explorer.df()["name"])


# ---------------------------------------------------------------- sources


def test_a_store_and_its_path_show_the_same(opened: Callable[..., Explorer], store: Store) -> None:
    for explorer in (opened(store), opened(str(store.path)), opened(None, store=store.path)):
        assert names(explorer) == ["second", "first"]
        assert explorer.boot["source"] == "two.db"


def test_nothing_means_the_current_store(store: Store, opened: Callable[..., Explorer]) -> None:
    with using_store(store):
        explorer = opened(None)
        assert names(explorer) == ["second", "first"]
        assert explorer.code() == "import spanglass as sg\n\nsg.explore()"


def test_a_file_of_traces_is_read_into_a_store_of_its_own(
    opened: Callable[..., Explorer], monkeypatch: pytest.MonkeyPatch
) -> None:
    explorer = opened(FILE)
    assert len(explorer.df()) == 11
    assert explorer.boot["source"] == FILE.name
    monkeypatch.chdir(FILE.parent)
    assert explorer.code() == f"import spanglass as sg\n\nsg.explore({FILE.name!r})"


def test_a_frame_and_a_list_of_traces_can_be_explored(opened: Callable[..., Explorer], store: Store) -> None:
    frame = search_traces(experiment_ids="all", store=store)
    assert names(opened(frame)) == ["second", "first"]
    assert names(opened(list(frame["trace"]))) == ["second", "first"]


def test_the_own_store_goes_with_the_explorer(opened: Callable[..., Explorer]) -> None:
    explorer = opened(FILE)
    folder = Path(explorer._source.given.name)  # type: ignore[union-attr]
    assert folder.exists()
    explorer.close()
    assert not folder.exists()


def test_a_path_that_leads_nowhere_raises(tmp_path: Path) -> None:
    with pytest.raises(IngestError, match="no such file"):
        explore(tmp_path / "typo.db")
    assert list(tmp_path.glob("typo*")) == []


def test_something_that_holds_no_traces_raises() -> None:
    with pytest.raises(IngestError):
        explore({"not": "traces"})


def test_two_sources_are_one_too_many(store: Store) -> None:
    with pytest.raises(ValueError, match="give one of them"):
        explore(store, store=store)


def test_an_unreadable_store_is_shown_not_raised(opened: Callable[..., Explorer], tmp_path: Path) -> None:
    path = tmp_path / "damaged.db"
    Store(path).close()
    path.write_bytes(path.read_bytes()[:100] + b"\xff" * 5_000)
    explorer = opened(path, filter=LLM)
    assert explorer.boot["error"]
    assert (explorer.boot["source"], explorer.filter) == ("damaged.db", LLM)
    data = explorer._repr_mimebundle_()[0]  # type: ignore[index]
    assert "application/vnd.jupyter.widget-view+json" in data
    assert Browser(explorer).error("count", filter="", rows="traces")["kind"] == "internal"
    with pytest.raises(StoreError, match=r"damaged\.db"):
        explorer.df()


def test_all_experiments_are_shown_unless_some_are_named(opened: Callable[..., Explorer], store: Store) -> None:
    other = store.create_experiment("other")
    from spanglass.entities import TraceFacts

    store.write(Batch([Span("c", "s", "third")], [TraceFacts("c", experiment_id=other.experiment_id)]))
    assert names(opened(store)) == ["second", "first", "third"]
    assert names(opened(store, experiment_ids="all")) == ["second", "first", "third"]
    assert names(opened(store, experiment_ids=[other.experiment_id])) == ["third"]
    with pytest.raises(TypeError, match="experiment_ids"):
        explore(store, experiment_ids=other.experiment_id)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"filter": 3}, "filter must be a text"),
        ({"columns": [3]}, "a column is"),
        ({"rows": "sessions"}, "rows must be"),
        ({"height": "tall"}, "height is"),
        ({"view": {"colour": "red"}}, "'colour'"),
        ({"view": {"filter": 3}}, "filter must be a text"),
    ],
)
def test_a_wrong_argument_is_named(store: Store, arguments: dict[str, Any], says: str) -> None:
    with pytest.raises((TypeError, ValueError), match=says):
        explore(store, **arguments)


# ---------------------------------------------------------------- views


def test_a_view_brings_the_screen_back(opened: Callable[..., Explorer], store: Store) -> None:
    first = opened(store, filter="name = 'second'", columns=["tag.env"], rows="spans", height=600)
    Browser(first).write(screen={"rows": "spans", "panes": [50, 25, 25], "widths": {"name": 300}})
    again = opened(store, view=first.view)
    for name in ("filter", "columns", "rows", "height", "screen"):
        assert getattr(again, name) == getattr(first, name)
    assert again.view == first.view
    assert opened(store, view=first.view, filter="").filter == ""


def test_a_usual_view_is_empty(opened: Callable[..., Explorer], store: Store) -> None:
    assert opened(store).view == {}


def test_the_code_brings_the_screen_back(
    opened: Callable[..., Explorer], store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:

    monkeypatch.chdir(store.path.parent)
    text = "name = 'second' AND NOT tag.x = \"it's\""
    first = opened(store, filter=text, columns=[{"path": "root.name", "name": "who"}], experiment_ids=["0"])
    Browser(first).write(screen={"panes": [50, 25, 25]})
    assert "\nsg.explore('two.db', " in first.code()
    head, call = first.code().rsplit("\n", 1)
    names: dict[str, Any] = {}
    exec(head, names)
    again = eval(call, names)
    assert again.view == first.view
    assert again.df().equals(first.df())


# ---------------------------------------------------------------- what is kept under a key


def wait_until_kept(store: Store, key: str, **traits: Any) -> None:
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        kept = store.view_state(key) or {}
        if all(kept.get(name) == value for name, value in traits.items()):
            return
        time.sleep(0.01)
    raise AssertionError(store.view_state(key))


def test_a_key_keeps_view_and_selection_over_a_rerun(opened: Callable[..., Explorer], store: Store) -> None:
    browser = Browser(opened(store, filter="name = 'first'", key="mine"))
    browser.call("page", filter="name = 'second'", rows="traces", columns=[], commit=True)
    browser.write(selection={"ids": ["b"]}, columns=["tag.env"])
    wait_until_kept(store, "mine", filter="name = 'second'", selection={"ids": ["b"]}, columns=["tag.env"])
    again = opened(store, filter="name = 'first'", key="mine")
    assert (again.filter, again.selected, again.columns) == ("name = 'second'", ["b"], ["tag.env"])
    assert again.boot["page"]["filter"] == "name = 'second'"
    assert opened(store, filter="name = 'first'").filter == "name = 'first'"


def test_a_cell_that_asks_for_something_else_gets_it(opened: Callable[..., Explorer], store: Store) -> None:
    Browser(opened(store, filter="name = 'first'", key="mine")).write(selection={"ids": ["b"]}, columns=["tag.env"])
    wait_until_kept(store, "mine", selection={"ids": ["b"]}, columns=["tag.env"])
    again = opened(store, filter="name = 'second'", key="mine")
    assert (again.filter, again.selected, again.columns) == ("name = 'second'", ["b"], [])


def test_what_is_kept_but_not_sound_any_more_is_forgotten(opened: Callable[..., Explorer], store: Store) -> None:
    given = {"filter": "", "columns": [], "height": 480, "screen": {}}
    store.set_view_state("mine", {"given": given, "filter": "no such field = 3", "selection": 7})
    assert opened(store, key="mine").filter == ""


def test_a_bad_filter_raises_with_a_key_too(store: Store) -> None:
    with pytest.raises(FilterError):
        explore(store, filter="status =", key="mine")


def test_an_explorer_opens_without_loading_what_only_frames_need(store: Store) -> None:
    opens = (
        "import sys, spanglass as sg; ex = sg.explore(sys.argv[1]); ex._repr_mimebundle_(); "
        "print([name for name in ('pandas', 'numpy', 'markdown_it', 'spanglass.evaluation') if name in sys.modules]); "
        "print(ex.df().index.tolist())"
    )
    run = subprocess.run([sys.executable, "-c", opens, str(store.path)], capture_output=True, text=True, check=True)
    assert run.stdout.split("\n")[:2] == ["[]", "['b', 'a']"]
