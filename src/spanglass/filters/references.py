"""What a field's name refers to in the place where it stands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NoReturn

from spanglass.filters import syntax
from spanglass.filters.algebra import (
    Always,
    Assessed,
    Call,
    Compare,
    Const,
    Field,
    Key,
    Mode,
    Of,
    Path,
    Related,
    Step,
    Subject,
    Type,
    Value,
)
from spanglass.filters.diagnostics import Fix, nearest, shorten
from spanglass.filters.fields import (
    ASSESSED_PREFIXES,
    FIELDS,
    MAP_PREFIXES,
    PREFIXES,
    RELATED,
    SPAN_PREFIXES,
    TRACE_PREFIXES,
    lookup,
    prefix,
)
from spanglass.filters.printer import backticked, quoted
from spanglass.filters.scope import SPAN, Scope, Typed
from spanglass.filters.tokens import KEYWORDS

if TYPE_CHECKING:
    from spanglass.filters.resolver import Resolver

SPAN_NAME = Field("span", "name", Type.TEXT)
_SPAN_TEXT = Field("span", "text", Type.TEXT)
_JSON_MAPS = {"tags": MAP_PREFIXES["tags"], "metadata": MAP_PREFIXES["metadata"]}
Part = syntax.Name | syntax.Index


def resolve_field(resolver: Resolver, node: syntax.Field, scope: Scope) -> Typed:
    """The value that a field stands for. Raises FilterError where there is no such field."""
    value, type_ = _reference(resolver, node, scope)
    return Typed(value, type_, node.start, node.end)


def _reference(resolver: Resolver, node: syntax.Field, scope: Scope) -> tuple[Value, Type]:
    parts = node.parts
    if node.block is not None:
        where = resolver.block(node.block, SPAN)
        return _of(resolver, Related("spans", where), "span", node, 0)
    first = parts[0]
    assert isinstance(first, syntax.Name)
    alone = len(parts) == 1
    if alone or not first.quoted:
        field = lookup(scope.subject, first.text)
        if field is not None and (alone or field.type is Type.JSON):
            return _member(resolver, field, node, 1, scope)
    if not alone and not first.quoted:
        word = prefix(first.text)
        if word is not None:
            return _prefixed(resolver, word, node, scope)
    second = first if alone else parts[1]
    if alone or not isinstance(second, syntax.Name) or lookup("span", second.text) is None:
        unknown_field(resolver, node, scope)
    resolver.note_span_name(node, first)
    named = Compare("=", SPAN_NAME, Const(first.text), Mode.TEXT)
    return _of(resolver, Related("spans", named), "span", node, 1)


def _prefixed(resolver: Resolver, word: str, node: syntax.Field, scope: Scope) -> tuple[Value, Type]:
    """A field that begins with a built-in prefix and has more than one part."""
    parts = node.parts
    if word in SPAN_PREFIXES:
        at = int(word == "span")
        if not scope.span:
            resolver.no_span_here(node, at)
        return _field_of(resolver, "span", node, at, scope)
    if word in TRACE_PREFIXES:
        return _field_of(resolver, "trace", node, 1, scope)
    if word in MAP_PREFIXES:
        return Key(MAP_PREFIXES[word], _whole_key(resolver, node, 1)), Type.JSON
    if word in ASSESSED_PREFIXES:
        names, after = _leading_names(parts, 1)
        if not names:
            resolver.fail("unknown-field", f"{word}. needs the name of an assessment", node)
        return Assessed(ASSESSED_PREFIXES[word], ".".join(names), _steps(parts, after)), Type.JSON
    if word in RELATED:
        relation, subject = RELATED[word]
        resolver.allow_relation(word, node, scope)
        return _of(resolver, Related(relation, Always(True)), subject, node, 1)
    second = parts[1]  # of issue
    if len(parts) != 2 or not isinstance(second, syntax.Name) or second.text.lower() != "id":
        resolver.fail("unknown-field", "an issue has an id and nothing else: issue.id", node)
    return Field("trace", "issue_id", Type.TEXT), Type.TEXT


def _of(resolver: Resolver, things: Related, subject: Subject, node: syntax.Field, at: int) -> tuple[Value, Type]:
    value, type_ = _field_of(resolver, subject, node, at, SPAN)
    return Of(things, value), type_


def _field_of(resolver: Resolver, subject: Subject, node: syntax.Field, at: int, scope: Scope) -> tuple[Value, Type]:
    """The field named by the parts from ``at`` on, of this kind of thing."""
    part = node.parts[at]
    field = lookup(subject, part.text) if isinstance(part, syntax.Name) else None
    if field is None:
        _unknown_member(resolver, subject, node, at, scope)
    return _member(resolver, field, node, at + 1, scope)


def _member(resolver: Resolver, field: Field, node: syntax.Field, at: int, scope: Scope) -> tuple[Value, Type]:
    """A field, or a place inside it that the parts from ``at`` on lead to."""
    parts = node.parts
    if at == len(parts):
        if scope.same_span and field.subject == "trace" and field.name == "text":
            return _SPAN_TEXT, Type.TEXT
        return field, field.type
    if field.type is not Type.JSON:
        here = parts[at]
        message = f"{field.name} is one value, it has no parts"
        resolver.fail_at("unknown-field", message, here.start, node.end)
    if field.subject == "trace" and field.name in _JSON_MAPS:
        return Key(_JSON_MAPS[field.name], _whole_key(resolver, node, at)), Type.JSON
    names, after = _leading_names(parts, at)
    steps = _steps(parts, at)
    # A literal key that contains dots is tried before the nested path; a quoted name is a key as it stands.
    quoted = any(isinstance(part, syntax.Name) and part.quoted for part in parts[at:after])
    if len(names) < 2 or quoted:
        return Path(field, steps), Type.JSON
    if after == len(parts):
        return Path(field, steps, ".".join(names)), Type.JSON
    if field.name not in ("attributes", "resource"):
        return Path(field, steps), Type.JSON
    # attributes.gen_ai.input.messages[0].role: a key with dots, and a way that leads on inside of its value
    through_key = Path(field, (".".join(names), *steps[len(names) :]))
    return Call("coalesce", (through_key, Path(field, steps))), Type.JSON


def _whole_key(resolver: Resolver, node: syntax.Field, at: int) -> str:
    """All that follows is one key of a map of texts."""
    names, after = _leading_names(node.parts, at)
    rest = node.parts[after:]
    if not names and len(rest) == 1 and isinstance(rest[0], syntax.Index) and isinstance(rest[0].value, str):
        return rest[0].value
    if rest:
        resolver.fail_at("unknown-field", "this value is one text, it has no parts", rest[0].start, node.end)
    return ".".join(names)


def _leading_names(parts: tuple[Part, ...], at: int) -> tuple[list[str], int]:
    """The dotted names from ``at`` up to the first bracket, and the place after them."""
    names = []
    while at < len(parts) and isinstance(part := parts[at], syntax.Name):
        names.append(part.text)
        at += 1
    return names, at


def _steps(parts: tuple[Part, ...], at: int) -> tuple[Step, ...]:
    return tuple([part.text if isinstance(part, syntax.Name) else part.value for part in parts[at:]])


# ---------------------------------------------------------------- what to say where there is no such field


def unknown_field(resolver: Resolver, node: syntax.Field, scope: Scope) -> NoReturn:
    """Say that there is no such field, and which one may have been meant."""
    text = resolver.text
    first = node.parts[0]
    assert isinstance(first, syntax.Name)
    written = text[node.start : node.end]
    word = first.text
    message = f"no {'' if scope.subject == 'trace' else scope.subject + ' '}field '{shorten(written)}'"
    if len(node.parts) == 1:
        known = prefix(word)
        if known is not None and not first.quoted:
            resolver.fail("unknown-field", f"{known} needs a name after it: {known}.…", node)
        others: tuple[Subject, ...] = ("span", "trace") if scope.span or scope.subject == "trace" else ("trace",)
        for other in others:
            known_there = lookup(other, word)
            if known_there is not None:
                same = lookup(scope.subject, known_there.name)
                if same is not None:  # by another of its names
                    fix = resolver.fix(f"did you mean {same.name}?", node, same.name)
                    resolver.fail("unknown-field", message, node, [fix])
                fix = resolver.fix(f"did you mean {other}.{shorten(word)}?", node, f"{other}.{word}")
                resolver.fail("unknown-field", f"{message}; it is one of a {other}", node, [fix])
    else:
        for index, part in enumerate(node.parts[1:], 1):
            if isinstance(part, syntax.Name) and lookup("span", part.text) and not first.quoted:
                name = ".".join(p.text for p in node.parts[:index] if isinstance(p, syntax.Name))
                new = backticked(name) + text[node.parts[index - 1].end : node.end]
                fix = resolver.fix("a span's name with dots needs backticks", node, new)
                resolver.fail("unknown-field", message, node, [fix])
    if len(node.parts) > 1:
        near = nearest(word, _beginnings(scope.subject))
    elif text[node.end :].lstrip().startswith("{"):
        near = nearest(word, (*RELATED, *_BEFORE_BLOCK))
    elif word.isupper():
        near = _keyword(word) or nearest(word, FIELDS[scope.subject])
    else:
        near = nearest(word, FIELDS[scope.subject]) or _keyword(word)
    if _WORDS.fullmatch(text.strip()) and KEYWORDS.isdisjoint(text.upper().split()):
        resolver.fail("unknown-field", message, node, [Fix("search for this text", quoted(text.strip()))])
    fixes = [resolver.fix_at(f"did you mean {near}?", first.start, first.end, near)] if near else []
    if not near and len(node.parts) == 1 and scope.subject == "trace" and not first.quoted:
        fixes = [resolver.fix("is it a tag?", node, f"tag.{word}")]
    if not near and len(node.parts) > 1 and (scope.span or scope.subject == "trace"):
        fixes = [_attribute(resolver, node, written)]
    resolver.fail("unknown-field", message, node, fixes)


_WORDS = re.compile(r"[^\W\d]\w*(?:[ -]\w+)*")
_QUANTIFIERS = ("ANY", "ALL", "NONE")
_BEFORE_BLOCK = ("AND", "OR", "NOT", "THEN", *_QUANTIFIERS)


def _keyword(word: str) -> str | None:
    """The word of the language that this one was meant to be; short words are like many, so it has to be close."""
    import difflib  # only on the way to an error

    close = difflib.get_close_matches(word.upper()[:20], sorted(KEYWORDS.difference(_QUANTIFIERS)), n=1, cutoff=0.7)
    return close[0] if close else None


def _beginnings(subject: Subject) -> set[str]:
    """The words that more may follow after a dot or in brackets."""
    return {*PREFIXES, *(word for word, field in FIELDS[subject].items() if field.type is Type.JSON)}


def _unknown_member(resolver: Resolver, subject: Subject, node: syntax.Field, at: int, scope: Scope) -> NoReturn:
    part = node.parts[at]
    text = resolver.text
    if not isinstance(part, syntax.Name):
        resolver.fail_at("unknown-field", "the name of a field is missing before this", part.start, part.end)
    message = f"no {subject} field '{shorten(part.text)}'"
    first = node.parts[0]
    if isinstance(first, syntax.Name) and first.text.lower() in ("attribute", "attributes") and subject == "trace":
        new = f"span.attributes{text[first.end : node.end]}"
        fix = resolver.fix(f"did you mean {shorten(new)}?", node, new)
        resolver.fail_at("unknown-field", f"{message}; attributes are a span's", part.start, part.end, [fix])
    near = nearest(part.text, FIELDS[subject])
    fixes = [resolver.fix_at(f"did you mean {near}?", part.start, part.end, near)] if near else []
    if (
        not near
        and subject == "span"
        and at == 1
        and len(node.parts) > 2
        and text[first.start : first.end].lower() == "span"
    ):
        fixes = [_attribute(resolver, node, text[part.start : node.end])]
    resolver.fail_at("unknown-field", message, part.start, part.end, fixes)


def _attribute(resolver: Resolver, node: syntax.Field, written: str) -> Fix:
    """A name with dots that is no field is most often the key of an attribute."""
    new = f"span.attributes.{written}"
    return resolver.fix(f"did you mean {shorten(new)}?", node, new)
