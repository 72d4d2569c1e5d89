"""The arena: a loopback world that is laid out anew for each run, and a run that is killed where it is told."""

import pickle
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from typing import NamedTuple

from cz_ship.errors import Failure
from cz_ship.model import Point
from cz_ship.settings import Settings
from cz_ship.world.clone import PrivateClone
from cz_ship.world.process import SECRET, Outcome, end_tree, run
from cz_ship.world.rehearsal import Answer, Application, Request, forge
from cz_ship.world.rehearsal.evidence import untidy
from cz_ship.world.rehearsal.forge_pages import UPLOADS
from cz_ship.world.rehearsal.forge_pulls import PullState
from cz_ship.world.rehearsal.judge import Announced, Scene, beginning, offences
from cz_ship.world.rehearsal.marks import mark
from cz_ship.world.rehearsal.refusals import parse
from cz_ship.world.rehearsal.theatre import LoopbackTheatre
from cz_ship.world.rehearsal.warehouse import State

RUN_LIMIT = 600.0  # seconds for one release, killed or not
# Lies in every checkout and is committed nowhere: it must not be shipped, and nothing else may lie there in the end.
STRAY = "uncommitted.py"


class Order(NamedTuple):
    """What a run in a process of its own is told, pickled into a file.

    It releases from `folder`, writes its process id into `pid` and each of its effects into `log`, and
    kills its process group at the effect of the number and in the moment that `stop` tells.
    """

    folder: Path
    settings: Settings
    environ: Mapping[str, str]
    pid: Path
    log: Path
    stop: tuple[int, str] | None


class _Saved(NamedTuple):
    """All that is public: a copy of the remote, and the states of the indexes and of the forge."""

    remote: Path
    indexes: tuple[State, ...]
    forge: forge.State | None
    pulls: PullState | None


class LoopbackArena:
    """See `Arena`. `victim` is the command that releases as a file tells it, and dies as that file tells it."""

    def __init__(self, theatre: LoopbackTheatre, victim: Sequence[str | Path]) -> None:
        self._theatre = theatre
        self._victim = victim
        self._numbers = count()
        self._old = PrivateClone(theatre.remote).ask("rev-parse", theatre.branch)
        self._beginning = self._save("beginning")
        self._start = beginning(self._scene())
        self._wanted: tuple[tuple[str, str], ...] = ()
        self._wreck = self._beginning
        self._struck = theatre.root
        self._pid = theatre.root / "pid"
        self._ended = False

    def straight(self) -> tuple[Point, ...]:
        self._restore(self._beginning)
        folder = self._checkout("fresh clone")
        with self._watched(_Arrivals()) as arrivals:
            outcome, effects = self._run(folder)
        wrong = self._wrong(folder, outcome)
        if wrong:
            raise Failure(f"a release that nobody disturbs does not end well: {'; '.join(wrong)}")
        self._wanted = self._theatre.remains()
        doors = [Point("door", number, effect, "") for number, effect in enumerate(effects)]
        arrived = [Point("host", number, effect, "") for number, effect in enumerate(arrivals.arrived)]
        return (
            *(point._replace(moment=moment) for point in doors for moment in ("before", "after")),
            *(point._replace(moment=moment) for point in arrived for moment in ("before", "lost")),
        )

    def strike(self, point: Point) -> str:
        self._restore(self._beginning)
        self._struck = self._checkout("fresh clone")
        at_door = point.place == "door"
        with self._watched(_Arrivals(None if at_door else point, self._pid)) as arrivals:
            outcome, effects = self._run(self._struck, (point.number, point.moment) if at_door else None)
        passed = effects if at_door else arrivals.arrived
        if outcome.code >= 0 or passed[point.number : point.number + 1] != [point.effect]:
            raise Failure(f"the run was not killed at {point.effect}: exit {outcome.code}: {outcome.words[-500:]}")
        self._wreck = self._save("wreck")
        return mark(self._theatre.root, (self._theatre.remote, self._struck), self._theatre.remains())

    def offences(self, way: str) -> tuple[str, ...]:
        self._restore(self._wreck)
        folder = self._struck if way == "same tree" else self._checkout(way)
        outcome, _ = self._run(folder)
        return self._wrong(folder, outcome)

    def end(self) -> None:
        self._ended = True
        _kill(self._pid)

    def _wrong(self, folder: Path, outcome: Outcome) -> tuple[str, ...]:
        if outcome.code:
            return (f"exit {outcome.code}: {outcome.words[-500:]}",)
        found = list(offences(self._scene(), self._start))
        left = untidy(folder)
        if any(not line.endswith(STRAY) for line in left):
            found.append(f"the checkout is not as clean as it was: {', '.join(left)}")
        if not found and self._wanted not in ((), self._theatre.remains()):
            found.append("what is public is not what a run without a fault leaves")
        return tuple(found)

    def _run(self, folder: Path, stop: tuple[int, str] | None = None) -> tuple[Outcome, list[str]]:
        """A release from a checkout in a process of its own; what it answered, and the effects that it had."""
        if self._ended:
            raise Failure("the sweep was ended")
        room = self._theatre.root / f"run-{next(self._numbers)}"
        room.mkdir()
        log = room / "effects"
        order = Order(folder, self._theatre.settings, dict(self._theatre.environ), self._pid, log, stop)
        (room / "order").write_bytes(pickle.dumps(order))
        command = [*self._victim, room / "order"]
        outcome = run(command, cwd=room, env={"TMPDIR": str(room)}, without=SECRET, limit=RUN_LIMIT, group=True)
        self._pid.unlink(missing_ok=True)
        effects = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
        shutil.rmtree(room, ignore_errors=True)
        return outcome, effects

    def _checkout(self, way: str) -> Path:
        clone = self._theatre.clone(self._theatre.branch)
        if way == "old commit":
            # As CI lays out a job that is run again: the branch's name on the commit that it was about.
            clone.ask("checkout", "--quiet", "-B", self._theatre.branch, self._old)
        package = next(iter(clone.ask("ls-files", "*__init__.py").splitlines()), "")
        (clone.root / package).parent.joinpath(STRAY).write_text("import nothing\n", encoding="utf-8")
        return clone.root

    def _scene(self) -> Scene:
        held = {
            site.url: {name: stored.content for name, stored in site.warehouse.files.items()}
            for site in self._theatre.sites
        }
        played = self._theatre.forge
        return Scene(self._theatre.remote, self._theatre.branch, held, _announced(played.forge) if played else None)

    def _save(self, name: str) -> _Saved:
        copy = self._theatre.root / name
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(self._theatre.remote, copy)
        played = self._theatre.forge
        indexes = tuple(site.warehouse.state for site in self._theatre.sites)
        pulls = played.forge.pulls if played else None
        return _Saved(copy, indexes, played.forge.state if played else None, pulls.state if pulls else None)

    def _restore(self, saved: _Saved) -> None:
        shutil.rmtree(self._theatre.remote)
        shutil.copytree(saved.remote, self._theatre.remote)
        for site, state in zip(self._theatre.sites, saved.indexes, strict=True):
            site.warehouse.state = state
        if self._theatre.forge and saved.forge:
            self._theatre.forge.forge.state = saved.forge
            if self._theatre.forge.forge.pulls and saved.pulls:
                self._theatre.forge.forge.pulls.state = saved.pulls

    @contextmanager
    def _watched(self, arrivals: "_Arrivals") -> Iterator["_Arrivals"]:
        for index, site in zip(self._theatre.settings.indexes, self._theatre.sites, strict=True):
            site.interpose(partial(arrivals.answer, index.name, site.warehouse, _upload))
        played = self._theatre.forge
        if played:
            played.listener.interpose(partial(arrivals.answer, "the forge", played.forge, _announcement))
        yield arrivals
        for listener in (*self._theatre.sites, *([played.listener] if played else [])):
            listener.interpose(None)


class _Arrivals:
    """Counts what arrives at any index or at the forge to change it, and kills the run at one of these."""

    def __init__(self, point: Point | None = None, pid: Path | None = None) -> None:
        self.arrived: list[str] = []
        self._point = point
        self._pid = pid

    def answer(self, host: str, application: Application, named: Callable[[Request], str], request: Request) -> Answer:
        """The host's own answer; where the run is killed, nobody is there to hear it."""
        name = named(request)
        if not name:
            return application.answer(request)
        meant = self._point is not None and self._point.number == len(self.arrived)
        self.arrived.append(f"{name} arrives at {host}")
        if meant and self._point and self._point.moment == "before":
            _kill(self._pid)
            return Answer(503)
        answer = application.answer(request)
        if meant:
            _kill(self._pid)
        return answer


def _upload(request: Request) -> str:
    """What a request brings an index; empty where it only looks."""
    if (request.method, request.path) != ("POST", "/legacy/"):
        return ""
    form = parse(request.headers.get("content-type", ""), request.body)
    return "sdist" if form.text("filetype") == "sdist" else "wheel"


def _announcement(request: Request) -> str:
    """What a request brings the forge; empty where it only looks."""
    if request.path.endswith("/dispatches"):
        return "start of the checks"
    if "/pulls" in request.path:
        return {"POST": "pull request", "PATCH": "description"}.get(request.method, "")
    if request.method == "POST" and request.path.startswith(UPLOADS):
        return {"whl": "wheel", "gz": "sdist"}.get(request.query.rpartition(".")[2], "SHA256SUMS")
    return {"POST": "draft", "PATCH": "publishing", "DELETE": "deletion"}.get(request.method, "")


def _announced(played: forge.PlayedForge) -> tuple[Announced, ...]:
    return tuple(
        Announced(
            each.tag,
            each.published is not None,
            played.state.latest == each.number,
            {asset.name: asset.content for asset in each.assets},
        )
        for each in played.state.releases.values()
    )


def _kill(pid: Path | None) -> None:
    """Kill the run that told its process id in a file, with all that it started; it may not have come so far."""
    told = pid.read_text(encoding="utf-8") if pid is not None and pid.exists() else ""
    if told:
        end_tree(int(told))
