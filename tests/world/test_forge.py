"""The door to GitHub, against a forge on loopback; every request and answer is read with GitHub's own models."""

import hashlib
import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from cz_ship.errors import Exit, Failure, Unmendable
from cz_ship.model import Artifact, ForgeRelease
from cz_ship.settings import Settings
from cz_ship.world.forge import NOTES_LIMIT, GitHub, place
from cz_ship.world.forge_api import HEADERS, Place
from cz_ship.world.forge_pages import limited, page
from cz_ship.world.http import Answer, Backoff, Http
from cz_ship.world.patience import LivePatience
from cz_ship.world.rehearsal.forge import ForgeSite, PlayedForge, serve_forge
from tests.support.faulty_index import json_page, serve, status
from tests.support.github_models import Witness

WRITER, READER = "ghs_a-writing-token", "ghs_a-reading-token"
COMMIT = "1" * 40
QUICK = Backoff(attempts=3, first=0, longest=0)


class FakeTags:
    """The tags and branches of a repository."""

    def __init__(self) -> None:
        self.refs = {"v1.0.0": COMMIT, "v1.1.0": COMMIT, "main": COMMIT, COMMIT: COMMIT}

    def commit(self, name: str) -> str | None:
        return self.refs.get(name)

    def make(self, name: str, commit: str) -> None:
        self.refs[name] = commit


def quick() -> LivePatience:
    """Patience that pauses for no time."""
    return LivePatience(list[str]().append, QUICK, limit_seconds=10, try_seconds=1)


class Stage:
    """A forge, and a door to it."""

    def __init__(self, site: ForgeSite, tags: FakeTags) -> None:
        self.site, self.forge, self.tags = site, site.forge, tags
        self.witness = Witness(site.forge)
        site.listener.interpose(self.witness.answer)

    def door(self, token: str = WRITER, name: str = "GITHUB_TOKEN") -> GitHub:
        http = Http(Backoff(attempts=2, first=0, longest=0), headers=HEADERS)
        return GitHub(Place(self.site.api_url, "ann/demo"), {name: token}, http, quick())

    def draft(self, tag: str = "v1.1.0", notes: str = "- sing") -> ForgeRelease:
        """A draft of a tag, as the door sees it."""
        self.door().draft(tag, COMMIT, notes, prerelease=False)
        return max(self.door().releases(tag), key=lambda each: each.number)

    def published(self, tag: str = "v1.1.0") -> ForgeRelease:
        """A published release of a tag."""
        self.door().publish(self.draft(tag), "- sing", prerelease=False, latest=True)
        return self.door().releases(tag)[0]


@pytest.fixture
def stage() -> Iterator[Stage]:
    tags = FakeTags()
    with serve_forge(PlayedForge("ann/demo", tags, {WRITER: True, READER: False})) as site:
        stage = Stage(site, tags)
        yield stage
        assert stage.witness.complaints == []


def file(folder: Path, name: str = "demo-1.1.0.tar.gz", content: bytes = b"an sdist") -> Artifact:
    """A file in a folder."""
    path = folder / name
    path.write_bytes(content)
    return Artifact(name, hashlib.sha256(content).hexdigest(), len(content), str(path))


def test_a_release_is_drafted_filled_and_published(stage: Stage, tmp_path: Path) -> None:
    draft = stage.draft()
    assert (draft.published, draft.notes, draft.assets, draft.tag) == (False, "- sing", (), "v1.1.0")
    artifact = file(tmp_path)
    stage.door().upload(draft, artifact)
    stage.door().publish(draft, "- sing louder", prerelease=False, latest=True)
    (found,) = stage.door().releases("v1.1.0")
    assert (found.number, found.published, found.latest, found.notes) == (draft.number, True, True, "- sing louder")
    assert [each[:3] for each in found.assets] == [artifact[:3]]


def test_a_file_comes_back_as_it_was_sent(stage: Stage, tmp_path: Path) -> None:
    door, draft = stage.door(), stage.draft()
    door.upload(draft, file(tmp_path))
    (asset,) = door.releases("v1.1.0")[0].assets
    (tmp_path / "back").mkdir()
    assert door.download(asset, tmp_path / "back")[:3] == asset[:3]
    with pytest.raises(Failure, match=f"{'0' * 64} was wanted"):
        door.download(asset._replace(sha256="0" * 64), tmp_path / "back")
    with pytest.raises(Failure, match="a plain file name was wanted"):
        door.download(asset._replace(name="../escape"), tmp_path / "back")


def test_a_file_of_a_version_with_an_epoch_keeps_its_name(stage: Stage, tmp_path: Path) -> None:
    draft, artifact = stage.draft(), file(tmp_path, "demo-1!1.1.0.tar.gz")
    stage.door().upload(draft, artifact)
    (found,) = stage.door().releases("v1.1.0")
    (asset,) = found.assets
    assert (asset.name, asset.sha256) == (artifact.name, artifact.sha256)
    (held,) = next(iter(stage.forge.state.releases.values())).assets
    assert (held.name, held.label) == ("demo-1.1.1.0.tar.gz", artifact.name), "as GitHub has it"
    with pytest.raises(Failure, match="already_exists"):
        stage.door().upload(draft, artifact)


def test_a_label_that_is_no_name_of_its_file_is_not_taken_for_one() -> None:
    told = {"name": "demo-1.0.tar.gz", "label": "Sources", "size": 1, "url": "", "state": "uploaded"}
    release = {"id": 1, "tag_name": "v1", "draft": False, "prerelease": False, "html_url": "", "upload_url": ""}
    answer = Answer(200, {}, json.dumps([{**release, "assets": [told]}]).encode())
    assert page(answer).releases[0].assets[0].name == "demo-1.0.tar.gz"


def test_a_release_among_hundreds_is_found(stage: Stage) -> None:
    for number in range(250):
        stage.forge.shelve(f"v0.{number}.0", ())
    stage.witness.seen.clear()
    (found,) = stage.door().releases("v0.3.0")
    assert (found.published, found.latest) == (True, False)
    assert stage.witness.seen == [("GET", "/releases", 200)] * 3 + [("GET", "/releases/latest", 200)]


def test_drafts_are_seen_only_by_who_may_write(stage: Stage) -> None:
    stage.draft()
    assert [len(stage.door(token).releases("v1.1.0")) for token in (WRITER, READER, "")] == [1, 0, 0]


def test_a_discarded_draft_is_gone_and_may_be_gone_already(stage: Stage) -> None:
    draft = stage.draft()
    stage.door().discard(draft)
    stage.door().discard(draft)
    assert stage.door().releases("v1.1.0") == ()


def test_the_leftover_of_an_upload_gives_way(stage: Stage, tmp_path: Path) -> None:
    draft = stage.draft()
    stage.forge.breaking = 1
    with pytest.raises(Failure, match="502") as caught:
        stage.door().upload(draft, file(tmp_path))
    assert caught.value.pause == 0
    # A leftover's state is in GitHub's pages and not in its description: the models know `uploaded` and `open`.
    stage.site.listener.interpose(None)
    (left,) = stage.door().releases("v1.1.0")
    assert [asset.whole for asset in left.assets] == [False]
    stage.door().upload(left, file(tmp_path))
    assert [asset.whole for asset in stage.door().releases("v1.1.0")[0].assets] == [True]


def test_a_maintenance_release_does_not_become_the_latest(stage: Stage) -> None:
    stage.published("v1.1.0")
    stage.door().publish(stage.draft("v1.0.0"), "", prerelease=False, latest=False)
    assert [stage.door().releases(tag)[0].latest for tag in ("v1.0.0", "v1.1.0")] == [False, True]


def test_a_pre_release_is_marked_as_one(stage: Stage) -> None:
    stage.door().draft("v1.1.0", COMMIT, "", prerelease=True)
    (draft,) = stage.door().releases("v1.1.0")
    stage.door().publish(draft, "", prerelease=True, latest=False)
    (found,) = stage.door().releases("v1.1.0")
    assert (found.prerelease, found.latest) == (True, False)


def test_a_pre_release_and_a_draft_are_never_the_latest(stage: Stage) -> None:
    draft = stage.draft("v1.1.0")
    with pytest.raises(Failure, match="Latest release cannot be draft or prerelease"):
        stage.door().publish(draft, "", prerelease=True, latest=True)
    assert not stage.door().releases("v1.1.0")[0].published
    url = f"{stage.site.api_url}/repos/ann/demo/releases/{draft.number}"
    answer = Http(headers=HEADERS).post_json(url, {"draft": True, "make_latest": "true"}, method="PATCH", bearer=WRITER)
    assert answer.status == 422


def test_a_tag_that_is_gone_is_made_anew_at_the_releases_commit_and_nowhere_else(stage: Stage) -> None:
    draft = stage.draft()
    del stage.tags.refs["v1.1.0"]
    stage.tags.refs["main"] = "2" * 40
    stage.door().publish(draft, "", prerelease=False, latest=True)
    assert stage.tags.refs["v1.1.0"] == COMMIT


def test_notes_that_are_too_long_are_cut_at_a_line(stage: Stage) -> None:
    draft = stage.draft(notes="- la\n" * NOTES_LIMIT)
    assert NOTES_LIMIT - 10 < len(draft.notes) <= NOTES_LIMIT
    assert draft.notes.endswith("- la\n…")


@pytest.mark.parametrize("name", ["GITHUB_TOKEN", "GH_TOKEN"])
def test_a_token_is_taken_from_the_environment(name: str, stage: Stage) -> None:
    assert stage.door(WRITER, name).credentials_missing() == ""
    stage.door(WRITER, name).draft("v1.1.0", COMMIT, "", prerelease=False)


def test_without_a_token_it_is_said_what_was_looked_for_and_the_way_out(stage: Stage) -> None:
    said = stage.door("").credentials_missing()
    assert "no token in GH_TOKEN or GITHUB_TOKEN" in said
    assert 'kind = "none"' in said


def published_twice(stage: Stage, folder: Path) -> None:
    other = stage.draft()
    stage.published()
    stage.door().publish(other, "", prerelease=False, latest=True)


def uploaded_twice(stage: Stage, folder: Path) -> None:
    draft = stage.draft()
    stage.door().upload(draft, file(folder))
    stage.door().upload(draft, file(folder, content=b"other"))


def read_only(stage: Stage, folder: Path) -> None:
    stage.door(READER).draft("v1.1.0", COMMIT, "", prerelease=False)


def wrong_token(stage: Stage, folder: Path) -> None:
    stage.door("ghs_expired").draft("v1.1.0", COMMIT, "", prerelease=False)


def no_such_draft(stage: Stage, folder: Path) -> None:
    draft = stage.draft()
    stage.door().discard(draft)
    stage.door().publish(draft, "", prerelease=False, latest=True)


def into_immutable(stage: Stage, folder: Path) -> None:
    stage.forge.immutable = True
    stage.door().upload(stage.published(), file(folder))


def spent_tag(stage: Stage, folder: Path) -> None:
    stage.forge.immutable = True
    stage.door().discard(stage.published())
    stage.published()


@pytest.mark.parametrize(
    ("refused", "words", "hint"),
    [
        (published_twice, "422 Validation Failed: tag_name already_exists", "drafts and releases of"),
        (uploaded_twice, "422 Validation Failed: name already_exists", "drafts and releases of"),
        (read_only, "403 Resource not accessible by integration", "permissions: contents: write"),
        (wrong_token, "401 Bad credentials", "GH_TOKEN or GITHUB_TOKEN"),
        (no_such_draft, "404 Not Found", "GH_TOKEN or GITHUB_TOKEN"),
        (into_immutable, "422 Cannot upload assets to an immutable release.", "no re-run can mend that"),
        (spent_tag, "tag_name was used by an immutable release", "no re-run can mend that"),
    ],
)
def test_a_refusal_is_told_in_githubs_words_with_what_to_do(
    refused: Callable[[Stage, Path], None], words: str, hint: str, stage: Stage, tmp_path: Path
) -> None:
    with pytest.raises(Failure) as caught:
        refused(stage, tmp_path)
    assert words in caught.value.text
    assert hint in caught.value.hint
    assert (caught.value.code, caught.value.pause) == (Exit.PERSON, None)
    assert isinstance(caught.value, Unmendable) is ("no re-run" in hint)
    assert not any(token in f"{caught.value.text}{caught.value.hint}" for token in (WRITER, READER, "ghs_"))


def test_a_repository_that_is_not_there_is_a_doubt_and_no_empty_list(stage: Stage) -> None:
    http = Http(headers=HEADERS)
    door = GitHub(Place(stage.site.api_url, "ann/other"), {}, http, quick())
    with pytest.raises(Failure, match="is in doubt: 404 Not Found") as caught:
        door.releases("v1.1.0")
    assert "is ann/other the right repository? a private one needs a token" in caught.value.hint


def test_a_rate_limit_is_waited_for(stage: Stage) -> None:
    stage.forge.limits = [(("Retry-After", "0"),)] * 2
    assert stage.door().releases("v1.1.0") == ()
    assert [code for _, _, code in stage.witness.seen] == [403, 403, 200]


def test_a_rate_limit_that_lasts_is_told_with_the_limits_of_the_waiting(stage: Stage) -> None:
    stage.forge.limits = [(("Retry-After", "0"),)] * 9
    with pytest.raises(Failure, match=r"answers no more for 0 seconds: 403 .*\(tried 3 times; a run waits 10 "):
        stage.door().releases("v1.1.0")


def test_a_rate_limit_that_no_run_waits_for_ends_it_at_once_and_the_time_of_day_is_told(stage: Stage) -> None:
    stage.forge.limits = [(("Retry-After", "3000"),)]
    with pytest.raises(Failure, match="a pause of 3000 seconds is asked for, a run waits 10 seconds in all") as caught:
        stage.door().releases("v1.1.0")
    assert re.fullmatch(r"run the same command again after \d\d:\d\d:\d\d UTC", caught.value.hint)
    assert [code for _, _, code in stage.witness.seen] == [403]


def test_a_rate_limit_on_a_change_is_left_to_whoever_looks_first(stage: Stage) -> None:
    stage.forge.limits = [(("Retry-After", "7"),)]
    with pytest.raises(Failure) as caught:
        stage.door().draft("v1.1.0", COMMIT, "", prerelease=False)
    assert caught.value.pause == 7
    assert stage.forge.state.releases == {}


@pytest.mark.parametrize(
    ("code", "headers", "body", "pause"),
    [
        (403, {"retry-after": "30"}, b"", 30),
        (429, {"retry-after": "5", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "999"}, b"", 5),
        (403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "160"}, b"", 60),
        (403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "10"}, b"", 1),
        (403, {}, b"You have exceeded a secondary rate limit", 60),
        (429, {}, b"", 60),
        (403, {"x-ratelimit-remaining": "12", "x-ratelimit-reset": "160"}, b"not accessible", None),
        (422, {"retry-after": "30"}, b"", None),
    ],
)
def test_how_long_a_limit_lasts(code: int, headers: Mapping[str, str], body: bytes, pause: float | None) -> None:
    assert limited(Answer(code, headers, body), now=100) == pause


def test_a_server_error_is_tried_again_on_a_look_and_told_on_a_change() -> None:
    with serve() as faulty:
        faulty.on("/repos/ann/demo/releases", status(502))
        http = Http(Backoff(attempts=2, first=0, longest=0), headers=HEADERS)
        door = GitHub(Place(faulty.url, "ann/demo"), {"GH_TOKEN": WRITER}, http, quick())
        for deed in (lambda: door.releases("v1.1.0"), lambda: door.draft("v1.1.0", COMMIT, "", prerelease=False)):
            with pytest.raises(Failure, match=r"is in doubt: .*502") as caught:
                deed()
            assert caught.value.pause == 0
            assert WRITER not in caught.value.text
        assert [request.method for request in faulty.requests] == ["GET", "GET", "POST"]
        assert faulty.requests[0].headers["authorization"] == f"Bearer {WRITER}"


def test_what_is_no_list_of_releases_is_a_doubt() -> None:
    with serve() as faulty:
        faulty.on("/repos/ann/demo/releases", json_page([{"id": 1}]))
        door = GitHub(Place(faulty.url, "ann/demo"), {}, Http(headers=HEADERS), quick())
        with pytest.raises(Failure, match="something that is no list of releases"):
            door.releases("v1.1.0")


ACTIONS = {"GITHUB_SERVER_URL": "https://ghe.example", "GITHUB_API_URL": "https://ghe.example/api/v3"}


@pytest.mark.parametrize(
    ("remote", "settings", "environ", "api", "repository"),
    [
        ("https://github.com/ann/demo.git", Settings(), {}, "https://api.github.com", "ann/demo"),
        ("https://x-access-token:s3cret@github.com/ann/demo", Settings(), {}, "https://api.github.com", "ann/demo"),
        ("git@github.com:ann/demo.git", Settings(), {}, "https://api.github.com", "ann/demo"),
        ("ssh://git@ssh.github.com:443/ann/demo.git", Settings(), {}, "https://api.github.com", "ann/demo"),
        ("https://GitHub.com/ann/my.demo/", Settings(forge="github"), {}, "https://api.github.com", "ann/my.demo"),
        ("git@ghe.example:ann/demo.git", Settings(), ACTIONS, "https://ghe.example/api/v3", "ann/demo"),
        (
            "git@ghe.example:ann/demo.git",
            Settings(forge_api_url="https://ghe.example/api/v3/"),
            {},
            "https://ghe.example/api/v3",
            "ann/demo",
        ),
        (
            "https://acme.ghe.com/ann/demo",
            Settings(forge_api_url="https://api.acme.ghe.com"),
            {},
            "https://api.acme.ghe.com",
            "ann/demo",
        ),
        (
            "/srv/mirror.git",
            Settings(forge="github"),
            {"GITHUB_REPOSITORY": "ann/demo"},
            "https://api.github.com",
            "ann/demo",
        ),
    ],
)
def test_the_forge_is_found_by_the_remotes_address(
    remote: str, settings: Settings, environ: Mapping[str, str], api: str, repository: str
) -> None:
    assert place(settings, remote, environ) == Place(api, repository)


@pytest.mark.parametrize(
    ("remote", "settings"),
    [
        ("https://gitlab.com/ann/demo.git", Settings()),
        ("git@ghe.example:ann/demo.git", Settings()),
        ("/srv/mirror.git", Settings()),
        ("", Settings()),
        ("https://github.com/ann/demo.git", Settings(forge="none")),
        ("https://notgithub.com/ann/demo.git", Settings()),
    ],
)
def test_without_an_address_on_github_or_with_kind_none_there_is_no_forge(remote: str, settings: Settings) -> None:
    assert place(settings, remote, {"GITHUB_REPOSITORY": "ann/demo"}) is None


def test_a_forge_that_is_wanted_and_not_the_remotes_is_refused_with_the_ways_out() -> None:
    with pytest.raises(Failure, match=r"the remote https://\*\*\*@gitlab.com/ann/demo is not on github.com") as caught:
        place(Settings(forge="github"), "https://ann:s3cret@gitlab.com/ann/demo", {})
    assert 'kind = "none" announces nowhere' in caught.value.hint


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_client_by_other_people_goes_the_same_way(stage: Stage) -> None:
    from githubkit import GitHub as Client

    client = Client(WRITER, base_url=stage.site.api_url)
    releases = client.rest.repos
    made = releases.create_release("ann", "demo", tag_name="v1.1.0", draft=True, body="- sing").parsed_data
    url = made.upload_url.partition("{")[0]
    client.request("POST", url, params={"name": "a.whl"}, content=b"x", headers={"Content-Type": "application/zip"})
    releases.update_release("ann", "demo", made.id, draft=False, make_latest="true")
    latest = releases.get_latest_release("ann", "demo").parsed_data
    assert (latest.id, latest.draft, [asset.name for asset in latest.assets]) == (made.id, False, ["a.whl"])
    assert latest.assets[0].digest == f"sha256:{hashlib.sha256(b'x').hexdigest()}"
    assert abs(latest.created_at.timestamp() - time.time()) < 3600
    stage.site.listener.interpose(stage.forge.answer)
    stage.witness.complaints.clear()  # it sends files by types of their own
