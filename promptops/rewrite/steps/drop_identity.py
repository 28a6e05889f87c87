"""Do not tell a model that it is another vendor's product."""

import re
from functools import partial
from typing import ClassVar

from promptops.rewrite.draft import Draft
from promptops.rewrite.literals import map_words
from promptops.rewrite.step import Step

_FAMILIES = {
    "chatgpt": "gpt", "gpt": "gpt", "claude": "claude", "gemini": "gemini", "bard": "gemini",
    "llama": "llama", "mistral": "mistral", "qwen": "qwen", "deepseek": "deepseek",
}  # fmt: skip
_NAME = (
    r"(?P<name>ChatGPT|GPT-?[345][\w.]*|Claude|Gemini|Bard|Llama(?:[ -]?[234])?|Mistral|Qwen"
    r"|DeepSeek)"
)
_MAKER = (
    r"(?:,? (?:an?|the) (?:(?:large|helpful) )?(?:AI |language )*(?:model|assistant|chatbot|AI))?"
    r"(?:,? (?:that was |which was )?(?:trained|made|created|developed|built) by [A-Z]\w+(?: AI)?)?"
)
# The sentence says nothing but the name, or the name is a mere apposition of what follows.
_WHOLE = re.compile(rf"(?:(?<=^)|(?<=[.!?\n]))[ \t]*You are {_NAME}{_MAKER}\.(?:[ \t]+|(?=\s|$))")
_APPOSED = re.compile(rf"(?<=\bYou are ){_NAME}, (?=(?:an?|the) )")


class DropIdentity(Step):
    """Removes "You are ChatGPT." and the name from "You are ChatGPT, an expert".

    Only the name of another family, and only where the sentence holds nothing else or goes on with
    the role.
    """

    name: ClassVar[str] = "drop-identity"
    topic: ClassVar[str] = "identity"
    values: ClassVar[frozenset[str]] = frozenset({"own"})
    reason: ClassVar[str] = "does not call the model by the name of another one"

    def apply(self, draft: Draft) -> Draft:
        """See `Step.apply`."""
        if not draft.family:
            return draft
        return draft.reword(lambda text: map_words(text, partial(_renamed, family=draft.family)))

    def waive(self, draft: Draft) -> Draft:
        """See `Step.waive`."""
        return self.apply(draft)


def _renamed(text: str, family: str) -> str:
    if "You are " not in text:
        return text
    for pattern in (_WHOLE, _APPOSED):
        text = pattern.sub(lambda match: match.group() if _is_own(match, family) else "", text)
    return text


def _is_own(match: re.Match[str], family: str) -> bool:
    stem = next(key for key in _FAMILIES if match["name"].lower().startswith(key))
    return _FAMILIES[stem] == family
