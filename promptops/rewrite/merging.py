"""Hand edits kept when a variant is derived again: a three-way merge of conversations.

The ancestor is the wording as it was derived, ours is the variant as people edited it, theirs is
the wording that is derived now. The texts are merged by lines, messages and parameters alike.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from promptops.core.canonical import JSON
from promptops.prompts.digests import wording_digest
from promptops.prompts.model import MessageTemplate

MergeTexts = Callable[[str, str, str], tuple[str, int]]
"""(ancestor, ours, theirs) -> (merged, conflicts)."""

_TURN = re.compile(r"^#-- (system|user|assistant)([+]*) --#$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A wording: its messages, and the parameters laid over the prompt's own."""

    messages: tuple[MessageTemplate, ...]
    params: Mapping[str, JSON]

    @property
    def digest(self) -> str:
        """See `wording_digest`."""
        return wording_digest(self.messages, self.params)


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What a merge gave: the wording, or the text with its conflicts marked."""

    words: Words | None
    conflicts: str = ""


def merge(ancestor: Words, ours: Words, theirs: Words, merge_texts: MergeTexts) -> Merged:
    """Bring edits by hand and a new derivation together.

    Args:
        ancestor: The wording as it was derived before.
        ours: The wording with the edits.
        theirs: The wording that is derived now.
        merge_texts: Merges three texts by lines.

    Returns:
        The merged wording; where both sides changed the same lines, or one parameter to different
        values, the conflicts.
    """
    params, torn = _params(ancestor.params, ours.params, theirs.params)
    # No line of the texts may look like the mark between two messages.
    mark = _mark(ancestor, ours, theirs)
    text, conflicts = merge_texts(*(_text(each, mark) for each in (ancestor, ours, theirs)))
    if conflicts or torn:
        readable = _TURN.sub(lambda found: f"[{found[1]}]", text) if conflicts else ""
        return Merged(words=None, conflicts="\n".join(filter(None, [readable, *torn])))
    return Merged(words=Words(messages=_messages(text, mark), params=params))


def _mark(*all_words: Words) -> str:
    used = [
        found[2]
        for words in all_words
        for message in words.messages
        for found in _TURN.finditer(message.content)
    ]
    return "+" * (max(map(len, used)) + 1) if used else ""


def _text(words: Words, mark: str) -> str:
    parts = [f"#-- {each.role}{mark} --#\n{each.content}" for each in words.messages]
    return "\n".join(parts)


def _messages(text: str, mark: str) -> tuple[MessageTemplate, ...]:
    found = [each for each in _TURN.finditer(text) if each[2] == mark]
    ends = [each.start() - 1 for each in found[1:]] + [len(text)]
    made = []
    for turn, end in zip(found, ends, strict=True):
        content = text[turn.end() + 1 : max(end, turn.end() + 1)]
        if content.strip():
            made.append(MessageTemplate.model_validate({"role": turn[1], "content": content}))
    return tuple(made)


def _params(
    ancestor: Mapping[str, JSON], ours: Mapping[str, JSON], theirs: Mapping[str, JSON]
) -> tuple[dict[str, JSON], list[str]]:
    """Each parameter from the side that changed it, and those that both changed differently."""
    missing = object()
    merged: dict[str, JSON] = {}
    torn = []
    for name in dict.fromkeys([*ours, *theirs]):
        was, mine, new = (each.get(name, missing) for each in (ancestor, ours, theirs))
        if mine != new and missing not in (mine, new) and was not in (mine, new):
            torn.append(f"{name}: {mine!r} by hand, {new!r} derived")
        value = new if mine == was else mine
        if value is not missing:
            merged[name] = value
    return merged, torn
