"""A fence around a Python process of the tests: no network beyond loopback, and the user's home is out of bounds.

The test process puts it up by hand; its children find it through `PYTHONPATH`, under the name that Python looks for.
Who trespasses gets `PermissionError`, and a line in the log that later fails the test, whatever became of the error.
It imports next to nothing: children are measured by what they load.
"""

import os
import sys

LOG, HOME, GROUNDS, INSTALLERS = (f"CZ_SHIP_FENCE_{word}" for word in ("LOG", "HOME", "GROUNDS", "INSTALLERS"))

NAMED = ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr")
REACHED = ("socket.connect", "socket.sendto", "socket.sendmsg", "socket.bind")
TOUCHED = ("open", "os.listdir", "os.mkdir", "os.remove", "os.rename", "os.rmdir")


class Fence:
    """Where the fence stands: `home` is out of bounds but for the `grounds` in it; `log` takes what `who` did."""

    def __init__(self, who: str, log: str, home: str, grounds: tuple[str, ...]) -> None:
        self.who = who
        self.log = log
        self.home = home
        self.grounds = grounds

    def trespass(self, event: str, arguments: tuple[object, ...]) -> str:
        """What is wrong with an audit event, for people; empty where nothing is."""
        if event in TOUCHED:
            path = arguments[0]
            if isinstance(path, (str, bytes, os.PathLike)) and self.is_out_of_bounds(os.fsdecode(path)):
                return f"touched {os.fsdecode(path)} in the user's home ({event})"
        elif event in NAMED:
            if not _is_here(arguments[0]):
                return f"asked for the address of {arguments[0]!r}, beyond loopback ({event})"
        elif event in REACHED:
            address = arguments[1]
            # A path (str, bytes) is a socket of this machine; a bind to all interfaces opens a door to others.
            if isinstance(address, tuple) and not (address[0] and _is_here(address[0])):
                return f"reached for {address[0]!r} port {address[1]}, beyond loopback ({event})"
        return ""

    def is_out_of_bounds(self, path: str) -> bool:
        """Whether a path lies in the user's home, but not on the grounds that tests may walk."""
        path = os.path.abspath(path)
        return _within(path, self.home) and not any(_within(path, ground) for ground in self.grounds)

    def hook(self, event: str, arguments: tuple[object, ...]) -> None:
        """The audit hook. Raises `PermissionError` after it has written the trespass down."""
        if (event == "open" or event.startswith(("socket.", "os."))) and (said := self.trespass(event, arguments)):
            with open(self.log, "a", encoding="utf-8") as log:
                log.write(f"{self.who} {said}\n")
            raise PermissionError(f"{self.who} {said}")


def put_up(who: str, log: str, home: str, grounds: tuple[str, ...]) -> None:
    """Put the fence up around this process; there is no way to take it down."""
    sys.addaudithook(Fence(who, log, home, (*grounds, sys.prefix, sys.base_prefix)).hook)


def _is_here(host: object) -> bool:
    name = os.fsdecode(host) if isinstance(host, (str, bytes)) else ""
    return name in ("", "localhost", "::1", os.uname().nodename) or name.startswith("127.")


def _within(path: str, folder: str) -> bool:
    return bool(folder) and (path == folder or path.startswith(folder.rstrip(os.sep) + os.sep))


def _is_installer(words: list[str]) -> bool:
    """Whether this process is pip: as a module, as a program, or as the script it runs in isolated environments."""
    module = len(words) > 2 and words[1].endswith("m") and words[2] == "pip"
    return module or any("pip" in word.split(os.sep) for word in words[1:2])


def _around_a_child() -> None:
    log = os.environ.get(LOG)
    if log and not (os.environ.get(INSTALLERS) and _is_installer(sys.orig_argv)):
        put_up(
            f"its child `{' '.join(sys.orig_argv[:4])}`",
            log,
            os.environ[HOME],
            tuple(os.environ[GROUNDS].split(os.pathsep)),
        )


if __name__ == "sitecustomize":
    _around_a_child()
