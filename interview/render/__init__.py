"""Rich renderables of questions, answers and reports. No prompts, no I/O."""
