"""What happened to one golden case between two arms, and who is to blame. Pure.

Golden answers carry the knowledge-base version they are true for, so a fact that legitimately
changed is an *expected change*, not a failure, and an answer that repeats the old fact is *stale*,
not merely wrong.
"""

from dataclasses import dataclass
from typing import Literal

from promptops.core.canonical import JSON

CaseVerdict = Literal[
    "ok",  # right before, right now
    "wrong",  # wrong before, wrong now: nothing new
    "fixed",  # wrong before, right now, the right answer is the same
    "broken",  # right before, wrong now
    "expected-change",  # the right answer changed and the prompt followed
    "stale-answer",  # the right answer changed and the prompt still gives the old one
    "newly-answerable",  # the knowledge base learned the answer and the prompt gives it
    "abstain-miss",  # the knowledge base does not hold the answer, the prompt gives one
    "gold-stale",  # the knowledge base no longer supports the golden answer
    "unlabeled",  # nobody said what is right under one of the two versions
    "new",  # there was nothing to compare with
]
Blame = Literal["", "golden-set", "retriever", "reader", "provider"]

HARMFUL: frozenset[CaseVerdict] = frozenset({"broken", "stale-answer", "abstain-miss"})
"""Verdicts that are the system's fault."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one arm did on one case.

    Attributes:
        answer: The answer as given.
        score: 0 to 1, against the answer that is right under this arm's knowledge base.
        context: Ids of the chunks put into the prompt, best first; empty without retrieval.
        error: Why there is no answer; None when there is one.
        cached: Whether the answer cost no call.
    """

    answer: str
    score: float
    context: tuple[str, ...] = ()
    error: str | None = None
    cached: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Gold:
    """The right answer under one knowledge-base version.

    Attributes:
        labeled: Whether anybody said what is right.
        answer: The right answer; None means that the prompt must abstain.
        support: Ids of the chunks that hold the answer; None where this cannot be told, because
            there is no knowledge base or the answer is not a passage of text.
    """

    labeled: bool
    answer: JSON
    support: frozenset[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedCase:
    """One case after comparison.

    Attributes:
        case_id: The golden case.
        verdict: What happened.
        blame: Who is to blame for a harmful verdict; empty when nobody is.
        reason: One sentence.
        critical: Whether breaking it is a regression by itself.
        cluster: Cases of one cluster are not independent; the case id when it stands alone.
        before: The base arm, None when there is none.
        after: The new arm, None when the case has no known answer there.
        gold_before: The right answer then.
        gold_after: The right answer now.
        displaced_by: Chunks that entered the context when the supporting one left it.
        rerun: Whether the prompt sent to the model differs between the arms.
    """

    case_id: str
    verdict: CaseVerdict
    blame: Blame
    reason: str
    critical: bool
    cluster: str
    before: Outcome | None
    after: Outcome | None
    gold_before: JSON
    gold_after: JSON
    displaced_by: tuple[str, ...] = ()
    rerun: bool = True

    @property
    def harmful(self) -> bool:
        """Whether the system got worse on this case by its own fault."""
        return self.verdict in HARMFUL

    @property
    def comparable(self) -> bool:
        """Whether the case counts in the paired difference.

        Both versions must have an answer to give: where one must abstain, the two tasks differ.
        """
        if (
            self.before is None
            or self.after is None
            or self.verdict in ("gold-stale", "unlabeled", "new")
        ):
            return False
        return (self.gold_before is None) == (self.gold_after is None)

    def to_json(self) -> dict[str, JSON]:
        """One row for tables and evidence."""
        return {
            "case": self.case_id,
            "verdict": self.verdict,
            "blame": self.blame,
            "reason": self.reason,
            "critical": self.critical,
            "cluster": self.cluster,
            "answer_before": self.before.answer if self.before else None,
            "answer_after": self.after.answer if self.after else None,
            "score_before": self.before.score if self.before else None,
            "score_after": self.after.score if self.after else None,
            "gold_before": self.gold_before,
            "gold_after": self.gold_after,
            "context_before": list(self.before.context) if self.before else [],
            "context_after": list(self.after.context) if self.after else [],
            "displaced_by": list(self.displaced_by),
            "rerun": self.rerun,
        }


def judge_case(
    *,
    case_id: str,
    before: Outcome | None,
    after: Outcome | None,
    gold_before: Gold,
    gold_after: Gold,
    gives_old_answer: bool,
    pass_score: float = 1.0,
    critical: bool = False,
    cluster: str | None = None,
    rerun: bool = True,
) -> JudgedCase:
    """Say what happened to one case.

    Args:
        case_id: The golden case.
        before: The base arm's outcome, None when there is none.
        after: The new arm's outcome, None when the case has no known answer there.
        gold_before: The right answer under the base arm's knowledge base.
        gold_after: The right answer under the new arm's.
        gives_old_answer: Whether the new arm's answer is right by the *old* golden answer.
        pass_score: Score from which an answer is right.
        critical: Whether the case is critical.
        cluster: Its cluster.
        rerun: Whether the two arms sent different prompts to the model.
    """
    verdict: CaseVerdict = "unlabeled"
    blame: Blame = ""
    reason, displaced = _PLAIN["unlabeled"], tuple[str, ...]()
    if after is not None and gold_after.labeled and (before is None or gold_before.labeled):
        verdict = _verdict(before, after, gold_before, gold_after, gives_old_answer, pass_score)
        blame, reason, displaced = _blame(verdict, before, after, gold_after)
    return JudgedCase(
        case_id=case_id,
        verdict=verdict,
        blame=blame,
        reason=reason,
        critical=critical,
        cluster=cluster or case_id,
        before=before,
        after=after,
        gold_before=gold_before.answer if gold_before.labeled else None,
        gold_after=gold_after.answer if gold_after.labeled else None,
        displaced_by=displaced,
        rerun=rerun,
    )


def _verdict(
    before: Outcome | None,
    after: Outcome,
    old: Gold,
    new: Gold,
    gives_old_answer: bool,
    pass_score: float,
) -> CaseVerdict:
    right = after.error is None and after.score >= pass_score
    if not right and new.answer is not None and new.support == frozenset():
        return "gold-stale"
    if before is None:
        return "new"
    was_right = before.error is None and before.score >= pass_score
    if old.answer == new.answer:
        return _same_gold(was_right, right, must_abstain=new.answer is None)
    if right:
        return "newly-answerable" if old.answer is None else "expected-change"
    if old.answer is not None and gives_old_answer:
        return "stale-answer"
    if new.answer is None:
        return "abstain-miss"
    return "broken" if was_right else "wrong"


def _same_gold(was_right: bool, right: bool, *, must_abstain: bool) -> CaseVerdict:
    if right:
        return "ok" if was_right else "fixed"
    if not was_right:
        return "wrong"
    return "abstain-miss" if must_abstain else "broken"


def _blame(
    verdict: CaseVerdict, before: Outcome | None, after: Outcome, gold: Gold
) -> tuple[Blame, str, tuple[str, ...]]:
    if verdict == "gold-stale":
        return "golden-set", "the knowledge base no longer holds the golden answer", ()
    if verdict not in HARMFUL and verdict != "wrong":
        return "", _PLAIN.get(verdict, ""), ()
    if after.error is not None:
        return "provider", f"no answer: {after.error}", ()
    if gold.answer is None and verdict != "stale-answer":
        return "reader", "an answer was given where the knowledge base holds none", ()
    if gold.support is None and verdict != "stale-answer":
        return "reader", "wrong answer", ()
    if gold.support and not gold.support & set(after.context):
        seen = set(before.context) if before else set()
        entered = tuple(chunk for chunk in after.context if chunk not in seen)
        lost = before is not None and bool(gold.support & seen)
        reason = "the chunk that holds the answer was not retrieved"
        if lost and entered:
            reason = "the chunk that holds the answer was crowded out of the context"
        return "retriever", reason, entered if lost else ()
    if verdict == "stale-answer":
        return "reader", "the answer repeats the old fact", ()
    return "reader", "the answer was in the context and was not used", ()


_PLAIN: dict[CaseVerdict, str] = {
    "expected-change": "the right answer changed and the prompt followed",
    "newly-answerable": "the knowledge base now holds the answer",
    "unlabeled": "nobody said what is right under this knowledge-base version",
    "new": "measured for the first time",
    "fixed": "wrong before, right now",
}
