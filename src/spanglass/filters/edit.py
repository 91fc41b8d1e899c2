"""Changing a filter's text: a click adds a condition or an order, and the rest stays as it was written."""

from __future__ import annotations

import math

from spanglass.filters import syntax
from spanglass.filters.algebra import Wild
from spanglass.filters.diagnostics import fail, replaced, shorten
from spanglass.filters.fields import RELATED, lookup, prefix
from spanglass.filters.parser import parse, parse_key
from spanglass.filters.printer import backticked, quoted, unparse
from spanglass.filters.tokens import DOTTED_IDENTIFIER, IDENTIFIER, KEYWORDS, refuse_unreadable

Step = str | int | Wild
# After these, all that follows is one key, dots included, or is looked up as one key first.
_DOTTED_KEYS = frozenset({"tag", "tags", "metadata", "feedback", "expectation", "assessment", "attributes", "resource"})

_BEFORE_FIELDS = frozenset({"span", *RELATED})


def quote_name(name: str) -> str:
    """A name as it stands in a filter: in backticks where it needs them.

    Raises FilterError for a name that no filter can hold (with a NUL character, or half of a surrogate pair).

    >>> quote_name("env"), quote_name("my key")
    ('env', '`my key`')
    """
    refuse_unreadable(name)
    plain = IDENTIFIER.match(name) and name.upper() not in KEYWORDS
    return name if plain else backticked(name)


def quote_value(value: str | int | float | bool | None) -> str:
    """A value as it stands in a filter.

    Raises FilterError for a value that no filter can hold.

    >>> quote_value("it's"), quote_value(True), quote_value(None)
    ("'it''s'", 'TRUE', 'NULL')
    """
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, str):
        refuse_unreadable(value)
        return quoted(value)
    if isinstance(value, float) and not math.isfinite(value):
        fail(str(value), "type", "this number cannot stand in a filter", 0, 3)
    return repr(value)


def field_text(*parts: Step, span: str | None = None) -> str:
    """The path of a field: names, keys, indexes, and ``Wild.ANY`` for any element.

    The first part is a field or a prefix as the language knows it; what follows are keys and is quoted where
    needed. With ``span``, the path is of the spans of that name.

    >>> print(field_text("inputs", "messages", 0, "my key"))
    inputs.messages[0].`my key`
    >>> print(field_text("attributes", "gen_ai.request.model", span="root"))
    `root`.attributes.gen_ai.request.model
    """
    text = "" if span is None else span_prefix(span)
    after_prefix = False
    for number, part in enumerate(parts):
        if isinstance(part, Wild):
            text += "[*]"
        elif isinstance(part, int):
            text += f"[{part}]"
        elif number == 0:
            text += ("." if text else "") + quote_name(part)
        else:
            text += "." + (_dotted(part) if after_prefix else _key(part))
        leads = number == 0 or (number == 1 and parts[0] in _BEFORE_FIELDS)
        after_prefix = leads and part in _DOTTED_KEYS
    return text


def conjoin(text: str, condition: str) -> str:
    """The filter that also wants ``condition``.

    An OR on either side is put in parentheses, ORDER BY and LIMIT stay behind the condition, and a condition
    that stands there already is not added again. Raises FilterError if either text cannot be read.

    >>> conjoin("status = 'ERROR' OR cost > 1 LIMIT 5", "tag.env = 'prod'")
    "(status = 'ERROR' OR cost > 1) AND tag.env = 'prod' LIMIT 5"
    """
    query, added = parse(text), parse(condition)
    if added.order or added.limit is not None:
        fail(condition, "syntax", "only a condition can be added", added.order_start, len(condition))
    if added.where is None:
        return text
    present = [] if query.where is None else syntax.conjuncts(query.where)
    wanted = syntax.conjuncts(added.where)
    lacking = [item for item in wanted if item not in present]
    if not lacking:
        return text
    if len(lacking) == len(wanted):
        new = _in_parentheses(added, condition)
    else:
        new = " AND ".join([f"({unparse(item)})" if isinstance(item, syntax.Or) else unparse(item) for item in lacking])
    if query.where is None:
        return f"{new} {text.lstrip()}".rstrip()
    before = text[: query.where_start] + _in_parentheses(query, text)
    return f"{before} AND {new}{text[query.where_stop :]}"


def conjoin_span(text: str, span_name: str, condition: str) -> str:
    """The filter that also wants a span of this name for which ``condition`` holds.

    If the last condition is a block for a span of this name, the new one joins it: values clicked one after the
    other in one span stay conditions on one span.

    >>> text = conjoin_span("status = 'OK'", "search", "inputs.q = 'a'")
    >>> text
    "status = 'OK' AND { name = 'search' AND inputs.q = 'a' }"
    >>> conjoin_span(text, "search", "duration > 2s")
    "status = 'OK' AND { name = 'search' AND inputs.q = 'a' AND duration > 2s }"
    """
    query = parse(text)
    named = f"name = {quote_value(span_name)}"
    last = None if query.where is None else syntax.conjuncts(query.where)[-1]
    if isinstance(last, syntax.Block) and last.where is not None and parse(named).where in syntax.conjuncts(last.where):
        inside = text[last.start + 1 : last.end - 1]
        return replaced(text, last.start + 1, last.end - 1, conjoin(inside, condition))
    return conjoin(text, f"{{ {conjoin(named, condition)} }}")


def set_order(text: str, key: str | None, direction: str | None) -> str:
    """The filter ordered by this key alone, ``asc`` or ``desc``; without a key or a direction, not ordered at all.

    >>> set_order("status = 'OK' LIMIT 5", "duration", "desc")
    "status = 'OK' ORDER BY duration DESC LIMIT 5"
    """
    query = parse(text)
    before, after = text[: query.order_start], text[query.order_end :]
    if key is None or direction is None:
        return (before + after.lstrip(" ")).rstrip(" ") if query.order else text
    word = direction.upper()
    if word not in ("ASC", "DESC"):
        fail(text, "order", f"a direction is asc or desc, not {shorten(direction)}", 0)
    value = unparse(parse_key(key).value)
    if before and not before[-1].isspace():
        before += " "
    if after and not after[0].isspace():
        after = " " + after
    return f"{before}ORDER BY {value}{' DESC' if word == 'DESC' else ''}{after}"


def condition_text(text: str) -> str:
    """What a filter asks for, without order and limit, such that AND can be written beside it.

    >>> condition_text("status = 'OK' OR cost > 1 ORDER BY cost LIMIT 5")
    "(status = 'OK' OR cost > 1)"
    """
    query = parse(text)
    return "" if query.where is None else _in_parentheses(query, text)


def order_text(text: str) -> str:
    """A filter's order, as it was written.

    >>> order_text("cost > 1 ORDER BY cost DESC LIMIT 5")
    'ORDER BY cost DESC'
    """
    query = parse(text)
    return text[query.order_start : query.order_end].strip() if query.order else ""


def _in_parentheses(query: syntax.Query, text: str) -> str:
    """The condition as it was written, in parentheses if it is an OR without them."""
    written = text[query.where_start : query.where_end]
    # The node of an OR begins where its first token stands, inside of the parentheses if there are any.
    bare_or = isinstance(query.where, syntax.Or) and query.where.start == query.where_start
    return f"({written})" if bare_or else written


def span_prefix(name: str) -> str:
    """A span's name as it begins a field: in backticks where it would be something else."""
    taken = prefix(name) is not None or lookup("trace", name) is not None or lookup("span", name) is not None
    return backticked(name) if taken else quote_name(name)


def _key(key: str) -> str:
    refuse_unreadable(key)
    return key if DOTTED_IDENTIFIER.match(key) else backticked(key)


def _dotted(key: str) -> str:
    """A key whose dots can be written as dots."""
    refuse_unreadable(key)
    return key if all(map(DOTTED_IDENTIFIER.match, key.split("."))) else backticked(key)
