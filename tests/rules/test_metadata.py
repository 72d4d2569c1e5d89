"""What metadata say, where they contradict themselves, and which Pythons they promise."""

import pytest
from packaging.specifiers import SpecifierSet

from cz_ship.rules.metadata import Stated, metadata_faults, metadata_notes, stated
from cz_ship.rules.pythons import disagreements, matrix, none_supported, supported
from tests.support.fake_workshop import members

WHOLE = """\
Metadata-Version: 2.4
Name: demo
Version: 1.0
Requires-Python: >=3.10
Requires-Dist: packaging
Provides-Extra: test
License-Expression: MIT
License-File: LICENSE
Classifier: Programming Language :: Python :: 3.10
Classifier: Programming Language :: Python :: 3.11
Classifier: Programming Language :: Python :: 3
"""


def read(text: str = WHOLE) -> Stated:
    told, faults = stated(text.encode())
    assert told is not None, faults
    return told


def classifiers(*minors: str) -> tuple[str, ...]:
    return tuple(f"Programming Language :: Python :: {minor}" for minor in minors)


def test_metadata_are_read_whole() -> None:
    told = read()
    assert (str(told.requires_python), told.extras, told.requires) == (">=3.10", ("test",), ("packaging",))
    assert (told.license_expression, told.license_files) == ("MIT", ("LICENSE",))


def test_all_faults_of_metadata_are_told_together() -> None:
    told, faults = stated(WHOLE.replace("MIT", "MITT").replace("Version: 1.0", "Version: one").encode())
    assert told is None
    assert len(faults) == 2
    assert {"MITT" in fault for fault in faults} == {True, False}


def test_a_licence_file_that_is_named_is_there() -> None:
    assert metadata_faults(read(), members({"demo-1.0.dist-info/licenses/LICENSE": ""}), wheel=True) == ()
    assert metadata_faults(read(), members({"LICENSE": ""}), wheel=False) == ()
    assert metadata_faults(read(), members({"demo.py": ""}), wheel=True) == (
        "the licence file LICENSE is named and is not in the wheel",
    )


def test_an_expression_and_a_classifier_of_a_licence_are_one_too_many() -> None:
    both = read(f"{WHOLE}Classifier: License :: OSI Approved :: MIT License\n")
    faults = metadata_faults(both, members({"LICENSE": ""}), wheel=False)
    assert len(faults) == 1
    assert "one of them was wanted" in faults[0]


def test_a_licence_without_an_expression_is_a_note_and_no_fault() -> None:
    old = read(WHOLE.replace("License-Expression: MIT\nLicense-File: LICENSE\n", "License: MIT\n"))
    assert metadata_faults(old, (), wheel=True) == ()
    assert "PEP 639" in metadata_notes(old)[0]
    assert metadata_notes(read()) == ()


@pytest.mark.parametrize(
    ("requires", "named", "faults"),
    [
        (">=3.10", ("3.10", "3.11"), []),
        (">=3.10", (), []),
        (">=3.10", ("3.9", "3.10"), ["names Python 3.9, Requires-Python >=3.10 refuses it"]),
        (">=3.10", ("3.11",), ["allows Python 3.10, no classifier names it"]),
        (">=3.10", ("3.10", "3.12"), ["allows Python 3.11, no classifier names it"]),
        (">=3.10.2", ("3.10",), []),
        ("", ("3.9", "3.10"), []),
    ],
)
def test_requires_python_and_classifiers_agree(requires: str, named: tuple[str, ...], faults: list[str]) -> None:
    found = disagreements(SpecifierSet(requires), classifiers(*named))
    assert len(found) == len(faults)
    assert all(fault in each for fault, each in zip(faults, found, strict=True))


@pytest.mark.parametrize(
    ("requires", "told", "said"),
    [
        (">=3.15", (), "Requires-Python >=3.15 allows none of Python 3.9 to 3.14"),
        (">=3.12", ("3.10", "3.11"), "Requires-Python >=3.12 allows none of Python 3.10, 3.11"),
    ],
)
def test_where_no_python_is_supported_it_is_said_which_were_asked(
    requires: str, told: tuple[str, ...], said: str
) -> None:
    assert supported(SpecifierSet(requires), classifiers(*told)) == ()
    assert none_supported(SpecifierSet(requires), classifiers(*told)) == said
    assert supported(SpecifierSet(requires), classifiers("3.15")) == ("3.15",)


def test_the_supported_pythons_are_those_named_or_else_all_of_todays() -> None:
    assert supported(SpecifierSet(">=3.10"), classifiers("3.9", "3.11", "3.10")) == ("3.10", "3.11")
    assert supported(SpecifierSet(">=3.12,<3.14"), ()) == ("3.12", "3.13")


def test_the_matrix_tries_every_python_and_once_the_lowest_dependencies() -> None:
    assert matrix(["3.10", "3.11"]) == {
        "python": ["3.10", "3.11"],
        "artifact": ["wheel", "sdist"],
        "dependencies": ["newest"],
        "include": [{"python": "3.10", "artifact": "wheel", "dependencies": "lowest"}],
    }
