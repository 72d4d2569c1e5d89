"""One answer: the next version and the whole changelog, as the installed commitizen gives them."""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.examples import tried
from tests.support.repos import project
from tests.support.rulings import RULINGS, Ruling
from tests.support.said import Speaker
from tests.support.tales import Laid, Tale, lay, mended, tales
from tests.support.twins import Twins

EMPTY_HEADING = re.compile(r"\A## Unreleased(?: !)?\n(?:\n(?=## )|\Z)")
MARKED = tuple(ruling for ruling in RULINGS if ruling.marked)


@pytest.mark.slow
@pytest.mark.parametrize("ruling", RULINGS, ids=lambda ruling: ruling.name)
@tried(5)
@given(drawn=st.data())
def test_on_a_straight_line_both_say_the_same_to_the_letter(twin: Twins, ruling: Ruling, drawn: st.DataObject) -> None:
    tale = drawn.draw(tales(ruling, tame=True))
    with tempfile.TemporaryDirectory() as folder:
        compare_plainly(twin, tale, Path(folder))


@pytest.mark.parametrize("ruling", MARKED, ids=lambda ruling: ruling.name)
@tried(5)
@given(drawn=st.data())
def test_on_any_history_both_say_the_same_but_for_the_named_differences(
    twin: Twins, ruling: Ruling, drawn: st.DataObject
) -> None:
    tale = drawn.draw(tales(ruling, tame=False))
    with tempfile.TemporaryDirectory() as folder:
        compare_with_mended(twin, tale, Path(folder))


def compare_plainly(twin: Twins, tale: Tale, folder: Path) -> None:
    """Ask both about the same repository."""
    laid = lay(tale, folder)
    compare_versions(twin, tale, laid, laid)
    compare_notes(twin, laid.root, laid.root)
    for ribbon in tale.rising[-1:] if not tale.merges else ():  # of merged pre-releases: named
        one = twin.cz(laid.root, "changelog", "--dry-run", str(ribbon.version))
        assert twin.ship(laid.root, "changelog", str(ribbon.version)).out == one.out.removesuffix("\n")


def compare_with_mended(twin: Twins, tale: Tale, folder: Path) -> None:
    """Ask cz-ship about a repository, and commitizen about its twins without the named differences."""
    laid = lay(tale, folder / "text")
    compare_versions(twin, tale, laid, lay(tale, folder / "counted", "counted"))
    straight = lay(mended(tale, laid.order()), folder / "listed", "listed")
    compare_notes(twin, laid.root, straight.root)


def compare_versions(twin: Twins, tale: Tale, ours: Laid, theirs: Laid) -> None:
    """The worth of each commit, and the next version; `theirs` is the repository that commitizen sees."""
    plan = twin.plan(ours.root)
    worths = twin.worths(theirs.root, tale.last.name if tale.last else None)
    assert {each["sha"]: each["increment"] for each in plan["commits"]} == {
        ours.shas[theirs.shas.index(sha)]: worth for sha, worth in worths.items()
    }
    following = twin.next_of_cz(theirs.root)
    if plan["next"] is None and following is not None:
        # Named: a pre-release waits for a commit; nothing to release under a tag of another form.
        assert tale.current.is_prerelease or tale.last_is_spelled_otherwise
        assert following == tale.current.base_version
    else:
        assert plan["next"] == following


def compare_notes(twin: Twins, ours: Path, theirs: Path) -> None:
    """The whole changelog, to the letter; but for a heading `Unreleased` that nothing stands under (named)."""
    changelog, of_cz = twin.changelog(ours), twin.changelog_of_cz(theirs)
    if changelog != of_cz:
        assert changelog == EMPTY_HEADING.sub("", of_cz)


@pytest.mark.slow
def test_the_program_cz_says_what_the_worker_says(twin: Twins, ship: Speaker, tmp_path: Path) -> None:
    repo = project(tmp_path / "p", "1.3.2")
    repo.tag("v1.3.2")
    repo.commit("fix(core): a\n\nBREAKING CHANGE: b")

    def cz(*arguments: str) -> str:
        command = [str(Path(sys.executable).with_name("cz")), *arguments]
        return subprocess.run(command, cwd=repo.root, check=True, capture_output=True, text=True).stdout

    assert cz("bump", "--get-next", "--yes") == ship(repo.root, "version", "--next").out == "2.0.0\n"
    assert cz("bump", "--get-next", "--yes").strip() == twin.next_of_cz(repo.root)
    changelog = cz("changelog", "--dry-run").removesuffix("\n")
    assert changelog == ship(repo.root, "changelog", "--all").out == twin.changelog_of_cz(repo.root)
    assert "### BREAKING CHANGE\n\n- b" in changelog
