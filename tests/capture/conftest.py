"""A store of its own for each test, and what was recorded into it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import spanglass as sg
from spanglass.entities import Span, Trace
from spanglass.store import Store, current_store, set_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """The current store, empty."""
    set_store(tmp_path / "traces.db")
    opened = current_store()
    yield opened
    sg.flush()
    set_store(None)
    opened.close()


def all_traces(store: Store) -> list[Trace]:
    """Every trace of a store, in the order of their beginning."""
    store.refresh()
    ids = [row[0] for row in store.connection.execute("SELECT trace_id FROM trace ORDER BY start_ns, rid")]
    return store.traces(ids)


def the_trace(store: Store) -> Trace:
    """The only trace of a store."""
    (trace,) = all_traces(store)
    return trace


def the_span(store: Store) -> Span:
    """The only span of a store."""
    (span,) = the_trace(store).data.spans
    return span


@pytest.fixture
def python(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs a program in a process and a folder of its own, where ``spanglass.db`` is the store."""

    def run(program: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == code, done.stderr
        return done

    return run
