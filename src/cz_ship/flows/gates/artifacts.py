"""The gates on the files themselves: metadata, contents, reproducible, untaken."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from packaging.version import InvalidVersion, Version

from cz_ship.errors import Failure
from cz_ship.flows.adopted import adopted
from cz_ship.flows.gates.inspection import INSTALL, Inspection, is_candidate, judge, kind
from cz_ship.flows.observe import author, look
from cz_ship.gates import Judgement, Member, Remark
from cz_ship.model import Artifact, RuleSet
from cz_ship.ports import Clone
from cz_ship.rules.contents import differences, left_out, listing, sdist_faults, secrets, wheel_faults
from cz_ship.rules.imports import unshipped
from cz_ship.rules.layout import package_root
from cz_ship.rules.metadata import metadata_faults, metadata_notes, stated
from cz_ship.rules.plan import Due, Seen, conflicts
from cz_ship.rules.tags import find_tag, tag_name

PYPROJECT = "pyproject.toml"


def metadata(inspection: Inspection) -> Judgement:
    """Whether the metadata of each artifact are what an index and an installer want, and as planned."""
    world, subject = inspection.world, inspection.subject
    faults: list[str] = []
    notes: list[str] = []
    for artifact in subject.artifacts:
        name, version = world.builder.identity(artifact)
        if (name, version) != (subject.project, str(subject.version)):
            faults.append(
                f"{artifact.name} says it is {name} {version}; {subject.project} {subject.version} was wanted"
            )
        told, broken = stated(world.workshop.metadata(artifact))
        faults += [f"{artifact.name}: {each}" for each in broken]
        if told:
            members = world.workshop.members(artifact)
            found = metadata_faults(told, members, wheel=kind(artifact) == "wheel")
            faults += [f"{artifact.name}: {each}" for each in found]
            notes += metadata_notes(told)
    planned = _version_of_tree(inspection)
    if planned not in (None, subject.version):
        faults.append(f"the files are of {subject.version}, and commit {subject.commit[:12]} says {planned}")
    if subject.version.local:
        faults.append(f"{subject.version} is a local version (+{subject.version.local}), which no public index takes")
    try:
        world.builder.check(subject.artifacts, inspection.log)
    except Failure as failure:
        said = [line.strip() for line in failure.text.splitlines()]
        complaints = [line for line in said if line.startswith(("WARNING", "ERROR"))]
        faults += [f"twine check --strict: {line}" for line in complaints or said]
    asked = _asked(inspection, "validate-pyproject", [PYPROJECT], PYPROJECT)
    good = f"{subject.project} {subject.version}, the description renders, names and Pythons agree{asked.left_out}"
    return judge(tuple(dict.fromkeys((*faults, *asked.faults))), good, tuple(dict.fromkeys(notes)))


def _version_of_tree(inspection: Inspection) -> Version | None:
    """What the commit itself says; None where that is no file's word, or the version a candidate's, which none says."""
    if is_candidate(inspection.subject.version):
        return None
    tree = inspection.lay()
    rules = inspection.world.rules(tree)
    if rules.rule_set.version_provider == "scm":
        return None  # tags say it, and the one of this version is still to be made
    try:
        return Version(rules.read_version(tree))
    except (Failure, InvalidVersion):
        return None


def contents(inspection: Inspection) -> Judgement:
    """Whether the archives hold what the tree holds and nothing secret, and both ways make one wheel."""
    world, subject = inspection.world, inspection.subject
    tree = world.workshop.tree(inspection.lay())
    pages: list[str] = []
    faults: list[str | Remark] = []
    notes: list[str] = []
    for artifact in subject.artifacts:
        members = world.workshop.members(artifact)
        pages.append(listing(artifact.name, members))
        is_wheel = kind(artifact) == "wheel"
        faults += [f"the {kind(artifact)} holds {path}" for path in secrets(members, tree, wheel=is_wheel)]
        if is_wheel:
            faults += (*wheel_faults(members), *_unshipped(inspection, artifact, members, tree))
        else:
            faults += sdist_faults(members, tree)
            if absent := left_out(members, tree):
                notes += [f"the sdist leaves out {path}" for path in absent]
    asked = _asked(inspection, "check-wheel-contents", [each.path for each in subject.wheels])
    straight = world.builder.build_wheels(inspection.lay(), subject.time, inspection.watch)
    for wheel in subject.wheels:
        if wheel.name in straight:
            names = ("the wheel of the sdist", "the wheel of the tree")
            faults += differences(world.workshop.members(wheel), straight[wheel.name], names)
    unmade = _unmade(inspection, subject.wheels, straight)
    good = f"{len(tree)} files in the tree, nothing else and nothing secret is shipped{unmade.left_out}{asked.left_out}"
    found = judge((*faults, *unmade.faults, *asked.faults), good, notes)
    return found._replace(page="\n\n".join(pages))


def _unshipped(
    inspection: Inspection, wheel: Artifact, members: Sequence[Member], tree: Sequence[Member]
) -> list[Remark]:
    """What a wheel's modules import, though only the tree has it: who tests in the tree does not miss it."""
    workshop = inspection.world.workshop
    told, _ = stated(workshop.metadata(wheel))
    names, paths = [each.path for each in members], [each.path for each in tree]
    root = package_root(names, paths)
    above = f"{root}/" if root else ""
    found = unshipped(workshop.sources(wheel), names, paths, root, told.requires if told else ())
    return [
        Remark(
            f"{each.module} imports {each.name}, which is in the tree and not in the wheel",
            f"{above}{each.module}",
            each.line,
        )
        for each in found
    ]


def reproducible(inspection: Inspection) -> Judgement:
    """Whether a second build, of a tree laid out anew, gives the same bytes."""
    subject = inspection.subject
    tree = inspection.lay()
    again = inspection.world.builder.build(tree, inspection.room / "again", subject.time, inspection.watch)
    built = {each.name: each.sha256 for each in again}
    faults = [
        f"{each.name} has sha256 {each.sha256}, a second build of it {built[each.name]}"
        for each in subject.artifacts
        if built.get(each.name, each.sha256) != each.sha256
    ]
    unmade = _unmade(inspection, subject.artifacts, built)
    return judge((*unmade.faults, *faults), f"a second build gives the same sha256{unmade.left_out}")


def untaken(inspection: Inspection) -> Judgement:
    """Whether version and names are free on every enabled index and as a tag, or hold our very bytes."""
    world, subject = inspection.world, inspection.subject
    try:
        rule_set = world.rules(inspection.lay()).rule_set
        tags = _tags(inspection)
        tag = find_tag(subject.version, tags, rule_set)
        due = Due(
            project=subject.project,
            version=subject.version,
            tag=tag.name if tag else tag_name(subject.version, rule_set),
            branch="",
            tip=subject.commit,
            time=subject.time,
            current=subject.version,
            commit=subject.commit,
            remote=world.settings.remote,
        )
        there = tags.get(due.tag)
        spent = _spent(inspection, rule_set, tags)
        seen = Seen(
            commit=subject.commit,
            artifacts=_meant(inspection),
            tag_here=False,
            tag_there=there,
            branch_holds=False,
            indexes=tuple(look(index, subject.project, subject.version) for index in world.indexes()),
            tagger=_tagger(inspection.clone, there) if there not in (None, subject.commit) else "",
            moment=world.now(),
        )
    except Failure as failure:
        return Judgement("unable", failure.text)
    names = " and ".join(index.name for index in seen.indexes) or "no index"
    return judge(
        [*(each.text for each in conflicts(due, seen)), *spent], f"{subject.version} is free, or ours, on {names}"
    )


def _spent(inspection: Inspection, rule_set: RuleSet, tags: Mapping[str, str]) -> list[str]:
    """In mode `branch` a candidate's release is settled already: who has its version, while that can be mended."""
    world, subject = inspection.world, inspection.subject
    if world.settings.mode != "branch" or not is_candidate(subject.version):
        return []
    version = Version(subject.version.base_version)
    tag = find_tag(version, tags, rule_set)
    holders = [f"the tag {tag.name} on the remote"] if tag else []
    holders += [f"{index.name} ({index.address})" for index in world.indexes() if index.files(subject.project, version)]
    return [f"{version}, which this would be released as, is taken: {each} has it" for each in holders]


def _meant(inspection: Inspection) -> tuple[Artifact, ...]:
    """What is to be taken for ours: of a candidate what an index has of the same content; of a release these bytes."""
    world, subject = inspection.world, inspection.subject
    artifacts = subject.artifacts
    if is_candidate(subject.version):
        for index in world.indexes():
            held = index.files(subject.project, subject.version)
            artifacts = adopted(world, index, held, artifacts, inspection.room / "taken" / index.name)
    return artifacts


def _tags(inspection: Inspection) -> dict[str, str]:
    """The remote's tags, or this repository's where it has no remote."""
    repository, remote = inspection.world.repository, inspection.world.settings.remote
    if repository.remote_url(remote) is None:
        return dict(repository.tags())
    found = inspection.world.patience.keep_trying(lambda: repository.remote_refs(remote))
    return {name.removeprefix("refs/tags/"): commit for name, commit in found.items() if name.startswith("refs/tags/")}


def _tagger(clone: Clone, commit: str | None) -> str:
    return author(clone, commit) if commit and clone.resolve(commit) else "others"


class _Asked(NamedTuple):
    """What is said against the artifacts, and what nobody was asked, as the end of a sentence."""

    faults: tuple[Remark, ...] = ()
    left_out: str = ""


def _asked(inspection: Inspection, tool: str, arguments: list[str], file: str = "") -> _Asked:
    """What a tool of other people says, line by line, of a file; one that is not here is told to be missing."""
    program = inspection.world.workshop.find(tool)
    if not program:
        return _Asked(left_out=f"; {tool} skipped: it is not installed ({INSTALL})")
    ran = inspection.run([program, *arguments], inspection.lay())
    if ran.code is None:
        return _Asked((Remark(f"{tool}: did not end in time"),))
    words = ran.words.splitlines() or [f"exit code {ran.code}, and not a word"]
    return _Asked(tuple(Remark(f"{tool}: {line}", file) for line in words) if ran.code else ())


def _unmade(inspection: Inspection, artifacts: Sequence[Artifact], made: Collection[str]) -> _Asked:
    """What a build did not make: wheels for other machines cannot be made here, all else should have been."""
    fitting = inspection.world.workshop.fitting
    unmade = [each for each in artifacts if each.name not in made]
    foreign = [each.name for each in unmade if kind(each) == "wheel" and fitting([each]) is None]
    faults = [
        Remark(f"a build makes no {each.name}; it makes {', '.join(made)}")
        for each in unmade
        if each.name not in foreign
    ]
    return _Asked(tuple(faults), f"; not made here, for other machines: {', '.join(foreign)}" if foreign else "")
