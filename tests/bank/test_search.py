"""Search over all fields, in both languages."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from interview.bank.load import load_bank
from interview.bank.model import Bank
from interview.bank.search import SNIPPET_CELLS, Hit, search
from interview.errors import UsageError
from interview.language import Lang
from tests.bank.banks import SPECIAL, make_bank, question

LONG = "前言。" * 60 + "这里说到自相关函数，" + "后记。" * 60


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    """Return a bank in which each field holds a word of its own."""
    choices = [dict(choice) for choice in SPECIAL["choice"]["choices"]]
    choices[1]["why"] = {"zh": "因为广播规则", "en": "because of broadcasting"}
    root = make_bank(
        tmp_path_factory.mktemp("bank"),
        titled=question(title={"zh": "梯度消失", "en": "Vanishing gradients"}, tags=["resnet"]),
        prompted=question(prompt={"zh": "为什么梯度会爆炸？", "en": "Why do gradients explode?"}),
        answered=question(answer={"zh": LONG, "en": "The  gradient\nflows. A graded thing. ＢＮ"}),
        chosen=question("choice", choices=choices),
        coded=question("bug", code="x.detach_()\n"),
        sourced=question(sources=["arXiv:1512.03385 §4"]),
        followed=question(follow_ups=[{"zh": "换成 RMSNorm 呢？", "en": "And with RMSNorm?"}]),
    )
    return load_bank(root, cache=False)


def found(bank: Bank, text: str, **options: Any) -> list[str]:
    """Return the slugs of the hits."""
    return [hit.question.slug for hit in search(bank, text, **options)]


def marked(hit: Hit) -> list[str]:
    """Return what is highlighted."""
    return [hit.snippet[start:end] for start, end in hit.spans]


@pytest.mark.parametrize(
    ("text", "slug", "field", "marks"),
    [
        ("resnet", "titled", "tags", ["resnet"]),
        ("消失", "titled", "title", ["消失"]),
        ("自相关", "answered", "answer", ["自相关"]),
        ("广播", "chosen", "choices", ["广播"]),
        ("detach", "coded", "code", ["detach"]),
        ("1512.03385", "sourced", "sources", ["1512.03385"]),
        ("rmsnorm", "followed", "follow_ups", ["RMSNorm"]),
        ("sourced", "sourced", "id", ["sourced"]),
        ("bn", "answered", "answer", ["ＢＮ"]),
        ("ｒｅｓＮＥＴ", "titled", "tags", ["resnet"]),
        ("explode why", "prompted", "prompt", ["Why", "explode"]),
        ("gradient flows", "answered", "answer", ["gradient", "flows"]),
    ],
)
def test_any_field_is_searched(
    bank: Bank, text: str, slug: str, field: str, marks: list[str]
) -> None:
    """Whatever its case, width and line breaks, a word is found and marked where it stands."""
    hit = search(bank, text)[0]
    assert (hit.question.slug, hit.field, marked(hit)) == (slug, field, marks)


def test_every_word_must_occur(bank: Bank) -> None:
    """Words may stand in different fields, and Latin and Chinese need no space between."""
    assert found(bank, "梯度 resnet") == ["titled"]
    assert found(bank, "resnet梯度") == ["titled"]
    assert found(bank, "梯度 nowhere") == []


def test_titles_come_before_prompts_and_prompts_before_answers(bank: Bank) -> None:
    """A field counts by how much it says about the question."""
    assert found(bank, "gradient") == ["titled", "prompted", "answered"]


def test_whole_words_come_before_beginnings_and_these_before_the_rest(tmp_path: Path) -> None:
    """The same field, three degrees of exactness."""
    names = {"anywhere": "Regrading", "beginning": "Gradient", "whole": "The grad"}
    bank = load_bank(
        make_bank(
            tmp_path, **{name: question(title={"zh": "题", "en": en}) for name, en in names.items()}
        ),
        cache=False,
    )
    assert found(bank, "grad") == ["whole", "beginning", "anywhere"]


def test_only_the_asked_languages_are_searched(bank: Bank) -> None:
    """Fields without a language always are."""
    assert found(bank, "explode", languages=[Lang.ZH]) == []
    assert found(bank, "explode", languages=[Lang.EN]) == ["prompted"]
    assert found(bank, "resnet", languages=[Lang.ZH]) == ["titled"]


def test_a_long_text_is_cut_around_the_match(bank: Bank) -> None:
    """The snippet fits a terminal line, counted in cells, and says that it was cut."""
    snippet = search(bank, "自相关")[0].snippet
    assert snippet.startswith("…")
    assert snippet.endswith("…")
    assert cell_len(snippet) <= SNIPPET_CELLS + 2


@pytest.mark.parametrize("text", ["", "  ", "\n"])
def test_nothing_to_search_for_is_an_error(bank: Bank, text: str) -> None:
    """An empty query would match everything."""
    with pytest.raises(UsageError):
        search(bank, text)


@given(text=st.text(max_size=12))
@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_spans_lie_in_the_snippet_and_apart(bank: Bank, text: str) -> None:
    """Whatever is asked, highlighting cannot go wrong."""
    if not text.strip():
        return
    for hit in search(bank, text):
        assert hit.spans
        ends = [0]
        for start, end in hit.spans:
            assert ends[-1] <= start < end <= len(hit.snippet)
            ends.append(end)


@pytest.mark.parametrize("text", ["½", "ﬁ", "İ", "e\u0301", "é", "①", "㎏"])
def test_characters_that_fold_to_several_are_marked_whole(tmp_path: Path, text: str) -> None:
    """A mark never ends inside a character, and both ways of writing é are one."""
    title = {"zh": f"前 {text} 后", "en": "Title"}
    bank = load_bank(make_bank(tmp_path, odd=question(title=title)), cache=False)
    (hit,) = search(bank, text)
    assert marked(hit) == [text]


def test_a_key_point_found_by_its_terms_is_shown_in_its_own_words(tmp_path: Path) -> None:
    """Terms are spellings for a grader; a reader is shown the point, in the query's language."""
    points = [
        {"zh": "方差是有偏的", "en": "The variance is biased", "terms": ["ddof=0", "按个数平均"]},
        *SPECIAL["recall"]["key_points"][1:],
    ]
    bank = load_bank(make_bank(tmp_path, termed=question(key_points=points)), cache=False)
    (hit,) = search(bank, "ddof")
    assert (hit.field, hit.lang, hit.snippet) == ("key_points", Lang.EN, "The variance is biased")
    (hit,) = search(bank, "按个数平均")
    assert (hit.lang, hit.snippet, hit.spans) == (Lang.ZH, "方差是有偏的", ())
