"""What is wrong with a filter is one and the same thing in a traceback, in the widget and on the command line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from spanglass.cli import main
from spanglass.explorer import Explorer
from spanglass.filters import Diagnostic, FilterError, Fix
from spanglass.frames import search_traces
from spanglass.store import Store

from .conftest import Browser

BAD = [
    ("latncy > 2s", "unknown-field"),
    ("status = OK", "unquoted"),
    ("NOT span.name = 'x'", "ambiguous"),
    ("name = '🦊' AND latncy > 2", "unknown-field"),
    ("name = '🦊'\nAND (status = 'OK'", "syntax"),
    ("status = ", "syntax"),
    ("name = 'it\\'s'", "escape"),
    ("tokens > 5kB", "unit"),
    ("tag.a-b = 'x'", "unknown-field"),
    ("attributes.gen_ai.system = 'x'", "unknown-field"),
    ("name = :missing", "parameter"),
    ("ORDER BY span.duration", "type"),
    ("name RLIKE '('", "regex"),
    ("duration", "type"),
    ("parent { name = 'x' }", "type"),
    ("span.name = 'a' AND (span.name = 'b' OR status = 'OK')", "ambiguous"),
    ("timestamp > 2026-11-16", "type"),
    ("{ " * 101 + "}" * 101, "limit"),
    ("LIMIT -1", "syntax"),
    ("!name = 'x'", "syntax"),
]


@pytest.mark.parametrize(("text", "code"), BAD, ids=[text[:40] for text, _ in BAD])
def test_an_error(
    text: str, code: str, opened: Callable[..., Explorer], full_store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(FilterError) as caught:
        search_traces(filter_string=text, store=full_store)
    error, said = caught.value, caught.value.diagnostic
    assert (said.severity, said.code) == ("error", code)
    assert str(error).lstrip("\n") == said.shown(text).lstrip("\n")
    assert "\n".join(error._render_traceback_()) == f"FilterError: {error}"

    explorer = opened(full_store)
    browser = Browser(explorer)
    asked = {"filter": text, "rows": "traces"}
    (checked,) = browser.call("check", **asked)["diagnostics"]
    refused = browser.error("page", columns=[], **asked)
    assert as_diagnostic(checked, text) == said
    assert refused["message"] == said.message
    assert refused["diagnostics"] == [checked]
    with pytest.raises(FilterError) as assigned:
        explorer.filter = text
    assert assigned.value.diagnostic == said

    path = str(full_store.path)
    for command in (["search", text], ["explain", text]):
        assert main([*command, "--store", path]) == 1
        assert capsys.readouterr().err == f"spanglass: {error}\n"
    assert main(["check", text, "--store", path]) == 1
    assert capsys.readouterr().out == as_printed(said, text)


WARNED = ["status = 'ok'", "{ type = 'llm' }", "tag.evn = 'x'", "span.name != '🦊'", "ALL { status = 'OK' }"]


@pytest.mark.parametrize("text", WARNED)
def test_a_warning(
    text: str, opened: Callable[..., Explorer], full_store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(full_store.path)
    said = [
        as_diagnostic(one, text) for one in Browser(opened()).call("check", filter=text, rows="traces")["diagnostics"]
    ]
    assert main(["check", text, "--store", path]) == 0
    assert capsys.readouterr().out == "".join(as_printed(one, text) for one in said)
    with pytest.warns() as caught:
        search_traces(filter_string=text, store=full_store, experiment_ids="all")
    warned = [one.message.diagnostic for one in caught if hasattr(one.message, "diagnostic")]
    assert [one for one in said if one.code != "unseen-value"] == [one for one in warned if one.severity == "warning"]


def as_diagnostic(sent: dict[str, Any], text: str) -> Diagnostic:
    """What the browser was sent, its places counted in characters again."""
    units = text.encode("utf-16-le")
    start, end = (len(units[: 2 * sent[name]].decode("utf-16-le")) for name in ("start", "end"))
    beyond = sent["end"] - len(units) // 2  # the end of a text is a place, too
    fixes = tuple([Fix(**fix) for fix in sent["fixes"]])
    return Diagnostic(sent["severity"], sent["code"], sent["message"], start, end + max(0, beyond), fixes)


def as_printed(said: Diagnostic, text: str) -> str:
    """What the command line says of it."""
    ways_out = [f"  {fix.label}: {fix.text}" for fix in said.fixes]
    return "\n".join([f"{said.severity} ({said.code}):", said.shown(text), *ways_out, ""])
