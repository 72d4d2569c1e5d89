"""The live world with short limits, so that faults which last are given up on at once."""

import os
from functools import cached_property
from pathlib import Path

from cz_ship.errors import Failure
from cz_ship.flows.carry_out import Report
from cz_ship.flows.release import release
from cz_ship.ports import Index, Patience
from cz_ship.world.attestations import Attester
from cz_ship.world.credentials import CredentialStore
from cz_ship.world.git import open_repository
from cz_ship.world.http import Backoff, Http
from cz_ship.world.index import LiveIndex
from cz_ship.world.live import LiveWorld
from cz_ship.world.patience import LivePatience
from cz_ship.world.project import load_settings
from tests.support.fake_world import FakeTalk

PAUSES = Backoff(attempts=3, first=0.001, longest=0.001)


class HastyWorld(LiveWorld):
    """A checkout and its indexes; limits in seconds. Files are attested where `trust` tells of a Sigstore."""

    def __init__(
        self, root: Path, *, page_seconds: float = 20, upload_seconds: float = 60, trust: Path | None = None
    ) -> None:
        self.heard = FakeTalk()
        super().__init__(open_repository(root), load_settings(root), self.heard, dict(os.environ))
        http = Http(PAUSES)
        store = CredentialStore(root, dict(os.environ), http)
        attester = Attester(store.identity, trust=trust) if trust else None
        self._hasty = tuple(
            LiveIndex(each, store, http, attester, page_seconds=page_seconds, upload_seconds=upload_seconds)
            for each in self.settings.indexes
        )

    @cached_property
    def patience(self) -> Patience:
        return LivePatience(self.heard.note, PAUSES, limit_seconds=600, try_seconds=60)

    def indexes(self) -> tuple[Index, ...]:
        return self._hasty


def outcome(world: HastyWorld, dist: Path | None = None) -> Report | Failure:
    """What a release reports, or the failure that it ends with."""
    try:
        return release(world, dist=dist)
    except Failure as failure:
        return failure
