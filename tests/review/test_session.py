"""The session: what is asked in which order, and that nothing is lost on the way."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interview.bank.model import Difficulty, Kind
from interview.review.model import Rating
from interview.review.schedule import Plan, replay
from interview.review.session import (
    Limits,
    Session,
    Tally,
    begin,
    choose,
    learning_order,
    option_order,
    shuffled,
    suggested_rating,
    summary,
)
from tests.review.questions import DAY, question, review

NAMES = [f"t/{letter}" for letter in "abcdefgh"]
steps = st.lists(st.sampled_from([*Rating, "skip", "back"]), max_size=40)


def take(session: Session, step: Rating | str) -> Session:
    """Take one step, as far as the session allows it."""
    if step == "back":
        return session.back() or session
    if session.current is None:
        return session
    if step == "skip":
        return session.skip()
    assert isinstance(step, Rating)
    return session.answer(review(session.current, step))


def walk(session: Session, taken: list[Rating | str]) -> Session:
    for step in taken:
        session = take(session, step)
    return session


def start() -> Session:
    return begin(NAMES, {}, Plan())


@given(steps)
def test_no_question_is_lost(taken: list[Rating | str]) -> None:
    """Each is still to come, skipped, or was answered with something better than Again."""
    session = walk(start(), taken)
    passed = {each.question for each in session.reviews if each.rating > Rating.AGAIN}
    assert {*session.queue, *session.skipped, *passed} == set(NAMES)
    assert len(set(session.queue)) == len(session.queue)


@given(steps, st.sampled_from([*Rating, "skip"]))
def test_back_undoes_a_step_exactly(taken: list[Rating | str], step: Rating | str) -> None:
    """After back everything is as before the step, and the same question is asked again."""
    session = walk(start(), taken)
    after = take(session, step)
    if session.current is not None:
        assert after.back() == session


@given(steps)
def test_the_bar_never_exceeds_its_end(taken: list[Rating | str]) -> None:
    """Done and left add up to the total at every moment."""
    session = walk(start(), taken)
    left = session.left
    assert session.done + left.review + left.new + left.again == session.total == len(NAMES)


def test_a_failed_question_comes_back_after_others() -> None:
    """Again puts five questions between, or what there is of them."""
    session = start().answer(review(NAMES[0], Rating.AGAIN))
    assert session.queue == (*NAMES[1:6], NAMES[0], *NAMES[6:])
    last = begin(NAMES[:1], {}, Plan()).answer(review(NAMES[0], Rating.AGAIN))
    assert last.current == NAMES[0]


def test_what_is_left_is_told_apart() -> None:
    """Seen before, never seen, and failed a moment ago."""
    known = replay([review("t/a", Rating.GOOD, DAY - timedelta(days=9))])
    session = begin(["t/a", "t/b", "t/c"], known, Plan())
    assert (session.left.review, session.left.new, session.left.again) == (1, 2, 0)
    session = session.answer(review("t/a", Rating.AGAIN))
    assert (session.left.review, session.left.new, session.left.again) == (0, 2, 1)


def test_a_session_learns_as_the_log_does() -> None:
    """What it knows in the end is what a replay of its reviews gives."""
    session = walk(start(), [Rating.AGAIN, Rating.GOOD, Rating.EASY, Rating.HARD] * 3)
    assert session.memories == replay(session.reviews)


def test_due_comes_before_new_and_new_from_easy_to_hard() -> None:
    """The most overdue first; then new ones, topics taking turns within a difficulty."""
    bank = [
        question("a/due", difficulty=Difficulty.HARD),
        question("a/hard", difficulty=Difficulty.HARD),
        question("a/one"),
        question("a/two"),
        question("b/late", difficulty=Difficulty.HARD),
        question("b/one"),
        question("b/middle", difficulty=Difficulty.MEDIUM),
        question("b/not-due"),
    ]
    known = replay(
        [
            review("b/late", Rating.GOOD, DAY - timedelta(days=30)),
            review("a/due", Rating.GOOD, DAY - timedelta(days=8)),
            review("b/not-due", Rating.EASY, DAY),
        ]
    )
    queue = choose(bank, known, DAY, Plan(), Limits())
    new = ("a/one", "b/one", "a/two", "b/middle", "a/hard")
    assert queue == ("b/late", "a/due", *new)
    assert choose(bank, known, DAY, Plan(), Limits(new=1)) == ("b/late", "a/due", "a/one")
    assert choose(bank, known, DAY, Plan(), Limits(count=3)) == ("b/late", "a/due", "a/one")
    assert choose(bank, known, DAY, Plan(), Limits(), ahead=True) == (*queue, "b/not-due")


def test_saying_comes_before_computing_and_computing_before_code() -> None:
    """Within a topic and a difficulty the kinds come in their own order."""
    bank = [question(f"t/{kind}", kind=kind) for kind in reversed(Kind)]
    assert learning_order(bank) == [f"t/{kind}" for kind in Kind]


def test_what_a_question_requires_comes_first() -> None:
    """Even where it is harder; what is not asked here is not waited for."""
    bank = [
        question("t/easy", requires=("t/hard", "elsewhere/known")),
        question("t/hard", difficulty=Difficulty.HARD),
        question("t/medium", difficulty=Difficulty.MEDIUM),
    ]
    assert learning_order(bank) == ["t/medium", "t/hard", "t/easy"]


def test_a_circle_of_requirements_is_asked_all_the_same() -> None:
    """A fault of the bank must not swallow questions."""
    bank = [
        question("t/a", requires=("t/b",)),
        question("t/b", requires=("t/a",)),
        question("t/c", requires=("t/c",)),
    ]
    assert sorted(learning_order(bank)) == ["t/a", "t/b", "t/c"]


@given(
    st.lists(
        st.tuples(st.integers(0, 7), st.integers(0, 7), st.sampled_from(list(Difficulty))),
        max_size=20,
    )
)
def test_every_new_question_is_asked_once(
    drawn: list[tuple[int, int, Difficulty]],
) -> None:
    """Whatever requires what, the order holds each question once."""
    bank = {
        NAMES[one]: question(NAMES[one], requires=(NAMES[other],), difficulty=level)
        for one, other, level in drawn
    }
    assert sorted(learning_order(list(bank.values()))) == sorted(bank)


def test_choices_are_lettered_anew_at_each_repetition() -> None:
    """Remembering the letter does not help, and undoing shows the same letters again."""
    orders = [option_order("t/a", repetition, 4) for repetition in range(20)]
    assert all(sorted(order) == [0, 1, 2, 3] for order in orders)
    assert len(set(orders)) > 5
    assert option_order("t/a", 3, 4) == orders[3]


def test_a_seed_gives_one_order() -> None:
    """The same questions in the same shuffled order, and none lost."""
    assert shuffled(NAMES, 7) == shuffled(NAMES, 7) != tuple(NAMES)
    assert sorted(shuffled(NAMES, 7)) == NAMES


@pytest.mark.parametrize(
    ("made", "rating"), [(4, Rating.GOOD), (3, Rating.HARD), (2, Rating.HARD), (1, Rating.AGAIN)]
)
def test_the_suggested_rating_follows_the_points(made: int, rating: Rating) -> None:
    """All points are Good, half of them Hard, fewer Again; Easy is for the candidate to say."""
    assert suggested_rating(made, 4) is rating


def test_the_summary_counts_first_attempts() -> None:
    """A question failed and then passed was failed; weak topics come worst first."""
    session = begin(["a/one", "a/two", "b/one", "c/one"], {}, Plan())
    session = session.answer(review("a/one", Rating.AGAIN, kind=Kind.CHOICE, correct=False))
    session = session.answer(review("a/two", Rating.GOOD))
    session = session.answer(review("b/one", Rating.GOOD, kind=Kind.NUMERIC, correct=False))
    session = session.skip().answer(review("a/one", Rating.GOOD, kind=Kind.CHOICE, correct=True))
    found = summary(session)
    assert found.total == Tally(right=1, wrong=2)
    assert found.kinds == {
        Kind.RECALL: Tally(1, 0),
        Kind.CHOICE: Tally(0, 1),
        Kind.NUMERIC: Tally(0, 1),
    }
    assert [topic for topic, _ in found.weakest] == ["b", "a"]
    assert (found.skipped, found.left) == (1, 0)
