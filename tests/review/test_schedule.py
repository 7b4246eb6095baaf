"""The schedule: whole days, nothing random, nothing harmed by practice or by an interview date."""

import random
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interview.errors import UsageError
from interview.review.model import Rating, study_day
from interview.review.schedule import (
    Plan,
    Upcoming,
    advance,
    due_day,
    overdue,
    plan,
    preview,
    replay,
    upcoming,
)
from tests.review.questions import DAY, review

ratings = st.sampled_from(list(Rating))
histories = st.lists(st.tuples(ratings, st.integers(0, 400)), min_size=1, max_size=12)


def days(number: int) -> date:
    return DAY + timedelta(days=number)


def history(steps: list[tuple[Rating, int]]) -> list[tuple[Rating, date]]:
    """Turn gaps between reviews into days."""
    day, dated = DAY, []
    for rating, gap in steps:
        day += timedelta(days=gap)
        dated.append((rating, day))
    return dated


def test_a_study_day_begins_at_four() -> None:
    """Past midnight it is still yesterday, by the candidate's clock and not by UTC."""
    beijing = timezone(timedelta(hours=8))
    assert study_day(datetime(2026, 11, 24, 3, 59, tzinfo=beijing)) == date(2026, 11, 23)
    assert study_day(datetime(2026, 11, 24, 4, 0, tzinfo=beijing)) == date(2026, 11, 24)


def test_the_intervals_of_a_new_question_are_those_of_fsrs() -> None:
    """Again comes back at once; the others are FSRS's own, give or take the spread."""
    due = preview(None, "a/b", DAY)
    assert due[Rating.AGAIN] == DAY
    assert due[Rating.HARD] == days(1)
    assert due[Rating.GOOD] == days(2)
    assert days(6) <= due[Rating.EASY] <= days(10)


def test_late_in_the_evening_and_early_next_morning_are_a_day_apart() -> None:
    """FSRS itself would count 23:00 to 07:00 as the same day and learn nothing from it."""
    evening = advance(None, "a/b", Rating.GOOD, study_day(datetime(2026, 11, 23, 23, tzinfo=UTC)))
    morning = study_day(datetime(2026, 11, 24, 7, tzinfo=UTC))
    assert advance(evening, "a/b", Rating.GOOD, morning).stability > evening.stability * 1.5


@given(histories)
def test_a_better_rating_never_comes_back_sooner(steps: list[tuple[Rating, int]]) -> None:
    """Whatever came before, the four dates shown are in the order of the ratings."""
    memory = None
    for rating, day in history(steps):
        memory = advance(memory, "a/b", rating, day)
    due = preview(memory, "a/b", day)
    assert list(due.values()) == sorted(due.values())


@given(histories)
def test_the_preview_is_kept(steps: list[tuple[Rating, int]]) -> None:
    """The date shown for a rating is the date that rating leads to."""
    memory = None
    for rating, day in history(steps):
        shown = preview(memory, "a/b", day)[rating]
        memory = advance(memory, "a/b", rating, day)
        assert memory.due == shown


def test_a_replay_does_not_depend_on_the_random_state() -> None:
    """The spread is derived from the question, so two machines agree on every date."""
    log = [review(f"t/{n}", Rating.EASY, days(9 * step)) for step in range(4) for n in range(20)]
    random.seed(1)
    first = replay(log)
    random.seed(2)
    assert replay(log) == first


def test_questions_learnt_together_come_back_apart() -> None:
    """Twenty questions of one day with one history do not all fall on one date."""
    log = [review(f"t/{n}", Rating.GOOD, days(5 * step)) for step in range(3) for n in range(20)]
    assert len({memory.due for memory in replay(log).values()}) > 3


@given(histories, st.sampled_from([Rating.HARD, Rating.GOOD, Rating.EASY]))
def test_practice_on_the_same_day_moves_nothing(
    steps: list[tuple[Rating, int]], rating: Rating
) -> None:
    """A second pass on one day leaves the schedule as the first left it."""
    memory = None
    for each, day in history(steps):
        memory = advance(memory, "a/b", each, day)
    passed = advance(memory, "a/b", Rating.GOOD, day)
    assert advance(passed, "a/b", rating, day) == passed


@given(histories, st.integers(1, 400), st.sampled_from([Rating.HARD, Rating.GOOD, Rating.EASY]))
def test_studying_ahead_brings_nothing_nearer(
    steps: list[tuple[Rating, int]], gap: int, rating: Rating
) -> None:
    """A pass before its day leaves the next date where it was, or later."""
    memory = None
    for each, day in history(steps):
        memory = advance(memory, "a/b", each, day)
    assert memory is not None
    ahead = min(day + timedelta(days=gap), max(memory.due - timedelta(days=1), day))
    assert advance(memory, "a/b", rating, ahead).due >= memory.due


def test_again_is_due_until_it_is_passed() -> None:
    """A failed question waits, today and later; a pass on the same day sends it off."""
    failed = advance(None, "a/b", Rating.AGAIN, DAY)
    assert overdue([failed], DAY) == ["a/b"]
    passed = advance(failed, "a/b", Rating.GOOD, DAY)
    assert overdue([passed], DAY) == []
    assert passed.repetitions == 2


def test_lapses_count_what_was_known_and_forgotten() -> None:
    """Failing twice running is one lapse, and failing a new question none."""
    rated = [Rating.AGAIN, Rating.GOOD, Rating.AGAIN, Rating.AGAIN, Rating.GOOD, Rating.AGAIN]
    log = [review("a/b", rating, days(10 * step)) for step, rating in enumerate(rated)]
    assert replay(log)["a/b"].lapses == 2


def test_a_clock_set_back_does_no_harm() -> None:
    """A review dated before the last one counts as of the last one's day."""
    memory = advance(None, "a/b", Rating.GOOD, DAY)
    assert advance(memory, "a/b", Rating.AGAIN, days(-30)).last_review == DAY


def test_the_most_overdue_comes_first() -> None:
    """What has waited longest is asked first, and what is not due not at all."""
    log = [
        review("t/late", Rating.GOOD, days(-20)),
        review("t/later", Rating.GOOD, days(-40)),
        review("t/fresh", Rating.EASY, DAY),
    ]
    assert overdue(replay(log).values(), DAY) == ["t/later", "t/late"]


def test_upcoming_counts_the_next_day() -> None:
    """The next date with anything due, and how much is due on it."""
    memories = replay([review("t/a", Rating.HARD), review("t/b", Rating.HARD), review("t/c")])
    assert upcoming(memories.values(), DAY) == Upcoming(days(1), 2)
    assert upcoming([], DAY) is None


@given(histories, st.integers(1, 600))
def test_everything_comes_back_before_the_interview(
    steps: list[tuple[Rating, int]], ahead: int
) -> None:
    """Nothing is due after the eve of the interview, save what is learnt on the eve itself."""
    memory = None
    for rating, day in history(steps):
        memory = advance(memory, "a/b", rating, day)
    exam = day + timedelta(days=ahead)
    assert memory is not None
    eve = exam - timedelta(days=1)
    assert due_day(memory, Plan(exam=exam)) <= (eve if ahead > 1 else exam)
    assert due_day(memory, Plan(exam=exam)) <= memory.due


def test_an_interview_date_leaves_the_log_s_own_dates() -> None:
    """Leaving the date out again gives the dates that there would have been without it."""
    log = [review("t/a", Rating.EASY, days(step)) for step in (0, 8, 40)]
    assert replay(log, Plan(exam=days(50))) == replay(log)


def test_a_higher_retention_means_shorter_intervals() -> None:
    """The chance asked for is what the intervals aim at."""
    log = [review("t/a", Rating.GOOD, days(step)) for step in (0, 3, 12)]
    strict, usual = replay(log, Plan(retention=0.97)), replay(log)
    assert strict["t/a"].due < usual["t/a"].due


@pytest.mark.parametrize("retention", [0.69, 0.98, 1.5, -1.0, float("nan")])
def test_a_senseless_retention_is_refused(retention: float) -> None:
    """The package would accept 1.5 in silence."""
    with pytest.raises(UsageError, match="retention"):
        plan(retention=retention, today=DAY)


def test_an_interview_in_the_past_is_refused() -> None:
    """Most likely the year is wrong."""
    with pytest.raises(UsageError, match="passed"):
        plan(exam=days(-1), today=DAY)
    assert plan(exam=DAY, today=DAY).exam == DAY
