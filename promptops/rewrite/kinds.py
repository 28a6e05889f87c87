"""What each block of a message is for, whose words it shows, and what may be moved."""

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Self

from promptops.prompts.model import Prompt
from promptops.rewrite.draft import Block, Kind, Order

_MATERIAL = re.compile(
    r"(?:\w+_)?(?:context|documents?|articles?|sources?|passages?|excerpts?|policy|policies"
    r"|transcript|facts|paragraph|story|abstract|background|search_results|knowledge)"
)
_QUESTION = re.compile(r"(?:\w+_)?(?:question|query|request|hypothesis|q)")
_EXAMPLES = re.compile(r"(?:few_shot_|sample_)?(?:examples?|samples|shots|demonstrations)(?:_\w+)?")
_FORMAT = re.compile(
    r"(?:\w+_)?(?:format|schema|output|output_instructions|output_sections|template|style)"
)
_PERSONA = re.compile(r"(?:\w+_)?(?:role|persona|identity|character|identity_and_\w+)")
_PERSONA_WORDS = re.compile(
    r"(?:you are|you're|act as|your role is|i want you to act as|imagine you are|pretend to be)\b",
    re.IGNORECASE,
)
_FORMAT_WORDS = re.compile(
    r"(?:answer|respond|reply|return|output|format|give)\b[^.]*\b(?:json|yaml|xml|csv|html|markdown"
    r"|tables?|bullets?|bullet points?|lists?|format|words?|sentences?|characters)\b",
    re.IGNORECASE,
)
_SLOT = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_TEMPLATE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_FIRST = re.compile(r"\{\{[-+]?\s*(\w+)")
_MARKED = re.compile(r"[ \t]*(?:[-*+•]|\d+[.)])[ \t]")
_FEW_WORDS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a prompt's contract tells about the values in its messages.

    Attributes:
        into: The variable that retrieval fills; "" without retrieval.
        untrusted: Variables whose value somebody else writes, and what retrieval fills in.
    """

    into: str = ""
    untrusted: frozenset[str] = frozenset()

    @classmethod
    def of(cls, prompt: Prompt) -> Self:
        """The setting of a prompt."""
        into = prompt.retrieval.into if prompt.retrieval else ""
        names = {name for name, each in prompt.variables.items() if each.trust == "untrusted"}
        return cls(into=into, untrusted=frozenset({*names, into} - {""}))


def classified(
    blocks: tuple[Block, ...], setting: Setting, *, example: bool = False
) -> tuple[Block, ...]:
    """The blocks of a message with their kind, trust and order.

    Args:
        blocks: The blocks in order.
        setting: What is known of the values.
        example: Whether the message is half of a solved example.
    """
    found: list[Block] = []
    for block in blocks:
        shown = _shown(block.text)
        untrusted = bool(shown and setting.untrusted and shown & setting.untrusted)
        found.append(
            replace(
                block,
                kind="example" if example else _kind(block, setting, shown),
                trust="untrusted" if untrusted else "trusted",
                order=_order(block, found[-1] if found else None),
            )
        )
    return tuple(found)


@lru_cache(maxsize=4096)
def _shown(text: str) -> frozenset[str]:
    """The names in a text's slots."""
    if "{{" not in text:
        return frozenset()
    return frozenset(name for slot in _SLOT.findall(text) for name in re.findall(r"\w+", slot))


def _kind(block: Block, setting: Setting, shown: frozenset[str]) -> Kind:
    named = block.slug if block.form != "plain" else ""
    if _EXAMPLES.fullmatch(named):
        return "example"
    plain = _TEMPLATE.sub(" ", block.words)
    words = re.findall(r"\w+", plain)
    if shown and words and not named and len(words) <= _FEW_WORDS:
        return "data"  # "I heard that {{ context }}" is half of a sentence
    if shown and len(words) <= _FEW_WORDS:
        first = _FIRST.search(block.text)
        return _kind_of_value(named or (first[1].lower() if first else ""), setting, shown)
    if not words:
        return "other"
    if _FORMAT.fullmatch(named):
        return "format"
    if _PERSONA.fullmatch(named) or _PERSONA_WORDS.match(plain.lstrip("# *_")):
        return "persona"
    if not shown and _MATERIAL.fullmatch(named):
        return "context"
    return "format" if _FORMAT_WORDS.match(plain.lstrip()) else "instruction"


def _kind_of_value(name: str, setting: Setting, shown: frozenset[str]) -> Kind:
    if (setting.into and setting.into in shown) or _MATERIAL.fullmatch(name):
        return "context"
    return "question" if _QUESTION.fullmatch(name) else "data"


def _order(block: Block, before: Block | None) -> Order:
    if block.form == "plain" and block.text.rstrip().endswith((":", "：")):
        return "lead"
    if before is None:
        return "free"
    # What a lead introduces stays behind it, and so does the rest of a list.
    goes_on = before.order == "bound" and _MARKED.match(block.text)
    return "bound" if before.order == "lead" or goes_on else "free"
