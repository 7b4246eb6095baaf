"""Grading on many machines: jobs over Procrastinate on PostgreSQL, each result kept once."""
