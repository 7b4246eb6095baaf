"""What the quiz says around the questions: progress, ratings, help, the summary."""

from collections.abc import Mapping
from datetime import date, timedelta

from rich.console import RenderableType
from rich.text import Text

from interview.language import Bilingual, say
from interview.render.labels import KINDS, RATINGS
from interview.render.layout import Indented, aligned, heading, stack
from interview.render.wrap import ATOM, Flow
from interview.review.model import Rating
from interview.review.schedule import Upcoming
from interview.review.session import Session, Summary, Tally

_BAR = 20
_HELP: tuple[tuple[str, Bilingual], ...] = (
    (":s", Bilingual(zh="跳过这道题，本轮不再问", en="skip it: not asked again this session")),
    (
        ":b",
        Bilingual(zh="撤销上一次回答，重新问那道题", en="undo the last answer and ask it again"),
    ),
    (":a", Bilingual(zh="看答案", en="show the answer")),
    (":f", Bilingual(zh="看面试官接下来会追问什么", en="what the interviewer asks next")),
    (":l", Bilingual(zh="切换语言：中文 → 英文 → 双语", en="language: Chinese → English → both")),
    (":q", Bilingual(zh="结束并小结；答过的都已存好", en="quit with a summary; answers are saved")),
    (":h", Bilingual(zh="显示这份说明（也可用 :?）", en="this list (also :?)")),
)


def progress_line(session: Session) -> RenderableType:
    """Return the bar: how many questions are done, and what is left of each sort."""
    left = session.left
    filled = round(_BAR * session.done / session.total)
    bar = f"[{'█' * filled}{'░' * (_BAR - filled)}] {session.done}/{session.total}"
    sorts = (
        (Bilingual(zh="复习", en="review"), left.review),
        (Bilingual(zh="新题", en="new"), left.new),
        (Bilingual(zh="重来", en="again"), left.again),
    )
    parts = [bar, *(f"{_said(name)} {number}" for name, number in sorts if number)]
    return Flow(Text(" · ".join(parts), style="cyan"))


def ratings_line(due: Mapping[Rating, date], today: date) -> RenderableType:
    """Return the four ratings, each with when the question would come back."""
    line = Text()
    for rating in Rating:
        name, when = _said(RATINGS[rating]), _interval(due[rating], today)
        option = say(zh=f"{name}（{when}）", en=f"{name} ({when})")
        line.append(f"{int(rating)} {option}", ATOM).append("  ")
    return Flow(line)


def saved_line(rating: Rating, due: date, today: date, question: str) -> RenderableType:
    """Return the line that says that an answer is on the disk, when it comes back, and its id."""
    name, when = _said(RATINGS[rating]), _when(due, today)
    told = say(zh=f"已存：{name}，{when} · {question}", en=f"Saved: {name}, {when} · {question}")
    return Flow(Text(told, "dim"))


def verdict(right: bool, detail: str = "") -> RenderableType:
    """Return whether a checked answer was right, with a detail such as what was read."""
    mark = Text("✓ ", "bold green") if right else Text("✗ ", "bold red")
    word = say(zh="答对了", en="Right") if right else say(zh="不对", en="Not right")
    return Flow(mark.append(word, "bold").append(detail, "not bold default"))


def help_page() -> RenderableType:
    """Return the commands, and what the other keys do."""
    names = aligned([name for name, _ in _HELP])
    return stack(
        [
            heading(say(zh="随时可以输入：", en="At any prompt:")),
            *(
                Indented(_line(text), f"  {name}  ")
                for name, (_, text) in zip(names, _HELP, strict=True)
            ),
            _line(
                Bilingual(
                    zh="答案可以写几行，空行结束；直接回车就看答案。评分用 1–4，"
                    "或 a 重来、h 困难、g 良好、e 简单。",
                    en="An answer may take several lines and ends with an empty one; Enter alone"
                    " shows the answer. Rate with 1–4, or a(gain), h(ard), g(ood), e(asy).",
                )
            ),
        ],
        gap=0,
    )


def summary_page(
    summary: Summary, due_now: int, upcoming: Upcoming | None, today: date, elapsed: timedelta
) -> RenderableType:
    """Return what the session came to, and when there is more to do."""
    return stack(
        [
            heading(say(zh="小结", en="Summary")),
            _answered_line(summary.total, elapsed),
            _shares(
                Bilingual(zh="按题型答对", en="Right by kind"),
                {_said(KINDS[kind]): tally for kind, tally in summary.kinds.items()},
            ),
            _shares(Bilingual(zh="最弱的主题", en="Weakest topics"), dict(summary.weakest)),
            _rest_line(summary),
            _due_line(due_now) if due_now else None,
            _upcoming_line(upcoming, today) if upcoming else None,
        ],
        gap=0,
    )


def nothing_due(upcoming: Upcoming | None, unseen: int, today: date) -> RenderableType:
    """Return that nothing is asked, when something will be, and how to ask all the same."""
    count = _count(unseen)
    more = Bilingual(
        zh=f"还有 {count}没学过：用 --new 学新的。", en=f"{count} never seen: take some with --new."
    )
    ahead = Bilingual(zh="想提前练习，用 --all。", en="To practise ahead of time, use --all.")
    return stack(
        [
            _line(Bilingual(zh="现在没有到期的题。", en="Nothing is due right now.")),
            _upcoming_line(upcoming, today) if upcoming else None,
            _line(more if unseen else ahead),
        ],
        gap=0,
    )


def _answered_line(total: Tally, elapsed: timedelta) -> RenderableType:
    if not total.asked:
        return _line(Bilingual(zh="这次没有答题。", en="Nothing was answered this time."))
    minutes, seconds = divmod(max(0, round(elapsed.total_seconds())), 60)
    zh = f"{minutes} 分 {seconds} 秒" if minutes else f"{seconds} 秒"
    en = f"{minutes} min {seconds} s" if minutes else f"{seconds} s"
    wrong_zh = f"，{total.wrong} 题没答对" if total.wrong else ""
    wrong_en = f", {total.wrong} missed" if total.wrong else ""
    return _line(
        Bilingual(
            zh=f"答了 {_count(total.asked)}，用时 {zh}：第一次就答对 {total.right} 题{wrong_zh}。",
            en=f"{_count(total.asked)} in {en}: {total.right} right at the first try{wrong_en}.",
        )
    )


def _shares(label: Bilingual, tallies: Mapping[str, Tally]) -> RenderableType | None:
    if not tallies:
        return None
    shares = " · ".join(f"{name} {tally.right}/{tally.asked}" for name, tally in tallies.items())
    return _line(Bilingual(zh=f"{label.zh}：{shares}", en=f"{label.en}: {shares}"))


def _rest_line(summary: Summary) -> RenderableType | None:
    parts = []
    if summary.skipped:
        parts.append(Bilingual(zh=f"跳过 {summary.skipped} 题", en=f"{summary.skipped} skipped"))
    if summary.left:
        parts.append(Bilingual(zh=f"还剩 {summary.left} 题", en=f"{summary.left} left"))
    if not parts:
        return None
    zh, en = "，".join(part.zh for part in parts), ", ".join(part.en for part in parts)
    return _line(Bilingual(zh=f"{zh}。", en=f"{en}."))


def _due_line(questions: int) -> RenderableType:
    count = _count(questions)
    return _line(Bilingual(zh=f"今天还有 {count}到期。", en=f"Still due today: {count}."))


def _upcoming_line(upcoming: Upcoming, today: date) -> RenderableType:
    when, count = _when(upcoming.day, today), _count(upcoming.questions)
    return _line(Bilingual(zh=f"下次复习：{when}，{count}。", en=f"Next review: {when}, {count}."))


def _interval(due: date, today: date) -> str:
    """Return how far off a day is, as briefly as four of them on a line need."""
    days = (due - today).days
    if days <= 0:
        return say(zh="本轮再问", en="this session")
    return say(zh=f"{days} 天后", en="1 day" if days == 1 else f"{days} days")


def _when(due: date, today: date) -> str:
    """Return a day in words and as a date."""
    days = (due - today).days
    if days <= 0:
        return say(zh="本轮再问", en="again in this session")
    if days == 1:
        return say(zh=f"明天（{due}）", en=f"tomorrow ({due})")
    return say(zh=f"{days} 天后（{due}）", en=f"in {days} days ({due})")


def _count(questions: int) -> str:
    plural = "" if questions == 1 else "s"
    return say(zh=f"{questions} 题", en=f"{questions} question{plural}")


def _said(text: Bilingual) -> str:
    return say(zh=text.zh, en=text.en)


def _line(text: Bilingual) -> RenderableType:
    return Flow(Text(_said(text)))
