"""`interview glossary`: the bank's terms in both languages, all of them or those asked for."""

from typing import TYPE_CHECKING, Annotated

import typer

from interview.cli.options import BankOption, JsonOption, LangOption
from interview.errors import ExitCode, UsageError
from interview.language import Bilingual, Lang, interface_language, say

if TYPE_CHECKING:
    from interview.bank.glossary import Term

TextArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="[TEXT]",
        help=say(
            zh="只看名字里有这段文字的术语，中英文均可。",
            en="Only terms with this in a name, in either language.",
        ),
        show_default=False,
    ),
]


def command(
    text: TextArgument = None,
    *,
    lang: LangOption = None,
    bank: BankOption = None,
    json: JsonOption = False,
) -> None:
    """Show the glossary."""
    from interview.bank.glossary import read_glossary
    from interview.cli.output import emit_json, paged
    from interview.paths import bank_root

    root = bank_root(bank)
    file = read_glossary(root)
    if file is None:
        raise UsageError(
            zh="这个题库没有可用的术语表",
            en="this bank has no glossary that can be read",
            where=str(root / "questions" / "glossary.yaml"),
            hint=Bilingual(
                zh="`interview bank check` 会说明原因", en="`interview bank check` tells why"
            ),
        )
    terms = file.glossary.find(text) if text else list(file.glossary)
    if json:
        emit_json({"terms": [_data(term) for term in terms]})
    elif terms:
        from interview.render.glossary import glossary_view

        languages = lang.languages() if lang else (interface_language(),)
        paged([glossary_view(terms, languages)])
    if not terms:
        typer.echo(say(zh=f"术语表里没有“{text}”。", en=f'The glossary has no "{text}".'), err=True)
        raise typer.Exit(ExitCode.FAILED)


def _data(term: "Term") -> dict[str, object]:
    return {
        "zh": term.name.zh,
        "en": term.name.en,
        "about": {"zh": term.about.zh, "en": term.about.en},
        "also": {lang.value: list(term.also[lang]) for lang in Lang},
        "avoid": {lang.value: list(term.avoid[lang]) for lang in Lang},
        "question": term.question,
    }
