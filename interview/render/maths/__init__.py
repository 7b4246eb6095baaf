"""LaTeX mathematics as one line of Unicode text, or as a few lines where it has rows.

Wrong mathematics is worse than LaTeX source, so grouping that LaTeX shows by position is made
explicit by parentheses, and a formula with anything unknown in it is not rendered at all.
Spaces follow TeX's own rules for classes of symbols (The TeXbook, chapter 18).
"""

from interview.render.maths.parser import to_unicode

__all__ = ["to_unicode"]
