"""Apply: one step of a plan, done."""

from packaging.version import Version

from cz_ship.flows.announce import announce
from cz_ship.flows.bump import commit_bump
from cz_ship.flows.judging import let_pass
from cz_ship.flows.observe import Bench
from cz_ship.flows.obtain import Room, obtain
from cz_ship.gates import Subject
from cz_ship.model import AMENDMENTS, Artifact
from cz_ship.ports import Index, World
from cz_ship.rules.announcement import DiscardDraft, DraftRelease, PassLatest, PublishRelease, UploadAsset
from cz_ship.rules.plan import Build, CommitBump, CreateTag, Due, Push, Step, Upload
from cz_ship.rules.promise import promise


class Outrun(Exception):
    """The remote moved while a release of `version` (None: a proposal) was made; it has to be thought of anew."""

    def __init__(self, version: Version | None = None) -> None:
        super().__init__(version)
        self.version = version


def apply(world: World, bench: Bench, due: Due, step: Step, room: Room) -> tuple[Bench, str]:
    """Do one step; the bench after it, and a sentence for people.

    Raises `Outrun` where the remote moved, `Failure` where the step failed.
    """
    match step:
        case CommitBump():
            sha = commit_bump(bench, due)
            return bench._replace(commit=sha), f"{sha[:12]} on {due.tip[:12]}: {due.current} → {due.version}"
        case Build():
            artifacts = obtain(world, bench.clone, due, _commit(bench, due), room)
            text = ", ".join(shown(each) for each in artifacts)
            # What a tag promises was judged before that was pushed.
            passed = "" if due.tagged else _judged(world, bench, due, artifacts, room)
            return bench._replace(artifacts=artifacts), f"{text}; {passed}" if passed else text
        case CreateTag():
            message = promise(due.project, due.version, bench.artifacts)
            bench.clone.create_tag(due.tag, _commit(bench, due), message, due.time)
            return bench, f"{due.tag} on {_commit(bench, due)[:12]}"
        case Push():
            # What is in the branch already is tagged where it stands, and the branch stays what it is.
            tip = bench.commit or due.tip
            if not bench.clone.push(due.branch, tip, due.tip, due.tag, due.amendments):
                raise Outrun(due.version)
            more = f" and {AMENDMENTS}" if due.amendments else ""
            return bench._replace(pushed=True), f"{due.branch} is {tip[:12]}, with {due.tag}{more}, in one transaction"
        case Upload():
            return bench, _upload(world, bench, due, step)
        case DraftRelease() | UploadAsset() | DiscardDraft() | PublishRelease() | PassLatest():
            return bench, announce(world, bench, due, step, room)


def _judged(world: World, bench: Bench, due: Due, artifacts: tuple[Artifact, ...], room: Room) -> str:
    subject = Subject(due.project, due.version, _commit(bench, due), due.time, artifacts)
    return let_pass(world, bench.clone, subject, room.dist).text


def uploaded(index: Index, artifact: Artifact) -> str:
    """Upload a file; a sentence for people."""
    remark = index.upload(artifact)
    return f"{shown(artifact)} → {index.address}{', ' if remark else ''}{remark}"


def shown(artifact: Artifact) -> str:
    """A file's kind and the beginning of its hash, for people."""
    return f"{'wheel' if artifact.name.endswith('.whl') else 'sdist'} sha256 {artifact.sha256[:12]}…"


def _commit(bench: Bench, due: Due) -> str:
    commit = bench.commit or due.commit
    if commit is None:
        raise AssertionError("the plan puts the bump commit before all that needs it")
    return commit


def _upload(world: World, bench: Bench, due: Due, step: Upload) -> str:
    index = next(index for index in world.indexes() if index.name == step.index)
    artifact = next(each for each in bench.artifacts if each.name == step.file)
    return uploaded(index, artifact)
