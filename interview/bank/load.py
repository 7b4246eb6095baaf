"""A bank from its folder. (First version: no cache yet, basic errors.)"""

from pathlib import Path
from typing import Any

from interview.bank.build import build_question
from interview.bank.model import Bank, Question
from interview.errors import UsageError
from interview.language import Bilingual

_CHECK = Bilingual(
    zh="运行 interview bank check 查看全部错误", en="run `interview bank check` to see every fault"
)


def load_bank(root: Path, *, cache: bool = True) -> Bank:  # noqa: ARG001
    """Return the bank that lies in `root`.

    Raises:
        UsageError: where a question file cannot be used.
    """
    questions = [_load(root, path) for path in sorted((root / "questions").rglob("*.yaml"))]
    ordered = sorted(questions, key=lambda question: question.id)
    return Bank(root=root, questions={question.id: question for question in ordered})


def _load(root: Path, path: Path) -> Question:
    import yaml

    relative = path.relative_to(root / "questions").with_suffix("")
    name = relative.parent if relative.name == "question" else relative
    try:
        values: Any = yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)  # noqa: S506
        return build_question(name.as_posix(), path, values)
    except yaml.YAMLError as error:
        raise UsageError(
            zh=f"不是合法的 YAML：{error}", en=f"not YAML: {error}", where=str(path), hint=_CHECK
        ) from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UsageError(
            zh=f"字段缺失或写错：{error}",
            en=f"a field is missing or wrong: {error}",
            where=str(path),
            hint=_CHECK,
        ) from error
