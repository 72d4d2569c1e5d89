"""git's words where it fails: a broken way may be open in a moment, an answer stays what it is."""

import pytest

from cz_ship.world.git_words import is_passing, refused
from cz_ship.world.process import Outcome

PASSING = [
    "fatal: unable to access 'https://h/': Could not resolve host: h",
    "fatal: unable to access 'https://h/': Failed to connect to h port 443: Couldn't connect to server",
    "fatal: unable to access 'https://h/': Recv failure: Connection reset by peer",
    "fatal: unable to access 'https://h/': OpenSSL SSL_read: SSL_ERROR_SYSCALL, errno 104",
    "fatal: unable to access 'https://h/': GnuTLS recv error (-110): The TLS connection was non-properly terminated.",
    "fatal: unable to access 'https://h/': Empty reply from server",
    "fatal: unable to access 'https://h/': The requested URL returned error: 503",
    "fatal: unable to access 'https://h/': The requested URL returned error: 429",
    "error: RPC failed; HTTP 502 curl 22 The request failed\nfatal: the remote end hung up unexpectedly",
    "error: RPC failed; curl 18 transfer closed with outstanding read data remaining\nfatal: early EOF",
    "error: RPC failed; curl 92 HTTP/2 stream 5 was not closed cleanly: CANCEL (err 8)",
    "fatal: unable to access 'https://h/': Operation timed out after 300000 milliseconds with 0 bytes received",
    "fetch-pack: unexpected disconnect while reading sideband packet\nfatal: early EOF",
    "ssh: Could not resolve hostname h: Temporary failure in name resolution\nfatal: Could not read from remote",
    "ssh: connect to host h port 22: Connection timed out\nfatal: Could not read from remote",
    "kex_exchange_identification: Connection closed by remote host\nConnection closed by 192.0.2.1 port 22",
    "Connection to h closed by remote host.\nfatal: the remote end hung up unexpectedly",
    "client_loop: send disconnect: Broken pipe",
    "fatal: unable to connect to h:\nh[0: 192.0.2.1]: errno=Connection refused",
]
LASTING = [
    "fatal: unable to access 'https://h/': The requested URL returned error: 403",
    "error: RPC failed; HTTP 403 curl 22 The request failed\nfatal: the remote end hung up unexpectedly",
    "fatal: Authentication failed for 'https://h/r.git/'",
    "fatal: could not read Username for 'https://h': terminal prompts disabled",
    "remote: Repository not found.\nfatal: repository 'https://h/r.git/' not found",
    "git@h: Permission denied (publickey).\nConnection closed by 192.0.2.1 port 22",
    "Host key verification failed.\nfatal: Could not read from remote",
    "ERROR: Repository not found.\nfatal: the remote end hung up unexpectedly",
    "fatal: 'gone' does not appear to be a git repository\nfatal: Could not read from remote",
    "fatal: unable to access 'https://h/': SSL certificate problem: certificate has expired",
    "remote: error: GH013: Repository rule violations found for refs/heads/main.",
    "fatal: couldn't find remote ref refs/heads/main",
]


@pytest.mark.parametrize("words", PASSING)
def test_a_broken_way_may_be_open_in_a_moment(words: str) -> None:
    assert is_passing(words)
    assert refused(("fetch", "--quiet"), Outcome(128, b"", words.encode())).pause == 0


@pytest.mark.parametrize("words", LASTING)
def test_an_answer_stays_what_it_is(words: str) -> None:
    assert not is_passing(words)
    assert refused(("fetch", "--quiet"), Outcome(128, b"", words.encode())).pause is None
