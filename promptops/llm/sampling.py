"""What a request may set: how an answer is sampled, by OpenAI's names, and in which values.

Never where the call goes or who pays: a prompt may come from a pack of strangers, and a parameter
such as ``api_base`` would send its user's texts and key elsewhere.
"""

import math
from collections.abc import Callable, Mapping
from typing import NamedTuple

from promptops.core.canonical import JSON
from promptops.core.suggest import did_you_mean

_EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh", "max")
_VERBOSITIES = ("low", "medium", "high")
_BIAS = 100
_THINKING = ("enabled", "disabled", "adaptive")


class Rule(NamedTuple):
    """Which values a parameter may have, and how that is said."""

    takes: Callable[[JSON], bool]
    expected: str


class Wrong(NamedTuple):
    """What is wrong with a parameter, and what to do about it."""

    what: str
    hint: str


def _number(low: float, high: float = math.inf) -> Rule:
    def takes(value: JSON) -> bool:
        return _is_number(value) and math.isfinite(value) and low <= value <= high

    return Rule(takes, f"a number from {low:g}" + (f" to {high:g}" if high < math.inf else " on"))


def _whole(low: float = -math.inf) -> Rule:
    return Rule(
        lambda value: _is_whole(value) and value >= low,
        "a whole number" + (f" from {low:g} on" if low > -math.inf else ""),
    )


def _word(*known: str) -> Rule:
    return Rule(
        lambda value: isinstance(value, str) and value in known, f"one of {', '.join(known)}"
    )


def _is_number(value: JSON) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_whole(value: JSON) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_stop(value: JSON) -> bool:
    texts = value if isinstance(value, list | tuple) else [value]
    return all(isinstance(text, str) for text in texts)


def _is_bias(value: JSON) -> bool:
    return isinstance(value, Mapping) and all(
        str(token).isdecimal() and _is_number(bias) and abs(bias) <= _BIAS
        for token, bias in value.items()
    )


def _is_thinking(value: JSON) -> bool:
    return (
        isinstance(value, Mapping)
        and value.get("type", "enabled") in _THINKING
        and ("budget_tokens" not in value or _whole(0).takes(value["budget_tokens"]))
    )


_RULES: Mapping[str, Rule] = {
    "temperature": _number(0),
    "top_p": _number(0, 1),
    "min_p": _number(0, 1),
    # 0 and -1 switch it off, as the server has it.
    "top_k": _whole(-1),
    "seed": _whole(),
    "stop": Rule(_is_stop, "a text or a list of texts"),
    "logit_bias": Rule(_is_bias, "numbers from -100 to 100 by token number"),
    "max_tokens": _whole(1),
    "max_completion_tokens": _whole(1),
    "presence_penalty": _number(-2, 2),
    "frequency_penalty": _number(-2, 2),
    "repeat_penalty": _number(0),
    "reasoning_effort": _word(*_EFFORTS),
    "thinking": Rule(
        _is_thinking, f"a type ({', '.join(_THINKING)}) and budget_tokens, a whole number"
    ),
    "verbosity": _word(*_VERBOSITIES),
    "service_tier": Rule(lambda value: isinstance(value, str) and bool(value), "a text"),
}
SAMPLING_PARAMS = frozenset(_RULES)
"""The parameters that a request may have."""

# Fields of an API that a prompt says in another place.
_ELSEWHERE: Mapping[str, str] = {
    "response_format": "give the prompt `output: {schema: …}`: each API is then asked for JSON",
    "tool_choice": "give the prompt `tools:`: whether one is called is the model's choice",
    "tools": "give the prompt `tools:`, beside its messages",
}


def wrong_param(params: Mapping[str, JSON]) -> Wrong | None:
    """The first parameter that nobody takes, or whose value nobody takes; None when all are fine.

    A value of None stands for a parameter that is not set. What a single model takes is narrower:
    see `promptops.models.params`.
    """
    for name, value in params.items():
        rule = _RULES.get(name)
        if rule is None:
            known = f"known: {', '.join(sorted(SAMPLING_PARAMS))}"
            hint = _ELSEWHERE.get(name) or did_you_mean(name, SAMPLING_PARAMS) or known
            return Wrong(f'"{name}" is no sampling parameter', hint)
        if value is not None and not rule.takes(value):
            return Wrong(f"{name} is {_shown(value)}", f"it is {rule.expected}")
    return None


def _shown(value: JSON) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:59]}…"
