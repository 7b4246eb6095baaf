"""Key points found in typed answers: bilingual, clause by clause, nothing ticked on a negation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interview.bank.model import KeyPoint
from interview.language import Bilingual
from interview.review.matching import clauses, points_made


def point(*terms: str) -> KeyPoint:
    return KeyPoint(Bilingual(zh="点", en="point"), terms)


def made(answer: str, *terms: str) -> bool:
    return points_made(answer, [point(*terms)]) == {0}


@pytest.mark.parametrize(
    ("answer", "terms"),
    [
        ("ε 放在根号里面", ["ε + 根号"]),
        ("根号里有ε", ["ε + 根号"]),
        ("The Layer  Norm has no running statistics", ["layer norm"]),
        ("用ＬａｙｅｒＮｏｒｍ", ["layernorm"]),
        ("a layer-norm here", ["layer norm"]),
        ("a feed forward network", ["feed-forward"]),
        ("每个token单独归一化", ["每个 token"]),
        ("gradients flow", ["gradient"]),
        ("y = x + f(x) as usual", ["x + f(x)"]),
        ("divide by N−1 here", ["n-1"]),
        ("it uses x.std(-1) there", ["x.std"]),
        ("LayerNorm 对每个样本单独计算，不依赖 batch", ["不依赖 + batch"]),
        ("it does not depend on the batch", ["not depend + batch"]),
        ("不是批归一化，而是层归一化", ["层归一化"]),
        ("not batch norm but layer norm", ["layer norm"]),
        ("它不仅稳定训练，也加速收敛", ["稳定训练"]),
        ("两者不同：前者除以无偏估计的标准差", ["标准差"]),
        ("not only faster training", ["faster"]),
        ("非线性激活放在归一化之后", ["归一化之后"]),
        ("it is 0.9354 there", ["0.935"]),
        ("sqrt(var + eps) is the denominator", ["var + eps"]),
    ],
)
def test_points_that_are_made(answer: str, terms: list[str]) -> None:
    """Either language, any width and case, loose about spaces, blind to harmless negations."""
    assert made(answer, *terms)


@pytest.mark.parametrize(
    ("answer", "terms"),
    [
        ("ε 不在根号里", ["ε + 根号"]),
        ("没有残差连接", ["残差"]),
        ("并非依赖批大小", ["批大小"]),
        ("it does not depend on the batch", ["depend + batch"]),
        ("it doesn't use the mean", ["mean"]),
        ("it doesnt use the mean", ["mean"]),
        ("it isn’t biased", ["biased"]),
        ("training without dropout", ["dropout"]),
        ("LayerNorm rather than BatchNorm", ["batchnorm"]),
        ("用层归一化而不是批归一化", ["批归一化"]),
        ("不是不依赖 batch", ["不依赖 + batch"]),
        ("It is not unbiased", ["unbiased"]),
        ("It is unbiased", ["biased"]),
        ("a non-linear map", ["linear"]),
        ("非线性", ["线性"]),
        ("除以 D 是错的", ["除以 d"]),
        ("dividing by D is wrong", ["dividing by d"]),
        ("不依赖批大小、序列长度", ["序列长度"]),
        ("the ε, and somewhere else the 根号", ["ε + 根号"]),
        ("there are 16 heads", ["1"]),
        ("", ["mean"]),
        ("anything", []),
        ("anything", ["", " + "]),
    ],
)
def test_points_that_are_not(answer: str, terms: list[str]) -> None:
    """Negated, doubly negated, denied afterwards, spread over clauses, or part of another word."""
    assert not made(answer, *terms)


def test_each_point_is_found_by_any_of_its_terms() -> None:
    """The result holds the indices of the points, whatever the order of the answer."""
    points = [point("residual", "残差"), point("layer norm", "层归一化"), point("ffn")]
    assert points_made("先做层归一化，然后加残差", points) == {0, 1}


def test_a_clause_ends_where_a_thought_does() -> None:
    """Punctuation and “but” end it; the signs inside numbers, names and calls do not."""
    assert clauses("用 x.std(-1)，但 D=1,024；eps 是 1e-5。But why? (aside) f(x)") == [
        "用 x.std(-1)",
        "d=1,024",
        "eps 是 1e-5",
        "why",
        "aside",
        "f(x)",
    ]


words = st.text(alphabet="不没 not n'tε根号abc+，。,.()（）[]*\\-\n", max_size=60)


@given(st.text(max_size=200), st.lists(st.text(max_size=20), max_size=4))
def test_nothing_typed_makes_it_fail(answer: str, terms: list[str]) -> None:
    """Any answer against any terms gives a set of indices."""
    assert points_made(answer, [point(*terms)]) <= {0}


@given(words, words)
def test_awkward_text_makes_it_fail_neither(answer: str, term: str) -> None:
    """Negations, brackets and pattern characters are text like any other."""
    assert points_made(answer, [point(term)]) <= {0}


@given(
    st.sampled_from(
        ["不", "没有", "并非", "不是", "not ", "no ", "never ", "without ", "doesn't "]
    ),
    st.sampled_from(["残差", "批大小", "layer norm", "gradient", "方差"]),
)
def test_a_negated_term_is_never_ticked(negation: str, term: str) -> None:
    """The term alone ticks the point, and the same term after a negation does not."""
    assert made(term, term)
    assert not made(negation + term, term)
