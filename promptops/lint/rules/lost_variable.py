"""VAR004."""

from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.project.model import Member, Project
from promptops.lint.project.rule import ProjectRule
from promptops.prompts.model import Prompt
from promptops.prompts.versions import behavior_changes


class LostVariable(ProjectRule):
    """A new version takes a variable away, and its number does not say so.

    What it does:
        Compares a prompt with its version before: the last commit, or the last text kept in
        `.history`. Flags a variable that is gone or has another name, unless the version says that
        callers break: a higher major number, or below 1.0.0 a higher minor one.

    Why is this bad?
        Callers go on sending the old name. Rendering fails, or the value silently goes missing
        from what the model reads.

    Example:
        id: answer
        version: "1.2.1"
        variables: {query: {type: string, max_length: 200}}
        messages: [{role: user, content: "<question>{{ query }}</question>"}]
        ---
        earlier: answer
        version: "1.2.0"
        variables: {question: {type: string, max_length: 200}}
        messages: [{role: user, content: "<question>{{ question }}</question>"}]

    Use instead:
        id: answer
        version: "2.0.0"
        variables: {query: {type: string, max_length: 200}}
        messages: [{role: user, content: "<question>{{ query }}</question>"}]
        ---
        earlier: answer
        version: "1.2.0"
        variables: {question: {type: string, max_length: 200}}
        messages: [{role: user, content: "<question>{{ question }}</question>"}]

    What to do:
        Bring the variable back, or raise the major version and tell the callers.

    Source:
        comet-ml/opik issue 7656, a candidate prompt that drops a variable; Semantic Versioning
        2.0.0.
    """

    code = "VAR004"
    name = "lost-variable"
    severity = Severity.ERROR
    tags = ("pd-maintainability",)
    needs = ("history",)

    def check_project(self, project: Project) -> Iterator[Finding]:
        """Yield one finding a variable."""
        for member in project.members:
            if member.earlier is not None and not _breaks_openly(member.earlier, member.prompt):
                yield from self._lost(member, member.earlier)

    def _lost(self, member: Member, earlier: Prompt) -> Iterator[Finding]:
        if set(earlier.variables) <= set(member.prompt.variables):
            return
        for change in behavior_changes(earlier, member.prompt):
            if not change.path.startswith("/variables/"):
                continue
            if change.kind == "renamed":
                text = f'"{change.old}" of version {earlier.version} is called "{change.new}" now'
                yield self.found_at_key(member.parsed, change.path, text)
            elif change.new is None:
                name = change.path.removeprefix("/variables/")
                text = f'the variable "{name}" of version {earlier.version} is gone'
                yield self.found_at_key(member.parsed, "/variables", text)


def _breaks_openly(old: Prompt, new: Prompt) -> bool:
    before, after = _parts(old.version), _parts(new.version)
    return after[0] > before[0] or (after[0] == before[0] == 0 and after[1] > before[1])


def _parts(version: str) -> tuple[int, int]:
    major, minor = version.partition("-")[0].split(".")[:2]
    return int(major), int(minor)
