"""The wish: what version.txt says, read strictly."""

from packaging.version import InvalidVersion, Version

from cz_ship.errors import Failure

FILE = "version.txt"


def parse_wish(content: bytes | None) -> Version:
    """The version that is the whole of version.txt (None: there is no such file).

    Raises `Failure` that says what stands there instead of one PEP 440 version.
    """
    if content is None:
        raise Failure(f"there is no {FILE}", hint=f"write the current version into it: echo 0.0.0 > {FILE}")
    try:
        text = content.decode("utf-8-sig").strip()
    except UnicodeDecodeError as error:
        raise Failure(f"{FILE} is not UTF-8 (byte {error.start}); one version was wanted") from error
    if not text:
        raise Failure(f"{FILE} is empty; one version was wanted", hint=f"echo 0.0.0 > {FILE}")
    if len(text.splitlines()) > 1:
        raise Failure(f"{FILE} has {len(text.splitlines())} lines; one version was wanted, alone in the file")
    try:
        version = Version(text)
    except InvalidVersion as error:
        raise Failure(f"{FILE} says {text[:60]!r}, which is not a PEP 440 version such as 1.4.0") from error
    if version.local:
        raise Failure(f"{FILE} says {version}: no index takes a local version (+{version.local})")
    return version


def place_of(provider: str) -> str:
    """Where a person writes the version that a provider of commitizen's reads."""
    places = {"version_txt": FILE, "cargo": "Cargo.toml", "commitizen": "[tool.commitizen]"}
    places |= dict.fromkeys(("pep621", "poetry", "uv"), "pyproject.toml")
    return places.get(provider, f"the version provider {provider!r}")
