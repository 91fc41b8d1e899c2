"""Any value becomes JSON, at once, bounded, whatever it does."""

from __future__ import annotations

import copy
import dataclasses
import datetime
import decimal
import enum
import json
import pathlib
import uuid
from collections import OrderedDict, UserDict, deque, namedtuple
from typing import Any

import numpy as np
import orjson
import pandas as pd
import pydantic
import pytest
from hypothesis import given
from hypothesis import strategies as st

import spanglass as sg
from spanglass.capture import snapshot as module
from spanglass.capture.snapshot import plain, snapshot, text
from spanglass.limits import SNAPSHOT_DEPTH, SNAPSHOT_TEXT_CHARS
from spanglass.store import Store
from tests.capture.conftest import the_span

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner),
    max_leaves=30,
)


@given(json_values)
def test_json_stays_as_it_is(value: Any) -> None:
    before = copy.deepcopy(value)
    copied = plain(value)
    assert copied == value == before
    assert json.dumps(copied) == json.dumps(value)  # the order of keys and the types too
    assert orjson.loads(snapshot(value)) == value


@given(st.recursive(st.integers() | st.floats() | st.text() | st.binary() | st.complex_numbers(), st.lists))
def test_everything_can_be_written_and_read_again(value: Any) -> None:
    assert orjson.loads(snapshot(value)) == plain(value)


class Colour(enum.Enum):
    RED = "red"


class Level(enum.IntEnum):
    HIGH = 3


class Word(str):
    pass


Point = namedtuple("Point", "x y")


@dataclasses.dataclass
class Document:
    text: str
    score: float
    tags: set[str] = dataclasses.field(default_factory=set)


class Message(pydantic.BaseModel):
    role: str
    when: datetime.date
    secret: pydantic.SecretStr = pydantic.SecretStr("hush")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (float("nan"), "NaN"),
        (float("inf"), "Infinity"),
        (float("-inf"), "-Infinity"),
        (2**70, str(2**70)),
        (True, True),
        (Colour.RED, "red"),
        (Level.HIGH, 3),
        (Word("w"), "w"),
        ("half \ud800", "half ?"),
        (b"bytes", "b'bytes'"),
        (1 + 2j, "(1+2j)"),
        (datetime.datetime(2024, 5, 1, 12, tzinfo=datetime.timezone.utc), "2024-05-01T12:00:00+00:00"),
        (datetime.timedelta(seconds=90), "0:01:30"),
        (decimal.Decimal("1.10"), "1.10"),
        (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (pathlib.PurePosixPath("/a/b"), "/a/b"),
        (int, "<class 'int'>"),
        ((1, (2,)), [1, [2]]),
        (Point(1, 2), [1, 2]),
        (frozenset({1}), [1]),
        (deque([1]), [1]),
        (range(3), "range(0, 3)"),
        (OrderedDict(b=1, a=2), {"b": 1, "a": 2}),
        (UserDict(a=1), {"a": 1}),
        (
            {1: "a", None: "b", False: "c", (1, 2): "d", Colour.RED: "e"},
            {"1": "a", "null": "b", "false": "c", "(1, 2)": "d", "red": "e"},
        ),
        (Document("a", 0.5, {"t"}), {"text": "a", "score": 0.5, "tags": ["t"]}),
        (
            Message(role="user", when=datetime.date(2024, 5, 1)),
            {"role": "user", "when": "2024-05-01", "secret": "**********"},
        ),
        (np.float64(0.5), 0.5),
        (np.int64(5), 5),
        (np.array([[1, 2], [3, 4]]), [[1, 2], [3, 4]]),
        (pd.DataFrame({"a": [1, 2], "b": ["x", None]}), [{"a": 1, "b": "x"}, {"a": 2, "b": "NaN"}]),
        (pd.Series([1, 2]), [1, 2]),
        (pd.Index(["a"]), ["a"]),
        (pd.Timestamp("2024-05-01"), "2024-05-01T00:00:00"),
        (pd.NaT, None),
        (pd.NA, None),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_other_values_become(value: Any, expected: Any) -> None:
    assert plain(value) == expected
    assert plain([value]) == [expected]
    assert orjson.loads(snapshot({"v": value})) == {"v": expected}


class Raises:
    """Does everything that an object should not do."""

    def __init__(self, error: BaseException) -> None:
        object.__setattr__(self, "error", error)

    def _raise(self, *_: Any) -> Any:
        raise object.__getattribute__(self, "error")

    __repr__ = __str__ = __eq__ = __hash__ = __iter__ = __len__ = __getattr__ = __bool__ = _raise  # type: ignore[assignment]


class Nameless(type):
    @property
    def __name__(cls) -> str:  # type: ignore[override]
        raise RuntimeError("no name")


@pytest.mark.parametrize("error", [ValueError("no"), SystemExit(1), RecursionError(), MemoryError()], ids=repr)
def test_an_object_whose_methods_raise(store: Store, error: BaseException) -> None:
    bad = Raises(error)

    @sg.trace
    def passes(value: Any) -> Any:
        return value

    assert passes(bad) is bad
    expected = f"<Raises: its text failed with {type(error).__name__}>"
    span = the_span(store)
    assert (span.inputs, span.outputs, span.status) == ({"value": expected}, expected, "OK")


def test_a_real_interrupt_gets_through() -> None:
    with pytest.raises(KeyboardInterrupt):
        plain([Raises(KeyboardInterrupt())])


def test_an_object_that_does_not_even_have_a_type_name() -> None:
    class Thing(metaclass=Nameless):
        __repr__ = Raises._raise  # type: ignore[assignment]

    assert plain([Thing(), 1])[1] == 1


def test_what_contains_itself() -> None:
    items: list[Any] = [1]
    items.append(items)
    assert plain(items) == [1, "<list: contains itself>"]
    mapping: dict[str, Any] = {}
    mapping["me"] = {"again": mapping}
    assert plain(mapping) == {"me": {"again": "<dict: contains itself>"}}
    document = Document("a", 1.0)
    document.text = document  # type: ignore[assignment]
    assert plain(document)["text"] == "<Document: contains itself>"


def test_the_same_twice_is_not_inside_itself() -> None:
    shared = {"a": 1}
    assert plain([shared, shared]) == [{"a": 1}, {"a": 1}]


def test_depth_is_bounded() -> None:
    deep: list[Any] = []
    for _ in range(50_000):
        deep = [deep]
    copied = plain(deep)
    depth = 0
    while isinstance(copied, list):
        copied, depth = copied[0], depth + 1
    assert depth == SNAPSHOT_DEPTH + 1
    assert copied == f"<list: nested deeper than {SNAPSHOT_DEPTH}>"


def test_an_object_that_opens_for_ever() -> None:
    class Endless(UserDict[str, Any]):
        def items(self) -> Any:
            return [("next", Endless())]

    assert "nested deeper" in snapshot(Endless())


def test_items_are_bounded_the_first_ones_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SNAPSHOT_ITEMS", 5)
    assert plain(list(range(8))) == [0, 1, 2, 3, 4, "… (3 more items)"]
    assert plain({n: n for n in range(7)}) == {"0": 0, "1": 1, "2": 2, "3": 3, "4": 4, "…": "2 more keys"}
    assert plain([[1, 2], [3, 4]]) == [[1, 2], [3, "… (1 more items)"]]


def test_a_value_that_would_unfold_without_end_is_bounded() -> None:
    laughs: list[Any] = ["ha"]
    for _ in range(60):
        laughs = [laughs, laughs]
    assert len(snapshot(laughs)) < 50_000_000


def test_characters_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SNAPSHOT_CHARS", 10)
    assert plain("a" * 30) == "a" * 10 + "… (20 more characters)"
    assert plain(["abcd", "efgh", "ijkl"]) == ["abcd", "efgh", "ij… (2 more characters)"]


def test_a_long_text_of_an_object_is_cut() -> None:
    class Long:
        def __repr__(self) -> str:
            return "x" * (SNAPSHOT_TEXT_CHARS + 7)

    assert text(Long()).endswith("x… (7 more characters)")


def test_a_large_array_is_described(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SNAPSHOT_ITEMS", 100)
    assert plain(np.zeros((20, 10))) == "ndarray of shape (20, 10), float64"


def test_a_large_table_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SNAPSHOT_ROWS", 2)
    assert plain(pd.DataFrame({"a": range(5)})) == [{"a": 0}, {"a": 1}, "… (3 more rows)"]
    assert plain(pd.Series(range(5))) == [0, 1, "… (3 more rows)"]


def test_arguments_are_copied_when_the_call_begins(store: Store) -> None:
    @sg.trace
    def clear(items: list[int]) -> list[int]:
        items.clear()
        return items

    given_items = [1, 2]
    result = clear(given_items)
    result.append(99)
    span = the_span(store)
    assert (span.inputs, span.outputs) == ({"items": [1, 2]}, [])


def test_iterators_are_not_consumed(store: Store) -> None:
    @sg.trace
    def total(numbers: Any) -> int:
        return sum(numbers)

    assert total(iter([1, 2, 3])) == 6
    assert total(n for n in range(4)) == 6
