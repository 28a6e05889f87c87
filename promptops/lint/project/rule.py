"""A rule about prompts together, or about a prompt and what stands around it."""

from collections.abc import Iterator
from typing import ClassVar

from promptops.lint.finding import Finding
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.project.model import Need, Project
from promptops.lint.rule import Rule


class ProjectRule(Rule):
    """One check over a project.

    Its examples are several documents with ``---`` between them: prompt files, and documents that
    begin with ``golden:`` (rows of the golden set), ``earlier:`` (a prompt file as it was) or
    ``routes:`` (what routing makes of the targets).

    Attributes:
        needs: Context without which the rule is silent; where it could not be read, the rule is
            reported as skipped.
    """

    needs_file = True
    needs_project = True
    needs: ClassVar[tuple[Need, ...]] = ()

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield nothing: a single prompt does not show what the rule is about."""
        del prompt
        return iter(())

    def check_project(self, project: Project) -> Iterator[Finding]:
        """Yield the findings in ``project``; order and duplicates do not matter."""
        raise NotImplementedError
