"""One question from a part of its id."""

import pytest

from interview.bank.find import find_question
from interview.bank.load import load_bank
from interview.bank.model import Bank
from interview.errors import UsageError
from tests.bank.banks import make_bank, question


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    """Return a bank whose ids begin alike."""
    names = ("layer-norm", "layer-norm-axes", "rms-norm", "batch-norm-at-eval", "eps")
    root = tmp_path_factory.mktemp("bank")
    make_bank(root, **{name: question() for name in names})
    (root / "questions" / "residual").mkdir()
    path = root / "questions" / "norm" / "eps.yaml"
    (root / "questions" / "residual" / "eps.yaml").write_bytes(path.read_bytes())
    (root / "questions" / "residual" / "width.yaml").write_bytes(path.read_bytes())
    return load_bank(root, cache=False)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("norm/layer-norm", "norm/layer-norm"),
        ("layer-norm", "norm/layer-norm"),
        ("LAYER_NORM", "norm/layer-norm"),
        ("ｌａｙｅｒ－ｎｏｒｍ", "norm/layer-norm"),
        (" layer-norm-a ", "norm/layer-norm-axes"),
        ("norm/rms", "norm/rms-norm"),
        ("rms", "norm/rms-norm"),
        ("at-ev", "norm/batch-norm-at-eval"),
        ("residual/e", "residual/eps"),
        ("questions/norm/rms-norm.yaml", "norm/rms-norm"),
        ("/somewhere/questions/norm/layer-norm/question.yaml", "norm/layer-norm"),
        ("w", "residual/width"),
    ],
)
def test_a_part_that_fits_one_id_finds_it(bank: Bank, text: str, found: str) -> None:
    """Exact ids and slugs win over prefixes, prefixes over fragments."""
    assert find_question(bank, text).id == found


@pytest.mark.parametrize("text", ["layer", "eps", "norm"])
def test_a_part_that_fits_several_lists_them(bank: Bank, text: str) -> None:
    """The candidate sees what to choose from."""
    with pytest.raises(UsageError) as caught:
        find_question(bank, text)
    assert caught.value.hint is not None
    fitting = [one for one in bank.questions if text in one]
    assert fitting
    shown = caught.value.hint.en
    assert shown.count("/") >= 2
    assert "fits" in caught.value.message.en


@pytest.mark.parametrize(
    ("text", "near"),
    [("norm/layr-norm", "norm/layer-norm"), ("batchnorm-at-eval", "norm/batch-norm-at-eval")],
)
def test_a_wrong_id_suggests_near_ones(bank: Bank, text: str, near: str) -> None:
    """Five at most, the likeliest first, in both languages."""
    with pytest.raises(UsageError) as caught:
        find_question(bank, text)
    assert caught.value.hint is not None
    assert caught.value.hint.en.startswith(f"did you mean {near}")
    assert caught.value.hint.zh.startswith(f"是不是 {near}")
    assert caught.value.hint.en.count("/") <= 5


@pytest.mark.parametrize("text", ["zzzz", "", "  ", "/", "."])
def test_nothing_near_points_to_the_list(bank: Bank, text: str) -> None:
    """There is always a next step."""
    with pytest.raises(UsageError) as caught:
        find_question(bank, text)
    assert caught.value.hint is not None
    assert "interview list" in caught.value.hint.en
