"""The version provider `version_txt`: commitizen reads and writes the same version.txt as cz-ship."""

import os
from pathlib import Path

from commitizen.providers.base_provider import VersionProvider

from cz_ship.errors import Failure
from cz_ship.rules.wish import parse_wish

FILE = "version.txt"


class VersionTxtProvider(VersionProvider):
    """The whole of version.txt is the version (entry point `commitizen.provider`)."""

    def get_version(self) -> str:
        """The version. Raises commitizen's own error where the file is missing or holds anything else."""
        from commitizen.exceptions import InvalidConfigurationError

        path = Path(FILE)
        try:
            return str(parse_wish(path.read_bytes() if path.is_file() else None))
        except Failure as failure:
            raise InvalidConfigurationError(f"{failure.text}\n{failure.hint}".strip()) from failure

    def set_version(self, version: str) -> None:
        """Write the version and a line break, through a temporary file: never half a file."""
        scratch = Path(f"{FILE}.tmp")
        scratch.write_bytes(f"{version}\n".encode())
        os.replace(scratch, FILE)
