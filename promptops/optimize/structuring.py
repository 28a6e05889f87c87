"""Telling instruction and data of a template apart."""

import re

from promptops.optimize.wording import split_wording, with_messages
from promptops.prompts.model import MessageTemplate, Prompt

_SLOT = re.compile(r"\{\{-?\s*([A-Za-z]\w*)\s*-?\}\}")
_OTHER_TAG = re.compile(r"\{[%#]|\{\{")
_WORD = re.compile(r"[^\W\d_]{2,}")
_MARKUP = re.compile(r"</?[\w-]+>")
_MOST_WORDS = 2  # a line with more words beside its slot is an instruction, not a caption


def structured(prompt: Prompt) -> Prompt | None:
    """A lone user message as a system message (the instruction) and a user message (the data).

    None for other conversations, and where instruction and data cannot be told apart.
    """
    parts = split_wording(prompt)
    if parts is None or parts.instructions or parts.examples:
        return None
    separated = separate(parts.final.content)
    if separated is None:
        return None
    instruction, data = separated
    system = MessageTemplate(role="system", content=instruction)
    return with_messages(prompt, (system, MessageTemplate(role="user", content=data)))


def separate(text: str) -> tuple[str, str] | None:
    """Instruction and data of a template; None when they cannot be told apart."""
    if _OTHER_TAG.search(_SLOT.sub("", text)) or not _SLOT.search(text):
        return None
    lines = text.strip().splitlines()
    data = [_is_data(line) for line in lines]
    # Markup around a slot belongs to it.
    for place, line in enumerate(lines):
        if _MARKUP.fullmatch(line.strip()):
            data[place] = any(data[max(0, place - 1) : place + 2])
    told, given, loose = [], [], []
    for line, is_data in zip(lines, data, strict=True):
        if is_data:
            given.append(line)
        else:
            loose.extend(_SLOT.findall(line))
            told.append(_SLOT.sub(lambda slot: f"the {slot[1].replace('_', ' ')}", line))
    shown = set(_SLOT.findall("\n".join(given)))
    extra = [name for name in dict.fromkeys(loose) if name not in shown]
    alone = len(extra) == 1 and not given
    given.extend(f"{{{{ {name} }}}}" if alone else f"{name}: {{{{ {name} }}}}" for name in extra)
    instruction = re.sub(r"\n{3,}", "\n\n", "\n".join(told)).strip()
    if len(_WORD.findall(instruction)) <= _MOST_WORDS:
        return None
    return instruction, "\n".join(given).strip()


def _is_data(line: str) -> bool:
    if not _SLOT.search(line):
        return False
    return len(_WORD.findall(_MARKUP.sub("", _SLOT.sub("", line)))) <= _MOST_WORDS
