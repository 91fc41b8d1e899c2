"""Functions with ``store=`` as methods of what has a store already: written once, with one docstring and signature."""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from spanglass.client.arguments import StoreLike

P = ParamSpec("P")
T = TypeVar("T")
_ENTRY = re.compile(r"\n *store : .*(?:\n {8,}.*)*")


class HasStore(Protocol):
    """What knows which store is meant."""

    @property
    def given(self) -> StoreLike | None: ...


def of_store(function: Callable[P, T]) -> Callable[Concatenate[Any, P], T]:
    """The function as a method: ``store=`` is the object's ``given``, in signature and docstring it is left out."""

    @functools.wraps(function)
    def method(self: HasStore, *args: P.args, **kwargs: P.kwargs) -> T:
        if "store" in kwargs:
            raise TypeError(f"{function.__name__}() has its store already")
        kwargs["store"] = self.given
        return function(*args, **kwargs)

    signature = inspect.signature(function)
    this = inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    rest = [parameter for name, parameter in signature.parameters.items() if name != "store"]
    method.__signature__ = signature.replace(parameters=[this, *rest])  # type: ignore[attr-defined]
    method.__doc__ = _ENTRY.sub("", (function.__doc__ or "").partition("\n    >>> ")[0]).rstrip()
    return method
