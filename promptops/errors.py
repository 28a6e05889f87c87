"""The one error tree.

Every failure a user can cause or meet is a ``PromptOpsError`` that says what happened, where, and
what to do next. The command line prints it as one line and exits with ``exit_status``; the servers
answer with ``http_status``.

    PromptOpsError
    ├── InputError                    what the user gave is wrong (exit 2)
    │   ├── UsageError                a flag or argument
    │   ├── WorkspaceNotFoundError    no promptops.toml here or above
    │   ├── SettingsError             promptops.toml or an environment variable
    │   ├── PromptSyntaxError         a prompt file, with line and column
    │   │   └── TemplateError         its template text
    │   ├── RenderError               values do not fit the declared variables
    │   ├── RequestError              a model's API would refuse the prompt as it stands
    │   ├── UnknownPromptError        a reference to no prompt
    │   ├── UnknownModelError         a model id in no catalog
    │   ├── UnknownBackendError       a backend name that nobody provides
    │   ├── ModelNotInstalledError    the embedded weights are not on this machine
    │   ├── MissingKeyError           a provider without its key
    │   ├── GoldenSetError            a golden set is missing or malformed
    │   ├── ImportFormatError         a file to import is not what it should be
    │   ├── KnowledgeBaseError        a knowledge base is missing or malformed
    │   ├── PolicyError               a routing policy
    │   ├── RunLogError               the log of model calls
    │   ├── ProposalError             a proposal that cannot be shown, accepted or rejected
    │   │   └── UnknownProposalError  there is none of this id
    │   ├── UnknownJobError           a job of a service that is not there
    │   ├── JobError                  a job that cannot be begun or begun again
    │   ├── PackError                 a pack definition
    │   └── ShadowedPackageError      flows/ or tasks/ of somebody else
    ├── GateError                     a check ran and said no (exit 1)
    │   ├── DataContractError         rows that break their contract
    │   └── StaleBaselineError        measured against another knowledge-base version
    ├── StorageError                  state could not be read or written (exit 2)
    │   ├── ReadOnlyWorkspaceError
    │   ├── StorageFullError
    │   └── CorruptStoreError
    ├── ProviderError                 a model provider failed (exit 2)
    │   ├── ProviderTimeoutError
    │   └── ProviderRefusedError
    ├── BudgetExceededError           the declared budget is spent (exit 1)
    └── QueueFullError                a service has as many jobs waiting as it keeps (exit 2)
"""

from typing import ClassVar


class PromptOpsError(Exception):
    """Base of every expected failure.

    Args:
        message: What happened, one sentence.
        where: The place: ``file:line:column``, a prompt reference, a setting name.
        hint: What to do next; the class default when not given.
    """

    code: ClassVar[str] = "internal"
    exit_status: ClassVar[int] = 2
    http_status: ClassVar[int] = 500
    default_hint: ClassVar[str] = ""

    def __init__(self, message: str, *, where: str = "", hint: str = "") -> None:
        """Keep the three parts apart so that each edge can print them its own way."""
        super().__init__(message)
        self.message = message
        self.where = where
        self.hint = hint or self.default_hint

    def __str__(self) -> str:
        """One line: where, what, what next."""
        place = f"{self.where}: " if self.where else ""
        advice = f" ({self.hint})" if self.hint else ""
        return f"{place}{self.message}{advice}"

    def __reduce__(self) -> tuple[object, ...]:
        """Survive a process boundary: worker processes pass errors back by pickle."""
        return (_rebuild, (type(self), self.message, self.where, self.hint))


def _rebuild(kind: type[PromptOpsError], message: str, where: str, hint: str) -> PromptOpsError:
    error = kind.__new__(kind)
    PromptOpsError.__init__(error, message, where=where, hint=hint)
    return error


class InputError(PromptOpsError):
    """What the user gave is wrong."""

    code, http_status = "input", 400


class UsageError(InputError):
    """A flag or an argument is wrong."""

    code = "usage"


class WorkspaceNotFoundError(InputError):
    """No ``promptops.toml`` here or in a folder above."""

    code, http_status = "workspace-not-found", 404
    default_hint = "run `promptops init DIR` or pass --workspace"


class SettingsError(InputError):
    """A setting in ``promptops.toml`` or in the environment is wrong."""

    code = "settings"


class PromptSyntaxError(InputError):
    """A prompt file cannot be read; carries its line and column (both from 1, 0 if unknown)."""

    code, http_status = "prompt-syntax", 422

    def __init__(
        self, message: str, *, where: str = "", hint: str = "", line: int = 0, column: int = 0
    ) -> None:
        """Append the position to ``where`` in the form editors understand."""
        place = f"{where}:{line}:{column}" if line else where
        super().__init__(message, where=place, hint=hint)
        self.line = line
        self.column = column


class TemplateError(PromptSyntaxError):
    """A template uses what the template language does not have, or a name nobody declared."""

    code = "template"


class RenderError(InputError):
    """The values given do not fit the variables that the prompt declares."""

    code, http_status = "render", 422


class RequestError(InputError):
    """A model's API would refuse the prompt as it stands."""

    code, http_status = "request", 422


class UnknownPromptError(InputError):
    """No prompt has this id or version."""

    code, http_status = "unknown-prompt", 404


class UnknownModelError(InputError):
    """No model card has this id."""

    code, http_status = "unknown-model", 404


class UnknownBackendError(InputError):
    """A backend is named that neither we nor an installed package provides."""

    code = "unknown-backend"


class ModelNotInstalledError(InputError):
    """The weights of an embedded model are not on this machine."""

    code, http_status = "model-not-installed", 503
    default_hint = "run `promptops models pull smollm2-135m`"


class MissingKeyError(InputError):
    """A provider needs a key that the environment does not have."""

    code, http_status = "missing-key", 503


class GoldenSetError(InputError):
    """A golden set is missing or malformed."""

    code = "golden-set"


class ImportFormatError(InputError):
    """A file to import is not what it should be."""

    code = "import-format"


class KnowledgeBaseError(InputError):
    """A knowledge base is missing or malformed."""

    code = "knowledge-base"


class PolicyError(InputError):
    """A routing policy is malformed or names what does not exist."""

    code = "policy"


class RunLogError(InputError):
    """The log of model calls is missing or malformed."""

    code = "run-log"


class ProposalError(InputError):
    """A proposal cannot be shown, accepted or rejected."""

    code, http_status = "proposal", 409


class UnknownProposalError(ProposalError):
    """No proposal has this id."""

    code, http_status = "unknown-proposal", 404


class UnknownJobError(InputError):
    """No job of a service has this id."""

    code, http_status = "unknown-job", 404


class JobError(InputError):
    """A job cannot be begun, or not begun again."""

    code, http_status = "job", 409


class PackError(InputError):
    """A pack definition is malformed or names what does not exist."""

    code = "pack"


class ShadowedPackageError(InputError):
    """Another package named ``flows`` or ``tasks`` stands in front of ours."""

    code = "shadowed-package"


class GateError(PromptOpsError):
    """A check ran to its end and said no."""

    code, exit_status, http_status = "gate", 1, 409


class DataContractError(GateError):
    """Rows of a data set break their contract; ``where`` names the file and the rows."""

    code = "data-contract"


class StaleBaselineError(GateError):
    """A baseline was measured against another knowledge-base version."""

    code = "stale-baseline"
    default_hint = "run `promptops regress` and review the KB diff"


class StorageError(PromptOpsError):
    """State could not be read or written."""

    code, http_status = "storage", 507


class ReadOnlyWorkspaceError(StorageError):
    """The workspace, or its state folder, cannot be written to."""

    code = "read-only-workspace"
    default_hint = "make the folder writable, or work in a copy of it"


class StorageFullError(StorageError):
    """The disk that holds the state folder is full."""

    code = "storage-full"
    default_hint = "free some space and run again: finished work is kept"


class CorruptStoreError(StorageError):
    """A state database is damaged."""

    code = "corrupt-store"


class ProviderError(PromptOpsError):
    """A model provider failed after its retries."""

    code, http_status = "provider", 502


class ProviderTimeoutError(ProviderError):
    """A model provider did not answer in time."""

    code, http_status = "provider-timeout", 504


class ProviderRefusedError(ProviderError):
    """A model provider refused the request: trying again cannot help."""

    code = "provider-refused"


class BudgetExceededError(PromptOpsError):
    """The declared budget (calls, USD or minutes) is spent; what was measured is kept."""

    code, exit_status, http_status = "budget-exceeded", 1, 402


class QueueFullError(PromptOpsError):
    """A service keeps as many waiting jobs as it may."""

    code, http_status = "queue-full", 429
    default_hint = "try again when a job has ended"
