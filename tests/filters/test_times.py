"""Moments, days, lengths of time, and the zone they are in."""

from __future__ import annotations

import os
from datetime import datetime, timezone

import pytest

from spanglass.filters import FilterError, resolve
from spanglass.filters.algebra import Const, Not, Or
from tests.filters.words import NOW, NUMBER, In, Range, is_, meaning, query, refusal, trace

TIME = trace("timestamp_ms")
HOUR = 3_600_000
DAY = 24 * HOUR


def ms(*parts: int) -> int:
    return int(datetime(*parts, tzinfo=timezone.utc).timestamp() * 1000)


def literal(text: str, **options):
    return meaning(f"timestamp > {text}", **options).right.value


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("123", 123),
        ("123.5", 123.5),
        ("'123'", 123),
        ("-1", -1),
        ("'2026-11-01T10:30'", ms(2026, 11, 1, 10, 30)),
        ("'2026-11-01 10:30:15'", ms(2026, 11, 1, 10, 30, 15)),
        ("'2026-11-01T10:30:15.250Z'", ms(2026, 11, 1, 10, 30, 15) + 250),
        ("'2026-11-01T10:30:15.250500Z'", ms(2026, 11, 1, 10, 30, 15) + 250.5),
        ("'2026-11-01T10:30+02:00'", ms(2026, 11, 1, 8, 30)),
        ("'2026-11-01T10:30-0530'", ms(2026, 11, 1, 16, 0)),
        ("now()", NOW),
        ("'now'", NOW),
        ("now() - 24h", NOW - DAY),
        ("ago(1h30m)", NOW - HOUR - HOUR // 2),
        ("'2h ago'", NOW - 2 * HOUR),
        ("'-1h'", NOW - HOUR),
        ("1000000 + 1000", 1_001_000),
    ],
)
def test_moments(written, value):
    assert literal(written) == value


def test_a_day_is_from_its_start_to_the_next_days():
    start, end = Const(ms(2026, 11, 1)), Const(ms(2026, 11, 2))
    assert meaning("timestamp = '2026-11-01'") == Range(TIME, start, end, NUMBER, include_high=False)
    assert meaning("timestamp != '2026-11-01'") == Range(TIME, start, end, NUMBER, False, negated=True)
    assert meaning("timestamp < '2026-11-01'") == is_(TIME, start.value, NUMBER, "<")
    assert meaning("timestamp >= '2026-11-01'") == is_(TIME, start.value, NUMBER, ">=")
    assert meaning("timestamp > '2026-11-01'") == is_(TIME, end.value, NUMBER, ">=")
    assert meaning("timestamp <= '2026-11-01'") == is_(TIME, end.value, NUMBER, "<")
    assert meaning("'2026-11-01' >= timestamp") == is_(TIME, end.value, NUMBER, "<")


def test_a_range_of_days_includes_the_last_one():
    found = meaning("timestamp BETWEEN '2026-11-01' AND '2026-11-15'")
    assert found == Range(TIME, Const(ms(2026, 11, 1)), Const(ms(2026, 11, 16)), NUMBER, include_high=False)
    found = meaning("timestamp BETWEEN '2026-11-01' AND now()")
    assert found == Range(TIME, Const(ms(2026, 11, 1)), Const(NOW), NUMBER, include_high=True)


def test_days_in_a_list():
    found = meaning("timestamp IN ('2026-11-01', 5)")
    day = Range(TIME, Const(ms(2026, 11, 1)), Const(ms(2026, 11, 2)), NUMBER, include_high=False)
    assert found == Or((day, In(TIME, (Const(5),))))
    assert meaning("timestamp IS DISTINCT FROM '2026-11-01'") == Not(day)


def test_today_and_yesterday_are_days_of_the_zone():
    now = ms(2026, 11, 1, 23, 30)
    found = meaning("timestamp = 'today'", now_ms=now, zone="Europe/Berlin")
    assert (found.low.value, found.high.value) == (ms(2026, 11, 1, 23), ms(2026, 11, 2, 23))
    found = meaning("timestamp = 'yesterday'", now_ms=now, zone="UTC")
    assert (found.low.value, found.high.value) == (ms(2026, 10, 31), ms(2026, 11, 1))


def test_a_day_may_have_23_or_25_hours():
    found = meaning("timestamp = '2026-03-29'", zone="Europe/Berlin")
    assert found.high.value - found.low.value == 23 * HOUR
    found = meaning("timestamp = '2026-10-25'", zone="Europe/Berlin")
    assert found.high.value - found.low.value == 25 * HOUR


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "+05:30", "UTC-3", "America/New_York"])
def test_the_zone_is_kept_by_name(zone):
    found = query("timestamp > '2026-11-01T00:00'", zone=zone)
    assert found.zone == zone
    assert query("timestamp > '2026-11-01T00:00'", zone=found.zone) == found


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../etc/passwd", "", "+99:00", "\0", "a" * 5000])
def test_an_unknown_zone_is_refused(zone):
    with pytest.raises(FilterError, match="zone"):
        query("", zone=zone)


def test_without_a_zone_it_is_this_machines(monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    assert resolve("").zone == "Asia/Tokyo"
    monkeypatch.delenv("TZ")
    named = resolve("").zone
    assert resolve("", zone=named).zone == named
    assert os.environ.get("TZ") is None


def test_now_is_read_once():
    found = resolve("timestamp > now() - 1h AND timestamp < now()")
    early, late = found.where.items
    assert late.right.value == found.now_ms
    assert early.right.value == found.now_ms - HOUR


@pytest.mark.parametrize(
    "written",
    ["x", "2026-13-01", "2026-02-30", "2026-11-01T25:00", "ago", "5 parsecs ago", "9" * 30, "", "-", "9999-12-31"],
)
def test_what_is_no_time_is_refused(written):
    assert refusal(f"timestamp = '{written}'").diagnostic.code == "time"


def test_a_span_has_times_too():
    found = meaning("span.start_time >= '2026-11-01'")
    assert found.things.where.right == Const(ms(2026, 11, 1))


def test_a_whole_day_is_no_moment():
    assert refusal("'2026-11-01' BETWEEN timestamp AND end_time").diagnostic.code == "type"


def test_lengths_between_times_are_durations():
    assert meaning("end_time - timestamp > 5s").right == Const(5000)
    assert meaning("timestamp + 5s < end_time").op == "<"
