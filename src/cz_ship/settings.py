"""`[tool.cz-ship]` parsed once: raw tables in, a frozen value out, all faults told together."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from cz_ship.errors import usage
from cz_ship.gates import LIMIT, Gate, GateSettings

MODES = ("push", "pull-request", "branch")
FORGES = ("none", "github")
_WORD = re.compile(r"\w[\w./-]*")
_LOOPBACK = re.compile(r"http://(127\.0\.0\.1|\[::1\]|localhost)(:\d+)?(/|$)", re.IGNORECASE)
HOMES = (".cz.toml", "pyproject.toml")
TOP = ("mode", "branch", "remote", "indexes", "build", "forge", "gates", "commit")
# The gates that cz-ship brings, in the order in which they are judged.
GATES = (
    *("metadata", "contents", "reproducible", "untaken", "lint", "format", "types"),
    *("tests", "coverage", "docs", "installs"),
)
NO_GATES = GateSettings(off=GATES)
COMMANDS = ("lint", "format", "types", "tests", "docs")


class IndexSettings(NamedTuple):
    """A package index; an address that is None means PyPI's or Test PyPI's own.

    `attestations` None means that these two take them, and no other index.
    """

    name: str
    enabled: bool = True
    upload_url: str | None = None
    simple_url: str | None = None
    attestations: bool | None = None


class CommitSettings(NamedTuple):
    """What `cz commit` offers: types (none set: the conventional ones) and scopes (none set: any).

    With `packages` the scopes offered are the packages in `src/`; others are accepted all the same.
    """

    types: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    packages: bool = False


class Settings(NamedTuple):
    """What `[tool.cz-ship]` says; `branch` None means the remote's HEAD branch.

    `forge` None means GitHub where the remote is an address on it, else none. With `forge_comment` the pull requests
    that a release contains are told of it. `forge_repository` (`ann/project`) is a fork that makes releases of its own.
    """

    mode: str = "push"
    branch: str | None = None
    remote: str = "origin"
    test: IndexSettings = IndexSettings("test")
    prod: IndexSettings = IndexSettings("prod")
    isolation: bool = True
    forge: str | None = None
    forge_api_url: str | None = None
    forge_comment: bool = False
    forge_repository: str = ""
    commit: CommitSettings = CommitSettings()

    @property
    def indexes(self) -> tuple[IndexSettings, ...]:
        """The indexes that are switched on, in the order in which a release reaches them."""
        return tuple(index for index in (self.test, self.prod) if index.enabled)


def parse(tables: Mapping[str, object]) -> Settings:
    """Settings from the `[tool.cz-ship]` tables, keyed by the file each was found in.

    Raises `Failure` (usage) that names every unknown key, wrong type and bad value at once.
    """
    faults = [fault for home, table in tables.items() for fault in _Reader(home).faults_of(table)]
    if len(tables) > 1:
        faults.insert(0, f"[tool.cz-ship] stands in both {' and '.join(tables)}; move all of it into one file")
    if faults:
        count = f"{len(faults)} faults" if len(faults) > 1 else "a fault"
        raise usage(f"{count} in the settings\n" + "\n".join(f"  {fault}" for fault in faults))
    return next((_Reader(home).settings(table) for home, table in tables.items()), Settings())


def parse_gates(tables: Mapping[str, object]) -> GateSettings:
    """`[tool.cz-ship.gates]` of the same tables. Raises `Failure` as `parse` does, for what is wrong in any part."""
    parse(tables)
    return next((_Reader(home).gates(table) for home, table in tables.items()), GateSettings())


class _Reader:
    """Reads one table, gathering faults as `key: what is, what was wanted`."""

    def __init__(self, home: str) -> None:
        self.home = home
        self.faults: list[str] = []

    def settings(self, raw: object) -> Settings:
        top = self.table("tool.cz-ship", raw, TOP)
        indexes = self.table("indexes", top.get("indexes", {}), ("test", "prod"))
        build = self.table("build", top.get("build", {}), ("isolation",))
        forge = self.table("forge", top.get("forge", {}), ("kind", "api_url", "comment", "repository"))
        return Settings(
            mode=self.choice("mode", top, MODES, "push"),
            branch=self.text("branch", top, None),
            remote=self.text("remote", top, "origin") or "origin",
            test=self.index("test", indexes.get("test", {})),
            prod=self.index("prod", indexes.get("prod", {})),
            isolation=self.flag("build.isolation", build, True),
            forge=self.choice("forge.kind", forge, FORGES, "none") if "kind" in forge else None,
            forge_api_url=self.guarded_url("forge.api_url", forge),
            forge_comment=self.flag("forge.comment", forge, False),
            forge_repository=self.text("forge.repository", forge, None) or "",
            commit=self.commit(top.get("commit", {})),
        )

    def faults_of(self, raw: object) -> list[str]:
        """What is wrong in a table, each with the file it stands in."""
        self.settings(raw)
        self.gates(raw)
        return [f"{self.home}: {fault}" for fault in self.faults]

    def gates(self, raw: object) -> GateSettings:
        keys = ("off", "order", "own", "limits", "commands", "test_dependencies", "fail_under")
        table = self.table("gates", raw.get("gates", {}) if isinstance(raw, Mapping) else {}, keys)
        raw_own = table.get("own", [])
        rows = raw_own if isinstance(raw_own, list) else []
        if not isinstance(raw_own, list):
            self.faults.append(f"gates.own: {raw_own!r} is {_kind(raw_own)}, a list of tables was wanted")
        names = tuple(str(row["name"]) for row in rows if isinstance(row, Mapping) and "name" in row)
        known = (*GATES, *names)
        limits = self.table("gates.limits", table.get("limits", {}), known)
        commands = self.table("gates.commands", table.get("commands", {}), COMMANDS)
        dependencies = self.chosen("gates.test_dependencies", table) if "test_dependencies" in table else None
        return GateSettings(
            off=self.chosen("gates.off", table, known),
            order=self.chosen("gates.order", table, known),
            own=tuple(self.own_gate(f"gates.own[{number}]", row, known) for number, row in enumerate(rows)),
            limits={name: self.number(f"gates.limits.{name}", limits, LIMIT) for name in limits if name in known},
            commands={name: self.command(f"gates.commands.{name}", commands) for name in commands},
            test_dependencies=dependencies,
            fail_under=self.number("gates.fail_under", table, 0, 100) if "fail_under" in table else None,
        )

    def own_gate(self, key: str, raw: object, known: tuple[str, ...]) -> Gate:
        table = self.table(key, raw, ("name", "command", "needs"))
        name = self.text(f"{key}.name", table, "") or ""
        if known.count(name) > 1:
            self.faults.append(f"{key}.name: {name!r} is the name of another gate too, one of its own was wanted")
        if not name.replace("-", "").replace("_", "").isalnum() and name:
            self.faults.append(f"{key}.name: {name!r} names a log file; letters, digits, - and _ were wanted")
        return Gate(name, self.chosen(f"{key}.needs", table, known), command=self.command(f"{key}.command", table))

    def command(self, key: str, table: Mapping[str, object]) -> str:
        import shlex  # for those alone who set a command

        line = self.text(key, table, "") or ""
        try:
            shlex.split(line)
        except ValueError as error:
            self.faults.append(f"{key}: {line!r} is no command: {str(error).lower()}")
        return line

    def index(self, name: str, raw: object) -> IndexSettings:
        key = f"indexes.{name}"
        table = self.table(key, raw, ("enabled", "upload_url", "simple_url", "attestations"))
        return IndexSettings(
            name=name,
            enabled=self.flag(f"{key}.enabled", table, True),
            upload_url=self.url(f"{key}.upload_url", table),
            simple_url=self.url(f"{key}.simple_url", table),
            attestations=self.flag(f"{key}.attestations", table, True) if "attestations" in table else None,
        )

    def commit(self, raw: object) -> CommitSettings:
        table = self.table("commit", raw, ("types", "scopes"))
        packages = table.get("scopes") == "packages"
        return CommitSettings(
            types=self.words("commit.types", table, "a list of words"),
            scopes=() if packages else self.words("commit.scopes", table, 'a list of words, or "packages",'),
            packages=packages,
        )

    def words(self, key: str, table: Mapping[str, object], wanted: str) -> tuple[str, ...]:
        value = table.get(key.rpartition(".")[2], [])
        if not isinstance(value, list):
            self.faults.append(f"{key}: {value!r} is {_kind(value)}, {wanted} was wanted")
            return ()
        for word in value:
            if not isinstance(word, str) or not _WORD.fullmatch(word):
                self.faults.append(f"{key}: {word!r} is no word of letters, digits, '_', '-', '.' and '/'")
        return tuple(dict.fromkeys(map(str, value)))

    def table(self, key: str, raw: object, known: tuple[str, ...]) -> Mapping[str, object]:
        if not isinstance(raw, Mapping):
            self.faults.append(f"{key}: {raw!r} is {_kind(raw)}, a table was wanted")
            return {}
        prefix = "" if key == "tool.cz-ship" else f"{key}."
        for name in raw:
            if name not in known:
                self.faults.append(f"{prefix}{name}: unknown key, known here are {', '.join(dict.fromkeys(known))}")
        return raw

    def text(self, key: str, table: Mapping[str, object], default: str | None) -> str | None:
        value = table.get(key.rpartition(".")[2], default)
        if value is None or (isinstance(value, str) and value.strip() and not value.startswith("-")):
            return value
        wanted = "one that does not begin with a dash" if isinstance(value, str) and value.strip() else "a text"
        self.faults.append(f"{key}: {value!r} is {_kind(value)}, {wanted} was wanted")
        return default

    def chosen(self, key: str, table: Mapping[str, object], known: tuple[str, ...] = ()) -> tuple[str, ...]:
        value = table.get(key.rpartition(".")[2], [])
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            self.faults.append(f"{key}: {value!r} is {_kind(value)}, a list of texts was wanted")
            return ()
        for each in value:
            if known and each not in known:
                self.faults.append(f"{key}: there is no gate {each!r}, there are {', '.join(dict.fromkeys(known))}")
        return tuple(value)

    def number(self, key: str, table: Mapping[str, object], default: float, highest: float = 86400) -> float:
        value = table.get(key.rpartition(".")[2], default)
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= highest:
            return float(value)
        self.faults.append(f"{key}: {value!r} was given, a number from 0 to {highest:g} was wanted")
        return default

    def flag(self, key: str, table: Mapping[str, object], default: bool) -> bool:
        value = table.get(key.rpartition(".")[2], default)
        if isinstance(value, bool):
            return value
        self.faults.append(f"{key}: {value!r} is {_kind(value)}, true or false was wanted")
        return default

    def choice(self, key: str, table: Mapping[str, object], known: tuple[str, ...], default: str) -> str:
        value = table.get(key.rpartition(".")[2], default)
        if isinstance(value, str) and value in known:
            return value
        self.faults.append(f"{key}: {value!r} is not one of {', '.join(map(repr, known))}")
        return default

    def guarded_url(self, key: str, table: Mapping[str, object]) -> str | None:
        """An address that a token is shown to: nobody may read along."""
        value = self.url(key, table)
        if value is not None and value.lower().startswith("http:") and not _LOOPBACK.match(value):
            self.faults.append(f"{key}: {value!r} would show a token to all on its way, an https address was wanted")
        return value

    def url(self, key: str, table: Mapping[str, object]) -> str | None:
        value = self.text(key, table, None)
        if value is None:
            return None
        from urllib.parse import urlsplit  # 6 ms, for those alone who set an address

        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            self.faults.append(f"{key}: {value!r} is not a full http or https address")
        elif parts.username or parts.password:
            self.faults.append(
                f"{key}: the address carries a user or a password; credentials come from the environment"
            )
        return value


def _kind(value: object) -> str:
    names = {bool: "a boolean", int: "a number", float: "a number", str: "a text", list: "a list", dict: "a table"}
    if isinstance(value, str) and not value.strip():
        return "an empty text"
    return names.get(type(value), f"a {type(value).__name__}")
