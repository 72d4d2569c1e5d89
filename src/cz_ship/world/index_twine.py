"""twine's own program, which here also tells how long an index that is busy asks to be left alone."""

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from twine.repository import Repository
    from twine.settings import Settings

ASKED = "Retry-After: "
PROGRAM = "from cz_ship.world.index_twine import main; raise SystemExit(main())"


def main() -> object:
    """twine with the command line of this process; what it hands back is the process's exit status."""
    from twine import __main__, settings

    plain = settings.Settings.create_repository

    def telling(self: "Settings") -> "Repository":
        repository = plain(self)
        repository.session.hooks["response"].append(lambda response, **_: _tell(response.headers))
        return repository

    settings.Settings.create_repository = telling  # type: ignore[method-assign]
    return __main__.main()


def _tell(headers: Mapping[str, str]) -> None:
    if asked := headers.get("retry-after"):
        sys.stderr.write(f"{ASKED}{asked}\n")
