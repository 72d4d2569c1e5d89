"""What core metadata say, and what is wrong in them."""

from typing import NamedTuple

from packaging.metadata import Metadata
from packaging.specifiers import SpecifierSet

from cz_ship.gates import Member
from cz_ship.rules.pythons import disagreements


class Stated(NamedTuple):
    """What an artifact states of itself, as far as gates ask for it."""

    requires_python: SpecifierSet
    classifiers: tuple[str, ...]
    extras: tuple[str, ...]
    license_files: tuple[str, ...]
    license_expression: str
    requires: tuple[str, ...]


def stated(text: bytes) -> tuple[Stated | None, tuple[str, ...]]:
    """What metadata state, and each fault in them; None where they cannot be read.

    https://packaging.python.org/en/latest/specifications/core-metadata/
    """
    try:
        found = Metadata.from_email(text)
    except Exception as error:  # a group of all faults, whose class is packaging's own below Python 3.11
        return None, tuple(str(each) for each in getattr(error, "exceptions", (error,)))
    return (
        Stated(
            found.requires_python or SpecifierSet(),
            tuple(found.classifiers or ()),
            tuple(found.provides_extra or ()),
            tuple(found.license_files or ()),
            found.license_expression or "",
            tuple(map(str, found.requires_dist or ())),
        ),
        (),
    )


def metadata_faults(told: Stated, members: tuple[Member, ...], wheel: bool) -> tuple[str, ...]:
    """Where metadata contradict themselves or the archive that they stand in."""
    return (*disagreements(told.requires_python, told.classifiers), *_license_faults(told, members, wheel))


def metadata_notes(told: Stated) -> tuple[str, ...]:
    """What could be better and is no fault."""
    if told.license_expression:
        return ()
    return ('there is no License-Expression (PEP 639); in pyproject.toml: [project] license = "MIT" or what it is',)


def _license_faults(told: Stated, members: tuple[Member, ...], wheel: bool) -> list[str]:
    """Source: PEP 639."""
    classified = [each for each in told.classifiers if each.startswith("License ::")]
    faults = []
    if told.license_expression and classified:
        faults.append(f"there is a License-Expression, and beside it {classified[0]!r}; one of them was wanted")
    paths = {each.path for each in members}
    for file in told.license_files:
        if wheel and not any(path.endswith(f".dist-info/licenses/{file}") for path in paths):
            # Before metadata 2.4 backends laid it beside METADATA.
            if not any(path.endswith(f".dist-info/{file.rpartition('/')[2]}") for path in paths):
                faults.append(f"the licence file {file} is named and is not in the wheel")
        elif not wheel and file not in paths:
            faults.append(f"the licence file {file} is named and is not in the sdist")
    return faults
