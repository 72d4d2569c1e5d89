"""Indexes that others wrote, started on loopback for as long as a test needs them: pypiserver and devpi."""

import base64
import hashlib
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
import requests

from cz_ship.errors import Failure
from cz_ship.settings import IndexSettings
from cz_ship.world.credentials import CredentialStore
from cz_ship.world.http import Backoff, Http
from cz_ship.world.index import LiveIndex

USER, SECRET = "root", "hunter2-of-the-witness"
START_SECONDS = 90


class Witness(NamedTuple):
    """A server that runs: its addresses, and how it tells what it refuses."""

    upload_url: str
    simple_url: str
    takes_the_same_again: bool
    used_name: str
    wrong_password: str

    def door(self, environ: Mapping[str, str] | None = None) -> LiveIndex:
        known = {"PYPI_USERNAME": USER, "PYPI_PASSWORD": SECRET}
        settings = IndexSettings("prod", upload_url=self.upload_url, simple_url=self.simple_url)
        store = CredentialStore(Path("nowhere"), known if environ is None else environ, Http(), pypirc=None)
        return LiveIndex(settings, store, Http())


@contextmanager
def running(command: list[str | Path], log: Path, url: str) -> Iterator[None]:
    """A server program, awaited until it answers at `url`, and ended at the end."""
    with log.open("wb") as words, subprocess.Popen(command, stdout=words, stderr=words) as child:
        try:
            patient = Http(Backoff(attempts=1000, first=0.05, longest=0.1))
            try:
                patient.get(url, limit_seconds=START_SECONDS)
            except Failure as failure:
                pytest.fail(f"{failure.text}\n{log.read_text(encoding='utf-8', errors='replace')}")
            yield
        finally:
            child.terminate()
            child.wait(30)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def pypiserver(folder: Path) -> Iterator[Witness]:
    url = f"http://127.0.0.1:{(port := free_port())}"
    shelf, users = folder / "shelf", folder / "users"
    shelf.mkdir()
    users.write_text(f"{USER}:{{SHA}}{base64.b64encode(hashlib.sha1(SECRET.encode()).digest()).decode()}\n")
    options: list[str | Path] = ["-i", "127.0.0.1", "-p", str(port), "-P", users, "-a", "update", "--disable-fallback"]
    with running([sys.executable, "-m", "pypiserver", "run", *options, shelf], folder / "log", f"{url}/simple/"):
        yield Witness(
            upload_url=f"{url}/",
            simple_url=f"{url}/simple/",
            takes_the_same_again=False,
            used_name="400 Bad Request: .*Package '{}' already exists!",
            wrong_password="403 Forbidden",
        )


@contextmanager
def devpi(folder: Path) -> Iterator[Witness]:
    url = f"http://127.0.0.1:{(port := free_port())}"
    place: list[str | Path] = ["--serverdir", folder / "devpi"]
    init = [sys.executable, "-c", "from devpi_server.init import init; raise SystemExit(init())"]
    subprocess.run([*init, *place, "--no-root-pypi", "--root-passwd", SECRET], check=True, capture_output=True)
    server = [sys.executable, "-m", "devpi_server", *place, "--host", "127.0.0.1", "--port", str(port)]
    with running(server, folder / "log", f"{url}/+api"):
        login = requests.post(f"{url}/+login", json={"user": USER, "password": SECRET}, timeout=30)
        proof = base64.b64encode(f"{USER}:{login.json()['result']['password']}".encode()).decode()
        made = requests.put(f"{url}/root/rel", json={"volatile": False}, headers={"X-Devpi-Auth": proof}, timeout=30)
        assert made.status_code == 200, made.text
        yield Witness(
            upload_url=f"{url}/root/rel/",
            simple_url=f"{url}/root/rel/+simple/",
            takes_the_same_again=True,
            used_name="409 {} already exists in non-volatile index",
            wrong_password="401 Unauthorized|403 Forbidden",
        )
