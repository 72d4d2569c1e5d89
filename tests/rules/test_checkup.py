"""What findings say, beyond that there is one."""

from collections.abc import Iterable

import pytest
from packaging.version import Version

from cz_ship.checkup import Built, Clock, Dotenv, Half, Hooks, Shelf, Standing, Told, Tools
from cz_ship.model import Finding
from cz_ship.rules.backends import BACKENDS, Backend, backend_findings, backend_of
from cz_ship.rules.checkup_folder import dotenv_findings, hook_findings
from cz_ship.rules.checkup_public import clock_findings, half_findings, shelf_findings
from cz_ship.rules.checkup_tools import tool_findings
from cz_ship.rules.checkup_versions import changelog_findings, standing_findings


def only(found: Iterable[Finding]) -> Finding:
    (one,) = found
    return one


@pytest.mark.parametrize(
    ("name", "hint", "fix"),
    [("git", "install git >=2.31", ""), ("twine", "", "python -m pip install --upgrade 'twine>=7'")],
)
@pytest.mark.parametrize("version", ["missing", "1.0"])
def test_a_package_is_mended_by_pip_and_a_program_by_its_owner(name: str, hint: str, fix: str, version: str) -> None:
    versions = {"git": "2.40", "python": "3.12.1", "twine": "7.1", name: version}
    found = only(tool_findings(Tools(versions, {"twine": ">=7"})))
    assert (found.hint, found.fix) == (hint, fix)


def test_a_shallow_clone_without_a_remote_has_nothing_to_fetch_from() -> None:
    found = {each.code: each.fix for each in standing_findings(Standing("1a", "up", has_remote=False, shallow=True))}
    assert found == {"no-remote": "", "shallow": ""}
    assert only(standing_findings(Standing("1a", "up", has_remote=True, shallow=True))).fix.endswith(" up")


def test_a_list_ends_where_it_would_be_long() -> None:
    released = tuple(Version(f"1.{minor}") for minor in range(7))
    assert (
        only(changelog_findings(Told("C", (), released))).text
        == "C has no section of 1.6, 1.5, 1.4, 1.3, 1.2 and 2 more"
    )
    assert only(changelog_findings(Told("C", (), released[:5]))).text.endswith("1.1, 1.0")
    assert (
        "1.2, 1.3, 1.4, 1.5, 1.6 and 2 more, and no"
        in only(shelf_findings(Shelf("test", "there", "demo", released, ours=False))).text
    )


@pytest.mark.parametrize(
    ("days", "says"),
    [(None, "lacks a of 1.0"), (1, "for 1 more day"), (2, "for 2 more days"), (0, "takes no more files of it")],
)
def test_the_days_that_are_left_are_counted(days: int | None, says: str) -> None:
    assert only(half_findings(Half("test", "there", Version("1.0"), ("a",), days))).text.endswith(says)


def test_a_clock_goes_ahead_or_behind() -> None:
    assert "121 seconds ahead of" in only(clock_findings(Clock("test", 1121, 1000))).text
    assert "121 seconds behind" in only(clock_findings(Clock("test", 1000, 1121))).text
    assert list(clock_findings(Clock("test", 1120, 1000))) == []


def test_hooks_that_lie_elsewhere_are_not_installed_by_us() -> None:
    lacking = Hooks(("cz-ship-check",), ("pre-commit",))
    assert only(hook_findings(lacking)).fix.startswith("pre-commit install")
    there = only(hook_findings(lacking._replace(elsewhere="/shared")))
    assert there.fix == ""
    assert "/shared" in there.hint


def test_a_hook_for_pushes_that_is_configured_is_wanted_too() -> None:
    both = Hooks(("cz-ship-check", "cz-ship-branch"), ("pre-commit", "commit-msg"))
    found = only(hook_findings(both))
    assert found.text == "git runs no pre-push hook in this clone"
    assert found.fix == "pre-commit install --hook-type pre-commit --hook-type commit-msg --hook-type pre-push"
    assert list(hook_findings(both._replace(installed=(*both.installed, "pre-push")))) == []


def test_what_a_link_leads_to_outside_is_not_ours_to_mend() -> None:
    mine = Dotenv(there=True, ignored=True, readable=True)
    assert only(dotenv_findings(mine)).fix == "chmod 600 .env"
    led_out = only(dotenv_findings(mine._replace(outside="/shared/env")))
    assert (led_out.fix, "link to /shared/env" in led_out.text) == ("", True)


def test_without_a_configuration_only_that_is_told() -> None:
    assert "there is no pre-commit configuration" in only(hook_findings(Hooks(None))).text
    assert "no hook cz-ship-check" in only(hook_findings(Hooks(("ruff",), ("pre-commit", "commit-msg")))).text


@pytest.mark.parametrize("backend", BACKENDS, ids=[each.name for each in BACKENDS])
def test_each_backend_has_a_way_to_the_version(backend: Backend) -> None:
    assert [backend_of(module) for module in backend.modules] == [backend] * len(backend.modules)
    found = only(backend_findings(Built(backend.modules[0], "97.53.1", "1.0")))
    if backend.lines:
        assert f"\n{backend.lines}\n" in found.text
        assert found.hint == ""
    else:
        assert "\n" not in found.text
        assert f'version_provider = "{backend.provider}"' in found.hint


def test_a_backend_that_nobody_knows_is_taken_to_read_nothing() -> None:
    assert backend_of("own.backend").lines == ""
