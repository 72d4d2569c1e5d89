"""The door to GitHub Actions: what its variables and its event say of this run."""

import json
from collections.abc import Mapping

from cz_ship.errors import Failure, usage
from cz_ship.model import CiRun, PullRequest

# GITHUB_SHA is a merge that GitHub made up for these; the branch's own head stands in the event alone.
_PULL_REQUESTS = ("pull_request", "pull_request_review")
_ABOUT_ONE = (*_PULL_REQUESTS, "pull_request_target")


def pull_request_head(environ: Mapping[str, str]) -> str | None:
    """The head of the branch of the pull request that this run is about; None where it is about none.

    Raises `Failure` where the event cannot be read or names no such commit.
    """
    if environ.get("GITHUB_EVENT_NAME") not in _PULL_REQUESTS:
        return None
    path = environ.get("GITHUB_EVENT_PATH", "")
    try:
        with open(path, encoding="utf-8") as file:
            sha = _sha(json.load(file)["pull_request"]["head"]["sha"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Failure(
            f"the event of this pull request names no head commit ({type(error).__name__}: {error})",
            hint="GITHUB_EVENT_PATH must lead to the event's own JSON",
        ) from error
    return sha


def pull_request(environ: Mapping[str, str]) -> PullRequest:
    """The pull request that this run is about. Raises `Failure` (usage) where there is none, or it cannot be read."""
    name, path = environ.get("GITHUB_EVENT_NAME", ""), environ.get("GITHUB_EVENT_PATH", "")
    if not path:
        raise usage("there is no event: GITHUB_EVENT_PATH is not set", "outside of GitHub Actions: --range A..B")
    try:
        with open(path, encoding="utf-8") as file:
            event = json.load(file)
    except OSError as error:
        raise usage(f"the event cannot be read: {error}") from error
    except (ValueError, RecursionError) as error:
        raise usage(f"the event in {path} is not JSON ({type(error).__name__}: {error})") from error
    if name not in _ABOUT_ONE:
        raise usage(
            f"the event is {name or 'of no name'!r}; one of {', '.join(_ABOUT_ONE)} was wanted", _instead(event)
        )
    try:
        return _pull_request(event["pull_request"])
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise usage(f"the event in {path} tells of no pull request ({type(error).__name__}: {error})") from error


def pull_request_number(environ: Mapping[str, str]) -> int | None:
    """The number of the pull request that this run is about; None where it is about none.

    Raises `Failure` where the event cannot be read or tells no number.
    """
    if environ.get("GITHUB_EVENT_NAME") not in _PULL_REQUESTS:
        return None
    told = read_event(environ).get("pull_request")
    number = told.get("number") if isinstance(told, Mapping) else None
    if not isinstance(number, int):
        raise Failure("the event of this pull request tells no number", hint="GITHUB_EVENT_PATH must lead to it")
    return number


def read_event(environ: Mapping[str, str]) -> Mapping[str, object]:
    """The event of this run, from its file; empty outside of a run. Raises `Failure` where it cannot be read."""
    path = environ.get("GITHUB_EVENT_PATH", "")
    if not path:
        return {}
    try:
        with open(path, encoding="utf-8") as file:
            return _table(json.load(file))
    except (OSError, ValueError, TypeError, RecursionError) as error:
        raise Failure(f"the event in {path} cannot be read ({type(error).__name__}: {error})") from error


def ci_run(environ: Mapping[str, str], event: Mapping[str, object]) -> CiRun | None:
    """What a CI's variables and its event say of this run; None outside of one."""
    if not environ.get("GITHUB_EVENT_NAME"):
        return None
    attempt = environ.get("GITHUB_RUN_ATTEMPT", "")
    return CiRun(
        event=environ["GITHUB_EVENT_NAME"],
        ref=environ.get("GITHUB_REF", ""),
        sha=environ.get("GITHUB_SHA", ""),
        repository=environ.get("GITHUB_REPOSITORY", ""),
        attempt=int(attempt) if attempt.isdecimal() else 1,
        action=_at(event, "action"),
        branch=_at(event, "repository", "default_branch"),
        head=_at(event, "pull_request", "head", "sha"),
        source=_at(event, "pull_request", "head", "repo", "full_name"),
        target=_at(event, "pull_request", "base", "ref"),
        author=_at(event, "head_commit", "author", "name"),
        deleted=event.get("deleted") is True,
        fork=_value(event, "repository", "fork") is True,
    )


def _at(event: Mapping[str, object], *keys: str) -> str:
    """A text deep in an event; empty where there is none."""
    value = _value(event, *keys)
    return value if isinstance(value, str) else ""


def _value(event: Mapping[str, object], *keys: str) -> object:
    """What stands deep in an event; None where nothing does."""
    value: object = event
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _pull_request(told: Mapping[str, object]) -> PullRequest:
    base, head = _table(told["base"]), _table(told["head"])
    kept = _table(base.get("repo") or {})
    ways = {"merge": "allow_merge_commit", "squash": "allow_squash_merge", "rebase": "allow_rebase_merge"}
    made = ("squash_merge_commit_title", "squash_merge_commit_message", "merge_commit_title", "merge_commit_message")
    defaults = PullRequest._field_defaults
    return PullRequest(
        number=int(_text(str(told["number"]))),
        title=_text(told["title"]).strip(),
        body=_text(told.get("body") or ""),
        base=_sha(base["sha"]),
        head=_sha(head["sha"]),
        branch=_text(base["ref"]),
        source=_text(head.get("label") or head["ref"]).replace(":", "/", 1),
        ways=tuple(way for way, key in ways.items() if kept.get(key) is not False),
        **{
            field: _text(kept.get(key) or default) for (field, default), key in zip(defaults.items(), made, strict=True)
        },
    )


def _instead(event: object) -> str:
    """For a push: the range that it brought."""
    ends = [event.get(key) for key in ("before", "after")] if isinstance(event, dict) else []
    if ends and all(isinstance(each, str) and each.strip("0").isalnum() for each in ends):
        return f"cz-ship check --range {ends[0]}..{ends[1]}"
    return "cz-ship check --range A..B"


def _table(value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise TypeError(f"{value!r:.40} where a table was wanted")
    return value


def _sha(value: object) -> str:
    text = _text(value)
    if len(text) not in (40, 64) or text.strip("0123456789abcdef"):
        raise ValueError(f"{text!r:.80} where the hash of a commit was wanted")
    return text


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r:.40} where a text was wanted")
    return value
