"""Version tags of every make and wherever they are kept, read with the real commitizen's rules."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from packaging.version import Version

from cz_ship.errors import Failure
from cz_ship.flows.notes import all_sections, section_of
from cz_ship.flows.survey import survey
from cz_ship.rules.tags import release_tags, tag_name
from cz_ship.settings import Settings
from cz_ship.world.commitizen import Commitizen
from cz_ship.world.git import open_repository
from tests.support.repos import START, Repo

Make = Callable[[Repo, str, str], None]
Store = Callable[[Repo], None]

SIGNATURE = """\
-----BEGIN PGP SIGNATURE-----

iHUEABYKAB0WIQTqzd0000000000000000000000000000000000000000000000
=AbCd
-----END PGP SIGNATURE-----
"""


def lightweight(repo: Repo, name: str, commit: str) -> None:
    repo.tag(name, commit)


def annotated(repo: Repo, name: str, commit: str) -> None:
    repo.tag(name, commit, "a release\n\nand what is in it")


def nested(repo: Repo, name: str, commit: str) -> None:
    repo.tag(f"innermost-{name}", commit, "one")
    repo.tag(f"inner-{name}", f"innermost-{name}", "two")
    repo.tag(name, f"inner-{name}", "three")


def signed(repo: Repo, name: str, commit: str) -> None:
    text = f"object {commit}\ntype commit\ntag {name}\ntagger Ada <ada@example.org> {START} +0000\n\nfine\n{SIGNATURE}"
    made = repo.git("mktag", input=text.encode())
    repo.git("update-ref", f"refs/tags/{name}", made)


def loose(repo: Repo) -> None:
    """As git lays them down: a file for each."""


def packed(repo: Repo) -> None:
    repo.git("pack-refs", "--all", "--prune")


def half_packed(repo: Repo) -> None:
    """What is loose wins over what is packed; the packed name stays behind."""
    names = repo.git("tag", "--list").split()
    right = {name: repo.git("rev-parse", f"refs/tags/{name}") for name in names}
    for name in names:
        repo.git("tag", "--force", name, "HEAD")
    packed(repo)
    for name, sha in right.items():
        repo.git("update-ref", f"refs/tags/{name}", sha)


@pytest.mark.parametrize("store", [loose, packed, half_packed])
@pytest.mark.parametrize("make", [lightweight, annotated, nested, signed])
def test_a_tag_names_its_commit_however_it_is_made_and_kept(make: Make, store: Store, tmp_path: Path) -> None:
    repo = Repo(tmp_path / "p")
    shas = [repo.commit(f"feat: {each}") for each in "abc"]
    make(repo, "v1.0.0", shas[0])
    make(repo, "v1.1.0", shas[1])
    store(repo)
    found = dict(open_repository(repo.root).tags())
    assert {name: found[name] for name in ("v1.0.0", "v1.1.0")} == {"v1.0.0": shas[0], "v1.1.0": shas[1]}
    assert sections(repo) == {"Unreleased": ["c"], "v1.1.0": ["b"], "v1.0.0": ["a"]}


def test_a_signed_tag_tells_its_message(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "p")
    signed(repo, "v1.0.0", repo.commit("feat: a"))
    lightweight(repo, "v1.1.0", "HEAD")
    git = open_repository(repo.root)
    assert git.tag_message("v1.0.0").splitlines()[0] == "fine"
    assert git.tag_message("v1.1.0") == ""


def test_two_tags_on_a_commit_are_two_releases_and_the_commits_stand_in_the_lower(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "p")
    repo.commit("feat: a")
    for name in ("v1.0.0", "v2.0.0", "v1.0.0rc1"):
        repo.tag(name)
    assert sections(repo) == {"v2.0.0": [], "v1.0.0": [], "v1.0.0rc1": ["a"]}


def test_versions_order_the_releases_and_no_date_does(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "p")
    shas = [repo.commit(f"feat: {each}") for each in "abcd"]
    # The last release was tagged first, and v1.10.0 reads lower than v1.9.0 to a sort by name.
    for name, sha in (("v1.10.0", shas[2]), ("v1.9.0", shas[1]), ("v0.1.0", shas[0])):
        repo.moment += 3600
        repo.tag(name, sha, "late")
    expected = {"Unreleased": ["d"], "v1.10.0": ["c"], "v1.9.0": ["b"], "v0.1.0": ["a"]}
    assert list(sections(repo).items()) == list(expected.items())


FORMATS: list[tuple[str, list[str], Mapping[str, str]]] = [
    ('tag_format = "$version"', ["x2.0.0", "2"], {"1.4.0": "1.4.0", "v1.0.0rc1": "1.0.0rc1"}),
    ('tag_format = "core-v$version"', ["web-v2.0.0", "2.0.0", "core-v"], {"core-v1.4.0": "1.4.0"}),
    ('tag_format = "libs/core@$version"', ["libs/web@2.0.0", "core@2.0.0"], {"libs/core@1.4.0b2": "1.4.0b2"}),
    ('tag_format = "v$major.$minor.$patch$prerelease"', ["v2", "nightly"], {"v1.4.0": "1.4.0", "v1.5.0a1": "1.5.0a1"}),
    (
        'tag_format = "v$version"\nlegacy_tag_formats = ["rel-$version", "$version"]',
        ["web-2.0.0"],
        {"v1.4.0": "1.4.0", "rel-1.2.0": "1.2.0", "1.0.0": "1.0.0"},
    ),
    (
        'tag_format = "v$version"\nignored_tag_formats = ["v$version-eol", "v9*"]',
        ["v1.4.0-eol", "v9.0.0", "v9"],
        {"v1.4.0": "1.4.0"},
    ),
]


@pytest.mark.parametrize(("settings", "strange", "known"), FORMATS, ids=[settings for settings, *_ in FORMATS])
def test_the_configured_formats_tell_which_tags_are_releases(
    settings: str, strange: list[str], known: Mapping[str, str], tmp_path: Path
) -> None:
    repo = Repo(tmp_path / "p")
    repo.commit("feat: a")
    for name in (*strange, *known):
        repo.tag(name)
    rule_set = rules(repo, settings).rule_set
    found = release_tags(open_repository(repo.root).tags(), rule_set)
    assert {tag.name: str(tag.version) for tag in found} == known
    assert [tag.version for tag in found] == sorted(tag.version for tag in found)
    newest = found[-1]
    assert tag_name(newest.version, rule_set) == newest.name


def test_the_current_format_wins_where_a_version_has_two_tags(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "p")
    repo.commit("feat: a")
    repo.tag("1.0.0")
    repo.commit("feat: b")
    repo.tag("v1.0.0")
    both = 'tag_format = "v$version"\nlegacy_tag_formats = ["$version"]'
    assert sections(repo, both) == {"v1.0.0": ["b", "a"]}


def test_prereleases_have_sections_of_their_own_or_are_merged_into_their_release(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "p")
    for name in ("v1.0.0a1", "v1.0.0rc1", "v1.0.0", "v1.1.0rc1"):
        repo.commit(f"feat: {name[1:]}")
        repo.tag(name)
    assert sections(repo) == {
        "v1.1.0rc1": ["1.1.0rc1"],
        "v1.0.0": ["1.0.0"],
        "v1.0.0rc1": ["1.0.0rc1"],
        "v1.0.0a1": ["1.0.0a1"],
    }
    merged = sections(repo, "changelog_merge_prerelease = true")
    assert merged == {"Unreleased": ["1.1.0rc1"], "v1.0.0": ["1.0.0", "1.0.0rc1", "1.0.0a1"]}


def test_a_higher_tag_elsewhere_is_no_release_of_this_history(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "p")
    repo.commit("feat: a", {"version.txt": "1.0.0\n"})
    repo.tag("v1.0.0")
    repo.git("switch", "--quiet", "--create", "next")
    repo.commit("feat!: b")
    repo.tag("v2.0.0")
    repo.git("switch", "--quiet", "main")
    repo.commit("fix: c")
    assert sections(repo) == {"Unreleased": ["c"], "v1.0.0": ["a"]}
    git, commitizen = open_repository(repo.root), rules(repo)
    found = survey(git, commitizen, "demo", Settings())
    assert (str(found.next), found.last_tag and found.last_tag.name) == ("1.0.1", "v1.0.0")
    with pytest.raises(Failure, match=r"tag v2\.0\.0 is not in this history"):
        section_of(git, commitizen, repo.head, Version("2.0.0"))


def test_a_tag_whose_name_holds_a_line_separator_is_one_tag(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "p")
    repo.commit("feat: a")
    names = [f"v1.0.{number}{mark}x" for number, mark in enumerate("\u2028\u2029\x85")]
    for name in names:
        repo.tag(name)
    repo.git("remote", "add", "origin", str(repo.root))
    git = open_repository(repo.root)
    assert sorted(name for name, _ in git.tags()) == sorted(names)
    assert {f"refs/tags/{name}" for name in names} < git.remote_refs("origin").keys()
    assert sections(repo) == {"Unreleased": ["a"]}


def test_a_tag_of_no_commit_is_no_release(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "p")
    repo.commit("feat: a", {"version.txt": "1.0.0\n"})
    repo.tag("v1.0.0", "HEAD^{tree}", "a tag of a tree")
    repo.tag("v1.1.0", "HEAD:version.txt")
    assert sections(repo) == {"Unreleased": ["a"]}


def test_a_broken_tag_is_told_and_hides_none_behind_it(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "p")
    repo.commit("feat: a")
    repo.tag("v9.0.0")
    (repo.root / ".git" / "refs" / "tags" / "v1.0.0").write_text(f"{'1' * 40}\n")
    with pytest.raises(Failure, match=r"bad ref refs/tags/v1\.0\.0"):
        open_repository(repo.root).tags()


def rules(repo: Repo, settings: str = 'tag_format = "v$version"') -> Commitizen:
    """Commitizen with settings in the repository's tree."""
    own = settings if "tag_format" in settings else f'tag_format = "v$version"\n{settings}'
    head = '[tool.commitizen]\nname = "cz_conventional_commits"\nversion_provider = "version_txt"\n'
    repo.write({".cz.toml": f"{head}{own}\n"})
    return Commitizen(repo.root)


def sections(repo: Repo, settings: str = "") -> dict[str, list[str | None]]:
    """Every section of HEAD's history, newest first: its title, and what its lines say."""
    found = all_sections(open_repository(repo.root), rules(repo, settings), repo.head)
    return {each.title: [entry.groups["message"] for entry in each.entries] for each in found}
