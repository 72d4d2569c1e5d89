"""What a command said: exit code, standard output, standard error."""

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from cz_ship.faces.cli import main


class Said(NamedTuple):
    """The outcome of a command, run in this process."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one document on standard output."""
        assert self.out, f"no answer, exit {self.code}: {self.err}"
        return json.loads(self.out)


class Speaker:
    """Runs commands and hears what they say."""

    def __init__(self, capture: pytest.CaptureFixture[str]) -> None:
        self._capture = capture

    def __call__(self, root: Path, *arguments: str) -> Said:
        self._capture.readouterr()
        try:
            code = main([*arguments, "-C", str(root)])
        except SystemExit as ended:
            code = int(ended.code or 0)
        out, err = self._capture.readouterr()
        return Said(code, out, err)
