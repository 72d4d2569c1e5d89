"""The named differences in the changelog: both answers in the smallest repository, as the page has them."""

from pathlib import Path

from tests.support.repos import START, Repo
from tests.support.twins import HOOKED, Twins, small

FIRST = "## v1.0.0 (2026-01-01)\n"
MERGES = "changelog_merge_prerelease = true\n"


def test_both_spellings_of_a_break_are_listed(twin: Twins, tmp_path: Path) -> None:
    repo = small(tmp_path / "p")
    repo.commit("fix: a\n\nBREAKING-CHANGE: b")
    assert twin.next_of_cz(repo.root) == twin.next_of_ship(repo.root) == "2.0.0"
    assert twin.changelog_of_cz(repo.root) == f"## Unreleased\n\n### Fix\n\n- a\n\n{FIRST}"
    assert twin.changelog(repo.root) == f"## Unreleased\n\n### BREAKING CHANGE\n\n- b\n\n### Fix\n\n- a\n\n{FIRST}"


def test_a_line_said_twice_is_listed_once(twin: Twins, tmp_path: Path) -> None:
    repo = small(tmp_path / "p")
    repo.commit("fix: a")
    repo.commit("fix: a")
    assert twin.changelog_of_cz(repo.root) == f"## Unreleased\n\n### Fix\n\n- a\n- a\n\n{FIRST}"
    assert twin.changelog(repo.root) == f"## Unreleased\n\n### Fix\n\n- a\n\n{FIRST}"


def test_a_merged_branch_stands_under_the_first_release_that_contains_it(twin: Twins, tmp_path: Path) -> None:
    repo = small(tmp_path / "p")
    repo.git("switch", "--quiet", "-c", "side")
    repo.commit("feat: b")
    repo.git("switch", "--quiet", "main")
    repo.commit("fix: a", {"version.txt": "1.0.1\n"})
    repo.tag("v1.0.1")
    repo.git("switch", "--quiet", "side")
    repo.git("merge", "--quiet", "--no-ff", "-m", "Merge branch 'main' into side", "main")
    repo.git("switch", "--quiet", "main")
    repo.git("merge", "--quiet", "--ff-only", "side")
    assert repo.git("tag", "--contains", ":/feat: b") == ""
    fixed = "## v1.0.1 (2026-01-01)\n\n"
    assert twin.changelog_of_cz(repo.root) == f"## Unreleased\n\n{fixed}### Feat\n\n- b\n\n### Fix\n\n- a\n\n{FIRST}"
    assert twin.changelog(repo.root) == f"## Unreleased\n\n### Feat\n\n- b\n\n{fixed}### Fix\n\n- a\n\n{FIRST}"
    assert twin.next_of_cz(repo.root) == twin.next_of_ship(repo.root) == "1.1.0"


def test_two_tags_on_a_commit_keep_both_sections(twin: Twins, tmp_path: Path) -> None:
    repo = small(tmp_path / "p", tag="")
    repo.commit("feat: a")
    repo.tag("v1.0.0rc1")
    repo.tag("v1.0.0")
    candidate = "## v1.0.0rc1 (2026-01-01)\n\n### Feat\n\n- a\n"
    assert twin.changelog_of_cz(repo.root) == f"{FIRST}\n### Feat\n\n- a\n"
    assert twin.changelog(repo.root) == f"{FIRST}\n{candidate}"


def test_releases_stand_in_the_order_of_versions(twin: Twins, tmp_path: Path) -> None:
    repo = small(tmp_path / "p", tag="", version="2.0.0")
    repo.commit("feat: a")
    repo.tag("v2.0.0")
    repo.commit("fix: b")
    repo.tag("v1.9.0")
    assert headings(twin.changelog_of_cz(repo.root)) == ["v1.9.0", "v2.0.0"]
    assert headings(twin.changelog(repo.root)) == ["v2.0.0", "v1.9.0"]


def test_a_version_has_one_section(twin: Twins, tmp_path: Path) -> None:
    repo = small(tmp_path / "p", 'legacy_tag_formats = ["$version"]\n')
    repo.commit("feat: a")
    repo.tag("1.0.0")
    assert headings(twin.changelog_of_cz(repo.root)) == ["1.0.0", "v1.0.0"]
    assert headings(twin.changelog(repo.root)) == ["Unreleased", "v1.0.0"]


def test_a_tag_of_a_tag_is_a_release(twin: Twins, tmp_path: Path) -> None:
    repo = small(tmp_path / "p", tag="")
    repo.tag("signed-off", message="by Ada")
    repo.tag("v1.0.0", "signed-off", message="1.0.0")
    repo.commit("fix: a")
    assert twin.next_of_cz(repo.root) == twin.next_of_ship(repo.root) == "1.0.1"
    assert headings(twin.changelog_of_cz(repo.root)) == ["Unreleased"]
    assert headings(twin.changelog(repo.root)) == ["Unreleased", "v1.0.0"]


def test_a_tag_that_is_no_version_is_no_release(twin: Twins, tmp_path: Path) -> None:
    repo = small(tmp_path / "p")
    repo.commit("fix: a")
    repo.tag("v1.0.1nightly")
    assert headings(twin.changelog_of_cz(repo.root)) == ["v1.0.1nightly", "v1.0.0"]
    assert headings(twin.changelog(repo.root)) == ["Unreleased", "v1.0.0"]
    repo.commit("fix: b")
    assert headings(twin.changelog_of_cz(repo.root)) == headings(twin.changelog(repo.root)) == ["Unreleased", "v1.0.0"]


def test_a_pre_release_at_head_is_merged_like_any_other(twin: Twins, tmp_path: Path) -> None:
    repo = small(tmp_path / "p", MERGES)
    repo.commit("fix: a")
    repo.tag("v1.0.1rc0")
    assert headings(twin.changelog_of_cz(repo.root)) == ["v1.0.1rc0", "v1.0.0"]
    assert headings(twin.changelog(repo.root)) == ["Unreleased", "v1.0.0"]
    repo.commit("fix: b")
    assert headings(twin.changelog_of_cz(repo.root)) == headings(twin.changelog(repo.root)) == ["Unreleased", "v1.0.0"]


def test_the_notes_of_one_version_have_its_pre_releases(twin: Twins, tmp_path: Path) -> None:
    repo = small(tmp_path / "p", MERGES)
    repo.commit("fix: a")
    repo.tag("v1.0.1rc0")
    repo.commit("fix: b")
    repo.tag("v1.0.1")
    whole = "## v1.0.1 (2026-01-01)\n\n### Fix\n\n- b\n- a\n"
    assert twin.changelog_of_cz(repo.root) == twin.changelog(repo.root) == f"{whole}\n{FIRST}"
    assert twin.cz(repo.root, "changelog", "--dry-run", "1.0.1").out == whole.replace("- a\n", "") + "\n"
    assert twin.ship(repo.root, "changelog", "1.0.1").out == whole


def test_the_notes_of_one_version_are_its_own(twin: Twins, tmp_path: Path) -> None:
    repo = small(tmp_path / "p")
    first = repo.commit("fix: a")
    repo.commit("fix: b")
    repo.tag("v1.0.2")
    repo.moment += 60
    repo.tag("v1.0.1", first, message="made later")
    of_first, of_second = (
        f"## v1.0.{patch} (2026-01-01)\n\n### Fix\n\n- {say}\n" for patch, say in ((1, "a"), (2, "b"))
    )
    assert twin.cz(repo.root, "changelog", "--dry-run", "1.0.2").out == f"{of_second}\n{of_first}\n"
    assert twin.cz(repo.root, "changelog", "--dry-run", "1.0.1").code == 3
    assert twin.ship(repo.root, "changelog", "1.0.2").out == of_second
    assert twin.ship(repo.root, "changelog", "1.0.1").out == of_first


def test_the_date_is_the_commits_in_utc(twin: Twins, tmp_path: Path) -> None:
    repo = small(tmp_path / "p", tag="")
    repo.moment += 86_400
    repo.tag("v1.0.0", message="a day later")
    assert (twin.changelog_of_cz(repo.root), twin.changelog(repo.root)) == ("## v1.0.0 (2026-01-02)\n", FIRST)
    repo.git("tag", "--delete", "v1.0.0")
    person = f"Ada <ada@example.org> {START - 60} +1300"  # in 2025 by UTC
    commit = f"tree {repo.git('rev-parse', 'HEAD^{tree}')}\nauthor {person}\ncommitter {person}\n\nfeat: a\n"
    repo.tag("v1.0.0", repo.git("hash-object", "-t", "commit", "-w", "--stdin", input=commit.encode()))
    repo.git("reset", "--quiet", "--hard", "v1.0.0")
    repo.write({".cz.toml": repo.git("show", "HEAD@{1}:.cz.toml")})
    assert headings(twin.changelog_of_cz(repo.root), dates=True) == ["v1.0.0 (2026-01-01)"]
    assert headings(twin.changelog(repo.root), dates=True) == ["v1.0.0 (2025-12-31)"]


def test_an_empty_unreleased_has_no_heading(twin: Twins, tmp_path: Path) -> None:
    repo = small(tmp_path / "p")
    repo.commit("docs: a")
    assert (twin.changelog_of_cz(repo.root), twin.changelog(repo.root)) == (f"## Unreleased\n\n{FIRST}", FIRST)


def test_a_break_without_a_type_stands_beside_types_of_ones_own(twin: Twins, tmp_path: Path) -> None:
    repo = small(tmp_path / "p", 'change_type_map = {feat = "Features"}\n')
    repo.commit("feat: a")
    repo.commit("chore!: b")
    said = twin.cz(repo.root, "changelog", "--dry-run")
    assert (said.code, "TypeError: '<' not supported" in said.err) == (1, True)
    assert twin.changelog(repo.root) == f"## Unreleased\n\n\n- b\n\n### Features\n\n- a\n\n{FIRST}"
    repo.write({".cz.toml": (repo.root / ".cz.toml").read_text().replace("cz_conventional_commits", HOOKED)})
    refused = twin.ship(repo.root, "changelog", "--all")
    assert (refused.code, "TypeError: '<' not supported" in refused.err) == (2, True)


def test_the_release_hook_is_handed_its_own_tag(twin: Twins, tmp_path: Path) -> None:
    repo = hooked(tmp_path / "p", "hooked_tags = true\n")
    repo.commit("fix: a")
    repo.tag("v1.0.1")
    repo.commit("fix: b")
    told = ["Unreleased of v1.0.1", "v1.0.1 of v1.0.0", "v1.0.0 of v1.0.0"]
    assert headings(twin.changelog_of_cz(repo.root)) == told
    assert headings(twin.changelog(repo.root)) == ["Unreleased of no tag", "v1.0.1 of v1.0.1", "v1.0.0 of v1.0.0"]


def test_a_filter_that_drops_a_tagged_commit_drops_no_release(twin: Twins, tmp_path: Path) -> None:
    repo = hooked(tmp_path / "p", "")
    repo.commit("fix: a")
    repo.commit("fix: b\n\n[no notes]")
    repo.tag("v1.0.1")
    repo.commit("fix: c")
    assert headings(twin.changelog_of_cz(repo.root)) == ["Unreleased !", "v1.0.0 !"]
    assert headings(twin.changelog(repo.root)) == ["Unreleased !", "v1.0.1 !", "v1.0.0 !"]


def test_an_empty_body_is_no_line(twin: Twins, tmp_path: Path) -> None:
    repo = hooked(tmp_path / "p", 'hooked_parser = "(?P<message>.*)"\n')
    repo.commit("fix: a")
    by = "(fix, A Tester, tester@example.org)"
    assert f"\n- fix: a {by}\n-  {by}\n" in twin.changelog_of_cz(repo.root)
    assert f"\n- fix: a {by}\n\n## " in twin.changelog(repo.root)


def test_all_is_every_release(twin: Twins, tmp_path: Path) -> None:
    for name, setting in (("from", 'changelog_start_rev = "v1.0.0"\n'), ("new", "changelog_incremental = true\n")):
        repo = small(tmp_path / name, setting)
        repo.commit("fix: a", {"CHANGELOG.md": FIRST})
        assert twin.changelog_of_cz(repo.root) == "## Unreleased\n\n### Fix\n\n- a\n"
        assert twin.changelog(repo.root) == f"## Unreleased\n\n### Fix\n\n- a\n\n{FIRST}"


def test_what_is_written_by_hand_stays(twin: Twins, tmp_path: Path) -> None:
    hand = f"# History\n\nBy hand.\n\n## Unreleased\n\nMind the step.\n\n{FIRST}\nA first one.\n"
    added = "## v1.0.1 (2026-01-01)\n\n### Fix\n\n- a\n\n"
    of_cz = {(): f"{added}{FIRST}", ("--incremental",): hand.replace("## Unreleased\n\nMind the step.\n\n", added)}
    for options, expected in of_cz.items():
        repo = small(tmp_path / f"p{len(options)}")
        repo.commit("fix: a", {"CHANGELOG.md": hand})
        repo.tag("v1.0.1")
        assert twin.cz(repo.root, "changelog", *options).code == 0
        assert (repo.root / "CHANGELOG.md").read_text() == expected
        repo.write({"CHANGELOG.md": hand})
        assert twin.ship(repo.root, "changelog", "--all", "--write").code == 0
        assert (repo.root / "CHANGELOG.md").read_text() == hand.replace(FIRST, added + FIRST)


def test_a_section_goes_above_those_of_keep_a_changelog(twin: Twins, tmp_path: Path) -> None:
    hand = "# Changelog\n\n## [1.0.0] - 2026-01-01\n\n- a first one\n"
    added = "## v1.0.1 (2026-01-01)\n\n### Fix\n\n- a\n"
    for program, expected in (
        (twin.cz, f"{hand}\n{added}\n{FIRST}"),
        (twin.ship, hand.replace("## [", f"{added}\n## [")),
    ):
        repo = small(tmp_path / program.__name__)
        repo.commit("fix: a", {"CHANGELOG.md": hand})
        repo.tag("v1.0.1")
        options = ("--incremental",) if program == twin.cz else ("--all", "--write")
        assert program(repo.root, "changelog", *options).code == 0
        assert (repo.root / "CHANGELOG.md").read_text() == expected


def test_a_heading_within_an_entry_hides_no_release(twin: Twins, tmp_path: Path) -> None:
    repo = small(tmp_path / "p")
    repo.commit("fix: a\n\nBREAKING CHANGE: b\n## v3.0.0")
    repo.tag("v2.0.0")
    told = f"## v2.0.0 (2026-01-01)\n\n### BREAKING CHANGE\n\n- b\n## v3.0.0\n\n### Fix\n\n- a\n\n{FIRST}"
    assert twin.changelog_of_cz(repo.root) == told
    assert twin.changelog(repo.root) == told.replace("\n## v3", "\n\\## v3")


def hooked(root: Path, settings: str) -> Repo:
    """A repository with the plugin that has hooks."""
    return small(root, settings, plugin=HOOKED)


def headings(changelog: str, *, dates: bool = False) -> list[str]:
    """The titles of the sections, without their dates."""
    titles = [line[3:] for line in changelog.splitlines() if line.startswith("## ")]
    return titles if dates else [title.partition(" (")[0] for title in titles]
