"""twine's own program, which here also tells how long an index that is busy asks to be left alone."""

import runpy
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from twine.repository import Repository
    from twine.settings import Settings

ASKED = "Retry-After: "


def main() -> None:
    """Be twine, with the command line of this process, to its end."""
    from twine import settings

    plain = settings.Settings.create_repository

    def telling(self: "Settings") -> "Repository":
        repository = plain(self)
        repository.session.hooks["response"].append(lambda response, **_: _tell(response.headers))
        return repository

    settings.Settings.create_repository = telling  # type: ignore[method-assign]
    runpy.run_module("twine", run_name="__main__")


def _tell(headers: Mapping[str, str]) -> None:
    if asked := headers.get("retry-after"):
        sys.stderr.write(f"{ASKED}{asked}\n")


if __name__ == "__main__":
    main()
