"""The `spanglass` command."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from spanglass import __version__
from spanglass.engines import EngineError
from spanglass.store import StoreError

DEMO_FOLDER = "demo"
NOTEBOOKS = ("quickstart.ipynb", "evaluation.ipynb")
"""What the demo brings; the first one is opened."""

PACKAGE = Path(__file__).parent


class CommandError(Exception):
    """The command cannot be carried out; the text says why and what to do."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command with these arguments (the process's own by default) and return its exit code."""
    options = _parser().parse_args(arguments)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.showwarning = _say
            return int(options.run(options) or 0)
    except (CommandError, EngineError, OSError, StoreError, TypeError, ValueError) as problem:
        _print(problem)
        return 1


def _say(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """``warnings.showwarning``, as people read it: without the place in the code."""
    _print(message)


def _print(said: object) -> None:
    print(f"spanglass: {said}", file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="spanglass", description="See, search and evaluate LLM traces inside the notebook."
    )
    parser.add_argument("--version", action="version", version=f"spanglass {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    demo = commands.add_parser("demo", help="sample traces, the notebooks, and JupyterLab on the quickstart")
    demo.add_argument("--folder", type=Path, default=Path(DEMO_FOLDER), help="where the demo lives (default: demo)")
    demo.add_argument("--port", type=int, default=8888, help="JupyterLab's port, or the next free one")
    demo.add_argument("--headless", action="store_true", help="execute the notebook instead of opening JupyterLab")
    demo.set_defaults(run=run_demo)

    importing = commands.add_parser("import", help="read trace files into a store")
    importing.add_argument("sources", nargs="+", help="files or globs")
    importing.add_argument("--store", help="the store's file (default: $SPANGLASS_STORE or spanglass.db)")
    importing.add_argument("--experiment", help="where traces go whose source names no experiment")
    importing.set_defaults(run=run_import)

    search = commands.add_parser("search", help="print the traces that a filter finds")
    search.add_argument("filter", nargs="?", default="", help="for instance: status = 'ERROR'")
    search.add_argument("--store", help="the store's file (default: $SPANGLASS_STORE or spanglass.db)")
    search.add_argument("--limit", type=_count, default=20, help="at most so many (default: 20)")
    search.add_argument(
        "--field",
        action="append",
        default=[],
        metavar="PATH",
        help='a column, as in extract_fields: a path, or as JSON {"path": …, "pick": …, "name": …}',
    )
    search.add_argument("--pick", default="first", help="which of several values a column takes (default: first)")
    search.add_argument("--explode", metavar="WHAT", help="a row for each span or item, as in search_traces")
    search.add_argument("--csv", action="store_true", help="as CSV")
    search.set_defaults(run=run_search)

    explain = commands.add_parser("explain", help="say what a filter means and how it would be answered")
    explain.add_argument("filter", help="for instance: status = 'ERROR'")
    explain.add_argument("--store", help="the store's file (default: $SPANGLASS_STORE or spanglass.db)")
    explain.set_defaults(run=run_explain)

    check = commands.add_parser("check", help="say what is wrong with a filter, or what may not be meant")
    check.add_argument("filter", help="for instance: status = 'ok'")
    check.add_argument("--store", help="the store's file (default: $SPANGLASS_STORE or spanglass.db)")
    check.set_defaults(run=run_check)

    info = commands.add_parser("info", help="say what a store holds and what takes its space")
    info.add_argument("--store", help="the store's file (default: $SPANGLASS_STORE or spanglass.db)")
    info.add_argument("--verify", action="store_true", help="recompute all that is derived and compare")
    info.set_defaults(run=run_info)
    return parser


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"a whole number of at least 1, not {text!r}")
    return int(text)


def _field(text: str) -> str | dict[str, str]:
    """A column as it is given: a path, or a spec in JSON. A path may begin with a brace, too, but is no JSON then."""
    try:
        spec = json.loads(text)
    except ValueError:
        return text
    return spec if isinstance(spec, dict) else text


def run_demo(options: argparse.Namespace) -> int:
    """Fill a store with the sample traces; then open, or with --headless execute, the quickstart.

    The other notebooks lie beside it.
    """
    from spanglass.formats import ingest
    from spanglass.samples import sample_files
    from spanglass.store import Store

    folder: Path = options.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    with Store(folder / "spanglass.db") as store:
        print(ingest(sample_files(), store=store))
    lay_notebooks(folder)
    if not options.headless:
        return _open_lab(folder, folder / NOTEBOOKS[0], options.port)
    return _execute(Path(shutil.copyfile(_notebook(NOTEBOOKS[0]), folder / "quickstart-executed.ipynb")))


def lay_notebooks(folder: Path) -> None:
    """Copy the notebooks into a folder; what somebody wrote into one that is there already stays."""
    for name in NOTEBOOKS:
        if not (folder / name).exists():
            shutil.copyfile(_notebook(name), folder / name)


def run_import(options: argparse.Namespace) -> int:
    """Read files into the store and report per file."""
    from spanglass.formats import ingest

    report = ingest(options.sources, store=options.store, experiment=options.experiment)
    print(report)
    return 0


def run_search(options: argparse.Namespace) -> int:
    """Print what a filter finds."""
    from spanglass.frames import search_traces
    from spanglass.frames.extract import as_columns

    fields = list(map(_field, options.field))
    frame = search_traces(
        experiment_ids="all",
        filter_string=options.filter or None,
        max_results=options.limit,
        extract_fields=fields or None,
        pick=options.pick,
        explode=options.explode,
        store=options.store,
    )
    columns = ["request_id", "timestamp_ms", "status", "execution_time_ms", *(["span_id"] if options.explode else [])]
    shown = frame[list(dict.fromkeys([*columns, *(column.name for column in as_columns(fields))]))]
    if options.csv:
        print(shown.to_csv(index=False), end="")
    else:
        print("no traces" if shown.empty else shown.to_string(index=False, max_colwidth=60))
    return 0


def run_explain(options: argparse.Namespace) -> int:
    """Print a filter in plain words, the plan and the statement."""
    from spanglass.client import explain

    print(explain(options.filter, store=options.store))
    return 0


def run_check(options: argparse.Namespace) -> int:
    """Print what there is to say about a filter, with each way out; the exit code is 1 where it has an error."""
    from spanglass.client import check

    found = check(options.filter, store=options.store)
    for diagnostic in found:
        print(f"{diagnostic.severity} ({diagnostic.code}):\n{diagnostic.shown(options.filter)}")
        for fix in diagnostic.fixes:
            print(f"  {fix.label}: {fix.text}")
    return int(any(diagnostic.severity == "error" for diagnostic in found))


def run_info(options: argparse.Namespace) -> int:
    """Print what a store holds; with --verify also what is wrong with it, and then the exit code is 1."""
    from spanglass.store import current_store

    store = current_store(options.store)
    sizes = store.sizes()
    rows = {table.name: table.rows for table in sizes}
    print(f"{store.path}: {rows['trace']} traces, {rows['span']} spans, {len(store.experiments())} experiments")
    for table in sizes:
        print(f"{table.bytes / 1e6:10.1f} MB  {table.name}")
    if not options.verify:
        return 0
    wrong = store.verify()
    print("\n".join(wrong) or "all in order")
    return int(bool(wrong))


def _notebook(name: str) -> Path:
    for place in (PACKAGE / "samples", PACKAGE.parent.parent / "notebooks"):
        if (place / name).exists():
            return place / name
    raise CommandError(f"the notebook {name} is missing from this installation; install spanglass again")


def _execute(notebook: Path) -> int:
    # Widget state is not stored: nbconvert would draw it from a network address, and show nothing offline.
    command = [sys.executable, "-m", "jupyter", "nbconvert", "--ExecutePreprocessor.store_widget_state=False"]
    for step in (["--to", "notebook", "--execute", "--inplace"], ["--to", "html"]):
        if subprocess.run([*command, *step, str(notebook)], check=False).returncode != 0:
            raise CommandError(f"{notebook.name} could not be executed; what jupyter nbconvert said stands above")
    print(f"executed notebook: {notebook}")
    print(f"HTML page:         {notebook.with_suffix('.html')}")
    return 0


def _open_lab(folder: Path, notebook: Path, port: int) -> int:
    try:
        import jupyterlab  # noqa: F401
    except ImportError:
        raise CommandError("JupyterLab is not installed: pip install jupyterlab") from None
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        "--no-browser",
        f"--port={port}",
        f"--ServerApp.root_dir={folder}",
    ]
    command.append(f"--LabApp.default_url=/lab/tree/{notebook.name}")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    print(f"JupyterLab opens {notebook.name}; its URL follows. Ctrl+C ends it.", flush=True)
    try:
        return subprocess.run(command, check=False).returncode
    except KeyboardInterrupt:
        return 0
