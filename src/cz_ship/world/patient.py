"""The patient: a project on disk, opened as far as it can be, part by part."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from cz_ship.checkup import Built, Dotenv, Hooks, House, Requirements, Tools, Workflows
from cz_ship.errors import Failure
from cz_ship.world.git import Opened, open_repository
from cz_ship.world.live import LiveWorld
from cz_ship.world.project import backend_named, load_settings, stated_requirements
from cz_ship.world.rulebook import RuleBook
from cz_ship.world.tools import brought_along, tool_versions, wanted_versions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cz_ship.model import Finding
    from cz_ship.ports import Talk
    from cz_ship.settings import Settings
    from cz_ship.world.forge_api import Place
    from cz_ship.world.index_shelf import LiveShelf


class LivePatient:
    """See `Patient`. A folder that is not there is a `Failure` (usage) at once: nothing can be said of it."""

    def __init__(self, folder: str, talk: Talk, environ: Mapping[str, str]) -> None:
        self._talk = talk
        self._environ = environ
        self._fault: Failure | None = None
        self.folder = Path(folder).absolute()
        try:
            self._repository: Opened | None = open_repository(folder)
            self.folder = Path(self._repository.toplevel)
        except Failure as failure:
            if not self.folder.is_dir():
                raise
            self._repository, self._fault = None, failure

    def tools(self) -> Tools:
        wanted = wanted_versions()
        return Tools(tool_versions(wanted), wanted)

    def requirements(self) -> Requirements:
        from cz_ship.world.dist import LiveBuilder

        try:
            project = LiveBuilder(isolation=True).project_name(self.folder)
        except Failure:
            project = ""
        return Requirements(project, stated_requirements(self.folder), brought_along())

    def repository(self) -> Opened:
        if self._fault or not self._repository:
            raise self._fault or Failure("there is no repository")
        return self._repository

    def settings(self) -> Settings:
        return load_settings(self.folder)

    def rules(self) -> RuleBook:
        return self._rules

    @cached_property
    def _rules(self) -> RuleBook:
        return RuleBook(self.folder)

    def world(self) -> LiveWorld:
        return self._world

    @cached_property
    def _world(self) -> LiveWorld:
        return LiveWorld(self.repository(), self.settings(), self._talk, self._environ)

    def built(self, tree: Path, wanted: str, *, isolated: bool) -> Built:
        from cz_ship.world.dist_metadata import asked

        return asked(tree, backend_named(tree), wanted, isolated=isolated)

    def workflows(self, settings: Settings) -> Workflows:
        from cz_ship.world.workflows import TEMPLATE, read_workflow, read_workflows

        found, broken = read_workflows(self.folder)
        template = read_workflow(TEMPLATE)
        return Workflows(settings.mode, self._is_on_github(), found, broken, template, settings.forge_comment)

    def _is_on_github(self) -> bool:
        try:
            return self._place() is not None
        except Failure:
            return False

    def _place(self) -> Place | None:
        from cz_ship.world.forge import place

        settings = self.settings()
        return place(settings, self.repository().remote_url(settings.remote) or "", self._environ)

    def hooks(self) -> Hooks | None:
        from cz_ship.world.tooling import HOOKS, hooks_of

        if self._environ.get("CI"):
            return None
        repository, path = self.repository(), self.folder / HOOKS
        folder = self.folder / repository.ask("rev-parse", "--git-path", "hooks")
        return Hooks(
            configured=tuple(each.name for each in hooks_of(path)) if path.is_file() else None,
            installed=tuple(sorted(each.name for each in folder.glob("*") if os.access(each, os.X_OK))),
            elsewhere=repository.git("config", "--get", "core.hooksPath").text.strip(),
        )

    def dotenv(self) -> Dotenv:
        from cz_ship.world.staged import Index

        path = self.folder / ".env"
        there = path.is_file()
        leads_out = there and self.folder.resolve() not in path.resolve().parents
        outside = str(path.resolve()) if leads_out else ""
        is_open = os.name == "posix" and there and bool(path.stat().st_mode & 0o077)
        if self._repository is None:
            # Nobody is there who could take it.
            return Dotenv(there, ignored=True, readable=is_open, outside=outside)
        ignored = self._repository.git("check-ignore", "--quiet", ".env").code == 0
        tracked = Index(self.folder, self._environ).holds(".env")
        return Dotenv(there, tracked, ignored, is_open, outside)

    def mend(self, finding: Finding) -> None:
        from cz_ship.world.mending import carry_out, ignore, stay_inside

        if finding.code == "dotenv-not-ignored":
            ignore(".env", self.folder)
            return
        if finding.code == "dotenv-readable":
            stay_inside(self.folder / ".env", self.folder, finding.fix)
        carry_out(finding.fix, self.folder)

    def shelves(self) -> Sequence[LiveShelf]:
        from cz_ship.world.credentials import CredentialStore
        from cz_ship.world.http import Http
        from cz_ship.world.index_shelf import LiveShelf

        http = Http()
        store = CredentialStore(self.folder, self._environ, http)
        return [LiveShelf(each, store, http) for each in self.settings().indexes]

    def house(self, mode: str, branch: str) -> House | None:
        from cz_ship.world.forge_api import HEADERS, TOKENS, Api
        from cz_ship.world.forge_house import house_of
        from cz_ship.world.http import Http
        from cz_ship.world.patience import LivePatience

        where = self._place()
        if where is None:
            return None
        # What does not answer now is unknown: a release waits, a check-up does not.
        api = Api(where, self._environ, Http(headers=HEADERS), LivePatience(self._talk.note, limit_seconds=0))
        if not api.token:
            self._talk.note(f"the settings of {where.repository} on {where.host} need a token in {' or '.join(TOKENS)}")
            return None
        found = house_of(where, api, mode, branch)
        # A job's own token has what its job needs, and may well be less than a release by hand would take.
        return found._replace(writes=None) if self._environ.get("CI") else found
