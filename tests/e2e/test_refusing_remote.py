"""A remote whose hooks refuse the push: nothing public is changed, its words are told, the same command finishes."""

import pytest

from tests.support.said import Speaker
from tests.support.sweeps import sampled
from tests.support.world import Loopback, files

HOOKS = {
    "the branch": ("update", 'case "$1" in refs/heads/*) echo "main is protected" >&2; exit 1;; esac'),
    "the tag": ("update", 'case "$1" in refs/tags/*) echo "the bot alone makes tags" >&2; exit 1;; esac'),
    "the middle": ("reference-transaction", 'if [ "$1" = prepared ]; then echo "no room" >&2; exit 1; fi'),
    "the whole push": ("pre-receive", 'echo "the freeze lasts until Monday" >&2; exit 1'),
}


@pytest.mark.slow
@pytest.mark.parametrize("refusing", sampled(HOOKS, "the tag"))
def test_a_push_that_a_hook_refuses_changes_nothing_public_and_can_be_repeated(
    way: Loopback, ship: Speaker, refusing: tuple[str, str]
) -> None:
    name, script = refusing
    hook = way.remote.root / "hooks" / name
    hook.write_text(f"#!/bin/sh\n{script}\n")
    hook.chmod(0o755)
    before, head = way.public(), way.repo.head
    said = ship(way.repo.root, "release")
    assert said.code == 1
    assert "error: the remote refused the push of main and v0.1.0: " in said.err
    assert script.partition('echo "')[2].partition('"')[0] in said.err
    assert "nothing public was changed" in said.err
    assert "hint: whoever runs this must be allowed to write to main and to create tags" in said.err
    assert way.public() == before
    assert (way.repo.head, way.repo.git("status", "--porcelain"), way.repo.git("tag")) == (head, "", "")
    hook.unlink()
    assert ship(way.repo.root, "release").code == 0
    assert len(files(way.prod)) == 2
