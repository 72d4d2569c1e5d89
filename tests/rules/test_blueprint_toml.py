"""TOML changed as text: what was not meant stays byte for byte."""

import sys

import pytest

from cz_ship.errors import Failure
from cz_ship.rules.blueprint_toml import literal, with_item, with_key, with_key_instead, without, without_item

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

LISTS = [
    ("a = []\n", 'a = ["z"]\n'),
    ("a = [\n]\n", 'a = [\n    "z",\n]\n'),
    ('a = ["x"]  # ]"why"]\n', 'a = ["x", "z"]  # ]"why"]\n'),
    ('a = [ "x" ]\n', 'a = [ "x", "z" ]\n'),
    ('a = ["x",]\n', 'a = ["x", "z"]\n'),
    ('a = [\n  "x",  # c\n  "y"  # d\n]\nb = 1\n', 'a = [\n  "x",  # c\n  "y",  # d\n  "z",\n]\nb = 1\n'),
    ('a = [\n  "x",\n  # "y",\n]\n', 'a = [\n  "x",\n  # "y",\n  "z",\n]\n'),
    ('a = ["x",\n     "y"]\n', 'a = ["x",\n     "y", "z"]\n'),
    ("a = ['''x\n]''', \"y\"]\n", "a = ['''x\n]''', \"y\", \"z\"]\n"),
    ("", 'a = ["z"]\n'),
    ("b = 1", 'b = 1\na = ["z"]\n'),
]


@pytest.mark.parametrize(("before", "after"), LISTS)
def test_an_item_comes_at_the_end_of_a_list(before: str, after: str) -> None:
    made = with_item(f"[t]\n{before}", ["t"], "a", "z")
    assert made == f"[t]\n{after}"
    assert with_item(made, ["t"], "a", "z") == made


@pytest.mark.parametrize("before", ["a = 'x'\n", "a = {b = 1}\n"])
def test_what_is_no_list_is_left_and_told(before: str) -> None:
    with pytest.raises(Failure, match=r"\[t\] is written in a way") as told:
        with_item(f"[t]\n{before}", ["t"], "a", "z")
    assert told.value.hint == 'put this there by hand: a = ["z"]'


KEYS = [
    ("", '[t.u]\nk = "v"\n'),
    ("a = 1\n\n[b]\nc = 2\n", 'a = 1\n\n[b]\nc = 2\n\n[t.u]\nk = "v"\n'),
    ("[t.u]\n", '[t.u]\nk = "v"\n'),
    ("[t.u]\na = 1\n\n# of b\n[b]\n", '[t.u]\na = 1\nk = "v"\n\n# of b\n[b]\n'),
    ("[t.u]\n  a = 1\n", '[t.u]\n  a = 1\n  k = "v"\n'),
    ("[t.u]\nk = 'o'  # why\n", '[t.u]\nk = "v"  # why\n'),
    ("[t.u]\nk = '''o\n# no comment'''  # why\n", '[t.u]\nk = "v"  # why\n'),
    ("[t.u]\nk = {a = 1, b = '#'}\n", '[t.u]\nk = "v"\n'),
    ("[t.u]\nk.a = 1\nk.b = 2\nl = 3\n", '[t.u]\nl = 3\nk = "v"\n'),
    ("[t.u.k]\na = 1\n\n[x]\n", '[x]\n\n[t.u]\nk = "v"\n'),
    ("[t.x]\na = 1\n[b]\n", '[t.x]\na = 1\n\n[t.u]\nk = "v"\n\n[b]\n'),
    ("[t]\nu.a = 1\nu.b.c = 2\nx = 3\n", '[t]\nu.a = 1\nu.b.c = 2\nu.k = "v"\nx = 3\n'),
    ("[t]\nu.k = 1\n", '[t]\nu.k = "v"\n'),
    ('["t"."u"]\na = "[t.u]"\n', '["t"."u"]\na = "[t.u]"\nk = "v"\n'),
    ("[[t.l]]\na = 1\n", '[[t.l]]\na = 1\n\n[t.u]\nk = "v"\n'),
]


@pytest.mark.parametrize(("before", "after"), KEYS)
def test_a_key_comes_into_its_table(before: str, after: str) -> None:
    assert with_key(before, ["t", "u"], "k", "v") == after


@pytest.mark.parametrize("before", ["[t]\nu = {a = 1}\n", "t = {}\n", "[[t.u]]\na = 1\n"])
def test_a_table_that_is_written_otherwise_is_left_and_told(before: str) -> None:
    with pytest.raises(Failure, match=r"\[t\.u\] is written"):
        with_key(before, ["t", "u"], "k", "v")


def test_a_key_takes_the_place_of_another_with_its_comment() -> None:
    before = '[p]\nname = "x"\nversion = "1.2.3"  # by hand\n\n[q]\nversion = "9"\n'
    after = before.replace('version = "1.2.3"', 'dynamic = ["version"]')
    assert with_key_instead(before, ["p"], "version", "dynamic", ["version"]) == after
    with pytest.raises(Failure):
        with_key_instead("[p]\n", ["p"], "version", "dynamic", ["version"])


def test_a_table_goes_with_all_below_it_and_nothing_else() -> None:
    before = "[a]\nb = 1\n\n[t.u]\nc = '''\n[t.v]\n'''\n\n[t.u.w]\nd = 2\n\n[t.ux]\ne = 3\n"
    assert without(before, ["t", "u"]) == "[a]\nb = 1\n\n[t.ux]\ne = 3\n"
    assert without(before, ["a", "b"]) == before.replace("b = 1\n", "")
    assert without(before, ["no"]) == before


def test_an_item_goes_as_it_is_written() -> None:
    before = "[b]\nrequires = [\n    'x[toml]>=8',  # scm\n    'y',\n]\n"
    assert tomllib.loads(without_item(before, ["b"], "requires", "x[toml]>=8"))["b"]["requires"] == ["y"]
    assert without_item("[b]\nr = ['x', 'y']\n", ["b"], "r", "y") == "[b]\nr = ['x']\n"
    with pytest.raises(Failure):
        without_item("[b]\nr = ['\\u0078']\n", ["b"], "q", "x")


@pytest.mark.parametrize("value", ["a", 'say "x"', r"\d+", "it's \\", "ü", ["a", "b"], {"file": "x y"}, True, "a\nb"])
def test_a_literal_reads_back(value: object) -> None:
    assert tomllib.loads(f"a = {literal(value)}")["a"] == value
