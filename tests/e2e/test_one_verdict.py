"""One verdict: what `cz check` of the installed commitizen accepts or refuses, `cz-ship check` does too."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from io import StringIO
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from cz_ship.faces.cli import main
from tests.support.examples import tried
from tests.support.histories import empty
from tests.support.repos import Repo

if TYPE_CHECKING:
    from commitizen.commands.check import CheckArgs
    from commitizen.config.base_config import BaseConfig

DEFAULT_PREFIXES = ("Merge", "Revert", "Pull request", "fixup!", "squash!", "amend!")
PREFIXES: tuple[list[str] | None, ...] = (None, [], ["WIP", "Merge"], [""], ["fix", "#"])
LIMITS = (0, 12, 60)
PLUGINS = {
    "cz_conventional_commits": "",
    "cz_gitmoji": "",
    "cz_customize": '[tool.commitizen.customize]\nbump_pattern = "^(bug)"\nbump_map = {bug = "PATCH"}\n'
    'schema_pattern = "(?s)(story|bug)( .*)?: [A-Z].*"\n',
}
SCISSORS = "# ------------------------ >8 ------------------------"


class Ground(NamedTuple):
    """A repository with settings, and commitizen's own reading of them."""

    root: Path
    config: "BaseConfig"
    prefixes: tuple[str, ...]

    @property
    def file(self) -> Path:
        return self.root / "COMMIT_EDITMSG"


@pytest.fixture(scope="module")
def grounds(tmp_path_factory: pytest.TempPathFactory) -> list[Ground]:
    """Every combination of the options."""
    with hushed():
        from commitizen.config import read_cfg
    folder, found = tmp_path_factory.mktemp("grounds"), []
    for number, (plugin, prefixes, limit, abort) in enumerate(product(PLUGINS, PREFIXES, LIMITS, (False, True))):
        root = folder / str(number)
        root.mkdir()
        empty(root)
        lines = ["[tool.commitizen]", f'name = "{plugin}"', f"message_length_limit = {limit}"]
        lines += [
            f"allow_abort = {str(abort).lower()}",
            *([f"allowed_prefixes = {prefixes}"] if prefixes is not None else []),
        ]
        (root / ".cz.toml").write_text("\n".join([*lines, PLUGINS[plugin]]), encoding="utf-8")
        config = read_cfg(str(root / ".cz.toml"))
        found.append(Ground(root, config, DEFAULT_PREFIXES if prefixes is None else tuple(prefixes)))
    return found


@contextmanager
def hushed() -> Iterator[StringIO]:
    """What is printed goes here, standard error alone to be read; nor does commitizen's import touch the real ones."""
    with redirect_stdout(StringIO()), redirect_stderr(StringIO()) as told:
        yield told


def refused_by_cz(ground: Ground, span: str) -> list[str]:
    """The commits of a range that commitizen refuses, by its own command."""
    from commitizen.commands.check import Check
    from commitizen.exceptions import InvalidCommitMessageError

    with hushed(), pytest.raises(InvalidCommitMessageError) as refused:
        Check(ground.config, {"rev_range": span})()
    return re.findall(r'^commit "([0-9a-f]{40})"', str(refused.value), re.MULTILINE)


def of_cz(ground: Ground, arguments: "CheckArgs") -> bool:
    """Commitizen's verdict, by its own command."""
    from commitizen.commands.check import Check
    from commitizen.exceptions import CommitizenException

    with hushed():
        try:
            Check(ground.config, arguments)()
        except CommitizenException:
            return False
    return True


def of_ship(ground: Ground, *arguments: str) -> bool:
    """Ours, by the whole command."""
    with hushed() as told:
        code = main(["check", "--quiet", *arguments, "-C", str(ground.root)])
    assert code in (0, 1), told.getvalue()
    assert bool(code) is told.getvalue().startswith("error: ")
    return code == 0


WORDS = st.sampled_from(
    (
        "a",
        "Ab",
        "ünï",
        "x" * 60,
        "",
        " ",
        "  two",
        "tail ",
        "\t",
        "a: b",
        "\u2028",
        "\x0c",
        "(c)",
        "!",
        "#1",
        "\x00",
        "🎉",
    )
)
KINDS = st.sampled_from(
    (
        "feat",
        "fix",
        "docs",
        "bump",
        "Feat",
        "feature",
        "bug",
        "story",
        "🐛 fix",
        "✨ feat",
        "💥 boom",
        "x",
        "",
        "BREAKING CHANGE",
    )
)
SCOPES = st.sampled_from(("", "", "", "(a)", "(a b)", "()", "(a", "a)", " (a)", "(a)(b)", "(é,ß)"))
COLONS = st.sampled_from((": ", ": ", ": ", ":", " : ", ":  ", "", "!: ", "!:", "!!: ", ":\t"))
USUAL = st.builds("{}{}{}{}".format, KINDS, SCOPES, COLONS, WORDS)
WRITTEN = (
    "Merge branch 'a'", "Merge branch 'a' of b into c", "Merge remote-tracking branch 'origin/a'", "Merge tag 'v1'",
    "Merge pull request #1 from a/b", "Merged PR 12: a", "Merged in a (pull request #1)", 'Merge "a"', "Merge a into b",
    "Merge commit '1234567'", "Merge branches 'a' and 'b'", "Merge changes from topic 'a'", "Merge https://a.example/b",
    'Revert "feat: a"', "Revert commit 1234567", "Pull request #12: a", "fixup! feat: a", "squash! fix: a", "amend! a",
)  # fmt: skip
NONSENSE = st.sampled_from((
    "Merge", "Merge nonsense", "Merger: a", "Mergesort", "Revert", "Revert it all", "Reverted", "Pull requests",
    "fixup!", "fixup!a", "squash!", "amend!a", "merge branch 'a'", "WIP", "WIP a", " Merge branch 'a'",
))  # fmt: skip
LINES = st.one_of(
    USUAL, USUAL, st.sampled_from(WRITTEN), NONSENSE, st.just(""), st.text(max_size=20),
    st.sampled_from(("# a comment", " # none", "#", SCISSORS, f"  {SCISSORS}", "diff --git a b", "body")),
    st.just("BREAKING CHANGE: b"),
)  # fmt: skip
ENDS = st.sampled_from(("\n", "\n", "\n", "\n\n", "\r\n", "\r", "\n \n"))


@st.composite
def messages(draw: st.DrawFn) -> str:
    """A message as a person, an editor or a machine may leave it."""
    parts = [draw(st.one_of(USUAL, LINES))]
    for _ in range(draw(st.sampled_from((0, 0, 0, 1, 1, 2, 4)))):
        parts += [draw(ENDS), draw(LINES)]
    text = "".join(parts) + draw(st.sampled_from(("", "\n", "\r\n", "\n\n# c\n")))
    return text.encode("utf-8", "replace").decode()


@pytest.mark.slow
@tried(150, shrink=True)
@given(drawn=st.data(), text=messages())
def test_both_give_the_same_verdict_but_for_what_only_looks_made(
    grounds: list[Ground], drawn: st.DataObject, text: str
) -> None:
    ground = grounds[drawn.draw(st.integers(0, len(grounds) - 1))]
    way = drawn.draw(st.sampled_from(("file", "file", "text")))
    if way == "file":
        ground.file.write_bytes(text.encode())
        theirs = of_cz(ground, {"commit_msg_file": str(ground.file)})
        ours = of_ship(ground, "--message-file", str(ground.file))
    else:
        theirs, ours = of_cz(ground, {"message": text}), of_ship(ground, f"--message={text}")
    event(f"commitizen {'accepts' if theirs else 'refuses'}, cz-ship {'accepts' if ours else 'refuses'}")
    if theirs != ours:
        # Named: git takes no message with a NUL; a prefix of what git and forges write lets by what they write.
        read = StringIO(text, newline=None).read() if way == "file" else text
        kept = "\n".join(line for line in read.split("\n") if not line.startswith("#")).strip()
        assert theirs
        assert "\0" in kept or kept.startswith(tuple(each for each in ground.prefixes if each in DEFAULT_PREFIXES))


@pytest.mark.parametrize("text", WRITTEN)
def test_what_git_and_forges_write_is_accepted_by_both(grounds: list[Ground], text: str) -> None:
    assert of_cz(grounds[0], {"message": text})
    assert of_ship(grounds[0], f"--message={text}")


@pytest.mark.slow
def test_both_refuse_the_same_commits_of_a_range(
    grounds: list[Ground], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo = Repo(tmp_path / "p")
    monkeypatch.chdir(repo.root)
    (repo.root / ".cz.toml").write_text((grounds[0].root / ".cz.toml").read_text())
    texts = [
        *WRITTEN,
        "wip",
        "feat: a\nno blank line",
        "feat: a\n\nbody",
        "Feat: a",
        "feat:a",
        "fix(a b): c",
        "",
        "#1",
        "fix: #1",
    ]
    messages = {repo.commit(text): text for text in texts}
    with hushed():
        from commitizen.config import read_cfg
    theirs = refused_by_cz(Ground(repo.root, read_cfg(str(repo.root / ".cz.toml")), DEFAULT_PREFIXES), "HEAD")
    with redirect_stdout(StringIO()) as told:
        main(["check", "--range", "HEAD", "--json", "-C", str(repo.root)])
    ours = [each["sha"] for each in json.loads(told.getvalue())["messages"] if not each["accepted"]]
    assert [messages[sha] for sha in ours] == [messages[sha] for sha in theirs]
    assert len(ours) > 4
