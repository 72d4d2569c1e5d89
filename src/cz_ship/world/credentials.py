"""Who may upload: the sources of credentials, in the order in which the first found wins."""

import re
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from cz_ship.errors import Failure
from cz_ship.world.http import Http
from cz_ship.world.process import run
from cz_ship.world.publisher import field, reasons, remedy

TOKEN_USER = "__token__"  # what PyPI wants as the user name beside any API token
TRUSTED = "trusted publishing"
PREFIXES = {"prod": "PYPI", "test": "TEST_PYPI"}
# A minted token lives for 15 minutes; an upload may take 5 of them.
MINTED_SECONDS = 600
_LINE = re.compile(r"(?:export\s+)?(?P<key>[A-Za-z_][A-Za-z0-9_]*)\s*=\s*(?P<value>.*)")
_DOUBLE = re.compile(r'"((?:[^"\\]|\\.)*)"\s*(?:#.*)?')
_SINGLE = re.compile(r"'([^']*)'\s*(?:#.*)?")


class Credentials(NamedTuple):
    """A user and a password or token, and where they were found; the password is in no text of this value."""

    username: str
    password: str
    source: str

    def __repr__(self) -> str:
        return f"Credentials(username={self.username!r}, password='****', source={self.source!r})"


class CredentialStore:
    """The credentials of this run, found in `environ`, in the project at `root`, and where twine looks.

    `conceal` is told of each minted token before it is used: a CI hides in its log what it is told of.
    `pypirc` None leaves twine's sources out. A keyring may ask the person to unlock it, and gets
    `keyring_seconds` for that. A minted token is used for `minted_seconds`, then another is minted.
    """

    def __init__(
        self,
        root: Path,
        environ: Mapping[str, str],
        http: Http,
        *,
        pypirc: str | None = "~/.pypirc",
        minted_seconds: float = MINTED_SECONDS,
        keyring_seconds: float = 120,
        conceal: Callable[[str], None] = lambda secret: None,
    ) -> None:
        self._conceal = conceal
        self._root = root
        self._environ = environ
        self._http = http
        self._pypirc = pypirc
        self._minted_seconds = minted_seconds
        self._keyring_seconds = keyring_seconds
        self._minted: dict[str, tuple[float, Credentials]] = {}

    def find(self, index: str, upload_url: str) -> Credentials | None:
        """The identity to use for an index (`test` or `prod`), or None.

        Trusted publishing is carried out here, so what it lacks is known before anything is public.
        Raises `Failure` where a source is broken or holds half a pair, and where the index refused
        this CI run its token and no other source has any.
        """
        minted = self._minted_token(upload_url)
        if isinstance(minted, Credentials):
            return minted
        found = self._from_environment(index) or self._from_dotenv(index) or self._from_twine(upload_url)
        if minted is not None and found is None:
            raise minted
        return found

    def looked_for(self, index: str, upload_url: str) -> str:
        """The sources that `find` asks, for people."""
        pair = " and ".join(_names(index))
        return (
            f"trusted publishing (a CI job with `id-token: write`), {pair} in the environment or in .env, "
            f"a section for {upload_url} in ~/.pypirc, and the keyring"
        )

    def _minted_token(self, upload_url: str) -> Credentials | Failure | None:
        """A token for this CI run; the index's refusal; None where it is no such run, or no such index.

        Source: "Internals and technical details" of trusted publishers in the documentation of PyPI.
        """
        if not self._environ.get("ACTIONS_ID_TOKEN_REQUEST_URL"):
            return None
        parts = urlsplit(upload_url)
        root = f"{parts.scheme}://{parts.netloc}/_/oidc"
        since, kept = self._minted.get(root, (0.0, None))
        if kept is not None and time.monotonic() - since < self._minted_seconds:
            return kept
        asked = self._http.get(f"{root}/audience", accept="application/json", limit_seconds=30)
        audience = field(asked, "audience") if asked.status == 200 else ""
        if not audience:
            return None
        identity = self.identity(audience)
        answer = self._http.post_json(f"{root}/mint-token", {"token": identity}, limit_seconds=30)
        token = field(answer, "token")
        if answer.status != 200 or not token:
            return Failure(
                f"{parts.netloc} refused this CI run a token for trusted publishing: {reasons(answer)}",
                hint=remedy(identity, answer, parts.netloc),
            )
        self._conceal(token)
        credentials = Credentials(TOKEN_USER, token, TRUSTED)
        self._minted[root] = (time.monotonic(), credentials)
        return credentials

    @property
    def in_actions(self) -> bool:
        """Whether this is a job of GitHub Actions."""
        return self._environ.get("GITHUB_ACTIONS") == "true"

    def identity(self, audience: str) -> str:
        """The CI run's identity token, which an index takes once. Raises `Failure` where the job gets none."""
        # In an empty folder: `-m` would prefer an id.py that lies in the working directory.
        with tempfile.TemporaryDirectory() as empty:
            outcome = run(
                [sys.executable, "-m", "id", audience], cwd=Path(empty), env=self._environ, limit=60, group=True
            )
        token = outcome.text.strip()
        if outcome.code or token.count(".") != 2:
            words = outcome.err.decode("utf-8", "replace").strip().splitlines() or ["no identity was given"]
            raise Failure(
                f"trusted publishing: {words[-1].rpartition('Error: ')[2]}",
                hint="give the job `permissions: id-token: write`; runs of a fork never get it",
            )
        return token

    def _from_environment(self, index: str) -> Credentials | None:
        return _pair(self._environ, index, "the environment")

    def _from_dotenv(self, index: str) -> Credentials | None:
        path = self._root / ".env"
        if not path.is_file():
            return None
        try:
            values = dotenv_values(path.read_text(encoding="utf-8-sig"))
        except (OSError, UnicodeDecodeError) as error:
            raise Failure(f".env cannot be read: {type(error).__name__}; text in UTF-8 was wanted") from None
        return _pair(values, index, ".env")

    def _from_twine(self, upload_url: str) -> Credentials | None:
        """What twine would use: a section of ~/.pypirc for this very address, and the keyring for what it lacks."""
        if self._pypirc is None:
            return None
        import configparser
        import logging

        from twine import auth, exceptions, utils

        logging.getLogger("twine").addHandler(logging.NullHandler())  # a keyring's trouble is no news here
        try:
            path = Path(self._pypirc).expanduser()
            sections = utils.get_config(str(path)) if path.exists() else {}
        except (OSError, RuntimeError, configparser.Error, exceptions.TwineException) as error:
            # Without the error's text, since that can quote the line with the password.
            raise Failure(f"{self._pypirc} cannot be read: {type(error).__name__}") from None
        wanted = upload_url.rstrip("/")
        fitting = [each for each in sections.values() if (each.get("repository") or "").rstrip("/") == wanted]
        section = {**(fitting[0] if fitting else {}), "repository": upload_url}
        password = section.get("password") or ""
        resolver = auth.Private(section, auth.CredentialInput(TOKEN_USER if password.startswith("pypi-") else None))
        source = self._pypirc if password else "the keyring"
        answers: list[tuple[str, str]] = []

        def ask() -> None:
            with suppress(exceptions.NonInteractive):
                answers.append((resolver.username or "", password or resolver.get_password_from_keyring() or ""))

        thread = threading.Thread(target=ask, daemon=True)
        thread.start()
        thread.join(self._keyring_seconds)
        if thread.is_alive():
            raise Failure(f"the keyring did not answer within {self._keyring_seconds:g} seconds; unlocked was wanted")
        username, password = answers[0] if answers else ("", "")
        return Credentials(username, password, source) if username and password else None


def dotenv_values(text: str) -> dict[str, str]:
    """The values of a `.env`: KEY=VALUE a line, `export` before it, quotes around and a comment behind as in a shell.

    Nothing is expanded. Raises `Failure` that names each line it cannot read, never what stands there.
    """
    values: dict[str, str] = {}
    faults: list[str] = []
    for number, line in enumerate(text.split("\n"), 1):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        match = _LINE.fullmatch(stripped)
        value = _unquoted(match["value"]) if match else None
        if match is None:
            faults.append(f"  line {number}: KEY=VALUE was wanted")
        elif value is None:
            faults.append(f"  line {number}: the value of {match['key']} has no closing quote, or more behind it")
        else:
            values[match["key"]] = value
    if faults:
        raise Failure(".env cannot be read\n" + "\n".join(faults))
    return values


def _unquoted(value: str) -> str | None:
    if value.startswith('"'):
        match = _DOUBLE.fullmatch(value)
        return re.sub(r"\\(.)", lambda found: "\n" if found[1] == "n" else found[1], match[1]) if match else None
    if value.startswith("'"):
        match = _SINGLE.fullmatch(value)
        return match[1] if match else None
    return re.sub(r"(^|\s+)#.*", "", value).strip()


def _names(index: str) -> tuple[str, str]:
    return f"{PREFIXES[index]}_USERNAME", f"{PREFIXES[index]}_PASSWORD"


def _pair(values: Mapping[str, str], index: str, source: str) -> Credentials | None:
    """Both halves, or None; an empty value is none, since CI sets secrets that do not exist to empty texts."""
    user_name, password_name = _names(index)
    username, password = (values.get(name, "").strip() for name in (user_name, password_name))
    if not username and password.startswith("pypi-"):
        username = TOKEN_USER
    if bool(username) == bool(password):
        return Credentials(username, password, source) if username else None
    missing, there = (password_name, user_name) if username else (user_name, password_name)
    raise Failure(
        f"{source} has {there} but not {missing}; both were wanted",
        hint=f"for an API token {user_name} is {TOKEN_USER}",
    )
