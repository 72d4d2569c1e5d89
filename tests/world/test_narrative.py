"""What the judge makes of a changelog: by its headings, and for the plain plugin by the subjects of the commits."""

import pytest

from cz_ship.world.rehearsal.narrative import telling_offences

PLAIN = b'[tool.commitizen]\nname = "cz_conventional_commits"\n'
NAMELESS = b'[tool.commitizen]\ntag_format = "v$version"\n'
OWN = b'[tool.commitizen]\nname = "cz_conventional_commits"\ntemplate = "own.j2"\n'
OLD = "\n## v1.0.0 (2025-01-01)\n\n- one\n"
HEAD = "## v1.1.0 (2026-01-01)\n"


def told(lines: str, *subjects: str, head: str = HEAD, old: str = OLD, settings: bytes = PLAIN) -> str:
    """All that is wrong with a changelog of 1.1.0, before which there was 1.0.0."""
    before = {"CHANGELOG.md": OLD.encode()}
    after = {"CHANGELOG.md": f"{head}{lines}{old}".encode(), ".cz.toml": settings}
    return "; ".join(telling_offences(before, after, "v1.1.0", {"v1.0.0"}, subjects))


@pytest.mark.parametrize(
    ("lines", "subjects"),
    [
        ("- one\n", ["feat: one"]),
        ("- **api**: one\n", ["fix(api)!: one"]),
        ("- one (#7)\n", ["perf: one (#7)"]),
        ("- one\n- one more\n", ["feat: one", "fix: one more"]),
        ("- **a**: one\n- **b**: one\n", ["feat(a): one", "feat(b): one"]),
        ("- one\n", ["feat: one", "feat: one"]),
        ("### BREAKING CHANGE\n\n- one\n\n### Feat\n\n- one\n", ["feat: one"]),
        ("- by hand\n- one\n", ["feat: one", "docs: two", "chore: three", "Merge branch 'topic'", "bump: 1.1.0"]),
        ("", ["docs: two"]),
    ],
)
def test_a_true_tale_is_without_offence(lines: str, subjects: list[str]) -> None:
    assert told(lines, *subjects) == ""


@pytest.mark.parametrize(
    ("lines", "subjects", "words"),
    [
        ("", ["feat: one"], "the changelog of v1.1.0 does not tell: one"),
        ("- one more\n", ["feat: one", "fix: one more"], "does not tell: one"),
        ("- **a**: one\n", ["feat(a): one", "feat(b): one"], "does not tell: one"),
        ("", ["refactor(api)!: one"], "does not tell: one"),
        ("- one\n- one\n", ["feat: one", "feat: one"], "the changelog tells 2 times: - one"),
    ],
)
def test_a_change_that_is_lost_or_doubled_is_an_offence(lines: str, subjects: list[str], words: str) -> None:
    assert words in told(lines, *subjects)
    assert words in told(lines, *subjects, settings=NAMELESS)


@pytest.mark.parametrize(
    ("head", "old", "words"),
    [
        ("", OLD, "the changelog has no section of v1.1.0"),
        (f"{HEAD}\n## v1.1.0 (2026-01-02)\n", OLD, "the changelog has 2 sections of v1.1.0"),
        (f"## [v1.1.0](somewhere)\n{HEAD}", OLD, "the changelog has 2 sections of v1.1.0"),
        (HEAD, "", "the changelog has 0 sections of v1.0.0, there had been 1"),
        (HEAD, OLD + OLD, "the changelog has 2 sections of v1.0.0, there had been 1"),
    ],
)
def test_each_version_has_one_section(head: str, old: str, words: str) -> None:
    assert words in told("", head=head, old=old)


def test_where_lines_may_read_otherwise_they_are_not_looked_for() -> None:
    assert told("- Something else\n", "feat: one", settings=OWN) == ""
    assert told("- Something else\n", "feat: one", settings=b"") == ""
    assert told("- Something else\n", "feat: one", settings=b"[tool]\ncommitizen = 1\n") == ""


def test_the_changelog_is_where_the_settings_say() -> None:
    settings = PLAIN + b'changelog_file = "NEWS.md"\n'
    after = {".cz.toml": settings, "NEWS.md": HEAD.encode()}
    untold = "the changelog of v1.1.0 does not tell: one"
    assert list(telling_offences({}, after, "v1.1.0", (), ["feat: one"])) == [untold]
    del after["NEWS.md"]
    assert list(telling_offences({}, after, "v1.1.0", (), ["feat: one"])) == ["there is no NEWS.md at v1.1.0"]
    assert list(telling_offences({}, after, "v1.1.0", (), [])) == []
