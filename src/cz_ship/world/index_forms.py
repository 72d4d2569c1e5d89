"""The door to where the indexes have their forms for publishers; the hosts are those of twine and pypi-simple."""

from collections.abc import Mapping
from urllib.parse import urljoin

_FORM = "/manage/account/publishing/"


def publisher_forms() -> Mapping[str, str]:
    """Addresses of the forms for pending publishers, by index."""
    from pypi_simple import PYPI_SIMPLE_ENDPOINT
    from twine.utils import TEST_REPOSITORY

    return {"test": urljoin(TEST_REPOSITORY, _FORM), "prod": urljoin(PYPI_SIMPLE_ENDPOINT, _FORM)}
