"""The version that a project begins with here: that of its last release, as the project and its tags tell it."""

from packaging.version import Version

from cz_ship.rules.blueprint_draft import Draft
from cz_ship.rules.blueprint_scm import Derived
from cz_ship.rules.blueprint_stated import usable
from cz_ship.rules.blueprint_tags import Tagged
from cz_ship.rules.blueprint_version import Home
from cz_ship.rules.wish import FILE

# Where providers keep the version, in pyproject.toml.
_TABLES = {"pep621": ("project",), "uv": ("project",), "poetry": ("tool", "poetry")}


def settle_version(draft: Draft, at: Home, told: Tagged, derived: Derived) -> None:
    """version.txt, where that is the version's home; else what does not fit is told all the same."""
    stated = at.stated.version
    version = _version(draft, stated, told, FILE if at.provider == "version_txt" else "pyproject.toml")
    if at.stated.places and usable(stated) not in (None, version):
        where = ", ".join(at.stated.places)
        draft.find("astray", "warning", f"{where} says {stated}, and version_files raises what says {version} alone",
                   f"write {version} there")  # fmt: skip
    if at.provider != "version_txt":
        if at.provider in _TABLES and stated is not None and usable(stated) != version:
            draft.set(_TABLES[at.provider], "version", str(version), "the version of the last release")
        return
    text = draft.text(FILE)
    there = usable(text.strip() if text else None)
    # What was derived from tags is one of theirs.
    astray = bool(derived.tool and told.versions) and there not in told.versions
    if text is None or not text.strip():
        draft.put(FILE, f"{version}\n", "the version lives here")
    elif there is None or astray:
        draft.find("other-use", "error", f"{FILE} says {text.strip()[:40]!r}, the version of a release was wanted",
                   "it is used for something else: give that another name, and run init again")  # fmt: skip
    elif stated is not None and usable(stated) not in (None, there) and version != there:
        draft.find("two-versions", "error", f"{FILE} says {there}, the project says {stated}",
                   "make them the same, and run init again")  # fmt: skip
    for each in derived.modules:
        why = f"{derived.tool} wrote it at each build; version_files does now"
        if not each.strange:
            draft.put(each.path, each.text(str(version)), why)


def _version(draft: Draft, stated: str | None, told: Tagged, place: str) -> Version:
    """The version of the last release, as the project and its tags tell it; it is to be in a `place`."""
    there = usable(draft.text(FILE))
    found, highest = usable(stated) or there, told.versions[-1] if told.versions else None
    if found is None:
        if stated:
            draft.find("odd-version", "warning", f"the version {stated!r} is none that an index takes (PEP 440)")
        if highest is None:
            draft.find("first", "warning", f"no version was found, and no tag of a release: {place} begins with 0.0.0",
                       "where there are tags elsewhere: git fetch --tags, and run init again")  # fmt: skip
        return highest or Version("0.0.0")
    if found.is_devrelease:
        last = max((each for each in told.versions if each < found), default=None)
        last = last or Version(found.base_version)
        said = f"the project says {found}, {place} begins with the release {last}"
        draft.find("dev-version", "warning", said, "write the last release there where that is another, 0.0.0 for none")
        return last
    if highest is not None and highest > found:
        draft.find("behind", "warning", f"the project says {found}, the highest tag of its history {highest}",
                   f"where that was no release of this branch, write {found} into {place}")  # fmt: skip
        return highest
    if found > Version("0.0.0") and (highest is None or highest < found):
        name = (told.formats or ("v$version",))[0].replace("$version", str(found))
        draft.find("no-tag", "warning", f"there is no tag for {found}: {_counted(highest)} counts for the next release",
                   f"if {found} was released: git tag {name} COMMIT, and git push origin {name}")  # fmt: skip
    return found


def _counted(highest: Version | None) -> str:
    return f"all that came since {highest}" if highest else "the whole history"
