"""The filters that quiz and list share."""

import pytest

from interview.bank.load import load_bank
from interview.bank.model import Bank, Difficulty, Kind
from interview.bank.select import all_topics, select
from interview.errors import UsageError
from tests.bank.banks import dump, question

QUESTIONS = {
    "attention/masks/causal": question(tags=["mask"], difficulty="hard"),
    "attention/softmax": question("choice", tags=["softmax", "layer-norm"]),
    "norm/axes": question("numeric", tags=["layer-norm"], difficulty="medium"),
    "normal/other": question(),
}


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    """Return a bank with nested topics."""
    root = tmp_path_factory.mktemp("bank")
    for name, fields in QUESTIONS.items():
        path = root / "questions" / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dump(fields), encoding="utf-8")
    return load_bank(root, cache=False)


def ids(bank: Bank, **filters: object) -> list[str]:
    """Return the ids that pass."""
    return [one.id for one in select(bank, **filters)]  # type: ignore[arg-type]


def test_no_filter_lets_everything_pass(bank: Bank) -> None:
    """In the order of the bank."""
    assert ids(bank) == sorted(QUESTIONS)


def test_a_topic_stands_for_its_subtopics(bank: Bank) -> None:
    """But not for one whose name only begins alike; spelling is as free as for ids."""
    assert ids(bank, topics=["attention"]) == ["attention/masks/causal", "attention/softmax"]
    assert ids(bank, topics=["attention/masks/"]) == ["attention/masks/causal"]
    assert ids(bank, topics=["NORM"]) == ["norm/axes"]
    assert ids(bank, topics=["norm", "normal"]) == ["norm/axes", "normal/other"]
    assert all_topics(bank) == ["attention", "attention/masks", "norm", "normal"]


def test_filters_narrow_each_other(bank: Bank) -> None:
    """Within one filter any value will do; between filters all must hold."""
    assert ids(bank, kinds=[Kind.CHOICE, Kind.NUMERIC]) == ["attention/softmax", "norm/axes"]
    assert ids(bank, tags=["layer_norm"], difficulties=[Difficulty.MEDIUM]) == ["norm/axes"]
    assert ids(bank, topics=["norm"], kinds=[Kind.BUG]) == []


def test_ids_keep_the_order_they_were_asked_in(bank: Bank) -> None:
    """Each once; a fragment will do; the other filters still hold."""
    assert ids(bank, ids=["norm/axes", "softmax", "axes"]) == ["norm/axes", "attention/softmax"]
    assert ids(bank, ids=["norm/axes", "softmax"], kinds=[Kind.CHOICE]) == ["attention/softmax"]
    assert ids(bank, ids=[]) == []


@pytest.mark.parametrize(
    ("filters", "message", "hint"),
    [
        (
            {"topics": ["atention"]},
            'there is no topic "atention"',
            "did you mean attention, attention/masks?",
        ),
        ({"tags": ["layernorm"]}, 'there is no tag "layernorm"', "did you mean layer-norm?"),
        (
            {"topics": ["zzz"]},
            'there is no topic "zzz"',
            "the topics are attention, attention/masks, norm, normal",
        ),
    ],
)
def test_an_unknown_name_is_answered_with_near_ones(
    bank: Bank, filters: dict[str, list[str]], message: str, hint: str
) -> None:
    """An empty result would hide a misspelling."""
    with pytest.raises(UsageError) as caught:
        select(bank, **filters)  # type: ignore[arg-type]
    assert caught.value.hint is not None
    assert (caught.value.message.en, caught.value.hint.en) == (message, hint)
