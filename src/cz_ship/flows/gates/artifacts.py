"""The gates on the files themselves: metadata, contents, reproducible, untaken."""

from collections.abc import Iterator

from cz_ship.errors import Failure
from cz_ship.flows.gates.inspection import Inspection, judge, kind
from cz_ship.flows.observe import author, look
from cz_ship.gates import Judgement
from cz_ship.ports import Clone
from cz_ship.rules.contents import differences, left_out, listing, sdist_faults, secrets, wheel_faults
from cz_ship.rules.metadata import metadata_faults, metadata_notes, stated
from cz_ship.rules.plan import Due, Seen, conflicts
from cz_ship.rules.tags import find_tag, tag_name


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
    if subject.version.local:
        faults.append(f"{subject.version} is a local version (+{subject.version.local}), which no public index takes")
    try:
        world.builder.check(subject.artifacts)
    except Failure as failure:
        said = [line.strip() for line in failure.text.splitlines()]
        complaints = [line for line in said if line.startswith(("WARNING", "ERROR"))]
        faults += [f"twine check --strict: {line}" for line in complaints or said]
    faults += _told_by(inspection, "validate-pyproject", ["pyproject.toml"], notes)
    good = f"{subject.project} {subject.version}, the description renders, names and Pythons agree"
    return judge(tuple(dict.fromkeys(faults)), good, tuple(dict.fromkeys(notes)))


def contents(inspection: Inspection) -> Judgement:
    """Whether the archives hold what the tree holds and nothing secret, and both ways make one wheel."""
    world, subject = inspection.world, inspection.subject
    tree = world.workshop.tree(inspection.lay())
    known = [each.path for each in tree]
    pages: list[str] = []
    faults: list[str] = []
    notes: list[str] = []
    for artifact in subject.artifacts:
        members = world.workshop.members(artifact)
        pages.append(listing(artifact.name, members))
        is_wheel = kind(artifact) == "wheel"
        faults += [f"the {kind(artifact)} holds {path}" for path in secrets(members, () if is_wheel else known)]
        if is_wheel:
            faults += wheel_faults(members)
        else:
            faults += sdist_faults(members, tree)
            if absent := left_out(members, tree):
                notes.append(f"the sdist leaves out {', '.join(absent)}")
    for wheel in subject.wheels:
        faults += _told_by(inspection, "check-wheel-contents", [wheel.path], notes)
    if len(subject.wheels) == 1:
        straight = world.builder.build_wheels(inspection.clone.root, subject.time)
        faults += differences(
            world.workshop.members(subject.wheels[0]), straight, ("the wheel of the sdist", "the wheel of the tree")
        )
    found = judge(faults, f"{len(tree)} files in the tree, nothing else and nothing secret is shipped", notes)
    return found._replace(page="\n\n".join(pages))


def reproducible(inspection: Inspection) -> Judgement:
    """Whether a second build, of a tree laid out anew, gives the same bytes."""
    subject = inspection.subject
    tree = inspection.lay()
    again = inspection.world.builder.build(tree, inspection.room / "again", subject.time)
    built = {each.name: each.sha256 for each in again}
    faults = []
    for artifact in subject.artifacts:
        found = built.get(artifact.name)
        if found is None:
            faults.append(f"a second build makes no {artifact.name}; it makes {', '.join(built)}")
        elif found != artifact.sha256:
            faults.append(f"{artifact.name} has sha256 {artifact.sha256}, a second build of it {found}")
    return judge(faults, "a second build gives the same sha256")


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
        seen = Seen(
            commit=subject.commit,
            artifacts=subject.artifacts,
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
    return judge([each.text for each in conflicts(due, seen)], f"{subject.version} is free, or ours, on {names}")


def _tags(inspection: Inspection) -> dict[str, str]:
    """The remote's tags, or this repository's where it has no remote."""
    repository, remote = inspection.world.repository, inspection.world.settings.remote
    if repository.remote_url(remote) is None:
        return dict(repository.tags())
    found = inspection.world.patience.keep_trying(lambda: repository.remote_refs(remote))
    return {name.removeprefix("refs/tags/"): commit for name, commit in found.items() if name.startswith("refs/tags/")}


def _tagger(clone: Clone, commit: str | None) -> str:
    return author(clone, commit) if commit and clone.resolve(commit) else "others"


def _told_by(inspection: Inspection, tool: str, arguments: list[str], notes: list[str]) -> Iterator[str]:
    """What a tool of other people says against it, line by line; that it is not here is only noted."""
    program = inspection.world.workshop.find(tool)
    if not program:
        notes.append(f"{tool} is not installed beside cz-ship or on the path, and was not asked")
        return
    ran = inspection.run([program, *arguments], inspection.lay())
    if ran.code:
        yield from (f"{tool}: {line}" for line in ran.words.splitlines())
    elif ran.code is None:
        yield f"{tool}: did not end in time"
