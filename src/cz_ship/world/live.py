"""The live world: the real doors, as the settings name them."""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

from cz_ship.errors import Failure
from cz_ship.settings import NO_GATES
from cz_ship.world.rulebook import RuleBook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from cz_ship.forges import Forge, PullRequests
    from cz_ship.gates import GateSettings, Workshop
    from cz_ship.model import RuleSet
    from cz_ship.ports import Builder, Clone, Index, Installer, Patience, Repository, Rules, Talk
    from cz_ship.settings import Settings
    from cz_ship.threads import Threads
    from cz_ship.world.forge_api import Place
    from cz_ship.world.git import Git
    from cz_ship.world.http import Http


class LiveWorld:
    """Everything outside. A rehearsal is this very class with other addresses in its settings.

    `known` is the rule set of the repository's own working tree, where that is remembered; `gates` are those
    that stand before what is made public: none unless told, since a rehearsal is of the way and not of the bytes.
    `conceal` is told of secrets that are made on the way, before they are used.
    """

    def __init__(
        self,
        repository: Git,
        settings: Settings,
        talk: Talk,
        environ: Mapping[str, str],
        known: RuleSet | None = None,
        gates: GateSettings = NO_GATES,
        conceal: Callable[[str], None] = lambda secret: None,
    ) -> None:
        self._conceal = conceal
        self._git = repository
        self._settings = settings
        self._talk = talk
        self._environ = environ
        self._known = known
        self._gates = gates
        self._indexes: tuple[Index, ...] | None = None

    @property
    def settings(self) -> Settings:
        return self._settings

    @property
    def repository(self) -> Repository:
        return self._git

    @property
    def talk(self) -> Talk:
        return self._talk

    @property
    def builder(self) -> Builder:
        from cz_ship.world.dist import LiveBuilder

        return LiveBuilder(isolation=self._settings.isolation)

    @property
    def installer(self) -> Installer:
        from cz_ship.world.install import LiveInstaller

        return LiveInstaller()

    @property
    def gates(self) -> GateSettings:
        return self._gates

    @property
    def workshop(self) -> Workshop:
        from cz_ship.world.workshop import LiveWorkshop

        return LiveWorkshop(self._settings.isolation)

    @cached_property
    def patience(self) -> Patience:
        from cz_ship.world.patience import LivePatience

        return LivePatience(self._talk.note)

    def indexes(self) -> tuple[Index, ...]:
        from cz_ship.world.attestations import Attester
        from cz_ship.world.credentials import CredentialStore
        from cz_ship.world.http import Http
        from cz_ship.world.index import LiveIndex

        if self._indexes is None:
            http = Http()
            store = CredentialStore(self._git.root, self._environ, http, conceal=self._conceal)
            attester = Attester(store.identity)
            self._indexes = tuple(LiveIndex(each, store, http, attester) for each in self._settings.indexes)
        return self._indexes

    def forge(self) -> Forge | None:
        return self._forge

    @cached_property
    def _forge(self) -> Forge | None:
        from cz_ship.world.forge import GitHub

        return GitHub(self._place, self._environ, self._forge_http, self.patience) if self._place else None

    def threads(self) -> Threads | None:
        from cz_ship.world.threads import GitHubThreads

        return GitHubThreads(self._place, self._environ, self._forge_http, self.patience) if self._place else None

    def pulls(self) -> PullRequests | None:
        from cz_ship.world.pulls import GitHubPulls

        return GitHubPulls(self._place, self._environ, self._forge_http, self.patience) if self._place else None

    @cached_property
    def _place(self) -> Place | None:
        if self._settings.forge == "none":
            return None
        from cz_ship.world.forge import place

        return place(self._settings, self._git.remote_url(self._settings.remote) or "", self._environ)

    @cached_property
    def _forge_http(self) -> Http:
        from cz_ship.world.forge_api import HEADERS
        from cz_ship.world.http import Http

        return Http(headers=HEADERS)

    def now(self) -> int:
        return int(time.time())

    def commit(self) -> str | None:
        if "GITHUB_EVENT_NAME" not in self._environ:
            return None
        from cz_ship.world.ci import pull_request_head

        return pull_request_head(self._environ)

    def rules(self, tree: Path) -> Rules:
        return RuleBook(tree, self._known if tree == self._git.root else None)

    @contextmanager
    def clone_of_remote(self) -> Iterator[Clone]:
        from cz_ship.world.clone import clone_remote

        with self.folder() as folder:
            yield clone_remote(self._git, self._settings.remote, folder / "clone")

    @contextmanager
    def clone_of_commit(self, commit: str) -> Iterator[Clone]:
        from cz_ship.world.clone import clone_local

        with self.folder() as folder:
            yield clone_local(self._git, folder / "clone")

    @contextmanager
    def folder(self) -> Iterator[Path]:
        import tempfile
        from pathlib import Path

        try:
            folder = tempfile.TemporaryDirectory(prefix="cz-ship-", ignore_cleanup_errors=True)
        except OSError as error:
            raise Failure(
                f"no temporary folder can be made: {error.strerror or error}", hint="set TMPDIR to a folder that can"
            ) from error
        with folder as name:
            yield Path(os.path.realpath(name))
