"""Where the candidate stands, for the commands that browse: they read progress, never write it."""

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from interview.review.progress import Progress


def standing() -> "Progress":
    """Return what was answered and what is due today; nothing where there is no progress yet.

    Raises:
        InterviewError: where the progress file cannot be read.
    """
    from interview.paths import progress_file
    from interview.review.model import study_day
    from interview.review.progress import load_progress

    return load_progress(progress_file(), study_day(datetime.now().astimezone()))
