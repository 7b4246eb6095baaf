"""What the quiz says around the questions: progress, ratings, help, the summary."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from rich.console import RenderableType
from rich.text import Text

from interview.language import Bilingual, Lang, say
from interview.render.labels import KINDS
from interview.render.layout import Indented, aligned, heading, stack
from interview.render.wrap import Flow
from interview.review.model import Rating
from interview.review.schedule import Upcoming
from interview.review.session import Session, Summary, Tally

RATINGS: dict[Rating, Bilingual] = {
    Rating.AGAIN: Bilingual(zh="重来", en="Again"),
    Rating.HARD: Bilingual(zh="困难", en="Hard"),
    Rating.GOOD: Bilingual(zh="良好", en="Good"),
    Rating.EASY: Bilingual(zh="简单", en="Easy"),
}
_BAR = 20
_HELP: tuple[tuple[str, Bilingual], ...] = (
    (":s", Bilingual(zh="跳过这道题，这一轮不再问", en="skip: not asked again in this session")),
    (
        ":b",
        Bilingual(
            zh="返回：撤销上一次回答，重问那道题", en="back: undo the last answer, ask again"
        ),
    ),
    (":a", Bilingual(zh="看答案", en="show the answer")),
    (":f", Bilingual(zh="看面试官会追问什么", en="what the interviewer asks next")),
    (":l", Bilingual(zh="换语言：中文 → 英文 → 双语", en="language: Chinese → English → both")),
    (":q", Bilingual(zh="退出并小结；答过的都已存下", en="quit with a summary; answers are saved")),
    (":h", Bilingual(zh="这份说明，也可以用 :?", en="this list; :? as well")),
)


def progress_line(session: Session) -> RenderableType:
    """Return the bar: how many questions are done, and what is left of each sort."""
    left = session.left
    filled = round(_BAR * session.done / session.total) if session.total else _BAR
    parts = [f"[{'█' * filled}{'░' * (_BAR - filled)}] {session.done}/{session.total}"]
    parts += [
        f"{name} {number}" for name, number in _sorts(left.due, left.new, left.again) if number
    ]
    return Flow(Text(" · ".join(parts), style="cyan"))


def _sorts(due: int, new: int, again: int) -> list[tuple[str, int]]:
    return [
        (say(zh="到期", en="due"), due),
        (say(zh="新题", en="new"), new),
        (say(zh="重来", en="again"), again),
    ]


def ratings_line(due: Mapping[Rating, date], today: date) -> RenderableType:
    """Return the four ratings, each with when the question would come back."""
    options = [
        f"{int(rating)} {_name(rating)} · {interval(due[rating], today)}" for rating in Rating
    ]
    return Flow(Text("   ".join(options)))


def interval(due: date, today: date) -> str:
    """Return how far off a day is, in words."""
    days = (due - today).days
    if days <= 0:
        return say(zh="本轮再问", en="this session")
    if days == 1:
        return say(zh="明天", en="tomorrow")
    return say(zh=f"{days} 天后", en=f"in {days} days")


def recorded_line(rating: Rating, due: date, today: date) -> RenderableType:
    """Return the line that says that an answer is on the disk, and when it comes back."""
    when = interval(due, today)
    if due > today:
        when += say(zh=f"（{due}）", en=f" ({due})")
    return Flow(
        Text(say(zh=f"已存：{_name(rating)}，{when}", en=f"Saved: {_name(rating)}, {when}"), "dim")
    )


def verdict(right: bool, detail: str = "") -> RenderableType:  # noqa: FBT001
    """Return whether a checked answer was right, with a detail such as what was read."""
    mark = Text("✓ ", "bold green") if right else Text("✗ ", "bold red")
    word = say(zh="答对了", en="Right") if right else say(zh="不对", en="Not right")
    return Flow(mark.append(word, "bold").append(detail, "not bold default"))


def help_page(lang: Lang) -> RenderableType:
    """Return the commands, and what the other keys do."""
    names = aligned([name for name, _ in _HELP])
    rows: list[RenderableType] = [heading(say(zh="任何时候都可以输入：", en="At any prompt:"))]
    rows += [
        Indented(Flow(Text(text[lang])), f"  {name}  ")
        for name, (_, text) in zip(names, _HELP, strict=True)
    ]
    rows.append(
        Flow(
            Text(
                say(
                    zh="答案可以写几行，空行结束；直接回车就看答案。评分用 1–4，"
                    "或 a 重来、h 困难、g 良好、e 简单。",
                    en="An answer may take several lines and ends with an empty one; Enter alone"
                    " shows the answer. Rate with 1–4, or a(gain), h(ard), g(ood), e(asy).",
                )
            )
        )
    )
    return stack(rows, gap=0)


def summary_page(
    summary: Summary, upcoming: Upcoming | None, today: date, elapsed: timedelta
) -> RenderableType:
    """Return what the session came to."""
    total = summary.total
    rows: list[RenderableType] = [heading(say(zh="小结", en="Summary"))]
    rows.append(_answered_line(total, elapsed))
    if summary.kinds:
        rows.append(
            _fact(
                Bilingual(zh="按题型", en="by kind"),
                [
                    f"{say_label(KINDS[kind])} {_share(tally)}"
                    for kind, tally in summary.kinds.items()
                ],
            )
        )
    if summary.weakest:
        rows.append(
            _fact(
                Bilingual(zh="最弱的主题", en="weakest topics"),
                [f"{topic} {_share(tally)}" for topic, tally in summary.weakest],
            )
        )
    rows += _rest_lines(summary)
    if upcoming:
        rows.append(upcoming_line(upcoming, today))
    return stack(rows, gap=0)


def _answered_line(total: Tally, elapsed: timedelta) -> RenderableType:
    minutes, seconds = divmod(max(0, round(elapsed.total_seconds())), 60)
    time_zh = f"{minutes} 分 {seconds} 秒" if minutes else f"{seconds} 秒"
    time_en = f"{minutes} min {seconds} s" if minutes else f"{seconds} s"
    if not total.asked:
        return Flow(Text(say(zh="这次没有答题。", en="Nothing was answered this time.")))
    return Flow(
        Text(
            say(
                zh=f"答了 {_count(total.asked)}：{total.right} 题答对，{total.wrong} 题没答好"
                f"（按第一次算），用时 {time_zh}。",
                en=f"Answered {_count(total.asked)}: {total.right} right, {total.wrong} not"
                f" (first attempts), in {time_en}.",
            )
        )
    )


def _rest_lines(summary: Summary) -> list[RenderableType]:
    parts = []
    if summary.skipped:
        parts.append(say(zh=f"跳过 {summary.skipped} 题", en=f"{summary.skipped} skipped"))
    if summary.left:
        parts.append(say(zh=f"还剩 {summary.left} 题没问", en=f"{summary.left} not asked yet"))
    joined = say(zh="，", en=", ").join(parts)
    return [Flow(Text(say(zh=f"{joined}。", en=f"{joined}.")))] if parts else []


def upcoming_line(upcoming: Upcoming, today: date) -> RenderableType:
    """Return when something is due next, and how much."""
    when = interval(upcoming.day, today)
    return Flow(
        Text(
            say(
                zh=f"下次复习：{when}（{upcoming.day}），{_count(upcoming.questions)}。",
                en=f"Next review: {when} ({upcoming.day}), {_count(upcoming.questions)}.",
            )
        )
    )


def nothing_due(upcoming: Upcoming | None, unseen: int, today: date) -> RenderableType:
    """Return why nothing is asked, when something will be, and how to ask all the same."""
    rows: list[RenderableType] = [
        Flow(Text(say(zh="现在没有到期的题。", en="Nothing is due right now.")))
    ]
    if upcoming:
        rows.append(upcoming_line(upcoming, today))
    rest = (
        say(
            zh=f"还有 {_count(unseen)}没见过，用 --new 学新的",
            en=f"{_count(unseen)} unseen: --new N",
        )
        if unseen
        else say(zh="想提前练，用 --all", en="To practise ahead of time, use --all")
    )
    rows.append(Flow(Text(say(zh=f"{rest}。", en=f"{rest}."))))
    return stack(rows, gap=0)


def say_label(text: Bilingual) -> str:
    """Return a label in the language of the interface."""
    return say(zh=text.zh, en=text.en)


def _name(rating: Rating) -> str:
    return say_label(RATINGS[rating])


def _fact(label: Bilingual, values: Sequence[str]) -> RenderableType:
    joined = " · ".join(values)
    return Flow(Text(say(zh=f"{label.zh}：{joined}", en=f"{label.en}: {joined}")))


def _share(tally: Tally) -> str:
    return f"{tally.right}/{tally.asked}"


def _count(questions: int) -> str:
    plural = "" if questions == 1 else "s"
    return say(zh=f"{questions} 题", en=f"{questions} question{plural}")
