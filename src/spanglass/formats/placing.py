"""Which experiment the traces of a source go into."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import orjson

from spanglass.entities import (
    DEFAULT_EXPERIMENT_ID,
    DEFAULT_EXPERIMENT_NAME,
    UNSET,
    Batch,
    Experiment,
    TraceFacts,
    Unset,
)
from spanglass.store import Store, active_experiment_id


class Placing:
    """Gives the traces of one source their experiments.

    An experiment that the source names is found here by its name, or made. One of which it tells only the id says
    little (every server has a "1"): it is for traces that the store does not have yet. Traces without any go into the
    experiment that the user named, or else, those that are new, into the active one.
    """

    def __init__(self, store: Store, experiment: str | None) -> None:
        self._store = store
        self._experiment = experiment
        self._home: str | None = None
        self._here: dict[tuple[str, str], str] = {}

    def place(self, batch: Batch) -> Batch:
        """``batch`` with the ids of this store's experiments in its facts and runs."""
        known = self._known(batch)
        named = {one.experiment_id: one for one in batch.experiments if one.name}
        facts = [self._translated(one, named, one.trace_id in known) for one in batch.traces]
        placed = {one.trace_id for one in facts if not isinstance(one.experiment_id, Unset)}
        told = {one.trace_id for one in batch.traces if not isinstance(one.experiment_id, Unset)}
        for trace_id in _trace_ids(batch):
            stays = trace_id in known and (self._experiment is None or trace_id in told)
            if trace_id not in placed and not stays:
                facts.append(TraceFacts(trace_id, experiment_id=self._home_id()))
        here = {one.experiment_id: self._id(one) for one in named.values()}
        runs = [
            replace(run, experiment_id=here.get(run.experiment_id) or self._run_home_id(run.run_id))
            for run in batch.runs
        ]
        return Batch(batch.spans, facts, batch.assessments, [], runs)

    def _translated(self, facts: TraceFacts, named: dict[str, Experiment], is_known: bool) -> TraceFacts:
        id = facts.experiment_id
        if isinstance(id, Unset):
            return facts
        if id in named:
            return replace(facts, experiment_id=self._id(named[id]))
        if is_known:
            return replace(facts, experiment_id=UNSET)
        name = DEFAULT_EXPERIMENT_NAME if id == DEFAULT_EXPERIMENT_ID else f"MLflow experiment {id}"
        return replace(facts, experiment_id=self._id(Experiment(id, name)))

    def _id(self, experiment: Experiment) -> str:
        """The id that a source's experiment has in this store, where it is made if need be."""
        key = (experiment.experiment_id, experiment.name)
        if key not in self._here:
            self._store.write(Batch(experiments=[experiment]))
            here = self._store.experiment_by_name(experiment.name)
            self._here[key] = experiment.experiment_id if here is None else here.experiment_id
        return self._here[key]

    def _home_id(self) -> str:
        if self._home is None:
            if self._experiment is None:
                self._home = active_experiment_id(self._store)
            else:
                here = self._store.experiment_by_name(self._experiment)
                self._home = (here or self._store.create_experiment(self._experiment)).experiment_id
        return self._home

    def _run_home_id(self, run_id: str) -> str:
        """Like a trace, a run that is there already stays where it is unless the user says otherwise."""
        known = self._store.run(run_id) if self._experiment is None else None
        return self._home_id() if known is None else known.experiment_id

    def _known(self, batch: Batch) -> set[str]:
        wanted = orjson.dumps(list(_trace_ids(batch))).decode()
        rows = self._store.connection.execute(
            "SELECT trace_id FROM trace WHERE trace_id IN (SELECT value FROM json_each(?))", (wanted,)
        )
        return {trace_id for (trace_id,) in rows}


def _trace_ids(batch: Batch) -> Iterable[str]:
    """The traces that a batch speaks of, each once."""
    found: dict[str, None] = {}
    for group in (batch.spans, batch.traces, batch.assessments):
        found.update((item.trace_id, None) for item in group if item.trace_id is not None)
    return found
