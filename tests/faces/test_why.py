"""`cz-ship plan --why`: for each commit what it counted as and why, and what looks like a slip."""

from pathlib import Path

import pytest

from tests.support.repos import Repo, project
from tests.support.said import Speaker

# Each commit of the case, oldest first, and what is told of it in full and in short.
CASE: tuple[tuple[str, list[str], list[str]], ...] = (
    ("fix(greet): no one is the world", ["its type 'fix' asks for a patch release"], []),
    ("docs: how to greet", ["the type 'docs' releases nothing"], []),
    (
        "Feat: greet by name",
        ["the type 'Feat' releases nothing"],
        ["'Feat' is not the type's spelling: did you mean \"feat: greet by name\"?"],
    ),
    (
        "chore: tidy\n\nThis breaks the API.",
        ["the type 'chore' releases nothing"],
        ["its body says 'breaks the API'; a break counts as a footer BREAKING CHANGE: or as ! after the type"],
    ),
    (
        "feat: wave\n\nBREAKING CHANGE: hands up",
        ["line 3 of its message asks for a major release: BREAKING CHANGE: hands up"],
        [],
    ),
    (
        "feature: bow\n\nThis breaks the API.",
        ["its type 'feature' asks for a minor release"],
        [
            "'feature' is not a type: did you mean \"feat: bow\"?",
            "it counts, and is not in the notes",
            "its body says 'breaks the API'; a break counts as a footer BREAKING CHANGE: or as ! after the type",
        ],
    ),
)
WORTHS = ("patch", "-", "-", "-", "major", "minor")


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    made = project(tmp_path / "p", "1.3.2")
    made.tag("v1.3.2")
    for message, *_ in CASE:
        made.commit(message)
    return made


def lines_of(repo: Repo, *, full: bool) -> list[str]:
    """What is told of the case's commits, newest first."""
    shas = repo.git("rev-list", "--reverse", "v1.3.2..HEAD").split()
    told: list[str] = []
    for (message, reasons, slips), sha, worth in reversed(list(zip(CASE, shas, WORTHS, strict=True))):
        subject = message.partition("\n")[0]
        told.append(f"  {worth:<6} {sha[:7]}  {subject}")
        told += [f"                  {each}" for each in ([*reasons, *slips] if full else slips)]
    return told


def test_every_commit_is_told_with_its_reasons(repo: Repo, ship: Speaker) -> None:
    said = ship(repo.root, "plan", "--why")
    assert (said.code, said.err) == (0, "")
    headline = "demo-ship 1.3.2 → 2.0.0 (major): 6 commits since v1.3.2, tag v2.0.0"
    assert said.out.splitlines() == [headline, *lines_of(repo, full=True)]


def test_in_short_only_slips_are_commented_on(repo: Repo, ship: Speaker) -> None:
    out = ship(repo.root, "plan").out.splitlines()
    wanted = lines_of(repo, full=False)
    assert out[1 : len(wanted) + 1] == wanted


def test_a_merge_and_an_amendment_are_told(repo: Repo, ship: Speaker) -> None:
    repo.tag("v2.0.0")
    repo.write({"version.txt": "2.0.0\n"})
    repo.git("switch", "--quiet", "-c", "side", "HEAD^")
    fix = repo.commit("fixed a")
    repo.git("switch", "--quiet", "main")
    repo.git("merge", "--quiet", "--no-ff", "side")
    repo.commit("chore: the version", {"version.txt": "2.0.0\n"})
    ship(repo.root, "amend", fix, "-m", "fix: a")
    out = ship(repo.root, "plan", "--why").out
    assert "Merge branch 'side'\n                  a merge; the commits that it brings count for themselves\n" in out
    assert "its note says so; it was committed as 'fixed a'\n" in out
    assert f"warning: commit {fix[:7]} counts as its note says" in out


def test_why_is_for_people_and_stands_for_itself(repo: Repo, ship: Speaker) -> None:
    assert ship(repo.root, "plan", "--why", "--json").code == 2
    assert ship(repo.root, "plan", "--json").json["commits"][1].keys() == {
        *("sha", "subject", "type", "scope", "breaking", "increment"),
    }
