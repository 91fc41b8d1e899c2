"""The requests of one explorer that are being answered, each by a worker."""

from __future__ import annotations

from collections.abc import Callable

from spanglass.engines.base import Cancel
from spanglass.explorer import envelope, methods
from spanglass.explorer.envelope import Address, CancelRequest, Request, WireFault
from spanglass.explorer.source import Source
from spanglass.explorer.workers import WORKERS, Job


class Requests:
    """Has requests answered, and keeps hold of them so that they can be cancelled.

    ``send`` takes the head of a reply, and its body as a list of buffers where there is one.
    """

    def __init__(self, send: Callable[..., None]) -> None:
        self._send = send
        self._jobs: dict[tuple[str, int], Job] = {}

    def __len__(self) -> int:
        return len(self._jobs)

    def start(self, to: Address, request: Request, source: Source) -> None:
        """Have a request answered; the reply goes to its address."""
        place = (request.v, request.id)

        def work(cancel: Cancel) -> None:
            try:
                self._answer(to, request, source, cancel)
            finally:
                self._jobs.pop(place, None)

        def dropped() -> None:
            self._jobs.pop(place, None)
            self._send(envelope.failure(to, WireFault("cancelled", "the request was cancelled")))

        self._jobs[place] = Job(id(self), work, dropped, methods.METHODS[request.method].lane)
        WORKERS.submit(self._jobs[place])

    def cancel(self, message: CancelRequest) -> None:
        """Stop a request, if it is not answered yet."""
        job = self._jobs.get((message.v, message.id))
        if job is not None:
            WORKERS.cancel(job)

    def stop(self) -> None:
        """Stop all of them."""
        for job in list(self._jobs.values()):
            WORKERS.cancel(job)

    def _answer(self, to: Address, request: Request, source: Source, cancel: Cancel) -> None:
        try:
            body = envelope.encode(methods.METHODS[request.method].call(source, request.params, cancel))
        except Exception as error:
            self._send(envelope.failure(to, methods.fault_of(error)))
        else:
            self._send(envelope.success(to), [body])
