"""The commands that answer with facts: plan, version, decode, changelog."""

from pathlib import Path

from tests.support.repos import CZ_TOML, project
from tests.support.said import Speaker


def test_a_plan_tells_next_version_and_why(tmp_path: Path, ship: Speaker) -> None:
    repo = project(tmp_path / "p", "1.3.2")
    repo.tag("v1.3.2")
    fix = repo.commit("fix(core): a")
    repo.commit("docs: b")
    feat = repo.commit("feat!: c")
    plan = ship(repo.root, "plan", "--json").json
    assert {
        key: plan[key] for key in ("project", "mode", "branch", "current", "last_tag", "next", "increment", "tag")
    } == {
        "project": "demo-ship",
        "mode": "push",
        "branch": "main",
        "current": "1.3.2",
        "last_tag": "v1.3.2",
        "next": "2.0.0",
        "increment": "major",
        "tag": "v2.0.0",
    }
    assert plan["candidate"] == f"2.0.0rc{3 * 10**9 + int(feat[:7], 16)}"
    assert [(each["subject"], each["increment"]) for each in plan["commits"]] == [
        ("feat!: c", "major"),
        ("docs: b", None),
        ("fix(core): a", "patch"),
    ]
    assert plan["commits"][2] == {
        "sha": fix,
        "subject": "fix(core): a",
        "type": "fix",
        "scope": "core",
        "breaking": False,
        "increment": "patch",
    }
    assert plan["warnings"] == []


def test_nothing_releasable_is_said_and_the_candidate_is_the_next_patch(tmp_path: Path, ship: Speaker) -> None:
    repo = project(tmp_path / "p", "1.3.2")
    repo.tag("v1.3.2")
    repo.commit("docs: a")
    said = ship(repo.root, "plan", "--json")
    assert said.code == 0
    assert (said.json["next"], said.json["increment"], said.json["tag"]) == (None, None, None)
    assert said.json["candidate"].startswith("1.3.3rc1")
    assert "nothing to release" in ship(repo.root, "plan").out
    assert ship(repo.root, "version", "--next").out == ""


def test_versions_are_printed_alone(tmp_path: Path, ship: Speaker) -> None:
    repo = project(tmp_path / "p", "1.3.2")
    repo.tag("v1.3.2")
    sha = repo.commit("feat: a")
    assert ship(repo.root, "version").out == "1.3.2\n"
    assert ship(repo.root, "version", "--next").out == "1.4.0\n"
    candidate = ship(repo.root, "version", "--candidate").out.strip()
    decoded = ship(repo.root, "decode", candidate, "--json").json
    assert decoded == {"version": candidate, "base": "1.4.0", "distance": 1, "short_hash": sha[:7], "commit": sha}


def test_a_candidate_of_another_repository_is_decoded_without_its_commit(tmp_path: Path, ship: Speaker) -> None:
    assert ship(tmp_path, "decode", "1.4.0rc3027325108", "--json").json == {
        "version": "1.4.0rc3027325108",
        "base": "1.4.0",
        "distance": 3,
        "short_hash": "1a0f2b4",
        "commit": None,
    }


def test_the_plan_on_markdown_escapes_what_would_break_its_table(tmp_path: Path, ship: Speaker) -> None:
    repo = project(tmp_path / "p")
    repo.commit("fix: a | b <script>")
    out = ship(repo.root, "plan", "--markdown").out
    assert "| patch |" in out
    assert "a \\| b &lt;script>" in out


def test_the_unreleased_notes_come_from_commitizens_template(tmp_path: Path, ship: Speaker) -> None:
    repo = project(tmp_path / "p", "1.0.0")
    repo.tag("v1.0.0")
    repo.commit("feat(api): b")
    assert ship(repo.root, "changelog").out == "## v1.1.0 (2026-01-01)\n\n### Feat\n\n- **api**: b\n"


def test_the_changelog_of_all_releases_is_written_once_and_keeps_what_is_there(tmp_path: Path, ship: Speaker) -> None:
    repo = project(tmp_path / "p", "1.0.0")
    repo.tag("v1.0.0")
    repo.commit("fix: b")
    repo.tag("v1.0.1", message="notes")
    repo.commit("docs: c")
    hand = "# History\r\n\r\nhand-written\r\n\r\n## v1.0.0\r\n\r\nmy own words"
    repo.write({"CHANGELOG.md": hand})
    assert ship(repo.root, "changelog", "--all", "--write").code == 0
    written = (repo.root / "CHANGELOG.md").read_bytes().decode()
    assert written.replace("## v1.0.1 (2026-01-01)\r\n\r\n### Fix\r\n\r\n- b\r\n\r\n", "") == hand
    said = ship(repo.root, "changelog", "--all", "--write")
    assert "nothing to add" in said.err
    assert (repo.root / "CHANGELOG.md").read_bytes().decode() == written


def test_one_release_is_shown_by_its_version(tmp_path: Path, ship: Speaker) -> None:
    repo = project(tmp_path / "p", "1.0.0")
    repo.tag("v1.0.0")
    repo.commit("fix: b")
    repo.tag("v1.0.1")
    assert ship(repo.root, "changelog", "1.0.1").out == "## v1.0.1 (2026-01-01)\n\n### Fix\n\n- b\n"
    assert "there is no tag for 9.9" in ship(repo.root, "changelog", "9.9").err
    assert ship(repo.root, "changelog", "nonsense").code == 2
    assert ship(repo.root, "changelog", "--unreleased", "--write").code == 2


def test_in_mode_branch_the_wish_is_the_next_version(tmp_path: Path, ship: Speaker) -> None:
    repo = project(tmp_path / "p", "1.0.0", '[tool.cz-ship]\nmode = "branch"\n')
    repo.tag("v1.0.0")
    repo.commit("feat: b")
    early = ship(repo.root, "plan", "--json").json
    assert (early["next"], [each["code"] for each in early["warnings"]]) == (None, ["not-bumped"])
    repo.commit("bump: version 1.0.0 → 1.1.0", {"version.txt": "1.1.0\n"})
    plan = ship(repo.root, "plan", "--json").json
    assert (plan["next"], plan["tag"], plan["increment"]) == ("1.1.0", "v1.1.0", "minor")
    assert plan["candidate"].startswith("1.1.0rc2")


def test_customized_rules_decide(tmp_path: Path, ship: Speaker) -> None:
    rules = """
[tool.commitizen.customize]
bump_pattern = "^(story|bug)"
changelog_pattern = "^(story|bug)"
commit_parser = "^(?P<change_type>story|bug): (?P<message>.*)"
bump_map = {"story" = "MAJOR", "bug" = "MINOR"}
schema_pattern = "(story|bug): .*"
"""
    cz = CZ_TOML.replace("cz_conventional_commits", "cz_customize") + rules
    repo = project(tmp_path / "p", "1.0.0")
    repo.commit("chore: rules", {".cz.toml": cz})
    repo.tag("v1.0.0")
    repo.commit("bug: a")
    assert ship(repo.root, "version", "--next").out == "1.1.0\n"
    assert "- a" in ship(repo.root, "changelog").out


def test_a_template_of_the_projects_own_is_used(tmp_path: Path, ship: Speaker) -> None:
    repo = project(tmp_path / "p", "1.0.0")
    repo.write({".cz.toml": CZ_TOML + 'extras = {}\nchangelog_merge_prerelease = false\ntemplate = "notes.j2"\n'})
    repo.write({"notes.j2": "{% for entry in tree %}RELEASE {{ entry.version }}\n{% endfor %}"})
    repo.commit("chore: template")
    repo.tag("v1.0.0")
    repo.commit("fix: a")
    assert ship(repo.root, "changelog").out == "RELEASE v1.0.1\n"


def test_what_commits_say_does_not_speak_to_the_terminal(tmp_path: Path, ship: Speaker) -> None:
    repo = project(tmp_path / "p", "1.0.0")
    repo.tag("v1.0.0")
    repo.commit("fix: \x1b[31mred\x1b[0m \x07bell\rover")
    for command in (("plan",), ("plan", "--markdown")):
        out = ship(repo.root, *command).out
        assert "red" in out
        assert not set("\x1b\x07\r") & set(out), command
