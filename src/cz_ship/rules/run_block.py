"""What the `run` block of a step calls: shell read as far as it takes to know a program behind whatever starts it."""

import re
import shlex
from collections.abc import Iterator

# Words of the shell, and programs, after which a command stands as it would alone.
_PREFIXES = (
    "if", "then", "elif", "else", "while", "until", "do", "!", "{", "time", "exec", "command", "env", "sudo",
    "nohup",
)  # fmt: skip
# Programs that run another one, by the words before it.
_RUNNERS = (
    ("uvx",), ("uv", "run"), ("uv", "tool", "run"), ("pipx", "run"), ("poetry", "run"), ("pdm", "run"),
    ("hatch", "run"), ("pipenv", "run"), ("rye", "run"),
)  # fmt: skip
# Their options that are followed by a value, which is not what they run.
_VALUED = (
    "--from", "--spec", "--with", "-w", "--with-editable", "--with-requirements", "--python", "-p", "--package",
    "--project", "-P", "--directory", "-C", "--extra", "--no-extra", "--group", "--no-group", "--only-group",
    "--env-file", "--index", "--default-index", "--index-url", "-i", "--extra-index-url", "--find-links", "-f",
    "--constraints", "-c", "--overrides", "--pip-args", "--env", "-e", "--cache-dir", "--config-file",
    "--index-strategy", "--resolution", "--prerelease", "--exclude-newer", "--link-mode", "--refresh-package",
    "--venv",
)  # fmt: skip
_PYTHON = re.compile(r"python[\d.]*|py")
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")
_COMMENT = re.compile(r"(?<!\S)#.*")
# An expression of GitHub's may have in it what a shell would divide.
_EXPRESSION = re.compile(r"\$\{\{.*?\}\}")
_DIVIDING = "();<>|&"
_OF_EXPRESSIONS = re.compile(r"[\s'\"\\();<>|&]")


def calls(run: str) -> Iterator[list[str]]:
    """Each command of a block: the name of the program that does the work, and its arguments.

    Of `uvx --from x cz-ship@1 plan && python -m twine check a` that is `cz-ship plan` and `twine check a`.
    """
    text = _EXPRESSION.sub(lambda match: _OF_EXPRESSIONS.sub("", match[0]), run)
    for line in text.replace("\\\n", " ").splitlines():
        command: list[str] = []
        for word in (*_words(line), ";"):
            if word and not word.strip(_DIVIDING):
                yield from filter(None, [_called(command)])
                command = []
            else:
                command.append(word)


def _words(line: str) -> list[str]:
    for text in (line, _COMMENT.sub("", line)):
        found = shlex.shlex(text, posix=True, punctuation_chars=_DIVIDING)
        found.whitespace_split, found.commenters = True, ""
        try:
            words = list(found)
        except ValueError:  # a shell's own grammar, such as a text of more lines; or an apostrophe in a comment
            continue
        return words[: next((at for at, word in enumerate(words) if word.startswith("#")), None)]
    return []


def _called(words: list[str]) -> list[str]:
    """A command without what starts it; empty where nothing is left."""
    while words and (words[0] in _PREFIXES or _ASSIGNMENT.match(words[0])):
        words = words[1:]
    if not words:
        return []
    name, rest = _name(words[0]), words[1:]
    if _PYTHON.fullmatch(name):
        while rest and rest[0] != "-m" and rest[0].startswith("-"):  # -I, -u, the -3 of py
            rest = rest[1:]
        return [_name(rest[1]).replace("_", "-"), *rest[2:]] if rest[:1] == ["-m"] and rest[1:] else [name, *rest]
    for runner in _RUNNERS:
        if (inner := _behind(runner, [name, *rest])) is not None:
            return _called(["python", *inner] if inner[:1] == ["-m"] else inner)
    return [name, *rest]


def _behind(runner: tuple[str, ...], words: list[str]) -> list[str] | None:
    """What a runner runs, with its arguments; None where the words begin with another."""
    for word in runner:
        if words[:1] != [word]:
            return None
        words = _without_options(words[1:])
    return words


def _without_options(words: list[str]) -> list[str]:
    while words and words[0].startswith("-") and words[0] != "-m":
        words = words[2 if words[0] in _VALUED else 1 :]
    return words


def _name(word: str) -> str:
    """The name of a program, without its folder, its version, hatch's environment before it."""
    return re.split(r"[\[@=<>~! ]", word)[0].replace(":", "/").rpartition("/")[2].removesuffix(".exe")
