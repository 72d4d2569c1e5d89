"""Clean environments for gates: made, filled, and told to measure what runs in them."""

import json
import shutil
import stat
import sys
from collections.abc import Mapping, Sequence
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

from cz_ship.errors import Failure
from cz_ship.gates import Environment
from cz_ship.world.install import ALONE, PIP_OF_ALL, pip_version, python_of
from cz_ship.world.process import SECRET, log_run, run

MEASURE = "cz_ship_measure"
QUESTION_SECONDS = 60
_SITE = "import sysconfig; print(sysconfig.get_path('purelib'))"
_VERSION = "import sys; print('%d.%d' % sys.version_info[:2])"
# Files whose names end in .pth are read in the order of their names: what is beside has to be there first.
_BESIDE, _START = "a_beside.pth", "z_measure.pth"


def make(folder: Path, log: Path, limit: float, python: str, shared: bool) -> Environment:
    """An environment of an interpreter in a new folder; `shared` lets it see what is installed beside cz-ship.

    What is installed beside in the editable way is not seen: its `.pth` files are not read. Raises `Failure`.
    """
    options = ["--without-pip"] if _one_pip(python) else []
    command: list[str | Path] = [python, "-m", "venv", *options, folder]
    if log_run(command, log, cwd=folder.parent, env=ALONE, without=SECRET, limit=limit) != 0:
        hint = "install pip 22.3 or newer beside cz-ship, or what your system calls python3-venv"
        raise Failure(f"no clean environment of {python} can be made, its log says why", hint=hint)
    inner = python_of(folder)
    asked = run([inner, "-I", "-c", _SITE], cwd=folder, env=ALONE, limit=QUESTION_SECONDS)
    site = Path(asked.text.strip())
    if shared:
        beside = run([sys.executable, "-c", _SITE], cwd=folder, env=ALONE, limit=QUESTION_SECONDS)
        (site / _BESIDE).write_text(beside.text, encoding="utf-8")
        _lay_runner(inner, "pytest")
    return Environment(inner, site)


def installing(
    environment: Environment, wanted: Sequence[str], uv: str, *, shared: bool, anew: bool = False
) -> list[str | Path]:
    """The command that installs; `uv` is that program where the lowest direct versions are wanted.

    With `anew` that which is there already, perhaps beside, does not stand in for what is wanted.
    """
    if uv:
        return [uv, "pip", "install", "--resolution", "lowest-direct", "--python", environment.python, *wanted]
    own = environment.site / "pip"
    pip = [environment.python, "-m", "pip"] if own.is_dir() else [sys.executable, "-m", "pip", "--python"]
    command: list[str | Path] = [*pip, *([] if own.is_dir() else [environment.python]), "install", "--no-compile"]
    command += ["--no-index", "--no-deps", "--no-build-isolation"] if shared else []
    return [*command, *(["--ignore-installed"] if anew else []), *wanted]


def files_of(project: str, site: str) -> tuple[str, ...]:
    """The files of a project that is installed in a folder; none of one installed in the editable way."""
    from importlib.metadata import distributions

    found = next(iter(distributions(name=project, path=[site])), None)
    if found is None or _is_editable(found.read_text("direct_url.json")):
        return ()
    return tuple(path.as_posix() for path in found.files or () if ".." not in path.parts)


def lay_measuring(environment: Environment) -> Path:
    """Lay the measuring module into an environment, started with every Python process there; its path."""
    script = environment.site / f"{MEASURE}.py"
    source = files("cz_ship") / "templates" / "measure" / script.name
    script.write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
    (environment.site / _START).write_text(f"import {MEASURE}; {MEASURE}.start()\n", encoding="utf-8")
    return script


def pythons(wanted: Sequence[str], alone: bool) -> Mapping[str, str]:
    """Minor version to program, of those wanted: the running Python and, unless `alone`, those on the path that start.

    A program on the path may only stand for one that is not there, as pyenv's do: each is asked.
    """
    here = f"{sys.version_info[0]}.{sys.version_info[1]}"
    found = {}
    for version in wanted:
        program = sys.executable if version == here else "" if alone else shutil.which(f"python{version}")
        if program and (version == here or _says(program, version)):
            found[version] = program
    return found


def _is_editable(direct_url: str | None) -> bool:
    """Source: PEP 610."""
    told = json.loads(direct_url or "{}")
    return bool(told.get("dir_info", {}).get("editable"))


def _says(program: str, version: str) -> bool:
    try:
        asked = run([program, "-I", "-c", _VERSION], env=ALONE, limit=QUESTION_SECONDS)
    except Failure:
        return False
    return asked.code == 0 and asked.text.strip() == version


def _one_pip(python: str) -> bool:
    """Whether the pip beside us serves for an environment of that interpreter: it is run by it."""
    return python == sys.executable and pip_version() >= PIP_OF_ALL


def _lay_runner(python: Path, module: str) -> None:
    """A program for a module that is installed beside, as an installer would lay it."""
    program = python.parent / module
    if find_spec(module) is None:
        return
    if shutil.which(module, path=str(python.parent)) is None:
        program.write_text(f"#!{python}\nimport sys\nfrom {module} import main\nsys.exit(main())\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
