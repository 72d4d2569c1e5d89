"""The files beside the settings: hooks, the pipeline, dependabot, the changelog, what git ignores, the dev extra."""

import re
from collections.abc import Mapping
from pathlib import PurePosixPath

from cz_ship.rules import blueprint_toml as toml
from cz_ship.rules import blueprint_yaml as yaml
from cz_ship.rules.blueprint_draft import Draft
from cz_ship.rules.blueprint_marked import marked
from cz_ship.rules.blueprint_stated import requirement_name
from cz_ship.site import Edit

HOOKS = ".pre-commit-config.yaml"
PIPELINE = ".github/workflows/pipeline.yml"
DEPENDABOT = ".github/dependabot.yml"
OTHER_NAME = ".github/dependabot.yaml"  # GitHub reads one of the two
SECRETS = ".env.example"
# Of each line for .gitignore, a path that it would catch: git is asked, since others may catch it already. What builds
# leave is at the top: a package `build` further down is one, and hatchling takes nothing that .gitignore names.
IGNORED = {".env": ".env", "/dist/": "dist/a", "/build/": "build/a", "*.egg-info/": "a.egg-info/a"}
EXTRA = ("build", "twine")
_STAGES = ("pre-commit", "commit-msg", "pre-push")
_TYPES = f"default_install_hook_types: [{', '.join(_STAGES)}]\n"
INSTALL = f"pre-commit install {' '.join(f'--hook-type {stage}' for stage in _STAGES)}"
_PINNED = re.compile(r"(?<=cz-ship==)[\w.+!]+")
_CHANGELOG = re.compile(r"(CHANGELOG|CHANGES|HISTORY|NEWS)\.(md|rst|adoc|asciidoc|textile)", re.IGNORECASE)
# What the template has for mode "pull-request" alone, as comments; and why each is there.
_PROPOSED = {"pull-requests: write": "  # the release pull request", "actions: write": "  # starts the pipeline for it"}
_PROPOSING = re.compile(r"^( +)# (pull-requests: write|actions: write)\n", re.MULTILINE)
# Workflows that publish by other hands, by what they call.
_RIVALS = re.compile(
    r"pypa/gh-action-pypi-publish|twine upload|semantic-release|release-please-action"
    r"|(?:uv|poetry|flit|hatch|pdm|maturin) publish"
)


def settle_hooks(draft: Draft, template: str, ship: str) -> None:
    """cz-ship's hooks, from the distribution of the same version: no code host is asked."""
    whole = template.replace("{version}", ship)
    text = draft.text(HOOKS)
    if text is None:
        draft.put(HOOKS, whole, "hooks: messages, pushes, and what is released by hand")
        return
    document = yaml.parsed(text, HOOKS)
    if "cz-ship-check" in text:
        _look_at_types(draft, document)
        draft.put(HOOKS, _PINNED.sub(ship, text), f"the hooks of cz-ship {ship}")
        return
    entry = whole.partition("repos:\n")[2]
    entry = "".join(line.removeprefix("  ") for line in entry.splitlines(keepends=True))
    draft.change(
        HOOKS,
        "hooks: messages, pushes, and what is released by hand",
        lambda text: yaml.with_entry(text, "repos", entry),
    )
    if isinstance(document, Mapping) and "default_install_hook_types" not in document:
        draft.change(
            HOOKS,
            "`pre-commit install` lays down those of all stages",
            lambda text: yaml.with_line(text, "repos", _TYPES),
        )
    _look_at_types(draft, document)


def _look_at_types(draft: Draft, document: object) -> None:
    """What `pre-commit install` lays down is told by the configuration; where that has a list of its own, it stays."""
    there = document.get("default_install_hook_types") if isinstance(document, Mapping) else None
    if isinstance(there, list) and (lacking := [each for each in _STAGES if each not in there]):
        told = f"default_install_hook_types is without {' and '.join(lacking)}, where cz-ship's hooks are"
        draft.find("hook-types", "warning", told, f"add that, or: {INSTALL}")


def settle_pipeline(draft: Draft, template: str, ship: str, branch: str, mode: str) -> tuple[Edit, ...]:
    """The workflow; one that a person has changed is handed back beside today's, and stays."""
    body = template.replace("{version}", ship).replace("branches: [main]", f"branches: [{yaml.scalar(branch)}]")
    body = body.replace("'refs/heads/main'", "'refs/heads/" + branch.replace("'", "''") + "'")
    if mode == "pull-request":
        body = _PROPOSING.sub(lambda match: f"{match[1]}{match[2]}{_PROPOSED[match[2]]}\n", body)
    for path, text in draft.view.texts.items():
        if path.startswith(".github/workflows/") and path != PIPELINE and (rival := _RIVALS.search(text)):
            draft.find(
                "rival",
                "warning",
                f"{path} publishes too ({rival[0]})",
                f"git rm {path}, once pipeline.yml has published",
            )
    return _settle_marked(draft, PIPELINE, body, ship, "candidates and releases, in CI")


def settle_dependabot(draft: Draft, template: str, ship: str) -> tuple[Edit, ...]:
    """Updates for the actions that the workflow pins; a file by other hands is left where it has them."""
    path = DEPENDABOT if draft.text(DEPENDABOT) is not None or draft.text(OTHER_NAME) is None else OTHER_NAME
    text = draft.text(path)
    if text is None or text.startswith("# Laid down by cz-ship "):
        return _settle_marked(draft, path, template, ship, "updates for what is pinned")
    if "github-actions" not in text:
        entry = template.partition("updates:\n")[2].partition("  - package-ecosystem: pip")[0]
        entry = "".join(line.removeprefix("  ") for line in entry.splitlines(keepends=True))
        why = "updates for the actions that pipeline.yml pins"
        draft.change(path, why, lambda text: yaml.with_entry(text, "updates", entry))
    return ()


def _settle_marked(draft: Draft, path: str, body: str, ship: str, why: str) -> tuple[Edit, ...]:
    before = draft.text(path)
    found = marked(before, body, ship)
    if found.state in ("new", "old"):
        draft.put(
            path, found.text, why if found.state == "new" else f"{why}: as cz-ship {ship} has it, nobody had changed it"
        )
    elif found.state == "foreign":
        told = f"{path} is there, and is not of cz-ship; an index knows a publisher by the name of this file"
        hint = f"git mv {path} {_free(draft, path)}, and run init again"
        uploads = (
            "; where it is a publisher on an index, tell the new name there" if _RIVALS.search(before or "") else ""
        )
        draft.find("foreign", "error", told, hint + uploads)
    elif found.state == "edited":
        told = f"{path} was changed since it was laid down: it stays as it is"
        way_back = f"git rm {path}, and run init again"
        draft.find(
            "edited", "warning", told, f"the difference to today's is shown above; to have all of that: {way_back}"
        )
        return (Edit(path, before, found.text, ("as cz-ship would lay it down today",)),)
    return ()


def _free(draft: Draft, path: str) -> str:
    """A path beside another that nothing has yet."""
    folder = path.rpartition("/")[0]
    names = (f"{folder}/{name}.yml" for name in ("ci", "checks", "own-pipeline"))
    return next((name for name in names if name not in draft.view.paths), f"{folder}/….yml")


def changelog(draft: Draft) -> str | None:
    """The changelog that is there already, where commitizen can read its kind; else None."""
    found = sorted(path for path in draft.view.paths if _CHANGELOG.fullmatch(path))
    return "CHANGELOG.md" if "CHANGELOG.md" in found else next(iter(found), None)


def settle_changelog(draft: Draft, path: str) -> None:
    """An empty file, which the first release writes into."""
    if path not in draft.view.paths:
        draft.put(path, "", "the first release writes into it")


def settle_ignored(draft: Draft, modules: tuple[str, ...]) -> None:
    """Lines of .gitignore for secrets and for what builds leave; `modules` have to be committed from now on."""
    tracked = {path.partition("/")[0] for path in draft.view.paths}
    lines = [
        line for line, probe in IGNORED.items() if probe not in draft.view.ignored and line.strip("/") not in tracked
    ]
    hidden = [path for path in (*modules, SECRETS) if path in draft.view.ignored]
    for path in hidden:
        if beside(path) in draft.view.ignored or _has_own_rules(draft, path):
            draft.find("ignored", "error", f"git ignores {path}, by its folder or by a .gitignore in it",
                       "let git take it: it has to be committed from now on; then run init again")  # fmt: skip
    lines += [f"!/{path}" for path in hidden]
    text = draft.text(".gitignore") or ""
    lines = [line for line in lines if line not in text.splitlines()]
    if lines:
        gap = "" if not text or text.endswith("\n") else "\n"
        draft.put(
            ".gitignore",
            text + gap + "".join(f"{line}\n" for line in lines),
            "git ignores secrets and what builds leave",
        )


def beside(path: str) -> str:
    """A file that nobody has, in the folder of another: git ignores it where it ignores the folder."""
    return f"{path.rpartition('/')[0]}/another-file".lstrip("/")


def _has_own_rules(draft: Draft, path: str) -> bool:
    """Whether a folder of the project above a path has a .gitignore, which goes before that at the top."""
    return any(f"{folder}/.gitignore" in draft.view.paths for folder in map(str, PurePosixPath(path).parents))


def settle_secrets(draft: Draft, template: str) -> None:
    """`.env.example`, with the names that a `.env` can have."""
    text = draft.text(SECRETS)
    if text is None:
        draft.put(SECRETS, template, "what a .env may hold, where there is no trusted publishing")
        return
    there = {line.partition("=")[0].removeprefix("export ").strip(" #") for line in text.splitlines()}
    missing = [line for line in template.splitlines() if "=" in line and line.partition("=")[0] not in there]
    if missing:
        gap = "" if text.endswith("\n") else "\n"
        draft.put(SECRETS, text + gap + "".join(f"{line}\n" for line in missing), "what a .env may hold")


def settle_extra(draft: Draft) -> None:
    """build and twine, in the extra or the group `dev`."""
    if "project" not in draft.toml():
        draft.find(
            "no-extra", "warning", "pyproject.toml has no [project], so there is no extra `dev` for build and twine"
        )
        return
    group = draft.value("dependency-groups", "dev")
    table = ("dependency-groups",) if isinstance(group, list) else ("project", "optional-dependencies")
    dynamic = draft.value("project", "dynamic")
    if isinstance(dynamic, list) and "optional-dependencies" in dynamic and not isinstance(group, list):
        draft.find(
            "no-extra", "warning", "optional-dependencies are dynamic: add build and twine to `dev` where they are made"
        )
        return
    missing = [name for name in EXTRA if name not in _required(draft, table, "dev")]

    def with_missing(text: str) -> str:
        for name in missing:
            text = toml.with_item(text, table, "dev", name)
        return text

    draft.change("pyproject.toml", "build and twine, for whoever builds by hand", with_missing, "warning")


def _required(draft: Draft, table: tuple[str, ...], group: str, above: tuple[str, ...] = ()) -> set[str]:
    """The names that an extra or a dependency group asks for, those of groups that it includes among them (PEP 735).

    `above` are the groups that are being read: one that includes itself is not read again.
    """
    said = draft.value(*table, group)
    names = set()
    for each in said if isinstance(said, list) else ():
        if isinstance(each, Mapping):
            inner = str(each.get("include-group"))
            names |= _required(draft, table, inner, (*above, group)) if inner not in (*above, group) else set()
        else:
            names.add(requirement_name(each))
    return names
