"""Where the stories of the fake world begin: demo 1.0.0, released by other means, and a feature since."""

from pathlib import Path

from cz_ship.errors import Failure
from cz_ship.flows.carry_out import Report
from cz_ship.flows.release import release
from cz_ship.settings import Settings
from tests.support.fake_git import FakeTag, ordered
from tests.support.fake_merge import merge_pull
from tests.support.fake_world import FakeWorld, Public
from tests.support.gate import Killed, kill

PROPOSAL = "cz-ship/release-main"
CHANGELOG = "# Changes of demo\n\n## v1.0.0 (2025-12-31)\n\n- first steps\n"
PROJECT = {
    "pyproject.toml": '[project]\nname = "demo"\n',
    "README.md": "# Demo\n",
    "version.txt": "1.0.0\n",
    "CHANGELOG.md": CHANGELOG,
    "demo.py": "",
}
BUMPED = {
    "version.txt": "1.1.0\n",
    "CHANGELOG.md": CHANGELOG.replace("## v1.0.0", "## v1.1.0 (2026-01-01)\n\n- sing\n\n## v1.0.0"),
}
# Where a release is owed: `merged` is mode `pull-request` with the release pull request merged.
MODES = ("push", "branch", "merged")


def begun() -> Public:
    """A project whose 1.0.0 stands on both indexes, with a tag that promises nothing."""
    public = Public()
    sha = public.remote.commit("feat: first steps", PROJECT)
    public.remote.tags["v1.0.0"] = FakeTag(sha)
    put_by_hand(public, "1.0.0")
    return public


def owing(mode: str = "push") -> Public:
    """The same with a feature since, so that 1.1.0 is owed; in mode `branch` its developer has bumped.

    In mode `pull-request` its proposal is owed, and `merged` that has been merged by a squash.
    """
    public = begun()
    public.proposes = mode in ("pull-request", "merged")
    public.remote.commit("feat: sing", {"demo.py": "def sing(): ...\n"})
    if mode == "branch":
        public.remote.commit("bump: version 1.0.0 → 1.1.0", BUMPED)
    if mode == "merged":
        public.remote.commit("bump: version 1.0.0 → 1.1.0", BUMPED, branch=PROPOSAL)
        public.stand.open_pull(PROPOSAL, "main", "bump: version 1.0.0 → 1.1.0", "")
        merge_pull(public, "squash")
    return public


def put_by_hand(public: Public, version: str, *names: str) -> None:
    """Upload files of a version that cz-ship did not make, to the named indexes or to all."""
    for name in names or public.shelves:
        for file in files_of(version):
            public.shelves[name].take(file, f"{file} by hand".encode())


def files_of(version: str) -> tuple[str, str]:
    """The names of a version's wheel and sdist."""
    return f"demo-{version}-py3-none-any.whl", f"demo-{version}.tar.gz"


def foreign_commit(public: Public) -> str:
    """A colleague's fix arrives on the release branch; no two are the same."""
    verse = len(ordered(public.remote.objects, public.remote.heads["main"]))
    return public.remote.commit(f"fix: hum verse {verse}", {"hum.py": f"def hum_{verse}(): ...\n"})


def machine(public: Public, place: Path, mode: str = "push", *, at: str = "main", tools: str = "1") -> FakeWorld:
    """A checkout, with the settings of a mode, and a forge."""
    return FakeWorld(public, place, Settings(mode=setting(mode), forge="github"), at=at, tools=tools)


def setting(mode: str) -> str:
    """The mode that the settings of such a story name."""
    return "pull-request" if mode == "merged" else mode


def run(world: FakeWorld) -> Report | BaseException:
    """A release as a process of its own: what it reports, or what ended it."""
    try:
        return release(world)
    except (Failure, KeyboardInterrupt, Killed) as ended:
        return ended


def stopped_after(effect: str, place: Path) -> Public:
    """A release that was killed when an effect of it was there."""
    public = owing()
    world = machine(public, place)
    world.effects.after(effect, kill)
    run(world)
    return public


def winner(public: Public, place: Path) -> None:
    """A run on another machine gets as far as the push, and is silent."""
    world = machine(public, place)
    world.effects.after("push", kill)
    run(world)
