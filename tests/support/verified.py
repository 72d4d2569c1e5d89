"""`cz-ship verify` on projects of which few gates are on, and what each of those came to."""

import json

from tests.support.repos import Repo
from tests.support.said import Speaker

# Without an index nobody can say what is taken; a test of the flow does.
NO_INDEX = "".join(f"[tool.cz-ship.indexes.{name}]\nenabled = false\n" for name in ("test", "prod"))
ONLY = 'off = ["metadata", "contents", "reproducible", "untaken", "installs"]\n'


def verified(ship: Speaker, repo: Repo, *options: str) -> tuple[int, dict[str, dict[str, object]]]:
    """The exit code, and each gate by its name; logs and reports go beside the project."""
    said = ship(repo.root, "verify", "--json", "--out", "../out", *options)
    assert said.out, said.err
    return said.code, {gate["name"]: gate for gate in json.loads(said.out)["gates"]}
