"""REG009."""

from collections.abc import Iterable, Iterator, Set

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.rule import Rule
from promptops.lint.suppression import Suppression


class UnusedSuppression(Rule):
    """A suppression comment that allows nothing, or gives no reason.

    What it does:
        Flags `promptops: ignore[…]` comments that meet no finding, and those that are not honored:
        without a reason, past their day, or for a rule that does not exist.

    Why is this bad?
        It hides the next finding of that kind, which nobody has looked at.

    Example:
        messages: [{role: user, content: Name the capital of France.}]
        # promptops: ignore[SEC003] the gateway escapes control tokens
        license: Apache-2.0

    Use instead:
        messages: [{role: user, content: Name the capital of France.}]

    What to do:
        Delete the comment, or mend what keeps it from being honored.

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
        self,
        prompt: ParsedPrompt,
        idle: Iterable[tuple[Suppression, str]],
        active: Set[str],
        known: Set[str] = frozenset(),
    ) -> Iterator[Finding]:
        """Yield the comments at fault, leaving out those for rules that did not run.

        Args:
            prompt: Where the comments stand.
            idle: Comments that allow nothing, and why.
            active: Codes, groups and names of the rules that ran.
            known: Those of all rules there are; empty when it does not matter here.
        """
        for comment, fault in idle:
            strange = [name for name in comment.names if known and name not in known]
            if not strange and comment.reason and not all(name in active for name in comment.names):
                continue
            yield Finding(
                code=self.code,
                name=self.name,
                severity=self.severity,
                message=f'this comment names no rule: "{strange[0]}"'
                if strange
                else f"this comment {fault}",
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
