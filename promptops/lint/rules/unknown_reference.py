"""FMT013."""

import re
from collections.abc import Iterator
from functools import lru_cache

from promptops.lint.finding import Finding, Severity
from promptops.lint.nearby import near, sentence_around
from promptops.lint.parsed import ParsedMessage, ParsedPrompt, Wording
from promptops.lint.phrases import phrase
from promptops.lint.regions import Region
from promptops.lint.rule import Rule

_TAG_SEEDS = ("> tag", "> xml tag", "> and </", "> element", "> block", "`<")
_TAG = phrase(
    r"\b(?:in|inside|within|between|by|from|using"
    r"|of)(?: the)? [`\"']?<(?P<tag>[a-z][a-z0-9_-]{1,30})>"
    r"[`\"']?(?: and [`\"']?</[a-z0-9_-]{1,30}>[`\"']?)?(?: xml)? (?:tags?|element|block)\b",
)
_GIVEN = re.compile(
    r"\b(?:text|document|documents|content|contents|context|data|input|email|message|question"
    r"|information|article|code|transcript|query|provided|enclosed|delimited|given|found|contained"
    r"|marked|everything|read|use|summari[sz]e|translate|extract|classify|analy[sz]e|treat)\b"
)
_MADE = re.compile(
    r"\b(?:wrap|put|enclose|place|write|return|respond|output|your (?:answer|response|reasoning"
    r"|final"
    r"|thoughts|thinking|analysis|output)|think|reason|generate|give|include|provide|start|begin"
    r"|end|add|document your|render|html)\b"
)
_SECTION_SEEDS = (" section above", " section below")
_SECTION = phrase(
    r"\b(?:in|see|from|follow|under|to|of|per|with|as) the [\"“'*`]{0,2}"
    r"(?P<name>[a-z][a-z0-9 &/-]{2,40}?)"
    r"[\"”'*`]{0,2} section (?:above|below)\b"
)


class UnknownReference(Rule):
    """The prompt points at a tag or a section that it does not have.

    What it does:
        Flags "the text in the <doc> tags" in a prompt that has slots or tags but no such tag, and
        "see the Pricing section below" in a prompt without a line of that name. Tags that the
        answer is to be written in are left alone.

    Why is this bad?
        The instruction applies to nothing; the model guesses which part was meant.

    Example:
        Summarize the text in the <doc> tags.
        <document>
        {{ text }}
        </document>

    Use instead:
        Summarize the text in the <document> tags.
        <document>
        {{ text }}
        </document>

    What to do:
        Use the name that the tag or section really has.

    Source:
        Anthropic prompt engineering guide on XML tags (use consistent names, refer to them).
    """

    code = "FMT013"
    name = "unknown-reference"
    severity = Severity.WARNING
    regions = frozenset({Region.INSTRUCTION, Region.CODE, Region.QUOTE})
    triggers = (*_TAG_SEEDS[:-1], *_SECTION_SEEDS)
    tags = ("pd-structure",)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield each reference to a tag, then each to a section, that leads nowhere."""
        for wording in prompt.wordings:
            for message in wording.instructing:
                for match in near(message, _TAG, _TAG_SEEDS, self.regions, before=60, after=60):
                    if self._is_input(message, match) and not _has_tag(wording.lower, match["tag"]):
                        yield from self._missing_tag(prompt, wording, message, match)
                for match in near(
                    message, _SECTION, _SECTION_SEEDS, self.regions, before=70, after=30
                ):
                    if " the " not in match["name"] and not _has_line(wording, match["name"]):
                        name = message.text[slice(*match.span("name"))]
                        text = f'there is no "{name}" section'
                        yield self.found(prompt, message, match.span("name"), text)

    @staticmethod
    def _is_input(message: ParsedMessage, match: re.Match[str]) -> bool:
        start, end = sentence_around(message, match.start())
        sentence = message.lower[start:end]
        return bool(_GIVEN.search(sentence)) and not _MADE.search(sentence)

    def _missing_tag(
        self,
        prompt: ParsedPrompt,
        wording: Wording,
        message: ParsedMessage,
        match: re.Match[str],
    ) -> Iterator[Finding]:
        others = [name for name in _tags(wording.lower) if name != match["tag"]]
        if not others and not any(m.slots for m in wording.messages):
            return  # a bare text: whoever sends it adds the tags
        fix = (f"use <{others[0]}>", others[0]) if len(others) == 1 else None
        text = f"there is no <{match['tag']}> tag"
        yield self.found(prompt, message, match.span("tag"), text, fix=fix, applicability="unsafe")


@lru_cache(maxsize=4)
def _tags(text: str) -> tuple[str, ...]:
    """The tags of a text that `_has_tag` is true of."""
    names = sorted(set(re.findall(r"</([a-z][a-z0-9_-]{1,30})>", text)))
    return tuple(name for name in names if _has_tag(text, name))


@lru_cache(maxsize=64)
def _has_tag(text: str, tag: str) -> bool:
    """Whether a tag is opened and closed somewhere, other than as a name in a sentence."""
    named = r"\s{1,3}and\s{1,3}</|[`\"']|\s(?:xml )?tag"
    opened = re.search(rf"<{tag}(?:\s[^<>]{{0,200}})?>(?!{named})", text)
    return opened is not None and f"</{tag}>" in text


def _has_line(wording: Wording, name: str) -> bool:
    """Whether a short line or a tag bears the name."""
    words = " ".join(name.split())
    for line in wording.lower.split("\n"):
        if words in line and (len(line) < len(words) + 30 and "section" not in line):
            return True
    return f"<{words.replace(' ', '_')}" in wording.lower
