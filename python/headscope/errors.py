"""The error of this package: a sentence that says what was found, what was expected and what to do."""


class TraceError(ValueError):
    """A recording that cannot be read, or that does not hold what was asked for."""
