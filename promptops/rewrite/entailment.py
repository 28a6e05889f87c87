"""Whether a new wording says what the old one says, by a judge model.

The judge is shown the sentences that changed, group by group and in both directions: all that the
old ones require must be required by the new ones, and nothing else. A paraphrase is mutual
entailment (Dagan et al. 2006, "The PASCAL Recognising Textual Entailment Challenge").

A large judge gives its reasons and is asked about every group. A small one is asked only where
nothing but unknown words speaks against a rewrite (`check.Difference.soft`): it answers with one
word after solved examples, and "yes" must be surer than "no" by a margin. The margin depends on
what else is known of the words (`wording.Evidence`): the less likely they mean the same, the surer
the judge must be. Its weights were fitted on labeled edits (``benchmarks/rewrite_wording.py``,
which writes ``judges.json``).
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from promptops.core.canonical import JSON
from promptops.errors import PolicyError, ProviderError
from promptops.llm.chat import Chat, ChatRequest, Message
from promptops.llm.embedded.weights import is_embedded
from promptops.prompts.model import MessageTemplate, Prompt
from promptops.rewrite.check import Difference, weighed
from promptops.rewrite.checking.facts import facts
from promptops.rewrite.checking.matching import as_text, groups, rest
from promptops.rewrite.checking.sentences import Sentence
from promptops.rewrite.wording import Weights, evidence
from promptops.scoring.calibration import Calibration, JudgeAgreement, load_calibration
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
_SHORT = """\
You compare two versions of an instruction. Answer Yes when both ask for exactly the same thing in \
other words: same actions, objects, numbers, names, conditions, order and strictness. Answer No \
when anything is missing, added or different."""
_SOLVED = (
    ("Do not share the report with clients.", "Never pass the report on to clients.", "Yes"),
    ("List three causes of the outage.", "List the main cause of the outage.", "No"),
    ("Give an honest verdict on the essay.", "Provide a frank assessment of the essay.", "Yes"),
    ("Describe the guests and their luggage.", "Describe the guests.", "No"),
    (
        "Read the letter closely and flag wierd claims.",
        "Closely read the letter and flag weird claims.",
        "Yes",
    ),
    ("Reply to the manager in a calm voice.", "Reply to the supplier in a calm voice.", "No"),
)
"""Solved examples for a small judge; made up, of no set that it is measured on."""
SMALL_JUDGES = Path(__file__).with_name("judges.json")
"""Written by ``benchmarks/rewrite_wording.py``."""


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
        asked: Questions put; 0 when nothing was in doubt.
        doubts: The parts that do not say the same.
        agreed: The parts that say the same, old and new sentences.
    """

    judge: str
    asked: int
    doubts: tuple[Doubt, ...]
    agreed: tuple[tuple[str, str], ...] = ()

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

    A small (embedded) judge is asked only about what it may release, and only when nothing else
    speaks against the rewrite.

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
    known = _measured(load_calibration() if calibration is None else calibration)
    asking = Judge(
        chat, judge, of=SCORER, permit=permit, uncalibrated=uncalibrated, calibration=known
    )
    if permit is not None and (barred := permit(base)):
        raise PolicyError(f"{judge} must not be shown this: {barred}", where=base.id)
    small = is_embedded(judge)
    margins = _margins(judge, _soft(base, new, ignoring)) if small else {}
    parts = margins if small else _groups(base, new, ignoring)
    doubts: list[Doubt] = []
    agreed: list[tuple[str, str]] = []
    asked = 0
    for texts in parts:
        objections: list[Doubt] = []
        for lost in (True, False):
            first, second = texts if lost else texts[::-1]
            if first == _NOTHING or (small and objections):
                continue  # nothing is said by everything; a small judge only releases
            asked += 1
            if small:
                reason = await _doubted(chat, judge, first, second, margin=margins[texts])
            else:
                reason = await _objection(asking, judge, first, second, base)
            if reason is not None:
                objections.append(Doubt(old=texts[0], new=texts[1], lost=lost, reason=reason))
        doubts += objections
        if not objections:
            agreed.append(texts)
    return Entailment(judge=asking.note, asked=asked, doubts=tuple(doubts), agreed=tuple(agreed))


def _groups(
    base: Prompt, new: Sequence[MessageTemplate], ignoring: tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    """All sentences that changed."""
    old, now = facts(base.messages, ignoring).sentences, facts(tuple(new), ignoring).sentences
    for before, after in groups(_changed(old, now), _changed(now, old)):
        yield as_text(before) or _NOTHING, as_text(after) or _NOTHING


def _soft(
    base: Prompt, new: Sequence[MessageTemplate], ignoring: tuple[str, ...]
) -> tuple[Difference, ...]:
    """What a judge may release; nothing when something else speaks against the rewrite anyway."""
    found = weighed(base, new, ignoring=ignoring)
    return found if all(each.soft for each in found) else ()


def _margins(judge: str, found: Sequence[Difference]) -> dict[tuple[str, str], float]:
    """By which log-odds a small judge must say that old and new sentences are the same."""
    known = small_judges().get(judge)
    if known is None:
        return {(each.old, each.new): 0.0 for each in found}
    weights = Weights.from_json(known)
    return {
        (each.old, each.new): round(
            weights.needed(evidence(each.old, each.new, each.lost, each.added)), 2
        )
        for each in found
    }


async def _objection(
    asking: Judge, model: str, first: str, second: str, prompt: Prompt
) -> str | None:
    """Why the second wording does not say all of the first; None when it does."""
    material = {"first wording": first, "second wording": second}
    try:
        verdict = await asking.ask(_SYSTEM, material, _QUESTION, ["yes", "no"], prompt=prompt)
    except ValueError as problem:
        raise _unknown(problem, model) from problem
    return verdict.reason if verdict.choice == "no" else None


async def _doubted(chat: Chat, model: str, first: str, second: str, *, margin: float) -> str | None:
    """That a small judge is not sure enough that two wordings are the same; None when it is."""
    known = small_judges().get(model)
    params: dict[str, JSON] = {"max_tokens": 1, "temperature": 0}
    if known is not None:
        params["logit_bias"] = {known["yes"]: -margin}
    request = ChatRequest(model=model, messages=short_question(first, second), params=params)
    said = (await chat.complete(request)).text.strip().lower()
    if said not in ("yes", "no"):
        raise _unknown(ValueError(f"it said {said!r}, not Yes or No"), model)
    return "it is not sure that this says the same" if said == "no" else None


def short_question(first: str, second: str) -> tuple[Message, ...]:
    """What a small judge is asked; it answers "Yes" or "No"."""
    solved = [
        Message(role=role, content=content)
        for one, other, answer in _SOLVED
        for role, content in (("user", _pair(one, other)), ("assistant", answer))
    ]
    asked = Message(role="user", content=_pair(first, second))
    return (Message(role="system", content=_SHORT), *solved, asked)


def _pair(one: str, other: str) -> str:
    return f"A: {one}\nB: {other}\nSame?"


def _unknown(problem: ValueError, model: str) -> ProviderError:
    return ProviderError(
        f"whether a rewrite says the same is not known: {problem}",
        where=model,
        hint="ask a stronger judge, or go without one",
    )


@cache
def small_judges() -> dict[str, dict[str, JSON]]:
    """What was fitted and measured for small judges, by model id; read once.

    ``yes`` is the token that begins "Yes"; ``intercept``, ``weights`` and ``bar`` are those of
    `wording.Weights`; ``agreement`` is how well both together agree with labels.
    """
    found: dict[str, dict[str, JSON]] = json.loads(SMALL_JUDGES.read_text(encoding="utf-8"))
    return found


def _measured(known: Calibration) -> Calibration:
    """Known agreements, and those of small judges under their margin."""
    ours = {
        model: {SCORER: JudgeAgreement.from_json(each["agreement"])}
        for model, each in small_judges().items()
    }
    return {name: {**ours.get(name, {}), **known.get(name, {})} for name in {*ours, *known}}


def _changed(ones: Sequence[Sentence], others: Sequence[Sentence]) -> list[Sentence]:
    return [each for each in rest(ones, others) if not each.title]
