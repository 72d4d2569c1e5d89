"""Files laid down whole: whose the present text is, and what is to stand there."""

import pytest

from cz_ship.rules.blueprint_marked import marked

OLD, NEW = "a" * 40, "b" * 40


def body(version: str, action: str = f"{OLD}  # v6.0.2", step: str = "one") -> str:
    return f"steps:\n  - uses: actions/checkout@{action}\n  - run: pip install cz-ship=={version}\n  - run: {step}\n"


LAID = marked(None, body("1.0.0"), "1.0.0").text


def test_what_is_not_there_is_new_and_then_the_same() -> None:
    assert LAID.splitlines()[0].startswith("# Laid down by cz-ship 1.0.0, ")
    assert marked(None, body("1.0.0"), "1.0.0").state == "new"
    assert marked(LAID, body("1.0.0"), "1.0.0") == ("same", LAID)


def test_a_template_of_old_that_nobody_changed_gives_way() -> None:
    found = marked(LAID, body("1.1.0", step="two"), "1.1.0")
    assert found.state == "old"
    assert found.text.endswith(body("1.1.0", step="two"))
    assert marked(found.text, body("1.1.0", step="two"), "1.1.0").state == "same"


def test_what_a_person_changed_is_theirs_whatever_today_has() -> None:
    edited = LAID.replace("run: one", "run: mine")
    assert marked(edited, body("1.0.0"), "1.0.0") == ("edited", LAID)
    assert marked(edited, body("1.1.0"), "1.1.0").state == "edited"


@pytest.mark.parametrize("text", ["", "name: mine\n", "\n" + LAID])
def test_what_has_no_mark_is_somebody_elses(text: str) -> None:
    assert marked(text, body("1.0.0"), "1.0.0").state == "foreign"


def test_an_action_raised_by_dependabot_is_nobodys_edit_and_stays_raised() -> None:
    raised = LAID.replace(f"{OLD}  # v6.0.2", f"{NEW}  # v6.0.10")
    assert marked(raised, body("1.0.0"), "1.0.0") == ("same", raised)
    found = marked(raised, body("1.1.0"), "1.1.0")
    assert found.state == "old"
    assert found.text.endswith(body("1.1.0", f"{NEW}  # v6.0.10"))
    newest = marked(raised, body("1.1.0", f"{OLD}  # v6.1.0"), "1.1.0")
    assert newest.text.endswith(body("1.1.0", f"{OLD}  # v6.1.0"))
