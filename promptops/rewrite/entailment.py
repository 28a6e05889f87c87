"""Whether a new wording says what the old one says, by a judge model.

The judge is shown the sentences that changed, group by group and in both directions: all that the
old ones require must be required by the new ones, and nothing else. A paraphrase is mutual
entailment (Dagan et al. 2006, "The PASCAL Recognising Textual Entailment Challenge").
"""

from collections.abc import Sequence
from dataclasses import dataclass

from promptops.core.canonical import JSON
from promptops.errors import ProviderError
from promptops.llm.chat import Chat
from promptops.prompts.model import MessageTemplate, Prompt
from promptops.rewrite.checking.facts import facts
from promptops.rewrite.checking.matching import groups, rest
from promptops.rewrite.checking.sentences import Sentence
from promptops.scoring.calibration import Calibration
from promptops.scoring.judging import Judge, Permit

SCORER = "rewrite_entailment"
"""The name under which a judge's agreement with labels is looked up."""

_NOTHING = "(nothing)"
_SYSTEM = """\
You compare two wordings of a part of a prompt that a language model will follow.
Say "yes" when the second wording requires, permits and forbids everything that the first does, as \
strictly and with the same conditions, numbers, names and order. Other words, another order of \
sentences that do not depend on each other, and other marks are no difference.
Say "no" when anything of the first is missing in the second, or is weaker or different there.
Give the reason first, in one sentence."""
_QUESTION = "Does the second wording say all that the first says?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A part that does not say the same.

    Attributes:
        old: The old sentences.
        new: The new sentences.
        lost: Whether something of the old is missing in the new; otherwise something was added.
        reason: What the judge said.
    """

    old: str
    new: str
    lost: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entailment:
    """What a judge said.

    Attributes:
        judge: Who judged, and what is known of its agreement with labels.
        asked: Questions put; 0 when only marks changed.
        doubts: The parts that do not say the same.
    """

    judge: str
    asked: int
    doubts: tuple[Doubt, ...]

    @property
    def mutual(self) -> bool:
        """Whether each wording says what the other says."""
        return not self.doubts

    def to_json(self) -> dict[str, JSON]:
        """Plain values by name."""
        return {
            "judge": self.judge,
            "asked": self.asked,
            "doubts": [
                {"old": each.old, "new": each.new, "lost": each.lost, "reason": each.reason}
                for each in self.doubts
            ],
        }


async def entailment(
    base: Prompt,
    new: Sequence[MessageTemplate],
    chat: Chat,
    judge: str,
    *,
    ignoring: tuple[str, ...] = (),
    permit: Permit | None = None,
    uncalibrated: bool = False,
    calibration: Calibration | None = None,
) -> Entailment:
    """Ask a judge whether two wordings say the same.

    Args:
        base: The prompt as it was, variants resolved.
        new: The rewritten messages.
        chat: Where to ask.
        judge: The model that judges.
        ignoring: Passages that may come and go.
        permit: Whether the judge may be shown the prompt; None permits it.
        uncalibrated: Ask a judge although it was not shown to be better than chance.
        calibration: Measured agreements; those of the package when None.

    Raises:
        UsageError: The judge is known to be no better than chance, or it is a small one that was
            not measured.
        PolicyError: The judge must not be shown this prompt's data.
        ProviderError: The judge gave no usable verdict, or the call failed.
    """
    asking = Judge(
        chat, judge, of=SCORER, permit=permit, uncalibrated=uncalibrated, calibration=calibration
    )
    old, now = facts(base.messages, ignoring).sentences, facts(tuple(new), ignoring).sentences
    doubts, asked = [], 0
    for before, after in groups(_changed(old, now), _changed(now, old)):
        texts = _text(before), _text(after)
        for lost in (True, False):
            first, second = texts if lost else texts[::-1]
            if first == _NOTHING:
                continue  # nothing is said by everything
            asked += 1
            reason = await _objection(asking, judge, first, second, base)
            if reason is not None:
                doubts.append(Doubt(old=texts[0], new=texts[1], lost=lost, reason=reason))
    return Entailment(judge=asking.note, asked=asked, doubts=tuple(doubts))


async def _objection(
    asking: Judge, model: str, first: str, second: str, prompt: Prompt
) -> str | None:
    """Why the second wording does not say all of the first; None when it does."""
    material = {"first wording": first, "second wording": second}
    try:
        verdict = await asking.ask(_SYSTEM, material, _QUESTION, ["yes", "no"], prompt=prompt)
    except ValueError as problem:
        raise ProviderError(
            f"whether a rewrite says the same is not known: {problem}",
            where=model,
            hint="ask a stronger judge, or go without one",
        ) from problem
    return verdict.reason if verdict.choice == "no" else None


def _changed(ones: Sequence[Sentence], others: Sequence[Sentence]) -> list[Sentence]:
    return [each for each in rest(ones, others) if not each.title]


def _text(sentences: Sequence[Sentence]) -> str:
    return "\n".join(each.text for each in sentences) or _NOTHING
