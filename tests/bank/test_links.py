"""Rules that take more than one file to see."""

from pathlib import Path

from interview.bank.check import check_bank
from tests.bank.banks import make_bank, make_exercise, question, rules


def named(name: str, **changes: object) -> dict[str, object]:
    """Return a sound question with a title of its own."""
    return question(title={"zh": f"题目 {name}", "en": f"Question {name}"}, **changes)


def test_ids_must_lead_somewhere(tmp_path: Path) -> None:
    """An id in follow_ups or requires that no file has is reported with a near one."""
    root = make_bank(
        tmp_path,
        variance=named("a", follow_ups=["norm/varianse-two"], requires=["norm/nothing-like-it"]),
        **{"variance-two": named("b", follow_ups=["norm/variance"])},
    )
    first, second = check_bank(root)
    assert (first.rule, first.message.en) == (
        "dangling-id",
        "there is no question norm/varianse-two",
    )
    assert first.hint is not None
    assert first.hint.en == "did you mean norm/variance-two?"
    assert (second.rule, second.hint) == ("dangling-id", None)


def test_an_id_of_a_faulty_file_is_not_dangling(tmp_path: Path) -> None:
    """Only the faulty file is to blame."""
    root = make_bank(tmp_path, a=named("a", follow_ups=["norm/b"]), b="kind: [")
    assert {fault.path.name for fault in check_bank(root)} == {"b.yaml"}


def test_a_question_cannot_point_at_itself(tmp_path: Path) -> None:
    """Neither as its own follow-up nor as its own precondition."""
    root = make_bank(tmp_path, a=named("a", follow_ups=["norm/a"], requires=["norm/a"]))
    assert rules(root) == ["self-reference", "self-reference"]


def test_a_follow_up_leads_on(tmp_path: Path) -> None:
    """What is to be known before a question is not what is asked after it."""
    root = make_bank(
        tmp_path, a=named("a", follow_ups=["norm/b"], requires=["norm/b"]), b=named("b")
    )
    assert rules(root) == ["required-follow-up"]


def test_each_circle_of_requires_is_reported_once(tmp_path: Path) -> None:
    """The message shows the way round; follow-ups may go in circles."""
    root = make_bank(
        tmp_path,
        a=named("a", requires=["norm/d", "norm/b"]),
        b=named("b", requires=["norm/c"]),
        c=named("c", requires=["norm/a"]),
        d=named("d", follow_ups=["norm/a"]),
    )
    (fault,) = check_bank(root)
    assert fault.rule == "requires-cycle"
    assert fault.message.en.endswith("norm/a → norm/b → norm/c → norm/a")


def test_titles_differ(tmp_path: Path) -> None:
    """Case, width and spacing do not make a new title; each language is judged by itself."""
    root = make_bank(
        tmp_path,
        a=question(title={"zh": "方差 Ａ", "en": "The  variance"}),
        b=question(title={"zh": "方差 a", "en": "the variance"}),
    )
    faults = check_bank(root)
    assert [(fault.path.name, fault.rule) for fault in faults] == [
        ("b.yaml", "duplicate-title")
    ] * 2
    assert faults[0].message.en == "norm/a has this title already"


def test_solutions_and_exercises_go_together(tmp_path: Path) -> None:
    """A solution of no exercise is a stray; two exercises of one slug would share one."""
    other = make_exercise(tmp_path, "other", tags=["other"])
    (tmp_path / "questions" / "more").mkdir()
    other.rename(tmp_path / "questions" / "more" / "layer")
    make_exercise(tmp_path)
    found = {
        (fault.path.parent.name, fault.path.name, fault.rule) for fault in check_bank(tmp_path)
    }
    assert found == {
        ("solutions", "other.py", "stray-file"),
        ("layer", "question.yaml", "solution"),
    }
