"""Check-up of a developer's own folder: hooks that tell of a wrong message early, and secrets that stay here."""

import shlex
from collections.abc import Iterator

from cz_ship.checkup import Dotenv, Hooks
from cz_ship.model import Finding
from cz_ship.rules.findings import finding

CHECK = "cz-ship-check"
STAGES = ("pre-commit", "commit-msg")
PUSH = ("cz-ship-branch", "pre-push")
IGNORE = "echo .env >> .gitignore"
PROTECT = "chmod 600 .env"


def hook_findings(hooks: Hooks) -> Iterator[Finding]:
    """Whether a message is looked at before it is committed."""
    if hooks.configured is None or CHECK not in hooks.configured:
        what = "there is no pre-commit configuration" if hooks.configured is None else f"no hook {CHECK} is configured"
        yield finding("hooks-missing", f"{what}: a wrong message is told by CI alone", fix="cz-ship init")
    stages = (*STAGES, *(PUSH[1:] if PUSH[0] in (hooks.configured or ()) else ()))
    lacking = [stage for stage in stages if stage not in hooks.installed]
    if hooks.configured is not None and lacking:
        text = f"git runs no {' and no '.join(lacking)} hook in this clone"
        if hooks.elsewhere:
            # pre-commit refuses to install anything there.
            hint = f"its hooks are in {hooks.elsewhere} (core.hooksPath): call pre-commit there"
            yield finding("hooks-not-installed", text, hint)
        else:
            yield finding(
                "hooks-not-installed",
                text,
                fix=f"pre-commit install {' '.join(f'--hook-type {stage}' for stage in stages)}",
            )


def dotenv_findings(dotenv: Dotenv) -> Iterator[Finding]:
    """Whether `.env`, where credentials may stand, stays with who wrote it."""
    if dotenv.tracked:
        hint = "what stands in it is known to all who have the history: make new credentials"
        names = shlex.join(dotenv.tracked)
        yield finding("dotenv-tracked", f"git tracks {names}, for secrets", hint, f"git rm --cached {names}")
    if not dotenv.there:
        return
    if not (dotenv.tracked or dotenv.ignored):
        yield finding("dotenv-not-ignored", "git does not ignore .env: the next `git add --all` takes it", fix=IGNORE)
    if dotenv.readable:
        text = "other users of this machine may read .env"
        if dotenv.outside:  # somebody else's file, perhaps: whoever owns it decides
            told = f"{text}: it is a link to {dotenv.outside}"
            yield finding("dotenv-readable", told, f"where that is yours alone: {PROTECT}")
        else:
            yield finding("dotenv-readable", text, fix=PROTECT)
