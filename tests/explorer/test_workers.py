"""The threads behind the explorer: what waits can be dropped, what runs can be stopped."""

from __future__ import annotations

import threading
from collections.abc import Callable

from spanglass import limits
from spanglass.engines.base import Cancel
from spanglass.explorer.workers import Job, Lane, Workers

PATIENCE = 30


def nothing() -> None:
    pass


class Blocker:
    """Work that goes on until it is released or cancelled."""

    def __init__(self) -> None:
        self.began = threading.Event()
        self.released = threading.Event()
        self.was_cancelled = threading.Event()

    def __call__(self, cancel: Cancel) -> None:
        cancel.on_cancel(self.was_cancelled.set)
        cancel.on_cancel(self.released.set)
        self.began.set()
        self.released.wait(PATIENCE)


def recorder(log: list[str], name: str, done: threading.Event | None = None) -> Callable[[Cancel], None]:
    def work(cancel: Cancel) -> None:
        log.append(name)
        if done is not None:
            done.set()

    return work


def submit(
    workers: Workers,
    owner: str,
    work: Callable[[Cancel], None],
    dropped: Callable[[], None] = nothing,
    lane: Lane = "query",
) -> Job:
    job = Job(owner, work, dropped, lane)
    workers.submit(job)
    return job


def test_jobs_are_done_in_order() -> None:
    workers, log, done = Workers(1, 1), [], threading.Event()
    for name in "abc":
        submit(workers, "me", recorder(log, name))
    submit(workers, "me", recorder(log, "d", done))
    assert done.wait(PATIENCE)
    assert log == ["a", "b", "c", "d"]


def test_a_running_job_has_its_switch_thrown() -> None:
    workers, blocker = Workers(1, 1), Blocker()
    job = submit(workers, "me", blocker)
    assert blocker.began.wait(PATIENCE)
    workers.cancel(job)
    assert blocker.was_cancelled.wait(PATIENCE)


def test_a_waiting_job_is_dropped_and_never_begins() -> None:
    workers, blocker, log, done = Workers(1, 1), Blocker(), [], threading.Event()
    submit(workers, "me", blocker)
    assert blocker.began.wait(PATIENCE)
    waiting = submit(workers, "me", recorder(log, "work"), lambda: log.append("dropped"))
    workers.cancel(waiting)
    workers.cancel(waiting)
    submit(workers, "me", recorder(log, "next", done))
    blocker.released.set()
    assert done.wait(PATIENCE)
    assert log == ["dropped", "next"]


def test_cancelling_what_is_over_changes_nothing() -> None:
    workers, log, done = Workers(1, 1), [], threading.Event()
    job = submit(workers, "me", recorder(log, "first"), lambda: log.append("dropped"))
    submit(workers, "me", recorder(log, "second", done))
    assert done.wait(PATIENCE)
    workers.cancel(job)
    assert log == ["first", "second"]
    assert not job.cancel.cancelled


def test_details_do_not_wait_behind_queries() -> None:
    workers, blocker, done = Workers(1, 1), Blocker(), threading.Event()
    submit(workers, "me", blocker, lane="query")
    submit(workers, "me", recorder([], "trace", done), lane="detail")
    assert done.wait(PATIENCE)
    blocker.released.set()


def test_too_many_waiting_jobs_lose_the_oldest_of_the_same_owner() -> None:
    workers, blocker, dropped, done = Workers(1, 1), Blocker(), [], threading.Event()
    submit(workers, "me", blocker)
    assert blocker.began.wait(PATIENCE)
    submit(workers, "other", recorder([], "other"), lambda: dropped.append("other"))
    for number in range(limits.MAX_PENDING + 2):
        submit(workers, "me", recorder([], ""), lambda number=number: dropped.append(number))
    assert dropped == [0, 1]
    submit(workers, "other", recorder([], "last", done))
    blocker.released.set()
    assert done.wait(PATIENCE)


def test_a_worker_survives_a_job_that_raises() -> None:
    workers, done = Workers(1, 1), threading.Event()

    def fail(cancel: Cancel) -> None:
        raise ValueError("no")

    hook, seen = threading.excepthook, []
    threading.excepthook = lambda args: seen.append(args.exc_type)
    try:
        submit(workers, "me", fail)
        submit(workers, "me", recorder([], "", done))
        assert done.wait(PATIENCE)
    finally:
        threading.excepthook = hook
    assert seen == [ValueError]
