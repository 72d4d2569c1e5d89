"""Which gates are judged, in which order, and what they come to together."""

from collections.abc import Iterable, Mapping, Sequence

from cz_ship.errors import Exit, Failure, usage
from cz_ship.gates import LIMIT, Gate, GateResult, GateSettings, GateWord, Judgement
from cz_ship.rules.masking import masked_text
from cz_ship.settings import GATES

# In seconds: a test suite and an environment for every Python take longer than a look into an archive.
LIMITS = {"tests": 1800.0, "installs": 1800.0}
# Judged after these, whatever came of them: coverage is told of failing tests too, see docs/coverage.md.
AFTER = {"coverage": ("tests",)}


def gates(settings: GateSettings) -> tuple[Gate, ...]:
    """Every gate of a project, switched off or not, in the order in which they are judged.

    Those that `order` names come first, the project's own last; what a gate needs comes before it.
    """
    ours = tuple(Gate(name, limit=LIMITS.get(name, LIMIT)) for name in GATES)
    known = {gate.name: gate for gate in (*ours, *settings.own)}
    for name, limit in settings.limits.items():
        known[name] = known[name]._replace(limit=limit)
    found: dict[str, Gate] = {}

    def add(name: str, above: tuple[str, ...] = ()) -> None:
        if name in above:
            raise usage(f"gates need each other in a circle: {' → '.join([*above, name])}", "gates.own, `needs`")
        if name not in found:
            for earlier in (*AFTER.get(name, ()), *known[name].needs):
                add(earlier, (*above, name))
            found[name] = known[name]

    for name in (*settings.order, *known):
        add(name)
    return tuple(found.values())


def set_aside(gate: Gate, settings: GateSettings, before: Mapping[str, GateResult]) -> Judgement | None:
    """Why a gate is not judged at all; None where it is."""
    if gate.name in settings.skip:
        return Judgement("skipped", "--skip-gate on the command line")
    if gate.name in settings.off:
        return Judgement("skipped", "switched off in the settings")
    for name in gate.needs:
        needed = before[name]
        if needed.state in ("failed", "unable"):
            return Judgement("unable", f"it needs {name}, which {_was(needed)}")
        if needed.state == "skipped":
            return Judgement("skipped", f"it needs {name}, which was skipped")
    return None


def skipping(settings: GateSettings, skip: Sequence[str], in_ci: bool, has_index: bool = True) -> GateSettings:
    """The settings for a run that skips gates.

    Raises `Failure` (usage) for what is no gate, and for one that nobody may leave out in CI. Without an index, and
    where no gate is on at all, the settings may: then there is nothing to look at, or nothing is judged.
    """
    known = [gate.name for gate in gates(settings)]
    for name in skip:
        if name not in known:
            raise usage(f"there is no gate {name!r}", f"there are {', '.join(known)}")
    if in_ci and "untaken" in skip:
        raise _indispensable("skipped", "")
    if in_ci and "untaken" in settings.off and has_index and not set(known) <= {*settings.off}:
        raise _indispensable("switched off", "take it out of gates.off, ")
    return settings._replace(skip=tuple(skip))


def _indispensable(what: str, way: str) -> Failure:
    return usage(
        f"gate 'untaken' cannot be {what} in CI: what an index has taken cannot be taken back",
        f"{way}give it the next version, or run this outside of CI (CI is set)",
    )


def red(results: Iterable[GateResult]) -> tuple[GateResult, ...]:
    """The gates that let nothing pass: those that failed, and those that could not be judged."""
    return tuple(each for each in results if each.state in ("failed", "unable"))


def verdict(results: Sequence[GateResult]) -> str:
    """All results in a sentence."""
    states = [each.state for each in results]
    counted = [f"{states.count(state)} {state}" for state in ("passed", "failed", "unable", "skipped")]
    return ", ".join(each for each in counted if not each.startswith("0 "))


def words(results: Iterable[GateResult]) -> tuple[GateWord, ...]:
    """What each gate came to, in short, without what has the shape of a secret: others will read it."""
    return tuple(GateWord(each.name, each.state, masked_text(each.reason.partition("\n")[0], ())) for each in results)


def admit_broken(results: Sequence[GateResult]) -> None:
    """Raise `Failure` (fault in cz-ship) that names each gate that broke, and where its traceback is kept."""
    if found := [each for each in results if each.broke]:
        lines = "; ".join(f"gate {each.name}: {each.reason}" for each in found)
        raise Failure(lines, hint=_kept(found), code=Exit.FAULT)


def refuse_red(results: Sequence[GateResult]) -> None:
    """Raise `Failure` (refused, or a fault in cz-ship) that names every gate that lets nothing pass."""
    if found := red(results):
        lines = "\n".join(f"  {each.name} {_was(each)}: {each.reason}" for each in found)
        broken = [each for each in found if each.broke]
        hint = _kept(broken) if broken else "cz-ship verify shows each with its log"
        code = Exit.FAULT if broken else Exit.REFUSED
        raise Failure(f"the gates let nothing pass\n{lines}", hint=hint, code=code)


def _kept(broken: Sequence[GateResult]) -> str:
    return f"the traceback is kept in {', '.join(each.log for each in broken)}"


def _was(result: GateResult) -> str:
    return "failed" if result.state == "failed" else "could not be judged"
