"""Forked processes that use a store, and what they say on the way."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass


@dataclass
class Child:
    """A forked process. ``said()`` is all that it said until it ended, line by line."""

    pid: int
    _pipe: int
    _heard: bytes = b""

    def wait_for_word(self) -> None:
        """Until it has said something."""
        self._heard += os.read(self._pipe, 65536)

    def kill(self) -> None:
        """End it in the middle of whatever it does."""
        os.kill(self.pid, signal.SIGKILL)

    def said(self) -> list[str]:
        while more := os.read(self._pipe, 65536):
            self._heard += more
        os.close(self._pipe)
        self.code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        whole, _, _ = self._heard.rpartition(b"\n")
        return whole.decode().splitlines()


def forked(work: Callable[[Callable[[str], object]], None]) -> Child:
    """Run ``work(say)`` in a child; each ``say(line)`` reaches the parent whatever becomes of the child."""
    pipe, into = os.pipe()
    pid = os.fork()
    if pid:
        os.close(into)
        return Child(pid, pipe)
    code = 1
    try:
        os.close(pipe)
        work(lambda line: os.write(into, line.encode() + b"\n"))
        code = 0
    except BaseException as error:
        os.write(into, f"error: {type(error).__name__}: {error}\n".encode())
    finally:
        os._exit(code)
