"""What nobody may read in a log is masked by its name, by its value and by its shape."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cz_ship.rules.masking import MASK, looks_secret, masked, secrets_in

JWT = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    "name",
    [
        *("GITHUB_TOKEN", "token", "accessToken", "ACTIONS_ID_TOKEN_REQUEST_URL", "PYPI_PASSWORD", "client_secret"),
        *("API_KEY", "apiKey", "deploy-key", "GH_PAT", "AUTH", "Authorization", "SIGNING_KEY", "MY_KEY", "cookie"),
    ],
)
def test_a_name_that_looks_like_a_secret_is_one(name: str) -> None:
    assert looks_secret(name)


@pytest.mark.parametrize("name", ["author", "key", "keys_url", "path", "PATH", "sha", "PYPI_USERNAME", "patch_url"])
def test_an_everyday_name_is_none(name: str) -> None:
    assert not looks_secret(name)


def test_secrets_are_masked_wherever_in_a_document_they_stand() -> None:
    hide = secrets_in(
        {"DEPLOY_KEY": "line one\nline two\n", "MY_TOKEN": "abcd1234", "PIN_SECRET": "7", "HOME": "/root"}
    )
    document = {
        "token": "whatever",
        "nested": [{"text": "before abcd1234 after", "abcd1234": 1}, "7", "17"],
        "more": {"secret": {"a": ["x"]}, "api_key": None, "password": "", "token": False},
        "key text": "- line two -",
        "home": "/root",
        "count": 7,
    }
    assert masked(document, hide) == {
        "token": MASK,
        "nested": [{"text": f"before {MASK} after", MASK: 1}, MASK, "17"],
        "more": {"secret": MASK, "api_key": None, "password": "", "token": False},
        "key text": f"- {MASK} -",
        "home": "/root",
        "count": 7,
    }


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"see {JWT}, please", f"see {MASK}, please"),
        ("x ghs_0123456789abcdef y", f"x {MASK} y"),
        ("github_pat_11AAAAAAA0aaaaaaaaaaaa", MASK),
        ("pypi-AgEIcHlwaS5vcmc", MASK),
        ("https://ann:word@example.org/p", f"https://{MASK}@example.org/p"),
        ("AUTHORIZATION: basic eC1hY2Nlc3M6Z2hz", f"AUTHORIZATION: basic {MASK}"),
        ("glpat-aaaaaaaaaaaaaaaaaaaa xoxb-123456789012-abc", f"{MASK} {MASK}"),
        ("a\n-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n-----END OPENSSH PRIVATE KEY-----\nb", f"a\n{MASK}\nb"),
        ("-----BEGIN PRIVATE KEY-----\ncut", MASK),
        ("https://a.example/x?access_token=abcdef12&page=2", f"https://a.example/x?access_token={MASK}&page=2"),
        ("npm_abcdefghijklmnopqrstuvwxyz sk-ant-abcdefghijklmnop", f"{MASK} {MASK}"),
        ("Authorization: token abcdef0123456789", f"Authorization: token {MASK}"),
        ("the sk-learn of npm_i, by a token of ours", "the sk-learn of npm_i, by a token of ours"),
        ("a token=short is told", "a token=short is told"),
        ("the basic idea of a bearer", "the basic idea of a bearer"),
        ("ann@example.org", "ann@example.org"),
    ],
)
def test_a_token_is_masked_by_its_shape(text: str, shown: str) -> None:
    assert masked(text, ()) == shown


def test_the_longer_of_two_secrets_is_masked_whole() -> None:
    hide = secrets_in({"A_TOKEN": "abcd", "B_TOKEN": "abcdefgh"})
    assert masked("abcdefgh abcd", hide) == f"{MASK} {MASK}"


def test_a_document_without_a_bottom_is_cut_off() -> None:
    deep: object = "abcd1234"
    for _ in range(900):
        deep = [deep]
    assert "abcd1234" not in json.dumps(masked(deep, ()))


@given(
    secret=st.text(alphabet="abcXYZ019-_+/=\"\\'\n ", min_size=4, max_size=20).filter(
        lambda each: each.strip() == each
    ),
    document=st.recursive(
        st.text(max_size=5) | st.none() | st.integers(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=8,
    ),
)
def test_no_document_shows_a_secret(secret: str, document: object) -> None:
    hide = secrets_in({"SOME_TOKEN": secret})
    told: object = [document, f"<{secret}>", {f"{secret}!": document, "also": secret}]
    assert secret not in "\n".join(_texts(masked(told, hide)))


def _texts(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for pair in value.items() for part in pair for text in _texts(part)]
    if isinstance(value, list):
        return [text for each in value for text in _texts(each)]
    return [str(value)]
