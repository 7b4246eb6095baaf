"""What kinds, difficulties, ratings and languages are called, in both languages, in one place."""

from collections.abc import Sequence

from interview.bank.model import Difficulty, Kind
from interview.language import Bilingual, Lang
from interview.review.model import Rating

KINDS: dict[Kind, Bilingual] = {
    Kind.RECALL: Bilingual(zh="简答", en="recall"),
    Kind.CHOICE: Bilingual(zh="选择", en="choice"),
    Kind.NUMERIC: Bilingual(zh="计算", en="numeric"),
    Kind.BUG: Bilingual(zh="找错", en="bug"),
    Kind.CODE: Bilingual(zh="编程", en="code"),
}
DIFFICULTIES: dict[Difficulty, Bilingual] = {
    Difficulty.EASY: Bilingual(zh="简单", en="easy"),
    Difficulty.MEDIUM: Bilingual(zh="中等", en="medium"),
    Difficulty.HARD: Bilingual(zh="困难", en="hard"),
}
RATINGS: dict[Rating, Bilingual] = {
    Rating.AGAIN: Bilingual(zh="重来", en="Again"),
    Rating.HARD: Bilingual(zh="困难", en="Hard"),
    Rating.GOOD: Bilingual(zh="良好", en="Good"),
    Rating.EASY: Bilingual(zh="简单", en="Easy"),
}
LANGUAGES: dict[Lang, str] = {Lang.ZH: "中文", Lang.EN: "English"}


def both(text: Bilingual, languages: Sequence[Lang], separator: str = " / ") -> str:
    """Return one line: the text in each language, once where both read the same."""
    return separator.join(dict.fromkeys(text[lang] for lang in languages))
