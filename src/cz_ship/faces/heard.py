"""A message as it was handed over: as an argument, in a file, on standard input; bytes that are no text are told."""

from __future__ import annotations

import io
import os
import sys

from cz_ship.errors import usage


def heard(words: str | None, path: str | None, encoding: str) -> str:
    """The words themselves, else what stands in a file, else what comes on standard input.

    Raises `Failure` (usage) where it cannot be read, or is not text: in `encoding`; words in the terminal's.
    """
    try:
        if words is not None:
            return os.fsencode(words).decode(sys.getfilesystemencoding())
        if path is not None:
            with open(path, encoding=encoding) as file:
                return file.read()
        # Left to itself, Python lets by what is no text, here and in arguments, as lone surrogates.
        if isinstance(sys.stdin, io.TextIOWrapper):
            sys.stdin.reconfigure(encoding=encoding, errors="strict")
        return sys.stdin.read()
    except (OSError, UnicodeError, LookupError) as error:
        raise usage(f"the message cannot be read: {error}") from error
