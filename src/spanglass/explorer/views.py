"""What an explorer's screen shows, as plain data: to be committed, given back, kept under a key, or printed as code."""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, get_args

from spanglass.explorer.predicates import importable_name
from spanglass.explorer.source import Source, Unreadable
from spanglass.explorer.wire import RowMode
from spanglass.filters import depends_on_zone, resolve_column
from spanglass.filters.times import local_zone
from spanglass.store import Store

if TYPE_CHECKING:
    from spanglass.explorer.widget import Explorer

T = TypeVar("T")

DEFAULT_HEIGHT = 480
KEPT = ("filter", "columns", "selection", "screen", "height")
"""The traits that are kept under a key."""

ARRANGED = ("panes", "widths", "order", "pinned", "group")
"""What ``screen`` holds besides what a row is."""


@dataclass(frozen=True, slots=True)
class Memory:
    """Keeps an explorer's view and selection in its store under ``key``, over a rerun of the cell.

    ``given`` is what the cell asked for. When the cell is changed to ask for something else, that wins over
    what was kept, except for the selection.
    """

    key: str
    given: dict[str, Any]
    _guard: Any = field(default_factory=threading.Lock, repr=False, compare=False)

    def recall(self, store: Store) -> dict[str, Any]:
        """The traits kept, as far as they still count."""
        kept = store.view_state(self.key) or {}
        names = KEPT if kept.get("given") == self.given else ("selection",)
        return {name: kept[name] for name in names if name in kept}

    def keep(self, store: Store, explorer: Explorer) -> None:
        """Keep the traits as they are now."""
        with self._guard:  # two at once could write in the order opposite to that in which they read
            traits = {name: getattr(explorer, name) for name in KEPT}
            store.set_view_state(self.key, {"given": self.given, **traits})


def view_of(explorer: Explorer) -> dict[str, Any]:
    """The view as a dict of JSON values, without what is as usual."""
    source, screen = explorer._source, dict(explorer.screen)
    view = {
        "filter": explorer.filter,
        "columns": explorer.columns,
        "rows": screen.pop("rows", "traces"),
        "height": explorer.height,
        "experiment_ids": source.scope.experiment_ids,
        "run_id": source.scope.run_id,
        "tz": source.scope.tz,
        "where": [importable_name(one) for one in source.predicates.functions] if isinstance(source, Source) else [],
        "labels": explorer.labels,
        **screen,
    }
    usual = {"where": [], "labels": {}, "filter": "", "columns": [], "rows": "traces", "height": DEFAULT_HEIGHT}
    return {name: value for name, value in view.items() if value != usual.get(name)}


def code_of(source: Source | Unreadable, view: dict[str, Any]) -> str:
    """What makes an explorer that shows this view of this source: the import, and a call of ``explore``.

    Where the filter's dates are those of a time zone, that is named: the code may run on a machine in another one.
    """
    arguments = [source_text(source)]
    review = source.labelling.review if isinstance(source, Source) else None
    shown = dict(view) if review is None else {**view, "filter": review.text}
    if depends_on_zone(shown.get("filter", ""), shown.get("rows", "traces")):
        shown.setdefault("tz", local_zone())
    screen = {name: shown.pop(name) for name in ARRANGED if name in shown}
    arguments += [f"{name}={value!r}" for name, value in shown.items()]
    arguments += [f"view={screen!r}"] if screen else []
    call = f"sg.explore({', '.join(filter(None, arguments))})"
    return f"import spanglass as sg\n\n{call}" + ("" if review is None else ".review()")


def source_text(source: Source | Unreadable) -> str:
    """The source as an argument: nothing where it is the current store; traces in memory are meant by a name."""
    if source.path is None:
        return "traces" if isinstance(source, Source) and source.given is not None else ""
    path, folder = source.path.absolute(), Path.cwd()
    return repr(str(path.relative_to(folder) if path.is_relative_to(folder) else path))


def checked_active(value: Any) -> tuple[str | None, str | None]:
    """The ids of the open trace and span."""
    good = isinstance(value, (list, tuple)) and len(value) == 2
    if not good or not all(part is None or isinstance(part, str) for part in value):
        raise ValueError(f"active is (trace id or None, span id or None), not {value!r:.60}")
    return (value[0], value[1])


def checked_height(value: Any) -> int:
    """A height in pixels that a screen can show."""
    if isinstance(value, bool) or not isinstance(value, int) or not 100 <= value <= 10_000:
        raise ValueError(f"height is a whole number of pixels from 100 to 10,000, not {value!r:.60}")
    return value


def checked_screen(value: Any) -> dict[str, Any]:
    """How the panes are arranged, the contract's ``Layout``.

    >>> checked_screen({"rows": "spans", "panes": [40, 30, 30]})
    {'rows': 'spans', 'panes': [40, 30, 30]}
    """
    if not isinstance(value, dict) or not value.keys() <= {"rows", *ARRANGED}:
        raise ValueError(f"screen is a dict of 'rows', {', '.join(map(repr, ARRANGED))}")
    checked = dict(value)
    if checked.get("rows", "traces") not in get_args(RowMode):
        raise ValueError(f"rows must be 'traces' or 'spans', not {checked['rows']!r:.60}")
    if "panes" in checked and (len(numbers(checked["panes"], "panes")) != 3):
        raise ValueError("panes are three shares in percent")
    if "widths" in checked:
        if not isinstance(checked["widths"], dict) or not all(isinstance(key, str) for key in checked["widths"]):
            raise ValueError("widths are pixels by the column's name")
        numbers(list(checked["widths"].values()), "widths")
    if "group" in checked:
        if not isinstance(checked["group"], str):
            raise ValueError(f"group is the path of a field, not {checked['group']!r:.60}")
        resolve_column(checked["group"])
    for what in ("order", "pinned"):
        names = checked.get(what, [])
        if not isinstance(names, (list, tuple)) or not all(isinstance(name, str) for name in names):
            raise ValueError(f"{what} is a list of columns' names")
    return checked


def arranged(base: Sequence[str], extra: Sequence[T], order: Sequence[str] | None) -> list[str | T]:
    """The list's columns as they stand: base columns by their names, and the extra ones in their own order.

    ``order`` names the base columns to show, in order; every other name in it is a place for the next extra column.
    Extra columns without a place come last. Without an order, the base columns come first.

    >>> arranged(["time", "name"], ["tag.env", "cost"], ["name", "tag.env"])
    ['name', 'tag.env', 'cost']
    """
    if order is None:
        return [*base, *extra]
    waiting = iter(extra)
    found: list[str | T] = []
    for name in order:
        if name not in base:
            found += islice(waiting, 1)
        elif name not in found:
            found.append(name)
    return [*found, *waiting]


def numbers(values: Any, what: str) -> list[float]:
    """A list of numbers that are not negative."""
    if not isinstance(values, (list, tuple)):
        raise ValueError(f"{what} must be a list of numbers")
    for value in values:
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < math.inf:
            raise ValueError(f"{what} must be numbers, not {value!r:.60}")
    return list(values)
