"""Every finding that doctor knows: its code, its level, and the topic that it is told under."""

from collections.abc import Mapping

from cz_ship.model import Finding

ERROR, WARNING = "error", "warning"

# In the order in which a check-up tells them. docs/doctor.md says of each what it means and how it is mended.
TOPICS: Mapping[str, Mapping[str, str]] = {
    "tools": {
        "tool-missing": ERROR,
        "tool-version": ERROR,
        "dependency-conflict": WARNING,
    },
    "repository": {
        "no-repository": ERROR,
        "no-commits": ERROR,
        "no-remote": WARNING,
        "shallow": ERROR,
    },
    "settings": {
        "settings": ERROR,
        "commitizen": ERROR,
        "tag-format": ERROR,
    },
    "versions": {
        "version": ERROR,
        "no-baseline": WARNING,
        "two-tags": WARNING,
        "odd-tag": WARNING,
        "tag-aside": WARNING,
        "changelog-lacks": WARNING,
        "changelog-doubles": WARNING,
    },
    "build": {
        "nothing-to-build": ERROR,
        "backend-fails": ERROR,
        "backend-version": ERROR,
    },
    "workflows": {
        "workflow-broken": ERROR,
        "no-workflow": WARNING,
        "workflow-target": ERROR,
        "workflow-unpinned": WARNING,
        "workflow-permissions": WARNING,
        "workflow-lacks-permission": ERROR,
        "workflow-fetch-depth": ERROR,
        "workflow-two-indexes": ERROR,
        "workflow-token": WARNING,
        "workflow-queue": WARNING,
        "workflow-cancels": ERROR,
        "workflow-dispatch": WARNING,
        "workflow-drift": WARNING,
    },
    "hooks": {
        "hooks-missing": WARNING,
        "hooks-not-installed": WARNING,
    },
    "secrets": {
        "dotenv-tracked": ERROR,
        "dotenv-not-ignored": WARNING,
        "dotenv-readable": WARNING,
    },
    "remote": {
        "tags-missing": ERROR,
        "tag-differs": ERROR,
        "tag-unpushed": WARNING,
        "branch-missing": ERROR,
    },
    "indexes": {
        "name-taken": ERROR,
        "half-released": ERROR,
        "release-closed": WARNING,
        "clock": WARNING,
    },
    "forge": {
        "squash-title": WARNING,
        "rules-block": WARNING,
        "rules-missing": WARNING,
        "environment-missing": WARNING,
        "environment-open": WARNING,
        "token-weak": WARNING,
        "token-wide": WARNING,
        "stored-token": WARNING,
        "proposals-forbidden": ERROR,
    },
    # What could not be looked at is told under the topic that it belongs to.
    "anything": {
        "unknown": WARNING,
    },
}
LEVELS = {code: level for codes in TOPICS.values() for code, level in codes.items()}

# What `--fix` mends: it loses nothing, and whoever does not like it can take it back.
FETCHES = ("shallow", "tags-missing")
SAFE = (*FETCHES, "hooks-not-installed", "dotenv-not-ignored", "dotenv-readable")


def finding(code: str, text: str, hint: str = "", fix: str = "") -> Finding:
    """A finding with the level of its code."""
    return Finding(code, LEVELS[code], text, hint, fix)


def unknown(check: str, text: str, hint: str = "") -> Finding:
    """The finding that a check could not be made."""
    return finding("unknown", f"{check} could not be looked at: {text}", hint)
