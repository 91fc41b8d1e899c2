"""Which store is meant when none is named, and which experiment."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from spanglass.entities import DEFAULT_EXPERIMENT_ID
from spanglass.store.errors import StoreError
from spanglass.store.store import Store

DEFAULT_FILE = "spanglass.db"
ENVIRONMENT_VARIABLE = "SPANGLASS_STORE"

_guard = threading.RLock()
_opened: dict[Path, Store] = {}
_chosen: Store | Path | None = None
_active: dict[Path, str] = {}
_places: dict[str, Path] = {}  # where the paths lead that were asked for

if hasattr(os, "register_at_fork"):
    # Another thread's opening of a store must not leave a child waiting for ever.
    os.register_at_fork(before=_guard.acquire, after_in_parent=_guard.release, after_in_child=_guard.release)


def set_store(store: Store | str | Path | None) -> None:
    """Make this the store that is meant when none is named; None goes back to the default.

    Parameters
    ----------
    store : Store, str or Path
        An opened store, or the path of one; it is opened, and created if needed, when first used.
    """
    global _chosen
    with _guard:
        _chosen = store if isinstance(store, Store) or store is None else _resolved(store)


@contextmanager
def using_store(store: Store | str | Path) -> Iterator[None]:
    """Make this the store that is meant when none is named, until the block ends."""
    global _chosen
    with _guard:
        before = _chosen
    set_store(store)
    try:
        yield
    finally:
        with _guard:
            _chosen = before


def current_store(store: Store | str | Path | None = None) -> Store:
    """The store that is meant: ``store`` if given, else the one of ``set_store``, else the one whose path is in
    ``SPANGLASS_STORE``, else ``spanglass.db`` in the working directory.

    A path is opened once; asking for it again gives the same store.
    """
    with _guard:
        meant = store if store is not None else _chosen
        if isinstance(meant, Store):
            return meant
        path = _resolved(meant or os.environ.get(ENVIRONMENT_VARIABLE) or DEFAULT_FILE)
        known = _opened.get(path)
        if known is None or known.closed:
            known = _opened[path] = Store(path)
        return known


def active_experiment_id(store: Store) -> str:
    """The experiment that new traces go into and searches look at when none is named."""
    return _active.get(store.path, DEFAULT_EXPERIMENT_ID)


def set_active_experiment(store: Store, experiment_id: str) -> None:
    """Make this the active experiment of the process. Raises StoreError if there is none with this id."""
    if store.experiment(experiment_id) is None:
        raise StoreError(f"there is no experiment with the id {experiment_id!r}: create_experiment(name) makes one")
    _active[store.path] = experiment_id


def _resolved(path: str | Path) -> Path:
    if not isinstance(path, (str, os.PathLike)):
        raise TypeError(f"store is an opened store or the path of one, not {path!r:.60}")
    text = os.fspath(path)
    # A recorder asks with every trace, and following links on the disk takes longer than recording one.
    place = text if os.path.isabs(text) else os.path.join(os.getcwd(), text)
    known = _places.get(place)
    if known is None:
        known = _places[place] = Path(text).expanduser().resolve()
    return known
