"""The rehearsal's package index decides on uploads as Warehouse does."""

import json

import pytest
import requests
from packaging.requirements import Requirement

from cz_ship.world.rehearsal import Answer, Request
from cz_ship.world.rehearsal.warehouse import Warehouse
from tests.support.asking import DAY, PASSWORD, ROOT, Clock, document, names, post, read, upload
from tests.support.tiny import Tiny, form, sdist, wheel

PYTHON_ERROR = "https://packaging.python.org/specifications/core-metadata for more information."


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def warehouse(clock: Clock) -> Warehouse:
    return Warehouse([PASSWORD], clock=clock, size_limit=2**20)


def refused(answer: Answer, text: str, status: int = 400) -> bool:
    assert (answer.status, answer.reason) == (status, text)
    assert text in answer.body.decode()
    return True


def test_an_upload_is_stored_and_shown(warehouse: Warehouse) -> None:
    assert upload(warehouse, wheel()).status == 200
    assert upload(warehouse, sdist()).status == 200
    assert warehouse.stored == 2
    assert warehouse.files[wheel().filename].content == wheel().content
    assert names(warehouse) == ["demo-1.0-py3-none-any.whl", "demo-1.0.tar.gz"]


def test_a_file_of_any_bytes_arrives_whole(warehouse: Warehouse) -> None:
    whole = wheel()._replace(content=wheel().content + bytes(range(256)) + b"\r\n--\r\n\r\n")
    upload(warehouse, whole)
    assert warehouse.files[whole.filename].content == whole.content


def test_the_same_file_again_is_welcome_and_stores_nothing(warehouse: Warehouse, clock: Clock) -> None:
    for tiny in (wheel(), sdist(), wheel(), sdist()):
        clock.now += 30 * DAY * (warehouse.stored == 2)
        assert upload(warehouse, tiny).status == 200
    assert warehouse.stored == 2


def test_the_same_name_with_other_bytes_is_refused(warehouse: Warehouse, clock: Clock) -> None:
    upload(warehouse, wheel())
    other = wheel(said="other")
    digest = form(other)["blake2_256_digest"]
    text = f"File already exists ('demo-1.0-py3-none-any.whl', with blake2_256 hash '{digest}'). "
    text += f"See {ROOT}/help/#file-name-reuse for more information."
    assert refused(upload(warehouse, other), text)
    clock.now += 30 * DAY
    assert refused(upload(warehouse, other), text)
    assert warehouse.files[other.filename].content == wheel().content


def test_the_same_bytes_under_another_name_are_refused(warehouse: Warehouse) -> None:
    upload(warehouse, wheel())
    answer = upload(warehouse, wheel()._replace(filename="demo-1.0-1-py3-none-any.whl"))
    assert answer.status == 400
    assert answer.reason.startswith("File already exists ('demo-1.0-1-py3-none-any.whl', with")


@pytest.mark.parametrize("said", ["", "something else"])
def test_a_deleted_name_stays_burnt(warehouse: Warehouse, said: str) -> None:
    upload(warehouse, wheel())
    warehouse.delete(wheel().filename)
    text = "This filename was previously used by a file that has since been deleted. Use a different version. "
    assert refused(upload(warehouse, wheel(said=said)), f"{text}See {ROOT}/help/#file-name-reuse for more information.")
    assert names(warehouse) == []
    assert document(read(warehouse, "/pypi/demo/1.0/json"))["urls"] == []


def test_only_what_is_there_can_be_deleted(warehouse: Warehouse) -> None:
    with pytest.raises(KeyError):
        warehouse.delete("demo-1.0.tar.gz")


def test_a_release_has_one_sdist(warehouse: Warehouse) -> None:
    upload(warehouse, sdist(version="1.2"))
    assert refused(upload(warehouse, sdist(version="1.2.0")), "Only one sdist may be uploaded per release.")
    assert upload(warehouse, sdist(version="1.2.1")).status == 200


def test_a_release_takes_new_files_for_14_days(warehouse: Warehouse, clock: Clock) -> None:
    upload(warehouse, sdist())
    clock.now += 14 * DAY
    assert upload(warehouse, wheel()).status == 200
    clock.now += 1
    late = wheel(tag="win32")
    assert refused(upload(warehouse, late), "Uploading new files to releases older than 14 days is not allowed.")
    assert upload(warehouse, wheel(version="1.1")).status == 200


def test_a_refused_upload_begins_no_release(warehouse: Warehouse, clock: Clock) -> None:
    assert upload(warehouse, wheel(without="WHEEL")).status == 400
    assert read(warehouse, "/simple/demo/").status == 404
    assert read(warehouse, "/pypi/demo/json").status == 404
    clock.now += 30 * DAY
    assert upload(warehouse, wheel()).status == 200


def test_a_local_version_is_refused(warehouse: Warehouse) -> None:
    text = f"The use of local versions in '1.0+here' is not allowed. See {PYTHON_ERROR}"
    assert refused(upload(warehouse, wheel(version="1.0+here")), text)


@pytest.mark.parametrize(
    ("auth", "header"),
    [
        (None, ""),
        (("__token__", "wrong"), ""),
        (("__token__", ""), ""),
        (("ann", PASSWORD), ""),
        (None, "Basic !"),
        (None, "Basic /w=="),
        (None, "Bearer wrong"),
        (None, "Bearer"),
        (None, f"Digest {PASSWORD}"),
    ],
)
def test_no_identity_or_a_wrong_one_is_forbidden(
    warehouse: Warehouse, auth: tuple[str, str] | None, header: str
) -> None:
    answer = upload(warehouse, wheel(), auth=auth, headers={"Authorization": header} if header else {})
    text = f"Invalid or non-existent authentication information. See {ROOT}/help/#invalid-auth for more information."
    assert refused(answer, text, 403)
    assert warehouse.stored == 0


@pytest.mark.parametrize("password", [f" {PASSWORD}\n", PASSWORD])
def test_a_password_may_have_space_around_it(warehouse: Warehouse, password: str) -> None:
    assert upload(warehouse, wheel(), auth=("__token__", password)).status == 200


@pytest.mark.parametrize("field", ["md5_digest", "sha256_digest", "blake2_256_digest"])
def test_a_digest_that_is_not_the_contents_is_refused(warehouse: Warehouse, field: str) -> None:
    wrong = form(sdist())[field]
    text = "The digest supplied does not match a digest calculated from the uploaded file."
    assert refused(upload(warehouse, wheel(), {field: wrong}), text)


def test_a_file_above_the_limit_is_refused(warehouse: Warehouse) -> None:
    tiny = wheel()
    assert upload(warehouse, tiny._replace(content=tiny.content.ljust(2**20 + 1))).reason == (
        f"File too large. Limit for project 'demo' is 1 MB. See {ROOT}/help/#file-size-limit for more information."
    )


# What the form says wrongly, and the refusal.
FORMS: list[tuple[dict[str, str | list[str] | None], str]] = [
    ({"version": "1.0-wrong"}, f"'1.0-wrong' is invalid for 'version'. See {PYTHON_ERROR}"),
    ({"version": None}, f"'version' is a required field. See {PYTHON_ERROR}"),
    ({"version": "?", "metadata_version": "9"}, f"'9' is not a valid metadata version. See {PYTHON_ERROR}"),
    ({"requires_python": "three"}, f"'three' is invalid for 'requires-python'. See {PYTHON_ERROR}"),
    ({"summary": "long " * 103}, f"'summary' field must be 512 characters or less. See {PYTHON_ERROR}"),
    (
        {"requires_dist": ["packaging", "here @ file:///here"]},
        f"Can't have direct dependency: {Requirement('here @ file:///here')}. See {PYTHON_ERROR}",
    ),
    ({"name": None}, f"'' is an invalid value for Name. Error: This field is required. See {PYTHON_ERROR}"),
    ({"filetype": "bdist_egg"}, "Invalid value for filetype. Error: Use a known file type."),
    ({"filetype": None}, "Invalid value for filetype. Error: This field is required."),
    (
        {"sha256_digest": "0"},
        "Invalid value for sha256_digest. Error: Use a valid, hex-encoded, SHA256 message digest.",
    ),
    (
        {"md5_digest": None, "sha256_digest": None, "blake2_256_digest": None},
        "Error: Include at least one message digest.",
    ),
    (
        {"pyversion": "UNKNOWN"},
        "Invalid value for pyversion. Error: Python version is required for binary distribution uploads.",
    ),
    ({"protocol_version": "2"}, "Unknown protocol version."),
    ({"name": "other"}, "Start filename for 'other' with 'other'."),
    ({"version": "1.1"}, "Version in filename should be '1.1' not '1.0'."),
]


@pytest.mark.parametrize(("changes", "text"), FORMS)
def test_a_form_with_a_fault_is_refused(
    warehouse: Warehouse, changes: dict[str, str | list[str] | None], text: str
) -> None:
    assert refused(upload(warehouse, wheel(), changes), text)
    assert warehouse.stored == 0


# A file that does not fit its name or its kind, and the refusal.
FILES = [
    (wheel()._replace(content=b"no zip"), "Invalid distribution file. File is not a zipfile"),
    (sdist()._replace(content=b"no tar"), "Invalid distribution file. File is not a tarfile"),
    (sdist()._replace(content=sdist().content[:-30]), "Invalid distribution file. File is not a tarfile"),
    (wheel(without="WHEEL"), "Invalid distribution file. WHEEL not found at demo-1.0.dist-info/WHEEL"),
    (
        wheel(without="METADATA"),
        "Wheel 'demo-1.0-py3-none-any.whl' does not contain the required METADATA file: demo-1.0.dist-info/METADATA",
    ),
    (
        wheel(without="RECORD"),
        "Wheel 'demo-1.0-py3-none-any.whl' does not contain the required RECORD file: demo-1.0.dist-info/RECORD",
    ),
    (sdist(without="PKG-INFO"), "Invalid distribution file. PKG-INFO not found at demo-1.0/PKG-INFO"),
    (sdist()._replace(version="1.1"), "Filename 'demo-1.0.tar.gz' is invalid, should be 'demo-1.1.tar.gz'."),
    (sdist()._replace(name="Other.One"), "Start filename for 'Other.One' with 'other_one'."),
    (
        sdist(name="demo-ship")._replace(filename="demo-ship-1.0.tar.gz"),
        "Filename 'demo-ship-1.0.tar.gz' is invalid, should be 'demo_ship-1.0.tar.gz'.",
    ),
    (
        sdist(version="1.0rc1")._replace(filename="demo-1.0.rc1.tar.gz"),
        "Filename 'demo-1.0.rc1.tar.gz' is invalid, should be 'demo-1.0rc1.tar.gz'.",
    ),
    (
        wheel(tag="linux_x86_64"),
        "Binary wheel 'demo-1.0-py3-none-linux_x86_64.whl' has an unsupported platform tag 'linux_x86_64'.",
    ),
    (sdist()._replace(filename="a/demo-1.0.tar.gz"), "Cannot upload a file with '/' or '\\' in the name."),
    (
        sdist()._replace(filename="demo-1.0.zip.whl.exe"),
        "Invalid file extension: Use .tar.gz, .whl or .zip extension. See https://www.python.org/dev/peps/pep-0527 "
        "and https://peps.python.org/pep-0715/ for more information",
    ),
]


@pytest.mark.parametrize(("tiny", "text"), FILES)
def test_a_file_that_does_not_fit_is_refused(warehouse: Warehouse, tiny: Tiny, text: str) -> None:
    assert refused(upload(warehouse, tiny), text)
    assert warehouse.stored == 0


def test_a_wheel_whose_name_is_not_normalised_is_refused(warehouse: Warehouse) -> None:
    text = "Filename 'Demo-1.0-py3-none-any.whl' should contain the normalized project name 'demo', not 'Demo'."
    assert refused(upload(warehouse, wheel(written="Demo")), text)


def test_an_sdist_is_no_wheel(warehouse: Warehouse) -> None:
    text = "Invalid file extension: Extension .whl is invalid for filetype sdist. "
    answer = upload(warehouse, wheel(), {"filetype": "sdist", "pyversion": "source"})
    assert refused(answer, f"{text}See https://www.python.org/dev/peps/pep-0527 for more information.")


def test_a_form_without_a_file_is_refused(warehouse: Warehouse) -> None:
    fields = {name: (None, value) for name, value in form(wheel()).items()}
    asked = requests.Request("POST", ROOT, files=fields, auth=("__token__", PASSWORD))
    assert refused(post(warehouse, asked), "Upload payload does not have a file.")


def test_a_page_escapes_what_it_tells(warehouse: Warehouse) -> None:
    page = upload(warehouse, wheel(), {"requires_python": "<3>"}, headers={"Accept": "text/html"}).body.decode()
    assert "&#x27;&lt;3&gt;&#x27; is invalid for &#x27;requires-python&#x27;." in page


def test_registration_is_gone_and_other_actions_are_unknown(warehouse: Warehouse) -> None:
    gone = "Project pre-registration is no longer required or supported, upload your files instead."
    assert refused(upload(warehouse, wheel(), {":action": "submit"}), gone, 410)
    assert upload(warehouse, wheel(), {":action": "dance"}).status == 404
    assert warehouse.answer(Request("POST", "/legacy/", "", {}, b"{}", ROOT)).status == 404


def test_a_refusal_is_told_as_the_client_accepts_it(warehouse: Warehouse) -> None:
    told = "Only one sdist may be uploaded per release."
    upload(warehouse, sdist())
    again = sdist(version="1.0.0")
    page = upload(warehouse, again, headers={"Accept": "*/*"}).body.decode()
    assert f"<title>400 {told}</title>" in page
    assert f"otherwise incorrect.<br/><br/>\n{told}\n" in page
    value = json.loads(upload(warehouse, again, headers={"Accept": "application/json"}).body)
    assert (value["code"], value["title"]) == (f"400 {told}", "Bad Request")
    assert value["message"].endswith(f"otherwise incorrect.\n\n\n{told}\n\n")
    for headers in ({}, {"Accept": "text/plain"}, {"Accept": "image/png"}):
        assert upload(warehouse, again, headers=headers).body.decode().startswith(f"400 {told}\n\nThe ")
