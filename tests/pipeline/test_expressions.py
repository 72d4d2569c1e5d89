"""The evaluator that the pipeline is played with says what GitHub says of the expressions that it knows."""

import pytest

from tests.support.expressions import Unknown, evaluate, value_of

CONTEXTS = {
    "github": {"ref_name": "main", "event": {"number": 7, "head": {"repo": None}}, "run_id": "17"},
    "needs": {"build": {"outputs": {"version": "", "matrix": '{"python": ["3.10"]}'}}},
}


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("github.ref_name == 'MAIN'", True),
        ("github.ref_name != 'main'", False),
        ("needs.build.outputs.version != ''", False),
        ("needs.tag.outputs.version != ''", False),
        ("needs.tag.outputs.version == null", True),
        ("github.event.number || github.run_id", 7),
        ("github.event.pull_request.number || github.run_id", "17"),
        ("github.event.head.repo.full_name == 'ann/project'", False),
        ("'' == 0", True),
        ("'a' == 0", False),
        ("true == 1", True),
        ("'a' && 'b' || 'c'", "b"),
        ("'' && 'b' || 'c'", "c"),
        ("'x' || 'y' && ''", "x"),
        ("('x' || 'y') && ''", ""),
        ("1 == 1 && 2 == 2", True),
        ("'it''s'", "it's"),
        ("'a''b''c'", "a'b'c"),
        ("!true", False),
        ("github.*.number", [7]),
        ("fromJSON(needs.build.outputs.matrix).python", ["3.10"]),
    ],
)
def test_an_expression_has_the_value_that_github_gives_it(expression: str, value: object) -> None:
    assert evaluate(expression, CONTEXTS) == value


@pytest.mark.parametrize(
    "expression",
    [
        *("always()", "secrets.X", "a b", "'x", "1 <", "(1", "1 == ", "'a'.b", "1.2.3", "-", "fromJSON('')", ""),
        *("contains(1)", "case(1, 2, 3)", "case(true, 1)"),
    ],
)
def test_what_is_not_known_is_an_error(expression: str) -> None:
    with pytest.raises(Unknown):
        evaluate(expression, CONTEXTS)


def test_a_text_with_expressions_is_filled_and_a_whole_expression_keeps_its_kind() -> None:
    assert value_of("a-${{ github.run_id }}-${{ github.nothing }}", CONTEXTS) == "a-17-"
    assert value_of("${{ github.event.number }}", CONTEXTS) == 7
    assert value_of(False, CONTEXTS) is False
