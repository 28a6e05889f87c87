"""Whether the context carries what the answer says."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from promptops.core.canonical import JSON
from promptops.golden.case import GoldenCase
from promptops.prompts.model import Prompt
from promptops.scoring.reading import answer_text, is_abstention, words
from promptops.scoring.scorer import Score

_SENTENCE = re.compile(r"(?<=[.!?])[\"')\]]*\s+(?=[\"'(\[]?[A-Z0-9])|\n+")
_PASSAGE = re.compile(r"\n\s*\n")
_ID = r"(?:[A-Za-z][\w./-]{0,60}|\d{1,4})"
_CITATION = re.compile(rf"\[\s{{0,4}}({_ID}(?:\s{{0,4}},\s{{0,4}}{_ID}){{0,20}})\s{{0,4}}\]")
_NUMBERED = re.compile(r"^\s*\[?(\d{1,4})[\].):]", re.MULTILINE)
_SMALL_WORDS = """
    about after all also am and any are as at be because been before being both but by can did do
    does for from had has have he her here his how i if in into is it its may me more most must my
    no not of on only or our shall she should so some such than that their them then there these
    they this those to was we were what when where which while who whom why will with would you
    your yes
"""
_STOP_WORDS = frozenset(_SMALL_WORDS.split())
_WORD = re.compile(r"[^\W\d_]+$")
_SHORT = 12
"""Words of an abstention: a longer text that mentions what is not known is an answer."""
_SUFFIXES = ("ingly", "edly", "ing", "ied", "ies", "ed", "es", "ly", "s")


class CitationSupport:
    """The share of the answer's sentences that the context supports; no model is asked.

    A sentence is supported when one passage of the context (a passage ends at an empty line) holds
    every number of the sentence and enough of its content words, and every source that it cites is
    there: ``[2]`` a passage that is numbered so, or the second where none has a number, and
    ``[policy.md]`` a name that the context shows. A cited sentence must be supported by what it
    cites, taken together. An answer that says it has none gets 1 where nothing is expected, else 0.

    Words are compared by their stems (endings cut), so paraphrase costs: 0.5 is a low bar that
    catches inventions, not a proof of entailment.
    """

    name: ClassVar[str] = "citation_support"
    version: ClassVar[str] = "1"

    def __init__(self, *, overlap: float = 0.5, variable: str = "") -> None:
        """Say how much must be found, and where.

        Args:
            overlap: Share of a sentence's content words that a passage must hold, over 0 to 1.
            variable: The input that is the context; empty: what retrieval found, else the input
                that the prompt retrieves into, else ``context``.

        Raises:
            ValueError: An overlap outside the range.
        """
        if not 0 < overlap <= 1:
            raise ValueError("overlap lies over 0 and up to 1")
        self._overlap, self._variable = overlap, variable

    def check(self, *, case: GoldenCase, expected: JSON, prompt: Prompt, **_: object) -> None:
        """See `promptops.scoring.scorer.fault`; what retrieval will find counts as a context."""
        retrieves = prompt.retrieval is not None and prompt.retrieval.into not in case.inputs
        # Where nothing is expected, the right answer needs no context.
        if expected is not None and (self._variable or not retrieves):
            self._context(case, prompt, None)

    def score(
        self,
        *,
        answer: str,
        case: GoldenCase,
        expected: JSON,
        prompt: Prompt,
        context: str | None = None,
        **_: object,
    ) -> Score:
        """See `Scorer.score`."""
        text = answer_text(answer, expected)
        if is_abstention(text) and len(words(text)) <= _SHORT:
            return Score(value=float(expected is None), reason="abstained")
        passages = _passages(self._context(case, prompt, context))
        sentences = [each for each in _SENTENCE.split(text) if words(_CITATION.sub("", each))]
        if not sentences:
            return Score(value=0.0, reason="no sentence in the answer")
        faults = [fault for each in sentences if (fault := self._fault(each, passages))]
        value = 1.0 - len(faults) / len(sentences)
        return Score(value=value, reason=faults[0] if faults else "all of it is in the context")

    def _context(self, case: GoldenCase, prompt: Prompt, context: str | None) -> str:
        if not self._variable and context is not None:
            return context
        into = prompt.retrieval.into if prompt.retrieval is not None else "context"
        found = case.inputs.get(self._variable or into)
        if not isinstance(found, str) or not found.strip():
            raise ValueError(
                f'there is no context: the case has no text as "{self._variable or into}"; '
                "name the input in the option `variable`"
            )
        return found

    def _fault(self, sentence: str, passages: Mapping[str, "_Passage"]) -> str:
        """Why a sentence is not supported; empty when it is."""
        among = list(passages.values())
        cited = [name.strip() for group in _CITATION.findall(sentence) for name in group.split(",")]
        if cited:
            meant = [(name, _meant(name, passages)) for name in cited]
            unknown = [name for name, found in meant if not found]
            if unknown:
                return f"cites [{unknown[0]}], which is not in the context"
            among = [_joined([each for _, found in meant for each in found])]
        said = words(_CITATION.sub("", sentence))
        numbers = {word for word in said if any(char.isdigit() for char in word)}
        content = {stem(word) for word in said if _WORD.match(word) and word not in _STOP_WORDS}
        for passage in among:
            share = len(content & passage.stems) / len(content) if content else 1.0
            if numbers <= passage.words and share >= self._overlap:
                return ""
        return f'not in the context: "{" ".join(sentence.split())[:80]}"'


@dataclass(frozen=True, slots=True, kw_only=True)
class _Passage:
    """A passage with its first line, its words and their stems."""

    heading: str
    words: frozenset[str]
    stems: frozenset[str]


def _passage(text: str) -> _Passage:
    there = words(text)
    return _Passage(
        heading=text.strip().partition("\n")[0],
        words=frozenset(there),
        stems=frozenset(map(stem, there)),
    )


def _joined(passages: Sequence[_Passage]) -> _Passage:
    return _Passage(
        heading="",
        words=frozenset().union(*(each.words for each in passages)),
        stems=frozenset().union(*(each.stems for each in passages)),
    )


def stem(word: str) -> str:
    """A word without its ending; at least three letters stay."""
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            return word[: -len(suffix)]
    return word.removesuffix("e") if len(word) > 3 else word


def _passages(context: str) -> dict[str, _Passage]:
    """The passages of a context by their number: their own, else their place from 1."""
    parts = [part for part in _PASSAGE.split(context) if part.strip()]
    own = [match[1] for part in parts if (match := _NUMBERED.match(part))]
    names = own if len(set(own)) == len(parts) else [str(n + 1) for n in range(len(parts))]
    return {name: _passage(part) for name, part in zip(names, parts, strict=True)}


def _meant(name: str, passages: Mapping[str, _Passage]) -> list[_Passage]:
    """The passages that a citation means: of that number, or with that name in the first line."""
    if name in passages:
        return [passages[name]]
    if name.isdigit():
        return []
    named = re.compile(rf"(?<![\w.-]){re.escape(name)}(?![\w-])")
    return [each for each in passages.values() if named.search(each.heading)]
