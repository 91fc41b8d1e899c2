"""The experiment that traces go to."""

from __future__ import annotations

from spanglass.entities import Experiment
from spanglass.store import Store, StoreError, current_store, set_active_experiment


def set_experiment(
    experiment_name: str | None = None, *, experiment_id: str | None = None, store: Store | str | None = None
) -> Experiment:
    """Make an experiment the active one: traces that begin from now on go there, searches look there.

    Args:
        experiment_name: its name; one that does not exist yet is created.
        experiment_id: or its id, which must exist.
        store: a path or an opened store.

    Returns:
        The experiment, with ``experiment_id`` and ``name``.

    Raises:
        ValueError: neither or both are given.
        StoreError: there is no experiment with that id.

    >>> set_experiment("Morning Experiment").name
    'Morning Experiment'
    """
    if (experiment_name is None) == (experiment_id is None):
        raise ValueError("set_experiment() takes a name or experiment_id=, one of the two")
    opened = current_store(store)
    if experiment_id is not None:
        experiment = opened.experiment(str(experiment_id))
        if experiment is None:
            raise StoreError(f"there is no experiment with the id {str(experiment_id)!r}")
    else:
        if not isinstance(experiment_name, str) or not experiment_name:
            raise ValueError(f"an experiment's name is a text, not {experiment_name!r}")
        experiment = opened.experiment_by_name(experiment_name) or _created(opened, experiment_name)
    set_active_experiment(opened, experiment.experiment_id)
    return experiment


def _created(store: Store, name: str) -> Experiment:
    try:
        return store.create_experiment(name)
    except StoreError:
        experiment = store.experiment_by_name(name)  # another process may have been quicker
        if experiment is None:
            raise
        return experiment
