"""The explorer: one widget that shows traces, and gives filter, columns and selection back to Python."""

from __future__ import annotations

import math
import os
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from spanglass import frames, limits
from spanglass.engines.base import Cancel, RowId
from spanglass.entities import Trace
from spanglass.explorer import diagnostics, envelope, rows, traces, views
from spanglass.explorer.assets import asset
from spanglass.explorer.envelope import CancelRequest, WireFault
from spanglass.explorer.labelling import begin_review, default_rater, order_alone
from spanglass.explorer.labels import checked_labels
from spanglass.explorer.live import PUSHER, Live, Question
from spanglass.explorer.predicates import Predicate
from spanglass.explorer.requests import Requests
from spanglass.explorer.selection import NOTHING, keys_of, trace_ids_of
from spanglass.explorer.snapshot import MEGABYTE, Shown, write_snapshot
from spanglass.explorer.source import Source, Unreadable, column_of
from spanglass.explorer.static_html import static_html, static_text
from spanglass.explorer.traits import Traits
from spanglass.explorer.wire import PageParams, RowKey, TraceParams
from spanglass.explorer.workers import WORKERS, Job
from spanglass.filters import FilterError, set_order

if TYPE_CHECKING:
    import pandas as pd

    from spanglass.evaluation import Agreement

Which = Literal["all", "selected"]


class Explorer(Traits):
    """A view of traces in a notebook; ``explore`` makes one.

    Attributes
    ----------
    filter : str
        The last valid filter text. Assigning a bad one raises FilterError and changes nothing.
    columns : list of str or dict
        The extra columns, each a field path or ``{"path": …, "pick": …, "name": …}``: what ``extract_fields``
        takes. Assign a new list; changing the old one in place goes unnoticed.
    selection : dict
        What is selected, as the browser keeps it; ``selected`` is the list of ids.
    active : tuple
        The ids of the open trace and span, None where none is open.
    screen : dict
        How it is arranged: ``rows`` ("traces" or "spans"), ``panes`` (three shares in percent), ``widths`` (of
        columns in px), ``order`` (of the list's columns; a base column that it leaves out is hidden), ``pinned``,
        and ``group`` (the path of a field: the list shows its values, with what the rows of each add up to).
    height : int
        In pixels.
    predicates : list of str
        The names of the functions given to ``where``. A shorter list takes the others away.
    labels : dict
        What the key ``l`` asks for: the names of labels, each with its values. They are stored as feedback.
    rater : str
        Who labels: the ``source_id`` of what is stored.

    All of them are traits: ``observe`` and ``link`` work.
    """

    def __init__(
        self,
        source: Source | Unreadable,
        *,
        memory: views.Memory | None = None,
        embed: bool = True,
        reviewing: bool = False,
        **state: Any,
    ) -> None:
        self._guard = threading.RLock()
        self._source = source
        self._embed = embed
        self._memory = memory
        self._keeping: Job | None = None
        self._requests = Requests(self.send)
        self._live = Live(source, self._question, self.send) if isinstance(source, Source) else None
        # The screen first: what a filter may be ordered by depends on what a row is.
        self.screen = self._checked_screen(state.get("screen", {}))
        sound = {name: getattr(self, f"_checked_{name}")(value) for name, value in state.items()}
        sound.setdefault("rater", default_rater())
        opening = rows.boot(source, sound, with_rows=embed)
        super().__init__(_esm=asset("widget.js"), _css=asset("widget.css"), boot=opening, reviewing=reviewing, **sound)
        self.on_msg(self._receive)
        self.observe(self._let_go, "predicates")
        if self._live is not None:
            PUSHER.add(self._live)
        self.observe(self._ask, ["labels", "rater"])
        if isinstance(source, Source):
            self._ask(None)
            source.labelling.changed = lambda: self.send({"push": "labels"})
        if memory is not None and isinstance(source, Source):
            self.observe(self._note, list(views.KEPT))

    # ---------------------------------------------------------------- what Python reads

    @property
    def selected(self) -> list[RowKey]:
        """The ids of the selected rows: trace ids, or pairs (trace id, span id) of rows selected as spans.

        All filtered rows, when that is selected, are looked up now. Assigning ids selects these rows on the screen.
        """
        return keys_of(self.selection["ids"]) if "ids" in self.selection else self._opened().selected(self.selection)

    @selected.setter
    def selected(self, keys: Iterable[RowKey]) -> None:
        self.selection = {"ids": [key if isinstance(key, str) else list(key) for key in keys]}

    def traces(self, which: Which = "selected") -> list[Trace]:
        """The selected traces, or all that the filter finds, their spans read when touched.

        Raises
        ------
        ValueError
            Nothing is selected.
        """
        return self._opened().engine.traces(self._trace_ids(which))

    def df(self, which: Which = "all", *, group: str | None = None, explode: str | None = None) -> pd.DataFrame:
        """The rows as a DataFrame: the columns that the list shows, in its order, under their names.

        The index is ``trace_id``, and ``span_id`` too where rows are spans. Times are Unix milliseconds,
        durations milliseconds.

        ``group`` is the path of a field, such as ``"session_id"``: then there is a row for each of its values, with
        the number of traces (or spans), errors, percentiles of the duration, tokens and cost, the largest first.

        ``explode`` is that of ``search_traces``, such as ``"{type='RETRIEVER'}.outputs[*]"``: then a trace has a row
        for each such span or item, and none without any. Columns that begin with the same are of that span or item.

        Raises
        ------
        ValueError
            ``which`` is "selected" and nothing is, ``which`` is neither that nor "all", or ``explode`` is given
            together with ``group`` or where rows are spans already.
        FilterError
            ``group`` or ``explode`` is no field.
        """
        # Not before: pandas takes longer to load than the explorer takes to open.
        from spanglass.explorer.frame import explorer_frame
        from spanglass.frames.groups import group_frame

        if group is not None:
            if explode is not None:
                raise ValueError("a frame has a row for each group or for each exploded item: give one of the two.")
            return group_frame(self._opened().engine, self._ids(which), self.rows, group)
        return explorer_frame(
            self._opened().engine, self._ids(which), self.rows, self.columns, self.screen.get("order"), explode
        )

    def to_eval(self, which: Which | None = None, **fields: Any) -> pd.DataFrame:
        """Evaluation data of the selected traces, or of all that the filter finds when none is selected.

        ``fields`` are those of ``spanglass.to_eval``: ``inputs``, ``outputs``, ``expectations``, ….
        """
        which = which or ("all" if self.selection == NOTHING else "selected")
        return frames.to_eval(self._trace_ids(which), store=self._opened().store, **fields)

    def compare(self) -> pd.DataFrame:
        """What the selected traces differ in, as ``spanglass.compare_traces`` has it.

        Raises
        ------
        ValueError
            Fewer than two traces are selected.
        """
        return frames.compare_traces(*self.traces("selected"))

    def where(self, function: Predicate | None) -> None:
        """Narrow what the filter finds by a Python function of a trace; None takes all such functions away.

        The function is called with each ``Trace`` that the filter finds, its spans read when touched, and must hold
        for it. It is shown beside the filter, where it can be removed; counts, selection and frames respect it. What
        it raises is shown there, and raised from ``df``, as a PredicateError.
        """
        predicates = self._opened().predicates
        if function is None:
            predicates.keep(())
        else:
            predicates.add(function)
        self.predicates = predicates.names

    def review(self, filter: str | None = None, labels: Any = None, *, rater: str | None = None) -> Explorer:
        """Another explorer, to label the traces that a filter finds one after the other.

        Parameters
        ----------
        filter : str
            Which traces; by default those that this explorer shows. Those that already have all labels by this
            rater are left out. They stay in the list while they are labelled, even where the filter would not find
            them any more.
        labels : dict
            The names of the labels, each with its values, as in ``explore``; by default those of this explorer.
        rater : str
            Who labels; by default as here.

        Returns
        -------
        Explorer
            In label mode, on the first trace. A label given, the next unlabelled trace opens by itself.

        Raises
        ------
        FilterError
            The filter cannot be understood.
        ValueError, TypeError
            There are no labels, or they are not what they should be.
        """
        schema = self.labels if labels is None else checked_labels(labels)
        if not schema:
            raise ValueError("a review asks for labels: review(labels={'correct': [True, False]}) declares one")
        twin = self._opened().twin()
        text = (
            filter
            if filter is not None
            else set_order(self.filter, None, None)
            if self.rows == "spans"
            else self.filter
        )
        twin.labelling.schema, twin.labelling.rater = (
            schema,
            self._checked_rater(self.rater if rater is None else rater),
        )
        first = begin_review(twin, text)
        return Explorer(
            twin,
            embed=self._embed,
            filter=order_alone(twin, text),
            columns=self.columns,
            height=self.height,
            screen={name: value for name, value in self.screen.items() if name != "rows"},
            predicates=twin.predicates.names,
            active=(first, None),
            labels=schema,
            rater=twin.labelling.rater,
            reviewing=True,
        )

    def agreement(self, name: str) -> Agreement:
        """How far those agree who gave the label ``name`` to traces that the filter finds: ``spanglass.agreement``.

        Its ``ratings`` is the DataFrame with a row for each thing and a column for each rater.
        """
        from spanglass.explorer import raters

        source = self._opened()
        infos, _ = raters.judged(source, self.filter if self.rows == "traces" else set_order(self.filter, None, None))
        return raters.agreed(source, name, infos)

    @property
    def view(self) -> dict[str, Any]:
        """What the screen shows, as a plain dict: pass it back with ``explore(view=…)``."""
        return views.view_of(self)

    def code(self) -> str:
        """The lines of Python that bring this screen back, in a new notebook, too."""
        return views.code_of(self._source, self.view)

    def snapshot(
        self,
        path: str | os.PathLike[str],
        which: Which = "all",
        *,
        title: str | None = None,
        max_megabytes: float = limits.SNAPSHOT_MEGABYTES,
    ) -> Path:
        """Write one offline file of what is shown, to be sent to somebody without Python.

        It is the same explorer over data in the file: list, facets, a plain-text search, waterfall and details, light
        and dark. It asks nothing of any network. Whoever runs no scripts sees the first rows as a table.

        Parameters
        ----------
        path:
            Where to, such as ``"report.html"``. A file that is there is replaced.
        which:
            ``"all"`` rows that the filter finds, or the ``"selected"`` ones.
        title:
            The heading of the page; the store's name by default.
        max_megabytes:
            What the file may weigh. Traces beyond that are listed without their spans, and the page says so.

        Returns
        -------
        Path
            The file.

        Raises
        ------
        ValueError
            Nothing is selected, or ``max_megabytes`` leaves no room for a page.
        OSError
            The file cannot be written there.
        """
        if not limits.SNAPSHOT_LEAST_MEGABYTES <= max_megabytes < math.inf:
            least = limits.SNAPSHOT_LEAST_MEGABYTES
            raise ValueError(f"max_megabytes is a number from {least} on, not {max_megabytes!r:.60}")
        source = self._opened()
        shown = Shown(self.filter, self.rows, self.columns, dict(self.screen), self.active, self._ids(which))
        return write_snapshot(
            source,
            shown,
            self._still(source),
            Path(path).expanduser(),
            title=source.name if title is None else title,
            max_bytes=int(max_megabytes * MEGABYTE),
        )

    def _keys(self, which: Which) -> list[RowKey]:
        """The keys of the rows meant."""
        if which == "all":
            found = self._opened().all_ids(self.filter, self.rows)
            return [row[0] if len(row) == 1 else (row[0], row[1]) for row in found]
        if which != "selected":
            raise ValueError(f"which must be 'all' or 'selected', not {which!r}")
        keys = self.selected
        if not keys:
            raise ValueError(
                "nothing is selected: tick rows in the explorer, or ask for 'all' rows that the filter finds"
            )
        return keys

    def _trace_ids(self, which: Which) -> list[str]:
        """The traces of the rows meant."""
        return trace_ids_of(self._keys(which))

    def _ids(self, which: Which) -> list[RowId]:
        """The ids of the rows meant, spans where rows are spans, else traces."""
        keys = self._keys(which)
        if self.rows == "traces":
            return [(trace_id,) for trace_id in trace_ids_of(keys)]
        spans: list[RowId] = [key for key in keys if isinstance(key, tuple)]
        if keys and not spans:
            raise ValueError("traces are selected while the rows are spans: tick spans, or let a row be a trace again")
        return spans

    def _opened(self) -> Source:
        if isinstance(self._source, Unreadable):
            raise self._source.error
        return self._source

    # ---------------------------------------------------------------- messages

    def _receive(self, _: Any, content: Any, buffers: Any) -> None:
        """Take a message apart and hand it to a worker. Only a committed filter is dealt with at once: its text
        is resolved, which asks the store nothing, so that a cell run right after Enter sees it."""
        to = envelope.address(content)
        if self._live is not None:
            self._live.heard()
        try:
            message = envelope.open_message(content)
            if isinstance(message, CancelRequest):
                self._requests.cancel(message)
                return
            if isinstance(self._source, Unreadable):
                raise WireFault("internal", str(self._source.error))
            if isinstance(message.params, PageParams) and message.params.commit:
                self.filter = message.params.filter
        except FilterError as error:
            self.send(envelope.failure(to, diagnostics.fault_of(error)))
        except WireFault as fault:
            self.send(envelope.failure(to, fault))
        else:
            self._requests.start(to, message, self._source)

    def _question(self) -> Question:
        return Question(self.filter, self.rows, self.columns, self.predicates, self.active[0])

    def _let_go(self, _: Any) -> None:
        """The browser, or whoever writes the trait, took predicates away."""
        if isinstance(self._source, Source):
            self._source.predicates.keep(self.predicates)

    def _ask(self, _: Any) -> None:
        """Labels are given by this schema and in this name from now on."""
        if isinstance(self._source, Source):
            self._source.labelling.schema, self._source.labelling.rater = self.labels, self.rater

    def _note(self, _: Any) -> None:
        """Have view and selection kept, on a worker; one that still waits to do so will see this change too."""
        if self._keeping is None or self._keeping.state != "waiting":
            self._keeping = Job(id(self), self._keep, lambda: None, "detail")
            WORKERS.submit(self._keeping)

    def _keep(self, _: Cancel) -> None:
        assert self._memory is not None
        self._memory.keep(self._opened().store, self)

    def close(self) -> None:
        """Take the widget off the screen, and stop what it asked for."""
        self._requests.stop()
        if self._live is not None:
            PUSHER.remove(self._live)
        if isinstance(self._source, Source):
            self._source.close()
        super().close()

    # ---------------------------------------------------------------- display

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is None:
            return None
        data, metadata = bundle
        data["text/plain"] = repr(self)
        if self._embed and isinstance(self._source, Source):
            data["text/html"] = self._still(self._source)
        return data, metadata

    def _still(self, source: Source) -> str:
        """The first rows, and the open or else the first trace, for readers without a kernel."""
        page, count = self.boot["page"], self.boot["count"]
        if page is not None and (page["filter"], len(page["rows"]["cells"])) != (self.filter, len(self.columns)):
            opening = rows.boot(source, {name: getattr(self, name) for name in views.KEPT}, with_rows=True)
            page, count = opening["page"], opening["count"]
        if page is None:
            return static_text(self.boot["error"] or "The rows took too long to find.")
        trace_id = self.active[0] or next(iter(page["rows"]["trace_id"]), None)
        shown = None if trace_id is None else TraceParams(trace_id, "")
        return static_html(
            page,
            columns=[column_of(spec).name for spec in self.columns],
            total=None if count is None else count["total"],
            trace=None if shown is None else traces.still(source, shown, limits.MAX_STATIC_SPANS_READ),
        )

    def __repr__(self) -> str:
        return f"Explorer({self._source.name!r}, filter={self.filter!r})"
