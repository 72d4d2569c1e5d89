"""A verification as it is shown: a table, a page, annotations, and lines as the gates are judged."""

import io
from pathlib import Path

from packaging.version import Version

from cz_ship.faces.report import Talker
from cz_ship.faces.verification import ANNOTATIONS, SHOWN, markdown, table, workflow_commands
from cz_ship.gates import GateResult, Remark, Subject, Verification


def of(*results: GateResult) -> Verification:
    return Verification(Subject("demo", Version("1"), "", 0, ()), results, Path("out"))


def test_what_a_program_says_moves_no_cursor() -> None:
    said = "exit code 1: \x1b[31mred\r"
    out = io.StringIO()
    Talker(out).judged("lint", "failed", said)
    found = of(GateResult("lint", "failed", said, 1.0, "", ()))
    shown = (out.getvalue(), table(found), markdown(found), *workflow_commands(found))
    assert not any({"\x1b", "\r"} & set(each) for each in shown)
    assert all("exit code 1: \ufffd[31mred" in each for each in shown)


def test_of_thousands_of_faults_a_page_shows_the_first_and_annotations_are_of_every_gate() -> None:
    many = tuple(Remark(f"fault {number}", "a.py", number) for number in range(1, 2001))
    found = of(*(GateResult(name, "failed", "", 1.0, f"{name}.log", many) for name in ("lint", "tests")))
    page = markdown(found)
    assert f"a.py:{SHOWN}: fault {SHOWN}\nand {2000 - SHOWN} more: lint.log\n" in page
    assert len(page) < 1 << 16
    lines = workflow_commands(found)
    assert len(lines) == ANNOTATIONS
    assert [line.partition("title=")[2] for line in lines[:2]] == ["gate lint::fault 1", "gate tests::fault 1"]


def test_annotations_stand_at_the_lines_that_failed() -> None:
    results = (
        GateResult("tests", "failed", "1 failed", 1.0, "", (Remark("a\nb: 50%", "tests/a,b.py", 7), Remark("loose"))),
        GateResult("docs", "unable", "no sphinx", 1.0, "", ()),
        GateResult("lint", "passed", "", 1.0, "", (Remark("fine", "a.py", 1),)),
    )
    found = of(*results)
    assert workflow_commands(found) == [
        "::error file=tests/a%2Cb.py,line=7,title=gate tests::a%0Ab: 50%25",
        "::error title=gate docs::no sphinx",
    ]


def test_a_table_keeps_within_the_terminal_and_a_page_within_its_fences() -> None:
    said = Remark("use `x` or\n```\nfenced", "a.py", 3)
    results = (GateResult("lint", "failed", "a.py:3: too long a reason for a narrow terminal", 1.0, "", (said,)),)
    found = of(*results)
    assert table(found, 40).splitlines()[1] == "  ✗ lint     1.0 s  failed   a.py:3: to…"
    assert table(found).splitlines()[1].endswith("narrow terminal")
    page = markdown(found).splitlines()
    assert page[page.index("````") :][:5] == ["````", "a.py:3: use `x` or", "```", "fenced", "````"]
