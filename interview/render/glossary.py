"""The glossary as a page: each term in both languages, its other names, and what it means."""

from collections.abc import Iterable, Sequence

from rich.console import RenderableType
from rich.text import Text

from interview.bank.glossary import Term
from interview.language import Lang
from interview.render.layout import Indented, stack
from interview.render.markdown import inline
from interview.render.wrap import Flow


def glossary_view(terms: Iterable[Term], languages: Sequence[Lang]) -> RenderableType:
    """Return the terms one under another; meanings in each of `languages`."""
    return stack(_entry(term, languages) for term in terms)


def _entry(term: Term, languages: Sequence[Lang]) -> RenderableType:
    first = languages[0]
    title = Text(term.name[first], style="bold")
    if term.name[first] != term.name[first.other]:
        title.append(f"  {term.name[first.other]}", style="not bold")
    also = dict.fromkeys((*term.also[first], *term.also[first.other]))
    if also:
        title.append(f"  ({', '.join(also)})", style="not bold dim")
    meanings = [Indented(Flow(inline(term.about[lang])), "  ") for lang in languages]
    more = Indented(Flow(Text(f"→ {term.question}", style="dim")), "  ") if term.question else None
    return stack([Flow(title), *meanings, more], gap=0)
