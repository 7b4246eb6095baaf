"""What a submission is worth: judge, sandbox, report."""
