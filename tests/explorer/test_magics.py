"""``%traces`` and ``%%trace`` in a real IPython shell."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from spanglass import limits
from spanglass.entities import Batch, Span
from spanglass.explorer import Explorer
from spanglass.store import Store, set_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "s.db") as made:
        made.write(Batch([Span("a", "s", "first", start_time_ns=10**6), Span("b", "s", "second", start_time_ns=10**9)]))
        set_store(made)
        yield made
        set_store(None)


@pytest.fixture
def shell(store: Store) -> Iterator[InteractiveShell]:
    made = InteractiveShell.instance()
    assert made.run_cell("%load_ext spanglass").success
    yield made
    InteractiveShell.clear_instance()


def run(shell: InteractiveShell, cell: str) -> tuple[Any, list[Any]]:
    """A cell's outcome, and what it displayed."""
    with capture_output() as captured:
        outcome = shell.run_cell(cell)
    return outcome, captured.outputs


def test_traces_shows_what_a_filter_finds(shell: InteractiveShell) -> None:
    outcome, _ = run(shell, "%traces name = 'second' AND NOT { name = 'x' }")
    explorer = outcome.result
    assert isinstance(explorer, Explorer)
    assert explorer.filter == "name = 'second' AND NOT { name = 'x' }"
    assert list(explorer.df()["name"]) == ["second"]


def test_traces_without_a_filter_shows_all(shell: InteractiveShell) -> None:
    assert len(run(shell, "%traces")[0].result.df()) == 2


def test_trace_runs_a_cell_in_a_span_and_shows_it(shell: InteractiveShell, store: Store) -> None:
    outcome, shown = run(shell, "%%trace my step\nx = 6 * 7\nx")
    assert outcome.success
    assert shell.user_ns["x"] == 42
    assert any("my step" in output.data.get("text/html", "") for output in shown)
    assert "my step" in [info.name for info in all_infos(store)]


def test_of_very_many_traces_of_a_cell_the_first_are_shown(shell: InteractiveShell) -> None:
    many = f"""%%trace
    import threading
    from spanglass import start_span
    def one():
        with start_span("one"):
            pass
    for _ in range({limits.MAX_TRACED + 5}):
        thread = threading.Thread(target=one)
        thread.start()
        thread.join()
    """
    with capture_output() as captured:
        assert shell.run_cell(dedent(many)).success
    assert f"{limits.MAX_TRACED + 6} traces were recorded; the first {limits.MAX_TRACED} of them" in captured.stdout
    assert len(captured.outputs) == 1


def test_trace_marks_a_cell_that_raises_and_ends_it(shell: InteractiveShell, store: Store) -> None:
    outcome, shown = run(shell, "%%trace broken\n1 / 0")
    assert not outcome.success
    assert "ZeroDivisionError" in str(outcome.error_in_exec)
    (info,) = [info for info in all_infos(store) if info.name == "broken"]
    assert info.status == "ERROR"
    assert any("broken" in output.data.get("text/html", "") for output in shown)


def all_infos(store: Store) -> list[Any]:
    ids = [row[0] for row in store.connection.execute("SELECT trace_id FROM trace")]
    return store.trace_infos(ids)
