"""`[tool.cz-ship.commit]` and what an index takes: read, and what is wrong in them told all at once."""

import pytest

from cz_ship.errors import Failure
from cz_ship.settings import CommitSettings, parse


@pytest.mark.parametrize(
    ("table", "commit"),
    [
        ({}, CommitSettings()),
        ({"types": ["feat", "fix", "feat"]}, CommitSettings(("feat", "fix"))),
        ({"scopes": ["api", "docs/user", "v1.2"]}, CommitSettings((), ("api", "docs/user", "v1.2"))),
        ({"scopes": "packages"}, CommitSettings((), (), True)),
        ({"scopes": ["packages"]}, CommitSettings((), ("packages",))),
    ],
)
def test_types_and_scopes_are_read(table: dict[str, object], commit: CommitSettings) -> None:
    assert parse({".cz.toml": {"commit": table}}).commit == commit


def test_all_that_is_wrong_in_them_is_told_at_once() -> None:
    table = {"types": "feat", "scopes": ["a b", 7, "(api)", ""], "type": []}
    with pytest.raises(Failure) as caught:
        parse({".cz.toml": {"commit": table}})
    assert caught.value.code == 2
    for told in (
        "6 faults in the settings",
        "commit.type: unknown key, known here are types, scopes",
        "commit.types: 'feat' is a text, a list of words was wanted",
        "commit.scopes: 'a b' is no word",
        "commit.scopes: 7 is no word",
        "commit.scopes: '(api)' is no word",
        "commit.scopes: '' is no word",
    ):
        assert told in caught.value.text


@pytest.mark.parametrize("scopes", [True, "package", {"api": 1}])
def test_other_scopes_than_a_list_or_packages_are_told(scopes: object) -> None:
    with pytest.raises(Failure, match=r'commit\.scopes: .* a list of words, or "packages", was wanted'):
        parse({".cz.toml": {"commit": {"scopes": scopes}}})


@pytest.mark.parametrize("said", [True, False, None])
def test_that_an_index_takes_attestations_is_said_of_each(said: bool | None) -> None:
    table = {} if said is None else {"attestations": said}
    settings = parse({".cz.toml": {"indexes": {"prod": table}}})
    assert (settings.test.attestations, settings.prod.attestations) == (None, said)


def test_attestations_are_a_flag() -> None:
    with pytest.raises(Failure, match=r"indexes\.test\.attestations: 'no' is a text, true or false was wanted"):
        parse({".cz.toml": {"indexes": {"test": {"attestations": "no"}}}})


@pytest.mark.parametrize(
    ("address", "fault"),
    [
        ("https://ghe.example/api/v3", ""),
        ("http://127.0.0.1:8000/api/v3", ""),
        ("http://localhost", ""),
        ("http://[::1]/api", ""),
        ("http://ghe.example/api/v3", "an https address was wanted"),
        ("HTTP://ghe.example", "an https address was wanted"),
        ("http://localhost.example", "an https address was wanted"),
        ("http://127.0.0.1:80@ghe.example", "an https address was wanted"),
    ],
)
def test_no_token_is_shown_to_all_on_its_way(address: str, fault: str) -> None:
    tables = {".cz.toml": {"forge": {"api_url": address}}}
    if not fault:
        assert parse(tables).forge_api_url == address
        return
    with pytest.raises(Failure, match=fault):
        parse(tables)
