"""Whether two packages can live side by side."""

import pytest
from packaging.specifiers import SpecifierSet

from cz_ship.checkup import Requirements
from cz_ship.rules.checkup_requirements import can_meet, requirement_findings


@pytest.mark.parametrize(
    ("wanted", "can"),
    [
        ("", True),
        (">=4.19.1,<5", True),
        (">=4,<4", False),
        (">4.0,<4.0.1", True),
        (">=5,<4", False),
        ("==4.1,>=4.2", False),
        ("==4.*,>=4.2", True),
        ("==3.*,>=4.2", False),
        ("~=4.1,<4.5", True),
        ("~=4.1,>=5", False),
        ("!=4.1,>=4.1,<=4.1", False),
        ("<5,!=0", True),
        (">=2.0b1,<3", True),
        (">=2.0b1,<2.0", False),
        ("===weird", False),
    ],
)
def test_a_version_that_meets_all_is_found_where_there_is_one(wanted: str, can: bool) -> None:
    assert can_meet(SpecifierSet(wanted)) is can


def test_what_does_not_count_here_is_left_in_peace() -> None:
    brought = (("commitizen", "jinja2>=3"), ("cz-ship", "not a requirement ==="))
    own = ("jinja2<3; python_version < '3'", "jinja2 <", "other<3")
    assert list(requirement_findings(Requirements("demo", own, brought))) == []
    assert list(requirement_findings(Requirements("Commitizen", ("jinja2<3",), brought))) == []
    assert len(list(requirement_findings(Requirements("demo", ("Jinja2<3",), brought)))) == 1
