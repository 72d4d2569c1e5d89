"""The named differences in the next version: both answers in the smallest repository, as the page has them."""

import re
from pathlib import Path

import pytest

from tests.support.readme import ROOT
from tests.support.repos import START, remote_of
from tests.support.twins import Twins, small

PAGE = ROOT / "docs" / "differences.md"
LEGACY = 'legacy_tag_formats = ["$version"]\n'


def test_the_page_names_each_difference_that_is_tested_and_no_other() -> None:
    named = re.findall(r"`(test_\w+)` \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    files = Path(__file__).parent.glob("test_differences*.py")
    tested = [name for file in files for name in re.findall(r"^def (test_\w+)", file.read_text(), re.MULTILINE)]
    tested.remove("test_the_page_names_each_difference_that_is_tested_and_no_other")
    assert sorted(named) == sorted(tested)
    assert len(set(named)) == len(named) > 30


def test_a_quoted_break_counts_for_nothing(twin: Twins, tmp_path: Path) -> None:
    repo = small(tmp_path / "p")
    repo.commit("fix: a\n\nthe bot of old wrote\nBREAKING CHANGE: b\n\n```\n\nBREAKING CHANGE: c\n\n```")
    assert (twin.next_of_cz(repo.root), twin.next_of_ship(repo.root)) == ("2.0.0", "1.0.1")
    assert twin.warnings(repo.root) == ["quoted-break"]
    assert "### BREAKING CHANGE\n\n- c\n" in twin.changelog_of_cz(repo.root)
    assert "BREAKING" not in twin.changelog(repo.root)


def test_an_open_code_block_goes_on_to_the_end(twin: Twins, tmp_path: Path) -> None:
    repo = small(tmp_path / "p")
    repo.commit("fix: a\n\n```\ncode\n\nBREAKING CHANGE: b")
    assert (twin.next_of_cz(repo.root), twin.next_of_ship(repo.root)) == ("2.0.0", "1.0.1")
    assert twin.warnings(repo.root) == ["quoted-break"]
    repo.commit("fix: a\n\n```\ncode\n```\n\nBREAKING CHANGE: b")
    assert twin.next_of_cz(repo.root) == twin.next_of_ship(repo.root) == "2.0.0"


@pytest.mark.parametrize("end", ["\u2028", "\x0c", "\x85", "\r"])
def test_a_line_ends_at_a_line_feed_alone(twin: Twins, tmp_path: Path, end: str) -> None:
    repo = small(tmp_path / "p")
    repo.commit(f"fix: a{end}b\n\nwords{end}feat: c")
    assert (twin.next_of_cz(repo.root), twin.next_of_ship(repo.root)) == ("1.1.0", "1.0.1")
    assert "- a\n" in twin.changelog_of_cz(repo.root)
    assert f"- a{end}b\n" in twin.changelog(repo.root)


def test_no_text_in_a_message_cuts_it(twin: Twins, tmp_path: Path) -> None:
    repo = small(tmp_path / "p")
    repo.commit("fix: a\n\nits log has\n----------commit-delimiter----------\nbetween commits")
    said = twin.cz(repo.root, "bump", "--get-next", "--yes")
    assert (said.code, "ValueError: not enough values to unpack" in said.err) == (1, True)
    assert twin.next_of_ship(repo.root) == "1.0.1"


def test_bytes_that_are_not_utf_8_harm_their_own_line_alone(twin: Twins, tmp_path: Path) -> None:
    repo = small(tmp_path / "p")
    repo.commit("fix: naïve")
    tree = repo.git("rev-parse", "HEAD^{tree}")
    person = f"Ada <ada@example.org> {START + 600} +0000"
    head = f"tree {tree}\nparent {repo.head}\nauthor {person}\ncommitter {person}\n\n".encode()
    sha = repo.git("hash-object", "-t", "commit", "-w", "--stdin", input=head + "fix: café\n".encode("latin-1"))
    repo.git("update-ref", "HEAD", sha)
    assert "- naïve\n" not in twin.changelog_of_cz(repo.root)
    assert "- caf\ufffd\n- naïve\n" in twin.changelog(repo.root)


def test_a_lost_baseline_is_refused(twin: Twins, tmp_path: Path) -> None:
    repo = small(tmp_path / "p", version="1.4.3", tag="")
    repo.commit("feat!: long ago")
    repo.commit("bump: version 1.4.2 → 1.4.3")
    repo.commit("fix: a")
    assert twin.next_of_cz(repo.root) == "2.0.0"
    said = twin.ship(repo.root, "version", "--next")
    assert (said.code, said.out, "its tag v1.4.3 is gone" in said.err) == (5, "", True)
    repo.tag("v1.4.3", "HEAD^")
    assert twin.next_of_cz(repo.root) == twin.next_of_ship(repo.root) == "1.4.4"


def test_a_version_behind_the_newest_release_is_refused(twin: Twins, tmp_path: Path) -> None:
    repo = small(tmp_path / "p")
    repo.commit("feat: a")
    repo.tag("v1.1.0")
    repo.commit("fix: b")
    assert twin.next_of_cz(repo.root) == "1.1.0"  # which is there already
    said = twin.ship(repo.root, "version", "--next")
    assert (said.code, said.out, "the later release v1.1.0 is in this history already" in said.err) == (1, "", True)


def test_a_baseline_beside_the_history_is_refused(twin: Twins, tmp_path: Path) -> None:
    repo = small(tmp_path / "p", tag="")
    repo.git("switch", "--quiet", "-c", "side")
    repo.commit("fix: a")
    repo.tag("v1.0.0")
    repo.git("switch", "--quiet", "main")
    repo.commit("feat: b")
    assert twin.next_of_cz(repo.root) == "1.1.0"
    said = twin.ship(repo.root, "version", "--next")
    assert (said.code, said.out, "tag v1.0.0 is not in this history" in said.err) == (5, "", True)


def test_of_two_tags_for_a_version_the_current_format_wins(twin: Twins, tmp_path: Path) -> None:
    repo = small(tmp_path / "p", LEGACY)
    repo.commit("feat: a")
    repo.tag("1.0.0")
    repo.commit("fix: b")
    assert (twin.next_of_cz(repo.root), twin.next_of_ship(repo.root)) == ("1.0.1", "1.1.0")
    assert twin.warnings(repo.root) == ["two-tags"]


def test_a_tag_of_an_equal_version_is_found(twin: Twins, tmp_path: Path) -> None:
    repo = small(tmp_path / "p", version="1.2.0", tag="")
    repo.commit("feat!: long ago")
    repo.tag("v1.2")
    repo.commit("fix: a")
    assert (twin.next_of_cz(repo.root), twin.next_of_ship(repo.root)) == ("2.0.0", "1.2.1")
    assert twin.warnings(repo.root) == ["odd-tag"]


def test_a_version_of_two_parts_is_one_version(twin: Twins, tmp_path: Path) -> None:
    repo = small(tmp_path / "p", version="1.2", tag="v1.2.0")
    repo.commit("feat: a")
    repo.git("branch", "maintenance")
    repo.commit("fix: b")
    repo.git("switch", "--quiet", "maintenance")
    repo.commit("fix: c")
    repo.tag("v1.2.5")
    repo.git("switch", "--quiet", "main")
    assert (twin.next_of_cz(repo.root), twin.next_of_ship(repo.root)) == ("1.2.1", "1.3.0")


@pytest.mark.parametrize(
    ("settings", "tag"), [('ignored_tag_formats = ["v1.*"]\n', "v1.0.0"), ('tag_format = "$major.$minor"\n', "1.0")]
)
def test_tags_that_do_not_read_back_are_refused(twin: Twins, tmp_path: Path, settings: str, tag: str) -> None:
    repo = small(tmp_path / "p", settings, tag=tag)
    repo.commit("fix: a")
    assert twin.next_of_cz(repo.root) == "1.0.1"
    said = twin.ship(repo.root, "version", "--next")
    assert (said.code, said.out, "does not read back to it" in said.err) == (2, "", True)


def test_ignoring_all_unknown_tags_hides_no_release(twin: Twins, tmp_path: Path) -> None:
    repo = small(tmp_path / "p", 'ignored_tag_formats = ["*"]\n')
    repo.commit("fix: a")
    assert twin.next_of_cz(repo.root) == twin.next_of_ship(repo.root) == "1.0.1"
    assert twin.changelog_of_cz(repo.root) == "## Unreleased\n\n### Fix\n\n- a\n"
    assert twin.changelog(repo.root) == "## Unreleased\n\n### Fix\n\n- a\n\n## v1.0.0 (2026-01-01)\n"


@pytest.mark.parametrize(("version", "tag"), [("1.0.0", "1.0.0"), ("1.0", "v1.0")])
def test_nothing_to_release_is_said_whatever_the_tag_is_called(
    twin: Twins, tmp_path: Path, version: str, tag: str
) -> None:
    repo = small(tmp_path / "p", LEGACY, version=version, tag=tag)
    repo.commit("docs: a")
    assert (twin.next_of_cz(repo.root), twin.next_of_ship(repo.root)) == ("1.0.0", None)


def test_a_pre_release_waits_for_a_commit(twin: Twins, tmp_path: Path) -> None:
    repo = small(tmp_path / "p", version="1.0.0rc1", tag="v1.0.0rc1")
    assert (twin.next_of_cz(repo.root), twin.next_of_ship(repo.root)) == ("1.0.0", None)
    assert twin.warnings(repo.root) == ["pre-release"]
    repo.commit("fix: a")
    assert twin.next_of_cz(repo.root) == twin.next_of_ship(repo.root) == "1.0.0"
    assert twin.warnings(repo.root) == []


@pytest.mark.parametrize(
    ("version", "of_cz", "of_ship"),
    [("1!1.0.0", "1.0.1", "1!1.0.1"), ("1.0.0.post1", "1.0.1", "1.0.1"), ("2026.1.2.3", "2026.1.3", "2026.1.3")],
)
def test_every_release_of_pep_440_is_read(twin: Twins, tmp_path: Path, version: str, of_cz: str, of_ship: str) -> None:
    repo = small(tmp_path / "p", version=version, tag=f"v{version}")
    repo.commit("fix: a")
    assert (twin.next_of_cz(repo.root), twin.next_of_ship(repo.root)) == (of_cz, of_ship)
    assert f"## v{version} " not in twin.changelog_of_cz(repo.root)
    assert f"## v{version} " in twin.changelog(repo.root)


def test_release_as_names_the_next_version(twin: Twins, tmp_path: Path) -> None:
    repo = small(tmp_path / "p")
    repo.commit("fix: a\n\nRelease-As: 2.0.0")
    assert (twin.next_of_cz(repo.root), twin.next_of_ship(repo.root)) == ("1.0.1", "2.0.0")
    assert (twin.plan(repo.root)["increment"], twin.warnings(repo.root)) == ("major", ["release-as"])


def test_an_amended_message_counts(twin: Twins, tmp_path: Path) -> None:
    repo = small(tmp_path / "p")
    repo.commit("fix: a")
    repo.git("notes", "--ref=cz-ship", "add", "-m", "feat: b")
    assert (twin.next_of_cz(repo.root), twin.next_of_ship(repo.root)) == ("1.0.1", "1.1.0")
    assert (twin.warnings(repo.root), "- b\n" in twin.changelog(repo.root)) == (["amended"], True)


def test_a_shallow_clone_is_deepened(twin: Twins, tmp_path: Path) -> None:
    repo = small(tmp_path / "p")
    repo.commit("feat: a")
    repo.commit("fix: b")
    remote = remote_of(repo, tmp_path / "remote.git")
    for_cz, for_ship = (remote.clone(tmp_path / name, "--depth=1", "--no-local") for name in ("cz", "ship"))
    assert (twin.next_of_cz(for_cz.root), twin.next_of_ship(for_ship.root)) == ("1.0.1", "1.1.0")
    fresh = remote.clone(tmp_path / "fresh", "--depth=1", "--no-local")
    assert twin.warnings(fresh.root) == ["shallow"]


def test_a_file_of_the_name_head_is_no_obstacle(twin: Twins, tmp_path: Path) -> None:
    repo = small(tmp_path / "p", tag="", version="0.0.0")
    repo.commit("feat: a", {"HEAD": "of a statue\n"})
    assert twin.cz(repo.root, "bump", "--get-next", "--yes").code == 23
    assert twin.next_of_ship(repo.root) == "0.1.0"


def test_a_prefix_lets_by_what_machines_write(twin: Twins, tmp_path: Path) -> None:
    repo = small(tmp_path / "p")
    for message, words in (
        ("Merge nonsense", "'Merge' begins nothing that git or a forge writes"),
        ("Revert it all", 'did you mean "revert: it all"?'),
        ("fixup!a", "'fixup!' begins nothing that git or a forge writes"),
    ):
        assert twin.cz(repo.root, "check", "--message", message).code == 0
        said = twin.ship(repo.root, "check", "--message", message)
        assert (said.code, words in said.err) == (1, True)
    for message in ("Merge branch 'a'", 'Revert "fix: a"', "fixup! fix: a"):
        assert twin.ship(repo.root, "check", "--message", message).code == 0
    repo.git("switch", "--quiet", "-c", "side")
    repo.commit("fix: a")
    repo.git("switch", "--quiet", "main")
    repo.git("merge", "--quiet", "--no-ff", "--no-commit", "side")
    assert twin.ship(repo.root, "check", "--message", "Merge nonsense").code == 0
    repo.git("commit", "--quiet", "-m", "Merge nonsense")
    assert twin.ship(repo.root, "check", "--range", "v1.0.0..").code == 0


def test_a_message_that_cannot_be_read_is_told(twin: Twins, tmp_path: Path) -> None:
    repo = small(tmp_path / "p")
    (tmp_path / "message").write_bytes(b"fix: \xff")
    said = twin.cz(repo.root, "check", "--commit-msg-file", str(tmp_path / "message"))
    assert (said.code, "UnicodeDecodeError" in said.err) == (1, True)
    said = twin.ship(repo.root, "check", "--message-file", str(tmp_path / "message"))
    assert (said.code, "the message cannot be read: 'utf-8' codec can't decode byte 0xff" in said.err) == (2, True)


def test_a_message_that_git_does_not_take_is_refused(twin: Twins, tmp_path: Path) -> None:
    repo = small(tmp_path / "p")
    path = tmp_path / "message"
    path.write_bytes(b"fix: a\0b\n")
    assert twin.cz(repo.root, "check", "--commit-msg-file", str(path)).code == 0
    said = twin.ship(repo.root, "check", "--message-file", str(path))
    assert (said.code, "column 7: a NUL byte" in said.err) == (1, True)
    repo.git("commit", "--allow-empty", "--file", str(path), check=False)
    assert repo.head == repo.git("rev-parse", "v1.0.0")


def test_a_version_by_name_that_cannot_follow_is_refused(twin: Twins, tmp_path: Path) -> None:
    repo = small(tmp_path / "p")
    message = "fix: a\n\nRelease-As: 1.0"
    assert twin.cz(repo.root, "check", "--message", message).code == 0
    said = twin.ship(repo.root, "check", "--message", message)
    assert (said.code, "line 3, column 1: 'Release-As: 1.0' names no version that can follow" in said.err) == (1, True)
    repo.commit(message)
    assert twin.ship(repo.root, "plan").code == 1
