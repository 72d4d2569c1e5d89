"""A release in a process of its own, killed where its order says: `python -m cz_ship.faces.victim ORDER`."""

import os
import pickle
import signal
import sys
from pathlib import Path

from cz_ship.errors import Exit
from cz_ship.faces.cli import answered
from cz_ship.faces.report import Talker
from cz_ship.flows.release import release
from cz_ship.world import effects
from cz_ship.world.git import open_repository
from cz_ship.world.rehearsal.arena import Order
from cz_ship.world.rehearsal.theatre import LoopbackWorld


class Executioner:
    """Writes down every effect, and kills the process group, this process with it, at one of them."""

    def __init__(self, log: Path, stop: tuple[int, str] | None) -> None:
        self._log = log
        self._stop = stop
        self._count = 0

    def before(self, effect: str) -> None:
        with self._log.open("a", encoding="utf-8") as file:
            file.write(f"{effect}\n")
        self._kill_at(self._count, "before")
        self._count += 1

    def after(self, effect: str) -> None:
        self._kill_at(self._count - 1, "after")

    def _kill_at(self, number: int, moment: str) -> None:
        if self._stop == (number, moment):
            os.killpg(os.getpgrp(), signal.SIGKILL)


def main() -> Exit:
    """Carry out the order: a release from a checkout, with the settings and the identity of a rehearsal."""
    order: Order = pickle.loads(Path(sys.argv[1]).read_bytes())
    order.pid.write_text(str(os.getpid()), encoding="utf-8")
    effects.watch(Executioner(order.log, order.stop))
    world = LoopbackWorld(open_repository(order.folder), order.settings, Talker(sys.stderr), order.environ)
    print(release(world).text)
    return Exit.DONE


if __name__ == "__main__":
    sys.exit(answered(main))
