"""One question from what the user typed: its id, or a part that no other id has."""

import unicodedata
from collections.abc import Callable, Iterable
from pathlib import PurePosixPath

from interview.bank.model import Bank, Question
from interview.errors import UsageError
from interview.language import Bilingual

_MOST_SHOWN = 8
_MOST_NEAR = 5


def find_question(bank: Bank, text: str) -> Question:
    """Return the question that `text` names.

    An exact id or slug wins, then the only id or slug that begins with `text`, then the only one
    that holds it. Case and width do not matter, `_` is as good as `-`, and a path to the
    question's file is as good as its id.

    Raises:
        UsageError: where no id fits, or several do.

    """
    wanted = normalised(text)
    keys = {normalised(one): one for one in bank.questions}
    for fits in _WAYS if wanted else ():
        fitting = [one for key, one in keys.items() if fits(key, wanted)]
        if len(fitting) == 1:
            return bank[fitting[0]]
        if fitting:
            raise _ambiguous(text, fitting)
    raise _unknown(text, wanted, keys)


def normalised(text: str) -> str:
    """Return `text` as ids are compared: one width, one case, hyphens, no path around it."""
    plain = unicodedata.normalize("NFKC", text).casefold().strip().replace("\\", "/")
    path = PurePosixPath(plain.replace("_", "-"))
    parts = path.with_suffix("").parts if path.suffix in {".yaml", ".yml"} else path.parts
    if "questions" in parts:
        parts = parts[parts.index("questions") + 1 :]
    if parts[-1:] == ("question",) and len(parts) > 1:
        parts = parts[:-1]
    return "/".join(parts).strip("/")


def _slug(key: str) -> str:
    return key.rpartition("/")[2]


_WAYS: tuple[Callable[[str, str], bool], ...] = (
    lambda key, wanted: key == wanted,
    lambda key, wanted: _slug(key) == wanted,
    lambda key, wanted: key.startswith(wanted) or _slug(key).startswith(wanted),
    lambda key, wanted: wanted in key,
)


def _ambiguous(text: str, fitting: list[str]) -> UsageError:
    shown = fitting[:_MOST_SHOWN]
    more = len(fitting) - len(shown)
    return UsageError(
        zh=f"“{text}”可以指 {len(fitting)} 道题",
        en=f'"{text}" fits {len(fitting)} questions',
        hint=Bilingual(
            zh="写得再长一些：" + "、".join(shown) + (f"，还有 {more} 道" if more else ""),
            en="write more of one: " + ", ".join(shown) + (f" and {more} more" if more else ""),
        ),
    )


def _unknown(text: str, wanted: str, keys: dict[str, str]) -> UsageError:
    near = near_ids(wanted, keys)
    hint = Bilingual(zh="用 interview list 查看全部题目", en="`interview list` shows all questions")
    if near:
        hint = Bilingual(
            zh="是不是 " + "、".join(near) + "？", en=f"did you mean {', '.join(near)}?"
        )
    return UsageError(zh=f"没有题目“{text}”", en=f'there is no question "{text}"', hint=hint)


def near_ids(wanted: str, keys: dict[str, str]) -> list[str]:
    """Return up to five ids that look like `wanted`, as a whole or by their slug."""
    from difflib import get_close_matches

    whole = get_close_matches(wanted, list(keys), n=_MOST_NEAR)
    slugs = {_slug(key): key for key in keys}
    by_slug = [slugs[one] for one in get_close_matches(_slug(wanted), list(slugs), n=_MOST_NEAR)]
    return [keys[key] for key in _without_repetition(whole + by_slug)][:_MOST_NEAR]


def _without_repetition(keys: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(keys))
