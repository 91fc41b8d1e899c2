"""The arguments of a call, by name."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

_EMPTY = inspect.Parameter.empty
_BY_PLACE = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


class Arguments:
    """Names the arguments of a function's calls: defaults filled in, ``*args`` a list under its name, ``**kwargs`` a
    dict under its name, ``self`` and ``cls`` left out.

    ``inspect.Signature.bind`` does the same, and more slowly. A call that does not fit is named as far as it goes:
    the call itself will raise.

    >>> Arguments(lambda query, *rest, limit=10: None).named(("spans", 1, 2), {})
    {'query': 'spans', 'rest': [1, 2], 'limit': 10}
    """

    __slots__ = ("_names", "_parameters", "_skip")

    def __init__(self, function: Callable[..., Any]) -> None:
        try:
            parameters = list(inspect.signature(function).parameters.values())
        except (TypeError, ValueError):  # some built-in functions tell nothing
            parameters = [
                inspect.Parameter("args", inspect.Parameter.VAR_POSITIONAL),
                inspect.Parameter("kwargs", inspect.Parameter.VAR_KEYWORD),
            ]
        self._skip = bool(parameters) and parameters[0].name in ("self", "cls")
        self._parameters = [(one.name, one.kind, one.default) for one in parameters]
        # Known where every parameter can be given by position: most calls then name themselves.
        by_place = all(one.kind in _BY_PLACE for one in parameters) and not self._skip
        self._names = tuple(one.name for one in parameters) if by_place else None

    def named(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        """The arguments of one call."""
        if self._names is not None and not kwargs and len(args) == len(self._names):
            return dict(zip(self._names, args, strict=True))
        found: dict[str, Any] = {}
        rest = dict(kwargs)
        place = 0
        for name, kind, default in self._parameters:
            if kind is inspect.Parameter.VAR_POSITIONAL:
                found[name] = list(args[place:])
            elif kind is inspect.Parameter.VAR_KEYWORD:
                found[name] = rest
            elif kind is not inspect.Parameter.KEYWORD_ONLY and place < len(args):
                found[name] = args[place]
                place += 1
            elif kind is not inspect.Parameter.POSITIONAL_ONLY and name in rest:
                found[name] = rest.pop(name)
            elif default is not _EMPTY:
                found[name] = default
        if self._skip:
            found.pop(self._parameters[0][0], None)
        return found
