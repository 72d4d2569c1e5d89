"""Workflows as they are read."""

from pathlib import Path

import pytest

from cz_ship.errors import Failure
from cz_ship.world.workflows import read_workflow, read_workflows


def read(folder: Path, text: str) -> object:
    (folder / "w.yml").write_text(text, encoding="utf-8")
    return read_workflow(folder / "w.yml")


@pytest.mark.parametrize("text", ["jobs: [", "- a list", "jobs: nothing", "", "\x00", "on: push"])
def test_what_is_no_workflow_is_said_to_be_none(text: str, tmp_path: Path) -> None:
    with pytest.raises(Failure, match=r"w.yml is (not YAML|no workflow)"):
        read(tmp_path, text)


@pytest.mark.parametrize("told", ["on: push", "on: [push]", "on:\n  push:", '"on":\n  push:\n    branches: [main]'])
def test_events_are_told_in_each_way(told: str, tmp_path: Path) -> None:
    (tmp_path / "w.yml").write_text(f"{told}\njobs: {{}}\n")
    assert read_workflow(tmp_path / "w.yml").events == ("push",)


def test_permissions_are_none_where_nothing_is_said(tmp_path: Path) -> None:
    (tmp_path / "w.yml").write_text("on: push\njobs:\n  a: {permissions: write-all}\n  b: {permissions: {}}\n  c: {}\n")
    found = read_workflow(tmp_path / "w.yml")
    assert [job.permissions for job in found.jobs] == [{"*": "write"}, {}, None]


def test_a_broken_file_does_not_hide_the_others(tmp_path: Path) -> None:
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True)
    (folder / "a.yml").write_text("jobs: [")
    (folder / "b.yaml").write_text("on: push\njobs: {}\n")
    found, broken = read_workflows(tmp_path)
    assert [each.file for each in found] == ["b.yaml"]
    assert [each.partition(" is ")[0] for each in broken] == ["a.yml"]
