"""What doctor finds, and what it leaves in peace."""

import json
import re
import sys
from pathlib import Path

import pytest

from cz_ship.checkup import Standing
from cz_ship.rules.checkup_versions import standing_findings
from cz_ship.rules.drift import drift
from cz_ship.rules.findings import LEVELS, TOPICS
from cz_ship.world.workflows import TEMPLATE, read_workflow
from tests.support.cases import CASES, judged, judged_workflow, laid
from tests.support.projects import flit_project
from tests.support.readme import ROOT, blocks
from tests.support.repos import CZ_TOML, Repo, project, remote_of
from tests.support.said import Said, Speaker
from tests.support.terminal import terminal


def found(case: Path, root: Path, ship: Speaker) -> set[str]:
    facts = case / "facts.json"
    if facts.exists():
        return {each.code for each in judged(facts)}
    workflow = case / "workflow.yml"
    if workflow.exists():
        return {each.code for each in judged_workflow(workflow, "pull-request" if "dispatch" in str(case) else "push")}
    return codes(ship(laid(case, root), "doctor", "--offline", "--json"))


def codes(said: Said) -> set[str]:
    return {each["code"] for each in said.json["findings"]}


@pytest.mark.parametrize("code", [code for code in LEVELS if code != "unknown"])
def test_a_case_provokes_the_finding_and_another_does_not(code: str, tmp_path: Path, ship: Speaker) -> None:
    assert code in found(CASES / code / "ill", tmp_path / "ill", ship)
    assert code not in found(CASES / code / "well", tmp_path / "well", ship)


def test_every_case_is_of_a_finding_that_there_is() -> None:
    assert {path.name for path in CASES.iterdir()} == {*LEVELS} - {"unknown"}


@pytest.mark.parametrize(
    "pipeline", [TEMPLATE, ROOT / ".github" / "workflows" / "pipeline.yml"], ids=["template", "own"]
)
def test_the_pipeline_that_we_lay_down_and_our_own_have_no_finding(pipeline: Path) -> None:
    assert judged_workflow(pipeline) == []


def test_each_kind_of_drift_is_named() -> None:
    template = read_workflow(TEMPLATE)
    one, *others = template.jobs
    altered = one._replace(permissions={}, environment="x", flow="{}", steps=())
    changed = template._replace(events=(), permissions=None, concurrency={}, jobs=(altered, *others[1:]))
    assert drift(changed, template) == (
        f"it does not run on {', '.join(template.events)}",
        "its permissions differ",
        "its concurrency differs",
        f"job {one.name} differs in permissions, environment, order (needs, if, concurrency, outputs), steps",
        f"job {others[0].name} is missing",
    )


def test_another_release_branch_is_no_drift_and_another_order_is() -> None:
    template = read_workflow(TEMPLATE)
    moved = [job._replace(flow=job.flow.replace("refs/heads/main'", "refs/heads/it''s'")) for job in template.jobs]
    assert moved != [*template.jobs]
    assert drift(template._replace(jobs=tuple(moved)), template) == ()
    turned = [job._replace(flow=job.flow.replace("==", "!=")) for job in template.jobs]
    assert "job tag differs in order" in "".join(drift(template._replace(jobs=tuple(turned)), template))


def test_every_finding_stands_on_the_page_under_its_topic_with_its_level() -> None:
    page = (ROOT / "docs" / "doctor.md").read_text(encoding="utf-8")
    told = {
        section.partition("\n")[0]: dict(re.findall(r"^\| `([\w-]+)` \| (\w+) \|", section, re.MULTILINE))
        for section in page.split("\n## ")[1:]
    }
    assert told == TOPICS
    assert [list(each) for each in told.values()] == [list(each) for each in TOPICS.values()]


# Indexes that are switched off are not asked.
OFFLINE = "[tool.cz-ship.indexes]\ntest.enabled = false\nprod.enabled = false\n"


def sound(tmp_path: Path, settings: str = "") -> Repo:
    """A project in which doctor finds nothing."""
    repo = project(tmp_path / "p", settings=settings)
    hook = "{id: cz-ship-check, name: check, entry: cz-ship check --message-file, language: system}"
    repo.commit("chore: hooks", {".pre-commit-config.yaml": f"repos: [{{repo: local, hooks: [{hook}]}}]\n"})
    for name in ("pre-commit", "commit-msg"):
        path = repo.root / ".git" / "hooks" / name
        path.write_text("#!/bin/sh\n")
        path.chmod(0o755)
    remote_of(repo, tmp_path / "remote.git")
    return repo


@pytest.mark.slow
def test_a_sound_project_has_no_finding(tmp_path: Path, ship: Speaker) -> None:
    said = ship(sound(tmp_path).root, "doctor", "--offline")
    assert (said.code, said.out) == (0, "0 errors, 0 warnings\n"), said.out


@pytest.mark.slow
def test_what_is_safe_is_mended_shown_before_and_looked_at_again(tmp_path: Path, ship: Speaker) -> None:
    repo = sound(tmp_path)
    repo.write({".env": "PYPI_PASSWORD=secret\n", ".gitignore": "*.pyc"})
    (repo.root / ".env").chmod(0o644)
    assert codes(ship(repo.root, "doctor", "--offline", "--json")) == {"dotenv-not-ignored", "dotenv-readable"}
    said = ship(repo.root, "doctor", "--offline", "--fix")
    assert (said.code, said.out) == (0, "0 errors, 0 warnings\n")
    assert said.err == (
        "note: mending dotenv-not-ignored: echo .env >> .gitignore\nnote: mending dotenv-readable: chmod 600 .env\n"
    )
    assert (repo.root / ".env").stat().st_mode & 0o777 == 0o600
    assert (repo.root / ".gitignore").read_text() == "*.pyc\n.env\n"


@pytest.mark.slow
def test_a_shallow_clone_is_mended_from_its_remote(tmp_path: Path, ship: Speaker) -> None:
    origin = sound(tmp_path, OFFLINE)
    origin.tag("v0.0.0", "HEAD~1")
    origin.git("push", "--quiet", "--tags", "origin")
    clone = tmp_path / "clone"
    origin.git("clone", "--quiet", "--depth=1", f"file://{tmp_path}/remote.git", str(clone))
    assert "shallow" in codes(ship(clone, "doctor", "--offline", "--fix", "--json"))
    assert "shallow" not in codes(ship(clone, "doctor", "--fix", "--json"))
    assert (clone / ".git" / "shallow").exists() is False


@pytest.mark.slow
def test_a_fix_that_fails_is_told_and_hinders_no_other(tmp_path: Path, ship: Speaker) -> None:
    repo = sound(tmp_path)
    repo.write({".env": "A=b\n"})
    (repo.root / ".gitignore").symlink_to(tmp_path / "elsewhere")
    (repo.root / ".env").chmod(0o640)
    said = ship(repo.root, "doctor", "--offline", "--fix")
    assert "leads out of the project" in said.err
    assert "dotenv-not-ignored" in said.out
    assert "dotenv-readable" not in said.out


@pytest.mark.slow
def test_a_mode_is_not_changed_through_a_link_that_leads_out(tmp_path: Path, ship: Speaker) -> None:
    repo, outside = sound(tmp_path), tmp_path / "outside"
    outside.write_text("A=b\n")
    outside.chmod(0o644)
    (repo.root / ".env").symlink_to(outside)
    said = ship(repo.root, "doctor", "--offline", "--fix")
    assert f"dotenv-readable: other users of this machine may read .env: it is a link to {outside}\n" in said.out
    assert "fix:  chmod" not in said.out
    assert outside.stat().st_mode & 0o777 == 0o644


@pytest.mark.slow
def test_no_hook_is_asked_for_in_ci(tmp_path: Path, ship: Speaker, monkeypatch: pytest.MonkeyPatch) -> None:
    repo = project(tmp_path / "p")
    assert "hooks-missing" in codes(ship(repo.root, "doctor", "--offline", "--json"))
    monkeypatch.setenv("CI", "true")
    assert "hooks-missing" not in codes(ship(repo.root, "doctor", "--offline", "--json"))


def test_findings_are_told_under_their_topics_each_with_what_to_do(tmp_path: Path, ship: Speaker) -> None:
    said = ship(tmp_path, "doctor", "--offline")
    assert said.code == 1
    assert said.out == (
        "repository\n"
        f"  ✗ no-repository: {tmp_path} is not in a git repository\n"
        "    hint: run `git init`, or name the project's folder with -C\n"
        "    fix:  git init\n"
        "\n"
        "1 error, 0 warnings\n"
    )


@pytest.mark.slow
def test_on_a_terminal_findings_are_broken_between_words_and_nothing_else_stays(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "p")
    name = "upstream-of-all-that-flows-down-from-there"
    repo.commit("feat: a", {".cz.toml": f'{CZ_TOML}[tool.cz-ship]\nremote = "{name}"\n', "version.txt": "0.0.0\n"})
    with terminal([sys.executable, "-m", "cz_ship", "doctor", "--offline"], repo.root) as person:
        assert person.end() == 1, "there is nothing to build"
    assert person.text.startswith(
        "repository\n"
        f"  ! no-remote: there is no remote '{name}'; a release is pushed to it\n"
        f"    hint: git remote add {name} ADDRESS; another name goes into `remote`\n"
        "          of [tool.cz-ship]\n"
    )


def test_one_document_tells_all_findings(tmp_path: Path, ship: Speaker) -> None:
    said = ship(tmp_path, "doctor", "--offline", "--json")
    assert said.code == 1
    assert said.json["ok"] is False
    assert [*said.json["findings"][0]] == ["code", "level", "text", "hint", "fix"]


def test_a_job_in_ci_gets_a_page(tmp_path: Path, ship: Speaker, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "page.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(page))
    ship(tmp_path, "doctor", "--offline")
    assert page.read_text().startswith("### doctor: 1 error, 0 warnings\n")
    assert "| ✗ | no-repository |" in page.read_text()
    assert "; `git init` |" in page.read_text()


def test_the_pages_document_is_one_that_doctor_prints() -> None:
    shown = json.loads(blocks("json", "docs/doctor.md")[0])
    (told,) = standing_findings(Standing("1a0f2b4", "origin", has_remote=True, shallow=True))
    expected = {**told._asdict(), "text": "…", "hint": "…"}
    assert shown == {"findings": [expected], "ok": False}


def test_settings_that_cannot_be_read_hinder_no_other_look(tmp_path: Path, ship: Speaker) -> None:
    repo = sound(tmp_path)
    repo.write({"pyproject.toml": "[project", ".env": "", ".github/workflows/a.yml": "jobs: ["})
    assert codes(ship(repo.root, "doctor", "--offline", "--json")) >= {"settings", "workflow-broken"}


@pytest.mark.slow
def test_a_look_that_breaks_is_unknown_and_hinders_no_other(tmp_path: Path, ship: Speaker) -> None:
    repo = sound(tmp_path)
    (repo.root / ".pre-commit-config.yaml").write_text("repos: 7")
    (repo.root / ".env").write_text("")
    said = ship(repo.root, "doctor", "--offline", "--json")
    assert codes(said) >= {"unknown", "dotenv-not-ignored"}
    assert "the hooks could not be looked at" in next(
        each["text"] for each in said.json["findings"] if each["code"] == "unknown"
    )


def test_a_project_without_commitizen_is_told_of_it_once(tmp_path: Path, ship: Speaker) -> None:
    repo = sound(tmp_path)
    (repo.root / ".cz.toml").unlink()
    repo.commit("chore: no settings")
    found = ship(repo.root, "doctor", "--offline", "--json").json["findings"]
    assert [each["code"] for each in found] == ["version"]
    assert "version_txt" in found[0]["hint"]


@pytest.mark.slow
def test_a_backend_that_reads_no_version_txt_is_told_what_to_do(tmp_path: Path, ship: Speaker) -> None:
    repo = project(tmp_path / "p", "1.2.3", lay=flit_project)
    found = ship(repo.root, "doctor", "--offline", "--json").json["findings"]
    (told,) = [each for each in found if each["code"] == "backend-version"]
    assert "builds 1.2.3 also where 97.53.1 is written in the version's place, for a try" in told["text"]
    assert "pep621" in told["hint"]
    assert repo.git("status", "--porcelain") == ""


def test_a_folder_that_is_not_there_is_wrong_usage(tmp_path: Path, ship: Speaker) -> None:
    said = ship(tmp_path / "nowhere", "doctor", "--offline")
    assert said.code == 2
    assert "is not a folder" in said.err
