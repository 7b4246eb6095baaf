"""The cache: faster, and otherwise as if it were not there."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from interview.bank import cache
from interview.bank.load import load_bank
from interview.errors import UsageError
from interview.paths import cache_folder
from tests.bank.banks import LONG_AGO, SPECIAL, dump, make_bank, question, settle


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that grows by the name of each file that is parsed."""
    from interview.bank import check

    names: list[str] = []
    judge = check.judge_usable

    def counting(found: Any) -> Any:
        names.append(found.path.stem)
        return judge(found)

    monkeypatch.setattr(check, "judge_usable", counting)
    return names


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    """Return a bank of two settled questions that was loaded once."""
    root = make_bank(tmp_path / "bank", a=question(), b=question("choice"))
    settle(root)
    load_bank(root)
    return root


def cache_file() -> Path:
    """Return the one file in the cache folder."""
    (path,) = cache_folder().iterdir()
    return path


def test_a_second_load_parses_nothing(bank: Path, parsed: list[str]) -> None:
    """And finds the same questions."""
    assert dict(load_bank(bank).questions) == dict(load_bank(bank, cache=False).questions)
    parsed.clear()
    load_bank(bank)
    assert parsed == []


def test_only_what_changed_is_parsed_again(bank: Path, parsed: list[str]) -> None:
    """A changed file, a new one and one that is gone are all noticed."""
    topic = bank / "questions" / "norm"
    text = (topic / "a.yaml").read_text(encoding="utf-8")
    (topic / "a.yaml").write_text(text.replace("en: Variance", "en: Changed!"), encoding="utf-8")
    (topic / "c.yaml").write_text(dump(question("bug")), encoding="utf-8")
    (topic / "b.yaml").unlink()
    loaded = load_bank(bank)
    assert sorted(parsed) == ["a", "c"]
    assert [one.id for one in loaded] == ["norm/a", "norm/c"]
    assert loaded["norm/a"].title.en == "Changed!"


def test_the_same_size_at_another_time_is_a_change(bank: Path) -> None:
    """Size alone does not tell."""
    path = bank / "questions" / "norm" / "a.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("Variance", "Wariance"), "utf-8")
    os.utime(path, (LONG_AGO + 1, LONG_AGO + 1))
    assert load_bank(bank)["norm/a"].title.en == "Wariance"


def test_a_file_too_young_to_trust_is_not_stored(tmp_path: Path, parsed: list[str]) -> None:
    """Within one tick of a clock a file may change twice and look the same."""
    root = make_bank(tmp_path / "bank", a=question())
    load_bank(root)
    load_bank(root)
    assert parsed == ["a", "a"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: b"",
        lambda data: data[: len(data) // 2],
        lambda data: data[:-1],
        lambda data: data.replace("方差".encode(), "方向".encode()),
        lambda data: b"\x00" * len(data),
        lambda data: b"{}\n" + data,
        lambda data: b"[]\n",
        lambda data: data.replace(b'"written_by": [1', b'"written_by": [0'),
        lambda data: data.replace(sys.version.split()[0].encode(), b"2.7.18"),
        lambda data: data.replace(b'"index": ', b'"index": 9'),
    ],
)
def test_a_spoilt_cache_is_rebuilt_in_silence(
    bank: Path, parsed: list[str], spoil: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    """Empty, cut short, altered or written by another version: it is as if it were not there."""
    good = cache_file().read_bytes()
    spoilt = spoil(good)
    assert spoilt != good
    cache_file().write_bytes(spoilt)
    assert len(load_bank(bank)) == 2
    assert parsed == ["a", "b"]
    assert cache_file().read_bytes() == good
    assert capfd.readouterr() == ("", "")


@given(data=st.binary(max_size=300))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_will_do_for_a_cache(bank: Path, data: bytes) -> None:
    """Whatever stands in the file, the bank loads."""
    (cache_folder() / cache_file().name).write_bytes(data)
    assert len(load_bank(bank)) == 2


def test_a_deleted_cache_is_rebuilt(bank: Path) -> None:
    """It may be removed at any time."""
    cache_file().unlink()
    assert len(load_bank(bank)) == 2
    assert cache_file().is_file()


@pytest.mark.parametrize("obstacle", ["file", "folder"])
def test_where_nothing_can_be_written_the_bank_still_loads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, obstacle: str
) -> None:
    """A cache folder that is a file, or a cache file that is a folder, is no one's problem."""
    root = make_bank(tmp_path / "bank", a=question())
    settle(root)
    folder = tmp_path / "blocked"
    monkeypatch.setenv("INTERVIEW_CACHE_DIR", str(folder))
    if obstacle == "file":
        folder.write_text("not a folder")
    else:
        load_bank(root)
        path = cache_file()
        path.unlink()
        path.mkdir()
    assert len(load_bank(root)) == 1
    if obstacle == "folder":
        assert [one.name for one in folder.iterdir()] == [path.name], "no half-written file is left"


def test_two_banks_do_not_share_a_cache(tmp_path: Path) -> None:
    """Each root has its own file."""
    roots = [make_bank(tmp_path / name, a=question()) for name in ("one", "two")]
    for root in roots:
        settle(root)
        load_bank(root)
    assert len(list(cache_folder().iterdir())) == 2


def test_a_faulty_file_stays_faulty(bank: Path) -> None:
    """The cache does not hide a file that broke, nor keep one that was mended from loading."""
    path = bank / "questions" / "norm" / "a.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text("kind: [", encoding="utf-8")
    for _ in range(2):
        with pytest.raises(UsageError):
            load_bank(bank)
    path.write_text(text, encoding="utf-8")
    assert len(load_bank(bank)) == 2


def test_a_changed_parser_discards_the_cache(
    bank: Path, parsed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What older code made of a file may be something else."""
    monkeypatch.setattr(cache, "_code_age", lambda: 1)
    load_bank(bank)
    assert parsed == ["a", "b"]


def test_a_warm_cache_needs_no_yaml(bank: Path) -> None:
    """Showing one question pays neither for the parser nor for the other questions."""
    code = (
        "import sys; from pathlib import Path\n"
        "from interview.bank.load import load_bank\n"
        "from interview.bank.find import find_question\n"
        f"find_question(load_bank(Path({str(bank)!r})), 'norm/a')\n"
        "print(sorted({'yaml', 'difflib', 'interview.bank.parse'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


TEXTS = st.text(
    st.characters(
        codec="utf-8",
        exclude_categories=["Cc", "Cs", "Cn"],
        exclude_characters="\ufeff\u2028\u2029",
    ),
    min_size=1,
    max_size=40,
).filter(lambda text: text.strip())
PAIRS = st.fixed_dictionaries({"zh": TEXTS, "en": TEXTS})
NUMBERS = st.floats(allow_nan=False, allow_infinity=False, width=32)
SIZES = st.one_of(st.integers(0, 10**6), st.sampled_from(["B", "T", "D_model"]))
EXPECTS = st.one_of(
    st.fixed_dictionaries(
        {"value": NUMBERS, "tolerance": NUMBERS.map(abs)}, optional={"unit": PAIRS}
    ),
    st.fixed_dictionaries({"shape": st.lists(SIZES, max_size=4)}),
)
FIELDS = st.fixed_dictionaries(
    {"title": PAIRS, "prompt": PAIRS, "answer": PAIRS, "sources": st.lists(TEXTS, min_size=1)},
    optional={"tags": st.lists(TEXTS), "seed": TEXTS, "demo": TEXTS, "follow_ups": st.lists(PAIRS)},
)


@given(fields=FIELDS, expect=EXPECTS, kind=st.sampled_from(["recall", "numeric", "choice"]))
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_cache_gives_back_what_the_parser_gave(
    tmp_path: Path, fields: dict[str, Any], expect: dict[str, Any], kind: str
) -> None:
    """For arbitrary questions a load through the cache equals a fresh one."""
    special = {"expect": expect} if kind == "numeric" else SPECIAL[kind]
    text = quoted({**question(kind), **fields, **special})
    root = make_bank(tmp_path, any=text)
    settle(root)
    path = root / "questions" / "norm" / "any.yaml"
    os.utime(path, (LONG_AGO, LONG_AGO - len(text) - hash(text) % 10**6))
    fresh = load_bank(root, cache=False)
    assert load_bank(root)["norm/any"] == fresh["norm/any"]
    assert load_bank(root)["norm/any"] == fresh["norm/any"]
    assert fresh["norm/any"].prompt.en == fields["prompt"]["en"].strip()


def quoted(value: Any) -> str:
    """Return a value as YAML with every text in single quotes, so that it stays a text."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {quoted(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(quoted, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return "'" + value.replace("'", "''").replace("\n", "\n\n") + "'"
    return repr(value)
