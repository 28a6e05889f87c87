"""Assertions about one answer, in promptfoo's form: what each type means.

    - {type: contains, value: 30 days}
    - {type: not-regex, value: '(?i)as an ai'}
    - {type: similar, value: within a month, threshold: 0.8, weight: 2}
    - {type: assert-set, threshold: 0.5, assert: [...]}

Source: promptfoo's documentation ("Deterministic metrics", "Assertions & metrics") and its
handlers, read 2026-11-22. Known differences: patterns are RE2 instead of JavaScript's; rouge-n
counts a repeated word as often as it occurs (Lin 2004), where promptfoo counts it once; llm-rubric
is judged as the scorer llm_judge does, and passes from 0.75 (level 4 of 5) where no threshold is
given.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from promptops.core.canonical import JSON
from promptops.core.patterns import HINT, PatternError, compile_pattern
from promptops.core.suggest import did_you_mean
from promptops.scoring.schemas import validator_of

_KEYS = frozenset({"type", "value", "threshold", "weight", "metric"})
_SET_KEYS = frozenset({"type", "assert", "threshold", "weight", "metric"})
_TEXT, _TEXTS, _OPTIONAL, _NUMBER = "a text or number", "a list of texts", "", "a threshold"

TYPES: Mapping[str, str] = {
    "equals": "any value",
    "contains": _TEXT,
    "icontains": _TEXT,
    "contains-all": _TEXTS,
    "contains-any": _TEXTS,
    "icontains-all": _TEXTS,
    "icontains-any": _TEXTS,
    "starts-with": _TEXT,
    "regex": "a pattern",
    "is-json": _OPTIONAL,
    "contains-json": _OPTIONAL,
    "similar": "a text or a list of texts",
    "levenshtein": _TEXT,
    "rouge-n": _TEXT,
    "word-count": "a number, or min and max",
    "is-refusal": _OPTIONAL,
    "finish-reason": _TEXT,
    "cost": _NUMBER,
    "latency": _NUMBER,
    "llm-rubric": "a rubric",
    "python": "the name of a scorer",
}
"""What each type of assertion needs as its value, or its threshold."""

NOT_HERE: Mapping[str, str] = {
    "javascript": "its code is not run; make it a scorer in Python (entry point promptops.scorer)",
    "ruby": "its code is not run; make it a scorer in Python (entry point promptops.scorer)",
    "webhook": "nothing is sent to other services; make it a scorer in Python",
    "factuality": "use llm-rubric with the facts in it, or the scorer pairwise_judge",
    "model-graded-factuality": "use llm-rubric with the facts in it",
    "model-graded-closedqa": "use llm-rubric",
    "g-eval": "use llm-rubric with the criteria",
    "select-best": "compare prompts with `promptops optimize`, or use the scorer pairwise_judge",
    "max-score": "compare prompts with `promptops optimize`",
    "answer-relevance": "use the scorer ragas.answer_relevancy",
    "context-faithfulness": "use the scorer ragas.faithfulness or citation_support",
    "context-relevance": "use the scorer ragas.context_precision",
    "context-recall": "use the scorer ragas.context_precision",
    "bleu": "use the scorer ragas.bleu",
    "gleu": "use the scorer ragas.bleu",
    "meteor": "use the scorer ragas.chrf",
    "classifier": "make it a scorer in Python",
    "moderation": "make it a scorer in Python",
    "perplexity": "answers come without log probabilities",
    "perplexity-score": "answers come without log probabilities",
    "is-html": "make it a scorer in Python",
    "contains-html": "make it a scorer in Python",
    "is-xml": "make it a scorer in Python",
    "contains-xml": "make it a scorer in Python",
    "is-sql": "make it a scorer in Python",
    "contains-sql": "make it a scorer in Python",
}
"""Types of promptfoo that are known and not supported, and what to do instead."""

_SHARES = ("similar", "rouge-n", "llm-rubric", "assert-set")
"""Types whose threshold is a score; that of ``levenshtein`` is a number of edits."""

_THRESHOLDS = {"similar": 0.75, "rouge-n": 0.75, "levenshtein": 5.0, "llm-rubric": 0.75}


@dataclass(frozen=True, slots=True, kw_only=True)
class Assertion:
    """One assertion as read.

    Args:
        type: One of `TYPES`, or ``assert-set``.
        negated: Whether it was written with ``not-``.
        value: What the type needs.
        threshold: The bound; the type's own where none is given, None where it has none.
        weight: How much its score counts; with 0 it cannot fail.
        members: The assertions of a set.
    """

    type: str
    negated: bool = False
    value: JSON = None
    threshold: float | None = None
    weight: float = 1.0
    members: tuple["Assertion", ...] = ()


def read_assertion(spec: Mapping[str, JSON]) -> Assertion:
    """Read one assertion.

    Raises:
        ValueError: It is none, or one that is not supported; the text says what to do.
    """
    kind = spec.get("type")
    if not isinstance(kind, str):
        raise ValueError("an assertion has a type")  # noqa: TRY004 - a mistake in a file
    base = kind.removeprefix("not-")
    is_set = base == "assert-set"
    if not is_set and base not in TYPES:
        raise ValueError(_unknown(base))
    if odd := sorted(spec.keys() - (_SET_KEYS if is_set else _KEYS)):
        raise ValueError(f'"{kind}" with "{odd[0]}" is not supported')
    weight = _number(spec.get("weight", 1), "weight")
    if weight < 0:
        raise ValueError("a weight is 0 or more")
    threshold = spec.get("threshold")
    bound = _THRESHOLDS.get(base) if threshold is None else _number(threshold, "threshold")
    if bound is not None and base in _SHARES and not 0 <= bound <= 1:
        raise ValueError(f'the threshold of "{base}" lies between 0 and 1, not {bound:g}')
    if bound is not None and base == "levenshtein" and bound < 0:
        raise ValueError(f'the threshold of "{base}" is a number of edits from 0, not {bound:g}')
    if is_set:
        if kind != base:
            raise ValueError("a set of assertions is not negated: negate its members")
        return Assertion(
            type=base, threshold=bound, weight=weight, members=read_assertions(spec.get("assert"))
        )
    value = _checked(base, spec.get("value"), bound)
    return Assertion(type=base, negated=kind != base, value=value, threshold=bound, weight=weight)


def read_assertions(specs: JSON) -> tuple[Assertion, ...]:
    """Read a list of assertions, at least one.

    Raises:
        ValueError: See `read_assertion`.
    """
    if not isinstance(specs, Sequence) or isinstance(specs, str) or not specs:
        raise ValueError("a list of assertions has at least one")
    found = []
    for spec in specs:
        if not isinstance(spec, Mapping):
            raise ValueError("an assertion is a mapping with a type")  # noqa: TRY004 - as above
        found.append(read_assertion(spec))
    return tuple(found)


def _unknown(base: str) -> str:
    family = base.partition(":")[0]
    if family in NOT_HERE:
        return f'"{base}" is not supported: {NOT_HERE[family]}'
    hint = did_you_mean(base, [*TYPES, "assert-set"])
    return f'"{base}" is no assertion that is known here' + (f", {hint}" if hint else "")


def _checked(base: str, value: JSON, threshold: float | None) -> JSON:
    """The value of an assertion in the form its check takes."""
    needs = TYPES[base]
    if needs == _NUMBER:
        if threshold is None or threshold < 0:
            raise ValueError(f'"{base}" needs a threshold of 0 or more')
        return None
    if needs == _OPTIONAL:
        return _schema(base, value) if base.endswith("json") else None
    if base == "equals":
        return value
    if base == "word-count":
        return _bounds(value)
    if needs == _TEXTS or base == "similar":
        return _texts(base, value)
    if isinstance(value, bool) or not isinstance(value, str | int | float) or value == "":
        raise ValueError(f'"{base}" needs {needs} as its value')
    if base == "regex":
        try:
            compile_pattern(str(value))
        except PatternError as problem:
            raise ValueError(f'"{value}" is no pattern: {problem}; {HINT}') from problem
    return str(value)


def _texts(base: str, value: JSON) -> list[str]:
    """Several texts; one text is cut at its commas, but for ``similar``."""
    if isinstance(value, str):
        value = [value] if base == "similar" else [part.strip() for part in value.split(",")]
    if not isinstance(value, list) or not value or not all(str(each) for each in value):
        raise ValueError(f'"{base}" needs {TYPES[base]}')
    return [str(each) for each in value]


def _schema(base: str, value: JSON) -> JSON:
    """The schema of ``is-json`` and ``contains-json``; text is YAML, as JSON is."""
    if value in (None, ""):
        return None
    if isinstance(value, str):
        import yaml

        try:
            value = yaml.safe_load(value)
        except yaml.YAMLError as problem:
            raise ValueError(f'the schema of "{base}" cannot be read') from problem
    if not isinstance(value, Mapping):
        raise ValueError(f'the value of "{base}" is a JSON Schema')  # noqa: TRY004 - as above
    validator_of(value)
    return value


def _bounds(value: JSON) -> dict[str, JSON]:
    bounds = value if isinstance(value, Mapping) else {"min": value, "max": value}
    found = {name: _number(bounds[name], name) for name in ("min", "max") if name in bounds}
    if not found or bounds.keys() - found.keys():
        raise ValueError('"word-count" needs a number, or min, max or both')
    if found.get("min", 0) > found.get("max", math.inf):
        raise ValueError('"word-count" has a min greater than its max')
    return found


def _number(value: JSON, name: str) -> float:
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            value = None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"a {name} is a number")  # noqa: TRY004 - as above
    return float(value)
