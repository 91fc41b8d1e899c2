"""Living with OpenTelemetry: whoever sets up a provider, whenever; forks; the end of the process."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from spanglass.store import Store
from tests.capture.conftest import all_traces, the_trace

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def names(folder: Path) -> list[list[str]]:
    """The span names of each trace in the folder's store."""
    with Store(folder / "spanglass.db") as store:
        assert store.verify() == []
        return [[span.name for span in trace.data.spans] for trace in all_traces(store)]


def test_importing_and_decorating_load_no_opentelemetry(python: Run) -> None:
    done = python(
        """
import sys, spanglass as sg
@sg.trace
def f(): ...
sg.set_experiment("e"); sg.get_current_active_span(); sg.get_last_active_trace_id(); sg.flush()
with sg.start_run(): pass
print([name for name in sys.modules if name.startswith("opentelemetry")])
"""
    )
    assert done.stdout.strip() == "[]"


def test_spans_are_written_when_python_ends(python: Run, tmp_path: Path) -> None:
    done = python(
        """
import spanglass as sg
with sg.start_span("a"), sg.start_span("b"):
    pass
"""
    )
    assert names(tmp_path) == [["a", "b"]]
    assert done.stderr == ""


def test_a_program_that_dies_of_an_exception_leaves_its_trace(python: Run, tmp_path: Path) -> None:
    done = python(
        """
import spanglass as sg
@sg.trace
def f(): raise ValueError("nope")
f()
""",
        code=1,
    )
    assert done.stderr.endswith("ValueError: nope\n")
    with Store(tmp_path / "spanglass.db") as store:
        assert the_trace(store).info.status == "ERROR"


def test_what_could_not_be_written_at_the_end_is_said(python: Run, tmp_path: Path) -> None:
    done = python(
        """
import spanglass as sg
sg.set_store("no/such/folder/traces.db")
with sg.start_span("a"):
    pass
"""
    )
    assert "there is no folder" in done.stderr
    assert "1 recorded spans could not be written: they are lost" in done.stderr


def test_spans_of_instrumented_libraries_are_recorded_in_the_same_tree(python: Run, tmp_path: Path) -> None:
    python(
        """
import spanglass as sg
from opentelemetry import trace
library = trace.get_tracer("a library")            # before anything is recorded, as instrumentation does
@sg.trace
def inner(): ...
@sg.trace
def outer():
    with library.start_as_current_span("chat", attributes={
        "gen_ai.operation.name": "chat", "gen_ai.request.model": "m-1", "gen_ai.usage.input_tokens": 7,
        "session.id": "s-1", "list": [1, 2],
    }, kind=trace.SpanKind.CLIENT, links=[trace.Link(trace.SpanContext(1, 2, False), {"why": "because"})]) as span:
        span.add_event("said", {"what": "x"})
        inner()
outer()
"""
    )
    with Store(tmp_path / "spanglass.db") as store:
        trace = the_trace(store)
        outer, chat, inner = trace.data.spans
        assert (outer.name, chat.name, inner.name) == ("outer", "chat", "inner")
        assert (chat.parent_id, inner.parent_id) == (outer.span_id, chat.span_id)
        assert (chat.span_type, chat.model, chat.input_tokens, chat.scope) == ("LLM", "m-1", 7, "a library")
        assert (chat.attributes["list"], chat.attributes["span.kind"]) == ([1, 2], "CLIENT")
        assert [(event.name, event.attributes) for event in chat.events] == [("said", {"what": "x"})]
        (link,) = chat.links
        assert (link.trace_id, link.span_id, link.attributes) == (f"{1:032x}", f"{2:016x}", {"why": "because"})
        assert chat.resource["telemetry.sdk.language"] == "python"
        assert trace.info.session_id == "s-1"


def test_a_provider_that_the_user_has_set_is_kept(python: Run, tmp_path: Path) -> None:
    done = python(
        """
import spanglass as sg
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
mine, exporter = TracerProvider(), InMemorySpanExporter()
mine.add_span_processor(SimpleSpanProcessor(exporter))
trace.set_tracer_provider(mine)
for _ in range(3):
    with sg.start_span("ours"), trace.get_tracer("x").start_as_current_span("theirs"):
        pass
assert trace.get_tracer_provider() is mine
print([span.name for span in exporter.get_finished_spans()])
"""
    )
    assert done.stdout.strip() == str(["theirs", "ours"] * 3)
    assert names(tmp_path) == [["ours", "theirs"]] * 3
    assert done.stderr == ""


def test_a_provider_set_later_takes_the_place_of_ours_and_gets_our_processor(python: Run, tmp_path: Path) -> None:
    done = python(
        """
import spanglass as sg
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
with sg.start_span("before"):
    pass
mine, exporter = TracerProvider(), InMemorySpanExporter()
mine.add_span_processor(SimpleSpanProcessor(exporter))
trace.set_tracer_provider(mine)
with sg.start_span("after"), trace.get_tracer("x").start_as_current_span("theirs"):
    pass
assert trace.get_tracer_provider() is mine
print([span.name for span in exporter.get_finished_spans()])
"""
    )
    assert done.stdout.strip() == str(["theirs", "after"])
    assert names(tmp_path) == [["before"], ["after", "theirs"]]
    assert done.stderr == ""


def test_a_processor_added_by_hand_is_not_added_twice(python: Run, tmp_path: Path) -> None:
    done = python(
        """
import spanglass as sg
from spanglass.capture import processor
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
mine = TracerProvider()
mine.add_span_processor(processor())
trace.set_tracer_provider(mine)
with sg.start_span("a"):
    pass
other = TracerProvider()
other.add_span_processor(processor())
with other.get_tracer("x").start_as_current_span("b"):
    pass
print([len(one._active_span_processor._span_processors) for one in (mine, other)])
other.shutdown()
with sg.start_span("c"):
    pass
"""
    )
    assert done.stdout.strip() == "[1, 1]"
    assert names(tmp_path) == [["a"], ["b"], ["c"]]


def test_a_foreign_provider_that_takes_no_processors(python: Run, tmp_path: Path) -> None:
    done = python(
        """
import spanglass as sg
from opentelemetry import trace
class Mine(trace.NoOpTracerProvider): ...
mine = Mine()
trace.set_tracer_provider(mine)
for _ in range(2):
    with sg.start_span("a"):
        pass
assert trace.get_tracer_provider() is mine
"""
    )
    assert names(tmp_path) == [["a"], ["a"]]
    assert done.stderr.count("takes no span processor") == 1


def test_a_sampler_or_processor_that_fails_does_not_break_the_code(python: Run) -> None:
    done = python(
        """
import spanglass as sg
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider, SpanProcessor
from opentelemetry.sdk.trace.sampling import Sampler
class Failing(Sampler):
    def should_sample(self, *args, **kwargs): raise ValueError("sampler")
    def get_description(self): return "failing"
class Bad(SpanProcessor):
    def on_end(self, span): raise ValueError("processor")
@sg.trace
def f(): return 1
trace.set_tracer_provider(TracerProvider(sampler=Failing()))
assert f() == 1
trace._TRACER_PROVIDER = TracerProvider()
trace._TRACER_PROVIDER.add_span_processor(Bad())
assert f() == 1
assert sg.get_current_active_span() is None
"""
    )
    assert "ValueError: sampler" in done.stderr
    assert "ValueError: processor" in done.stderr


def test_more_attributes_than_opentelemetry_allows_by_itself(python: Run, tmp_path: Path) -> None:
    python(
        """
import spanglass as sg
@sg.trace
def f(a):
    sg.get_current_active_span().set_attributes({f"k{n}": n for n in range(500)})
f("kept")
"""
    )
    with Store(tmp_path / "spanglass.db") as store:
        (span,) = the_trace(store).data.spans
        assert span.inputs == {"a": "kept"}
        assert span.attributes == {f"k{n}": n for n in range(500)}


def test_our_own_writing_is_not_recorded(python: Run, tmp_path: Path) -> None:
    """What an instrumented sqlite3 would do: begin a span for every statement of every connection."""
    python(
        """
import sqlite3, spanglass as sg
from opentelemetry import trace, context
from spanglass.store import current_store
library = trace.get_tracer("sqlite3")
def record(statement):
    if not context.get_value(context._SUPPRESS_INSTRUMENTATION_KEY):
        library.start_span("statement").end()
current_store().on_connect(lambda connection: connection.set_trace_callback(record))
with sg.start_span("a"):
    pass
sg.flush()
"""
    )
    assert [spans for spans in names(tmp_path) if spans == ["a"]] == [["a"]]
    assert len(names(tmp_path)) < 20


class TestFork:
    @pytest.mark.parametrize("leave", ["os._exit(0) if sg.flush() else os._exit(1)", "raise SystemExit"])
    def test_parent_and_child_each_write_their_own_once(self, python: Run, tmp_path: Path, leave: str) -> None:
        python(
            f"""
import os, warnings, spanglass as sg
warnings.simplefilter("ignore", DeprecationWarning)
with sg.start_span("before"):
    pass
pid = os.fork()
if pid == 0:
    with sg.start_span("child"):
        pass
    {leave}
with sg.start_span("parent"):
    pass
_, status = os.waitpid(pid, 0)
assert status == 0
"""
        )
        assert sorted(names(tmp_path)) == [["before"], ["child"], ["parent"]]

    def test_a_child_goes_on_with_the_trace_it_was_born_in(self, python: Run, tmp_path: Path) -> None:
        python(
            """
import os, warnings, spanglass as sg
warnings.simplefilter("ignore", DeprecationWarning)
sg.set_experiment("here")
with sg.start_span("parent"):
    pid = os.fork()
    if pid == 0:
        with sg.start_span("child"):
            pass
        sg.flush()
        os._exit(0)
    os.waitpid(pid, 0)
"""
        )
        assert names(tmp_path) == [["parent", "child"]]

    @pytest.mark.parametrize("method", ["fork", "spawn"])
    @pytest.mark.parametrize("recorded_before", [True, False])
    def test_workers_of_multiprocessing(self, python: Run, tmp_path: Path, method: str, recorded_before: bool) -> None:
        (tmp_path / "worker.py").write_text(
            "import spanglass as sg\n@sg.trace\ndef work(n):\n    return n\n", encoding="utf-8"
        )
        python(
            f"""
import multiprocessing, sys, warnings
sys.path.insert(0, ".")
import spanglass as sg
from worker import work
warnings.simplefilter("ignore", DeprecationWarning)
if {recorded_before}:
    work(-1)
context = multiprocessing.get_context({method!r})
processes = [context.Process(target=work, args=(n,)) for n in range(3)]
for process in processes: process.start()
for process in processes: process.join()
"""
        )
        assert len(names(tmp_path)) == 3 + recorded_before


def test_the_end_of_a_cell_in_ipython_writes(python: Run, tmp_path: Path) -> None:
    done = python(
        """
from IPython.testing.globalipapp import start_ipython
shell = start_ipython()
shell.run_cell('''
import spanglass as sg
with sg.start_span("first cell"):
    pass
''')
import sqlite3, json
# Not through our own reading, which would write by itself; and at once, before the writer's own turn.
other = sqlite3.connect("spanglass.db")
def count():
    return other.execute("SELECT count(*) FROM span").fetchone()[0]
counts = [count()]
shell.run_cell('''
with sg.start_span("second cell"):
    pass
''')
counts.append(count())
print(json.dumps(counts))
"""
    )
    assert json.loads(done.stdout.splitlines()[-1]) == [1, 2]
