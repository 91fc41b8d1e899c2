"""Runs: one execution of something, which the traces recorded inside carry with them."""

from __future__ import annotations

import threading
import time
import uuid
from dataclasses import replace
from types import TracebackType
from typing import Any

from spanglass.entities import Run
from spanglass.store import Store, active_experiment_id, current_store

# One stack for the process: worker threads that a run starts, and the next cells of a notebook, belong to it too.
_stack: list[ActiveRun] = []
_lock = threading.Lock()

ENDED = ("FINISHED", "FAILED", "KILLED")
"""How a run can have ended."""


class ActiveRun:
    """A run that is under way in ``store``; as a context manager it ends with its block.

    It has every attribute of its ``Run`` (``run_id``, ``experiment_id``, ``name``, …), and ``info`` is that run,
    the way MLflow spells it: ``run.info.run_id``.
    """

    def __init__(self, info: Run, store: Store) -> None:
        self.info = info
        self.store = store

    def __getattr__(self, name: str) -> Any:
        if name == "info":  # not set yet, while being copied
            raise AttributeError(name)
        return getattr(self.info, name)

    def __enter__(self) -> ActiveRun:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._end("FINISHED" if kind is None else "FAILED")

    def __repr__(self) -> str:
        return f"ActiveRun({self.info!r})"

    def _end(self, status: str) -> None:
        with _lock:
            if self not in _stack:  # ended already
                return
            _stack.remove(self)
        self.info = self.store.update_run(replace(self.info, status=status, end_ms=_now_ms()))


def start_run(
    run_name: str | None = None,
    *,
    run_id: str | None = None,
    experiment_id: str | None = None,
    tags: dict[str, str] | None = None,
    store: Store | str | None = None,
) -> ActiveRun:
    """Begin a run. Traces that begin before it ends carry its id, in ``run_id`` and in metadata.

    Args:
        run_name: a name to know it by; the default is made from its id.
        run_id: the id it shall have, or that of a run in the store, which is then taken up again.
        experiment_id: where it belongs; the active experiment by default.
        tags: texts to keep with it.
        store: a path or an opened store.

    Raises:
        TypeError: the name or the id is no text.
        StoreError: there is no such experiment.

    Runs nest: a run started inside another one is the active one until it ends.

    >>> with start_run("first try") as run:
    ...     run.name
    'first try'
    """
    for name, value in (("run_name", run_name), ("run_id", run_id)):
        if value is not None and not isinstance(value, str):
            raise TypeError(f"{name} is a text, not {value!r:.60}")
    opened = current_store(store)
    known = opened.run(run_id) if run_id is not None else None
    if known is not None:
        info = opened.update_run(replace(known, status="RUNNING", end_ms=None, tags={**known.tags, **(tags or {})}))
    else:
        run_id = run_id or uuid.uuid4().hex
        info = opened.create_run(
            Run(
                run_id,
                experiment_id=experiment_id or active_experiment_id(opened),
                name=run_name or f"run {run_id[:8]}",
                start_ms=_now_ms(),
                tags=dict(tags or {}),
            )
        )
    run = ActiveRun(info, opened)
    with _lock:
        _stack.append(run)
    return run


def active_run() -> ActiveRun | None:
    """The run that was started last and has not ended, or None."""
    with _lock:
        return _stack[-1] if _stack else None


def end_run(status: str = "FINISHED") -> None:
    """End the active run; nothing happens where there is none.

    Args:
        status: ``FINISHED``, ``FAILED`` or ``KILLED``; anything else is a ValueError.
    """
    if status not in ENDED:
        raise ValueError(f"status is {', '.join(ENDED[:-1])} or {ENDED[-1]}, not {status!r:.60}")
    run = active_run()
    if run is not None:
        run._end(status)


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
