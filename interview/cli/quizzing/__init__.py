"""The quiz at the terminal: reading keys, showing questions, asking for ratings."""
