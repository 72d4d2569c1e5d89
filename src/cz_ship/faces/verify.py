"""The command `verify`: artifacts judged, one table, and an exit code that says whether all may pass."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import time
from pathlib import Path

from cz_ship.errors import Exit, Failure
from cz_ship.faces import answers, verification
from cz_ship.faces.opened import Opened


def run_verify(options: argparse.Namespace, folder: str) -> Exit:
    """Judge; `Exit.REFUSED` where any gate failed or could not be judged.

    Raises `Failure` where a gate broke by a fault in cz-ship, when all has been told.
    """
    from cz_ship.flows.verify import Order, supported_pythons, verify
    from cz_ship.rules.gates import admit_broken, red
    from cz_ship.rules.pythons import matrix

    world = Opened(folder, options.talker, options.skip_gate).world
    dist = Path(folder, options.dist).absolute() if options.dist else None
    if options.matrix:
        # On one line, as GITHUB_OUTPUT takes it.
        line = json.dumps(matrix(supported_pythons(world, dist)))
        answers.to_actions(matrix=line)
        print(line)
        return Exit.DONE
    baseline = Path(folder, options.baseline).absolute() if options.baseline else None
    found = verify(world, Order(_folder_for(options.out, folder), dist, baseline))
    if os.environ.get("GITHUB_ACTIONS") == "true":
        # On standard error: a runner reads both, and standard output may be one JSON document.
        print("".join(f"{line}\n" for line in verification.workflow_commands(found)), end="", file=sys.stderr)
    answers.page(verification.markdown(found))
    if options.json:
        answers.document({**verification.document(found), "own_seconds": round(time.process_time(), 3)})
    elif options.markdown:
        print(verification.markdown(found))
    else:
        columns = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
        print(("\n" if columns else "") + verification.table(found, columns))
    admit_broken(found.results)
    return Exit.REFUSED if red(found.results) else Exit.DONE


def _folder_for(out: str | None, folder: str) -> Path:
    import tempfile

    try:
        if out is None:
            return Path(tempfile.mkdtemp(prefix="cz-ship-gates-"))
        made = Path(folder, out).resolve()
        made.mkdir(parents=True, exist_ok=True)
        return made
    except OSError as error:
        raise Failure(f"no folder for logs can be made: {error}", hint="--out DIR names another") from error
