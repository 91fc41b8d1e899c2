"""``evaluate``: run a model over a frame's rows, or take recorded outputs, score them, and log the scores."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from spanglass.capture import active_run, start_run
from spanglass.capture.runs import ActiveRun
from spanglass.entities import Trace
from spanglass.evaluation.calling import as_function, model_name
from spanglass.evaluation.metrics import MODEL_TYPES, model_type_metrics
from spanglass.evaluation.predicting import predict, recall
from spanglass.evaluation.result import TABLE, EvaluationResult
from spanglass.evaluation.rows import EXPECTATION_COLUMNS, OUTPUT_COLUMNS, Row, as_frame, column_of, read_rows
from spanglass.evaluation.scored import scored_rows
from spanglass.evaluation.scorer import Score, Scorer, ScorerFunction, as_scorers
from spanglass.evaluation.scoring import score_rows
from spanglass.evaluation.table import results_table, summaries
from spanglass.limits import EVALUATION_WORKERS, PROGRESS_AFTER_S
from spanglass.store import Store, current_store, using_store


def evaluate(
    model: Any = None,
    data: pd.DataFrame | Sequence[Mapping[str, Any]] | Sequence[Trace] | None = None,
    targets: str | None = None,
    model_type: str | None = None,
    *,
    scorers: Sequence[ScorerFunction] | Mapping[str, ScorerFunction] = (),
    predictions: str | None = None,
    batch: bool | None = None,
    run_name: str | None = None,
    resume: str | None = None,
    workers: int = EVALUATION_WORKERS,
    progress: bool = True,
    store: Store | str | Path | None = None,
) -> EvaluationResult:
    """Score a model's outputs, or recorded ones, row by row.

    Parameters
    ----------
    model:
        A function of one row's inputs that returns its output; may be ``async``. The inputs are the row's
        ``inputs`` (else its ``request``, else a dict of its other columns). A dict whose keys are the function's
        parameters is passed by keyword, so a recorded function runs again on its recorded inputs; anything else
        is the one argument. None scores the outputs that the data has.
    data:
        A DataFrame (``search_traces`` and ``to_eval`` make some), a list of dicts, or a list of traces.
    targets:
        The column with the right answers, by default ``expectations`` or ``ground_truth`` if there is one.
    model_type:
        ``"question-answering"`` scores exact_match and ari_grade_level, ``"text"`` the latter alone. The further
        metrics that MLflow has for them work from data that it downloads. Here only data that is on this machine is
        used: token_count and flesch_kincaid_grade_level come with ``pip install 'spanglass[readability]'``, toxicity
        with transformers and the classifier in its cache. Without, they are columns without values, with one warning.
    scorers:
        Functions of any of ``inputs``, ``outputs``, ``expectations`` and ``trace``, by these names, that return a
        bool, a number, a text, another JSON value, an ``Assessment``, or None for no score; a list, or a dict by
        name. ``spanglass.scorers`` makes common ones.
    predictions:
        Without a model, the column with the outputs; by default ``outputs``, else ``response``.
    batch:
        True calls the model once with a DataFrame of all rows, the targets left out, and expects a list of
        outputs: what a model of ``mlflow.evaluate`` looks like. By default that is done for an object with
        ``predict``, for a function whose first parameter is annotated as a DataFrame, and, so that a model
        written for MLflow needs no change, for a function that fails on every single row with a TypeError,
        AttributeError or KeyError and then answers when given the DataFrame.
    run_name:
        A name for the run that all of this is logged under, unless there is an active run.
    resume:
        The id of a run that was interrupted, or in which rows failed: it is taken up again, with the same data and
        model. Rows that the model answered keep their answers, as they were recorded; scores that were given are kept.
    workers:
        How many rows are run at once. 1 for a model that is not safe to call from several threads.
    progress:
        Show a progress bar once it takes longer than a second.
    store:
        A path or an opened store; by default the current one.

    Each call of the model is recorded as a trace of its own, in the active experiment, with the run's id and, in
    metadata, ``source_trace_id``: the trace that the row came from. Scores are logged as feedback on the trace that
    produced the outputs: that new one, or, without a model, the row's own. So a new model never marks an old trace
    as failing. A row on which the model fails keeps its error and has no scores; the other rows go on.

    Raises
    ------
    TypeError, ValueError
        An argument that is not what it should be, named.

    >>> import tempfile, os
    >>> rows = [{"inputs": "Tom", "ground_truth": "Good morning Tom."}]
    >>> with tempfile.TemporaryDirectory() as folder, Store(os.path.join(folder, "s.db")) as store:
    ...     result = evaluate(
    ...         lambda name: f"Good morning {name}.", rows, targets="ground_truth",
    ...         scorers={"polite": lambda outputs: outputs.startswith("Good")}, store=store,
    ...     )
    >>> result.metrics
    {'polite/mean': 1.0}
    """
    frame = as_frame(data, store)
    if model is None and predictions is None and column_of(frame, "predictions", None, OUTPUT_COLUMNS) is None:
        raise ValueError("there is nothing to score: give a model, or predictions, the column with the outputs.")
    if model is not None and predictions is not None:
        raise ValueError("predictions is the column of recorded outputs: give it or a model, not both.")
    if not isinstance(workers, int) or isinstance(workers, bool) or workers < 1:
        raise ValueError(f"workers must be a whole number of at least 1, not {workers!r}.")
    target_column = column_of(frame, "targets", targets, EXPECTATION_COLUMNS)
    output_column = column_of(frame, "predictions", predictions, OUTPUT_COLUMNS) if model is None else None
    metrics_of_type, missing = _metrics(model_type)
    judges = as_scorers([*metrics_of_type, *as_scorers(scorers)])
    if not judges:
        raise ValueError(f"there is nothing to score with: give scorers, or a model_type ({_model_types()}).")
    if model is not None:
        as_function(model)

    rows = read_rows(frame, target_column, output_column)
    opened = current_store(store)
    if resume is not None and opened.run(resume) is None:
        raise ValueError(f"resume={resume!r:.60} is no run of this store.")
    name = "recorded outputs" if model is None else model_name(model)
    with using_store(opened), _run(opened, run_name or f"evaluate {name}", resume) as run:
        with _progress(len(rows) * (1 if model is None else 2), progress) as advance:
            if model is not None:
                if resume is not None:
                    recall(opened, resume, model, rows)
                features = frame.drop(columns=[target_column] if target_column else [])
                predict(model, rows, features, batch=batch, workers=workers, advance=advance, store=opened)
            traces = _known_traces(opened, rows)
            scores = score_rows(judges, rows, traces, store=opened, run_id=run.run_id, workers=workers, advance=advance)
        metrics = summaries(judges, scores)
        run.info = opened.update_run(replace(run.info, metrics={**run.info.metrics, **metrics}))

    if missing:
        needed = ", ".join(f"{metric} (needs {what})" for metric, what in missing.items())
        warnings.warn(f"these metrics have no values, for want of data that is not downloaded: {needed}", stacklevel=2)
    _warn_of_failures(judges, rows, scores)
    return EvaluationResult(
        metrics,
        {TABLE: results_table(frame, rows, judges, scores, missing)},
        run.run_id,
        ("inputs", "outputs", *([target_column] if target_column else []), *(judge.column for judge in judges)),
        scored_rows(rows, judges, scores),
        opened,
    )


def _model_types() -> str:
    return " or ".join(map(repr, MODEL_TYPES))


def _metrics(model_type: str | None) -> tuple[list[Scorer], dict[str, str]]:
    if model_type is None:
        return [], {}
    if model_type not in MODEL_TYPES:
        raise ValueError(f"model_type must be {_model_types()}, not {model_type!r}.")
    return model_type_metrics(model_type)


@contextmanager
def _run(store: Store, name: str, resume: str | None) -> Iterator[ActiveRun]:
    """The run to take up again; else the active run, if it is one of this store; else a new one."""
    active = active_run()
    if active is not None and store.run(active.run_id) is not None and resume in (None, active.run_id):
        yield active
        return
    with start_run(name, run_id=resume, store=store) as run:
        try:
            yield run
        except BaseException:  # an interrupt, above all
            warnings.warn(f"the evaluation was interrupted: resume={run.run_id!r} goes on where it was.", stacklevel=5)
            raise


@contextmanager
def _progress(steps: int, wanted: bool) -> Iterator[Callable[[], object]]:
    from tqdm.auto import tqdm  # slow to import, and the import of this package is quick

    with tqdm(total=steps, unit="step", delay=PROGRESS_AFTER_S, leave=False, disable=not wanted) as bar:
        yield bar.update


def _known_traces(store: Store, rows: Sequence[Row]) -> dict[str, Trace]:
    """The traces that the rows' outputs came out of, by id, as far as the store has them."""
    ids = list(dict.fromkeys(row.trace_id for row in rows if row.trace_id is not None))
    known = {trace.trace_id: trace for trace in store.traces(ids)}
    if len(known) < len(ids):
        lost = next(id for id in ids if id not in known)
        warnings.warn(
            f"{len(ids) - len(known)} of {len(ids)} traces are not in this store ({lost!r} for one): their scores are"
            " in the result only.",
            stacklevel=3,
        )
    return known


def _warn_of_failures(judges: Sequence[Scorer], rows: Sequence[Row], scores: Sequence[Sequence[Score]]) -> None:
    failed = [text for row in rows if (text := row.error_text) is not None]
    if failed:
        warnings.warn(
            f"the model failed on {len(failed)} of {len(rows)} rows, which have no scores and count in no metric; the"
            f" first said: {failed[0]}",
            stacklevel=3,
        )
    for number, scorer in enumerate(judges):
        errors = [text for row_scores in scores if (text := row_scores[number].error) is not None]
        if errors:
            warnings.warn(
                f"scorer {scorer.name!r} failed on {len(errors)} of {len(rows)} rows; the first said: {errors[0]}",
                stacklevel=3,
            )
