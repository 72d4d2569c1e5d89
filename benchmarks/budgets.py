"""The budgets: each piece of work, who does it beside us, and what it may cost."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from benchmarks.histories import History, Size
from benchmarks.measure import Cost, Task
from benchmarks.tools import Tools

US = "cz-ship"
# The changelog of what is released is remembered, and so are commitizen's rules: two further runs do without.
ANEW = "cz-ship, history not remembered"
FIRST = "cz-ship, nothing remembered"
LOG = "git log"
LOG_READ = "git log, read"
TOPO = "git log --topo-order"
BARE = "bare python"
START = "start-up"

_LOG = ["git", "log", "-z", "--format=%H%x00%B", "HEAD"]


class Sizes(NamedTuple):
    """The histories that the budgets speak of: a small one, one of many tags, a long one, and a very long one."""

    small: Size = Size(2_500, 300)
    tagged: Size = Size(27_000, 12_000)
    long: Size = Size(26_000, 600)
    huge: Size = Size(100_000, 1_000)


# For a first look: no budget speaks of these.
QUICK = Sizes(tagged=Size(6_000, 2_700), long=Size(8_000, 200), huge=Size(20_000, 200))


class Budget(NamedTuple):
    """At most `times` what `rival` costs (and what each of `plus` costs beside), in CPU time or in peak memory.

    `ours` is the run of ours that is meant.
    `binding`: whether it decides; the others are told to see the binding ones in their light.
    """

    words: str
    times: float
    rival: str
    plus: Sequence[str] = ()
    memory: bool = False
    binding: bool = True
    ours: str = US


class Work(NamedTuple):
    """A piece of work on a history: tasks to be run in turn, and the budgets of ours."""

    title: str
    tasks: Mapping[str, Task]
    budgets: Sequence[Budget]
    times: int


class Verdict(NamedTuple):
    """What was measured for a budget: ours over what is allowed; None where the rival was not measured."""

    share: float | None
    shown: str

    @property
    def word(self) -> str:
        """`ok` or `missed`; nothing where nothing was measured."""
        return "not measured" if self.share is None else "ok" if self.share <= 1 else "missed"


def judged(budget: Budget, costs: Mapping[str, Cost]) -> Verdict:
    """Whether ours kept a budget. A rival that the time limit cut short cost at least that."""
    if budget.ours not in costs or budget.rival not in costs:
        return Verdict(None, "-")
    if budget.memory:
        ours, theirs = costs[budget.ours].peak, costs[budget.rival].peak
    else:
        ours, theirs = costs[budget.ours].cpu, costs[budget.rival].cpu
    allowed = budget.times * theirs + sum(costs[name].cpu for name in budget.plus)
    if budget.times < 1:
        return Verdict(ours / allowed, f"{'≥ ' * costs[budget.rival].late}{theirs / ours:.1f} x faster")
    beside = sum(costs[name].cpu for name in budget.plus)
    return Verdict(ours / allowed, f"{(ours - beside) / theirs:.2f} x")


def works(tools: Tools, histories: Mapping[Size, History], sizes: Sizes, times: int) -> list[Work]:
    """All pieces of work with a budget; `times` is how often the quick ones are run."""
    small, tagged, long, huge = (histories[size] for size in sizes)
    fewer = max(3, times // 2)
    return [
        Work("check --message, a good message", _tasks(small, {**tools.bare, **tools.check(small)}), (
            Budget("≤ 3 x bare `python -c pass`", 3, BARE),
            Budget("≥ 8 x faster than `cz check`", 1 / 8, "commitizen"),
        ), times),
        Work(f"plan --json, {small.size}", _tasks(small, {**tools.bare, **tools.plan(small)}), (
            Budget("≤ .06 s where bare python takes .008 s (7.5 x)", 7.5, BARE),
            Budget("≥ 4 x faster than `cz bump --get-next`", 1 / 4, "commitizen"),
        ), times),
        Work(f"plan --json, {tagged.size}", _tasks(tagged, {**tools.bare, **tools.plan(tagged)}), (
            Budget("≤ .08 s where bare python takes .008 s (10 x)", 10, BARE),
            Budget("≥ 6 x faster than `git-cliff --unreleased --bumped-version`", 1 / 6, "git-cliff"),
        ), fewer),
        Work(f"changelog --all, {long.size}", _changelogs(long, tools), (
            Budget("≤ 1.6 x `git log -z --format=%H%x00%B HEAD`", 1.6, LOG),
            Budget("≥ 3 x faster than `cz changelog`", 1 / 3, "commitizen"),
            Budget("≤ 1.6 x that `git log`", 1.6, LOG, ours=ANEW),
            Budget("≤ 1.6 x that `git log` read through a pipe", 1.6, LOG_READ, ours=ANEW, binding=False),
            Budget("≥ 3 x faster than `cz changelog`", 1 / 3, "commitizen", ours=ANEW),
            Budget("≥ 3 x faster than `cz changelog`", 1 / 3, "commitizen", ours=FIRST, binding=False),
        ), fewer),
        Work(f"changelog --all, {small.size}", _changelogs(small, tools), (
            Budget("≤ 4 x that `git log` + start-up", 4, LOG, (START,)),
            Budget("≤ 4 x that `git log` + start-up", 4, LOG, (START,), ours=ANEW),
        ), times),
        Work(f"peak memory of changelog --all, {huge.size}", _peaks(huge, tools), (
            Budget("≤ 1.5 x `git log --topo-order`", 1.5, TOPO, memory=True, ours=ANEW),
        ), 3),
    ]  # fmt: skip


def _tasks(history: History, commands: Mapping[str, Sequence[str]]) -> dict[str, Task]:
    return {name: Task(command, history.root) for name, command in commands.items()}


def anew(history: History, tools: Tools) -> Task:
    """Our changelog of a history of which nothing is remembered; the rules are."""
    known = history.root / ".git" / "cz-ship"
    return Task(tools.changelog(history)[US], history.root, forget=(known / "released",))


def _changelogs(history: History, tools: Tools) -> dict[str, Task]:
    known = history.root / ".git" / "cz-ship"
    again = anew(history, tools)
    return {
        LOG: Task(_LOG, history.root),
        LOG_READ: Task(_LOG, history.root, read=True),
        **_tasks(history, tools.loaded),
        FIRST: again._replace(forget=(known / "known.json", known / "released")),
        ANEW: again,
        **_tasks(history, tools.changelog(history)),
    }


def _peaks(history: History, tools: Tools) -> dict[str, Task]:
    cz = {"commitizen": tools.changelog(history)["commitizen"]}
    logs = {TOPO: ["git", "log", "--topo-order"], LOG: _LOG}
    return {**_tasks(history, logs), ANEW: anew(history, tools), **_tasks(history, cz)}
