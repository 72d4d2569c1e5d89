"""Rehearsal: candidate, merge, release and re-run, played with the very flows of the real thing."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from packaging.version import Version

from cz_ship.errors import Failure
from cz_ship.flows.candidate import candidate, prove
from cz_ship.flows.carry_out import Report
from cz_ship.flows.observe import Bench, newest_release, remote_tip
from cz_ship.flows.release import release
from cz_ship.flows.status import status
from cz_ship.model import Artifact
from cz_ship.rules.proposal import proposal_branch
from cz_ship.theatre import Theatre


class Scene(NamedTuple):
    """A commit that a developer makes on the topic branch: its message and the files it writes."""

    message: str
    files: Mapping[str, str]


class Act(NamedTuple):
    """One act: its name as promised in the JSON, whether it went well, and what it showed."""

    act: str
    ok: bool
    text: str
    facts: Mapping[str, object]


def rehearse(theatre: Theatre, scenes: Sequence[Scene] = ()) -> tuple[Act, ...]:
    """Play all acts; the first that does not go well is the last.

    With `scenes`, each is committed and gets a candidate; without, the topic branch as it stands does.
    """
    acts: list[Act] = []
    _shelve_newest(theatre)
    with theatre.checkout(theatre.branch) as world:
        indexes = {index.name for index in world.indexes()}
    for name, title, play in (
        ("candidate", "candidate: a branch, on the Test index", lambda: _candidates(theatre, scenes)),
        ("release", "release: merged, on both indexes", lambda: _release(theatre)),
        ("rerun", "rerun: the same again", lambda: _rerun(theatre)),
    ):
        if name == "candidate" and "test" not in indexes:
            continue
        theatre.talk.act(title)
        acts.append(_played(name, play))
        if not acts[-1].ok:
            break
    return tuple(acts)


def merge(theatre: Theatre, scenes: Sequence[Scene]) -> None:
    """Bring the theatre to where a release is owed: the scenes committed, the topic branch merged."""
    _shelve_newest(theatre)
    for scene in scenes:
        theatre.commit(theatre.topic or theatre.branch, scene.message, scene.files)
    if theatre.topic:
        theatre.merge(theatre.topic)
    _accepted(theatre)


def _shelve_newest(theatre: Theatre) -> None:
    """What was released before the rehearsal is on its indexes and its forge; else it would be owed first."""
    with theatre.checkout(theatre.branch) as world, world.clone_of_remote() as clone:
        tip = remote_tip(clone, theatre.branch)
        clone.checkout(tip)
        project = world.builder.project_name(clone.root)
        newest = newest_release(Bench(clone, world.rules(clone.root)), project, theatre.branch, tip)
        if newest:
            stem = f"{project.replace('-', '_')}-{newest.version}"
            by_others = (Artifact(f"{stem}-py3-none-any.whl", "", 0), Artifact(f"{stem}.tar.gz", "", 0))
            theatre.shelve(project, newest.version, newest.promise or by_others)
        if newest and newest.promise:
            theatre.announce(newest.tag, newest.promise)


def _played(name: str, play: Callable[[], tuple[str, Mapping[str, object]]]) -> Act:
    try:
        text, facts = play()
    except Failure as failure:
        hint = f" (hint: {failure.hint})" if failure.hint else ""
        return Act(name, False, failure.text + hint, {"exit": int(failure.code)})
    return Act(name, True, text, facts)


def _candidates(theatre: Theatre, scenes: Sequence[Scene]) -> tuple[str, Mapping[str, object]]:
    topic = theatre.topic or theatre.branch
    reports = []
    for scene in scenes:
        sha = theatre.commit(topic, scene.message, scene.files)
        theatre.talk.note(f'{sha[:7]} on {topic}: "{scene.message.splitlines()[0]}"')
        reports.append(_candidate(theatre, topic))
    if not scenes:
        reports.append(_candidate(theatre, topic))
    versions = [report.version for report in reports if report.version]
    if versions != sorted(versions) or len(set(versions)) != len(versions):
        raise Failure(f"candidates do not rise: {', '.join(map(str, versions))}")
    before = theatre.remains()
    theatre.talk.note("again at the same commit")
    again = _candidate(theatre, topic)
    if again.version != versions[-1] or theatre.remains() != before:
        raise Failure(f"the candidate again at the same commit changed something: {again.text}")
    shown = " < ".join(map(str, versions))
    files = [{"name": each.name, "sha256": each.sha256} for report in reports for each in report.files]
    return f"candidates {shown}; again at the same commit: already there", {
        "versions": [str(version) for version in versions],
        "files": files,
    }


def _candidate(theatre: Theatre, branch: str) -> Report:
    with theatre.checkout(branch) as world:
        return candidate(world)


def _release(theatre: Theatre) -> tuple[str, Mapping[str, object]]:
    if theatre.topic:
        sha = theatre.merge(theatre.topic)
        theatre.talk.note(f"{theatre.topic} merged into {theatre.branch}: {sha[:7]}")
    proposed = _accepted(theatre)
    with theatre.checkout(theatre.branch) as world:
        report = release(world)
        if report.version is None:
            return "nothing to release from here: no commit asks for a release", {"version": None, "released": False}
        if not report.released:
            raise Failure(f"{report.version} is not wholly released: {report.text}")
        seen = status(world)
        if seen.state != "complete":
            missing = "; ".join(f"{fact.fact}: {fact.text}" for fact in seen.facts if fact.state != "there")
            raise Failure(f"looked at from outside, {report.version} is {seen.state}: {missing}")
        proof = _install(theatre, report)
        announced = next((fact.text for fact in seen.facts if fact.fact == "forge release"), None)
    everywhere = "the same bytes on every index" + (" and in the forge's release" if announced else "")
    return f"{report.text}, tag {report.tag}, {everywhere}; {proof}", {
        "version": str(report.version),
        "tag": report.tag,
        "released": True,
        "files": [{"name": each.name, "sha256": each.sha256} for each in report.files],
        "forge": announced,
        **proposed,
    }


def _accepted(theatre: Theatre) -> Mapping[str, object]:
    """In mode `pull-request` the release is proposed, and a person merges that; what a person saw."""
    with theatre.checkout(theatre.branch) as world:
        if world.settings.mode != "pull-request":
            return {}
        report = release(world)
    if not report.proposes:
        return {}
    sha = theatre.accept(proposal_branch(theatre.branch))
    theatre.talk.note(f"{report.text}; a person merges it: {sha[:7]}")
    return {"proposal": report.text}


def _install(theatre: Theatre, report: Report) -> str:
    """Install the release from the last index that the settings name, in a clean environment."""
    with theatre.checkout(theatre.branch) as world, world.folder() as folder:
        index = world.indexes()[-1]
        project = world.builder.project_name(world.repository.root)
        step = f"install {project} {report.version} from {index.name}"
        theatre.talk.begin(step)
        proof = prove(world, index, project, report.version or Version("0"), report.files, Path(folder) / "proof")
        theatre.talk.done(step, proof)
        return proof


def _rerun(theatre: Theatre) -> tuple[str, Mapping[str, object]]:
    before = theatre.remains()
    with theatre.checkout(theatre.branch) as world:
        report = release(world)
    if report.version is not None or theatre.remains() != before:
        raise Failure(f"a second run was not idle: {report.text}")
    return "nothing to release, nothing changed", {"version": None, "released": False}
