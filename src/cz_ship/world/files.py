"""The door to single files: written whole or not at all."""

import hashlib
import os
import tempfile
from pathlib import Path

from cz_ship.errors import Failure
from cz_ship.model import Artifact
from cz_ship.world import effects


def replace(path: Path, content: bytes) -> bool:
    """Write a file through a temporary one beside it, keeping its mode; True when that is done.

    Raises `Failure` where the folder or the file cannot be written; the old file is then unharmed.
    """
    try:
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
        handle, scratch = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            os.chmod(scratch, mode)
            with effects.passing(f"write {path.name}"):
                os.replace(scratch, path)
        except BaseException:
            os.unlink(scratch)
            raise
    except OSError as error:
        raise Failure(f"{path.name} cannot be written: {error.strerror or error}") from error
    return True


def unchanged(artifact: Artifact) -> Path:
    """Where the artifact lies, its bytes still those that were built and verified."""
    path = Path(artifact.path).absolute()
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise Failure(f"{artifact.name} cannot be read at {path}: {error.strerror}") from error
    if digest != artifact.sha256:
        raise Failure(f"{path} has sha256 {digest}; {artifact.sha256} was wanted", hint="build again")
    return path
