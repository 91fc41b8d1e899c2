"""Experiments and runs: where traces belong."""

from __future__ import annotations

import sqlite3
import time
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import replace

import orjson

from spanglass.entities import DEFAULT_EXPERIMENT_ID, DEFAULT_EXPERIMENT_NAME, Experiment, Run
from spanglass.store.errors import StoreError
from spanglass.store.json_text import clean, decode, encode_object

_RUN_COLUMNS = "run_id, experiment_id, name, status, start_ms, end_ms, params, metrics, tags"


def default_missing(connection: sqlite3.Connection) -> bool:
    """Whether the experiment that traces without one belong to is still to be made."""
    return experiment_where(connection, "experiment_id", DEFAULT_EXPERIMENT_ID) is None


def add_default(connection: sqlite3.Connection) -> None:
    """See to it that there is the experiment that traces without one belong to."""
    connection.execute(
        "INSERT INTO experiment(experiment_id, name, created_ms) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        (DEFAULT_EXPERIMENT_ID, DEFAULT_EXPERIMENT_NAME, now_ms()),
    )


def experiments(connection: sqlite3.Connection) -> list[Experiment]:
    """All of them, by name."""
    rows = connection.execute("SELECT experiment_id, name, created_ms, tags FROM experiment ORDER BY name")
    return [Experiment(id, name, created, orjson.loads(tags)) for id, name, created, tags in rows]


def experiment_where(connection: sqlite3.Connection, column: str, value: str) -> Experiment | None:
    """The one whose ``experiment_id`` or ``name`` is this."""
    row = connection.execute(
        f"SELECT experiment_id, name, created_ms, tags FROM experiment WHERE {column} = ?", (value,)
    ).fetchone()
    return None if row is None else Experiment(row[0], row[1], row[2], orjson.loads(row[3]))


def create_experiment(
    connection: sqlite3.Connection, name: str, created_ms: int = 0, tags: Mapping[str, str] | None = None
) -> Experiment:
    """A new experiment under a free id: digits, counting up."""
    if not name:
        raise StoreError("an experiment needs a name")
    if experiment_where(connection, "name", clean(name)) is not None:
        raise StoreError(f"there is an experiment named {name!r} already: get it with experiment_by_name()")
    number = int(connection.execute("SELECT count(*) FROM experiment").fetchone()[0])
    while experiment_where(connection, "experiment_id", str(number)) is not None:
        number += 1
    experiment = Experiment(str(number), clean(name), created_ms or now_ms(), dict(tags or {}))
    _insert(connection, experiment)
    return experiment


def _insert(connection: sqlite3.Connection, experiment: Experiment) -> None:
    connection.execute(
        "INSERT INTO experiment(experiment_id, name, created_ms, tags) VALUES (?, ?, ?, ?)",
        (
            experiment.experiment_id,
            experiment.name,
            experiment.created_ms,
            encode_object(experiment.tags),
        ),
    )


def merge_experiments(
    connection: sqlite3.Connection, incoming: Iterable[Experiment], named: Iterable[str]
) -> dict[str, str]:
    """Take in a batch's experiments; how the ids of the batch translate into those of this file.

    An experiment is the one here that has its **name**: ids are only numbers that some other server gave, and
    two servers both have a "1". If the name is new it keeps its id, unless that belongs to another experiment
    here: then it gets a free one. ``named`` are the ids that the batch's traces and runs mention; one that
    nobody describes becomes an experiment named like its id.
    """
    mapping: dict[str, str] = {}
    for experiment in incoming:
        id, name = clean(experiment.experiment_id), clean(experiment.name) or clean(experiment.experiment_id)
        known = experiment_where(connection, "name", name)
        if known is None:
            if experiment_where(connection, "experiment_id", id) is None:
                known = Experiment(id, name, experiment.created_ms or now_ms(), dict(experiment.tags))
                _insert(connection, known)
            else:
                known = create_experiment(connection, name, experiment.created_ms, experiment.tags)
        elif any(known.tags.get(key) != value for key, value in experiment.tags.items()):
            connection.execute(
                "UPDATE experiment SET tags = ? WHERE experiment_id = ?",
                (encode_object({**known.tags, **experiment.tags}), known.experiment_id),
            )
        mapping[experiment.experiment_id] = known.experiment_id
    for id in named:
        if id in mapping:
            continue
        mapping[id] = id
        if experiment_where(connection, "experiment_id", id) is None:
            name = id
            while experiment_where(connection, "name", name) is not None:
                name += "'"
            _insert(connection, Experiment(id, name, now_ms()))
    return mapping


def merge_runs(connection: sqlite3.Connection, incoming: Iterable[Run], mapping: Mapping[str, str]) -> None:
    """Take in a batch's runs: the latest word on a run counts, its maps are merged."""
    for given in incoming:
        known = run(connection, clean(given.run_id))
        put_run(
            connection,
            replace(
                given,
                experiment_id=mapping[given.experiment_id],
                start_ms=given.start_ms or (known.start_ms if known else 0),
                params={**(known.params if known else {}), **given.params},
                metrics={**(known.metrics if known else {}), **given.metrics},
                tags={**(known.tags if known else {}), **given.tags},
            ),
        )


def run(connection: sqlite3.Connection, run_id: str) -> Run | None:
    """The run with this id."""
    row = connection.execute(f"SELECT {_RUN_COLUMNS} FROM run WHERE run_id = ?", (run_id,)).fetchone()
    if row is None:
        return None
    params, metrics, tags = map(decode, row[6:])
    return Run(row[0], row[1], row[2], row[3], row[4], row[5], params, metrics, tags)


def create_run(connection: sqlite3.Connection, new: Run) -> Run:
    """Store a new run; an empty id and start are filled in."""
    made = replace(new, run_id=clean(new.run_id) or uuid.uuid4().hex, start_ms=new.start_ms or now_ms())
    if run(connection, made.run_id) is not None:
        raise StoreError(f"there is a run {made.run_id!r} already: change it with update_run()")
    if experiment_where(connection, "experiment_id", made.experiment_id) is None:
        raise StoreError(f"there is no experiment with the id {made.experiment_id!r}")
    put_run(connection, made)
    return made


def update_run(connection: sqlite3.Connection, changed: Run) -> Run:
    """Store a run anew, as a whole."""
    if run(connection, changed.run_id) is None:
        raise StoreError(f"there is no run with the id {changed.run_id!r}")
    put_run(connection, changed)
    return changed


def put_run(connection: sqlite3.Connection, value: Run) -> None:
    """Insert or replace a run."""
    connection.execute(
        f"INSERT OR REPLACE INTO run({_RUN_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            clean(value.run_id),
            value.experiment_id,
            clean(value.name),
            clean(value.status),
            value.start_ms,
            value.end_ms,
            encode_object(value.params),
            encode_object(value.metrics),
            encode_object(value.tags),
        ),
    )


def now_ms() -> int:
    """The time, as Unix milliseconds."""
    return time.time_ns() // 1_000_000
