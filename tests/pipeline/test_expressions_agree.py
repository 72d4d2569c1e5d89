"""The evaluator that the pipeline is played with agrees with GitHub's own, which npm has."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from tests.support.expression_values import FUNCTIONS, Unknown, as_text
from tests.support.expressions import evaluate

pytestmark = [pytest.mark.registry, pytest.mark.slow]

PACKAGE = "@actions/expressions@0.3.61"
CONTEXTS: Mapping[str, object] = {
    "github": {
        "event": {"number": 7.0, "head": {"repo": None}, "commits": [{"id": "a", "n": 1.0}, {"id": "B"}, 3.0, ["x"]]},
        "Ref_Name": "Main",
        "empty": {},
        "true": "a word",
    },
    "matrix": {"os": ["ubuntu", "macos"], "deep": [[1.0, 2.0], [], {"os": "z"}], "none": []},
    "env": {"A-b": "", "zero": 0.0, "yes": True, "no": False, "json": '{"a": [1, "2", null, 1e3, {}]}'},
}
Oracle = Callable[[str], Mapping[str, str]]


@pytest.fixture(scope="module")
def oracle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Oracle]:
    """GitHub's evaluator, in a process that answers each line with one."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        pytest.skip("npm or node is not here")
    place = tmp_path_factory.mktemp("npm")
    command = [npm, "install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", PACKAGE]
    done = subprocess.run(
        command, cwd=place, capture_output=True, text=True, timeout=120, check=False, env={**os.environ, "CI": "true"}
    )
    if done.returncode:
        pytest.skip(f"npm has no {PACKAGE}: {done.stderr.strip()[-200:]}")
    shutil.copy(Path(__file__).with_name("agreement.mjs"), place)
    with subprocess.Popen(
        [node, "agreement.mjs"], cwd=place, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:

        def ask(expression: str) -> Mapping[str, str]:
            assert child.stdin is not None
            assert child.stdout is not None
            child.stdin.write(json.dumps({"expression": expression, "contexts": CONTEXTS}) + "\n")
            child.stdin.flush()
            told: Mapping[str, str] = json.loads(child.stdout.readline())
            return told

        yield ask
        assert child.stdin is not None
        child.stdin.close()


LITERALS = st.sampled_from(
    [
        *("true", "false", "null", "NaN", "Infinity", "''", "'a'", "'A'", "' 7 '", "'7.0'", "'0x1F'", "'it''s'", "'ß'"),
        *("0", "-0", "7", "-7.5", ".5", "+3", "1e3", "1E-7", "0xff", "0o17", "0b11", "1e21", "123456789012345678"),
        *("1e-10", "0.1", "'1e3'", "'1_0'", "'Infinity'", "'nan'", "'true'", "'Object'", "'\u0131I'", "5e-324", "2."),
        *("'[1, {\"a\": null}]'", "'{0} {{}} {1}'", "'{0'", "'{\"b\": 1.50}'", "'main'", "'NaN'", "'a,b'", "'\t'"),
    ]
)
PATHS = st.sampled_from(
    [
        *("github", "GitHub.ref_name", "github.event.number", "github.event.commits", "github.event.commits.*.id"),
        *("github.event.commits[1].id", "github.event.commits['1'].ID", "github.event.commits[*].n", "github.*"),
        *("github.*.number", "github.event.*.*", "github.missing.deeper", "matrix.os[0]", "matrix.os[9]", "env['A-b']"),
        *("matrix.deep.*[1]", "matrix.deep.*.os", "matrix.deep.*.*", "matrix.none.*", "env.zero", "env.yes", "env.no"),
        *("env.json", "github.true", "matrix.os[-1]", "matrix.os[1.9]", "matrix.os[true]", "matrix.os[null]", "env.*"),
        *("github.empty.*", "matrix['os'][env.zero]", "github.event.number.*", "steps", "needs.build", "a.b", "env["),
    ]
)
SIGNS = st.sampled_from(["==", "!=", "<", "<=", ">", ">=", "&&", "||"])
NAMES = st.sampled_from([*FUNCTIONS, "fromJSON", "toJSON", "startsWith", "endsWith", "Contains", "hashFiles", "other"])


def grown(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Expressions of smaller ones."""
    return st.one_of(
        st.tuples(parts, SIGNS, parts).map(" ".join),
        st.builds("!{}".format, parts),
        st.builds("({})".format, parts),
        st.builds("({})[{}]".format, parts, parts),
        st.builds("fromJSON(toJSON({}))".format, parts),
        st.builds("toJSON({})".format, parts),
        st.builds(lambda name, inner: f"{name}({', '.join(inner)})", NAMES, st.lists(parts, max_size=4)),
        st.builds("fromJSON({}){}".format, parts, st.sampled_from([".a", ".*", "[0]", "['a'][1]", ".a.*"])),
    )


EXPRESSIONS = st.recursive(st.one_of(LITERALS, PATHS), grown, max_leaves=7)
# Whatever is typed: most of it is no expression, and both have to say so.
TYPED = st.lists(
    st.sampled_from([*"()[].,!<>=&|*'-+ 0x1eaN", "==", "&&", "true", "env", "github", "null", "\t", "''", "_", "é"]),
    max_size=9,
).map("".join)


def ours(expression: str) -> Mapping[str, str]:
    try:
        value = evaluate(expression, CONTEXTS)
        text = FUNCTIONS["tojson"][0](value)
    except Unknown as error:
        return {"error": str(error)}
    kinds = {bool: "Boolean", float: "Number", str: "String", type(None): "Null"}
    kind = kinds.get(type(value), "Array" if isinstance(value, list) else "Dictionary")
    return {"value": str(text), "text": as_text(value), "kind": kind}


def agree(oracle: Oracle, expression: str) -> None:
    # GitHub's package takes the first of several '' in a text alone for a quote; its runner, as documented, each.
    assume(all(text[1:-1].count("''") < 2 for text in re.findall("'(?:[^']|'')*'", expression)))
    theirs, told = oracle(expression), ours(expression)
    assert ("error" in theirs) == ("error" in told), (expression, theirs, told)
    assert "error" in theirs or theirs == told, (expression, theirs, told)


@settings(max_examples=1500)
@given(expression=EXPRESSIONS)
@example(expression="github.event.pull_request.number || github.run_id")
@example(expression="github == GITHUB")
@example(expression="fromJSON('[]') == fromJSON('[]')")
@example(expression="format('{0}{1}{{0}}', 1e21, null)")
@example(expression="join(github.event.commits.*.id, '')")
@example(expression="'\u0131' == 'I'")
@example(expression="format('{0} {1}', 0.000001, 0.0000001)")
@example(expression="true && fromJSON('') || 1")
@example(expression="false && fromJSON('') || 1")
def test_an_expression_has_the_same_value(oracle: Oracle, expression: str) -> None:
    agree(oracle, expression)


@settings(max_examples=1500)
@given(expression=TYPED)
def test_what_is_typed_is_understood_by_both_or_by_none(oracle: Oracle, expression: str) -> None:
    assume(expression.strip(" \t"))  # nothing at all is an expression without a value there, and an error here
    agree(oracle, expression)
