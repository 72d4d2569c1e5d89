"""Candidate: a branch's commit, built, put on the Test index, and proven to install."""

from collections.abc import Sequence
from pathlib import Path

from packaging.version import Version

from cz_ship.errors import Exit, Failure, Interrupted
from cz_ship.flows.adopted import adopted
from cz_ship.flows.apply import shown, uploaded
from cz_ship.flows.carry_out import Done, Report
from cz_ship.flows.guard import refuse_missing_credentials, refuse_tracked_env
from cz_ship.flows.insist import insist
from cz_ship.flows.judging import Passed, let_pass
from cz_ship.flows.obtain import build_at, check
from cz_ship.flows.remark import remark
from cz_ship.flows.survey import dirty, head_commit, survey, whole_history
from cz_ship.flows.truth import settled, settling
from cz_ship.gates import GateWord, Subject
from cz_ship.model import Artifact, IndexFile
from cz_ship.ports import Index, World
from cz_ship.rules.outlook import Outlook
from cz_ship.rules.remark import CANDIDATE, candidate_comment
from cz_ship.rules.way import Station


@settling()
def candidate(world: World, dist: Path | None = None) -> Report:
    """Build the candidate of HEAD, or take it from `dist`; upload what the Test index lacks; prove that it installs.

    Raises `Failure`: refused while nothing was uploaded, unfinished after the first file, person
    where the Test index holds other bytes under the candidate's names.
    """
    head_commit(world.repository)
    refuse_tracked_env(world.repository)
    index = _test_index(world)
    refuse_missing_credentials(world, [index.name])
    with world.folder() as folder:
        outlook, artifacts = _build(world, folder / "dist", candidate=True, handed=dist)
        held = index.files(outlook.project, outlook.candidate)
        artifacts = adopted(world, index, held, artifacts, folder / "held")
        _refuse_other_bytes(index, held, artifacts)
        steps = [Done("build and check", True, ", ".join(shown(each) for each in artifacts))]
        passed = Passed() if held else _judged(world, outlook, artifacts, dist)
        if passed.text:
            steps.append(Done("gates", True, passed.text))
        try:
            steps += _publish(world, index, outlook, held, artifacts)
            steps.append(_prove(world, index, outlook, artifacts, folder / "proof"))
            fresh = any(step.done for step in steps[1:-1])
            gates = passed.gates or _judged_before(world, dist)
            step = "comment on the pull request"
            if told := remark(world, CANDIDATE, outlook.commit, lambda: _comment(index, outlook, artifacts, gates)):
                world.talk.done(step, told)
                steps.append(Done(step, True, told))
        except KeyboardInterrupt as interrupt:
            raise Interrupted(f"the same command finishes {outlook.candidate}") from interrupt
    text = "is on" if fresh else "is already there, on"
    return Report(
        outlook.candidate,
        True,
        tuple(steps),
        artifacts,
        f"{outlook.project} {outlook.candidate} {text} {index.address}",
        way=(Station("prepare", "done"), Station("test", "done" if fresh else "there"), Station("install", "done")),
    )


def _judged(world: World, outlook: Outlook, artifacts: tuple[Artifact, ...], dist: Path | None) -> Passed:
    """What the gates say of a candidate of which nothing is public yet."""
    with world.clone_of_commit(outlook.commit) as clone:
        time = clone.time(outlook.commit)
        subject = Subject(outlook.project, outlook.candidate, outlook.commit, time, artifacts)
        return let_pass(world, clone, subject, dist)


def _judged_before(world: World, dist: Path | None) -> tuple[GateWord, ...]:
    """What the gates said of files that were handed over, as their folder tells it."""
    delivery = world.builder.found(dist) if dist else None
    return delivery.gates if delivery else ()


def _comment(index: Index, outlook: Outlook, artifacts: tuple[Artifact, ...], gates: Sequence[GateWord]) -> str:
    wheel = next((each for each in artifacts if each.name.endswith(".whl")), None)
    held = {file.name: file for file in index.files(outlook.project, outlook.candidate)}
    file = held.get(wheel.name) if wheel else None
    return candidate_comment(outlook, index.address, file, wheel.sha256 if wheel else "", gates)


def build_candidate(world: World, out: Path) -> tuple[Outlook, tuple[Artifact, ...]]:
    """Build HEAD under its candidate version, in a private tree whose version alone is changed."""
    return _build(world, out, candidate=True)


def build_commit(world: World, out: Path) -> tuple[Outlook, tuple[Artifact, ...]]:
    """Build HEAD as it stands, under the version it says."""
    return _build(world, out, candidate=False)


def _build(
    world: World, out: Path, *, candidate: bool, handed: Path | None = None
) -> tuple[Outlook, tuple[Artifact, ...]]:
    """Everything is read in a private clone of the commit: what is not committed is no part of it."""
    repository = world.repository
    commit = world.commit() or head_commit(repository)
    deepened = world.patience.keep_trying(lambda: whole_history(repository, world.settings))
    warnings = (*deepened, *dirty(repository))
    with world.clone_of_commit(commit) as clone, world.folder() as room:
        clone.checkout(commit)
        refuse_tracked_env(clone)
        rules = world.rules(clone.root)
        project = world.builder.project_name(clone.root)
        settings = world.settings._replace(branch=repository.branch(world.settings))
        outlook = survey(clone, rules, project, settings, commit)
        for warning in (*warnings, *outlook.warnings):
            world.talk.note(warning.text)
        version = outlook.candidate if candidate else outlook.current
        step = f"build {project} {version}"
        world.talk.begin(step)
        if candidate:
            rules.write_version(clone.root, str(outlook.current), str(version))
            if clone.changed_files():
                # In the private clone alone: meson-python makes an sdist of what is committed, and of nothing else.
                clone.commit_all(f"chore: {step}", clone.time(commit))
        if handed:
            built = _handed_over(world, handed, commit, project, version)
        else:
            built = build_at(world.builder, clone.root, room, clone.time(commit), project, version)
        artifacts = world.builder.deliver(built, out, commit)
        world.talk.done(step, ", ".join(shown(each) for each in artifacts))
    return outlook, artifacts


def _handed_over(world: World, dist: Path, commit: str, project: str, version: Version) -> tuple[Artifact, ...]:
    """The files of a folder that others built; `Failure` where they are not of this candidate."""
    found = world.builder.found(dist)
    if found is None:
        raise Failure(f"{dist} has no SHA256SUMS of built files", hint=f"cz-ship build --candidate --out {dist.name}")
    if found.commit != commit:
        told = found.commit[:12] or "no commit that it tells"
        raise Failure(f"{dist} holds files of {told}, the candidate is of {commit[:12]}")
    check(world.builder, found.artifacts, project, version)
    return found.artifacts


def _test_index(world: World) -> Index:
    for index in world.indexes():
        if index.name == "test":
            return index
    raise Failure("the test index is switched off; a candidate goes there", hint="indexes.test.enabled = true")


def _refuse_other_bytes(index: Index, held: tuple[IndexFile, ...], artifacts: tuple[Artifact, ...]) -> None:
    ours = {artifact.name: artifact.sha256 for artifact in artifacts}
    for file in held:
        if file.sha256 != ours.get(file.name, file.sha256):
            raise Failure(
                f"{index.name} ({index.address}) holds {file.name} with sha256 {file.sha256}, "
                f"this build has {ours[file.name]}",
                hint="a commit has one candidate; a new one makes a new candidate: git commit --allow-empty, and push",
                code=Exit.PERSON,
            )


def _publish(
    world: World, index: Index, outlook: Outlook, held: tuple[IndexFile, ...], artifacts: tuple[Artifact, ...]
) -> list[Done]:
    there = {file.name for file in held}
    steps = []
    public = bool(there)
    for artifact in artifacts:
        step = f"upload {artifact.name} to {index.name}"
        world.talk.begin(step)
        if artifact.name in there:
            text = "already there, the same bytes"
        else:
            text = _upload(world, index, outlook, artifact, public)
            public = True
        world.talk.done(step, text)
        steps.append(Done(step, artifact.name not in there, text))
    return steps


def _upload(world: World, index: Index, outlook: Outlook, artifact: Artifact, public: bool) -> str:
    def arrived() -> bool:
        files = index.files(outlook.project, outlook.candidate)
        _refuse_other_bytes(index, files, (artifact,))
        return artifact.name in {file.name for file in files}

    try:
        return insist(world.patience, lambda: uploaded(index, artifact), arrived)
    except Failure as failure:
        truth = f"{outlook.candidate} is in part on {index.name}"
        try:
            public = public or bool(index.files(outlook.project, outlook.candidate))
            in_doubt = not public and failure.code is Exit.UNFINISHED
        except Failure:
            in_doubt = True
        if in_doubt:
            truth = f"{artifact.name} may have arrived; the same command looks"
        elif not public:
            raise
        raise settled(failure, truth, Exit.UNFINISHED if failure.code is Exit.REFUSED else failure.code) from failure


def _prove(world: World, index: Index, outlook: Outlook, artifacts: tuple[Artifact, ...], folder: Path) -> Done:
    """Fetch the wheel back, compare it, install it into a clean environment, ask that for the version."""
    step = f"install {outlook.project} {outlook.candidate} in a clean environment"
    world.talk.begin(step)
    try:
        text = prove(world, index, outlook.project, outlook.candidate, artifacts, folder)
    except Failure as failure:
        code = Exit.UNFINISHED if failure.code is Exit.REFUSED else failure.code
        told = Failure(failure.text, hint=failure.hint or "the same command continues")
        raise settled(told, f"{outlook.candidate} is on {index.name}, and not shown to install", code) from failure
    world.talk.done(step, text)
    return Done(step, True, text)


def prove(
    world: World, index: Index, project: str, version: Version, artifacts: tuple[Artifact, ...], folder: Path
) -> str:
    """Prove that a published version installs; a sentence on it. Raises `Failure` where it does not."""
    held = {file.name: file for file in index.files(project, version)}
    for artifact in artifacts:
        file = held.get(artifact.name)
        if file is None:
            raise Failure(f"{index.name} ({index.address}) took {artifact.name} and does not show it yet")
        if file.sha256 != artifact.sha256:
            raise Failure(f"{index.name} shows {artifact.name} with sha256 {file.sha256}, ours has {artifact.sha256}")
    folder.mkdir(parents=True, exist_ok=True)
    wheel = next(each for each in artifacts if each.name.endswith(".whl"))
    fetched = index.download(held[wheel.name], folder)
    installed = world.installer.installed_version(Path(fetched.path), project)
    if Version(installed) != version:
        raise Failure(f"a clean environment reports {project} {installed} after the install; {version} was wanted")
    return f"the wheel came back with the same sha256; installed, it reports {installed}"
