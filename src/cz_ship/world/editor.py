"""The door to a person's editor, the one that git would open."""

import tempfile
from pathlib import Path

from cz_ship.errors import Failure
from cz_ship.world.process import converse, run


def edited(text: str) -> str:
    """A text as the person left it. Raises `Failure` where there is no editor, or where it gives up."""
    asked = run(["git", "var", "GIT_EDITOR"])
    editor = asked.text.strip()
    if asked.code or not editor:
        raise Failure("no editor is known", hint="git config --global core.editor NAME")
    with tempfile.TemporaryDirectory(prefix="cz-ship-") as folder:
        path = Path(folder) / "COMMIT_EDITMSG"  # by this name editors know what they are shown
        path.write_text(text, encoding="utf-8")
        # As git does it: what is configured is a piece of shell, and may bring arguments of its own.
        code = converse(["sh", "-c", f'{editor} "$@"', editor, path])
        if code:
            raise Failure(f"the editor `{editor}` ended with exit code {code}; nothing was changed")
        try:
            return path.read_text(encoding="utf-8").replace("\r\n", "\n")
        except (OSError, UnicodeDecodeError) as error:
            raise Failure(f"what the editor left cannot be read: {error}") from error
