"""An exercise's files, and how they agree with its question."""

from pathlib import Path

import pytest

from interview.bank.check import check_bank
from tests.bank.banks import make_bank, make_exercise, question

SOURCE = "class Layer:\n    pass\n"


def messages(root: Path) -> list[str]:
    """Return `file: message` for each fault."""
    return [f"{fault.path.name}: {fault.message.en}" for fault in check_bank(root)]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("starter.py", "question.yaml: starter.py is missing"),
        ("suite.py", "question.yaml: suite.py is missing"),
        ("wrong/wrong_3.py", "question.yaml: wrong/wrong_3.py is missing"),
        ("right/right_0.py", "question.yaml: right/ holds 4 implementations; 5 are wanted"),
        ("../../../solutions/layer.py", "question.yaml: solutions/layer.py is missing"),
    ],
)
def test_a_missing_file_is_named(tmp_path: Path, name: str, message: str) -> None:
    """Each file that an exercise needs is missed when it is gone."""
    (make_exercise(tmp_path) / name).unlink()
    assert message in messages(tmp_path)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("starter.py", "class Other:\n    pass\n", "does not define Layer"),
        ("starter.py", "class Layer(:\n", "not Python"),
        ("wrong/wrong_0.py", SOURCE, "first comment should name the check"),
        ("wrong/wrong_0.py", f"# because\n{SOURCE}", "first comment should name the check"),
        ("wrong/wrong_0.py", f"# check: check-99\n{SOURCE}", "there is no check `check-99`"),
        ("wrong/extra.py", f"# check: check-1\n{SOURCE}", "no misconception of question.yaml"),
        ("right/right_0.py", SOURCE, "should begin with a comment"),
        ("right/right_0.py", "# Other.\nx = 1\n", "does not define Layer"),
        ("wrong/notes.txt", "x", "this file belongs to no question"),
        ("notes.txt", "x", "this file belongs to no question"),
        ("more.yaml", "x: 1", "never read as a question"),
        ("suite.py", "def test_check_0():\n    pass\n", "suite.py has no test_check_1"),
    ],
)
def test_a_file_that_disagrees_is_reported(
    tmp_path: Path, name: str, text: str, message: str
) -> None:
    """What a file says must fit the question it belongs to."""
    (make_exercise(tmp_path) / name).write_text(text)
    assert any(message in one for one in messages(tmp_path))


@pytest.mark.parametrize("check", ["signature", "allowed-calls"])
def test_a_wrong_file_may_name_a_check_of_the_grader(tmp_path: Path, check: str) -> None:
    """The grader makes two checks of its own; a docstring may stand before the label."""
    folder = make_exercise(tmp_path)
    (folder / "wrong" / "wrong_0.py").write_text(f'"""Why."""\n# check: {check}\n{SOURCE}')
    assert messages(tmp_path) == []


def test_tests_stand_in_the_order_of_the_checks(tmp_path: Path) -> None:
    """The first test out of order is reported, not all that follow."""
    suite = make_exercise(tmp_path) / "suite.py"
    suite.write_text(suite.read_text().replace("check_2", "check_X").replace("check_5", "check_2"))
    suite.write_text(suite.read_text().replace("check_X", "check_5"))
    (fault,) = check_bank(tmp_path)
    assert fault.message.en == "not in the order of `checks`: test_check_2 belongs here"
    assert suite.read_text().splitlines()[fault.line - 1].startswith("def test_check_5")


def test_a_test_without_a_check_and_one_defined_twice(tmp_path: Path) -> None:
    """Neither a test that decides nothing nor one that is overwritten goes unseen."""
    suite = make_exercise(tmp_path) / "suite.py"
    more = "def test_more():\n    pass\n\n\ndef test_check_0():\n    pass\n"
    suite.write_text(f"{suite.read_text()}\n\n{more}")
    assert messages(tmp_path) == [
        "suite.py: test_more belongs to no check of question.yaml",
        "suite.py: test_check_0 is defined again; the one before is never run",
    ]


def test_helpers_and_probes_are_no_tests(tmp_path: Path) -> None:
    """A suite may hold other functions than tests."""
    suite = make_exercise(tmp_path) / "suite.py"
    suite.write_text(
        f"def reference(x):\n    return x\n\n\n{suite.read_text()}\n\ndef probe_x(): ...\n"
    )
    assert messages(tmp_path) == []


def test_an_exercise_needs_a_folder_of_its_own(tmp_path: Path) -> None:
    """A code question as a lone file has nothing to be graded by."""
    assert messages(make_bank(tmp_path, lone=question("code"))) == [
        "lone.yaml: an exercise needs a folder of its own"
    ]


def test_files_beside_a_question_that_is_no_exercise(tmp_path: Path) -> None:
    """A question of another kind may have a folder, but nothing to put into it."""
    folder = make_exercise(tmp_path)
    (folder / "question.yaml").unlink()
    make_bank(folder.parent.parent.parent)
    assert messages(tmp_path)[0] == "layer: the folder of an exercise without its question.yaml"
