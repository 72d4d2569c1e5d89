"""Files go to an index and come back the same; what it refuses is told in its own words, and never the password."""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from packaging.version import Version

from cz_ship.errors import Exit, Failure, Unmendable
from cz_ship.model import Artifact, IndexFile
from cz_ship.settings import IndexSettings
from cz_ship.world.credentials import CredentialStore
from cz_ship.world.http import Backoff, Http
from cz_ship.world.index import LiveIndex
from cz_ship.world.index_refusals import not_taken
from cz_ship.world.rehearsal.mint import Job, Mint, Provider, TrustedPublisher, provide
from cz_ship.world.rehearsal.serve import Site, serve
from cz_ship.world.rehearsal.warehouse import Warehouse
from tests.support import faulty_index as faults
from tests.support.faulty_index import FaultyIndex
from tests.support.tiny import Tiny, sdist, wheel

HTTP = Http(Backoff(attempts=2, first=0.001, longest=0.001))
SECRET = "pypi-AgEIcHlwaS5vcmcCJGhvcnNlLWJhdHRlcnk"
TOKEN = {"PYPI_USERNAME": "__token__", "PYPI_PASSWORD": SECRET}
V = Version("1.0")


def live(url: str, environ: Mapping[str, str] = TOKEN, upload_seconds: float = 60) -> LiveIndex:
    settings = IndexSettings("prod", upload_url=f"{url}/legacy/", simple_url=f"{url}/simple/")
    store = CredentialStore(Path("nowhere"), environ, HTTP, pypirc=None)
    return LiveIndex(settings, store, HTTP, upload_seconds=upload_seconds)


def laid(tiny: Tiny, folder: Path) -> Artifact:
    return Artifact(tiny.filename, tiny.sha256, len(tiny.content), str(tiny.laid(folder)))


@pytest.fixture
def site() -> Iterator[Site]:
    with serve(Warehouse([SECRET])) as site:
        yield site


@pytest.fixture
def index(site: Site) -> LiveIndex:
    return live(site.url)


@pytest.fixture
def faulty() -> Iterator[FaultyIndex]:
    with faults.serve() as faulty:
        yield faulty


def test_what_was_uploaded_is_there_and_comes_back(index: LiveIndex, tmp_path: Path) -> None:
    artifacts = [laid(sdist(), tmp_path), laid(wheel(), tmp_path)]
    for artifact in artifacts:
        index.upload(artifact)

    held = index.files("demo", Version("1"))
    back = tmp_path / "back"
    back.mkdir()

    assert {(file.name, file.sha256) for file in held} == {(each.name, each.sha256) for each in artifacts}
    for file in held:
        fetched = index.download(file, back)
        assert fetched.path == str(back / file.name)
        assert fetched.sha256 == file.sha256
        assert Path(fetched.path).read_bytes() == (tmp_path / file.name).read_bytes()
    assert index.files("demo", Version("1.1")) == ()
    assert index.files("other", V) == ()


def test_a_new_file_is_seen_while_the_simple_page_lags(index: LiveIndex, site: Site, tmp_path: Path) -> None:
    site.warehouse.simple_lag = True
    index.upload(laid(wheel(), tmp_path))

    assert [(file.name, file.listed) for file in index.files("demo", V)] == [(wheel().filename, False)]
    site.warehouse.simple_lag = False
    assert [file.listed for file in index.files("demo", V)] == [True]


def test_the_same_bytes_are_taken_again(index: LiveIndex, site: Site, tmp_path: Path) -> None:
    for _ in range(2):
        index.upload(laid(wheel(), tmp_path))

    assert [request[0] for request in site.requests] == ["POST", "POST"]
    assert site.stored == 1


def test_other_bytes_under_a_used_name_are_refused_in_the_words_of_the_index(
    index: LiveIndex, site: Site, tmp_path: Path
) -> None:
    index.upload(laid(wheel(), tmp_path))

    words = r"did not take demo-1\.0-py3-none-any\.whl: 400 File already exists \('demo-.*', with blake2_256 hash '"
    with pytest.raises(Failure, match=words):
        index.upload(laid(wheel(said="rebuilt"), tmp_path))
    assert site.stored == 1


def test_a_deleted_name_stays_burnt(index: LiveIndex, site: Site, tmp_path: Path) -> None:
    index.upload(laid(wheel(), tmp_path))
    site.warehouse.delete(wheel().filename)

    assert index.files("demo", V) == ()
    with pytest.raises(Failure, match="400 This filename was previously used by a file that has since been deleted"):
        index.upload(laid(wheel(), tmp_path))


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ("This filename was previously used by a file that has since been deleted.", "a file of that name was deleted"),
        ("Uploading new files to releases older than 14 days is not allowed.", "takes no new file for an old release"),
        ("Only one sdist may be uploaded per release.", "the file breaks a rule of the index"),
        ("413 Request Entity Too Large", "the file breaks a rule of the index"),
        ("415 Unsupported Media Type", "the file breaks a rule of the index"),
        ("422 Unprocessable Entity", "the file breaks a rule of the index"),
    ],
)
def test_what_is_never_taken_is_told_apart(words: str, hint: str) -> None:
    failure = not_taken("no", words if words[:1] == "4" else f"400 {words}", "the environment", 0)
    assert isinstance(failure, Unmendable)
    assert hint in failure.hint
    assert "commit a fix, and go on with the next version" in failure.hint


@pytest.mark.parametrize(
    "words",
    [
        "400 File already exists ('demo', with blake2_256 hash '00').",
        "400 Bad Request: Package 'demo-1.0.tar.gz' already exists!",
        "400 Repository does not allow updating assets: pypi-hosted",
        "400 Validation failed: File name has already been taken",
        "409 demo-1.0.tar.gz already exists in non-volatile index",
        "409 Conflict",
        "400 Bad Request",
    ],
)
def test_that_a_name_is_taken_is_no_last_word(words: str) -> None:
    failure = not_taken("no", words, "the environment", 0)
    assert not isinstance(failure, Unmendable)
    assert (failure.code, failure.pause) == (Exit.UNFINISHED, 0)
    assert "the same command looks again" in failure.hint


def test_a_wrong_password_is_refused_and_its_source_told(site: Site, tmp_path: Path) -> None:
    index = live(site.url, {**TOKEN, "PYPI_PASSWORD": "pypi-wrong-secret"})

    assert index.credentials_missing() == ""
    with pytest.raises(Failure, match="403 Invalid or non-existent authentication information") as caught:
        index.upload(laid(wheel(), tmp_path))
    assert "the environment" in caught.value.hint
    assert "wrong-secret" not in f"{caught.value.text} {caught.value.hint}"


def test_without_credentials_nothing_is_sent(site: Site, tmp_path: Path) -> None:
    index = live(site.url, {})

    assert "PYPI_USERNAME and PYPI_PASSWORD" in index.credentials_missing()
    with pytest.raises(Failure, match="prod index cannot be uploaded to: no credentials in"):
        index.upload(laid(wheel(), tmp_path))
    assert site.requests == ()


def test_half_a_pair_is_told_before_anything_is_sent(site: Site, tmp_path: Path) -> None:
    index = live(site.url, {"PYPI_USERNAME": "ada"})

    assert "has PYPI_USERNAME but not PYPI_PASSWORD" in index.credentials_missing()
    with pytest.raises(Failure, match="but not PYPI_PASSWORD"):
        index.upload(laid(wheel(), tmp_path))


@pytest.mark.slow
def test_a_minted_token_uploads_what_its_publisher_may(tmp_path: Path) -> None:
    job = Job("ada", "engine", "release.yml")
    publisher = TrustedPublisher("demo", job.owner, job.repository, job.workflow)
    with provide(Provider(job)) as ci, serve(Warehouse(mint=Mint([publisher], ci.provider))) as site:
        index = live(site.url, ci.environment())
        assert index.credentials_missing() == ""
        index.upload(laid(wheel(), tmp_path))
        with pytest.raises(Failure, match="400 Non-user identities cannot create new projects"):
            index.upload(laid(wheel("stranger"), tmp_path))

    assert site.stored == 1
    assert [path for _, path, _ in site.requests].count("/_/oidc/mint-token") == 1


def test_a_refused_publisher_is_known_before_the_upload() -> None:
    with (
        provide(Provider(Job("ada", "engine", "release.yml"))) as ci,
        serve(Warehouse(mint=Mint([], ci.provider))) as site,
    ):
        assert "invalid-publisher" in live(site.url, ci.environment()).credentials_missing()


def test_no_text_holds_the_password_even_where_the_index_says_it(faulty: FaultyIndex, tmp_path: Path) -> None:
    faulty.on("/legacy/", faults.status(400, f"I dislike {SECRET} very much"))

    with pytest.raises(Failure, match=r"400 I dislike \*\*\*\* very much") as caught:
        live(faulty.url).upload(laid(wheel(), tmp_path))
    assert SECRET not in f"{caught.value.text} {caught.value.hint} {caught.value.__cause__}"
    assert faulty.requests[0].headers["authorization"].startswith("Basic ")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("<html><style>b {}</style><h1>No</h1><pre>Too &amp; wide</pre></html>", "400 Bad Request: No Too & wide"),
        ('{"message": "no"}', '400 Bad Request: {"message": "no"}'),
        ("", "400 Bad Request"),
    ],
)
def test_the_body_speaks_where_the_status_line_says_nothing(
    faulty: FaultyIndex, tmp_path: Path, body: str, said: str
) -> None:
    faulty.on("/legacy/", faults.page(body, code=400))

    with pytest.raises(Failure) as caught:
        live(faulty.url).upload(laid(wheel(), tmp_path))
    assert caught.value.text.endswith(f"did not take {wheel().filename}: {said}")


def test_an_index_that_is_down_is_asked_a_bounded_number_of_times(faulty: FaultyIndex, tmp_path: Path) -> None:
    faulty.on("/legacy/", faults.status(503, "Back At Noon"))

    with pytest.raises(Failure, match="503 Back At Noon"):
        live(faulty.url).upload(laid(wheel(), tmp_path))
    assert len(faulty.requests) == 5


@pytest.mark.parametrize(
    ("answer", "pause"),
    [
        (faults.status(429, retry_after="7"), 7),
        (faults.status(429), 0),
        (faults.status(503, retry_after="Fri, 31 Dec 1999 23:59:59 GMT"), 0),
        (faults.reset, 0),
        (faults.garbage, 0),
        (faults.status(400, "No", retry_after="7"), None),
        (faults.status(403), None),
        (faults.redirect("/elsewhere/"), None),
    ],
)
def test_a_fault_that_passes_names_the_pause_that_the_index_asks_for(
    faulty: FaultyIndex, tmp_path: Path, answer: faults.Answering, pause: float | None
) -> None:
    faulty.on("/legacy/", answer)

    with pytest.raises(Failure) as caught:
        live(faulty.url).upload(laid(wheel(), tmp_path))
    assert caught.value.pause == pause
    assert "Retry-After" not in caught.value.text


@pytest.mark.parametrize("fault", [faults.never, faults.drip])
def test_an_upload_ends_within_its_limit_and_leaves_a_doubt(
    faulty: FaultyIndex, tmp_path: Path, fault: faults.Answering
) -> None:
    faulty.on("/legacy/", fault)

    with pytest.raises(Failure, match=r"did not end within 1 seconds; whether demo-\S+ arrived is not known") as caught:
        live(faulty.url, upload_seconds=1).upload(laid(wheel(), tmp_path))
    assert "run the same command again" in caught.value.hint
    assert SECRET not in caught.value.text


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (faults.garbage, "ConnectionError"),
        (faults.reset, "ConnectionError"),
        (faults.redirect("/elsewhere/"), "RedirectDetected"),
    ],
)
def test_an_upload_without_an_answer_is_told_in_one_line(
    faulty: FaultyIndex, tmp_path: Path, fault: faults.Answering, words: str
) -> None:
    faulty.on("/legacy/", fault)

    with pytest.raises(Failure, match=f"did not take {wheel().filename}: .*{words}") as caught:
        live(faulty.url).upload(laid(wheel(), tmp_path))
    assert "\n" not in caught.value.text


def test_bytes_that_changed_since_the_build_are_not_sent(index: LiveIndex, site: Site, tmp_path: Path) -> None:
    artifact = laid(wheel(), tmp_path)
    wheel(said="meddled").laid(tmp_path)

    with pytest.raises(Failure, match=f"{artifact.sha256} was wanted"):
        index.upload(artifact)
    with pytest.raises(Failure, match="cannot be read"):
        index.upload(artifact._replace(path=str(tmp_path / "gone.whl")))
    assert site.requests == ()


def test_programs_of_the_working_directory_are_not_run(
    index: LiveIndex, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "twine.py").write_text("raise SystemExit('not the twine you wanted')\n")
    monkeypatch.chdir(tmp_path)

    index.upload(laid(wheel(), tmp_path)._replace(path=wheel().filename))

    assert site.stored == 1


def test_a_file_with_other_bytes_than_told_is_not_kept(index: LiveIndex, faulty: FaultyIndex, tmp_path: Path) -> None:
    url = faulty.on("/demo.whl", faults.page(b"other"))
    other = hashlib.sha256(b"other").hexdigest()

    with pytest.raises(Failure, match=f"with sha256 {other}, its page tells {'a' * 64}"):
        index.download(IndexFile("demo.whl", "a" * 64, url), tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert index.download(IndexFile("demo.whl", other, url), tmp_path).sha256 == other
    assert (tmp_path / "demo.whl").read_bytes() == b"other"


@pytest.mark.parametrize("name", ["", ".", "..", "../demo.whl", "/demo.whl", "a/b.whl", "a\\b.whl", "C:demo.whl"])
def test_a_file_name_that_leads_elsewhere_is_refused(
    index: LiveIndex, faulty: FaultyIndex, tmp_path: Path, name: str
) -> None:
    with pytest.raises(Failure, match="a plain file name was wanted"):
        index.download(IndexFile(name, "a" * 64, faulty.on("/x", faults.page(b"x"))), tmp_path)
    assert faulty.requests == []


def test_a_file_that_is_gone_is_a_failure(index: LiveIndex, faulty: FaultyIndex, tmp_path: Path) -> None:
    with pytest.raises(Failure, match="404 Not Found; a file was wanted"):
        index.download(IndexFile("demo.whl", "a" * 64, f"{faulty.url}/gone"), tmp_path)
