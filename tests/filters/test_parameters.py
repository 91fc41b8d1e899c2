"""Values bound to names, so that no text has to be put together by hand."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from enum import Enum

import numpy as np
import pandas as pd
import pytest

from spanglass.filters.algebra import Always, Const, IsMissing, Not
from tests.filters.words import NOW, NUMBER, In, is_, marked, meaning, query, refusal, trace


class Status(Enum):
    BAD = "ERROR"


MOMENT = datetime(2026, 11, 1, 10, 30, tzinfo=timezone.utc)
MOMENT_MS = int(MOMENT.timestamp() * 1000)


@pytest.mark.parametrize(
    ("text", "value", "bound"),
    [
        ("session_id = :p", "s'1", "s'1"),
        ("status = :p", Status.BAD, "ERROR"),
        ("tokens > :p", 5, 5),
        ("tokens > :p", np.int64(5), 5),
        ("cost > :p", np.float32(0.5), 0.5),
        ("feedback.ok = :p", True, True),
        ("feedback.ok = :p", np.bool_(True), True),
        ("timestamp > :p", MOMENT, MOMENT_MS),
        ("timestamp > :p", pd.Timestamp(MOMENT), MOMENT_MS),
        ("timestamp > :p", MOMENT.replace(tzinfo=None), MOMENT_MS),
        ("timestamp > :p", "2026-11-01T10:30Z", MOMENT_MS),
        ("timestamp > now() - :p", timedelta(hours=1), NOW - 3_600_000),
        ("duration > :p", timedelta(seconds=1.5), 1500),
        ("duration > :p", pd.Timedelta("1.5s"), 1500),
        ("tokens > :p", 2**70, float(2**70)),
    ],
)
def test_a_value_is_bound(text, value, bound):
    found = meaning(text, params={"p": value})
    assert found.right == Const(bound)
    assert type(found.right.value) is type(bound)


def test_a_date_is_a_day():
    assert meaning("timestamp = :p", params={"p": date(2026, 11, 1)}) == meaning("timestamp = '2026-11-01'")


@pytest.mark.parametrize(
    "values", [["a", "b"], ("a", "b"), pd.Series(["a", "b"]), np.array(["a", "b"]), iter(["a", "b"])]
)
def test_a_list_is_bound(values):
    assert meaning("run_id IN :p", params={"p": values}) == In(trace("run_id"), (Const("a"), Const("b")))


def test_a_list_is_read_once_and_a_set_has_one_order():
    ids = ["a", "b", "c"]
    one = query("run_id IN :p", params={"p": iter(ids)})
    assert one.fingerprint == query("run_id IN :p", params={"p": set(ids)}).fingerprint
    twice = meaning("run_id IN :p OR session_id IN :p", params={"p": iter(ids)})
    assert len(twice.items[1].items) == 3


def test_lists_and_single_values_in_parentheses():
    found = meaning("name IN (:one, 'x', :many)", params={"one": "a", "many": ["b", None]})
    assert found == In(trace("name"), (Const("a"), Const("x"), Const("b")))


def test_a_long_list_is_bound():
    ids = [f"r{number}" for number in range(50_000)]
    assert len(meaning("run_id IN :ids", params={"ids": ids}).items) == 50_000


def test_an_empty_list_holds_nothing():
    assert meaning("name IN :p", params={"p": []}) == Always(False)
    assert meaning("name NOT IN :p", params={"p": []}) == Not(IsMissing(trace("name")))


def test_none_is_a_missing_value():
    assert meaning("name = :p", params={"p": None}) == Always(False)
    assert meaning("timestamp > :p", params={"p": pd.NaT}) == Always(False)


def test_a_text_is_never_part_of_the_filter():
    evil = "x' OR 1 = 1 --"
    assert meaning("name = :p", params={"p": evil}) == is_(trace("name"), evil)


@pytest.mark.parametrize(
    ("text", "params", "under"),
    [
        ("name = :p", {}, ":p"),
        ("name = :p", None, ":p"),
        ("name = :p", {"P": "x"}, ":p"),
        ("name = :p", {"p": "x", "q": "y"}, ""),
        ("name = :p", {"p": ["x"]}, ":p"),
        ("name IN :p", {"p": "x"}, ":p"),
        ("name = :p", {"p": {"a": 1}}, ":p"),
        ("name = :p", {"p": object()}, ":p"),
        ("name = :p", {"p": b"x"}, ":p"),
        ("name = :p", {"p": "a\0b"}, ":p"),
        ("name = :p", {"p": "\ud800"}, ":p"),
        ("tokens = :p", {"p": float("nan")}, ":p"),
        ("tokens = :p", {"p": float("inf")}, ":p"),
        ("name RLIKE :p", {"p": "a("}, ":p"),
        ("name LIKE :p", {"p": 5}, ":p"),
        ("run_id IN :p", {"p": ["a", object()]}, ":p"),
        ("tokens > :p", {"p": timedelta(seconds=1)}, ":p"),
    ],
)
def test_what_cannot_be_bound_is_refused(text, params, under):
    assert marked(refusal(text, params=params)) == under


def test_parameters_reach_order_keys():
    found = query("", order_by=["coalesce(cost, :p)"], params={"p": 0})
    assert found.order[0].value.args[1] == Const(0)


def test_a_moment_meets_a_text_as_a_number():
    assert meaning("tag.at > :p", params={"p": MOMENT}).mode is NUMBER
