"""Where things live: banks, progress, caches, settings. Each can be moved by a variable."""

import os
from pathlib import Path

from interview.errors import UsageError
from interview.language import Bilingual

_PACKAGE = Path(__file__).resolve().parent


def default_bank() -> Path:
    """Return the bank that came with the program: the wheel's copy, else the checkout."""
    packaged = _PACKAGE / "_bank"
    return packaged if packaged.is_dir() else _PACKAGE.parent


def bank_root(chosen: Path | None = None) -> Path:
    """Return the bank to use: `--bank`, then `INTERVIEW_BANK`, then the one that came along.

    Raises:
        UsageError: where the chosen folder has no `questions/` in it.
    """
    named = chosen or (
        Path(os.environ["INTERVIEW_BANK"]) if os.environ.get("INTERVIEW_BANK") else None
    )
    root = named or default_bank()
    if not (root / "questions").is_dir():
        raise UsageError(
            zh="这里没有题库：找不到 questions/ 文件夹",
            en="there is no bank here: no questions/ folder",
            where=str(root),
            hint=Bilingual(
                zh="用 --bank 指到含有 questions/ 的文件夹",
                en="point --bank at the folder that holds questions/",
            ),
        )
    return root


def _folder(variable: str, kind: str) -> Path:
    if os.environ.get(variable):
        return Path(os.environ[variable])
    import platformdirs

    dirs = platformdirs.PlatformDirs("interview", appauthor=False)
    return Path(dirs.user_data_path if kind == "data" else dirs.user_cache_path)


def data_folder() -> Path:
    """Return the folder of the user's progress (`INTERVIEW_DATA_DIR` moves it)."""
    return _folder("INTERVIEW_DATA_DIR", "data")


def cache_folder() -> Path:
    """Return the folder of what can be rebuilt at any time (`INTERVIEW_CACHE_DIR` moves it)."""
    return _folder("INTERVIEW_CACHE_DIR", "cache")


def progress_file() -> Path:
    """Return the SQLite file that holds every review."""
    return data_folder() / "progress.sqlite3"
