"""Words that a message may not have: names from the code and from the store, and the language of its queries."""

from __future__ import annotations

import ast
import builtins
import re
from pathlib import Path

import spanglass
from spanglass.filters.fields import FIELDS, PREFIXES
from spanglass.store import schema

SQL = {"SELECT", "CAST", "GLOB", "COLLATE", "UNION", "json_each", "json_extract", "EXPLAIN", "sqlite", "sqlite3"}
LANGUAGE = {*PREFIXES, *(word for table in FIELDS.values() for word in table)}
_WORD = re.compile(r"[A-Za-z_]\w*")


def names() -> set[str]:
    """Names that are seen to be names: with an underscore, or a capital inside, or an exception's."""
    found = {name for name, value in vars(builtins).items() if isinstance(value, type) and issubclass(value, Exception)}
    for file in Path(spanglass.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
                found.add(node.name)
            elif isinstance(node, ast.arg):
                found.add(node.arg)
    found |= set(_WORD.findall(Path(schema.__file__).read_text(encoding="utf-8")))
    return {name for name in found if "_" in name.strip("_") or name.startswith("_") or re.search(r"[a-z][A-Z]", name)}


INTERNALS = (names() | SQL | {"None", "NoneType", "Traceback", "object", "self", "spanglass"}) - LANGUAGE


def internals_in(message: str, text: str) -> set[str]:
    """The words of a message that are internals; words of the text that it is about may be said."""
    return set(_WORD.findall(message)) & INTERNALS - set(_WORD.findall(text))
