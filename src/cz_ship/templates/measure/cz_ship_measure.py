"""Laid into a clean environment: measures every Python process there, and reports what was measured."""

import json
import os
import sys

TYPE_CHECKING = False  # as typing says it, which every process of the tests would have to import
if TYPE_CHECKING:
    import coverage

VARIABLE = "CZ_SHIP_MEASURE"
# A child of the tests that runs nothing of the wheel is no fault, and what it says is perhaps compared.
QUIET = ["no-data-collected", "module-not-measured", "module-not-imported", "no-sysmon", "no-ctracer"]
measuring: "list[object]" = []  # an environment whose `lib64` is its `lib` starts this twice
FORMS = ("terminal", "markdown", "html", "xml", "json", "lcov")


def start() -> None:
    """Measure this process, where the variable says so; its children have the variable too."""
    told = os.environ.get(VARIABLE)
    if not told or measuring:
        return
    try:
        import coverage
    except ImportError:
        return
    wish = json.loads(told)
    measured = coverage.Coverage(
        data_file=wish["data"],
        data_suffix=True,
        config_file=wish["settings"] or False,
        source_pkgs=wish["packages"],
        auto_data=True,
    )
    options = {"run:source": None, "run:include": None, "run:relative_files": False, "run:disable_warnings": QUIET}
    for option, value in options.items():
        measured.set_option(option, value)
    measured.start()
    measuring.append(measured)


def add_idle(data: "coverage.CoverageData", wish: "dict[str, str]") -> None:
    """Add each package that no process imported, as not run: coverage tells of none that is only installed."""
    measured = data.measured_files()
    for package in wish["packages"] if measured else ():
        top = package.replace(".", "/")
        files = [file for file in wish["modules"] if file == top + ".py" or file.startswith(top + "/")]
        homes = [wish["root"] if os.path.exists(os.path.join(wish["root"], file)) else wish["site"] for file in files]
        paths = [os.path.join(home, file) for home, file in zip(homes, files)]  # noqa: B905  # of one length
        if measured.isdisjoint(paths):
            data.touch_files(paths)


def report(wish: "dict[str, str]") -> None:
    """Combine the data files, map the installed files back to the tree (the working directory), write all forms."""
    import coverage

    told = coverage.Coverage(
        data_file=wish["data"], config_file=wish["settings"] or False, source_pkgs=wish["packages"]
    )
    told.set_option("run:source", None)
    told.set_option("run:include", None)
    # Paths of the tree, as a project writes them, are those of the files only from here on.
    left: list[str] = []
    for name in ("run:omit", "report:omit"):
        patterns = told.get_option(name)
        left += patterns if isinstance(patterns, list) else []
    told.set_option("report:omit", left or None)
    told.set_option("run:relative_files", True)
    told.set_option("report:fail_under", 0)
    told.set_option("paths", {"installed": [wish["root"] or ".", wish["site"]]})
    told.combine([os.path.dirname(wish["data"])], keep=True)
    add_idle(told.get_data(), wish)
    told.save()
    out = wish["out"]
    for form in FORMS:
        print("writing", form)
        if form in ("terminal", "markdown"):
            name = "coverage.txt" if form == "terminal" else "coverage.md"
            with open(os.path.join(out, name), "w", encoding="utf-8") as file:
                told.report(file=file, output_format="text" if form == "terminal" else form, show_missing=True)
        elif form == "html":
            told.html_report(directory=os.path.join(out, "html"))
        else:
            getattr(told, form + "_report")(outfile=os.path.join(out, "coverage." + form))


if __name__ == "__main__":
    report(json.loads(sys.argv[1]))
