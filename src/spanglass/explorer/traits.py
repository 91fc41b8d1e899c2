"""What the explorer and its browser share: the traits, and what makes a value that was written to one sound."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

import anywidget
import traitlets

from spanglass import limits
from spanglass.explorer import views
from spanglass.explorer.labels import Schema, checked_labels, is_short, on_wire
from spanglass.explorer.selection import NOTHING, checked_selection
from spanglass.explorer.source import Source, Unreadable, checked_columns
from spanglass.explorer.wire import ColumnSpec, RowMode


class Checked(traitlets.Any):
    """A trait whose value its widget's ``_checked_<name>`` makes sound, and that one thread at a time writes.

    With subshells the browser's messages come on another thread than the one that runs cells.
    """

    allow_none = False  # traitlets would take None unseen

    def validate(self, obj: Any, value: Any) -> Any:
        return getattr(obj, f"_checked_{self.name}")(value)

    def set(self, obj: Any, value: Any) -> None:
        with obj._guard:
            super().set(obj, value)


class Traits(anywidget.AnyWidget):
    """The traits of an explorer of ``_source``; ``Explorer`` says what each of them is."""

    _source: Source | Unreadable
    _guard: threading.RLock

    _esm = traitlets.Unicode().tag(sync=True)
    _css = traitlets.Unicode().tag(sync=True)
    filter = Checked("").tag(sync=True)
    columns = Checked([]).tag(sync=True, echo_update=False)
    selection = Checked(NOTHING).tag(sync=True, echo_update=False)
    active = Checked((None, None)).tag(sync=True, echo_update=False)
    screen = Checked({}).tag(sync=True, echo_update=False)
    height = Checked(480).tag(sync=True, echo_update=False)
    predicates = Checked([]).tag(sync=True)
    labels = Checked({}).tag(sync=True, to_json=lambda schema, _: on_wire(schema))
    rater = Checked("").tag(sync=True)
    reviewing = traitlets.Bool(False).tag(sync=True)
    boot = traitlets.Dict().tag(sync=True)

    # What Python alone writes; from the browser it is ignored.
    _OURS = frozenset({"filter", "labels", "rater", "reviewing", "boot", "_esm", "_css"})

    @property
    def rows(self) -> RowMode:
        """What a row is: "traces" or "spans"."""
        return self.screen.get("rows", "traces")

    def _checked_filter(self, value: Any) -> str:
        if not isinstance(value, str):
            raise TypeError(f"filter must be a text, not {value!r:.60}")
        if isinstance(self._source, Source):
            self._source.meaning(value, self.rows)
        return value

    def _checked_predicates(self, value: Any) -> list[str]:
        if isinstance(self._source, Unreadable):
            return []
        known = self._source.predicates.names
        if not isinstance(value, (list, tuple)) or [name for name in known if name in value] != list(value):
            raise ValueError("predicates are names of functions given to where")
        return list(value)

    def _checked_labels(self, value: Any) -> Schema:
        return checked_labels(value)

    def _checked_rater(self, value: Any) -> str:
        if not isinstance(value, str) or not is_short(value):
            raise ValueError(f"rater is a name of 1 to {limits.MAX_LABEL_CHARS} characters, not {value!r:.60}")
        return value

    def _checked_columns(self, value: Any) -> list[ColumnSpec]:
        return checked_columns(value)

    def _checked_selection(self, value: Any) -> dict[str, Any]:
        return checked_selection(value)

    def _checked_active(self, value: Any) -> tuple[str | None, str | None]:
        return views.checked_active(value)

    def _checked_screen(self, value: Any) -> dict[str, Any]:
        return views.checked_screen(value)

    def _checked_height(self, value: Any) -> int:
        return views.checked_height(value)

    def set_state(self, sync_data: Mapping[str, Any]) -> None:
        """Take what the browser wrote: what is the browser's to write and is sound; the rest is ignored."""
        with self._guard:
            super().set_state({name: value for name, value in sync_data.items() if self._is_sound(name, value)})

    def _is_sound(self, name: str, value: Any) -> bool:
        check = getattr(self, f"_checked_{name}", None)
        try:
            if check is not None:
                check(value)
        except (TypeError, ValueError) as error:
            self.log.debug("ignored %s from the browser: %s", name, error)
            return False
        return name not in self._OURS
