"""Annotating: what GitHub Actions shows on the page of a run, written as its workflow commands."""

import os
import sys

from cz_ship.faces.answers import plain


def warn(text: str) -> None:
    """Warn of something in a run that ends well; outside of GitHub Actions, and without a text, nothing is said.

    https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
    """
    if text and os.environ.get("GITHUB_ACTIONS") == "true":
        print(f"::warning title=cz-ship::{message(text)}", file=sys.stderr)


def message(text: str) -> str:
    """A text as a workflow command takes it."""
    return plain(text).replace("%", "%25").replace("\n", "%0A")


def attribute(text: str) -> str:
    """A text as what stands before the message takes it."""
    return message(text).replace(":", "%3A").replace(",", "%2C")
