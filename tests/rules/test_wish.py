"""version.txt, read strictly."""

import pytest
from packaging.version import Version

from cz_ship.errors import Failure
from cz_ship.rules.wish import parse_wish


@pytest.mark.parametrize("content", [b"1.4.0", b"1.4.0\n", b"  1.4.0\r\n", b"\xef\xbb\xbf1.4.0\n"])
def test_the_whole_file_is_one_version(content: bytes) -> None:
    assert parse_wish(content) == Version("1.4.0")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "there is no version.txt"),
        (b"", "version.txt is empty"),
        (b" \n\n", "version.txt is empty"),
        (b"1.0\n2.0\n", "has 2 lines"),
        (b"\xff\xfe1", "not UTF-8"),
        (b"one point two", "not a PEP 440 version"),
        (b"v1.0-final-2", "not a PEP 440 version"),
    ],
)
def test_anything_else_is_refused_with_what_stands_there(content: bytes | None, said: str) -> None:
    with pytest.raises(Failure, match=said) as caught:
        parse_wish(content)
    assert caught.value.code == 1
