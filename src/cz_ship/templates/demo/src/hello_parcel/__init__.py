"""Say hello."""


def hello() -> str:
    """A greeting."""
    return "hello"
