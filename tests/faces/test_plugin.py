"""The commitizen plugin: `cz commit` in a terminal, and the rules that it brings."""

import re
import sys
from pathlib import Path

import pytest

from cz_ship.faces.foresee import outcome
from tests.support.repos import CZ_TOML, Repo, project
from tests.support.terminal import DOWN, ENTER, terminal
from tests.support.twins import Twins

CZ = Path(sys.executable).with_name("cz")
SHIP = Path(sys.executable).with_name("cz-ship")
OURS = CZ_TOML.replace("cz_conventional_commits", "cz_ship")
SCOPED = OURS + '[tool.cz-ship.commit]\ntypes = ["feat", "fix", "deps"]\nscopes = ["api", "docs"]\n'
# An editor that writes two lines above what it is given.
EDITOR = 'sh -c \'printf "because\\nof this\\n" | cat - "$1" > "$1.new" && mv "$1.new" "$1"\' editor'


def laid(root: Path, settings: str) -> Repo:
    """A project at 1.3.2 under the plugin, with a change that is staged."""
    repo = project(root, "1.3.2")
    repo.commit("chore: rules", {".cz.toml": settings})
    repo.tag("v1.3.2")
    repo.write({"new.txt": "new\n"})
    repo.git("add", "new.txt")
    return repo


@pytest.mark.slow
def test_a_commit_is_made_of_answers_after_a_look_ahead(tmp_path: Path) -> None:
    repo = laid(tmp_path / "p", SCOPED)
    with terminal([CZ, "commit"], repo.root, {"GIT_EDITOR": EDITOR}) as cz:
        cz.answer("What kind of change", DOWN + ENTER)
        cz.answer("What part", ENTER)
        cz.answer("in a few words", ENTER)
        cz.answer("a few words are wanted", "wave back." + ENTER)
        cz.answer("more to say", DOWN + DOWN + ENTER)
        cz.answer("break what worked", "y")
        cz.answer("What breaks", "hands up" + ENTER)
        cz.answer("References", "Refs #7" + ENTER)
        cz.answer("next release 1.3.2 → 2.0.0", "")
        cz.answer("Commit it?", "y")
        assert cz.end() == 0, cz.text
    assert repo.git("log", "-1", "--format=%B") == (
        "fix(api): wave back\n\nbecause\nof this\n\nBREAKING CHANGE: hands up\nRefs #7"
    )


@pytest.mark.slow
def test_where_the_editor_fails_the_body_is_asked_for_and_who_does_not_agree_commits_nothing(tmp_path: Path) -> None:
    repo = laid(tmp_path / "p", OURS)
    head = repo.head
    with terminal([CZ, "commit"], repo.root, {"GIT_EDITOR": "false"}) as cz:
        cz.answer("What kind of change", ENTER)
        cz.answer("What part does it touch? (enter for none)", "the parser" + ENTER)
        cz.answer("in a few words", "read it all" + ENTER)
        cz.answer("more to say", DOWN + DOWN + ENTER)
        cz.answer("the editor `false` ended with exit code 1", "")
        cz.answer("More, in a line", "also the end" + ENTER)
        cz.answer("break what worked", "n")
        cz.answer("References", ENTER)
        cz.answer("fix(the-parser): read it all\n\nalso the end\n\nasks for a patch release", "")
        cz.answer("Commit it?", "n")
        assert cz.end() != 0
        assert "nothing was committed" in cz.text
    assert repo.head == head


@pytest.mark.slow
def test_an_amendment_is_written_in_the_editor(tmp_path: Path) -> None:
    repo = laid(tmp_path / "p", OURS)
    repo.commit("oops")
    editor = 'sh -c \'printf "feat: a\\n\\n" | cat - "$1" > "$1.new" && mv "$1.new" "$1"\' editor'
    with terminal([SHIP, "amend", "HEAD"], repo.root, {"GIT_EDITOR": editor}) as ship:
        assert ship.end() == 0, ship.text
        assert "now asks for a minor release: feat: a" in ship.text
    assert repo.git("notes", "--ref=cz-ship", "show") == "feat: a\n\noops"


@pytest.mark.parametrize(
    ("settings", "message", "accepted"),
    [
        (OURS, "feat(any-thing): a", True),
        (OURS, "deps: a", False),
        (SCOPED, "feat(api): a", True),
        (SCOPED, "deps!: a\n\nbody", True),
        (SCOPED, "feat(docs)!: a", True),
        (SCOPED, "feat(parser): a", False),
        (SCOPED, "feat(api,docs): a", False),
        (SCOPED, "refactor: a", False),
        (SCOPED, "bump: version 1.3.2 → 1.4.0", True),
        (OURS + '[tool.cz-ship.commit]\nscopes = "packages"\n', "feat(long-gone): a", True),
    ],
)
def test_types_and_scopes_are_the_law_of_cz_check_and_of_ours(
    twin: Twins, tmp_path: Path, settings: str, message: str, accepted: bool
) -> None:
    repo = Repo(tmp_path / "p")
    repo.write({".cz.toml": settings, "version.txt": "1.3.2\n"})
    assert (twin.cz(repo.root, "check", "--message", message).code == 0) is accepted
    assert (twin.ship(repo.root, "check", "--message", message).code == 0) is accepted


def test_an_unknown_scope_is_told_with_the_nearest(twin: Twins, tmp_path: Path) -> None:
    repo = Repo(tmp_path / "p")
    repo.write({".cz.toml": SCOPED, "version.txt": "1.3.2\n"})
    said = twin.ship(repo.root, "check", "--message", "feat(doc): a")
    assert "one of api, docs" in said.err
    assert 'did you mean "feat(docs): a"?' in said.err


def test_schema_example_and_info_tell_of_the_projects_own_words(twin: Twins, tmp_path: Path) -> None:
    repo = Repo(tmp_path / "p")
    repo.write({".cz.toml": OURS + '[tool.cz-ship.commit]\nscopes = "packages"\n', "version.txt": "1.3.2\n"})
    repo.write(
        {"src/wave/__init__.py": "", "src/greet/deep/words.py": "", "src/x.egg-info/a.py": "", "src/empty/a": ""}
    )
    assert twin.cz(repo.root, "schema").out.splitlines()[0] == "<type>(<scope>): <subject>"
    assert re.search(r"^type: fix, feat, docs, .*chore$\nscope: greet, wave$", twin.cz(repo.root, "schema").out, re.M)
    example = twin.cz(repo.root, "example").out.strip()
    assert example.startswith("fix(greet): ")
    assert twin.cz(repo.root, "check", "--message", example).code == 0
    told = twin.cz(repo.root, "info").out
    assert ("scope: greet, wave" in told, "Others: commit types" in told) == (True, True)
    repo.write({".cz.toml": SCOPED})
    told = twin.cz(repo.root, "info").out
    assert ("type: feat, fix, deps" in told, "Others: commit types" in told) == (True, False)


def test_wrong_settings_are_told_by_cz_too(twin: Twins, tmp_path: Path) -> None:
    repo = Repo(tmp_path / "p")
    repo.write({".cz.toml": OURS + '[tool.cz-ship.commit]\ntypes = "feat"\n', "version.txt": "1.3.2\n"})
    for said in (twin.cz(repo.root, "schema"), twin.ship(repo.root, "plan")):
        assert said.code != 0
        assert "commit.types: 'feat' is a text, a list of words was wanted" in said.err


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("feat: a", "asks for a minor release; next release 1.3.2 → 1.4.0"),
        ("chore: a\n\nRelease-As: 2.0.0", "asks for release 2.0.0; next release 1.3.2 → 2.0.0"),
        (
            "fix: a\n\nRelease-As: 1.0",
            "cz-ship check refuses this: 'Release-As: 1.0' names no version that can follow; wanted: a version higher "
            "than 1.3.2",
        ),
    ],
)
def test_the_look_ahead_tells_what_a_message_would_do(tmp_path: Path, message: str, told: str) -> None:
    assert outcome(str(laid(tmp_path / "p", OURS).root), message) == told


def test_the_look_ahead_says_where_nothing_is_known(tmp_path: Path) -> None:
    repo = laid(tmp_path / "p", OURS)
    repo.write({"version.txt": "1.3.3\n"})
    assert outcome(str(repo.root), "fix: a") == (
        "asks for a patch release (the next one is not known: version.txt is changed)"
    )
    assert outcome(str(tmp_path), "fix: a").startswith("what this does to the version is not known: ")
