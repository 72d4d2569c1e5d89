"""Small real projects, one per build backend, laid down in a folder."""

from pathlib import Path

README = "# Demo\n\nA project that exists to be built.\n"
SETUPTOOLS = 'requires = ["setuptools>=61"]\nbuild-backend = "setuptools.build_meta"'


def setuptools_project(folder: Path, name: str = "demo-ship", version: str = "1.2.3") -> Path:
    """A setuptools project in src layout whose version is the whole of version.txt."""
    return _laid(
        folder,
        {
            # Before 66.1 setuptools left version.txt out of the sdist, and the wheel became 0.0.0.
            "MANIFEST.in": "include version.txt\n",
            "pyproject.toml": _pyproject(
                name,
                SETUPTOOLS,
                'dynamic = ["version"]',
                '[tool.setuptools.dynamic]\nversion = {file = "version.txt"}\n\n'
                '[tool.setuptools.package-data]\n"*" = ["run.sh"]',
            ),
            "version.txt": f"{version}\n",
            **_package("src/", name),
        },
    )


def hatchling_project(folder: Path, name: str = "demo-ship", version: str = "1.2.3") -> Path:
    """A hatchling project in src layout whose version is the whole of version.txt."""
    return _laid(
        folder,
        {
            "pyproject.toml": _pyproject(
                name,
                'requires = ["hatchling"]\nbuild-backend = "hatchling.build"',
                'dynamic = ["version"]',
                '[tool.hatch.version]\npath = "version.txt"\npattern = "^(?P<version>.+)$"',
            ),
            "version.txt": f"{version}\n",
            **_package("src/", name),
        },
    )


def flit_project(folder: Path, name: str = "demo-ship", version: str = "1.2.3") -> Path:
    """A flit_core project, whose version must stand in pyproject.toml or in the module; version.txt says it too."""
    return _laid(
        folder,
        {
            "pyproject.toml": _pyproject(
                name,
                'requires = ["flit_core>=3.4"]\nbuild-backend = "flit_core.buildapi"',
                f'version = "{version}"\ndescription = "A project that exists to be built."',
                f'[tool.flit.module]\nname = "{_module(name)}"',
            ),
            "version.txt": f"{version}\n",
            **_package("src/", name),
        },
    )


def failing_project(folder: Path, name: str = "demo-ship", version: str = "1.2.3") -> Path:
    """A setuptools project whose build says a hundred things and then gives up."""
    setuptools_project(folder, name, version)
    (folder / "setup.py").write_text(
        "import sys\n"
        "for number in range(100):\n"
        '    print("word", number, file=sys.stderr)\n'
        'raise SystemExit("the backend gave up")\n',
        encoding="utf-8",
    )
    return folder


def restless_project(folder: Path, name: str = "demo-ship", version: str = "1.2.3") -> Path:
    """A setuptools project whose every build makes other bytes."""
    setuptools_project(folder, name, version)
    stamp = f"src/{_module(name)}/stamp.py"
    (folder / "setup.py").write_text(
        "from pathlib import Path\n"
        "from uuid import uuid4\n\n"
        "from setuptools import setup\n\n"
        f'Path("{stamp}").write_text(f"# {{uuid4()}}\\n")\n'
        "setup()\n",
        encoding="utf-8",
    )
    return folder


def stranger_project(folder: Path, name: str = "demo-ship", version: str = "1.2.3") -> Path:
    """A setuptools project that states `name` and `version` and builds `stranger` 9.9.9."""
    return _laid(
        folder,
        {
            "pyproject.toml": f"[build-system]\n{SETUPTOOLS}\n",
            "setup.cfg": f"[metadata]\nname = {name}\n",
            "setup.py": (
                'from setuptools import setup\n\nsetup(name="stranger", version="9.9.9", package_dir={"": "src"})\n'
            ),
            "version.txt": f"{version}\n",
            **_package("src/", name),
        },
    )


def undescribed_project(folder: Path, name: str = "demo-ship", version: str = "1.2.3") -> Path:
    """A setuptools project without a readme, which `twine check --strict` refuses."""
    setuptools_project(folder, name, version)
    stated = folder / "pyproject.toml"
    stated.write_text(stated.read_text(encoding="utf-8").replace('readme = "README.md"\n', ""), encoding="utf-8")
    return folder


def _pyproject(name: str, system: str, project: str, tool: str) -> str:
    return (
        f"[build-system]\n{system}\n\n"
        f'[project]\nname = "{name}"\nreadme = "README.md"\nrequires-python = ">=3.10"\n{project}\n\n'
        f"{tool}\n"
    )


def _package(prefix: str, name: str) -> dict[str, str]:
    module = f"{prefix}{_module(name)}"
    return {
        f"{module}/__init__.py": '"""Demo."""\n',
        f"{module}/words.py": 'GREETING = "ahoy"\n',
        f"{module}/inner/__init__.py": "",
        f"{module}/run.sh": "#!/bin/sh\necho ahoy\n",
        "README.md": README,
    }


def _module(name: str) -> str:
    return name.replace("-", "_")


def _laid(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    return folder
