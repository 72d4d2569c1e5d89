"""Candidate versions: there and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version

from cz_ship.errors import Failure
from cz_ship.rules.candidate import candidate_version, decode


def test_the_example_of_the_contract() -> None:
    assert str(candidate_version(Version("1.4.0"), 3, "1a0f2b4" + "0" * 33)) == "1.4.0rc3027325108"


@given(st.integers(0, 10**6), st.integers(0, 16**40 - 1))
def test_a_candidate_reads_back_to_its_distance_and_hash(distance: int, number: int) -> None:
    sha = f"{number:040x}"
    found = decode(str(candidate_version(Version("2.0.1"), distance, sha)))
    assert (found.base, found.distance, found.short_hash) == (Version("2.0.1"), distance, sha[:7])


@given(st.integers(0, 10**6), st.integers(0, 16**7 - 1), st.integers(0, 16**7 - 1))
def test_candidates_rise_along_a_branch(distance: int, before: int, after: int) -> None:
    base = Version("1.0.0")
    assert candidate_version(base, distance, f"{before:07x}") < candidate_version(base, distance + 1, f"{after:07x}")
    assert candidate_version(base, distance, f"{before:07x}") < base


def test_a_distance_beyond_64_bits_is_refused() -> None:
    with pytest.raises(Failure, match="2\\*\\*64"):
        candidate_version(Version("1.0.0"), 2**64 // 10**9 + 1, "fffffff")


@pytest.mark.parametrize(
    "text",
    ["1.4.0", "1.4.0a3027325108", "1.4.0rc3027325108.dev1", "1.4.0rc3027325108+x", "1.4.0rc3999999999", "words", ""],
)
def test_what_is_no_candidate_is_refused_as_such(text: str) -> None:
    with pytest.raises(Failure, match="wanted") as caught:
        decode(text)
    assert caught.value.code == 2


def test_hash_digits_keep_their_leading_zeros() -> None:
    assert decode(str(candidate_version(Version("1.0.0"), 0, "00000ab" + "c" * 33))).short_hash == "00000ab"
