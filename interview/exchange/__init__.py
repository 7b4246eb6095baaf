"""Reports in other people's formats."""
