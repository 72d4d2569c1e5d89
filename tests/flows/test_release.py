"""Release: what one run makes of the world, straight through and stage by stage."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import pytest

from cz_ship.errors import Exit, Failure
from cz_ship.flows.carry_out import Report
from cz_ship.flows.release import release
from cz_ship.model import SUMS
from cz_ship.rules.plan import STAGES
from cz_ship.settings import IndexSettings, Settings
from tests.support.fake_git import FakeTag
from tests.support.fake_world import FakeWorld, Public
from tests.support.judge import offences
from tests.support.readme import ROOT
from tests.support.story import MODES, begun, files_of, foreign_commit, machine, owing, put_by_hand

FILES = files_of("1.1.0")
EFFECTS = [
    *("write", "commit", "build", "tag", "push"),
    *(f"upload {index} {file}" for index in ("test", "prod") for file in FILES),
    *("draft v1.1.0", *(f"upload forge {file}" for file in (*FILES, SUMS)), "publish v1.1.0"),
    "fast-forward",
]


def refused(world: FakeWorld, stages: Sequence[str] = STAGES, dist: Path | None = None) -> Failure:
    """The failure that a release ends with."""
    with pytest.raises(Failure) as caught:
        release(world, stages, dist)
    return caught.value


def at_main(public: Public, path: str) -> str:
    """A file at the tip of the remote's release branch."""
    return public.remote.objects[public.remote.heads["main"]].files[path].decode()


def test_a_release_takes_its_steps_in_the_order_of_the_plan(tmp_path: Path) -> None:
    world = machine(owing(), tmp_path)
    report = release(world)
    assert world.effects.names == EFFECTS
    assert [step.step for step in report.steps if step.done] == [
        *("bump commit", "build and check", "tag v1.1.0", "push main and v1.1.0"),
        *(f"upload {file} to {index}" for index in ("test", "prod") for file in FILES),
        *(
            "draft release v1.1.0",
            *(f"upload {file} to the forge" for file in (*FILES, SUMS)),
            "publish release v1.1.0",
        ),
    ]


@pytest.mark.parametrize("mode", MODES)
def test_what_a_release_leaves_is_whole(mode: str, tmp_path: Path) -> None:
    public = owing(mode)
    report = release(machine(public, tmp_path, mode))
    assert (str(report.version), report.released, report.tag) == ("1.1.0", True, "v1.1.0")
    assert offences(public) == []
    assert list(public.remote.tags) == ["v1.0.0", "v1.1.0"]
    held = public.shelves["prod"].files
    assert [(each.name, each.sha256) for each in report.files] == [
        (name, hashlib.sha256(held[name]).hexdigest()) for name in FILES
    ]


def test_the_bump_commit_carries_version_and_changelog_and_nothing_else(tmp_path: Path) -> None:
    public = owing()
    feature = public.remote.heads["main"]
    release(machine(public, tmp_path))
    before, bump = (public.remote.objects[sha] for sha in (feature, public.remote.heads["main"]))
    assert bump.commit.parents == (feature,)
    assert bump.commit.subject == "bump: version 1.0.0 → 1.1.0"
    assert {path for path in bump.files if bump.files[path] != before.files.get(path)} == {
        "version.txt",
        "CHANGELOG.md",
    }
    assert at_main(public, "version.txt") == "1.1.0\n"
    assert "## v1.1.0 (2026-01-01)\n\n- sing\n\n## v1.0.0" in at_main(public, "CHANGELOG.md")


def test_in_mode_branch_the_developers_commit_is_tagged_as_it_stands(tmp_path: Path) -> None:
    public = owing("branch")
    tip = public.remote.heads["main"]
    world = machine(public, tmp_path, "branch")
    release(world)
    assert public.remote.heads["main"] == tip == public.remote.tags["v1.1.0"].commit
    assert world.effects.names == EFFECTS[2:]


@pytest.mark.parametrize("mode", MODES)
def test_a_second_run_has_nothing_to_release_and_does_nothing(mode: str, tmp_path: Path) -> None:
    public = owing(mode)
    world = machine(public, tmp_path, mode)
    release(world)
    before = public.remains()
    report = release(world.again())
    assert (report.version, report.released, report.steps, report.text) == (None, False, (), "nothing to release")
    assert public.remains() == before


@pytest.mark.parametrize("mode", MODES)
def test_commits_that_release_nothing_release_nothing(mode: str, tmp_path: Path) -> None:
    public = begun()
    public.remote.commit("docs: sing praises", {"README.md": "# Demo!\n"})
    before = public.remains()
    assert release(machine(public, tmp_path, mode)).version is None
    assert public.remains() == before


def test_in_mode_branch_changes_without_a_bump_are_told_and_not_released(tmp_path: Path) -> None:
    public = begun()
    foreign_commit(public)
    world = machine(public, tmp_path, "branch")
    assert release(world).version is None
    assert any("version.txt still says 1.0.0" in line for line in world.talk.said)


@pytest.mark.parametrize(("mode", "version"), [("push", "0.1.0"), ("branch", "0.0.0")])
def test_the_first_release_counts_the_whole_history(mode: str, version: str, tmp_path: Path) -> None:
    public = Public()
    files = {"pyproject.toml": 'name = "demo"\n', "README.md": "", "version.txt": "0.0.0\n"}
    public.remote.commit("feat: first steps", files)
    world = machine(public, tmp_path, mode)
    assert str(release(world).version) == version
    assert any("no release tag yet" in line for line in world.talk.said)
    assert sorted(public.shelves["prod"].files) == sorted(files_of(version))


def test_a_run_pinned_to_an_old_commit_releases_the_tip(tmp_path: Path) -> None:
    public = owing()
    old = public.remote.heads["main"]
    foreign_commit(public)
    release(machine(public, tmp_path, at=old))
    assert "hum.py" in public.remote.objects[public.remote.tags["v1.1.0"].commit].files
    assert offences(public) == []


def test_the_release_in_flight_is_finished_before_the_next_is_thought_of(tmp_path: Path) -> None:
    public = owing()
    release(machine(public, tmp_path), ["tag"])
    foreign_commit(public)
    report = release(machine(public, tmp_path))
    assert str(report.version) == "1.1.1"
    uploads = [step.step for step in report.steps if step.step.startswith("upload")]
    assert [("1.1.0" in step, "1.1.1" in step) for step in uploads] == [
        *([(True, False)] * 6 + [(False, False)]),
        *([(False, True)] * 6 + [(False, False)]),
    ]
    assert release(machine(public, tmp_path)).version is None
    assert offences(public) == []


def test_a_stage_job_finishes_the_release_in_flight_and_says_what_else_is_owed(tmp_path: Path) -> None:
    public = owing()
    release(machine(public, tmp_path), ["tag"])
    foreign_commit(public)
    world = machine(public, tmp_path)
    report = release(world, ["test", "prod", "announce"])
    assert (str(report.version), report.released) == ("1.1.0", True)
    words = "still owed: 1.1.1, by the next run: it takes one more of all stages"
    assert report.text == f"demo 1.1.0 is released; {words}"
    assert f"`{words.replace('1.1.1', '0.2.0')}`" in (ROOT / "docs/pipeline.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("forge", ["github", "none"])
def test_a_stage_job_whose_release_is_finished_leaves_the_next_to_its_own_run(forge: str, tmp_path: Path) -> None:
    public, dist = owing(), tmp_path / "dist"

    def job(stage: str, dist: Path | None = dist) -> Report:
        world = machine(public, tmp_path)
        world.settings = world.settings._replace(forge=forge)
        return release(world, [stage], dist)

    for stage in ("prepare", "tag", "test", "prod"):
        job(stage)
    if forge == "github":
        job("announce")
    foreign_commit(public)
    for stage in ("test", "prod", "announce"):
        report = job(stage)
        assert report.version is None
        assert "a newer run, of that commit, will release 1.1.1" in report.text
    with pytest.raises(Failure, match=r"stage prod of 1\.1\.1 waits for"):
        job("prod", None)


def test_a_clean_checkout_of_the_branch_is_fast_forwarded(tmp_path: Path) -> None:
    world = machine(owing(), tmp_path)
    release(world)
    assert world.repository.head().sha == world.public.remote.heads["main"]
    assert (world.repository.root / "version.txt").read_text() == "1.1.0\n"
    assert "v1.1.0" in dict(world.repository.tags())


def test_what_is_not_committed_is_told_left_alone_and_not_shipped(tmp_path: Path) -> None:
    world = machine(owing(), tmp_path)
    before = world.repository.head()
    (world.repository.root / "demo.py").write_text("half a thought")
    (world.repository.root / "scratch.py").write_text("another")
    release(world)
    assert world.repository.head() == before
    assert (world.repository.root / "demo.py").read_text() == "half a thought"
    assert any("not shipped: demo.py, scratch.py" in line for line in world.talk.said)
    assert offences(world.public) == []


def test_each_stage_in_a_run_and_on_a_machine_of_its_own(tmp_path: Path) -> None:
    public = owing()
    seen = []
    for stage in STAGES:
        report = release(machine(public, tmp_path), [stage])
        held = [len(public.shelves[name].files) - 2 for name in ("test", "prod")]
        seen.append((stage, "v1.1.0" in public.remote.tags, *held, len(public.stand.releases), report.released))
    assert seen == [
        ("prepare", False, 0, 0, 0, False),
        ("tag", True, 0, 0, 0, False),
        ("test", True, 2, 0, 0, False),
        ("prod", True, 2, 2, 0, False),
        ("announce", True, 2, 2, 1, True),
    ]
    assert offences(public) == []


def test_steps_that_were_not_asked_for_are_listed_as_not_done(tmp_path: Path) -> None:
    report = release(machine(owing(), tmp_path), ["prepare"])
    assert [(step.step, step.done) for step in report.steps][2:5] == [
        ("tag v1.1.0", True),
        ("push main and v1.1.0", False),
        (f"upload {FILES[0]} to test", False),
    ]


@pytest.mark.parametrize(
    ("done", "stage", "missing", "hint"),
    [
        ([], "test", "push main and v1.1.0", "--stage tag"),
        ([], "prod", "push main and v1.1.0", "--stage tag"),
        (["tag"], "prod", f"upload {FILES[0]} to test, upload {FILES[1]} to test", "--stage test"),
    ],
)
def test_a_stage_whose_predecessors_are_missing_names_them(
    done: list[str], stage: str, missing: str, hint: str, tmp_path: Path
) -> None:
    public = owing()
    if done:
        release(machine(public, tmp_path), done)
    before = public.remains()
    failure = refused(machine(public, tmp_path), [stage])
    assert failure.code is Exit.REFUSED
    assert failure.text.startswith(f"stage {stage} of 1.1.0 waits for: {missing}")
    assert failure.hint == f"cz-ship release {hint}"
    assert "the same command continues" not in failure.text
    assert public.remains() == before


def test_a_stage_that_has_been_is_done_again_without_harm(tmp_path: Path) -> None:
    public = owing()
    for stage in ("tag", "tag", "test", "tag", "test", "prod", "announce", "announce"):
        release(machine(public, tmp_path), [stage])
    assert offences(public) == []


def test_the_files_are_delivered_where_they_were_asked_for_and_taken_from_there(tmp_path: Path) -> None:
    public = owing()
    dist = tmp_path / "dist"
    release(machine(public, tmp_path), ["prepare"], dist)
    assert sorted(path.name for path in dist.iterdir()) == ["SHA256SUMS", *FILES]
    release(machine(public, tmp_path), ["tag"], dist)
    last = machine(public, tmp_path, tools="2")
    release(last, ["test", "prod", "announce"], dist)
    assert "build" not in last.effects.names
    assert offences(public) == []


def test_artifacts_of_another_version_are_not_taken(tmp_path: Path) -> None:
    public = owing()
    dist = tmp_path / "dist"
    release(machine(public, tmp_path), dist=dist)
    foreign_commit(public)
    assert str(release(machine(public, tmp_path), dist=dist).version) == "1.1.1"
    assert offences(public) == []


@pytest.mark.parametrize(
    ("settings", "off", "on"),
    [
        (Settings(test=IndexSettings("test", enabled=False)), "test", "prod"),
        (Settings(prod=IndexSettings("prod", enabled=False)), "prod", "test"),
    ],
)
def test_an_index_that_is_switched_off_is_left_alone(settings: Settings, off: str, on: str, tmp_path: Path) -> None:
    public = owing()
    assert release(FakeWorld(public, tmp_path, settings)).released
    assert sorted(public.shelves[on].files) == sorted([*files_of("1.0.0"), *FILES])
    assert len(public.shelves[off].files) == 2


def test_a_release_by_other_means_is_left_alone(tmp_path: Path) -> None:
    public = owing()
    public.remote.commit("chore: by hand", {"version.txt": "1.1.0\n"})
    public.remote.tags["v1.1.0"] = FakeTag(public.remote.heads["main"])
    put_by_hand(public, "1.1.0", "prod")
    before = public.remains()
    assert release(machine(public, tmp_path)).version is None
    assert public.remains() == before


def test_a_tag_by_hand_whose_files_are_nowhere_is_released_from_there(tmp_path: Path) -> None:
    public = owing("branch")
    public.remote.tags["v1.1.0"] = FakeTag(public.remote.heads["main"])
    report = release(machine(public, tmp_path, "branch"))
    assert (str(report.version), report.released) == ("1.1.0", True)
    assert public.remote.tags["v1.1.0"].message == ""
    assert sorted(public.shelves["prod"].files) == sorted([*files_of("1.0.0"), *FILES])
