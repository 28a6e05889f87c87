"""A golden set: cases whose right answer is known."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from promptops.core.canonical import JSON, canonical_json, digest_bytes
from promptops.errors import GoldenSetError


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldenCase:
    """One question with its right answer.

    Args:
        id: Unique in its set.
        inputs: A value for each variable of the prompt.
        expected: The right answer, any JSON value; None when the right behavior is to abstain.
            Of no meaning while ``answers`` is not empty and this is None.
        answers: The right answer for each knowledge-base label; None means the knowledge base
            does not hold the answer and the prompt must abstain. A label that is absent is not
            labeled: nobody said what is right.
        evidence: Path, within the knowledge base, of the document that proves the answer.
        critical: Whether breaking this one case is a regression by itself.
        cluster: Cases of one cluster are not independent; the document of ``evidence`` when the
            row names none.
        tags: Free words.
        split: Puts the case into ``train``, ``dev`` or ``test`` whatever the rule says.
        line: Line (JSON Lines) or row (tables), from 1, where the case stands in its file; 0 when
            it comes from elsewhere. Not part of the digest.
        assertions: What must hold for an answer, in promptfoo's form; the scorer ``assertions``
            looks at them.
    """

    id: str
    inputs: Mapping[str, JSON]
    expected: JSON = None
    answers: Mapping[str, JSON] = field(default_factory=dict)
    evidence: str | None = None
    critical: bool = False
    cluster: str | None = None
    tags: tuple[str, ...] = ()
    split: str | None = None
    line: int = 0
    assertions: tuple[Mapping[str, JSON], ...] = ()
    _digest: str = field(default="", init=False, repr=False, compare=False)

    @property
    def digest(self) -> str:
        """Digest of the canonical row, made once: what a result of this case depends on."""
        if not self._digest:
            self.canonical_row()
        return self._digest

    def canonical_row(self) -> bytes:
        """The bytes that the digest is of."""
        row = canonical_json(self.to_json())
        object.__setattr__(self, "_digest", digest_bytes(row))
        return row

    def is_labeled(self, kb_label: str | None) -> bool:
        """Whether the right answer is known under this knowledge-base label (None: under none)."""
        if not self.answers or self.expected is not None:
            return True
        return kb_label in self.answers

    def expected_for(self, kb_label: str | None) -> JSON:
        """The right answer under a knowledge-base label; None means the prompt must abstain.

        A label without an answer of its own falls to ``expected``, which holds for all versions.

        Raises:
            GoldenSetError: Nobody said what is right under this label.
        """
        if kb_label is not None and kb_label in self.answers:
            return self.answers[kb_label]
        if self.is_labeled(kb_label):
            return self.expected
        known = ", ".join(sorted(self.answers))
        raise GoldenSetError(
            f'case "{self.id}" has no answer for knowledge base {kb_label or "(none named)"}',
            hint=f"it has answers for: {known}",
        )

    def to_json(self) -> dict[str, JSON]:
        """The canonical row: what `promptops.golden.loading` reads, absent parts left out."""
        row: dict[str, JSON] = {"id": self.id, "inputs": dict(self.inputs)}
        if self.expected is not None or not (self.answers or self.assertions):
            row["expected"] = self.expected
        for name in ("evidence", "cluster", "split"):
            if (value := getattr(self, name)) is not None:
                row[name] = value
        if self.answers:
            row["answers"] = dict(self.answers)
        if self.critical:
            row["critical"] = True
        if self.assertions:
            row["assert"] = [dict(each) for each in self.assertions]
        if self.tags:
            row["tags"] = list(self.tags)
        return row


@dataclass(frozen=True, kw_only=True)
class GoldenSet:
    """The cases of one file, in its order."""

    name: str
    path: Path
    cases: tuple[GoldenCase, ...]

    @cached_property
    def digest(self) -> str:
        """Digest of the canonical rows in their order: formatting and file times do not matter."""
        return cases_digest(self.cases)

    @property
    def labels(self) -> tuple[str, ...]:
        """The knowledge-base labels that cases have answers for, sorted."""
        return tuple(sorted({label for case in self.cases for label in case.answers}))

    def __len__(self) -> int:
        """The number of cases."""
        return len(self.cases)


def cases_digest(cases: Iterable[GoldenCase]) -> str:
    """The digest that a golden set of these cases has; makes those of the cases on the way."""
    return digest_bytes(b"[" + b",".join([case.canonical_row() for case in cases]) + b"]")
