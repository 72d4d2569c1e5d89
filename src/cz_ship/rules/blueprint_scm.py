"""Leaving what derives the version from tags: setuptools-scm, hatch-vcs, versioningit, and pdm's own way."""

from collections.abc import Iterator, Mapping
from string import Formatter
from typing import NamedTuple

from cz_ship.rules import blueprint_keys as keys
from cz_ship.rules import blueprint_toml as toml
from cz_ship.rules.backends import HATCHLING, PDM, SCIKIT_BUILD
from cz_ship.rules.blueprint_draft import Draft
from cz_ship.rules.blueprint_stated import requirement_name
from cz_ship.rules.wish import FILE

_TOOLS = ("setuptools-scm", "hatch-vcs", "versioningit")
_TABLES = (("tool", "setuptools_scm"), ("tool", "setuptools-scm"), ("tool", "versioningit"))
_VCS = ("tool", "hatch", "build", "hooks", "vcs")
_WRITE = ("tool", "versioningit", "write")
_HOOK = ("tool", "hatch", "build", "hooks", "version")

# What setuptools-scm's own template writes, of which hatch-vcs's is: 1.4.0rc1 is (1, 4, 0, "rc1") as a tuple.
_WITH_TUPLE = (
    'from re import findall as _parts\n\n__version__ = version = "{version}"\n'
    "__version_tuple__ = version_tuple = tuple(\n"
    '    int(part) if part.isdigit() else part for part in _parts("[a-z]+[0-9]*|[0-9]+", version)\n'
    ")\n__commit_id__ = commit_id = None\n"
)
_WITHOUT = '__version__ = version = "{version}"\n'
_TEXT = "{version}\n"
# pdm's own keys of the source scm that have no match.
_OF_SCM = ("tag_filter", "tag_regex", "version_format", "fallback_version")


class Written(NamedTuple):
    """A file that was written at each build; a `template` has the version in it, as `str.format` takes it."""

    path: str
    template: str

    @property
    def place(self) -> str:
        """As `version_files` names it."""
        return f"{self.path}:__version__" if "__version__" in self.template else self.path

    def text(self, version: str) -> str:
        """What it says from now on: all names that it said so far."""
        return self.template.format(version, version=version)

    @property
    def strange(self) -> str:
        """What the template has of a build that no file can go on saying; empty for nothing."""
        fields = {name for _, name, _, _ in Formatter().parse(self.template) if name is not None}
        return ", ".join(f"{{{name}}}" for name in sorted(fields - {"version", "", "0"}))


class Derived(NamedTuple):
    """The tool that derived the version, empty for none, and what it wrote at each build."""

    tool: str = ""
    modules: tuple[Written, ...] = ()


def written(draft: Draft) -> tuple[Written, ...]:
    """The files that are written at each build; as a rule git ignores them."""
    if draft.value(*PDM.table, "source") == "scm":
        table = draft.value(*PDM.table)
        path = toml.value_at(table, "write_to") if isinstance(table, Mapping) else None
        template = str(draft.value(*PDM.table, "write_template") or "{}\n")
        return (Written(_in_package(draft, str(path)), template),) if path else ()
    tables = [(draft.value(*table), _WITH_TUPLE) for table in _TABLES[:2]]
    return tuple(_of_tables([*tables, (draft.value(*_WRITE), _WITHOUT)]))


def _of_tables(tables: list[tuple[object, str]]) -> Iterator[Written]:
    for table, usual in tables:
        for key in ("version_file", "write_to", "file"):
            path = toml.value_at(table, key) if isinstance(table, Mapping) else None
            if isinstance(table, Mapping) and isinstance(path, str):
                own = table.get("template" if key == "file" else f"{key}_template")
                yield Written(path, str(own or (usual if path.endswith(".py") else _TEXT)))


def _in_package(draft: Draft, path: str) -> str:
    """A path in a wheel of pdm's, as it is in the project: https://backend.pdm-project.org/build_config/"""
    usual = "src" if any(each.startswith("src/") for each in draft.view.paths) else ""
    folder = draft.value("tool", "pdm", "build", "package-dir")
    return "/".join(part for part in (str(usual if folder is None else folder).strip("./"), path) if part)


def leave_scm(draft: Draft) -> Derived:
    """Take such a tool out of pyproject.toml; what it has no match for is found."""
    requires = draft.value("build-system", "requires")
    found = [str(each) for each in requires if requirement_name(each) in _TOOLS] if isinstance(requires, list) else []
    if "use_scm_version" in (draft.text("setup.py") or ""):
        told = "setup.py asks setuptools-scm for the version (use_scm_version)"
        draft.find("no-home", "error", told, "take it out of setup.py, and run init again")
    modules = written(draft)
    for each in modules:
        _refuse_strange(draft, each)
    if not found:
        return _own(draft, modules)
    tool = requirement_name(found[0])
    why = f"the version comes from version.txt now, and no more from {tool}"
    for requirement in found:
        draft.change("pyproject.toml", why, _without_requirement(requirement))
    for table in _TABLES:
        _told(draft, table)
        draft.drop(table, why)
    _leave_hatch_vcs(draft, why)
    return Derived(tool, modules)


def _leave_hatch_vcs(draft: Draft, why: str) -> None:
    """hatchling itself has a hook that writes a file at each build."""
    source, hook = keys.table(draft.value(*HATCHLING.table)), keys.table(draft.value(*_VCS))
    lost = [key for key in source if key in ("tag-pattern", "raw-options", "fallback-version")]
    for key in (*lost, *(key for key in hook if key not in ("version-file", "template"))):
        draft.find("unmatched", "warning", f"hatch-vcs: {key} has no match here, and is taken out")
    path, template = hook.get("version-file"), str(hook.get("template") or _WITH_TUPLE)
    draft.drop(_VCS, why)
    if isinstance(path, str):
        _refuse_strange(draft, Written(path, template))
        here = f"hatchling itself writes {path} at each build"
        draft.set(_HOOK, "path", path, here)
        draft.set(_HOOK, "template", template, here)


def _refuse_strange(draft: Draft, module: Written) -> None:
    if module.strange:
        told = f"the template of {module.path} has {module.strange}, which nothing writes any more"
        draft.find("template", "error", told, "let it have {version} alone, or none, and run init again")


def _own(draft: Draft, modules: tuple[Written, ...]) -> Derived:
    """Backends that can derive it by themselves."""
    source = draft.value(*PDM.table, "source")
    if source == "call":
        told = f"pdm calls {draft.value(*PDM.table, 'getter')} for the version, and init does not run it"
        lines = "\n".join(PDM.lines.splitlines()[1:])
        hint = f"write the version into {FILE}, and as the whole of [tool.pdm.version]:\n{lines}\nthen run init again"
        draft.find("no-home", "error", told, hint)
    if source == "scm":
        for key in _OF_SCM:
            if draft.value(*PDM.table, key) is not None:
                draft.find("unmatched", "warning", f"pdm's scm: {key} has no match here, and is taken out")
        for key in ("write_to", "write_template", *_OF_SCM):
            if draft.value(*PDM.table, key) is not None:
                draft.drop((*PDM.table, key), "it belongs to the source scm")
        return Derived("pdm's scm", modules)
    if "setuptools_scm" in str(draft.value(*SCIKIT_BUILD.table, "provider")):
        return Derived("setuptools-scm", modules)
    return Derived()


def _without_requirement(asked: str) -> toml.Change:
    return lambda text: toml.without_item(text, ("build-system",), "requires", asked)


def _told(draft: Draft, table: tuple[str, ...]) -> None:
    said = draft.value(*table)
    for key in said if isinstance(said, Mapping) else ():
        if key not in ("version_file", "write_to", "version_file_template", "write_to_template", "write"):
            draft.find("unmatched", "warning", f"{table[-1]}: {key} has no match here, and is taken out")
