"""What a run block calls, by whatever it is started."""

import pytest

from cz_ship.rules.run_block import calls

SHIP = ["cz-ship", "release", "--stage", "tag"]


@pytest.mark.parametrize(
    "line",
    [
        "cz-ship release --stage tag",
        ".venv/bin/cz-ship release --stage tag",
        "uvx cz-ship release --stage tag",
        "uvx cz-ship@1.2.0 release --stage tag",
        "uvx --from 'cz-ship[gates]==1.2' --with x cz-ship release --stage tag",
        "uvx --from=cz-ship -q cz-ship release --stage tag",
        "uv tool run --python 3.13 cz-ship release --stage tag",
        "uv --directory sub run --group dev cz-ship release --stage tag",
        "uv run -m cz_ship release --stage tag",
        "uv run -- cz-ship release --stage tag",
        "uv run python -m cz_ship release --stage tag",
        "pipx run cz-ship==1.2 release --stage tag",
        "pipx run --spec 'cz-ship[gates]' cz-ship release --stage tag",
        "poetry run cz-ship release --stage tag",
        "poetry -C sub run python -m cz_ship release --stage tag",
        "pdm run -p sub cz-ship release --stage tag",
        "hatch run cz-ship release --stage tag",
        "hatch -e ship run cz-ship release --stage tag",
        "hatch run ship:cz-ship release --stage tag",
        "python -m cz_ship release --stage tag",
        ".venv/bin/python -m cz_ship release --stage tag",
        "pipenv run cz-ship release --stage tag",
        "python3 -I -m cz_ship release --stage tag",
        "python3.13 -m cz_ship release --stage tag",
        "A=1 B='2 3' cz-ship release --stage tag",
        "env A=1 cz-ship release --stage tag",
        "! cz-ship release --stage tag  # don't",
        "(cz-ship release --stage tag)",
    ],
)
def test_a_program_is_known_behind_what_starts_it(line: str) -> None:
    assert [*calls(line)] == [SHIP]


@pytest.mark.parametrize(
    "line",
    [
        "echo cz-ship release",
        "# cz-ship release",
        "python -m pip install cz-ship",
        "uv run echo cz-ship release",
        "uvx --from cz-ship other release",
        "uv pip install cz-ship",
        "uv run pip install cz-ship",
        "uv run --with cz-ship pytest release",
        "pipx install cz-ship",
        "echo \"cz-ship release\" && echo '; cz-ship release'",
        "it's a shell's own \" line, cz-ship release",
        "uvx",
        "python -m",
        "A=1",
    ],
)
def test_a_program_that_is_only_named_is_not_called(line: str) -> None:
    assert "cz-ship" not in [words[0] for words in calls(line)]


def test_a_line_has_as_many_commands_as_a_shell_finds_in_it() -> None:
    block = "pip install a && uvx cz-ship plan; if x; then cz-ship \\\n  build | tee log; fi\nb || c &\n"
    assert [words[0] for words in calls(block)] == ["pip", "cz-ship", "x", "cz-ship", "tee", "fi", "b", "c"]


def test_an_expression_is_one_word() -> None:
    line = "cz-ship release --stage ${{ github.ref == 'a' && 'tag' || 'test' }} --yes"
    (words,) = calls(line)
    assert [words[index] for index in (0, 1, 2, -1)] == ["cz-ship", "release", "--stage", "--yes"]
    assert len(words) == 5
