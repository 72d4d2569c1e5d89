"""What findings say, beyond that there is one."""

from collections.abc import Iterable

import pytest
from packaging.version import Version

from cz_ship.checkup import Act, Built, Clock, Half, Hooks, Job, Shelf, Standing, Told, Tools, Workflow, Workflows
from cz_ship.model import Finding
from cz_ship.rules.backends import BACKENDS, Backend, backend_findings, backend_of
from cz_ship.rules.checkup_folder import hook_findings
from cz_ship.rules.checkup_public import clock_findings, half_findings, shelf_findings
from cz_ship.rules.checkup_tools import tool_findings
from cz_ship.rules.checkup_versions import changelog_findings, standing_findings
from cz_ship.rules.checkup_workflow import workflow_findings
from cz_ship.rules.drift import drift
from cz_ship.rules.workflows import commands, stages, unpinned, uploads

HASH = "0" * 40


def only(found: Iterable[Finding]) -> Finding:
    (one,) = found
    return one


def job(*steps: Act) -> Job:
    return Job("a", steps, permissions={})


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


RUNNERS = (
    *("uvx cz-ship", "uvx cz-ship@1.4.0", "uvx --from cz-ship==1.4.0 cz-ship", "uv tool run cz-ship", "uv run cz-ship"),
    *("pipx run cz-ship", "pipx run --spec cz-ship==1.4.0 cz-ship", "poetry run cz-ship", ".venv/bin/cz-ship"),
    *("python3 -m cz_ship", ".venv/bin/python -m cz_ship", "python -I -m cz_ship", "uv run python -m cz_ship"),
)


@pytest.mark.parametrize(
    ("step", "does"),
    [
        (Act(run="cz-ship release --stage test"), {"test"}),
        (Act(run="echo a\ncz-ship release \\\n  --stage=prod"), {"prod"}),
        (Act(run="cz-ship release --yes"), {"prepare", "tag", "test", "prod", "announce"}),
        (Act(run="python -m cz_ship release --stage tag"), {"tag"}),
        (Act(uses=f"ann/cz-ship@{HASH}", given={"command": "release --stage tag"}), {"tag"}),
        (Act(uses=f"ann/other@{HASH}", given={"command": "release --stage tag"}), set()),
        (Act(run="echo cz-ship release"), set()),
        (Act(run="pip install cz-ship==1.4.0 && A=b cz-ship release --stage tag; cz-ship plan"), {"tag"}),
        (Act(run="if cz-ship -C sub --quiet release --stage tag; then echo; fi"), {"tag"}),
        (Act(run="uv run --with cz-ship pytest release"), set()),
        *((Act(run=f"{runner} release --stage tag"), {"tag"}) for runner in RUNNERS),
        (Act(run="it's a shell's own \" line"), set()),
    ],
)
def test_what_a_job_does_is_read_from_its_steps(step: Act, does: set[str]) -> None:
    assert stages(job(step)) == does


def test_what_an_action_uploads_is_told_by_its_address() -> None:
    pypa = f"pypa/gh-action-pypi-publish@{HASH}"
    both = job(Act(uses=pypa), Act(uses=pypa, given={"repository-url": "https://other.example/"}))
    assert uploads(both) == {"prod", "https://other.example/"}
    assert uploads(job(Act(uses=pypa, given={"repository_url": "x"}))) == {"x"}
    assert uploads(job(Act(run="cz-ship candidate"))) == {"test"}
    assert list(commands(both)) == []


@pytest.mark.parametrize(
    ("run", "env", "index"),
    [
        ("twine upload dist/*", {}, "prod"),
        ("python -m twine upload -r testpypi dist/*", {}, "test"),
        ("uvx twine upload --repository=testpypi dist/*", {}, "test"),
        ("twine upload dist/*", {"TWINE_REPOSITORY_URL": "https://other.example/"}, "https://other.example/"),
    ],
)
def test_what_twine_uploads_is_told_by_its_options_and_its_environment(
    run: str, env: dict[str, str], index: str
) -> None:
    assert uploads(job(Act(run=run, env=env))) == {index}


def test_uploads_of_others_are_in_danger_too() -> None:
    both = job(
        Act(run="twine upload -r testpypi d/*"), Act(run="twine upload d/*", env={"TWINE_PASSWORD": "${{ secrets.T }}"})
    )
    found = workflow_findings(Workflows("push", hosted=False, found=(Workflow("w.yml", permissions={}, jobs=(both,)),)))
    assert {each.code for each in found} == {"workflow-two-indexes", "workflow-token"}


@pytest.mark.parametrize(
    ("uses", "is_loose"),
    [
        (f"a/b@{HASH}", False),
        ("./own", False),
        ("docker://image@sha256:1", False),
        ("a/b@v1", True),
        ("docker://image:1", True),
        (f"a/b@{HASH[:7]}", True),
    ],
)
def test_only_a_full_hash_pins(uses: str, is_loose: bool) -> None:
    assert bool(unpinned(Workflow("w.yml", jobs=(job(Act(uses=uses)),)))) is is_loose


@pytest.mark.parametrize(
    ("env", "codes"),
    [
        ({"TWINE_PASSWORD": "${{ secrets.T }}"}, {"workflow-token"}),
        ({"TWINE_PASSWORD": "${{ steps.mint.outputs.t }}"}, {"workflow-lacks-permission"}),
        ({"OTHER": "${{ secrets.T }}"}, {"workflow-lacks-permission"}),
    ],
)
def test_a_stored_token_takes_the_place_of_an_identity(env: dict[str, str], codes: set[str]) -> None:
    assert _codes(Act(run="cz-ship release --stage prod", env=env)) == codes


@pytest.mark.parametrize(
    ("token", "is_own"),
    [("${{ github.token }}", True), ("${{ secrets.GITHUB_TOKEN }}", True), ("${{ steps.app.outputs.token }}", False)],
)
def test_a_jobs_own_token_has_the_jobs_rights(token: str, is_own: bool) -> None:
    found = _codes(Act(run="cz-ship release --stage tag", env={"GITHUB_TOKEN": token}))
    assert ("workflow-lacks-permission" in found) is is_own


def test_how_tools_come_onto_the_machine_is_no_drift() -> None:
    step, installs = Act(run="cz-ship plan"), Act(run="pip install cz-ship")
    setup = Act(uses=f"actions/setup-python@{HASH}", given={"python-version": "3.13"})
    template = Workflow("t.yml", jobs=(job(setup, installs, step),))
    assert drift(Workflow("w.yml", jobs=(job(step),)), template) == ()
    assert drift(Workflow("w.yml", jobs=(job(setup, installs),)), template) == ("job a differs in steps",)


def test_a_proposal_takes_more() -> None:
    tag = Act(run="cz-ship release --stage tag", env={"GITHUB_TOKEN": "${{ github.token }}"})
    rights = {"contents": "write", "pull-requests": "write", "actions": "write"}
    for given, codes in (
        (rights, set()),
        ({**rights, "actions": "read"}, {"workflow-dispatch"}),
        ({**rights, "pull-requests": "none"}, {"workflow-lacks-permission"}),
    ):
        made = job(tag)._replace(permissions=given)
        assert _codes_of(made, "pull-request", ("workflow_dispatch",)) == codes
    assert _codes_of(made, "push", ()) == set()


def test_the_lines_for_a_proposal_are_no_drift() -> None:
    template = Workflow("t.yml", jobs=(job(Act(run="cz-ship release --stage tag"))._replace(permissions={"a": "b"}),))
    fitted = template.jobs[0]._replace(permissions={"a": "b", "pull-requests": "write", "actions": "write"})
    for made, mode, drifts in ((fitted, "push", True), (fitted, "pull-request", False)):
        found = workflow_findings(Workflows(mode, True, (Workflow("w.yml", jobs=(made,)),), (), template))
        assert ("workflow-drift" in {each.code for each in found}) is drifts


def _codes(step: Act) -> set[str]:
    return _codes_of(job(step), "branch", ())


def _codes_of(made: Job, mode: str, events: tuple[str, ...]) -> set[str]:
    queue = {"group": "a", "queue": "max"}
    workflow = Workflow("w.yml", events, permissions={}, concurrency=queue, jobs=(made,))
    return {each.code for each in workflow_findings(Workflows(mode, True, (workflow,)))}
