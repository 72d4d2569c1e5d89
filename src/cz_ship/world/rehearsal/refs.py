"""The branches and tags of the bare remote, as its forge has them: it looks them up, makes tags and merges."""

import tempfile
from pathlib import Path
from typing import NamedTuple

from cz_ship.world.clone import PrivateClone
from cz_ship.world.git import LENT, QUIET, Git
from cz_ship.world.git_words import refused
from cz_ship.world.process import run


class RemoteRefs(NamedTuple):
    """See `Tags` and `Branches` of the forge."""

    remote: Path

    def commit(self, name: str) -> str | None:
        git = Git(self.remote)
        return git.resolve(f"refs/tags/{name}") or git.resolve(f"refs/heads/{name}") or git.resolve(name)

    def make(self, name: str, commit: str) -> None:
        Git(self.remote).ask("update-ref", f"refs/tags/{name}", commit)

    def merge(self, base: str, head: str, way: str, message: str) -> str | None:
        """Bring a branch onto another as a forge does: by a merge, a squash or a rebase; None where they clash."""
        with tempfile.TemporaryDirectory() as folder:
            into = Path(folder) / "merging"
            command: list[str | Path] = ["git", "clone", "--quiet", "--branch", base, self.remote, into]
            outcome = run(command, env=QUIET, without=LENT)
            if outcome.code:
                raise refused(("clone", base), outcome)
            clone = PrivateClone(into)
            if clone.contains("HEAD", f"origin/{head}"):
                return None
            time = clone.time("HEAD") + 60
            if way == "rebase":
                clone.as_author(time, "", "cherry-pick", f"HEAD..origin/{head}")
            elif way == "squash":
                clone.as_author(time, "", "merge", "--quiet", "--squash", f"origin/{head}")
                clone.commit_all(message, time)
            else:
                clone.as_author(time, message, "merge", "--quiet", "--no-ff", "-m", message, f"origin/{head}")
            clone.ask("push", "--quiet", "origin", f"HEAD:refs/heads/{base}")
            return clone.ask("rev-parse", "HEAD")
