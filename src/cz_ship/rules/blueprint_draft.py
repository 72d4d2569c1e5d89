"""The draft of a blueprint: texts as they are to be, why, and what was found on the way."""

from collections.abc import Callable, Mapping
from functools import partial

from cz_ship.errors import Failure
from cz_ship.model import Finding
from cz_ship.rules import blueprint_toml as toml
from cz_ship.site import Edit, View


class Draft:
    """What is thought of so far. Texts have line feeds here; a file of Windows line ends gets them back."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.findings: list[Finding] = []
        self._windows = {
            path for path, text in view.texts.items() if "\r\n" in text and text.count("\r\n") == text.count("\n")
        }
        self._texts = {
            path: text.replace("\r\n", "\n") if path in self._windows else text for path, text in view.texts.items()
        }
        self._why: dict[str, list[str]] = {}
        self._documents: dict[str, tuple[str, Mapping[str, object]]] = {}

    def text(self, path: str) -> str | None:
        """A file's text as it is to be; None where there is none."""
        return self._texts.get(path)

    def toml(self, path: str = "pyproject.toml") -> Mapping[str, object]:
        """A TOML file's document; empty where there is no such file. Raises `Failure` where it is not TOML."""
        text = self._texts.get(path, "")
        if path not in self._documents or self._documents[path][0] != text:
            self._documents[path] = text, toml.parsed(text, path)
        return self._documents[path][1]

    def value(self, *keys: str) -> object:
        """What pyproject.toml says; None where it says nothing."""
        return toml.value_at(self.toml(), *keys)

    def put(self, path: str, text: str, why: str) -> None:
        """Let a file have this text."""
        if self._texts.get(path) != text:
            self._texts[path] = text
            reasons = self._why.setdefault(path, [])
            if why not in reasons:
                reasons.append(why)

    def change(self, path: str, why: str, made: Callable[[str], str], level: str = "error") -> None:
        """Change a file's text; where it is written so that it cannot be changed, that is found, at a level."""
        before = self._texts.get(path, "")
        try:
            self.put(path, made(before), why)
        except Failure as failure:
            self.find("awkward", level, f"{path}: {failure.text}", failure.hint)

    def set(self, table: tuple[str, ...], key: str, value: object, why: str, path: str = "pyproject.toml") -> None:
        """Let a TOML file say a value. A list that only gets longer keeps what is written in it."""
        there = toml.value_at(self.toml(path), *table, key)
        if isinstance(there, list) and isinstance(value, list) and value[: len(there)] == there:
            for item in value[len(there) :]:
                self.change(path, why, partial(toml.with_item, table=table, key=key, item=item))
        elif there != value:
            self.change(path, why, lambda text: toml.with_key(text, table, key, value))

    def drop(self, keys: tuple[str, ...], why: str) -> None:
        """Let pyproject.toml not say a key or a table any more."""
        self.change("pyproject.toml", why, lambda text: toml.without(text, keys))

    def find(self, code: str, level: str, text: str, hint: str = "") -> None:
        """Keep something that a person should know."""
        finding = Finding(code, level, text, hint)
        if finding not in self.findings:
            self.findings.append(finding)

    def edits(self) -> tuple[Edit, ...]:
        """The files that change. pyproject.toml is the last: what it gives up stands elsewhere by then."""
        made = []
        for path, why in self._why.items():
            before, after = self.view.texts.get(path), self._texts[path]
            after = after.replace("\n", "\r\n") if path in self._windows else after
            if before != after:
                made.append(Edit(path, before, after, tuple(why)))
        return tuple(sorted(made, key=lambda edit: (edit.path in LAST, edit.path)))


LAST = ("setup.cfg", "meson.build", "pyproject.toml")
