"""`make proof`: packages of other people become repositories, and go the whole way: init, verify, rehearse."""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from cz_ship.world.rehearsal.serve import serve
from cz_ship.world.rehearsal.warehouse import Warehouse
from tests.support.tried import Judged, Tried, said
from tests.support.world import addresses

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "tried-on.md"
PACKAGES = {
    "sniffio==1.3.1": "setuptools, attribute of a module",
    "pluggy==1.7.0": "setuptools, setuptools-scm, module written at each build",
    "tabulate==0.10.0": "setuptools, setuptools-scm",
    "six==1.17.0": "setuptools: setup.py, setup.cfg, no pyproject.toml",
    "certifi==2026.10.18": "setuptools, setup.py that works its version out",
    "colorama==0.4.6": "hatchling, version in a module",
    "humanize==4.17.0": "hatchling, hatch-vcs, module written at each build",
    "packaging==26.3": "flit, version in a module",
    "click==8.5.1": "flit, static version",
    "rich==15.0.0": "poetry-core, version in its own table",
    "typer==0.29.2": "pdm-backend, version in a module",
    "narwhals==2.28.0": "uv_build, static version",
    "commitizen==4.19.3": "uv_build, commitizen configured in pyproject.toml",
    "nanobind==3.1.0": "scikit-build-core",
    "meson-python==0.22.1": "meson-python, which builds itself (backend-path), static version",
}
# One of our own, for the backend whose packages by others want a registry of crates besides.
_HEAD = '[build-system]\nrequires = ["{}"]\nbuild-backend = "{}"\n\n[project]\nname = "{}"\n{}\nreadme = "README.md"\n'
OWN = {
    "own-maturin==0.2.0": (
        "maturin, version in Cargo.toml",
        {
            "pyproject.toml": _HEAD.format("maturin", "maturin", "own-maturin", 'dynamic = ["version"]')
            + '[tool.maturin]\nbindings = "bin"\ncompatibility = "manylinux2014"\n',
            "Cargo.toml": '[package]\nname = "own-maturin"\nversion = "0.2.0"\nedition = "2021"\n',
            "src/main.rs": 'fn main() {\n    println!("hello");\n}\n',
        },
    ),
}
LIMIT = 3600.0  # seconds for one program
TESTS = 300  # seconds for the tests of a package


def main() -> int:
    """Try the packages that are named, or all; print a table, and with `--write` put it onto the page."""
    reader = argparse.ArgumentParser(prog="python -m tests.proof", description=__doc__)
    reader.add_argument("packages", nargs="*", default=[*PACKAGES, *OWN], metavar="NAME==VERSION")
    reader.add_argument("--write", action="store_true", help=f"write the rows into {PAGE.name}, beside those of others")
    reader.add_argument("--keep", metavar="DIR", help="lay the repositories here, and leave them")
    options = reader.parse_args()
    bad = 0
    with tempfile.TemporaryDirectory(prefix="cz-ship-proof-", ignore_cleanup_errors=True) as folder:
        for package in options.packages:
            with serve(Warehouse(["token"])) as test, serve(Warehouse(["token"])) as prod:
                # Two indexes of their own, which the gates ask whether the name is free.
                outcome = tried(package, Path(options.keep or folder).absolute(), addresses(test.url, prod.url))
            print(outcome.row, flush=True)
            bad += outcome.steps[-1][0] != "rehearse" and not outcome.text.startswith("refused:")
            if options.write:
                _write(outcome)
    return min(bad, 1)


def tried(package: str, folder: Path, indexes: str) -> Tried:
    """A package, from its sdist to its rehearsal; what is red at the gates is told, and hinders no rehearsal."""
    steps: list[tuple[str, float]] = []
    gates: tuple[Judged, ...] = ()
    text = ""
    if package in OWN:
        for path, content in {**OWN[package][1], "README.md": "# Own\n"}.items():
            file = _cwd(package, folder) / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content, encoding="utf-8")
        _history(package, folder)
    for step, deed in _deeds(package, folder):
        began = time.monotonic()
        done = subprocess.run(
            deed, capture_output=True, text=True, check=False, timeout=LIMIT, cwd=_cwd(package, folder)
        )
        steps.append((step, time.monotonic() - began))
        _log(package, folder, step, done)
        if step == "verify" and done.stdout:
            told = json.loads(done.stdout)["gates"]
            gates = tuple(Judged(each["name"], each["state"], each["reason"]) for each in told)
        elif done.returncode:
            text = _stopped(step, done)
            break
        elif step == "download":
            _repository(package, folder)
        elif step == "again":
            _settle(_cwd(package, folder), indexes)
        elif step == "rehearse":
            acts = json.loads(done.stdout)["acts"]
            text = f"released {next(act['version'] for act in acts if act['act'] == 'release')}"
    kind = OWN[package][0] if package in OWN else PACKAGES.get(package, "")
    return Tried(package, kind, tuple(steps), gates, text)


def _stopped(step: str, done: "subprocess.CompletedProcess[str]") -> str:
    """What was said where a package went no further."""
    acts = json.loads(done.stdout)["acts"] if step == "rehearse" and done.stdout else []
    told = next((act["text"] for act in acts if not act["ok"]), "")
    refused = step == "init" and done.returncode == 1
    return ("refused: " if refused else f"{step} says: ") + said(told or done.stderr or done.stdout)


def _settle(place: Path, indexes: str) -> None:
    """Settings for these tries, beside cz-ship's others: those in two files would be a fault."""
    homes = (place / ".cz.toml", place / "pyproject.toml")
    home = next(each for each in homes if each.exists() and "[tool.cz-ship]" in each.read_text(encoding="utf-8"))
    with home.open("a", encoding="utf-8") as file:
        file.write(f"\n{indexes}[tool.cz-ship.gates.limits]\ntests = {TESTS}\n")


def _deeds(package: str, folder: Path) -> Iterator[tuple[str, list[str]]]:
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "--quiet"]
    repository = str(_cwd(package, folder))
    # Isolated, so that no module of the package stands in for one that cz-ship needs.
    ship = [sys.executable, "-I", "-m", "cz_ship", "-C", repository]
    if package not in OWN:
        yield "download", [*pip, "download", "--no-deps", "--no-binary", _name(package), "--dest", repository, package]
    yield "init", [*ship, "init", "--yes"]
    yield "again", [*ship, "init"]
    yield "commit", [sys.executable, "-c", _COMMIT]
    yield "verify", [*ship, "verify", "--json", "--out", str(folder / "gates" / package)]
    yield "rehearse", [*ship, "rehearse", "--json"]


_COMMIT = """
import subprocess
for each in (["add", "--all"], ["commit", "-qm", "build: release with cz-ship"]):
    subprocess.run(["git", *each], check=True)
"""


def _name(package: str) -> str:
    return package.partition("==")[0]


def _cwd(package: str, folder: Path) -> Path:
    place = folder / _name(package)
    place.mkdir(parents=True, exist_ok=True)
    return place


def _repository(package: str, folder: Path) -> None:
    """Lay out what the sdist holds, but for what builds add to it, as a repository with a few commits."""
    place = _cwd(package, folder)
    (sdist,) = place.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        archive.extractall(place, filter="data")
    sdist.unlink()
    (inner,) = place.iterdir()
    for path in inner.iterdir():
        if path.name != "PKG-INFO" and path.suffix != ".egg-info":
            shutil.move(path, place / path.name)
    shutil.rmtree(inner)
    _drop_generated_cfg(place / "setup.cfg")
    if (written := place / "pyproject.toml.orig").exists():
        written.replace(place / "pyproject.toml")  # uv_build writes another, and keeps the author's beside it
    pyproject = place / "pyproject.toml"
    if pyproject.exists() and "_version.py" in pyproject.read_text():
        for path in place.rglob("_version.py"):
            path.unlink()
            (place / ".gitignore").open("a").write(f"/{path.relative_to(place)}\n")
    _history(package, folder)


def _history(package: str, folder: Path) -> None:
    name, _, version = package.partition("==")
    place = _cwd(package, folder)
    git = ["git", "-C", str(place)]
    for command in (
        ["init", "-q", "-b", "main"],
        ["add", "--all"],
        ["commit", "-qm", f"chore: {name} as it is"],
        ["tag", f"v{version}"],
    ):
        subprocess.run([*git, *command], check=True)
    for message in ("feat: say more", "fix(words): say it right", "docs: tell of it"):
        (place / "NOTES.md").open("a").write(f"{message}\n")
        subprocess.run([*git, "add", "--all"], check=True)
        subprocess.run([*git, "commit", "-qm", message], check=True)


def _drop_generated_cfg(path: Path) -> None:
    """What setuptools adds to setup.cfg of each sdist is in nobody's repository."""
    if path.exists():
        text = re.sub(r"\n*\[egg_info\]\ntag_build = *\ntag_date = 0\n*", "\n", path.read_text())
        path.write_text(text) if text.strip() else path.unlink()


def _log(package: str, folder: Path, step: str, done: "subprocess.CompletedProcess[str]") -> None:
    logs = folder / "logs"
    logs.mkdir(exist_ok=True)
    (logs / f"{package}.{step}").write_text(f"exit {done.returncode}\n{done.stdout}\n{done.stderr}", encoding="utf-8")


def _write(outcome: Tried) -> None:
    text = PAGE.read_text(encoding="utf-8")
    mark = f"| {outcome.package.replace('==', ' ')} |"
    lines = text.splitlines(keepends=True)
    lines = [line for line in lines if not line.startswith(mark)]
    at = max(number for number, line in enumerate(lines) if line.startswith("|")) + 1
    PAGE.write_text("".join([*lines[:at], f"{outcome.row}\n", *lines[at:]]), encoding="utf-8")


if __name__ == "__main__":
    os.environ.pop("PYTHONPATH", None)
    raise SystemExit(main())
