"""REG018."""

from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.project.model import Project
from promptops.lint.project.rule import ProjectRule

_NOBODY = frozenset({"none", "null", "-", ""})


class DeadSuccessor(ProjectRule):
    """The prompt that takes the place of a deprecated one is not there.

    What it does:
        Flags an `x-replaced-by` that names no prompt of the registry, the prompt itself, or one
        that is deprecated too and names no successor.

    Why is this bad?
        Whoever follows the sign arrives nowhere, and stays with the old prompt.

    Example:
        id: capital-v1
        x-deprecated: true
        x-replaced-by: capitol
        ---
        id: capital

    Use instead:
        id: capital-v1
        x-deprecated: true
        x-replaced-by: capital
        ---
        id: capital

    What to do:
        Correct the id, or write "none" when there is no successor.

    Source:
        NIST AI RMF, GOVERN 1.7 (decommissioning).
    """

    code = "REG018"
    name = "dead-successor"
    severity = Severity.WARNING
    tags = ("nist-rmf-govern", "pd-maintainability")

    def check_project(self, project: Project) -> Iterator[Finding]:
        """Yield one finding a deprecated prompt at most."""
        prompts = {member.prompt.id: member.prompt for member in project.members}
        for member in project.members:
            named = member.prompt.extra.get("x-replaced-by")
            if not isinstance(named, str) or named.lower() in _NOBODY:
                continue
            successor = prompts.get(named.partition("@")[0])
            if successor is None:
                text = f'no prompt is called "{named}"'
            elif successor.id == member.prompt.id:
                text = "the prompt is its own successor"
            elif successor.extra.get("x-deprecated") and not successor.extra.get("x-replaced-by"):
                text = f'"{named}" is deprecated too'
            else:
                continue
            yield self.found_at_key(member.parsed, "/x-replaced-by", text)
