"""Masking: what nobody may read in a log, wherever in an event or in variables it stands."""

import re
from collections.abc import Mapping, Sequence

MASK = "***"
_DEEPEST = 60  # levels of a document; what lies deeper is not shown
# A shorter secret is hidden where it is all of a text: within others it would blot out half of the page.
_SHORT = 4

_NAME = re.compile(
    r"token|secret|passw|passphrase|pwd|creds|credential|authorization|cookie|jwt|bearer|session"
    r"|(?:^|[_-])(?:pat|auth)(?:$|[_-])|(?:api|access|private|deploy|ssh|signing|encryption|gpg)[_-]?key|[a-z0-9]_key$",
    re.IGNORECASE,
)
# What shows by its own shape that it is a secret: JWTs; the tokens of GitHub, of PyPI and of others; a private key;
# a password in an address, in its query or in a header.
_SHAPES = re.compile(
    r"\beyJ[\w-]+\.[\w-]+\.[\w-]*"
    r"|\b(?:gh[a-z]_|github_pat_|pypi-|glpat-|npm_|xox[a-z]-|AKIA)[\w-]{10,}"
    r"|\bsk-[\w-]{16,}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----(?s:.*?)(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)"
    r"|(?i:(?<=token=)|(?<=secret=)|(?<=password=)|(?<=signature=))[^\s&\"'#]{6,}"
    r"|(?<=://)[^/@\s]+(?=@)"
    r"|(?i:(?<=basic )|(?<=bearer )|(?<=authorization: token ))[\w+/=.~-]{8,}",
)


def looks_secret(name: str) -> bool:
    """Whether what is called so is to be kept from people."""
    return bool(_NAME.search(name))


def secrets_in(variables: Mapping[str, str]) -> tuple[str, ...]:
    """The values of variables that look like secrets, each line of those with many, the longest first."""
    values = {value.strip() for name, value in variables.items() if looks_secret(name)}
    lines = {line.strip() for value in values for line in value.splitlines()}
    return tuple(sorted((values | lines) - {""}, key=lambda each: (-len(each), each)))


def masked(value: object, secrets: Sequence[str], level: int = 0) -> object:
    """A document without its secrets: by the name that they go by, by their value, and by their shape."""
    if level > _DEEPEST:
        return "…"
    if isinstance(value, Mapping):
        return {
            masked_text(str(name), secrets): hidden(each)
            if looks_secret(str(name))
            else masked(each, secrets, level + 1)
            for name, each in value.items()
        }
    if isinstance(value, list | tuple):
        return [masked(each, secrets, level + 1) for each in value]
    return masked_text(value, secrets) if isinstance(value, str) else value


def masked_text(text: str, secrets: Sequence[str]) -> str:
    """A text without the secrets in it; `secrets` are the longest first."""
    for secret in secrets:
        if len(secret) >= _SHORT:
            text = text.replace(secret, MASK)
        elif text.strip() == secret:
            return MASK
    return _SHAPES.sub(MASK, text)


def hidden(value: object) -> object:
    """In place of a value that goes by a secret's name; of nothing, and of yes and no, there is nothing to hide."""
    return value if value is None or value == "" or isinstance(value, bool) else MASK
