"""The assertions of a golden case."""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from promptops.core.canonical import JSON, canonical_json
from promptops.core.patterns import compile_pattern, readable
from promptops.embedding.embedder import Embedder
from promptops.errors import UsageError
from promptops.golden.case import GoldenCase
from promptops.llm.chat import Chat, Completion
from promptops.prompts.model import Prompt
from promptops.scoring.assertions import Assertion, read_assertions
from promptops.scoring.judging import Permit
from promptops.scoring.reading import json_objects, read_json
from promptops.scoring.schemas import fault_of, validator_of
from promptops.scoring.scorer import Score, settled
from promptops.scoring.scorers.llm_judge import LLMJudge
from promptops.scoring.scorers.refusal import is_refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of an assertion; ``score`` from 0 to 1."""

    passed: bool
    score: float
    reason: str


class Assertions:
    """What the assertions of a case come to, as promptfoo counts.

    ``value: pass`` (the default) is 1 when every assertion passes. ``value: score`` is the mean of
    their scores by weight: shares and similarities count with their value, the rest with 0 or 1.
    """

    uses: ClassVar[tuple[str, ...]] = ("embedder", "chat", "judge", "permit")
    name: ClassVar[str] = "assertions"

    def __init__(
        self,
        *,
        embedder: Embedder | None = None,
        chat: Chat | None = None,
        judge: str | None = None,
        permit: Permit | None = None,
        value: Literal["pass", "score"] = "pass",
        uncalibrated: bool = False,
    ) -> None:
        """Keep what single assertions may need; nothing is loaded.

        Args:
            embedder: For ``similar``.
            chat: For ``llm-rubric``.
            judge: The model that judges rubrics.
            permit: Whether it may be shown a prompt's data.
            value: What the score is.
            uncalibrated: Ask a judge that was not shown to be better than chance.

        Raises:
            ValueError: Another ``value``.
        """
        if value not in ("pass", "score"):
            raise ValueError(f'value is "pass" or "score", not "{value}"')
        self._embedder, self._chat, self._judge, self._permit = embedder, chat, judge, permit
        self._graded, self._uncalibrated = value == "score", uncalibrated

    @property
    def version(self) -> str:
        """Changes with the models that assertions may ask."""
        embedder = self._embedder.fingerprint if self._embedder is not None else ""
        return f"1+{embedder}+{self._judge or ''}"

    def check(self, *, case: GoldenCase, **_: object) -> None:
        """See `promptops.scoring.scorer.fault`."""
        if not case.assertions:
            raise ValueError("the case has no assertions (`assert` in its golden row)")
        read_assertions(case.assertions)

    async def score(self, *, case: GoldenCase, **given: Any) -> Score:
        """See `Scorer.score`.

        Raises:
            ValueError: The case has no assertions, or one that is not supported.
        """
        self.check(case=case)
        asked = _Asked(case=case, scorer=self, **given)
        outcome = await _together(read_assertions(case.assertions), None, asked)
        value = outcome.score if self._graded else float(outcome.passed)
        return Score(value=min(1.0, max(0.0, value)), reason=outcome.reason)

    def similarity(self, one: str, other: str) -> float:
        """Cosine of two texts, negative values cut to 0.

        Raises:
            UsageError: There is no embedder.
        """
        if self._embedder is None:
            raise UsageError('the assertion "similar" needs an embedder')
        first, second = self._embedder.embed([one, other])
        return min(1.0, max(0.0, float(first @ second)))

    def judged(self, rubric: str) -> LLMJudge:
        """The judge of a rubric.

        Raises:
            UsageError: There is no judge, or it is not fit.
        """
        if self._chat is None or not self._judge:
            raise UsageError('the assertion "llm-rubric" needs a judge', hint="set llm.judge")
        return LLMJudge(
            chat=self._chat,
            judge=self._judge,
            permit=self._permit,
            rubric=rubric,
            uncalibrated=self._uncalibrated,
        )

    def named(self, scorer: str) -> Any:
        """The scorer that an assertion of the type ``python`` names.

        Raises:
            UnknownBackendError: Nobody provides it.
            UsageError: It needs what is not there.
        """
        from promptops.scoring.loading import load_scorer

        return load_scorer(
            scorer,
            embedder=self._embedder,
            chat=self._chat,
            judge=self._judge,
            permit=self._permit,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """The answer, and all that assertions may look at."""

    answer: str
    case: GoldenCase
    expected: JSON
    prompt: Prompt
    scorer: Assertions
    completion: Completion | None = None
    context: str | None = None

    @property
    def call(self) -> Completion:
        if self.completion is None:
            raise ValueError("cost and latency are known only together with the call")
        return self.completion

    def given(self) -> dict[str, Any]:
        return {
            "answer": self.answer,
            "case": self.case,
            "expected": self.expected,
            "prompt": self.prompt,
            "completion": self.completion,
            "context": self.context,
        }


async def _together(
    assertions: tuple[Assertion, ...], threshold: float | None, asked: _Asked
) -> Outcome:
    """Several assertions as one: all must pass, or their mean score reach the threshold."""
    outcomes = [(each, await _outcome(each, asked)) for each in assertions]
    weight = sum(each.weight for each, _ in outcomes)
    total = sum(each.weight * outcome.score for each, outcome in outcomes)
    score = total / weight if weight else 0.0
    failed = [(each, outcome) for each, outcome in outcomes if not outcome.passed]
    passed = score >= threshold if threshold is not None else not failed
    named = [f"{_written(each)}: {outcome.reason}" for each, outcome in failed]
    reason = "; ".join(named[:3]) if named else f"all of {len(outcomes)} hold"
    return Outcome(passed=passed, score=score, reason=reason)


async def _outcome(assertion: Assertion, asked: _Asked) -> Outcome:
    if assertion.type == "assert-set":
        outcome = await _together(assertion.members, assertion.threshold, asked)
    else:
        found = _CHECKS[assertion.type](assertion, asked)
        outcome = found if isinstance(found, Outcome) else await found
    if assertion.negated:
        passed = not outcome.passed
        outcome = Outcome(passed=passed, score=1.0 - outcome.score, reason=outcome.reason)
    if not assertion.weight:
        return Outcome(passed=True, score=outcome.score, reason=outcome.reason)
    return outcome


def _written(assertion: Assertion) -> str:
    return f"not-{assertion.type}" if assertion.negated else assertion.type


def _yes_no(passed: bool, reason: str = "") -> Outcome:
    return Outcome(passed=passed, score=float(passed), reason=reason or ("yes" if passed else "no"))


def _graded(score: float, assertion: Assertion, what: str) -> Outcome:
    bound = assertion.threshold or 0.0
    return Outcome(passed=score >= bound, score=score, reason=f"{what} {score:.2f}, bar {bound:g}")


def _equals(assertion: Assertion, asked: _Asked) -> Outcome:
    wanted = assertion.value
    if isinstance(wanted, Mapping | list):
        try:
            same = canonical_json(read_json(asked.answer, fenced=False)) == canonical_json(wanted)
        except ValueError:
            same = False
    else:
        same = asked.answer == _as_javascript(wanted)
    return _yes_no(same, "equal" if same else f'said "{asked.answer[:60]}"')


def _as_javascript(value: JSON) -> str:
    """A YAML scalar as promptfoo compares it with text."""
    if isinstance(value, str):
        return value
    return canonical_json(value).decode()


def _contains(assertion: Assertion, asked: _Asked) -> Outcome:
    """All types whose name has ``contains``, but the one about JSON."""
    text, wanted = asked.answer, assertion.value
    values = wanted if isinstance(wanted, list) else [wanted]
    if assertion.type.startswith("i"):
        text, values = text.lower(), [each.lower() for each in values]
    missing = [each for each in values if each not in text]
    if assertion.type.endswith("-any"):
        return _yes_no(len(missing) < len(values), f"{len(values) - len(missing)} of them")
    return _yes_no(not missing, f'lacks "{missing[0][:60]}"' if missing else "contains it")


def _starts_with(assertion: Assertion, asked: _Asked) -> Outcome:
    return _yes_no(asked.answer.startswith(assertion.value), f'begins "{asked.answer[:40]}"')


def _regex(assertion: Assertion, asked: _Asked) -> Outcome:
    found = compile_pattern(assertion.value).search(readable(asked.answer))
    return _yes_no(found is not None, "matches" if found else f'no match of "{assertion.value}"')


def _is_json(assertion: Assertion, asked: _Asked) -> Outcome:
    try:
        value = read_json(asked.answer, fenced=False)
    except ValueError:
        return _yes_no(passed=False, reason="not JSON")
    fault = "" if assertion.value is None else fault_of(validator_of(assertion.value), value)
    return _yes_no(not fault, fault or "JSON")


def _contains_json(assertion: Assertion, asked: _Asked) -> Outcome:
    found = json_objects(asked.answer)
    if not found or assertion.value is None:
        return _yes_no(bool(found), "JSON" if found else "no JSON object in it")
    faults = [fault_of(validator_of(assertion.value), value) for value in found]
    return _yes_no("" in faults, "follows the schema" if "" in faults else faults[0])


def _similar(assertion: Assertion, asked: _Asked) -> Outcome:
    best = max(asked.scorer.similarity(asked.answer, each) for each in assertion.value)
    return _graded(best, assertion, "similarity")


def _levenshtein(assertion: Assertion, asked: _Asked) -> Outcome:
    from rapidfuzz.distance import Levenshtein

    edits = Levenshtein.distance(asked.answer, assertion.value)
    return _yes_no(edits <= (assertion.threshold or 0), f"{edits} edits")


def _rouge_n(assertion: Assertion, asked: _Asked) -> Outcome:
    """ROUGE-1 recall: the share of the reference's words that the answer has."""
    words = compile_pattern(r"[\pL\pN_]+|[^\s\pL\pN_]")
    got = Counter(words.findall(readable(asked.answer)))
    wanted = Counter(words.findall(readable(assertion.value)))
    total = wanted.total()
    return _graded((got & wanted).total() / total if total else 0.0, assertion, "ROUGE-1 recall")


def _word_count(assertion: Assertion, asked: _Asked) -> Outcome:
    count = len(asked.answer.split())
    low, high = assertion.value.get("min", 0), assertion.value.get("max", count)
    return _yes_no(low <= count <= high, f"{count} words")


def _refusal(_assertion: Assertion, asked: _Asked) -> Outcome:
    declined = is_refusal(asked.answer)
    return _yes_no(declined, "declined" if declined else "answered")


def _finish_reason(assertion: Assertion, asked: _Asked) -> Outcome:
    found = asked.call.finish_reason
    return _yes_no(found == assertion.value, f'ended with "{found}"')


def _cost(assertion: Assertion, asked: _Asked) -> Outcome:
    price = asked.call.cost_usd
    return _yes_no(price <= (assertion.threshold or 0), f"{price:.6f} USD")


def _latency(assertion: Assertion, asked: _Asked) -> Outcome:
    took = asked.call.latency_ms
    return _yes_no(took <= (assertion.threshold or 0), f"{took:,.0f} ms")


async def _rubric(assertion: Assertion, asked: _Asked) -> Outcome:
    score = await asked.scorer.judged(assertion.value).score(**asked.given())
    bound = assertion.threshold or 0.0
    return Outcome(passed=score.value >= bound, score=score.value, reason=score.reason)


async def _python(assertion: Assertion, asked: _Asked) -> Outcome:
    score = await settled(asked.scorer.named(assertion.value).score(**asked.given()))
    bound = 1.0 if assertion.threshold is None else assertion.threshold
    return Outcome(passed=score.value >= bound, score=score.value, reason=score.reason)


_CHECKS: Mapping[str, Callable[[Assertion, _Asked], Outcome | Awaitable[Outcome]]] = {
    "equals": _equals,
    "contains": _contains,
    "icontains": _contains,
    "contains-all": _contains,
    "contains-any": _contains,
    "icontains-all": _contains,
    "icontains-any": _contains,
    "starts-with": _starts_with,
    "regex": _regex,
    "is-json": _is_json,
    "contains-json": _contains_json,
    "similar": _similar,
    "levenshtein": _levenshtein,
    "rouge-n": _rouge_n,
    "word-count": _word_count,
    "is-refusal": _refusal,
    "finish-reason": _finish_reason,
    "cost": _cost,
    "latency": _latency,
    "llm-rubric": _rubric,
    "python": _python,
}
