"""What git remembers of a workspace: the only door to the ``git`` command.

Nothing that a user typed reaches git as an option: revisions that begin with "-" are refused, and
every later call names the commit by its hash.
"""

import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from promptops.core.suggest import did_you_mean
from promptops.errors import UsageError

Status = Literal["added", "changed", "renamed", "deleted"]

_TIMEOUT_S = 120
_STATUS: dict[str, Status] = {"A": "added", "D": "deleted", "R": "renamed", "C": "added"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedFile:
    """A file that differs from what it was; paths are relative to the folder that was asked about.

    ``before`` is where its earlier text was; None when there was none.
    """

    path: str
    status: Status
    before: str | None


class GitHistory:
    """The history of one folder inside a git repository."""

    def __init__(self, folder: Path) -> None:
        """Name the folder.

        Raises:
            UsageError: It is not in a git repository, or there is no git.
        """
        self._folder = folder
        code, _, problem = self._run("rev-parse", "--is-inside-work-tree")
        if code:
            said = problem.strip().partition("\n")[0].removeprefix("fatal: ")
            raise UsageError(
                f"git cannot tell what changed here: {said}",
                where=str(folder),
                hint="comparing with a revision needs a git repository",
            )

    def head(self) -> str | None:
        """The hash of HEAD; None before the first commit."""
        code, found, _ = self._run("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
        return None if code else found.strip()

    @property
    def top(self) -> Path:
        """The folder that the whole repository is in."""
        return Path(self._text("rev-parse", "--show-toplevel").strip())

    def base(self, revision: str) -> str:
        """The commit that a change begins at: the last that ``revision`` and HEAD have in common.

        Returns:
            Its full hash.

        Raises:
            UsageError: No commit is meant by ``revision``, or it has none in common with HEAD.
        """
        commit = self.commit(revision)
        code, found, _ = self._run("merge-base", commit, "HEAD")
        if code:
            raise UsageError(
                f'HEAD and "{revision}" have no commit in common', hint=self._missing_history()
            )
        return found.strip()

    def changes(self, commit: str, *, suffix: str = "") -> tuple[ChangedFile, ...]:
        """The files of the folder that differ from a commit, sorted by path.

        Uncommitted and untracked files count; ignored ones do not.

        Args:
            commit: A full hash.
            suffix: How the names of the files end; any when empty.
        """
        listed = self._text(
            "diff", "--name-status", "-z", "-M", "--no-ext-diff", "--relative", commit, "--"
        )
        found = {item.path: item for item in _statuses(listed.split("\0"))}
        untracked = self._text("ls-files", "--others", "--exclude-standard", "-z")
        for path in filter(None, untracked.split("\0")):
            # Removed from the index but still there: it differs from what it was.
            before = path if path in found else None
            status: Status = "changed" if before else "added"
            found[path] = ChangedFile(path=path, status=status, before=before)
        return tuple(found[path] for path in sorted(found) if path.endswith(suffix))

    def text(self, commit: str, path: str) -> str:
        """A file's text in a commit; bytes that are not UTF-8 are replaced.

        Raises:
            UsageError: The commit does not have the file.
        """
        code, found, _ = self._run("cat-file", "blob", f"{commit}:./{path}")
        if code:
            raise UsageError(f"{commit[:12]} has no such file", where=path)
        return found.removeprefix("\ufeff")

    def commits_with(self, text: str, path: str) -> tuple[str, ...]:
        """The commits that changed how often a text stands in a file, the newest first."""
        code, found, _ = self._run("log", f"-S{text}", "--format=%H", "--", path)
        return () if code else tuple(found.split())

    def commit(self, revision: str) -> str:
        """The full hash of what a revision means.

        Raises:
            UsageError: No commit is meant by it.
        """
        if not revision or revision.startswith("-"):
            raise UsageError(
                f'"{revision}" is not a revision', hint="name a branch, a tag or a commit"
            )
        code, found, _ = self._run("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
        if code:
            _, names, _ = self._run("for-each-ref", "--format=%(refname:short)")
            raise UsageError(
                f'git knows no revision "{revision}"',
                where=str(self._folder),
                hint=did_you_mean(revision, ["HEAD", *names.split()]) or self._missing_history(),
            )
        return found.strip()

    def _missing_history(self) -> str:
        _, shallow, _ = self._run("rev-parse", "--is-shallow-repository")
        if shallow.strip() == "true":
            return "this clone is shallow: fetch its whole history (`git fetch --unshallow`)"
        return "fetch it first, or name a branch, a tag or a commit"

    def _text(self, *arguments: str) -> str:
        code, found, problem = self._run(*arguments)
        if code:
            said = problem.strip().rpartition("\n")[2].removeprefix("fatal: ")
            raise UsageError(f"git {arguments[0]} failed: {said}", where=str(self._folder))
        return found

    def _run(self, *arguments: str) -> tuple[int, str, str]:
        try:
            done = subprocess.run(  # noqa: S603 - arguments, no shell; see the module's text
                ["git", *arguments],  # noqa: S607 - the user's own git
                cwd=self._folder,
                capture_output=True,
                check=False,
                timeout=_TIMEOUT_S,
            )
        except FileNotFoundError as problem:
            raise UsageError("git is not installed", hint="install git") from problem
        except subprocess.TimeoutExpired as problem:
            raise UsageError(
                f"git {arguments[0]} did not end in {_TIMEOUT_S} s", where=str(self._folder)
            ) from problem
        return (
            done.returncode,
            done.stdout.decode("utf-8", "replace"),
            done.stderr.decode("utf-8", "replace"),
        )


def _statuses(fields: Sequence[str]) -> Iterator[ChangedFile]:
    """The entries of ``git diff --name-status -z``: a letter, a path, and another after R or C."""
    place = 0
    while place < len(fields) and fields[place]:
        letter = fields[place][0]
        first = fields[place + 1]
        place += 2
        last = first
        if letter in "RC":
            last = fields[place]
            place += 1
        before = None if letter == "A" else first
        yield ChangedFile(path=last, status=_STATUS.get(letter, "changed"), before=before)
