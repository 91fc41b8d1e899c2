"""One value as SQL sees it, and what it is as a number, a text, a boolean or a key to sort by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Protocol

Kind = Literal["text", "number", "bool", "json"]


class NotConstant:
    """Marks a cell whose value the database knows and we do not."""


NOT_CONSTANT = NotConstant()


@dataclass(slots=True)
class Cell:
    """An SQL expression and what it holds; NULL is a missing value.

    For kind ``json``, ``type`` is the SQL expression of its JSON type, as ``json_type`` and ``json_each`` name
    them; a JSON boolean is then 0 or 1, an array or object its text. ``ns`` says that the number is in
    nanoseconds where the language speaks of milliseconds. ``constant`` is the value of a literal.
    """

    sql: str
    kind: Kind
    type: str = ""
    ns: bool = False
    constant: Any = NOT_CONSTANT

    @property
    def is_constant(self) -> bool:
        """Whether this is a literal."""
        return not isinstance(self.constant, NotConstant)


TOP = "'$'"
"""The path to a whole JSON text."""


@dataclass(slots=True)
class Place:
    """A place in a JSON text: an SQL expression of the text, and one of the path into it."""

    json: str
    path: str

    @property
    def cell(self) -> Cell:
        """What is at that place."""
        return Cell(f"json_extract({self.json}, {self.path})", "json", type=f"json_type({self.json}, {self.path})")


@dataclass(slots=True)
class Rows:
    """Any number of values: tables to join behind what is in scope, conditions, and the value of a row.

    ``order`` are the SQL expressions by which the values follow each other; ``failed`` one that says that a
    value belongs to a span that failed. ``place`` is set where the value is at one place in a JSON text: if
    there is an array there, its elements are the values. ``json`` is set where the value is a whole JSON text.
    ``raw`` are SQL expressions of the texts in which the value stands, if any does.
    """

    cell: Cell
    tables: tuple[str, ...] = ()
    on: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    failed: str = ""
    place: Place | None = None
    json: str = ""
    raw: tuple[str, ...] = ()


def number(cell: Cell) -> str:
    """The value as a number; NULL if it is none. A text counts if it looks like one, a boolean never does."""
    if cell.kind == "number":
        return f"({cell.sql} / 1e6)" if cell.ns else cell.sql
    if cell.kind == "text":
        return f"sg_number({cell.sql})"
    if cell.kind == "bool":
        return "NULL"
    return (
        f"CASE {cell.type} WHEN 'integer' THEN {cell.sql} WHEN 'real' THEN {cell.sql} "
        f"WHEN 'text' THEN sg_number({cell.sql}) END"
    )


def text(cell: Cell) -> str:
    """The text form: a number's shortest round-trip form, ``true`` or ``false``, the JSON of the rest."""
    if cell.kind == "text":
        return cell.sql
    if cell.kind == "number":
        return f"sg_number_text({number(cell)})"
    if cell.kind == "bool":
        return f"CASE {cell.sql} WHEN 0 THEN 'false' WHEN 1 THEN 'true' END"
    return (
        f"CASE {cell.type} WHEN 'text' THEN {cell.sql} WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' "
        f"WHEN 'null' THEN NULL WHEN 'object' THEN {cell.sql} WHEN 'array' THEN {cell.sql} "
        f"ELSE sg_number_text({cell.sql}) END"
    )


def boolean(cell: Cell) -> str:
    """0 or 1 if it is a boolean, else NULL."""
    if cell.kind == "bool":
        return cell.sql
    if cell.kind == "json":
        return f"CASE {cell.type} WHEN 'false' THEN 0 WHEN 'true' THEN 1 END"
    return "NULL"


def present(cell: Cell) -> str:
    """Whether there is a value; possibly NULL where there is none."""
    return f"{cell.type} <> 'null'" if cell.kind == "json" else f"{cell.sql} IS NOT NULL"


def sort_key(cell: Cell) -> str:
    """What sorts as the language says, numbers < texts < booleans, by SQLite's own order of types.

    A boolean becomes a blob, which sorts behind every text; a text is cut to its first bytes.
    """
    if cell.kind == "number":
        return number(cell)
    if cell.kind == "text":
        return f"sg_head({cell.sql})"
    if cell.kind == "bool":
        return f"CASE {cell.sql} WHEN 0 THEN x'00' WHEN 1 THEN x'01' END"
    return (
        f"CASE {cell.type} WHEN 'integer' THEN {cell.sql} WHEN 'real' THEN {cell.sql} "
        f"WHEN 'false' THEN x'00' WHEN 'true' THEN x'01' WHEN 'null' THEN NULL ELSE sg_head({cell.sql}) END"
    )


class Joined(Protocol):
    """Tables and the conditions that join them."""

    tables: tuple[str, ...]
    on: tuple[str, ...]


def select(what: str, found: Joined, *, where: str = "", tail: str = "") -> str:
    """A SELECT over the rows of a value or the things of a set, in parentheses."""
    conditions = [*found.on, *([where] if where else [])]
    return (
        f"(SELECT {what}"
        + (f" FROM {', '.join(found.tables)}" if found.tables else "")
        + (f" WHERE {' AND '.join(conditions)}" if conditions else "")
        + f"{tail})"
    )
