"""The door to GitHub Actions: what its variables and its event say of this run."""

import json
from collections.abc import Mapping

from cz_ship.errors import Failure

# GITHUB_SHA is a merge that GitHub made up for these; the branch's own head stands in the event alone.
_PULL_REQUESTS = ("pull_request", "pull_request_review")


def pull_request_head(environ: Mapping[str, str]) -> str | None:
    """The head of the branch of the pull request that this run is about; None where it is about none.

    Raises `Failure` where the event cannot be read or names no such commit.
    """
    if environ.get("GITHUB_EVENT_NAME") not in _PULL_REQUESTS:
        return None
    path = environ.get("GITHUB_EVENT_PATH", "")
    try:
        with open(path, encoding="utf-8") as file:
            sha = json.load(file)["pull_request"]["head"]["sha"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Failure(
            f"the event of this pull request names no head commit ({type(error).__name__}: {error})",
            hint="GITHUB_EVENT_PATH must lead to the event's own JSON",
        ) from error
    return str(sha)
