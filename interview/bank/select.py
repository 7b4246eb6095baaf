"""The questions that pass the filters of `quiz` and `list`."""

from collections.abc import Callable, Collection, Iterable, Sequence

from interview.bank.find import find_question, normalised
from interview.bank.model import Bank, Difficulty, Kind, Question
from interview.errors import UsageError
from interview.language import Bilingual

_MOST_NEAR = 5


def select(
    bank: Bank,
    *,
    topics: Collection[str] = (),
    kinds: Collection[Kind] = (),
    difficulties: Collection[Difficulty] = (),
    tags: Collection[str] = (),
    ids: Iterable[str] | None = None,
) -> list[Question]:
    """Return the questions that pass every filter, in the bank's order, or in that of `ids`.

    Within one filter any of its values will do; an empty one lets everything pass. A topic
    stands for its subtopics too.

    Raises:
        UsageError: for a topic or tag that no question has, or an id that `find_question` refuses.

    """
    topics = _known(topics, all_topics(bank), "topic", zh="主题")
    tags = set(_known(tags, sorted({tag for one in bank for tag in one.tags}), "tag", zh="标签"))
    candidates = bank if ids is None else _named(bank, ids)
    passes: list[Callable[[Question], bool]] = []
    if topics:
        passes.append(lambda one: any(_lies_in(one.topic, topic) for topic in topics))
    if kinds:
        passes.append(lambda one: one.kind in kinds)
    if difficulties:
        passes.append(lambda one: one.difficulty in difficulties)
    if tags:
        passes.append(lambda one: not tags.isdisjoint(one.tags))
    return [one for one in candidates if all(test(one) for test in passes)]


def all_topics(bank: Bank) -> list[str]:
    """Return every topic of the bank and those that hold subtopics, sorted."""
    topics: set[str] = set()
    for question_id in bank.questions:
        parts = question_id.split("/")[:-1]
        topics.update("/".join(parts[:end]) for end in range(1, len(parts) + 1))
    return sorted(topics)


def _named(bank: Bank, ids: Iterable[str]) -> list[Question]:
    found = (find_question(bank, one) for one in ids)
    return list({question.id: question for question in found}.values())


def _lies_in(topic: str, wanted: str) -> bool:
    return topic == wanted or topic.startswith(f"{wanted}/")


def _known(asked: Iterable[str], there: Sequence[str], name: str, *, zh: str) -> list[str]:
    """Return the names as the bank spells them."""
    keys = {normalised(one): one for one in there}
    known = []
    for one in asked:
        key = normalised(one)
        if key not in keys:
            raise _unknown(one, keys, name, zh=zh)
        known.append(keys[key])
    return known


def _unknown(text: str, keys: dict[str, str], name: str, *, zh: str) -> UsageError:
    from difflib import get_close_matches

    close = get_close_matches(normalised(text), list(keys), n=_MOST_NEAR)
    near = [keys[key] for key in close]
    if near:
        hint = Bilingual(
            zh="是不是 " + "、".join(near) + "？", en=f"did you mean {', '.join(near)}?"
        )
    else:
        shown = list(keys.values())[: 2 * _MOST_NEAR]
        rest = len(keys) > len(shown)
        hint = Bilingual(
            zh=f"有这些{zh}：" + "、".join(shown) + ("……" if rest else ""),
            en=f"the {name}s are " + ", ".join(shown) + (" …" if rest else ""),
        )
    return UsageError(zh=f"没有{zh}“{text}”", en=f'there is no {name} "{text}"', hint=hint)
