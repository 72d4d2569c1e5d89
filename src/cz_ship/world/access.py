"""Access: how git, in a CI job whose checkout keeps no token, gets at the job's own."""

from collections.abc import Iterable, Mapping, Sequence

# git asks this when a remote wants to know who it is; the token is on no command line and in no file.
# https://git-scm.com/docs/gitcredentials
_HELPER = (
    '!f() { test "$1" = get && printf "username=x-access-token\\npassword=%s\\n" "${GH_TOKEN:-$GITHUB_TOKEN}"; }; f'
)


def job_access(environ: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """git settings that let it show the job's token to the job's own host, and to no other; none elsewhere."""
    server = environ.get("GITHUB_SERVER_URL", "")
    if not server or not (environ.get("GH_TOKEN") or environ.get("GITHUB_TOKEN")):
        return ()
    return ((f"credential.{server}.helper", _HELPER),)


def as_variables(settings: Iterable[Sequence[str]]) -> dict[str, str]:
    """git settings as the variables that git reads them from; none where there are none."""
    pairs = list(settings)
    variables = {"GIT_CONFIG_COUNT": str(len(pairs))} if pairs else {}
    for number, (key, value) in enumerate(pairs):
        variables[f"GIT_CONFIG_KEY_{number}"] = key
        variables[f"GIT_CONFIG_VALUE_{number}"] = value
    return variables
