"""The command line: one parser, one handler for errors, each command's work imported late."""

import argparse
import gc
import io
import os
import signal
import sys
from collections.abc import Callable, Sequence
from types import FrameType

from cz_ship.errors import Exit, Failure, Interrupted

COMMANDS = {
    "init": "lay down what a project needs to be released; again and again without harm",
    "plan": "what a release from here would be, and why",
    "version": "print one version",
    "decode": "read a candidate version back to its commit",
    "changelog": "print or write release notes",
    "check": "are these messages conventional, and what do they do to the version?",
    "amend": "let a note stand in for the message of a merged commit",
    "build": "build sdist and wheel of HEAD, byte-reproducibly",
    "verify": "judge what was built by every gate, before anybody can install it",
    "candidate": "put a candidate of HEAD on the Test index and prove that it installs",
    "release": "make the world match version.txt: finish a release, or make the next one",
    "status": "every fact of the newest release",
    "doctor": "what is wrong with this project's set-up, each with its fix",
    "event": "the CI event, variables and versions for debugging, secrets masked",
    "rehearse": "play candidate, merge, release and re-run on this machine alone",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; its exit code, as promised in the documentation."""
    signal.signal(signal.SIGTERM, _as_interrupt)
    gc.set_threshold(1_000_000)  # a command makes many values and few circles: looking for those takes a twentieth
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal that lacks a letter is no fault
    return answered(lambda: _run(parser().parse_args(arguments)))


def answered(work: Callable[[], Exit]) -> int:
    """Do something; its exit code, or that of what stopped it, which is told on standard error."""
    try:
        code = int(work())
        sys.stdout.flush()
        return code
    except Failure as failure:
        _complain(f"error: {failure.text}", failure.hint)
        if os.environ.get("GITHUB_STEP_SUMMARY"):
            from cz_ship.faces.answers import failure_page

            failure_page(failure.text, failure.hint)
        return int(failure.code)
    except Interrupted as interrupt:
        _complain(f"interrupted: {interrupt.truth}")
        return int(Exit.INTERRUPTED)
    except KeyboardInterrupt:
        _complain("interrupted: nothing public was changed")
        return int(Exit.INTERRUPTED)
    except BrokenPipeError:
        # Whoever read our output has gone; what Python would flush at its exit goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return int(Exit.REFUSED)
    except Exception as fault:
        return _fault(fault)


def _run(options: argparse.Namespace) -> Exit:
    """A commit hook runs `check` at each commit: it loads nothing but its own."""
    if options.command == "check":
        if options.range is not None or options.event or options.json:
            from cz_ship.faces.check_many import run_check_many

            return run_check_many(options)
        from cz_ship.faces.check import run_check

        return run_check(options)
    from cz_ship.faces.commands import run_command

    return run_command(options)


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    shared = argparse.ArgumentParser(add_help=False, formatter_class=_Help)
    shared.add_argument("-C", dest="folder", metavar="DIR", default=argparse.SUPPRESS, help="work in this folder")
    shared.add_argument("--quiet", action="store_true", default=argparse.SUPPRESS, help="no talk, only answers")
    top = argparse.ArgumentParser(
        prog="cz-ship",
        description="From conventional commits to the package index: a release toolkit driven by commitizen.",
        parents=[shared],
        formatter_class=_Help,
    )
    top.add_argument("--version", action=_Version, nargs=0, help="print cz-ship's own version")
    made = top.add_subparsers(dest="command", metavar="COMMAND", required=True, prog="cz-ship")
    commands = {
        name: made.add_parser(
            name,
            help=said,
            description=said[0].upper() + said[1:] + "." * (not said.endswith("?")),
            parents=[shared],
            formatter_class=_Help,
        )
        for name, said in COMMANDS.items()
    }
    for name in ("decode", "check", "build", "candidate", "release", "status", "doctor", "event", "rehearse"):
        commands[name].add_argument("--json", action="store_true", help="answer with one JSON document")
    _facts(commands)
    _deeds(commands)
    return top


def _facts(commands: dict[str, argparse.ArgumentParser]) -> None:
    answers = commands["plan"].add_mutually_exclusive_group()
    answers.add_argument("--json", action="store_true", help="answer with one JSON document")
    answers.add_argument("--markdown", action="store_true", help="answer with a page of Markdown")
    answers.add_argument("--why", action="store_true", help="for each commit, what it counts as and why")
    check = commands["check"].add_mutually_exclusive_group()
    check.add_argument("--message", metavar="TEXT", help="this text")
    check.add_argument("--message-file", metavar="F", help="a file, as git hands it to a commit-msg hook")
    check.add_argument("--range", metavar="A..B", help="every commit of a range, in git's own syntax")
    check.add_argument("--event", action="store_true", help="the pull request of this run in GitHub Actions")
    amend = commands["amend"]
    amend.add_argument("commit", metavar="COMMIT", help="a commit since the last release")
    words = amend.add_mutually_exclusive_group()
    words.add_argument("-m", dest="message", metavar="TEXT", help="the message that is to count (default: an editor)")
    words.add_argument("-F", dest="message_file", metavar="FILE", help="the same from a file; - is standard input")
    version = commands["version"].add_mutually_exclusive_group()
    version.add_argument("--next", action="store_true", help="the version of the next release (nothing: no line)")
    version.add_argument("--candidate", action="store_true", help="the candidate version of HEAD")
    commands["decode"].add_argument("version", metavar="VERSION")
    changelog = commands["changelog"].add_mutually_exclusive_group()
    changelog.add_argument("version", metavar="VERSION", nargs="?", help="the notes of one release")
    changelog.add_argument("--unreleased", action="store_true", help="what is not released yet (the default)")
    changelog.add_argument("--all", action="store_true", help="every release")
    commands["changelog"].add_argument("--write", action="store_true", help="put it into the changelog file")
    commands["status"].add_argument("version", metavar="VERSION", nargs="?")
    commands["doctor"].add_argument("--offline", action="store_true", help="ask neither remote nor indexes nor forge")
    commands["doctor"].add_argument("--fix", action="store_true", help="mend what is safe to mend, and look again")


def _deeds(commands: dict[str, argparse.ArgumentParser]) -> None:
    build = commands["build"]
    build.add_argument("--candidate", action="store_true", help="under the candidate version")
    build.add_argument("--out", metavar="DIR", default="dist", help="where the files go (default: dist)")
    verify = commands["verify"]
    answers = verify.add_mutually_exclusive_group()
    answers.add_argument("--json", action="store_true", help="answer with one JSON document")
    answers.add_argument("--markdown", action="store_true", help="answer with a page of Markdown")
    answers.add_argument("--matrix", action="store_true", help="only the Pythons to install on, as a CI matrix in JSON")
    verify.add_argument("--dist", metavar="DIR", help="the built files (default: the candidate of HEAD is built)")
    verify.add_argument("--out", metavar="DIR", help="where logs and reports go (default: a new temporary folder)")
    verify.add_argument("--baseline", metavar="FILE", default="", help="an earlier coverage.json to compare with")
    for name in ("verify", "candidate", "release"):
        commands[name].add_argument(
            "--skip-gate", action="append", default=[], metavar="NAME", help="leave a gate out; may be repeated"
        )
    release = commands["release"]
    stages = ("prepare", "tag", "test", "prod", "announce")
    release.add_argument(
        "--stage",
        action="append",
        choices=stages,
        metavar="S",
        help=f"only this stage; may be repeated: {', '.join(stages)}",
    )
    release.add_argument("--dist", metavar="DIR", help="keep the built files here, or take those that lie here")
    commands["candidate"].add_argument("--dist", metavar="DIR", help="publish what was built into this folder")
    release.add_argument("--yes", action="store_true", help="do not ask")
    commands["init"].add_argument("--yes", action="store_true", help="do not ask")
    commands["init"].add_argument("--new", metavar="NAME", help="make a new package, in a folder of its own")
    rehearse = commands["rehearse"]
    rehearse.add_argument(
        "--demo", action="store_true", help="with a small package made for it, instead of this project"
    )
    rehearse.add_argument(
        "--faults",
        nargs="?",
        type=_positive,
        const=sys.maxsize,
        metavar="N",
        help="kill a release at every effect it has (or at N of them), and run it again in three ways",
    )
    rehearse.add_argument("--keep", metavar="DIR", help="keep the repositories and the indexes' files here")


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r}; a number from 1 was wanted")
    return int(text)


class _Help(argparse.HelpFormatter):
    """Help as wide as the terminal. argparse makes one for each argument, and left to itself loads shutil for it."""

    def __init__(self, prog: str) -> None:
        columns = os.environ.get("COLUMNS", "")
        try:
            width = int(columns) if columns.isdigit() else os.get_terminal_size(sys.stdout.fileno()).columns
        except (AttributeError, OSError, ValueError):
            width = 0
        super().__init__(prog, width=(width or 80) - 2)


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: object, **__: object) -> None:
        from importlib.metadata import version

        print(f"cz-ship {version('cz-ship')}")
        parser.exit()


def _complain(text: str, hint: str = "") -> None:
    print(text, file=sys.stderr)
    if hint:
        print(f"hint: {hint}", file=sys.stderr)


def _as_interrupt(_signal: int, _frame: FrameType | None) -> None:
    """SIGTERM, as CI sends it, ends a run the way Ctrl-C does."""
    raise KeyboardInterrupt


def _fault(fault: Exception) -> int:
    """A fault of our own: the traceback is kept where the person can find it."""
    import tempfile
    import traceback

    text = "".join(traceback.format_exception(fault))
    try:
        with tempfile.NamedTemporaryFile("w", prefix="cz-ship-fault-", suffix=".txt", delete=False) as kept:
            kept.write(text)
        _complain(f"fault in cz-ship: {type(fault).__name__}: {fault}", f"its traceback is kept in {kept.name}")
    except OSError:
        _complain(text)
    return int(Exit.FAULT)
