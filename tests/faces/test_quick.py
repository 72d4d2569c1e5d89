"""What a quick answer does not do: load commitizen where its rules are known, ask git twice for one thing."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.repos import CZ_TOML, project
from tests.support.said import Speaker

HEAVY = ("commitizen", "jinja2", "questionary", "rich", "requests", "build", "twine", "tomllib", "tempfile", "inspect")
RUN = """\
import sys
from cz_ship.faces.cli import main
code = main(sys.argv[1:])
print(*sorted({name.partition(".")[0] for name in sys.modules}), file=sys.stderr)
sys.exit(code)
"""


def run(root: Path, *command: str, trace: Path | None = None) -> "subprocess.CompletedProcess[str]":
    env = {**os.environ, **({"GIT_TRACE2_EVENT": str(trace)} if trace else {})}
    arguments = [sys.executable, "-c", RUN, *command, "-C", str(root)]
    return subprocess.run(arguments, capture_output=True, text=True, check=True, env=env)


@pytest.mark.slow
@pytest.mark.parametrize(
    "command", [("plan", "--json"), ("plan",), ("version", "--next"), ("changelog",), ("changelog", "--all")]
)
def test_known_rules_are_used_without_commitizen(tmp_path: Path, command: tuple[str, ...]) -> None:
    repo = project(tmp_path / "p")
    first = run(repo.root, *command)
    second = run(repo.root, *command)
    assert first.stdout == second.stdout
    assert "commitizen" in first.stderr.split()
    assert [name for name in HEAVY if name in second.stderr.split()] == []


@pytest.mark.slow
def test_a_changed_rule_is_seen_at_once(tmp_path: Path) -> None:
    repo = project(tmp_path / "p", "1.0.0")
    repo.tag("v1.0.0")
    repo.commit("feat!: a")
    assert run(repo.root, "version", "--next").stdout == "2.0.0\n"
    repo.write({".cz.toml": CZ_TOML + "major_version_zero = true\n"})
    assert run(repo.root, "version", "--next").stdout == "1.1.0\n"


@pytest.mark.slow
def test_a_plan_asks_git_once_for_the_history(tmp_path: Path) -> None:
    repo = project(tmp_path / "p", "1.0.0")
    repo.tag("v1.0.0")
    repo.commit("feat: a")
    run(repo.root, "plan", "--json")
    trace = tmp_path / "trace"
    run(repo.root, "plan", "--json", trace=trace)
    events = [json.loads(line) for line in trace.read_text().splitlines()]
    names = [event["name"] for event in events if event["event"] == "cmd_name"]
    assert names.count("log") == 1
    assert len(names) <= 7, names


@pytest.mark.parametrize("way", ["replaced", "grafted"])
def test_a_history_shown_with_other_parents_is_not_remembered(tmp_path: Path, ship: Speaker, way: str) -> None:
    repo = project(tmp_path / "p", "1.0.0")
    first = repo.head
    repo.tag("v1.0.0")
    second = repo.commit("feat: a")
    repo.tag("v1.1.0")
    whole = ship(repo.root, "changelog", "--all").out
    released = repo.root / ".git" / "cz-ship" / "released"
    assert released.exists()
    if way == "replaced":
        repo.git("replace", second, first)
    else:
        (repo.root / ".git" / "info" / "grafts").write_text(f"{second}\n")
    other = ship(repo.root, "changelog", "--all").out
    assert other != whole
    released.unlink()
    assert ship(repo.root, "changelog", "--all").out == other
    assert not released.exists()


@pytest.mark.slow
def test_what_is_released_already_is_not_read_again(tmp_path: Path) -> None:
    repo = project(tmp_path / "p", "1.0.0")
    repo.tag("v1.0.0")
    repo.commit("fix: a")
    first = run(repo.root, "changelog", "--all").stdout
    released = repo.root / ".git" / "cz-ship" / "released"
    released.write_bytes(kept := released.read_bytes())
    trace = tmp_path / "trace"
    assert run(repo.root, "changelog", "--all", trace=trace).stdout == first
    starts = [json.loads(line) for line in trace.read_text().splitlines() if '"event":"start"' in line]
    asked = [event["argv"] for event in starts if "log" in event["argv"]]
    assert [argv[-4:] for argv in asked] == [[repo.head, "--not", f"{repo.git('rev-parse', 'v1.0.0')}^@", "--"]]
    assert released.read_bytes() == kept


@pytest.mark.slow
def test_the_rules_of_our_own_plugin_are_known_without_commitizen(tmp_path: Path) -> None:
    settings = '[tool.cz-ship.commit]\ntypes = ["feat", "deps"]\nscopes = ["api"]\n'
    repo = project(tmp_path / "p", "1.0.0", settings)
    repo.tag("v1.0.0")
    repo.write({".cz.toml": CZ_TOML.replace("cz_conventional_commits", "cz_ship") + settings})
    command = ("check", "--message", "feat(api): a")
    first, second = run(repo.root, *command), run(repo.root, *command)
    assert first.stdout == second.stdout == "accepted: asks for a minor release; next release 1.0.0 → 1.1.0\n"
    assert "commitizen" in first.stderr.split()
    assert [name for name in (*HEAVY, "subprocess", "pathlib") if name in second.stderr.split()] == []
