"""Nothing that stands in a file makes the bank raise anything but its own error."""

from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from interview.bank.check import check_bank
from interview.bank.load import load_bank
from interview.errors import UsageError
from tests.bank.banks import SPECIAL, dump, make_bank, make_exercise, question

FUZZ = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
SOUND = {kind: dump(question(kind)) for kind in SPECIAL}
TOKENS = st.sampled_from(
    ["'", '"', "\\", "\\n", "\\x0",
     "\\ud800", "[", "]", "{", "}", ",", ": ", "- ", "? ", "#", " #",
     "&a", "*a", "!!int", "!", "|", ">", ">-", "%", "@", "`", "```", "$", "$$", "**", "~", "\t",
     "\n", "\r", "\n\n", "---\n", "...\n", "<<", "null", "1e999", "0x", "9" * 5000, "中", "，", "é",
     "\x00", "\x85", "\u2028", "\ufeff", "\U0001f600", "", "kind", "zh", "en", "true"]
)  # fmt: skip


def judge(root: Path) -> None:
    """Check and load a bank; faults must be well formed, and the load agree with the check."""
    faults = check_bank(root)
    for fault in faults:
        assert fault.line >= 1
        assert fault.column >= 1
        assert fault.message.zh
        assert fault.message.en
    usable = all(fault.usable or fault.path.suffix == ".py" for fault in faults)
    try:
        bank = load_bank(root, cache=False)
        for one in bank:
            assert one.prompt.zh
    except UsageError:
        assert not usable
    else:
        assert usable


@given(data=st.binary(max_size=400))
@example(data=b"\xef\xbb\xbf")
@example(data=b"a: \xed\xa0\x80")
@FUZZ
def test_arbitrary_bytes(tmp_path: Path, data: bytes) -> None:
    """Bytes that are no text, or no YAML, or no question, are faults."""
    root = make_bank(tmp_path)
    (root / "questions" / "norm" / "any.yaml").write_bytes(data)
    judge(root)
    assert check_bank(root), "random bytes are no sound question"


@given(text=st.lists(TOKENS, max_size=30).map("".join))
@FUZZ
def test_arbitrary_yaml(tmp_path: Path, text: str) -> None:
    """The syntax of YAML in any order."""
    root = make_bank(tmp_path)
    (root / "questions" / "norm" / "any.yaml").write_bytes(text.encode())
    judge(root)


@given(
    kind=st.sampled_from(list(SPECIAL)),
    cuts=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 12), TOKENS), min_size=1, max_size=4),
)
@FUZZ
def test_a_sound_question_with_pieces_replaced(
    tmp_path: Path, kind: str, cuts: list[tuple[float, int, str]]
) -> None:
    """Errors as authors make them, inside an otherwise sound file."""
    text = SOUND[kind]
    for place, length, token in cuts:
        start = int(place * len(text))
        text = text[:start] + token + text[start + length :]
    root = make_bank(tmp_path)
    (root / "questions" / "norm" / "any.yaml").write_bytes(text.encode())
    judge(root)


@given(
    name=st.sampled_from(["starter.py", "suite.py", "wrong/wrong_0.py", "right/right_0.py"]),
    data=st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode)),
)
@example(name="suite.py", data=b"(" * 5000)
@example(name="suite.py", data=b"-" * 200_000 + b"1")
@example(name="wrong/wrong_0.py", data=b"'''\n# check: x")
@example(name="starter.py", data=b"x = '\\d'")
@settings(FUZZ, max_examples=60)
def test_arbitrary_python(tmp_path: Path, name: str, data: bytes) -> None:
    """The files of an exercise are read, never run, and need not be Python."""
    folder = make_exercise(tmp_path)
    (folder / name).write_bytes(data)
    judge(tmp_path)
