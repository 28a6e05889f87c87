"""What a judge concluded about one wording, as numbers that can be kept and checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from promptops.core.canonical import JSON
from promptops.lint.finding import Finding, Severity
from promptops.lint.fingerprint import anchor
from promptops.lint.judge.checks import Check
from promptops.lint.judge.protocols import Evidence, plain
from promptops.lint.judge.shown import Shown, Span
from promptops.lint.parsed import ParsedPrompt

_EXCERPT = 80


class Verdicts(Protocol):
    """Where verdicts are found and kept."""

    def find(self, subject: str, inputs: Mapping[str, str]) -> JSON | None:
        """The verdict kept under this digest of a wording and these inputs, or None."""
        ...

    def keep(self, subject: str, inputs: Mapping[str, str], value: JSON) -> None:
        """Keep a verdict."""
        ...


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the draws agree on; spans only, the words are the prompt's."""

    evidence: tuple[Evidence, ...]

    def to_json(self) -> JSON:
        """Plain values."""
        return [
            {
                "spans": [[span.message, span.start, span.end] for span in piece.spans],
                "reason": piece.reason,
            }
            for piece in self.evidence
        ]

    @classmethod
    def read(cls, value: Any, check: Check, shown: Shown) -> "Verdict | None":
        """Read what `to_json` wrote; None when it does not fit this wording."""
        try:
            evidence = tuple(
                Evidence(
                    spans=tuple(
                        Span(message=message, start=start, end=end)
                        for message, start, end in piece["spans"]
                    ),
                    reason=plain(piece["reason"]),
                )
                for piece in value
            )
            fits = all(
                len(piece.spans) == check.quotes
                and all(_within(span, shown) for span in piece.spans)
                for piece in evidence
            )
        except (TypeError, ValueError, KeyError, AttributeError):
            return None
        return cls(evidence) if fits else None


def _within(span: Span, shown: Shown) -> bool:
    if not 0 <= span.message < len(shown.messages):
        return False
    return 0 <= span.start < span.end <= len(shown.messages[span.message].text)


def finding(
    check: Check, prompt: ParsedPrompt, shown: Shown, evidence: Evidence, *, severity: Severity
) -> Finding:
    """The finding that a piece of evidence amounts to; its excerpt is cut from the prompt."""
    span = evidence.spans[0]
    message = shown.messages[span.message]
    line, column = message.place(span.start)
    end_line, end_column = message.place(span.end - 1)
    return Finding(
        code=check.code,
        name=check.name,
        severity=severity,
        message=_message(check, shown, evidence),
        advice=check.advice,
        path=prompt.path,
        line=line,
        column=column,
        end_line=end_line,
        end_column=end_column + 1,
        region=message.region(span.start).value,
        prompt_id=prompt.prompt_id,
        row=prompt.row,
        excerpt=_excerpt(shown, span),
        variant=message.variant,
        tags=check.tags,
        anchor=anchor(message.text, (span.start, span.end)),
    )


def _message(check: Check, shown: Shown, evidence: Evidence) -> str:
    text = check.summary
    for span in evidence.spans[1:]:
        line, _ = shown.messages[span.message].place(span.start)
        text += f'; the other, in line {line}: "{_excerpt(shown, span)}"'
    return f"{text}; the judge says: {evidence.reason}" if evidence.reason else text


def _excerpt(shown: Shown, span: Span) -> str:
    return " ".join(shown.text_of(span).split())[:_EXCERPT]
