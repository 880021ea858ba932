"""Adaptive concurrency, the circuit breaker and Retry-After, by the books alone."""

import time
from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinkaug.engines.http.limits import LONGEST_WAIT_S, Attempt, End, Lane, least_loaded, retry_after

PATIENCE_S = 100.0


def lane(most: int = 64) -> Lane:
    return Lane("http://x/v1", most, PATIENCE_S)


def one(subject: Lane, how: End, at: float, ticket: int = 0, wait_s: float = 0.0) -> None:
    subject.end(subject.begin(ticket, at), how, at, wait_s=wait_s)


def round_trip(subject: Lane, how: End, at: float) -> int:
    """Fill the lane, then let all end the same way."""
    began = []
    while subject.has_room(at):
        began.append(subject.begin(len(began), at))
    for attempt in began:
        subject.end(attempt, how, at + 0.5)
    return len(began)


def test_the_limit_grows_while_all_is_well_and_never_over_the_most() -> None:
    subject, limits = lane(most=100), []
    under_way: list[Attempt] = []
    for _ in range(500):
        while subject.has_room(0):  # more is always waiting
            under_way.append(subject.begin(0, 0))
        assert len(under_way) == subject.limit
        limits.append(subject.limit)
        subject.end(under_way.pop(0), End.WELL, 0)
    assert limits == sorted(limits)
    assert (limits[0], limits[16], limits[-1]) == (16, 32, 100)


def test_a_limit_that_is_not_reached_does_not_grow() -> None:
    subject = lane()
    for at in range(100):
        one(subject, End.WELL, at)
    assert subject.limit == 16


@pytest.mark.parametrize("how", [End.BUSY, End.STRAINED])
def test_complaints_of_one_round_trip_halve_the_limit_once(how: End) -> None:
    subject = lane()
    assert round_trip(subject, how, 0) == 16
    assert subject.limit == 8


def test_the_limit_never_falls_below_one() -> None:
    subject = lane()
    for at in range(20):
        round_trip(subject, End.BUSY, at)
    assert subject.limit == 1
    assert subject.has_room(100)


def test_after_a_complaint_the_limit_grows_by_one_a_round_trip() -> None:
    subject = lane()
    round_trip(subject, End.BUSY, 0)
    under_way = [subject.begin(0, 1) for _ in range(8)]
    for ended in range(1, 10):
        subject.end(under_way.pop(0), End.WELL, 2)
        under_way.append(subject.begin(0, 2))
        assert subject.limit == (8 if ended <= 8 else 9)


def test_a_server_that_asks_for_time_gets_it() -> None:
    subject = lane()
    one(subject, End.BUSY, 10, wait_s=7)
    assert not subject.has_room(16.9)
    assert subject.has_room(17)


def test_a_failing_server_rests_and_is_then_tried_with_one_request() -> None:
    subject = lane()
    for ticket in range(4):
        one(subject, End.LOST, 0, ticket)
    assert subject.has_room(0)
    one(subject, End.LOST, 0, 4)
    assert not subject.has_room(0.4)
    assert subject.has_room(0.5)
    trial = subject.begin(5, 0.5)
    assert not subject.has_room(0.6)
    subject.end(trial, End.WELL, 0.7)
    assert subject.has_room(0.7)
    assert [subject.begin(0, 0.7) for _ in range(8)]
    assert subject.has_room(0.7)


def test_rests_grow_but_leave_several_tries_within_the_patience() -> None:
    subject, now, tries = lane(), 0.0, 0
    while not subject.is_gone:
        one(subject, End.UNREACHED, now)
        now, tries = max(now, subject.opens_at), tries + 1
    assert 10 < tries < 50
    assert PATIENCE_S <= now <= 1.3 * PATIENCE_S


@pytest.mark.parametrize("how", [End.WELL, End.ANSWERED, End.BUSY, End.REFUSED])
def test_any_sign_of_life_ends_a_row_of_failures(how: End) -> None:
    subject = lane()
    for at in range(90):
        one(subject, how if at % 5 == 4 else End.UNREACHED, at)
        assert not subject.is_gone
        assert subject.has_room(at + 1)


def test_one_request_that_a_server_chokes_on_does_not_make_it_gone() -> None:
    subject = lane()
    for at in range(0, 1000, 10):
        one(subject, End.LOST, at, ticket=1)
        assert not subject.is_gone
    for ticket in range(2, 6):
        one(subject, End.LOST, 1000, ticket)
    assert subject.is_gone


def test_failures_long_ago_do_not_count() -> None:
    subject = lane()
    for ticket in range(4):
        one(subject, End.UNREACHED, 0, ticket)
    for ticket in range(5):
        one(subject, End.UNREACHED, 10_000, ticket)
    assert not subject.is_gone


def test_a_server_that_refuses_all_is_given_up_and_one_that_served_may_refuse_single_requests() -> None:
    for served, how, refusing in [
        (False, End.REFUSED, True),
        (True, End.REFUSED, True),
        (False, End.ANSWERED, True),
        (True, End.ANSWERED, False),
    ]:
        subject = lane()
        if served:
            one(subject, End.WELL, 0)
        for ticket in range(20):
            assert not subject.is_refusing
            one(subject, how, 0, ticket)
        assert subject.is_refusing == refusing
        assert subject.has_room(0) != refusing


def test_the_least_loaded_server_with_room_comes_first() -> None:
    lanes = [lane(most=most) for most in (2, 4, 4)]
    taken = []
    while chosen := least_loaded(lanes, 0):
        chosen.begin(0, 0)
        taken.append(lanes.index(chosen))
    assert taken == [0, 1, 2, 0, 1, 2, 1, 2, 1, 2]


def test_a_failing_server_is_tried_only_when_the_others_are_full() -> None:
    failing, healthy = lanes = [lane(most=2), lane(most=2)]
    for ticket in range(5):
        one(failing, End.UNREACHED, 0, ticket)
    taken = []
    while chosen := least_loaded(lanes, failing.opens_at):
        chosen.begin(0, failing.opens_at)
        taken.append(chosen is healthy)
    assert taken == [True, True, False]


@given(st.lists(st.tuples(st.sampled_from(End), st.integers(0, 9), st.floats(0, 30), st.booleans()), max_size=200))
def test_the_books_balance_whatever_happens(events: list[tuple[End, int, float, bool]]) -> None:
    subject, now, began = lane(), 0.0, []
    for how, ticket, step, sends in events:
        now += step
        if sends and subject.has_room(now):
            began.append(subject.begin(ticket, now))
        elif began:
            subject.end(began.pop(0), how, now)
        assert subject.in_flight == len(began)
        assert 1 <= subject.limit <= 64
    for attempt in began:
        subject.end(attempt, End.WELL, now)
    # Served again, it has room again.
    assert subject.has_room(now + PATIENCE_S) or subject.is_refusing


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("", 0),
        ("0", 0),
        (" 12 ", 12),
        ("1.5", 1.5),
        ("-3", 0),
        ("soon", 0),
        ("nan", 0),
        ("inf", 0),
        ("1e9", 0),
        ("999999", LONGEST_WAIT_S),
        ("9" * 400, 0),
        ("Fri, 99 Foo 2026 99:99:99 GMT", 0),
        ("Mon, 01 Jan 1601 00:00:00 +2359", 0),
    ],
)
def test_retry_after_in_seconds_and_nonsense(header: str, seconds: float) -> None:
    assert retry_after(header, 0.0) == seconds


def test_retry_after_as_a_date() -> None:
    now = float(int(time.time()))
    assert retry_after(formatdate(now + 30, usegmt=True), now) == 30
    assert retry_after(formatdate(now + 30).replace("-0000", ""), now) == 30
    assert retry_after(formatdate(now - 30, usegmt=True), now) == 0
    assert retry_after(formatdate(now + 1e6, usegmt=True), now) == LONGEST_WAIT_S


@given(st.text(max_size=40))
def test_no_header_is_too_strange(header: str) -> None:
    assert 0 <= retry_after(header, 1e9) <= LONGEST_WAIT_S
