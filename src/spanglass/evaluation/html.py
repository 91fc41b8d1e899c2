"""Tables as HTML in which everything is text."""

from __future__ import annotations

import html
from typing import Any

from spanglass.frames.series import is_missing
from spanglass.limits import RESULT_CELL_CHARS


def html_table(names: list[str], rows: list[list[Any]]) -> str:
    """A table; nothing where there are no rows. Long cells are cut, numbers are rounded."""
    if not rows:
        return ""
    head = "".join(f"<th>{html.escape(str(name))}</th>" for name in names)
    body = "".join("<tr>" + "".join(f"<td>{_cell(value)}</td>" for value in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(value: Any) -> str:
    if is_missing(value):
        return ""
    text = f"{value:.4g}" if isinstance(value, float) else str(value)
    return html.escape(text if len(text) <= RESULT_CELL_CHARS else text[:RESULT_CELL_CHARS] + "…")
