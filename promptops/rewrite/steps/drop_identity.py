"""Do not tell a model that it is another vendor's product."""

import re
from functools import partial
from typing import ClassVar

from promptops.rewrite.draft import Draft
from promptops.rewrite.literals import map_words
from promptops.rewrite.step import Step

# How names of products and of their makers begin, and the families that may be called so.
_FAMILIES = {
    "chatgpt": "gpt", "gpt": "gpt", "openai": "gpt", "copilot": "gpt", "claude": "claude",
    "anthropic": "claude", "gemini": "gemini", "bard": "gemini", "google": "gemini gemma",
    "llama": "llama", "meta": "llama", "mistral": "mistral", "qwen": "qwen", "alibaba": "qwen",
    "deepseek": "deepseek", "grok": "grok", "xai": "grok", "microsoft": "phi gpt",
    "github": "gpt",
}  # fmt: skip
_NAME = (
    r"(?:ChatGPT|GPT(?=-?[345])|(?:GitHub |Microsoft )?Copilot|Claude|Gemini|Bard|Llama|Mistral"
    r"|Qwen|DeepSeek|Grok)"
    r"(?:[ -]?[VR]?\d(?:\.\d)?\w?|[ -](?:Opus|Sonnet|Haiku|Pro|Flash|Large|[Tt]urbo))*\b"
)
_MAKER = (
    r"(?:OpenAI|Anthropic|Google(?: DeepMind| AI)?|Meta(?: AI)?|Mistral AI|Alibaba(?: Cloud)?"
    r"|DeepSeek(?: AI)?|Microsoft|xAI)\b"
)
_MADE = r"(?:(?:that|which|who) (?:was|is) )?(?:trained|made|created|developed|built)"
# What goes on behind "trained by its maker" needs the "trained".
_END = r"(?=[.,;:!?)]|\s*$|\s(?:that|which|who)\s)"
_BASIS = re.compile(rf",?\sbased on (?:the )?{_NAME}(?: (?:architecture|model))?{_END}")
_CLAUSE = re.compile(rf",?\s\(?(?:{_MADE} )?(?:by|from) (?P<maker>{_MAKER})\)?{_END}")
_AGENT = re.compile(rf"\s(?:by|from) (?P<maker>{_MAKER})(?=\s)")
_OF_MODEL = re.compile(
    rf"(?P<kind>\b(?:model|assistant|chatbot)),?\s(?:{_MADE} )?by (?P<maker>{_MAKER}){_END}"
)
# A sentence may go on in the next line; the dot of "GPT-3.5" ends none.
_SENTENCE = re.compile(
    r"(?P<lead>[ \t]*)\bYou are (?:[^.!?\n]|\n(?=[a-z])|\.(?=\w))*[.!?]?(?P<gap>[ \t]*\n?)"
)
_CALLED = re.compile(rf"You are (?:{_MAKER}['’]s )?(?P<name>{_NAME})")
_SAYS_NOTHING = re.compile(
    r"(?:,?\s(?:an?|the) (?:large )?(?:AI |language )*(?:model|assistant|chatbot|AI))?[.!]?"
)
_LEFT = re.compile(
    rf"\b(?:[Yy]ou are|[Aa]s|[Aa]ct as) (?P<name>{_NAME})"
    r"(?=[,.:;]|\s(?:and|an?|who|that)\b|\s*$)"
)


class DropIdentity(Step):
    """Removes "You are ChatGPT.", and product and maker where the sentence goes on with a role.

    "You are ChatGPT, a helpful assistant by OpenAI" becomes "You are a helpful assistant". Only the
    names of other families and of their vendors; a sentence that would not hold without them stays,
    and so does everything where no claim says what the family makes of such a name.
    """

    name: ClassVar[str] = "drop-identity"
    topic: ClassVar[str] = "identity"
    values: ClassVar[frozenset[str]] = frozenset({"own"})
    reason: ClassVar[str] = "does not call the model by the name of another one"
    unclaimed: ClassVar[str] = (
        "another product's name stays: what these models make of it is not known; "
        "word the sentence without it"
    )

    def apply(self, draft: Draft) -> Draft:
        """See `Step.apply`."""
        if not draft.family:
            return draft
        return draft.reword(lambda text: map_words(text, partial(_renamed, family=draft.family)))

    def hindrance(self, draft: Draft) -> str:
        """See `Step.hindrance`."""
        for block in draft.instructing():
            for match in _LEFT.finditer(block.words):
                if draft.family and not _is_own(match["name"], draft.family):
                    return (
                        f'"{match[0]}" stays: the sentence would not hold without the name; '
                        "word it without"
                    )
        return ""

    def waive(self, draft: Draft) -> Draft:
        """See `Step.waive`."""
        return self.apply(draft)


def _renamed(text: str, family: str) -> str:
    def without(match: re.Match[str]) -> str:
        lead, gap = match["lead"], match["gap"]
        changed = _without_names(match[0][len(lead) :].removesuffix(gap), family)
        if changed:
            return f"{lead}{changed}{gap}"
        line = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
        if not line:
            return ""
        # What it ends may be no sentence without it.
        return (gap.lstrip(" \t") or lead) if line.endswith((".", "!", "?")) else match[0]

    return _SENTENCE.sub(without, text) if "You are " in text else text


def _without_names(sentence: str, family: str) -> str:
    """A sentence that begins with "You are", without what it is not; "" when nothing is left."""

    def dropped(match: re.Match[str]) -> str:
        return match[0] if _is_own(match["maker"], family) else ""

    called = _CALLED.match(sentence)
    if called is None:
        return _OF_MODEL.sub(lambda match: dropped(match) or match["kind"], sentence)
    if _is_own(called["name"], family):
        return sentence
    rest = _BASIS.sub("", sentence[called.end() :])
    rest = _AGENT.sub(dropped, _CLAUSE.sub(dropped, rest))
    if _SAYS_NOTHING.fullmatch(rest):
        return ""
    role = re.match(r",\s(?=(?:an?|the|my|our|your)\s)", rest)
    return f"You are {rest[role.end() :]}" if role else sentence


def _is_own(name: str, family: str) -> bool:
    stem = next(key for key in _FAMILIES if name.lower().startswith(key))
    return family in _FAMILIES[stem].split()
