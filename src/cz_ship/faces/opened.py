"""A project opened for a command: its world, with what is remembered of its rules."""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING

from cz_ship.errors import Failure
from cz_ship.faces.report import Talker
from cz_ship.settings import NO_GATES, Settings
from cz_ship.world.git import Git, open_repository
from cz_ship.world.live import LiveWorld
from cz_ship.world.memory import Known, Memory
from cz_ship.world.rulebook import RuleBook

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from cz_ship.gates import GateSettings
    from cz_ship.rules.outlook import Outlook
    from cz_ship.world.past import PastFile


class Opened:
    """The project that a folder lies in; `skip` names gates to be left out, None leaves out all of them.

    Raises `Failure` (usage) for wrong settings and for a gate that cannot be skipped.
    """

    def __init__(self, folder: str | Path, talker: Talker, skip: Sequence[str] | None = None) -> None:
        self._repository = repository = open_repository(folder)
        self._memory = Memory(repository.toplevel, repository.git_directory)
        self._known = self._memory.recall()
        known = self._known.rule_set if self._known else None
        settings = self._settings_of(repository)
        gates = NO_GATES if skip is None else _gates_of(repository, skip, bool(settings.indexes))
        self.world = LiveWorld(repository, settings, talker, os.environ, known, gates, talker.conceal)
        self.rules = RuleBook(repository.toplevel, known)

    @cached_property
    def name(self) -> str:
        """The project's name; its folder's where it states none."""
        if self._known:
            return self._known.project
        try:
            return self.world.builder.project_name(self.world.repository.root)
        except Failure:
            return self.world.repository.root.name

    def survey(self) -> Outlook:
        """What a release from here would be; what was learned on the way is kept."""
        from cz_ship.flows.survey import survey

        world = self.world
        outlook = survey(world.repository, self.rules, self.name, world.settings, world.commit())
        self.remember()
        return outlook

    def remember(self) -> None:
        """Keep what was learned for the next command."""
        if self._known is None:
            from cz_ship.world.memory import mark

            try:
                marks = {folder: mark(folder) for folder in self.rules.commitizen.installed()}
            except (OSError, ImportError):  # not installed as wheels are: asked anew each time
                return
            if marks:
                self._known = Known(self.rules.rule_set, self.world.settings, self.name, marks)
                self._memory.keep(self._known)

    def past(self) -> PastFile | None:
        """Where released history is remembered; None where rules or history may be others the next time."""
        from cz_ship.world.past import PastFile

        if self._known is None or self._repository.is_altered():
            return None
        return PastFile(
            self._repository.git_directory, [self._known.installed, self._known.rule_set, self._repository.amendments()]
        )

    def _settings_of(self, repository: Git) -> Settings:
        if self._known:
            return self._known.settings
        from cz_ship.world.project import load_settings

        return load_settings(repository.root)


def _gates_of(repository: Git, skip: Sequence[str], has_index: bool) -> GateSettings:
    from cz_ship.rules.gates import skipping
    from cz_ship.world.project import load_gates

    return skipping(load_gates(repository.root), skip, bool(os.environ.get("CI")), has_index)
