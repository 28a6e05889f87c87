"""REG009."""

from collections.abc import Iterable, Iterator, Set

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.rule import Rule
from promptops.lint.suppression import Suppression


class UnusedSuppression(Rule):
    """A suppression comment that allows nothing, or gives no reason.

    What it does:
        Flags `promptops: ignore[…]` comments that meet no finding, and those without a reason,
        which are not honored.

    Why is this bad?
        It hides the next finding of that kind, which nobody has looked at.

    Example:
        messages: [{role: user, content: Name the capital of France.}]
        # promptops: ignore[SEC003] the gateway escapes control tokens
        license: Apache-2.0

    Use instead:
        messages: [{role: user, content: Name the capital of France.}]

    What to do:
        Delete the comment, or give it its reason.

    Source:
        ruff RUF100; ESLint `--report-unused-disable-directives`.
    """

    code = "REG009"
    name = "unused-suppression"
    triggers = ("promptops: ignore",)
    severity = Severity.WARNING

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield nothing: only the engine knows what was suppressed; see `report`."""
        del prompt
        return iter(())

    def report(
        self, prompt: ParsedPrompt, idle: Iterable[tuple[Suppression, str]], active: Set[str]
    ) -> Iterator[Finding]:
        """Yield the comments at fault, leaving out those for rules that did not run."""
        for comment, fault in idle:
            if comment.reason and not all(name in active for name in comment.names):
                continue
            yield Finding(
                code=self.code,
                name=self.name,
                severity=self.severity,
                message=f"this comment {fault}",
                advice=self.advice,
                path=prompt.path,
                line=comment.line,
                column=comment.column,
                end_line=comment.line,
                end_column=comment.column,
                region="metadata",
                prompt_id=prompt.prompt_id,
                tags=self.tags,
            )
