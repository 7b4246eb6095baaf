"""What is wrong with the bytes of a file, and with the files of a folder."""

import os
from pathlib import Path

import pytest

from interview.bank.check import check_bank
from interview.bank.load import load_bank
from interview.errors import UsageError
from tests.bank.banks import dump, make_bank, make_exercise, places, question, rules


def with_bytes(root: Path, data: bytes) -> Path:
    """Return a bank whose only file holds `data`."""
    make_bank(root)
    (root / "questions" / "norm" / "bytes.yaml").write_bytes(data)
    return root


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"", (1, 1, "empty-file")),
        (b" \n\n", (1, 1, "empty-file")),
        ("层\n方".encode() + b"\xe4\xbd", (2, 2, "encoding")),
        (b"\xff\xfek\x00", (1, 1, "encoding")),
        (b"x" * (1 << 21), (1, 1, "too-big")),
    ],
)
def test_a_file_that_is_no_text_is_one_fault(
    tmp_path: Path, data: bytes, fault: tuple[int, int, str]
) -> None:
    """Nothing else is said of a file that cannot be read at all."""
    assert places(with_bytes(tmp_path, data)) == [fault]


@pytest.mark.parametrize(
    ("prefix", "change", "rule"),
    [
        (b"\xef\xbb\xbf", (b"", b""), "byte-order-mark"),
        (b"", (b"\n", b"\r\n"), "carriage-return"),
        (b"", (b"Variance", b"Vari\x07ance"), "control-character"),
        (b"", (b"Variance", "Vari\u2028ance".encode()), "control-character"),
    ],
)
def test_a_wrong_character_is_one_fault_and_reading_goes_on(
    tmp_path: Path, prefix: bytes, change: tuple[bytes, bytes], rule: str
) -> None:
    """The rest of the file is judged as well, at its true places."""
    data = prefix + dump(question(titel="x")).encode().replace(*change)
    assert sorted(rules(with_bytes(tmp_path, data))) == sorted([rule, "unknown-field"])


def test_symlinks_that_lead_back_are_faults(tmp_path: Path) -> None:
    """Neither a link to itself nor one to a folder above it makes the walk endless."""
    root = make_bank(tmp_path, sound=question())
    topic = root / "questions" / "norm"
    (topic / "self.yaml").symlink_to(topic / "self.yaml")
    (topic / "up").symlink_to(root / "questions", target_is_directory=True)
    (topic / "gone.yaml").symlink_to(topic / "nowhere.yaml")
    assert [(fault.path.name, fault.rule) for fault in check_bank(root)] == [
        ("gone.yaml", "unreadable"),
        ("self.yaml", "symlink-loop"),
        ("up", "symlink-loop"),
    ]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_named_pipe_is_not_waited_for(tmp_path: Path) -> None:
    """Reading it would hang for ever."""
    root = make_bank(tmp_path)
    os.mkfifo(root / "questions" / "norm" / "pipe.yaml")
    assert rules(root) == ["not-a-file"]


def test_an_unreadable_file_is_one_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the system refuses is said with the system's reason."""
    root = make_bank(tmp_path, locked=question())

    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    (fault,) = check_bank(root)
    assert (fault.rule, fault.message.en) == ("unreadable", "cannot be read: Permission denied")


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("README.md", "stray-file"),
        ("norm/notes.txt", "stray-file"),
        ("norm/other.yml", "misplaced"),
        ("top.yaml", "misplaced"),
        ("norm/Bad_Name.yaml", "slug"),
        ("norm/suite/suite.py", "exercise-files"),
    ],
)
def test_a_file_in_the_wrong_place_is_reported(tmp_path: Path, name: str, rule: str) -> None:
    """Nothing under questions/ is passed over in silence."""
    path = tmp_path / "questions" / name
    path.parent.mkdir(parents=True)
    path.write_text(dump(question()), encoding="utf-8")
    make_bank(tmp_path, sound=question(title={"zh": "另一个", "en": "Another"}))
    assert rule in rules(tmp_path)


def test_what_tools_leave_about_is_ignored(tmp_path: Path) -> None:
    """The schema, hidden files and byte code are no strays."""
    root = make_bank(tmp_path, sound=question())
    make_exercise(root)
    for name in ("schema.json", ".DS_Store", "norm/layer/wrong/__pycache__/x.pyc", "norm/.x.swp"):
        path = root / "questions" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("{}")
    assert rules(root) == []


@pytest.mark.parametrize("name", ["norm/other.yml", "top.yaml", "norm/twice/question.yaml"])
def test_a_question_that_would_vanish_stops_the_load(tmp_path: Path, name: str) -> None:
    """A YAML file that no id leads to is an error, not a question fewer."""
    root = make_bank(tmp_path, sound=question(), twice=question())
    path = root / "questions" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(dump(question()), encoding="utf-8")
    with pytest.raises(UsageError):
        load_bank(root)


def test_two_files_of_one_id_are_both_judged(tmp_path: Path) -> None:
    """The fault names the other file, and the faults inside each are reported too."""
    root = make_bank(tmp_path, twice={**question(), "kind": "riddle"})
    folder = root / "questions" / "norm" / "twice"
    folder.mkdir()
    (folder / "question.yaml").write_text(dump({**question(), "kind": "riddle"}), encoding="utf-8")
    faults = check_bank(root)
    assert [fault.rule for fault in faults].count("unknown-word") == 2
    (twice,) = [fault for fault in faults if fault.rule == "duplicate-id"]
    assert "norm/twice/question.yaml already" in twice.message.en


def test_an_empty_bank_is_a_fault(tmp_path: Path) -> None:
    """A bank without a question is most likely the wrong folder."""
    (tmp_path / "questions").mkdir()
    assert rules(tmp_path) == ["empty-bank"]
