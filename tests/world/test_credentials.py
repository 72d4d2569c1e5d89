"""Credentials are found in order, halves are refused, and no text of ours holds a password."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest
from keyring import get_keyring, set_keyring
from keyring.backend import KeyringBackend
from twine.utils import DEFAULT_REPOSITORY, TEST_REPOSITORY

from cz_ship.errors import Failure
from cz_ship.world.credentials import Credentials, CredentialStore, dotenv_values
from cz_ship.world.http import Http
from tests.support import faulty_index as faults

UPLOAD_URL = "http://127.0.0.1:9/legacy/"


def store(
    root: Path, environ: Mapping[str, str] | None = None, pypirc: str | None = None, keyring_seconds: float = 120
) -> CredentialStore:
    return CredentialStore(root, environ or {}, Http(), pypirc=pypirc, keyring_seconds=keyring_seconds)


class Drawer(KeyringBackend):
    """A keyring with one drawer for each address."""

    priority = 1

    def __init__(self, drawers: Mapping[tuple[str, str], str]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.drawers = drawers

    def get_password(self, service: str, username: str) -> str | None:
        return self.drawers.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        raise AssertionError("nothing may be put into a keyring")


@pytest.fixture(autouse=True)
def _empty_keyring() -> Iterator[None]:
    before = get_keyring()
    set_keyring(Drawer({}))
    yield
    set_keyring(before)


def test_a_password_is_in_no_text_of_credentials() -> None:
    credentials = Credentials("ada", "hunter2", "the environment")

    assert credentials.password == "hunter2"
    for text in (repr(credentials), str(credentials), f"{credentials}", f"{[credentials]}"):
        assert "hunter2" not in text
        assert "ada" in text


@pytest.mark.parametrize(("index", "prefix"), [("prod", "PYPI"), ("test", "TEST_PYPI")])
def test_each_index_has_variables_of_its_own(tmp_path: Path, index: str, prefix: str) -> None:
    environ = {
        **{"PYPI_USERNAME": "PYPI", "PYPI_PASSWORD": "PYPI secret"},
        **{"TEST_PYPI_USERNAME": "TEST_PYPI", "TEST_PYPI_PASSWORD": "TEST_PYPI secret"},
    }
    found = store(tmp_path, environ).find(index, UPLOAD_URL)

    assert found == Credentials(prefix, f"{prefix} secret", "the environment")


def test_without_any_source_nothing_is_found_and_all_are_named(tmp_path: Path) -> None:
    empty = store(tmp_path, pypirc=str(tmp_path / "pypirc"))

    assert empty.find("test", UPLOAD_URL) is None
    told = empty.looked_for("test", UPLOAD_URL)
    for source in ("id-token: write", "TEST_PYPI_USERNAME and TEST_PYPI_PASSWORD", ".env", "pypirc", "keyring"):
        assert source in told


def test_the_variables_of_one_index_are_none_for_the_other(tmp_path: Path) -> None:
    environ = {"TEST_PYPI_USERNAME": "ada", "TEST_PYPI_PASSWORD": "x"}

    assert store(tmp_path, environ).find("prod", UPLOAD_URL) is None


def test_the_environment_comes_before_dotenv_and_dotenv_before_twine(tmp_path: Path) -> None:
    pypirc = tmp_path / "pypirc"
    pypirc.write_text(f"[distutils]\nindex-servers = own\n[own]\nrepository={UPLOAD_URL}\nusername=c\npassword=3\n")
    environ = {"PYPI_USERNAME": "a", "PYPI_PASSWORD": "1"}
    both = store(tmp_path, environ, str(pypirc))
    rest = store(tmp_path, pypirc=str(pypirc))

    assert rest.find("prod", UPLOAD_URL) == Credentials("c", "3", str(pypirc))
    (tmp_path / ".env").write_text("PYPI_USERNAME=b\nPYPI_PASSWORD=2\n")
    assert rest.find("prod", UPLOAD_URL) == Credentials("b", "2", ".env")
    assert both.find("prod", UPLOAD_URL) == Credentials("a", "1", "the environment")


@pytest.mark.parametrize(
    ("there", "missing"),
    [
        ("PYPI_USERNAME", "PYPI_PASSWORD"),
        ("PYPI_PASSWORD", "PYPI_USERNAME"),
    ],
)
@pytest.mark.parametrize("empty", [True, False])
def test_half_a_pair_names_the_half_that_is_missing(tmp_path: Path, there: str, missing: str, empty: bool) -> None:
    environ = {there: "hunter2", **({missing: " "} if empty else {})}

    with pytest.raises(Failure, match=f"the environment has {there} but not {missing}") as caught:
        store(tmp_path, environ).find("prod", UPLOAD_URL)
    assert "hunter2" not in f"{caught.value.text} {caught.value.hint}"


def test_half_a_pair_in_dotenv_is_told_as_well(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("TEST_PYPI_USERNAME=ada\n")

    with pytest.raises(Failure, match=r"\.env has TEST_PYPI_USERNAME but not TEST_PYPI_PASSWORD"):
        store(tmp_path).find("test", UPLOAD_URL)


def test_empty_variables_are_none_as_ci_sets_them_for_secrets_that_do_not_exist(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("PYPI_USERNAME=ada\nPYPI_PASSWORD=x\n")
    found = store(tmp_path, {"PYPI_USERNAME": "", "PYPI_PASSWORD": ""}).find("prod", UPLOAD_URL)

    assert found is not None
    assert found.source == ".env"


def test_an_api_token_needs_no_user_name(tmp_path: Path) -> None:
    found = store(tmp_path, {"PYPI_PASSWORD": "pypi-AgEIc\n"}).find("prod", UPLOAD_URL)

    assert found == Credentials("__token__", "pypi-AgEIc", "the environment")


def test_a_dotenv_is_read_as_a_shell_would_without_expansion() -> None:
    text = "\n".join(
        [
            "# a comment",
            "",
            "PLAIN=one",
            "export EXPORTED = two # behind",
            'DOUBLE="a \\"b\\" # $HOME\\n" # behind',
            "SINGLE='c \\ d'  # behind",
            "EMPTY=",
            "COMMENT_ONLY= # nothing",
            "HASH=a#b",
            "PLAIN=last wins",
        ]
    )

    assert dotenv_values(text) == {
        "PLAIN": "last wins",
        "EXPORTED": "two",
        "DOUBLE": 'a "b" # $HOME\n',
        "SINGLE": "c \\ d",
        "EMPTY": "",
        "COMMENT_ONLY": "",
        "HASH": "a#b",
    }


def test_every_faulty_line_of_a_dotenv_is_told_by_its_number_and_not_by_its_text() -> None:
    with pytest.raises(Failure) as caught:
        dotenv_values("GOOD=1\nhunter2\nA=\"hunter2\nB='hunter2' hunter2\n2C=hunter2\n")

    lines = caught.value.text.splitlines()
    assert [line.split(":")[0].strip() for line in lines[1:]] == ["line 2", "line 3", "line 4", "line 5"]
    assert "hunter2" not in caught.value.text


def test_a_dotenv_with_a_windows_past_is_read(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"\xef\xbb\xbfPYPI_USERNAME=ada\r\nPYPI_PASSWORD='x y'\r\n")

    assert store(tmp_path).find("prod", UPLOAD_URL) == Credentials("ada", "x y", ".env")


def test_a_dotenv_that_is_no_text_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"PYPI_PASSWORD=\xff\xfe\n")

    with pytest.raises(Failure, match="UTF-8 was wanted") as caught:
        store(tmp_path).find("prod", UPLOAD_URL)
    assert caught.value.__suppress_context__
    assert caught.value.__cause__ is None


def pypirc_of(folder: Path, text: str) -> str:
    path = folder / "pypirc"
    path.write_text(text)
    return str(path)


def test_a_pypirc_section_counts_for_its_own_address_only(tmp_path: Path) -> None:
    pypirc = pypirc_of(tmp_path, "[pypi]\npassword = pypi-real\n[testpypi]\npassword = pypi-test\n")
    finder = store(tmp_path, pypirc=pypirc)

    assert finder.find("prod", DEFAULT_REPOSITORY) == Credentials("__token__", "pypi-real", pypirc)
    assert finder.find("test", TEST_REPOSITORY) == Credentials("__token__", "pypi-test", pypirc)
    assert finder.find("prod", UPLOAD_URL) is None


def test_a_pypirc_that_cannot_be_read_is_told_without_its_text(tmp_path: Path) -> None:
    finder = store(tmp_path, pypirc=pypirc_of(tmp_path, "password = hunter2\n"))

    with pytest.raises(Failure, match="pypirc cannot be read: MissingSectionHeaderError") as caught:
        finder.find("prod", UPLOAD_URL)
    assert "hunter2" not in caught.value.text
    assert caught.value.__suppress_context__  # nor in a traceback
    assert caught.value.__cause__ is None


def test_the_keyring_fills_in_what_pypirc_leaves_out(tmp_path: Path) -> None:
    set_keyring(Drawer({(UPLOAD_URL, "ada"): "from the drawer"}))
    pypirc = pypirc_of(tmp_path, f"[distutils]\nindex-servers = own\n[own]\nrepository={UPLOAD_URL}\nusername = ada\n")

    found = store(tmp_path, pypirc=pypirc).find("prod", UPLOAD_URL)

    assert found == Credentials("ada", "from the drawer", "the keyring")


def test_the_keyring_knows_the_token_of_the_public_index(tmp_path: Path) -> None:
    set_keyring(Drawer({(DEFAULT_REPOSITORY, "__token__"): "pypi-kept"}))

    found = store(tmp_path, pypirc=str(tmp_path / "none")).find("prod", DEFAULT_REPOSITORY)

    assert found == Credentials("__token__", "pypi-kept", "the keyring")


def test_a_keyring_that_never_answers_is_a_failure(tmp_path: Path) -> None:
    with ExitStack() as stack:
        index = stack.enter_context(faults.serve())

        class Locked(Drawer):
            def get_password(self, service: str, username: str) -> str | None:
                index.closing.wait()
                return None

        set_keyring(Locked({}))
        pypirc = pypirc_of(tmp_path, f"[distutils]\nindex-servers=own\n[own]\nrepository={UPLOAD_URL}\nusername=ada\n")
        with pytest.raises(Failure, match=r"keyring did not answer within 0\.1 seconds"):
            store(tmp_path, pypirc=pypirc, keyring_seconds=0.1).find("prod", UPLOAD_URL)
