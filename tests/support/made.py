"""Values made for tests: commits and rule sets with what matters, and defaults for the rest."""

from collections.abc import Iterable, Sequence

from cz_ship.model import Commit, RuleSet, Tag
from cz_ship.rules.history import labelled

CONVENTIONAL = RuleSet(
    plugin="cz_conventional_commits",
    bump_pattern=r"^((BREAKING[\-\ ]CHANGE|\w+)(\(.+\))?!?):",
    bump_map=(
        (r"^.+!$", "MAJOR"),
        (r"^BREAKING[\-\ ]CHANGE", "MAJOR"),
        (r"^feat", "MINOR"),
        (r"^fix", "PATCH"),
        (r"^refactor", "PATCH"),
        (r"^perf", "PATCH"),
    ),
    changelog_pattern=r"^((BREAKING[\-\ ]CHANGE|\w+)(\(.+\))?!?):",
    commit_parser=(
        r"^((?P<change_type>feat|fix|refactor|perf|BREAKING CHANGE)(?:\((?P<scope>[^()\r\n]*)\)|\()?(?P<breaking>!)?"
        r"|\w+!):\s(?P<message>.*)?"
    ),
    change_type_map={"feat": "Feat", "fix": "Fix", "refactor": "Refactor", "perf": "Perf"},
    change_type_order=("BREAKING CHANGE", "Feat", "Fix", "Refactor", "Perf"),
    tag_formats=("v$version",),
    tag_patterns=(
        r"vv?(?P<version>([0-9]+)\.([0-9]+)(?:\.([0-9]+))?(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z.]+)?(\w+)?)",
    ),
    ignored_tag_patterns=(),
    bump_message="bump: version $current_version → $new_version",
    version_provider="version_txt",
    version_scheme="pep440",
    changelog_file="CHANGELOG.md",
    encoding="utf-8",
    merge_prereleases=False,
    hooks=(),
)


def commit(subject: str, body: str = "", *, sha: str = "", parents: tuple[str, ...] = (), time: int = 0) -> Commit:
    """A commit with a hash made from its subject where none is given."""
    made = sha or f"{sum(subject.encode()) * 2654435761 % 16**10:040x}"
    return Commit(made, parents, "Ada", "ada@example.org", time, subject, body)


def first_releases(commits: Iterable[Commit], tags: Sequence[Tag]) -> dict[str, str | None]:
    """For the hash of each commit, the name of the lowest release that contains it; None where none does yet."""
    names = [*(tag.name for tag in tags), None]
    return {each.sha: names[rank] for each, rank in labelled(commits, tags)}
