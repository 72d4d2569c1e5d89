"""Lines that fit a terminal: broken between words, and what follows stays in its column."""

import shutil
import sys

_NARROWEST = 20  # columns for words, however far in they begin


def fitted(line: str, hang: int) -> str:
    """A line for standard output; on a terminal broken between words, with `hang` blanks before each further part."""
    if not sys.stdout.isatty():
        return line
    from textwrap import fill

    room = max(shutil.get_terminal_size().columns, hang + _NARROWEST)
    return fill(line, room, subsequent_indent=" " * hang, break_long_words=False, break_on_hyphens=False)
