"""`interview search TEXT…`: questions whose texts hold every word, the likeliest first."""

from typing import TYPE_CHECKING, Annotated

import typer

from interview.cli.options import BankOption, JsonOption, LangOption
from interview.errors import ExitCode
from interview.language import Lang, interface_language, say

if TYPE_CHECKING:
    from interview.bank.model import Bank
    from interview.bank.search import Hit

TextArgument = Annotated[
    list[str],
    typer.Argument(
        metavar="TEXT...",
        help=say(
            zh="要找的词，中文英文都行，每个都要出现；一题也找不到时退出码是 1。",
            en="Words to find, Chinese or English; all must occur. Exits with 1 where none does.",
        ),
        show_default=False,
    ),
]


def command(
    text: TextArgument,
    *,
    lang: LangOption = None,
    bank: BankOption = None,
    json: JsonOption = False,
) -> None:
    """Search every field of every question, in both languages."""
    from interview.bank.load import load_bank
    from interview.cli.output import emit_json, paged
    from interview.paths import bank_root

    query = " ".join(text)
    languages = lang.languages() if lang else (interface_language(),)
    hits = _search(load_bank(bank_root(bank)), query, languages)
    if json:
        emit_json({"query": query, "hits": [_data(hit) for hit in hits]})
    elif hits:
        from interview.render.hits import hit_list

        paged([hit_list(hits, languages)])
    else:
        typer.echo(
            say(
                zh=f"没有题目提到“{query}”。换个词，或少写几个词试试。",
                en=f'No question mentions "{query}". Try another word, or fewer words.',
            ),
            err=True,
        )
    if not hits:
        raise typer.Exit(ExitCode.FAILED)


def _search(bank: "Bank", query: str, languages: tuple[Lang, ...]) -> "list[Hit]":
    """Return the hits in either language, shown in the reader's own where it has one."""
    from interview.bank.model import Bank
    from interview.bank.search import search

    hits = search(bank, query)
    found = Bank(bank.root, {hit.question.id: hit.question for hit in hits})
    own = {hit.question.id: hit for hit in search(found, query, languages)}
    return [own.get(hit.question.id, hit) for hit in hits]


def _data(hit: "Hit") -> dict[str, object]:
    from interview.render.data import summary_data

    return {
        **summary_data(hit.question),
        "score": hit.score,
        "field": hit.field,
        "lang": hit.lang.value if hit.lang else None,
        "snippet": hit.snippet,
        "spans": [list(span) for span in hit.spans],
    }
