"""The environment of the process: what the heavy libraries read in it, and the user's folders."""

import os
import shutil
import tempfile
from pathlib import Path

from promptops.config.workspace import Workspace
from promptops.core.files import storage_refusals
from promptops.errors import StorageFullError

# Set before any of these libraries is imported: no telemetry, no network that nobody asked for.
_QUIET = {
    "DO_NOT_TRACK": "true",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "RAGAS_DO_NOT_TRACK": "true",
    "GX_ANALYTICS_ENABLED": "false",
    "DVC_NO_ANALYTICS": "true",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_DATASETS_DISABLE_PROGRESS_BARS": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    # The default of 20 s is too short for a first start on a busy machine.
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "180",
    "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
}


SERVER_TOKEN = "PROMPTOPS_SERVER_TOKEN"  # noqa: S105 - the variable's name

_PREFECT_NEEDS = 20_000_000
"""Bytes. Its database takes a few; on a full disk its server dies and is waited for in vain."""


def prepare_environment(workspace: Workspace | None = None) -> None:
    """Set what the heavy libraries read at import; what the user has set stays.

    With a workspace, Prefect's own files go to its state folder unless the user runs a Prefect
    server or has a home for it.
    """
    for name, value in _QUIET.items():
        os.environ.setdefault(name, value)  # noqa: TID251
    if workspace is not None:
        os.environ.setdefault("PREFECT_HOME", str(workspace.state / "prefect"))  # noqa: TID251


def server_token() -> str:
    """What callers of our servers must present; empty when nothing is set."""
    return os.environ.get(SERVER_TOKEN, "")  # noqa: TID251


def user_cache() -> Path:
    """The user's cache folder for what is no workspace's own."""
    cache = os.environ.get("XDG_CACHE_HOME")  # noqa: TID251
    if cache:
        return Path(cache, "promptops")
    try:
        return Path.home() / ".cache" / "promptops"
    except RuntimeError:  # no account, as in some containers: a folder that nobody can make
        return Path(os.devnull, "promptops")


def default_weights() -> Path:
    """Where weights are kept when nothing is set: the user's cache folder."""
    return user_cache() / "models"


def make_prefect_home() -> None:
    """Make the folder that ``PREFECT_HOME`` names, and see that its server can write there.

    The server does neither: it dies of it with a traceback, and is waited for in vain.

    Raises:
        StorageFullError: Less than 20 MB are free there.
        ReadOnlyWorkspaceError: It cannot be written to.
        StorageError: It cannot be made.
    """
    home = Path(os.environ.get("PREFECT_HOME", Path.home() / ".prefect")).expanduser()  # noqa: TID251
    with storage_refusals(home):
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=home):
            pass
        free = shutil.disk_usage(home).free
    if free < _PREFECT_NEEDS:
        raise StorageFullError(
            f"{free / 1e6:.1f} MB are free, a flow needs {_PREFECT_NEEDS / 1e6:.0f} MB for its "
            "records",
            where=str(home),
            hint="free some space, or set PREFECT_HOME to a folder on another disk",
        )


def quiet_prefect() -> None:
    """Let Prefect log nothing but disasters: the command line tells what happens in its own words.

    Its server is a process of its own that writes to our terminal, at a level of its own.
    What the user has set stays. To be called before Prefect is imported.
    """
    for name in ("PREFECT_LOGGING_LEVEL", "PREFECT_SERVER_LOGGING_LEVEL"):
        os.environ.setdefault(name, "CRITICAL")  # noqa: TID251
