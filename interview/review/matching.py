"""Which key points a typed answer made: a list for the candidate to confirm, never a score.

The answer is cut into clauses. A term of a key point counts in a clause where all of its parts
occur and nothing before them negates them. In doubt a point stays unticked: one keystroke ticks
it, while a wrong tick would flatter.
"""

import re
import unicodedata
from collections.abc import Sequence

from interview.bank.model import KeyPoint

_HAN = "\u3400-\u9fff"
_SAME = str.maketrans({"−": "-", "–": "-", "‐": "-", "‑": "-", "’": "'", "‘": "'"})

# Parentheses around prose end a clause; those of `f(x)` and `sqrt(var + eps)` do not.
_ASIDE = re.compile(r"(?<![a-z0-9_√])\(([^()]*)\)")
# Not at `x.std`, `1,024` or the `：` of a ratio: there the sign stands between two characters.
_BOUNDARY = re.compile(
    r"[;!?。…—\n]"
    r"|[.,:](?!\S)|(?<![a-z0-9])[.,:]|[.,:](?![a-z0-9_])"
    r"|但是|但|而|不过|可是|然而"
    r"|\b(?:but|however|whereas|while|although|though|yet)\b"
)
_NEGATION = re.compile(
    r"不|没|无|非|别|未|勿|毫无"
    r"|\b(?:no|not|never|without|neither|nor|cannot|hardly|lacks?)\b"
    r"|\b(?:do|does|did|is|are|was|were|ca|wo|should|would|could|has|have|had|need)n'?t\b"
    r"|\b(?:non|un)-|\brather than\b|\binstead of\b"
)
# Words that hold a negation's letters and negate nothing.
_HARMLESS = re.compile(
    r"不同|不仅|不但|不只|不光|不断|不管|不论|不等式|无论|无偏|无穷|非常|非线性|非零|非负|除非|"
    r"分别|特别|区别|级别|差别|类别|识别|判别|鉴别|未来"
    r"|\bnon-?(?:linear|zero|negative|trivial)\w*"
    r"|\bnot (?:only|just|merely)\b|\bno (?:matter|doubt)\b"
)
_DENIED_AFTER = re.compile(
    r"不对|不成立|不正确|是错|是假"
    r"|\b(?:is|are|was|were) (?:wrong|false|incorrect|untrue)\b"
    r"|\b(?:is|are|was|were)(?: not|n't) (?:right|true|correct|the case)\b"
)


def points_made(answer: str, points: Sequence[KeyPoint]) -> frozenset[int]:
    """Return the indices of the key points that the answer makes, as far as words can show it."""
    found = clauses(answer)
    return frozenset(
        index
        for index, point in enumerate(points)
        if any(_made(term, clause) for term in point.terms for clause in found)
    )


def clauses(answer: str) -> list[str]:
    """Return the answer's clauses, normalised: one width, one case, one kind of dash."""
    text = _ASIDE.sub(r"\n\1\n", _normal(answer))
    return [clause for part in _BOUNDARY.split(text) if (clause := part.strip())]


def _normal(text: str) -> str:
    return unicodedata.normalize("NFKC", text.translate(_SAME)).casefold().translate(_SAME)


def _made(term: str, clause: str) -> bool:
    spans = []
    for part in re.split(r"\s\+\s", _normal(term).strip()):
        found = _pattern(part).search(clause) if part.strip() else None
        if found is None:
            return False
        spans.append(found.span())
    return bool(spans) and not _negated(clause, spans)


def _pattern(part: str) -> re.Pattern[str]:
    """Compile a part: Latin at a word's start, numbers whole, spaces as loose as people type."""
    pieces = [_loose(piece) for piece in re.split(r"\s+|(?<=[a-z])-(?=[a-z])", part.strip())]
    start = r"(?<![a-z0-9_])" if re.match(r"[a-z0-9]", part.lstrip()) else ""
    end = r"(?!\d|\.\d)" if re.fullmatch(r".*(?<![.\d])\d+", part.rstrip(), re.DOTALL) else ""
    return re.compile(start + r"[\s_-]*".join(pieces) + end)


def _loose(piece: str) -> str:
    """Allow a space wherever Han and Latin characters meet."""
    return r"\s*".join(
        re.escape(run)
        for run in re.split(rf"(?<=[{_HAN}])(?=[^{_HAN}])|(?<=[^{_HAN}])(?=[{_HAN}])", piece)
    )


def _negated(clause: str, spans: Sequence[tuple[int, int]]) -> bool:
    """Say whether a negation outside the matched parts comes before the last of them ends."""
    end = max(stop for _, stop in spans)
    if _DENIED_AFTER.search(clause, end):
        return True
    harmless = [
        found.span()
        for found in _HARMLESS.finditer(clause)
        if not any(_overlap(found.span(), span) for span in spans)
    ]
    shielded = [*spans, *harmless]
    return any(
        not any(_overlap(found.span(), span) for span in shielded)
        for found in _NEGATION.finditer(clause, 0, end)
    )


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]
