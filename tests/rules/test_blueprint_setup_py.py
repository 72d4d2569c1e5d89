"""What setup.py states is read of its call of `setup` alone, and what it works out is not guessed."""

import pytest

from tests.support.blueprints import CASES, laid, proposed, seen

_EXTENSION = 'ext = Extension(name="fast._speed", version="9")\n'
NAMED = [
    (_EXTENSION + 'setup(name="fast", version="1.0")\n', "version"),
    (_EXTENSION + 'NAME = "fast"\nV: str = "1.0"\nsetuptools.setup(name=NAME, version=V)\n', "V"),
    ('if True:\n    setup(ext_modules=[Extension(name="a.b")], name="fast", version="1.0")\n', "version"),
]


@pytest.mark.parametrize(("program", "word"), NAMED)
def test_it_is_the_call_of_setup_that_names_a_package(program: str, word: str) -> None:
    view = seen(CASES / "setup-py-states-it")
    view = view._replace(texts={**view.texts, "setup.py": program})
    found = proposed(view)
    assert found.project == "fast"
    made = laid(view, found.edits).texts
    assert (made["setup.cfg"], made["version.txt"]) == ("[metadata]\nname = fast\n", "1.0\n")
    assert f'version_files = ["setup.py:{word}"]' in made[".cz.toml"]


@pytest.mark.parametrize(
    "program", ['setup(name=called(), version="1")\n', 'Extension(name="a.b")\nsetup(**all)\n', "(\n"]
)
def test_a_name_that_setup_py_works_out_is_not_guessed(program: str) -> None:
    view = seen(CASES / "setup-py-states-it")
    found = proposed(view._replace(texts={**view.texts, "setup.py": program}))
    assert "no-name" in [each.code for each in found.findings if each.level == "error"]
    assert "setup.cfg" not in [edit.path for edit in found.edits]


def test_a_setup_cfg_may_be_written_with_colons_and_a_version_txt_may_be_empty() -> None:
    view = seen(CASES / "setup-py-states-it")
    texts = {"setup.cfg": "[metadata]\nname: fast\nversion: 1.2.3\n", "setup.py": "setup()\n", "version.txt": "\n"}
    found = proposed(view._replace(texts=texts))
    made = laid(view._replace(texts=texts), found.edits).texts
    assert (found.project, made["version.txt"]) == ("fast", "1.2.3\n")
    assert made["setup.cfg"] == "[metadata]\nname: fast\nversion: file: version.txt\n"
