"""Hidden tests of train_bpe, from the root cause outwards.

What is counted comes first, then how a pair is merged, then ties, then the ends. Before the ties
every example has one most frequent pair in each round that is asked for, every count is 2 or
more, and no round finds nothing to merge: so each mistake fails where it is judged.
"""

from collections import Counter
from itertools import pairwise

from interview.grading.suite import Bilingual, CheckFailed, Evidence, Inputs, Submission

Words = dict[str, int]
Pair = tuple[str, str]


# ── The reference ───────────────────────────────────────────────────────────────────────────


def reference(words: Words, num_merges: int) -> list[Pair]:
    splits = {word: list(word) for word in words}
    merges: list[Pair] = []
    while len(merges) < num_merges:
        counts = Counter[Pair]()
        for word, symbols in splits.items():
            for pair in pairwise(symbols):
                counts[pair] += words[word]
        if not counts:
            break
        merges.append(max(counts, key=lambda pair: (counts[pair], pair)))
        splits = {word: merge(symbols, merges[-1]) for word, symbols in splits.items()}
    return merges


def merge(symbols: list[str], pair: Pair) -> list[str]:
    merged, i = [], 0
    while i < len(symbols):
        step = 2 if tuple(symbols[i : i + 2]) == pair else 1
        merged.append("".join(symbols[i : i + step]))
        i += step
    return merged


# ── What is compared ────────────────────────────────────────────────────────────────────────


def learned(submission: Submission, words: Words, num_merges: int) -> list[Pair]:
    """Return what is learned, as tuples; lists will do as well."""
    result: object = submission.train_bpe(dict(words), num_merges)
    pairs = list(result) if isinstance(result, list | tuple) else []
    if not isinstance(result, list | tuple) or not all(map(is_pair, pairs)):
        given, told = f"train_bpe({words}, {num_merges})", repr(result)[:120]
        wanted = Bilingual(zh="由字符串对组成的列表", en="a list of pairs of strings")
        raise CheckFailed(f"{given} gives {told}, not {wanted.en}", Evidence(given, wanted, told))
    return [(first, second) for first, second in pairs]


def is_pair(one: object) -> bool:
    return isinstance(one, list | tuple) and [type(part) for part in one] == [str, str]


def shown(pairs: list[Pair], *, beside: list[Pair] | None = None) -> str:
    """Write pairs down, in quotes where a space, here or `beside`, would not be seen otherwise."""
    if pairs and any(" " in first + second for first, second in [*pairs, *(beside or [])]):
        return " ".join(map(str, pairs))
    return " ".join(f"({first}, {second})" for first, second in pairs) or "[]"


def expect_merges(submission: Submission, words: Words, expected: str, *, asked: int = 0) -> None:
    """Require these merges, written as "b,c a,bc"; as many are asked for unless told otherwise."""
    wanted = [(first, second) for first, second in (one.split(",") for one in expected.split())]
    expect_pairs(submission, words, wanted, asked or len(wanted))


def expect_pairs(submission: Submission, words: Words, wanted: list[Pair], asked: int) -> None:
    found = learned(submission, words, asked)
    if found == wanted:
        return
    given = f"train_bpe({words}, {asked})"
    right, wrong = shown(wanted, beside=found), shown(found, beside=wanted)
    message = f"{given} gives {wrong}, expected {right}"
    raise CheckFailed(message, Evidence(given, right, wrong))


# ── What is counted ─────────────────────────────────────────────────────────────────────────


def test_pairs_returned(submission: Submission) -> None:
    for words, asked in (({"ab": 2}, 1), ({"abcd": 2}, 3)):
        found = learned(submission, words, asked)
        if len(found) != asked:
            given = f"train_bpe({words}, {asked})"
            message = f"{given}: number of pairs {len(found)}, expected {asked}"
            wanted = Bilingual(zh=f"{asked} 对", en=f"{asked} pair" + "s" * (asked > 1))
            raise CheckFailed(message, Evidence(given, wanted, shown(found)))


def test_most_frequent(submission: Submission) -> None:
    expect_merges(submission, {"abc": 2, "bcd": 3}, "b,c")


def test_weighted_counts(submission: Submission) -> None:
    expect_merges(submission, {"yx": 3, "ab": 1, "abc": 1}, "y,x")
    expect_merges(submission, {"yx": 9, "ab": 2, "abc": 2, "abd": 2}, "y,x")


def test_every_position(submission: Submission) -> None:
    expect_merges(submission, {"ababab": 1, "cd": 2}, "a,b")
    expect_merges(submission, {"aaa": 2, "bc": 3}, "a,a")


def test_inside_words(submission: Submission) -> None:
    expect_merges(submission, {"a": 9, "b": 9, "xy": 2}, "x,y")
    expect_merges(submission, {"ba": 4, "bac": 2, "yx": 5}, "b,a")


# ── How a pair is merged ────────────────────────────────────────────────────────────────────


def test_merges_applied(submission: Submission) -> None:
    expect_merges(submission, {"abc": 3, "bc": 2}, "b,c a,bc")
    expect_merges(submission, {"abc": 3, "xbc": 4, "zy": 2}, "b,c x,bc a,bc z,y")


def test_every_occurrence(submission: Submission) -> None:
    expect_merges(submission, {"abab": 2}, "a,b ab,ab")
    expect_merges(submission, {"abcab": 3, "xab": 4}, "a,b x,ab")


def test_left_to_right(submission: Submission) -> None:
    expect_merges(submission, {"aaa": 2}, "a,a aa,a")
    expect_merges(submission, {"aaaa": 2}, "a,a aa,aa")
    expect_merges(submission, {"aaaaaa": 2}, "a,a aa,aa aaaa,aa")


def test_whole_symbols(submission: Submission) -> None:
    expect_merges(submission, {"xa": 20, "xab": 2, "ab": 10}, "x,a a,b xa,b")


# ── Ties, and everything together ───────────────────────────────────────────────────────────


def test_ties(submission: Submission) -> None:
    expect_merges(submission, {"ab": 2, "ef": 2, "cd": 2}, "e,f")
    expect_merges(submission, {"az": 2, "by": 2}, "b,y")
    expect_merges(submission, {"by": 2, "az": 2}, "b,y")


def test_ties_by_symbol(submission: Submission) -> None:
    expect_merges(submission, {"ba": 9, "bac": 2, "bz": 2}, "b,a ba,c b,z")
    expect_merges(submission, {"ba": 9, "bac": 2, "zy": 2}, "b,a z,y ba,c")


EXAMPLE = {"low": 5, "lower": 2, "widest": 3, "newest": 6}


def test_worked_example(submission: Submission) -> None:
    expect_merges(submission, EXAMPLE, "s,t e,st o,w l,ow w,est n,e")
    expect_pairs(submission, EXAMPLE, reference(EXAMPLE, 12), 12)


def test_rare_pairs(submission: Submission) -> None:
    expect_merges(submission, {"ab": 1}, "a,b")
    expect_merges(submission, {"abc": 1, "xy": 2}, "x,y b,c a,bc")


def test_stops_early(submission: Submission) -> None:
    expect_merges(submission, {"ab": 2}, "a,b", asked=3)
    expect_merges(submission, {"ba": 3, "c": 5}, "b,a", asked=10)


def test_any_characters(submission: Submission) -> None:
    cases: tuple[tuple[Words, list[Pair]], ...] = (
        ({" low": 2, " lo": 3}, [("l", "o"), (" ", "lo"), (" lo", "w")]),
        ({"Ab": 3, "ab": 2, "bc": 4}, [("b", "c"), ("A", "b"), ("a", "b")]),
        ({"a.b": 5, "axb": 2}, [("a", "."), ("a.", "b"), ("x", "b")]),
        ({"a|b": 5, "(*": 3}, [("|", "b"), ("a", "|b"), ("(", "*")]),
        ({"你好吗": 2}, [("好", "吗"), ("你", "好吗")]),
    )
    for words, wanted in cases:
        expect_pairs(submission, words, wanted, len(wanted))


def drawn(inputs: Inputs, count: int, letters: str) -> Words:
    """Return up to `count` words of one to seven letters, each with a count from 1 to 9."""
    words: Words = {}
    for _ in range(count):
        length = 1 + int(inputs.uniform(1).item() * 7)
        places = (inputs.uniform(length) * len(letters)).int().tolist()
        words["".join(letters[one] for one in places)] = 1 + int(inputs.uniform(1).item() * 9)
    return words


def test_random_words(submission: Submission, inputs: Inputs) -> None:
    for count, asked, letters in ((1, 3, "ab"), (3, 6, "ab"), (6, 8, "abc"), (20, 20, "abcd")):
        words = drawn(inputs, count, letters)
        expect_pairs(submission, words, reference(words, asked), asked)


def test_empty_input(submission: Submission) -> None:
    for words, asked in (({}, 3), ({"a": 3, "b": 2}, 2), ({"": 2}, 1), ({"ab": 2}, 0)):
        expect_pairs(submission, words, [], asked)


# Probes: what a submission learns, to be compared with each wrong implementation. Each one holds
# a few questions that part some mistakes from others.


def told(submission: Submission, *asked: tuple[Words, int]) -> tuple[str, ...]:
    answers = []
    for words, num_merges in asked:
        try:
            answers.append(shown(learned(submission, words, num_merges)))
        except CheckFailed as error:
            answers.append(str(error))
        except Exception as error:  # noqa: BLE001 - a submission may raise anything
            names = {one.__name__ for one in type(error).__mro__}
            answers.append("raises ValueError" if "ValueError" in names else "raises")
    return tuple(answers)


def probe_example(submission: Submission, inputs: Inputs) -> tuple[str, ...]:
    return told(submission, (EXAMPLE, 6), ({"ab": 2}, 1), ({"abcd": 2}, 3))


def probe_counts(submission: Submission, inputs: Inputs) -> tuple[str, ...]:
    return told(
        submission,
        ({"abc": 2, "bcd": 3}, 1),
        ({"yx": 3, "ab": 1, "abc": 1}, 1),
        ({"ababab": 1, "cd": 2}, 1),
        ({"aaa": 2, "bc": 3}, 1),
        ({"ba": 5, "xy": 2}, 2),
    )


def probe_merges(submission: Submission, inputs: Inputs) -> tuple[str, ...]:
    return told(
        submission,
        ({"abc": 3, "xbc": 4, "zy": 2}, 4),
        ({"abab": 2}, 2),
        ({"aaa": 2}, 2),
        ({"aaaa": 2}, 2),
        ({"xa": 20, "xab": 2, "ab": 10}, 3),
    )


def probe_ties(submission: Submission, inputs: Inputs) -> tuple[str, ...]:
    return told(
        submission,
        ({"ab": 2, "ef": 2, "cd": 2}, 3),
        ({"az": 2, "by": 2}, 2),
        ({"by": 2, "az": 2}, 2),
        ({"ba": 9, "bac": 2, "bz": 2}, 3),
        ({"ba": 9, "bac": 2, "zy": 2}, 3),
    )


def probe_ends(submission: Submission, inputs: Inputs) -> tuple[str, ...]:
    return told(submission, ({"ab": 1}, 1), ({"ab": 2}, 3), ({}, 3), ({"": 2, "a": 3}, 1))


def probe_characters(submission: Submission, inputs: Inputs) -> tuple[str, ...]:
    return told(
        submission,
        ({" low": 2, " lo": 3}, 3),
        ({"Ab": 3, "ab": 2, "bc": 4}, 3),
        ({"a.b": 5, "axb": 2}, 3),
        ({"你好吗": 2}, 2),
    )


def probe_random(submission: Submission, inputs: Inputs) -> tuple[str, ...]:
    return told(submission, (drawn(inputs, 6, "abc"), 8), (drawn(inputs, 12, "abcd"), 12))
