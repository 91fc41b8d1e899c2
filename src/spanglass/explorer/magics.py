"""``%load_ext spanglass``: ``%traces`` shows what a filter finds, ``%%trace`` what a cell recorded."""

from __future__ import annotations

from typing import Any

from IPython.core.magic import Magics, cell_magic, line_magic, magics_class, no_var_expand
from IPython.display import display

from spanglass import limits
from spanglass.capture import capture, start_span
from spanglass.explorer.opening import explore
from spanglass.explorer.widget import Explorer
from spanglass.filters import quote_value


class CellFailed(Exception):
    """Ends a traced cell that raised, without a second traceback: the first is on the screen already."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


@magics_class
class TraceMagics(Magics):
    """The magics of this package."""

    @no_var_expand
    @line_magic
    def traces(self, line: str) -> Explorer:
        """``%traces status = 'ERROR'`` shows the traces that the filter finds; without a filter, all of them."""
        return explore(filter=line.strip())

    @no_var_expand
    @cell_magic
    def trace(self, line: str, cell: str) -> None:
        """``%%trace my step`` runs the cell inside a span of that name, and shows what was recorded."""
        assert self.shell is not None
        failure: Exception | None = None
        with capture() as recorded:
            try:
                with start_span(line.strip() or "cell"):
                    self.shell.run_cell(cell).raise_error()
            except Exception as error:
                failure = error
        if len(recorded) > limits.MAX_TRACED:
            print(f"{len(recorded):,} traces were recorded; the first {limits.MAX_TRACED} of them are shown")
        ids = ", ".join(map(quote_value, recorded[: limits.MAX_TRACED]))
        display(explore(filter=f"trace_id IN ({ids})"))
        if failure is not None:
            raise CellFailed(f"the traced cell raised {type(failure).__name__}") from failure


def register(ipython: Any) -> None:
    """Make the magics known to a shell."""
    ipython.register_magics(TraceMagics)
