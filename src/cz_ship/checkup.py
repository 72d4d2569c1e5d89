"""The nouns of a check-up: what doctor learns of a project's set-up, and whom it asks."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple, Protocol

from cz_ship.ports import Repository, Rules, World
from cz_ship.settings import Settings

MISSING = "missing"


class Tools(NamedTuple):
    """What is installed: name to version, `MISSING` where it is not there; and what cz-ship can work with."""

    versions: Mapping[str, str]
    wanted: Mapping[str, str]


class Standing(NamedTuple):
    """Where a repository stands: its commit ("": none yet), its remote's name, and whether that is there."""

    commit: str
    remote: str
    has_remote: bool
    shallow: bool = False


class Patient(Protocol):
    """A project, or what may become one. Every question raises `Failure` where there is no answer."""

    @property
    def folder(self) -> Path:
        """The top of the repository, or the folder that was named where there is none."""

    def tools(self) -> Tools: ...
    def repository(self) -> Repository: ...
    def settings(self) -> Settings: ...
    def world(self) -> World: ...
    def rules(self) -> Rules: ...
