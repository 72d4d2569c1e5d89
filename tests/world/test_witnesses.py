"""Two independent indexes bear witness: the door holds against servers that others wrote."""

from pathlib import Path

import pytest
from packaging.version import Version

from cz_ship.errors import Failure
from cz_ship.model import Artifact
from cz_ship.world.install import LiveInstaller
from tests.support.tiny import Tiny, sdist, wheel
from tests.support.witnesses import USER, Witness, devpi, pypiserver


def laid(tiny: Tiny, folder: Path) -> Artifact:
    return Artifact(tiny.filename, tiny.sha256, len(tiny.content), str(tiny.laid(folder)))


def an_unknown_project_is_free(witness: Witness, folder: Path) -> None:
    assert witness.door().files("nobody-has-this", Version("1.0")) == ()


def what_was_uploaded_is_there_comes_back_and_installs(witness: Witness, folder: Path) -> None:
    index = witness.door()
    artifacts = [laid(each("Round.Trip", "1.0rc12"), folder) for each in (wheel, sdist)]
    for artifact in artifacts:
        index.upload(artifact)

    held = index.files("round-trip", Version("1.0.0rc12"))
    back = folder / "back"
    back.mkdir()
    fetched = [index.download(file, back) for file in held]

    assert {(file.name, file.sha256) for file in held} == {(each.name, each.sha256) for each in artifacts}
    assert index.files("round-trip", Version("1.0")) == ()
    [came] = [each for each in fetched if each.name.endswith(".whl")]
    assert LiveInstaller().installed_version(Path(came.path), "round-trip") == "1.0rc12"


def other_bytes_under_a_used_name_are_refused_in_its_words(witness: Witness, folder: Path) -> None:
    index = witness.door()
    index.upload(laid(wheel("rebuilt"), folder))

    words = witness.used_name.format("rebuilt-1.0-py3-none-any.whl")
    with pytest.raises(Failure, match=f"prod index did not take rebuilt-1.0-py3-none-any.whl: {words}"):
        index.upload(laid(wheel("rebuilt", said="other"), folder))
    assert [file.sha256 for file in index.files("rebuilt", Version("1.0"))] == [wheel("rebuilt").sha256]


def the_same_bytes_again_are_taken_or_refused_in_its_words(witness: Witness, folder: Path) -> None:
    index = witness.door()
    artifact = laid(wheel("again"), folder)
    index.upload(artifact)

    if witness.takes_the_same_again:
        index.upload(artifact)
    else:
        with pytest.raises(Failure, match=witness.used_name.format(artifact.name)):
            index.upload(artifact)
    assert [file.name for file in index.files("again", Version("1.0"))] == [artifact.name]


def a_wrong_password_is_refused_and_told_nowhere(witness: Witness, folder: Path) -> None:
    index = witness.door({"PYPI_USERNAME": USER, "PYPI_PASSWORD": "a-wrong-secret"})

    with pytest.raises(Failure, match=witness.wrong_password) as caught:
        index.upload(laid(wheel("intruder"), folder))
    assert "a-wrong-secret" not in f"{caught.value.text} {caught.value.hint}"
    assert index.files("intruder", Version("1.0")) == ()


# One test a witness, since each takes seconds to start; a clause that breaks is named by the traceback.
CONTRACT = (
    an_unknown_project_is_free,
    what_was_uploaded_is_there_comes_back_and_installs,
    other_bytes_under_a_used_name_are_refused_in_its_words,
    the_same_bytes_again_are_taken_or_refused_in_its_words,
    a_wrong_password_is_refused_and_told_nowhere,
)


def keep(witness: Witness, folder: Path) -> None:
    for clause in CONTRACT:
        shelf = folder / clause.__name__
        shelf.mkdir()
        clause(witness, shelf)


@pytest.mark.slow
def test_pypiserver_and_the_door_keep_their_contract(tmp_path: Path) -> None:
    with pypiserver(tmp_path) as witness:
        keep(witness, tmp_path)


@pytest.mark.slow
def test_devpi_and_the_door_keep_their_contract(tmp_path: Path) -> None:
    with devpi(tmp_path) as witness:
        keep(witness, tmp_path)
