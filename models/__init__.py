"""Machine learning only: the models that advise the engine."""
