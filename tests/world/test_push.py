"""A push that does not get through: a refusal names who must be allowed, a broken way names a pause."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cz_ship.errors import Failure
from cz_ship.world.clone import PrivateClone
from tests.support import faulty_index as faults
from tests.support.faulty_index import Answering, FaultyIndex
from tests.support.repos import Repo


@pytest.fixture
def faulty() -> Iterator[FaultyIndex]:
    with faults.serve() as faulty:
        yield faulty


@pytest.mark.parametrize(
    ("answer", "said", "pause"),
    [
        (faults.status(503), "did not end well: fatal: unable to access .* error: 503", 0),
        (faults.status(429), "did not end well: .* error: 429", 0),
        (faults.status(403), "the remote refused the push of main and v1: .* error: 403", None),
        (faults.status(404), "the remote refused the push of main and v1: .* not found", None),
    ],
)
def test_a_way_that_is_broken_is_no_refusal(
    faulty: FaultyIndex,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    answer: Answering,
    said: str,
    pause: float | None,
) -> None:
    monkeypatch.setenv("GIT_ALLOW_PROTOCOL", "http")
    repo = Repo(tmp_path / "repo")
    sha = repo.commit("feat: a")
    repo.tag("v1")
    repo.git("remote", "add", "origin", faulty.on("/r.git", faults.status(404)))
    faulty.on("/r.git/info/refs", answer)
    with pytest.raises(Failure, match=said) as caught:
        PrivateClone(repo.root).push("main", sha, sha, "v1")
    assert caught.value.pause == pause


def test_a_hook_that_speaks_of_something_that_already_exists_is_a_refusal(tmp_path: Path) -> None:
    remote = Repo(tmp_path / "remote.git", bare=True)
    hook = remote.root / "hooks" / "pre-receive"
    hook.write_text('#!/bin/sh\necho "a change request of v1 already exists" >&2; exit 1\n')
    hook.chmod(0o755)
    repo = Repo(tmp_path / "repo")
    sha = repo.commit("feat: a")
    repo.tag("v1")
    repo.git("remote", "add", "origin", str(remote.root))
    with pytest.raises(Failure, match="the remote refused the push of main and v1: a change request of v1 already"):
        PrivateClone(repo.root).push("main", sha, "", "v1")
