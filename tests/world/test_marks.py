"""The mark of a wreck: equal for equal worlds wherever they lie, and another for all that a re-run could see."""

from collections.abc import Callable
from pathlib import Path

import pytest

from cz_ship.world.rehearsal.marks import mark
from tests.support.repos import Repo

PUBLIC = (("refs/heads/main", "1" * 40),)


def laid(place: Path) -> Repo:
    """A remote, and a checkout of it with a file that is not committed."""
    remote = Repo(place / "remote")
    remote.commit("feat: a", {"a.py": "a"})
    clone = remote.clone(place / "checkout")
    clone.write({"loose.txt": "loose"})
    return clone


def marked(clone: Repo, public: tuple[tuple[str, str], ...] = PUBLIC) -> str:
    """The mark of a checkout beside its remote."""
    place = clone.root.parent
    return mark(place, (place / "remote", clone.root), public)


def test_equal_worlds_have_equal_marks_wherever_they_lie(tmp_path: Path) -> None:
    assert marked(laid(tmp_path / "here")) == marked(laid(tmp_path / "there"))


def test_what_only_logs_and_unreachable_objects_tell_is_no_difference(tmp_path: Path) -> None:
    clone = laid(tmp_path)
    before = marked(clone)
    clone.git("hash-object", "-w", "loose.txt")
    clone.git("update-index", "--refresh")
    (clone.root / ".git" / "logs" / "HEAD").write_text("")
    assert marked(clone) == before


CHANGES: list[Callable[[Repo], object]] = [
    lambda clone: (clone.root / "loose.txt").write_text("other"),
    lambda clone: (clone.root / "more.txt").write_text(""),
    lambda clone: (clone.root / ".git" / "index.lock").write_text(""),
    lambda clone: clone.git("add", "loose.txt"),
    lambda clone: clone.git("tag", "v1"),
    lambda clone: clone.git("checkout", "--quiet", "--detach"),
    lambda clone: (clone.root.parent / "remote" / ".git" / "refs" / "heads" / "main.lock").write_text(""),
]


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_a_re_run_could_see_is_a_difference(tmp_path: Path, change: Callable[[Repo], object]) -> None:
    clone = laid(tmp_path)
    before = marked(clone)
    change(clone)
    assert marked(clone) != before


def test_what_is_public_is_a_difference(tmp_path: Path) -> None:
    clone = laid(tmp_path)
    assert marked(clone) != marked(clone, ())
