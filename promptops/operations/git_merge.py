"""Three-way merge of texts by ``git merge-file``, which needs no repository."""

import subprocess
import tempfile
from pathlib import Path

from promptops.errors import UsageError

_TIMEOUT_S = 60
_MOST_CONFLICTS = 127


def merge_texts(ancestor: str, ours: str, theirs: str) -> tuple[str, int]:
    """Bring two changes of one text together.

    Args:
        ancestor: The text that both began with.
        ours: The text as people edited it.
        theirs: The text as it is derived now.

    Returns:
        The merged text, and how many conflicts stand in it (between ``<<<<<<<`` and ``>>>>>>>``).

    Raises:
        UsageError: There is no git, or it cannot merge these texts.
    """
    with tempfile.TemporaryDirectory(prefix="promptops-merge-") as folder:
        paths = []
        for name, text in (("ours", ours), ("ancestor", ancestor), ("theirs", theirs)):
            path = Path(folder) / name
            # A last line without its end would conflict with the same line that has one.
            path.write_bytes(f"{text}\n".encode())
            paths.append(str(path))
        labels = ("edited by hand", "as it was derived", "derived now")
        flags = [word for label in labels for word in ("-L", label)]
        try:
            done = subprocess.run(  # noqa: S603 - our own files, no shell
                ["git", "merge-file", "-p", "--diff3", *flags, *paths],  # noqa: S607
                capture_output=True,
                check=False,
                timeout=_TIMEOUT_S,
            )
        except FileNotFoundError as problem:
            raise UsageError("git is not installed", hint="install git") from problem
    if not 0 <= done.returncode <= _MOST_CONFLICTS:
        said = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
        raise UsageError(f"git merge-file failed: {said}")
    return done.stdout.decode("utf-8").removesuffix("\n"), done.returncode
