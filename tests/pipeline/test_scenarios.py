"""The pipeline, played: what each event leaves in the world."""

import io
import re
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from packaging.version import Version

from cz_ship.rules.candidate import decode
from cz_ship.world.process import run as run_program
from cz_ship.world.rehearsal.serve import Site
from tests.support.host import HERE, Mishaps
from tests.support.pipeline import MAIN, Theatre, protect, theatre
from tests.support.runs import REPOSITORY, TOKEN, Run

# Each command is a process of its own, of which a run of the pipeline has twenty.
pytestmark = pytest.mark.timeout(600)

PIP = [sys.executable, "-m", "pip", "install", "--isolated", "--no-deps", "--no-index", "--no-cache-dir"]
# As the host says it of a branch that is protected, and of one that a ruleset protects.
PROTECTED = {
    "GH006": """\
error: GH006: Protected branch update failed for refs/heads/main.

- Changes must be made through a pull request.
""",
    "GH013": """\
error: GH013: Repository rule violations found for refs/heads/main.
Review all repository rules at https://github.com/ann/demo-ship/rules?ref=refs%2Fheads%2Fmain

- Changes must be made through a pull request.

- 2 of 2 required status checks are expected.

""",
}
RELEASING = ["checks", "build", "test", "tag", "test-index", "prod-index", "announce"]


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Theatre]:
    with theatre(tmp_path) as made:
        yield made


def told(run: Run) -> str:
    return "\n".join(f"{name}: {done.state}\n{done.said}" for name, done in run.jobs.items())


@pytest.mark.slow
def test_a_pull_request_publishes_a_candidate_and_that_of_a_fork_does_not(stage: Theatre) -> None:
    stage.repo.git("switch", "--quiet", "-c", "topic")
    head = stage.repo.commit("feat: greet")
    refs, *_ = stage.public()
    fork = stage.host.run(stage.pull("feat: greet", source="bob/demo-ship"))
    assert fork.ran() == ["checks", "build", "test"], told(fork)
    assert set(fork.states().values()) == {"success", "skipped"}, told(fork)
    assert stage.public() == (refs, {}, {})
    assert len(list((fork.artifacts / "dist").iterdir())) == 3
    assert "may publish: nothing" in fork.jobs["checks"].said
    assert stage.comments() == []
    run = stage.host.run(stage.pull("feat: greet"))
    assert run.ran() == ["checks", "build", "test", "candidate"], told(run)
    assert set(run.states().values()) == {"success", "skipped"}, told(run)
    _, test, prod = stage.public()
    assert (stage.public()[0], len(test), prod) == (refs, 2, {})
    assert head.startswith(decode(run.jobs["build"].outputs["version"]).short_hash)
    sums = (run.artifacts / "dist" / "SHA256SUMS").read_text()
    assert all(sha256 in sums for sha256 in test.values())
    (comment,) = stage.comments()
    assert run.jobs["build"].outputs["version"] in comment
    assert "| ✓ | untaken | passed" in comment
    line = re.search('^pip install "demo-ship @ (.*)#sha256=(.*)"$', comment, re.MULTILINE)
    assert line
    assert f"{line[2]}  {line[1].rpartition('/')[2]}\n" in sums
    for number, (sha256, code) in enumerate([(line[2], 0), ("0" * 64, 1)]):
        wanted: list[str | Path] = [
            f"demo-ship @ {line[1]}#sha256={sha256}",
            "--target",
            stage.repo.root.parent / str(number),
        ]
        assert run_program([*PIP, *wanted], env={"PYTHONWARNINGS": ""}).code == code
    assert TOKEN not in told(run)
    assert stage.released() == []
    assert [name for name, done in run.jobs.items() if done.masked] == ["candidate"]


@pytest.mark.sweep
def test_a_title_that_is_no_message_stops_a_pull_request(stage: Theatre) -> None:
    stage.repo.git("switch", "--quiet", "-c", "topic")
    stage.repo.commit("fix: a")
    stage.repo.commit("fix: b")
    run = stage.host.run(stage.pull("Update things"))
    assert run.states()["checks"] == "failure"
    assert "Update things" in run.jobs["checks"].said
    assert run.states()["candidate"] == "skipped"
    assert stage.public()[1:] == ({}, {})


@pytest.mark.slow
def test_a_merge_is_released_and_what_follows_from_it_changes_nothing(stage: Theatre) -> None:
    stage.repo.git("switch", "--quiet", "-c", "topic")
    stage.repo.commit("feat: greet")
    merge = stage.merge()
    run = stage.host.run(merge)
    assert run.ran() == RELEASING, told(run)
    assert set(run.states().values()) == {"success", "skipped"}, told(run)
    refs, test, prod = stage.public()
    assert "refs/tags/v0.1.0" in refs
    assert test == prod
    assert "untaken passed" in run.jobs["build"].said
    assert "the gates have passed these very bytes before" in run.jobs["tag"].said
    sums = (run.artifacts / "dist" / "SHA256SUMS").read_text()
    assert len(prod) == 2
    assert all(f"{sha256}  {name}" in sums for name, sha256 in prod.items()), "the same bytes in all jobs"
    assert TOKEN not in told(run)
    assert (stage.released(), stage.comments()) == (["v0.1.0"], [])
    before = stage.public()
    bump = stage.host.run(stage.pushed())
    assert "kind of run: the bump commit's own push" in bump.jobs["checks"].said
    later = stage.host.run(merge, again=run)
    for each in (bump, later):
        assert each.ran() == ["checks", "build"], told(each)
        assert set(each.states().values()) == {"success", "skipped"}, told(each)
    assert "run again" in later.jobs["checks"].said
    assert stage.public() == before


def test_a_tag_by_hand_starts_nothing(stage: Theatre) -> None:
    assert not stage.host.starts("push", "refs/tags/v9.9.9")
    assert not stage.host.starts("push", "refs/heads/topic")
    assert stage.host.starts("push", MAIN)
    assert stage.host.starts("pull_request", "refs/pull/7/merge", "edited")
    assert not stage.host.starts("pull_request", "refs/pull/7/merge", "closed")


@pytest.mark.sweep
def test_a_release_that_is_not_approved_waits_and_is_finished_by_its_failed_jobs(stage: Theatre) -> None:
    event = stage.pushed()
    run = stage.host.run(event, Mishaps(refused=["pypi"]))
    assert run.states()["prod-index"] == "failure"
    assert run.states()["announce"] == "skipped"
    _, test, prod = stage.public()
    assert (len(test), prod) == (2, {})
    again = stage.host.run(event, again=run, failed=True)
    assert again.ran() == RELEASING, told(again)
    assert stage.public()[2] == test


@pytest.mark.sweep
def test_a_leg_of_the_tests_that_fails_or_ends_late_and_a_run_that_is_cancelled_publish_nothing(stage: Theatre) -> None:
    late = f"test (macos-latest, Python {HERE})"
    event, before = stage.pushed(), stage.public()
    run = None
    for mishaps, state, next_state in (
        (Mishaps(ends={late: "cancelled"}), "cancelled", "skipped"),
        (Mishaps(ends={late: "failure"}), "failure", "skipped"),
        (Mishaps(cancelled="test"), "cancelled", "cancelled"),
    ):
        run = stage.host.run(event, mishaps, again=run, failed=run is not None)
        assert run.ran() == RELEASING[:3], told(run)
        assert len(run.jobs["test"].legs) == 2
        assert (run.states()["test"], run.states()["tag"]) == (state, next_state), told(run)
        assert stage.public() == before
    run = stage.host.run(event, Mishaps(cancelled="prod-index"), again=run, failed=True)
    assert (run.states()["prod-index"], run.states()["announce"]) == ("cancelled", "cancelled")
    refs, test, prod = stage.public()
    assert ("refs/tags/v0.1.0" in refs, len(test), prod) == (True, 2, {})
    run = stage.host.run(event, again=run, failed=True)
    assert run.ran() == RELEASING, told(run)
    assert stage.public()[1:] == (test, test)


@pytest.mark.sweep
def test_of_two_merges_at_once_the_later_run_releases_both(stage: Theatre) -> None:
    first = stage.pushed()

    def merge() -> None:
        stage.repo.commit("fix: later")
        stage.repo.git("push", "--quiet")

    one = stage.host.run(first, Mishaps(meanwhile={"tag": merge}))
    assert one.ran() == ["checks", "build", "test", "tag"], told(one)
    assert one.states()["tag"] == "success"
    assert "main has moved on" in one.jobs["tag"].said
    assert "::warning title=cz-ship::0.1.0 is left to a run of " in one.jobs["tag"].said
    assert stage.public()[1:] == ({}, {})
    two = stage.host.run(stage.pushed())
    assert one.group == two.group == f"pipeline-{MAIN}", "the one waits for the other"
    assert two.ran() == RELEASING, told(two)
    refs, test, prod = stage.public()
    assert "refs/tags/v0.1.0" in refs
    assert test == prod
    assert len(prod) == 2
    assert stage.remote.git("log", "--format=%s", "v0.1.0").splitlines()[1:3] == [
        "fix: later",
        "ci: one gate, for all of them",
    ]


@pytest.mark.sweep
def test_a_merge_while_a_release_waits_for_approval_is_the_next_release(stage: Theatre) -> None:
    def merge() -> None:
        stage.repo.git("pull", "--quiet", "--ff-only")
        stage.repo.commit("feat: later", {"src/demo_ship/words.py": 'GREETING = "hey"\n'})
        stage.repo.git("push", "--quiet")

    one = stage.host.run(stage.pushed(), Mishaps(meanwhile={"prod-index": merge}))
    assert one.ran() == RELEASING, told(one)
    _, test, prod = stage.public()
    assert len(prod) == 2
    two = stage.host.run(stage.pushed())
    assert two.ran() == RELEASING, told(two)
    refs, test, prod = stage.public()
    assert ("refs/tags/v0.2.0" in refs, len(prod), test) == (True, 4, prod)


@pytest.mark.sweep
def test_a_merge_that_releases_nothing_ends_after_the_build_and_a_dispatch_too(stage: Theatre) -> None:
    run = stage.host.run(stage.pushed())
    stage.repo.git("pull", "--quiet", "--ff-only")
    stage.repo.commit("docs: more", {"README.md": "# Demo\n\nMore.\n"})
    stage.repo.git("push", "--quiet")
    before = stage.public()
    event = stage.pushed()
    for each in (event, event._replace(name="workflow_dispatch")):
        run = stage.host.run(each)
        assert run.ran() == ["checks", "build"], told(run)
        assert run.jobs["build"].outputs["version"] == ""
        assert "untaken passed" in run.jobs["build"].said, "what nothing is released of is judged as well"
    assert "kind of run: manual dispatch" in run.jobs["checks"].said
    assert stage.public() == before


@pytest.mark.sweep
def test_a_second_push_is_another_candidate_and_the_one_comment_tells_of_it(stage: Theatre) -> None:
    stage.repo.git("switch", "--quiet", "-c", "topic")
    stage.repo.commit("feat: greet")
    first = stage.host.run(stage.pull("feat: greet"))
    stage.repo.commit("fix: greet louder", {"src/demo_ship/words.py": 'GREETING = "HEY"\n'})
    second = stage.host.run(stage.pull("feat: greet"))
    assert second.ran() == ["checks", "build", "test", "candidate"], told(second)
    older, newer = (each.jobs["build"].outputs["version"] for each in (first, second))
    assert Version(newer) > Version(older)
    (comment,) = stage.comments()
    assert newer in comment
    assert older not in comment
    assert "is brought up to date" in second.jobs["candidate"].said
    refs, test, prod = stage.public()
    assert (len(test), prod) == (4, {})
    late = stage.host.run(second.event, again=second)
    assert late.states() == second.states(), told(late)
    assert (stage.comments(), stage.public()) == ([comment], (refs, test, prod))
    older_one = stage.host.run(first.event, again=first)
    assert older_one.states()["candidate"] == "success", told(older_one)
    assert "by now: it is not told of" in older_one.jobs["candidate"].said
    assert stage.comments() == [comment]


@pytest.mark.sweep
def test_of_two_releases_owed_a_run_finishes_the_older_and_names_the_other(stage: Theatre) -> None:
    stage.host.run(stage.pushed(), Mishaps(refused=["pypi"]))
    stage.repo.git("pull", "--quiet", "--ff-only")
    stage.repo.commit("feat: later", {"src/demo_ship/words.py": 'GREETING = "hey"\n'})
    stage.repo.git("push", "--quiet")
    event = stage.pushed()
    two = stage.host.run(event)
    assert two.ran() == RELEASING, told(two)
    refs, test, prod = stage.public()
    assert ("refs/tags/v0.1.0" in refs, "refs/tags/v0.2.0" in refs, len(prod)) == (True, False, 2)
    warning = (
        "::warning title=cz-ship::0.2.0 is still owed, by a run of all stages; is none waiting? start one by hand\n"
    )
    assert "".join(done.said for done in two.jobs.values()).count(warning) == 1
    for job in RELEASING[4:]:
        last = two.jobs[job].said.splitlines()[-2]
        assert last.endswith("; still owed: 0.2.0, by the next run: it takes one more of all stages"), last
        assert "still owed: 0.2.0" in two.jobs[job].page.splitlines()[0]
    three = stage.host.run(event._replace(name="workflow_dispatch"))
    assert three.ran() == RELEASING, told(three)
    refs, test, prod = stage.public()
    assert ("refs/tags/v0.2.0" in refs, len(prod), test) == (True, 4, prod)
    assert stage.released() == ["v0.1.0", "v0.2.0"]


@pytest.mark.sweep
def test_a_release_whose_name_is_spent_holds_up_the_next_one_until_a_commit_gives_it_up(stage: Theatre) -> None:
    wheel = "demo_ship-0.1.0-py3-none-any.whl"
    stage.prod.warehouse.shelve("demo-ship", "0.1.0", wheel, "0" * 64)
    stage.prod.warehouse.delete(wheel)
    one = stage.host.run(stage.pushed())
    assert (one.ran(), one.states()["prod-index"]) == (RELEASING[:-1], "failure"), told(one)
    assert "a commit with the footer 'Release-Without: 0.1.0'" in one.jobs["prod-index"].said
    stage.repo.git("pull", "--quiet", "--ff-only")
    stage.repo.commit("fix: go on\n\nRelease-Without: 0.1.0", {"src/demo_ship/words.py": 'GREETING = "hey"\n'})
    stage.repo.git("push", "--quiet")
    two = stage.host.run(stage.pushed())
    assert two.ran() == RELEASING, told(two)
    refs, _, prod = stage.public()
    assert ("refs/tags/v0.1.1" in refs, stage.released()) == (True, ["v0.1.1"]), told(two)
    assert [name for name in prod if "-0.1.1" in name] == list(prod)[-2:], told(two)
    assert "0.1.0 stays unfinished: commit " in two.jobs["build"].said


@pytest.mark.sweep
def test_a_candidate_that_was_cut_off_is_finished_by_its_jobs_again(stage: Theatre) -> None:
    stage.repo.git("switch", "--quiet", "-c", "topic")
    stage.repo.commit("feat: greet")
    event = stage.pull("feat: greet")
    run = stage.host.run(event, Mishaps(refused=["testpypi"]))
    assert run.states()["candidate"] == "failure"
    assert (stage.public()[1:], stage.comments()) == (({}, {}), [])
    again = stage.host.run(event, again=run, failed=True)
    assert again.states()["candidate"] == "success", told(again)
    assert (len(stage.public()[1]), len(stage.comments())) == (2, 1)


@pytest.mark.sweep
def test_in_mode_pull_request_a_merge_proposes_and_the_merge_of_that_releases(tmp_path: Path) -> None:
    with theatre(tmp_path, "pull-request") as stage:
        run = stage.host.run(stage.pushed())
        assert run.ran() == ["checks", "build", "tag"], told(run)
        assert set(run.states().values()) == {"success", "skipped"}, told(run)
        assert "else one is proposed" in run.jobs["checks"].said
        assert "a release from here would propose 0.1.0" in run.jobs["checks"].said
        pulls = stage.forge.pulls
        assert pulls is not None
        (pull,), (started,) = pulls.open_pulls(), pulls.state.runs
        proposal = f"refs/heads/{pull.head}"
        assert (pull.title, started.branch, stage.public()[1:]) == ("bump: version 0.0.0 → 0.1.0", pull.head, ({}, {}))
        assert stage.host.starts("workflow_dispatch", proposal)
        assert not stage.host.starts("push", proposal)
        dispatched = stage.pushed(ref=proposal)._replace(name="workflow_dispatch")
        run = stage.host.run(dispatched)
        assert run.ran() == ["checks", "build", "test", "candidate"], told(run)
        assert set(run.states().values()) == {"success", "skipped"}, told(run)
        assert run.jobs["build"].outputs["version"].startswith("0.1.0rc")
        assert "kind of run: checks of the release pull request" in run.jobs["checks"].said
        pulls.merge(pull.number, "squash")
        run = stage.host.run(stage.pushed())
        assert run.ran() == RELEASING, told(run)
        assert set(run.states().values()) == {"success", "skipped"}, told(run)
        refs, test, prod = stage.public()
        assert "refs/tags/v0.1.0" in refs
        assert proposal not in refs
        assert stage.released() == ["v0.1.0"]
        assert {name: sha for name, sha in test.items() if "rc" not in name} == prod


@pytest.mark.sweep
def test_a_protected_branch_refuses_the_bump_and_the_job_tells_the_ways_out(stage: Theatre) -> None:
    event, before = stage.pushed(), stage.public()
    run = None
    for code, words in PROTECTED.items():
        protect(stage.remote, words)
        run = stage.host.run(event, again=run, failed=run is not None)
        assert run.ran() == RELEASING[:4], told(run)
        assert run.states()["tag"] == "failure"
        for told_of in (run.jobs["tag"].said, run.jobs["tag"].page):
            assert f"the remote refused the push of main and v0.1.0: error: {code}: " in told_of
            assert "main is protected, and a job's own token never passes that: let a GitHub App" in told_of
            assert 'mode = "pull-request" or "branch"' in told_of
        assert "nothing public was changed" in run.jobs["tag"].said
        assert stage.public() == before, "the tag has not landed either"


@pytest.mark.sweep
def test_in_mode_branch_what_the_developer_bumped_is_tagged_where_main_is_protected_too(tmp_path: Path) -> None:
    with theatre(tmp_path, "branch") as stage:
        protect(stage.remote, PROTECTED["GH006"])
        stage.repo.git("switch", "--quiet", "-c", "topic")
        stage.repo.commit("feat: greet", {"src/demo_ship/words.py": 'GREETING = "hey"\n'})
        notes = "## v0.1.0 (2026-01-01)\n\n### Feat\n\n- greet\n"
        stage.repo.commit("bump: version 0.0.0 → 0.1.0", {"version.txt": "0.1.0\n", "CHANGELOG.md": notes})
        run = stage.host.run(stage.pull("feat: greet"))
        assert run.ran() == ["checks", "build", "test", "candidate"], told(run)
        assert set(run.states().values()) == {"success", "skipped"}, told(run)
        assert run.jobs["build"].outputs["version"].startswith("0.1.0rc")
        assert "refs/tags" not in stage.public()[0]
        merge = stage.merge()
        run = stage.host.run(merge)
        assert run.ran() == RELEASING, told(run)
        assert set(run.states().values()) == {"success", "skipped"}, told(run)
        refs, test, prod = stage.public()
        assert f"{MAIN} {merge.sha}" in refs, "nothing is committed by the run"
        assert stage.remote.git("rev-parse", "v0.1.0^{commit}") == merge.sha
        assert {name: sha for name, sha in test.items() if "rc" not in name} == prod
        assert (len(prod), stage.released()) == (2, ["v0.1.0"])
        later = stage.host.run(merge._replace(name="workflow_dispatch"))
        assert (later.ran(), stage.public()) == (["checks", "build"], (refs, test, prod)), told(later)


@pytest.mark.sweep
def test_a_fork_that_runs_the_pipeline_itself_bumps_and_publishes_nothing(stage: Theatre) -> None:
    payload = {"repository": {"default_branch": "main", "full_name": REPOSITORY, "fork": True}}
    event, before = stage.pushed()._replace(payload=payload), stage.public()
    for each in (event, event._replace(name="workflow_dispatch")):
        run = stage.host.run(each)
        assert run.ran() == ["checks", "build"], told(run)
        assert set(run.states().values()) == {"success", "skipped"}, told(run)
        assert "may publish: nothing\nbecause: ann/demo-ship is a fork" in run.jobs["checks"].said
        for told_of in (run.jobs["build"].said, run.jobs["build"].page):
            assert "nothing is published from here: ann/demo-ship is a fork" in told_of
        assert stage.public() == before


@contextmanager
def other_build_tools() -> Iterator[None]:
    """A later day: the build backend has another version, and says so in what it makes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GENERATOR", "2")
        yield


def generators(site: Site) -> set[str]:
    """The versions of the build backend that made the wheels of an index."""
    wheels = [each.content for name, each in site.warehouse.files.items() if name.endswith(".whl")]
    found = [re.search(rb"Generator: hatchling (.*)", _wheel_file(each)) for each in wheels]
    return {each[1].decode() for each in found if each}


def _wheel_file(wheel: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        return archive.read(next(name for name in archive.namelist() if name.endswith(".dist-info/WHEEL")))


def with_dated_backend(stage: Theatre) -> None:
    """Let the project be built by a backend whose version the environment tells."""
    backend = (
        "import os\n\nimport hatchling.builders.wheel as wheels\nfrom hatchling.build import *\n\n"
        'wheels.__version__ = os.environ.get("GENERATOR", "1")\n'
    )
    stated = (stage.repo.root / "pyproject.toml").read_text()
    stated = stated.replace('build-backend = "hatchling.build"', 'build-backend = "dated"\nbackend-path = ["."]')
    stage.repo.commit("build: a backend of our own", {"dated.py": backend, "pyproject.toml": stated})
    stage.repo.git("push", "--quiet")


@pytest.mark.sweep
def test_a_pull_request_that_is_edited_or_run_again_when_the_build_tools_are_newer_keeps_its_candidate(
    stage: Theatre,
) -> None:
    with_dated_backend(stage)
    stage.repo.git("switch", "--quiet", "-c", "topic")
    stage.repo.commit("feat: greet")
    run = stage.host.run(stage.pull("feat: greet"))
    assert set(run.states().values()) == {"success", "skipped"}, told(run)
    before, comments = stage.public(), stage.comments()
    with other_build_tools():
        edited = stage.pull("feat: greet everyone")
        edited = edited._replace(payload={**edited.payload, "action": "edited"})
        late = stage.host.run(edited)
        again = stage.host.run(run.event, again=run)
    for each in (late, again):
        assert each.ran() == ["checks", "build", "test", "candidate"], told(each)
        assert set(each.states().values()) == {"success", "skipped"}, told(each)
        assert "made by other versions of the build tools" in each.jobs["candidate"].said
        assert (stage.public(), stage.comments()) == (before, comments)
    assert generators(stage.test) == {"1"}


@pytest.mark.sweep
def test_a_release_that_is_run_again_when_the_build_tools_are_newer_goes_on_with_the_first_bytes(
    stage: Theatre,
) -> None:
    with_dated_backend(stage)
    event = stage.pushed()
    run = stage.host.run(event, Mishaps(refused=["pypi"]))
    assert (len(stage.public()[1]), stage.public()[2]) == (2, {}), told(run)
    with other_build_tools():
        again = stage.host.run(event, again=run)
    assert again.ran() == RELEASING, told(again)
    assert set(again.states().values()) == {"success"} | {"skipped"}, told(again)
    assert "was fetched from test: its bytes are those of v0.1.0" in again.jobs["build"].said
    _, test, prod = stage.public()
    assert test == prod
    assert generators(stage.prod) == {"1"}
