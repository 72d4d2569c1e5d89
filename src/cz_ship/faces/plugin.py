"""The commitizen plugin `cz_ship`: conventional commits, with the project's types and scopes and a look ahead."""

import re
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from commitizen.cz.conventional_commits.conventional_commits import ConventionalCommitsCz

from cz_ship.errors import Failure

if TYPE_CHECKING:
    from commitizen.config.base_config import BaseConfig

    from cz_ship.settings import CommitSettings

_HERE, _EDITOR = "here", "editor"
_GUIDE = """

# What the change does and why, below its subject. Lines that begin with # are left out.
# {header}
"""

# What is asked, and what comes of the answers. A `dict` is what questionary takes; commitizen's types lack half of it.
Question = dict[str, Any]


class CzShip(ConventionalCommitsCz):
    """Its rules are those of `cz_conventional_commits`, as plain values: nothing of it runs when a message is checked.

    `[tool.cz-ship.commit]` says which types and scopes there are. Entry point `commitizen.plugin`.
    """

    def __init__(self, config: "BaseConfig") -> None:
        super().__init__(config)
        self._root = Path(config.path).resolve().parent if config.path else Path.cwd()

    def questions(self) -> list[Any]:
        """Those of conventional commits; a long body in an editor; and before the last one, what would come of it."""
        return [
            {"type": "list", "name": "prefix", "message": "What kind of change is it?", "choices": self._choices()},
            self._scope(),
            {
                "type": "input",
                "name": "subject",
                "message": "What does it do, in a few words? (imperative, lower case, no period)\n",
                "filter": lambda text: text.strip().rstrip("."),
                "validate": lambda text: bool(text.strip(" .")) or "a few words are wanted",
            },
            {
                "type": "list",
                "name": "told",
                "message": "Is there more to say?",
                "choices": [
                    {"value": "", "name": "no"},
                    {"value": _HERE, "name": "a line, here"},
                    {"value": _EDITOR, "name": "more, in my editor"},
                ],
            },
            {"type": "input", "name": "body", "message": "More, in a line:\n", "when": self._asks_for_a_line},
            {
                "type": "confirm",
                "name": "is_breaking_change",
                "message": "Does it break what worked before?",
                "default": False,
            },
            {
                "type": "input",
                "name": "broken",
                "message": "What breaks, and what is to be done about it?\n",
                "when": lambda answers: answers["is_breaking_change"],
                "validate": lambda text: bool(text.strip()) or "a few words are wanted",
            },
            {"type": "input", "name": "footer", "message": "References? (such as: Refs #7; enter for none)\n"},
            {"type": "confirm", "name": "agreed", "message": "Commit it?", "default": True, "when": self._shows},
        ]

    def message(self, answers: Mapping[str, Any]) -> str:
        """The message that the answers make. Raises commitizen's own error where the person did not agree to it."""
        from commitizen.exceptions import NoAnswersError

        if not answers.get("agreed", True):
            raise NoAnswersError("nothing was committed")
        footer = "\n".join(filter(None, (answers.get("broken", "").strip(), answers["footer"].strip())))
        whole = {**answers, "body": answers.get("body", "").strip(), "footer": footer}
        return super().message(whole)  # type: ignore[arg-type]

    def schema_pattern(self) -> str:
        """Conventional commits, of the project's types (and `bump`, a release's own) and scopes, where it sets any."""
        known = self._known
        if not known.types and not known.scopes:
            return super().schema_pattern()
        types = "|".join(map(re.escape, (*self._types, "bump")))
        scopes = rf"\((?:{'|'.join(map(re.escape, known.scopes))})\)" if known.scopes else r"\(\S+\)"
        return rf"(?s)({types})({scopes})?!?: ([^\n\r]+)((\n\n.*)|(\s*))?$"

    def schema(self) -> str:
        """The form of a message, with the types and scopes that can stand there."""
        lines = [super().schema(), "", f"type: {', '.join(self._types)}"]
        return "\n".join([*lines, *([f"scope: {', '.join(self._scopes)}"] if self._scopes else [])])

    def example(self) -> str:
        """A message that the rules accept, with one of the project's scopes."""
        kind = "fix" if "fix" in self._types else self._types[0]
        scope = f"({self._scopes[0]})" if self._scopes else ""
        return f"{kind}{scope}: read empty files\n\nThey ended with an error.\n\nRefs #7"

    def info(self) -> str:
        """What conventional commits are, and what the project's own types and scopes are."""
        told = super().info().rstrip()
        if self._known.types:
            # What the specification says of other types holds where the project leaves the list open.
            told = "\n\n".join(part for part in told.split("\n\n") if not part.startswith("Others:"))
        return f"{told}\n\n{self.schema()}\n"

    @cached_property
    def _known(self) -> "CommitSettings":
        from commitizen.exceptions import InvalidConfigurationError

        from cz_ship.world.project import load_settings

        try:
            return load_settings(self._root).commit
        except Failure as failure:
            raise InvalidConfigurationError(f"{failure.text}\n{failure.hint}".strip()) from failure

    @property
    def _types(self) -> tuple[str, ...]:
        return self._known.types or tuple(each["value"] for each in self._conventional())

    @cached_property
    def _scopes(self) -> tuple[str, ...]:
        from cz_ship.world.project import packages

        return packages(self._root) if self._known.packages else self._known.scopes

    def _conventional(self) -> list[Question]:
        """The choices of types that commitizen itself offers, and `chore`, which it accepts."""
        choices = [dict(each) for each in super().questions()[0]["choices"]]  # type: ignore[typeddict-item]
        return [*choices, {"value": "chore", "name": "chore: Anything else that changes no behaviour"}]

    def _choices(self) -> list[Question]:
        described = {each["value"]: each for each in self._conventional()}
        return [described.get(kind, {"value": kind, "name": kind}) for kind in self._types]

    def _scope(self) -> Question:
        message = "What part does it touch?"
        if not self._scopes:
            question = next(each for each in super().questions() if each["name"] == "scope")
            return {**question, "message": f"{message} (enter for none)\n"}
        none = {"value": "", "name": "none of these, or several"}
        return {
            "type": "list",
            "name": "scope",
            "message": message,
            "choices": [*({"value": scope, "name": scope} for scope in self._scopes), none],
        }

    def _asks_for_a_line(self, answers: Question) -> bool:
        """Whether the body is asked for here; where it is for the editor, that is opened instead.

        With an editor that fails, the question is asked here after all: what was answered so far stays.
        """
        if answers["told"] == _EDITOR:
            from cz_ship.rules.verdict import without_comments
            from cz_ship.world.editor import edited

            header = super().message({**answers, "body": "", "footer": "", "is_breaking_change": False})  # type: ignore[typeddict-item]
            try:
                answers["body"] = without_comments(edited(_GUIDE.format(header=header)))
            except Failure as failure:
                print(failure.text)
                return True
        return bool(answers["told"] == _HERE)

    def _shows(self, answers: Question) -> bool:
        """Show the message, and what it would do to the version, before the person is asked to agree."""
        from cz_ship.faces.answers import plain
        from cz_ship.faces.foresee import outcome

        message = self.message(answers)
        print(f"\n{plain(message)}\n\n{plain(outcome(str(self._root), message))}\n")
        return True
