"""What is found in workflows, and what of them is left to the project."""

import pytest

from cz_ship.checkup import Act, Job, Workflow, Workflows
from cz_ship.rules.checkup_workflow import workflow_findings
from cz_ship.rules.drift import drift
from cz_ship.rules.workflows import commands, stages, unpinned, uploads

HASH = "0" * 40


def job(*steps: Act) -> Job:
    return Job("a", steps, permissions={})


@pytest.mark.parametrize(
    ("step", "does"),
    [
        (Act(run="cz-ship release --stage test"), {"test"}),
        (Act(run="echo a\ncz-ship release \\\n  --stage=prod"), {"prod"}),
        (Act(run="cz-ship release --yes"), {"prepare", "tag", "test", "prod", "announce"}),
        (Act(run="python -m cz_ship release --stage tag"), {"tag"}),
        (Act(uses=f"ann/cz-ship@{HASH}", given={"command": "release --stage tag"}), {"tag"}),
        (Act(uses=f"ann/other@{HASH}", given={"command": "release --stage tag"}), set()),
        (Act(run="uvx --from x cz-ship release --stage tag"), {"tag"}),
        (Act(run="cz-ship -C sub --quiet release --stage tag"), {"tag"}),
        (Act(uses=f"ann/cz-ship@{HASH}", given={"command": "-C sub release --stage tag"}), {"tag"}),
        (Act(run="pip install cz-ship && cz-ship release --stage tag"), {"tag"}),
        (Act(run="echo cz-ship release"), set()),
        (Act(run="pip install cz-ship==1.4.0 && A=b cz-ship release --stage tag; cz-ship plan"), {"tag"}),
        (Act(run="if cz-ship -C sub --quiet release --stage tag; then echo; fi"), {"tag"}),
        (Act(run="uv run --with cz-ship pytest release"), set()),
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


TOKEN = "${{ secrets.T }}"
PYPA = f"pypa/gh-action-pypi-publish@{HASH}"


@pytest.mark.parametrize(
    ("steps", "indexes"),
    [
        ([Act(run="twine upload dist/*")], {"prod"}),
        ([Act(run="python -m twine upload -r testpypi dist/*"), Act(uses=PYPA)], {"test", "prod"}),
        ([Act(run="uvx twine upload --repository=testpypi a\ntwine upload a")], {"test", "prod"}),
        ([Act(run="twine upload --repository-url x -r testpypi a")], {"x"}),
        ([Act(run="twine upload a", env={"TWINE_REPOSITORY": "testpypi"})], {"test"}),
        ([Act(run="twine upload a", env={"TWINE_REPOSITORY_URL": "x"})], {"x"}),
        ([Act(run="twine check a")], set()),
    ],
)
def test_an_upload_by_other_hands_is_one(steps: list[Act], indexes: set[str]) -> None:
    assert uploads(job(*steps)) == indexes


@pytest.mark.parametrize(
    ("steps", "codes"),
    [
        ([Act(run="twine upload a", env={"TWINE_PASSWORD": TOKEN})], {"workflow-token"}),
        ([Act(run=f"twine upload -u __token__ -p {TOKEN} a")], {"workflow-token"}),
        ([Act(run=f"echo password={TOKEN} > ~/.pypirc"), Act(run="twine upload a")], {"workflow-token"}),
        ([Act(uses=PYPA, given={"password": TOKEN})], {"workflow-token"}),
        ([Act(uses=PYPA)], {"workflow-lacks-permission"}),
        ([Act(uses=PYPA), Act(uses=f"a/login@{HASH}", given={"password": TOKEN})], {"workflow-lacks-permission"}),
        ([Act(run="twine upload a")], {"workflow-lacks-permission"}),
        ([Act(run="twine upload a", env={"TWINE_PASSWORD": "${{ steps.a.outputs.b }}"})], set()),
        ([Act(run="twine upload -r ours a")], set()),
        ([Act(run="twine upload a; twine upload -r testpypi a", env={"TWINE_PASSWORD": TOKEN})],
         {"workflow-token", "workflow-two-indexes"}),
        ([Act(run="pytest", env={"TWINE_PASSWORD": TOKEN})], set()),
    ],
)  # fmt: skip
def test_an_upload_by_other_hands_is_judged_as_one_of_ours(steps: list[Act], codes: set[str]) -> None:
    workflow = Workflow("w.yml", permissions={}, jobs=(job(*steps),))
    assert {each.code for each in workflow_findings(Workflows("push", False, (workflow,)))} == codes


def test_a_project_that_uploads_without_us_is_not_said_to_release_by_hand() -> None:
    for steps, told in (
        ((), "made by hand"),
        ((Act(uses=PYPA, given={"password": TOKEN}),), "w.yml uploads without it"),
    ):
        found = workflow_findings(Workflows("push", True, (Workflow("w.yml", permissions={}, jobs=(job(*steps),)),)))
        assert next(each.text for each in found if each.code == "no-workflow").endswith(told)


def test_one_cause_in_many_jobs_is_one_finding() -> None:
    cut_off = job(Act(uses=f"actions/checkout@{HASH}"), Act(run="cz-ship release --stage prepare"))
    jobs = (cut_off, cut_off._replace(name="b"))
    workflow = Workflow("w.yml", permissions={}, concurrency={"group": "a", "queue": "max"}, jobs=jobs)
    (found,) = workflow_findings(Workflows("push", True, (workflow,)))
    assert (found.code, found.text[:17]) == ("workflow-fetch-depth", "w.yml: jobs a, b:")


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
    assert drift(Workflow("w.yml", jobs=(job(Act(run="uvx cz-ship@1.2 plan")),)), template) == ()
    assert drift(Workflow("w.yml", jobs=(job(setup, installs),)), template) == ("job a differs in steps",)
    assert drift(Workflow("w.yml", jobs=(job(Act(run="uvx cz-ship build")),)), template) == ("job a differs in steps",)


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


def test_comments_on_released_pull_requests_take_more() -> None:
    announce = Act(run="cz-ship release --stage announce", env={"GITHUB_TOKEN": "${{ github.token }}"})
    template = Workflow("t.yml", permissions={}, jobs=(job(announce)._replace(permissions={"contents": "write"}),))
    fitted = template.jobs[0]._replace(permissions={"contents": "write", "pull-requests": "write"})
    lacking, drifting = "workflow-lacks-permission", "workflow-drift"
    for made, comments, told in (
        (template.jobs[0], False, set()),
        (template.jobs[0], True, {lacking, drifting}),
        (fitted, False, {drifting}),
        (fitted, True, set()),
    ):
        workflow = Workflow("w.yml", permissions={}, jobs=(made,))
        found = workflow_findings(Workflows("push", True, (workflow,), (), template, comments))
        assert {each.code for each in found} & {lacking, drifting} == told


def _codes(step: Act) -> set[str]:
    return _codes_of(job(step), "branch", ())


def _codes_of(made: Job, mode: str, events: tuple[str, ...]) -> set[str]:
    queue = {"group": "a", "queue": "max"}
    workflow = Workflow("w.yml", events, permissions={}, concurrency=queue, jobs=(made,))
    return {each.code for each in workflow_findings(Workflows(mode, True, (workflow,)))}
