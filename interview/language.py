"""The two languages of everything that is shown, and which one the reader wants."""

import os
from dataclasses import dataclass
from enum import StrEnum


class Lang(StrEnum):
    """A language of the content and of the interface."""

    ZH = "zh"
    EN = "en"

    @property
    def other(self) -> "Lang":
        """The other of the two."""
        return Lang.EN if self is Lang.ZH else Lang.ZH


class LangChoice(StrEnum):
    """What `--lang` takes."""

    ZH = "zh"
    EN = "en"
    BOTH = "both"

    def languages(self) -> tuple[Lang, ...]:
        """Return the languages to show, the reader's own first."""
        if self is LangChoice.BOTH:
            return (interface_language(), interface_language().other)
        return (Lang(self.value),)


@dataclass(frozen=True, slots=True)
class Bilingual:
    """One text in both languages; neither may be left out."""

    zh: str
    en: str

    def __getitem__(self, lang: Lang) -> str:
        return self.zh if lang is Lang.ZH else self.en


def language_of_locale(environ: dict[str, str]) -> Lang:
    """Return Chinese where the locale says so (`LC_ALL`, `LC_MESSAGES`, `LANG` in this order)."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = environ.get(name, "")
        if value:
            return Lang.ZH if value.lower().startswith("zh") else Lang.EN
    return Lang.EN


def _from_environment() -> Lang:
    wanted = os.environ.get("INTERVIEW_LANG", "").lower()
    return Lang(wanted) if wanted in set(Lang) else language_of_locale(dict(os.environ))


_interface: Lang | None = None


def interface_language() -> Lang:
    """Return the language of prompts, errors and help: `--lang`, `INTERVIEW_LANG`, the locale."""
    return _interface or _from_environment()


def use_language(lang: Lang | None) -> None:
    """Set the interface language for this process; None returns to the environment's."""
    global _interface
    _interface = lang


def say(*, zh: str, en: str) -> str:
    """Return the text of the interface language."""
    return zh if interface_language() is Lang.ZH else en
