"""What to ask next and what was answered."""
