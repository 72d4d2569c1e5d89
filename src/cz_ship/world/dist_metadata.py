"""A build backend asked which version the wheel of a tree would have; this file is the program that asks it, too."""

import json
import sys
from collections.abc import Iterable
from pathlib import Path

from cz_ship.checkup import Built
from cz_ship.errors import Failure
from cz_ship.world.backend import CALM
from cz_ship.world.process import SECRET, run

LIMIT = 300
LAST_LINES = 12
# pip's own patience is for installs: what does not answer now is unknown to a check-up.
BRIEF = {"PIP_RETRIES": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


def asked(tree: Path, module: str, wanted: str, *, isolated: bool) -> Built:
    """What a backend states, in a process of its own, which knows no secrets and has five minutes.

    Raises `Failure` where it could not be asked: it is not installed here, or could not be fetched.
    """
    command: list[str | Path] = [sys.executable, "-m", "cz_ship.world.dist_metadata", tree]
    # Beside the tree, since `-m` looks into the working directory first, and a tree may hold a build.py.
    outcome = run(
        [*command, *(["isolated"] if isolated else [])],
        cwd=tree.parent,
        env={**CALM, **BRIEF},
        without=SECRET,
        limit=LIMIT,
        group=True,
    )
    try:
        answer = json.loads(outcome.text.splitlines()[-1])
    except (ValueError, IndexError):
        answer = {"doubt": outcome.words or "it said nothing"}
    if doubt := answer.get("doubt"):
        lines = doubt.splitlines()
        why = next((line for line in reversed(lines) if line.startswith("ERROR: ")), lines[-1])
        hint = "may its requirements be fetched?" if isolated else "without --offline it is fetched for that"
        raise Failure(f"{module} could not be asked for its metadata: {why}", hint=hint)
    return Built(module, wanted, str(answer.get("version", "")), _last(str(answer.get("fault", ""))))


def _last(said: str) -> str:
    lines = [line.rstrip() for line in said.splitlines() if line.strip()]
    return "\n".join(lines[-LAST_LINES:])


def main(tree: str, *, isolated: bool) -> dict[str, str]:
    """Its `version`; or `fault`, what the backend said as it failed; or `doubt`, why it could not be asked."""
    from build import BuildBackendException, BuildException
    from build.util import project_wheel_metadata

    try:
        # What fails because another version of it is wanted is no fault of the project.
        if not isolated and (lacking := _lacking(tree)):
            return {"doubt": f"it wants {' and '.join(lacking)}, which is not installed here"}
        return {"version": project_wheel_metadata(tree, isolated=isolated)["Version"]}
    except BuildBackendException as error:
        told = "doubt" if "is not available" in str(error) else "fault"
        return {told: f"{_said(error.exception)}\n{error}" if told == "fault" else str(error)}
    except BuildException as error:
        return {"fault": str(error)}
    except Exception as error:  # whatever program was to make the environment for it
        return {"doubt": _said(error) or f"{type(error).__name__}: {error}"}


def _lacking(tree: str) -> list[str]:
    """What the build asks for and is not here; what the backend asks for besides, where it can be asked."""
    from build import ProjectBuilder, check_dependency
    from pyproject_hooks import quiet_subprocess_runner

    builder = ProjectBuilder(tree, runner=quiet_subprocess_runner)

    def unmet(requirements: Iterable[str]) -> list[str]:
        return sorted(each for each in requirements if any(check_dependency(each)))

    return unmet(builder.build_system_requires) or unmet(builder.get_requires_for_build("wheel"))


def _said(error: Exception) -> str:
    """What the program said whose failure an error tells of."""
    parts = (getattr(error, name, None) or b"" for name in ("output", "stderr"))
    texts = (part.decode("utf-8", "replace") if isinstance(part, bytes) else str(part) for part in parts)
    return "\n".join(texts).strip()


if __name__ == "__main__":
    sys.stdout.write("\n" + json.dumps(main(sys.argv[1], isolated="isolated" in sys.argv[2:])) + "\n")
