"""Questions as data: the model, loading, validation, search."""
