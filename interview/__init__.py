"""A question bank for deep-learning interviews, in Chinese and English, with honest grading."""

__version__ = "0.1.0"
