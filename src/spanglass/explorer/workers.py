"""Threads that answer the explorer's requests, so that the handlers of messages never query.

Every message of a kernel's widgets passes through one thread. A handler that waited for a query would hold up
the selection that the next cell reads, and the cancellation of the query itself.
"""

from __future__ import annotations

import sys
import threading
from collections import deque
from collections.abc import Callable, Hashable
from typing import Literal

from spanglass import limits
from spanglass.engines.base import Cancel

Lane = Literal["query", "detail"]
"""Queries may take seconds; details (a trace, a span) take milliseconds and must not wait behind them."""


class Job:
    """Something to be done once on a worker, unless it is cancelled before it begins.

    ``owner`` is whose job it is; ``work`` is given the switch that stops it; ``dropped`` is called instead when it
    never began.
    """

    __slots__ = ("cancel", "dropped", "lane", "owner", "state", "work")

    def __init__(
        self, owner: Hashable, work: Callable[[Cancel], None], dropped: Callable[[], None], lane: Lane = "query"
    ) -> None:
        self.owner = owner
        self.work = work
        self.dropped = dropped
        self.lane = lane
        self.cancel = Cancel()
        self.state: Literal["waiting", "running", "over"] = "waiting"


class Workers:
    """A few daemon threads per lane, started when first needed and shared by all explorers of a process.

    They are daemons so that a query still running never keeps a kernel from exiting.

    >>> done = threading.Event()
    >>> Workers(1, 1).submit(Job("me", lambda cancel: done.set(), lambda: None))
    >>> done.wait(5)
    True
    """

    def __init__(self, query_threads: int, detail_threads: int) -> None:
        self._condition = threading.Condition()
        self._waiting: dict[Lane, deque[Job]] = {"query": deque(), "detail": deque()}
        self._threads: dict[Lane, int] = {"query": query_threads, "detail": detail_threads}
        self._started = False

    def submit(self, job: Job) -> None:
        """Have a job done. Its owner's oldest waiting job is dropped when there are too many."""
        with self._condition:
            self._start()
            waiting = self._waiting[job.lane]
            theirs = [other for other in waiting if other.owner == job.owner]
            waiting.append(job)
            self._condition.notify_all()
        if len(theirs) >= limits.MAX_PENDING:
            self.cancel(theirs[0])

    def cancel(self, job: Job) -> None:
        """Stop a job: a waiting one is dropped, a running one is told to end."""
        with self._condition:
            was = job.state
            if was == "waiting":
                job.state = "over"
                self._waiting[job.lane].remove(job)
        if was == "waiting":
            job.dropped()
        elif was == "running":
            job.cancel.cancel()

    def _start(self) -> None:
        if self._started:
            return
        self._started = True
        for lane, count in self._threads.items():
            for number in range(count):
                name = f"spanglass-{lane}-{number}"
                threading.Thread(target=self._run, args=(lane,), name=name, daemon=True).start()

    def _run(self, lane: Lane) -> None:
        waiting = self._waiting[lane]
        while True:
            with self._condition:
                self._condition.wait_for(lambda: waiting)
                job = waiting.popleft()
                job.state = "running"
            try:
                job.work(job.cancel)
            except Exception:  # the thread goes on, for the jobs of others
                threading.excepthook(threading.ExceptHookArgs((*sys.exc_info(), threading.current_thread())))
            finally:
                with self._condition:
                    job.state = "over"
            del job  # an idle worker keeps nothing alive


WORKERS = Workers(limits.EXPLORER_WORKERS, 2)
