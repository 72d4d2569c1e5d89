"""The door to a package index: what it holds, read from its two kinds of page, and uploads through twine."""

import re
import sys
import tempfile
from functools import cached_property
from pathlib import Path
from urllib.parse import quote, urljoin, urlsplit

from packaging.utils import canonicalize_name
from packaging.version import Version

from cz_ship.errors import Failure, tampered, usage
from cz_ship.model import Artifact, IndexFile
from cz_ship.settings import IndexSettings
from cz_ship.world.attestations import ENDING, Attester
from cz_ship.world.credentials import TRUSTED, Credentials, CredentialStore
from cz_ship.world.files import unchanged
from cz_ship.world.http import Answer, Http
from cz_ship.world.index_pages import Listing, json_files, simple_files
from cz_ship.world.index_refusals import asked_pause, not_taken, own_words
from cz_ship.world.process import Outcome, run

# So wide that rich, through which twine speaks, breaks no line of an index's answer.
TWINE_VOICE = {"COLUMNS": "1000", "LINES": "100", "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8"}


class LiveIndex:
    """A package index over HTTP. Limits are in seconds, each for one whole request, upload or download.

    twine sets no time limit and tries an upload that is answered 5xx five times without a pause, so
    `upload_seconds` bounds all of it.
    """

    def __init__(
        self,
        settings: IndexSettings,
        credentials: CredentialStore,
        http: Http,
        attester: Attester | None = None,
        *,
        page_seconds: float = 30,
        upload_seconds: float = 300,
        download_seconds: float = 600,
    ) -> None:
        self._settings = settings
        self._credentials = credentials
        self._http = http
        self._attester = attester
        self._page_seconds = page_seconds
        self._upload_seconds = upload_seconds
        self._download_seconds = download_seconds
        self._digests: dict[str, str] = {}

    @property
    def name(self) -> str:
        return self._settings.name

    @property
    def address(self) -> str:
        return self._settings.simple_url or self._settings.upload_url or self._simple_url

    @cached_property
    def _upload_url(self) -> str:
        if self._settings.simple_url and not self._settings.upload_url:
            raise self._half("simple_url", "upload_url")
        return self._settings.upload_url or _own_addresses()[self.name]

    @cached_property
    def _simple_url(self) -> str:
        """Without its last slash."""
        from pypi_simple import PYPI_SIMPLE_ENDPOINT
        from twine.utils import TEST_REPOSITORY

        if self._settings.upload_url and not self._settings.simple_url:
            raise self._half("upload_url", "simple_url")
        own = PYPI_SIMPLE_ENDPOINT if self.name == "prod" else urljoin(TEST_REPOSITORY, "/simple/")
        return (self._settings.simple_url or own).rstrip("/")

    def _half(self, there: str, missing: str) -> Failure:
        # Else files would go to one index and be looked for on another, or a private package to the public one.
        key = f"indexes.{self.name}"
        return usage(f"{key}.{there} is set but {key}.{missing} is not; both of one index were wanted")

    def files(self, project: str, version: Version) -> tuple[IndexFile, ...]:
        """What the version's JSON page and the simple page tell together.

        The JSON page is current at once, but only Warehouse and few others have it; the simple page can
        lag by minutes. Raises `Failure` where one of them is in doubt and the other cannot make up for it,
        and where the two tell different hashes of one file.
        """
        name = canonicalize_name(project)
        told = self._told(name, version)
        try:
            listed = self._listed(name, version)
        except Failure:
            if told is None:
                raise
            listed = ()
        found: dict[str, Listing] = {}
        for file in (*(told or ()), *listed):
            known = found.get(file.name, file)
            if known.sha256 and file.sha256 and known.sha256 != file.sha256:
                raise Failure(
                    f"the {self.name} index tells two sha256 of {file.name}: {known.sha256} and {file.sha256}",
                    hint="one of its pages may be stale; run the same command again in some minutes",
                )
            found[file.name] = (known if known.sha256 else file)._replace(uploaded=known.uploaded)
        names = {file.name for file in listed}
        return tuple(
            IndexFile(file.name, self._sha256(file), file.url, file.uploaded, listed=file.name in names)
            for file in sorted(found.values())
        )

    def _sha256(self, file: Listing) -> str:
        """The sha256 of a file; where no page tells it, its bytes are fetched, once, and asked."""
        if not file.sha256 and file.url not in self._digests:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder, "file")
                self._digests[file.url] = self._http.download(file.url, path, limit_seconds=self._download_seconds)
        return file.sha256 or self._digests[file.url]

    def _told(self, name: str, version: Version) -> tuple[Listing, ...] | None:
        """The files on the version's JSON page; None where the index has no such page.

        Source: the JSON API in the documentation of PyPI, "Get a release".
        """
        root, last = self._simple_url.rsplit("/", 1)
        if last != "simple":
            return None
        url = f"{root}/pypi/{name}/{quote(str(version))}/json"
        answer = self._asked(url, "application/json", name, version)
        if answer.status >= 500:
            raise self._doubt(url, f"{answer.status} {answer.reason}", name, version)
        if answer.status != 200 or _place(answer.url) != _place(url):
            return None
        return json_files(answer, name, version)

    def _listed(self, name: str, version: Version) -> tuple[Listing, ...]:
        """The files of the version on the project's simple page (PEP 691, or else PEP 503); 404 is none."""
        from pypi_simple import ACCEPT_JSON_PREFERRED

        url = f"{self._simple_url}/{name}/"
        answer = self._asked(url, ACCEPT_JSON_PREFERRED, name, version)
        if _place(answer.url) != _place(url):
            raise self._doubt(url, f"handed on to {answer.url}, another index", name, version)
        if answer.status == 404:
            return ()
        if answer.status != 200:
            raise self._doubt(url, f"{answer.status} {answer.reason}".strip(), name, version)
        files = simple_files(answer, name, version)
        if files is None:
            kind = answer.headers.get("content-type", "no content type")
            raise self._doubt(url, f"{kind} that is no simple page of {name}", name, version)
        return files

    def _asked(self, url: str, accept: str, name: str, version: Version) -> Answer:
        try:
            return self._http.get(url, accept=accept, limit_seconds=self._page_seconds)
        except Failure as failure:
            raise Failure(
                f"the {self.name} index is in doubt: {failure.text}; the files of {name} {version} were wanted",
                hint=failure.hint,
                pause=failure.pause,
            ) from failure

    def _doubt(self, url: str, what: str, name: str, version: Version) -> Failure:
        return Failure(
            f"the {self.name} index is in doubt: GET {url}: {what}; the files of {name} {version} were wanted",
            hint=f"check indexes.{self.name}.simple_url; a user and password for reading go into ~/.netrc",
        )

    def credentials_missing(self) -> str:
        """Empty where an upload has an identity to use; else what was looked for, or what is wrong with it.

        In a CI run with trusted publishing the token is minted here; a pending publisher's project then exists.
        """
        url = self._upload_url
        try:
            found = self._credentials.find(self.name, url)
        except Failure as failure:
            return f"{failure.text} ({failure.hint})" if failure.hint else failure.text
        return "" if found else f"no credentials in {self._credentials.looked_for(self.name, url)}"

    def upload(self, artifact: Artifact) -> str:
        """Hand the index a file through twine; a file that stands there already with these bytes is fine.

        Where an attestation is due the file goes with it or not at all: no index takes one afterwards.
        Raises `Failure` with the index's own words where it refuses, and where it is in doubt. No text
        of it holds the password.
        """
        credentials = self._credentials.find(self.name, self._upload_url)
        if credentials is None:
            raise Failure(f"the {self.name} index cannot be uploaded to: {self.credentials_missing()}")
        path = unchanged(artifact)
        attestation, remark = self._attestation(artifact, credentials)
        try:
            outcome = self._twine(path, credentials, attestation)
        except Failure as failure:
            raise Failure(
                f"the {self.name} index is in doubt: {failure.text}; whether {artifact.name} arrived is not known",
                hint="run the same command again: the same bytes are taken twice",
                pause=0,
            ) from failure
        if outcome.code:
            words = own_words(outcome, credentials)
            text = f"the {self.name} index did not take {artifact.name}: {words}"
            raise not_taken(text, words, credentials.source, asked_pause(outcome))
        return remark

    def _attestation(self, artifact: Artifact, credentials: Credentials) -> tuple[str, str]:
        """The attestation that a file goes with ("": none), and what people are told of that.

        Raises `Failure` where it cannot be made now.
        """
        wanted = self._settings.attestations
        takes = self._upload_url in _own_addresses().values() if wanted is None else wanted
        if self._attester is None or not takes or not self._credentials.in_actions:
            return "", ""
        if not self._attester.is_installed:
            told = "without an attestation: the extra cz-ship[attestations] is not installed"
            return "", told if wanted or credentials.source == TRUSTED else ""
        if credentials.source != TRUSTED:
            return "", f"without an attestation: that takes {TRUSTED}, not the identity from {credentials.source}"
        try:
            return self._attester.attest(artifact), "with an attestation"
        except Failure as failure:
            off = f"indexes.{self.name}.attestations = false"
            hint = f"the same command signs it again; with {off} in [tool.cz-ship] it is uploaded without"
            raise Failure(failure.text, hint=hint, pause=failure.pause) from failure

    def _twine(self, path: Path, credentials: Credentials, attestation: str) -> Outcome:
        options = ["--non-interactive", "--disable-progress-bar", "--verbose", "--repository-url", self._upload_url]
        secrets = {"TWINE_USERNAME": credentials.username, "TWINE_PASSWORD": credentials.password}
        # In an empty folder: `-m` would prefer a twine.py that lies in the working directory.
        with tempfile.TemporaryDirectory() as empty:
            files = [path]
            if attestation:
                files.append(Path(empty, f"{path.name}{ENDING}"))
                files[1].write_text(attestation, encoding="utf-8")
                options.append("--attestations")
            return run(
                [sys.executable, "-m", "cz_ship.world.index_twine", "--no-color", "upload", *options, *files],
                cwd=Path(empty),
                env={**TWINE_VOICE, **secrets},
                limit=self._upload_seconds,
                group=True,
            )

    def download(self, file: IndexFile, into: Path) -> Artifact:
        """Fetch a file into a folder. Raises `Failure` where its bytes are not those that the index told."""
        if re.search(r"[/\\:]|^\.*$", file.name):
            raise Failure(f"the {self.name} index names a file {file.name!r}; a plain file name was wanted")
        path = into / file.name
        digest = self._http.download(file.url, path, limit_seconds=self._download_seconds)
        if file.sha256 != digest:
            path.unlink()
            raise tampered(f"{self.name} ({self.address})", file.name, digest, file.sha256)
        return Artifact(file.name, digest, path.stat().st_size, str(path))


def _own_addresses() -> dict[str, str]:
    """Where PyPI and Test PyPI take uploads, by the names that they have here."""
    from twine.utils import DEFAULT_REPOSITORY, TEST_REPOSITORY

    return {"prod": DEFAULT_REPOSITORY, "test": TEST_REPOSITORY}


def _place(url: str) -> tuple[str | None, int | None]:
    """Host and port: what must stay the same for an answer to be this index's own."""
    parts = urlsplit(url)
    return parts.hostname, parts.port
