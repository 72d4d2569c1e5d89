"""Rules of commitizen under which one answer is asked for: its own, customized ones, and plugins of others."""

from collections.abc import Sequence
from typing import NamedTuple

from tests.support.twins import HOOKED

PHASES = ("", "", "", "a0", "b1", "rc2")

CONVENTIONAL = ("feat", "fix", "refactor", "perf", "docs", "chore", "ci", "FEAT", "feature", "bump", "prüf")
GITMOJI = ("✨ feat", "🐛 fix", "♻️ refactor", "⚡️ perf", "📝 docs", "💥 boom", "feat", "fix")
CUSTOM = ("break", "story", "bug", "task", "feat", "fix")


class Ruling(NamedTuple):
    """Rules, by the settings that choose them; `kinds` are types of change, known to them and not.

    `marked`: the notes list nothing but conventional lines, so a commit that says something else is in none.
    `breaks`: the parser of the notes knows a `BREAKING CHANGE` as a type of change.
    """

    name: str
    plugin: str
    kinds: tuple[str, ...]
    lines: tuple[str, ...] = ()
    customize: tuple[str, ...] = ()
    zero: bool = False
    marked: bool = True
    breaks: bool = True

    def settings(self, more: Sequence[str]) -> str:
        """The text of .cz.toml, with further lines for commitizen."""
        head = ["[tool.commitizen]", f'name = "{self.plugin}"', 'version_provider = "version_txt"']
        tail = ["[tool.commitizen.customize]", *self.customize] if self.customize else []
        return "\n".join([*head, *self.lines, *more, *tail, ""])


RULINGS = (
    Ruling("conventional", "cz_conventional_commits", CONVENTIONAL),
    Ruling("zero", "cz_conventional_commits", CONVENTIONAL, ("major_version_zero = true",), zero=True),
    Ruling(
        "mapped",
        "cz_conventional_commits",
        CONVENTIONAL,
        (
            'change_type_map = {feat = "New", fix = "Mended", refactor = "Mended"}',
            'change_type_order = ["Mended", "BREAKING CHANGE", "perf", "New"]',
        ),
    ),
    Ruling(
        "customized",
        "cz_customize",
        CUSTOM,
        customize=(
            r'bump_pattern = "^((break|story|bug|feat)(\\([^)]*\\))?!?):"',
            'bump_map = {"^.*!$" = "MAJOR", break = "MAJOR", story = "MINOR", "story|bug" = "PATCH"}',
            'changelog_pattern = "^(break|story|bug|task)"',
            r'commit_parser = "^(?P<change_type>break|story|bug)(?:\\((?P<scope>[^()]*)\\))?!?:\\s(?P<message>.*)"',
            'change_type_map = {story = "Stories"}',
            'change_type_order = ["bug", "Stories"]',
            'schema_pattern = "(break|story|bug|task): .*"',
        ),
        breaks=False,
    ),
    # A pattern that is found anywhere in a line, keys that are prefixes of each other, and all prose in the notes.
    Ruling(
        "loose",
        "cz_customize",
        CUSTOM,
        ("major_version_zero = true",),
        customize=(
            'bump_pattern = "(break|story|bug|CHANGE)"',
            'bump_map = {b = "PATCH", break = "MAJOR", story = "MAJOR", CHANGE = "MINOR"}',
            'schema_pattern = ".*"',
        ),
        marked=False,
        breaks=False,
    ),
    Ruling("gitmoji", "cz_gitmoji", GITMOJI),
    Ruling("hooked", HOOKED, CONVENTIONAL),
)
