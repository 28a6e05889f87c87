"""The structural equivalence check: did a rewrite keep what the prompt says?

Compared are the facts that a wording cannot lose without changing its meaning: the variables shown
and the control structure, numbers, negations, quoted text, names and addresses, the sentences under
``x-keep``, the output fields spoken of, and the order of obligations. The check knows nothing of
the steps, so it also judges rewrites made by hand or by a model.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from promptops.core.canonical import JSON
from promptops.prompts.model import MessageTemplate, Prompt
from promptops.rewrite.reading import kept_sentences

SHOUTED = frozenset(
    {
        *("ALWAYS", "AND", "ANY", "CRITICAL", "DO", "EVER", "EVERY", "IMPORTANT", "MANDATORY"),
        *("MUST", "NEVER", "NO", "NOT", "NOTE", "ONLY", "OR", "REQUIRED", "SHOULD", "STRICTLY"),
        *("VERY", "WARNING"),
    }
)
"""Words that are written in capitals for emphasis, not because they are names."""

_SLOT = re.compile(r"\{\{[-+]?(.*?)[-+]?\}\}", re.DOTALL)
_CONTROL = re.compile(r"\{%[-+]?(.*?)[-+]?%\}", re.DOTALL)
_NUMBER = re.compile(r"(?<![\w.])\d+(?:[.,:/]\d+)*(?:\s?%|\b)")
_NUMBER_WORD = re.compile(
    r"\b(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|thirty|fifty|hundred"
    r"|thousand|half|twice|once|single|first|second|third|last)\b",
    re.IGNORECASE,
)
_NEGATION = re.compile(
    r"\b(?:not|no|never|none|neither|nor|nothing|nobody|without|except|unless|only|cannot|refuse)\b"
    r"|\b\w+n['’]t\b",
    re.IGNORECASE,
)
_MODAL = re.compile(
    r"\b(must|shall|should|may|might|always|never|only|required?|need|cannot|ought|forbidden"
    r"|allowed|do not|don['’]t|ensure|avoid|refuse)\b[ \t,:]*(\w+)?",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"\"([^\"\n]{1,120})\"|“([^”\n]{1,120})”|`([^`\n]{1,120})`")
_ADDRESS = re.compile(r"https?://[^\s<>\"')]+|[\w.+-]+@[\w-]+\.[\w.-]+\w")
_NAME = re.compile(r"(?<=[a-z,;()] )(?:[A-Z][a-z]+|[A-Z]{2,})\b")
_OPENING_TAG = re.compile(r"<([A-Za-z][\w-]*)>")
_CLOSING_TAG = re.compile(r"</[A-Za-z][\w-]*>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a wording says that must survive."""

    slots: Counter[str]
    controls: tuple[str, ...]
    numbers: Counter[str]
    negations: Counter[str]
    quotes: frozenset[str]
    addresses: frozenset[str]
    names: frozenset[str]
    obligations: tuple[tuple[str, str], ...]
    words: Counter[str]
    text: str


@lru_cache(maxsize=64)
def facts(messages: tuple[MessageTemplate, ...], *, without: tuple[str, ...] = ()) -> Facts:
    """The facts of a conversation.

    Args:
        messages: Its messages.
        without: Passages to leave out, each once.
    """
    source = "\n\n".join(message.content for message in messages)
    for passage in without:
        source = source.replace(passage, " ", 1)
    text = _CONTROL.sub(" ", _SLOT.sub(" ", source))
    # A section's name says the same as a tag, a heading or a label.
    text = _CLOSING_TAG.sub(" ", _OPENING_TAG.sub(_tag_words, text))
    return Facts(
        slots=Counter(_flat(match) for match in _SLOT.findall(source)),
        controls=tuple(_flat(match) for match in _CONTROL.findall(source)),
        numbers=Counter(_flat(match) for match in _NUMBER.findall(text))
        + Counter(match.lower() for match in _NUMBER_WORD.findall(text)),
        negations=Counter(_negation(match) for match in _NEGATION.findall(text)),
        quotes=frozenset(
            quote for match in _QUOTED.findall(text) if len(quote := _flat("".join(match))) > 1
        ),
        addresses=frozenset(_ADDRESS.findall(text)),
        names=_names(text),
        obligations=tuple(_obligation(match) for match in _MODAL.finditer(text)),
        words=Counter(re.findall(r"\w+", text.lower())),
        text=_flat(text),
    )


def _names(text: str) -> frozenset[str]:
    """Words with a capital inside a sentence that are nowhere written without one."""
    found = frozenset(_NAME.findall(text)) - SHOUTED
    small = set(re.findall(r"\b[a-z]+\b", text))
    return frozenset(name for name in found if name.lower() not in small)


def differences(
    base: Prompt, new: Sequence[MessageTemplate], *, ignoring: tuple[str, ...] = ()
) -> tuple[str, ...]:
    """What a rewrite lost, changed or made up; empty when it is equivalent.

    Args:
        base: The prompt as it was, variants resolved.
        new: The rewritten messages.
        ignoring: Passages that may come and go, such as the output schema in words.
    """
    old, now = facts(base.messages, without=ignoring), facts(tuple(new), without=ignoring)
    found = [
        *_counted("variable", old.slots, now.slots),
        *_counted("number", old.numbers, now.numbers),
        *_counted("negation", old.negations, now.negations),
        *_fewer("quotation", old.quotes, old.text, now.text),
        *_fewer("address", old.addresses, old.text, now.text),
        *_fewer_names(old, now),
        *(
            f"the name {name} was made up"
            for name in sorted(now.names)
            if name.lower() not in old.text.lower()
        ),
        *_lost_fields(base, old.text, now.text),
        *_kept(base, old.text, now.text),
    ]
    if old.controls != now.controls:
        found.append("the template's control structure changed")
    found += _obligations(old.obligations, now.obligations)
    if [message.role for message in base.messages][-1:] != [message.role for message in new][-1:]:
        found.append("the conversation ends with another role")
    return tuple(found)


def _counted(kind: str, old: Counter[str], new: Counter[str]) -> Iterator[str]:
    for item in sorted(old - new):
        yield f"the {kind} {item} is lost"
    for item in sorted(new - old):
        yield f"the {kind} {item} was added"


def _fewer(kind: str, wanted: Iterable[str], old: str, new: str) -> Iterator[str]:
    """What is said less often than before, wherever it stands now."""
    for item in sorted(wanted):
        if new.count(item) < old.count(item):
            yield f'the {kind} "{item}" is lost'


def _fewer_names(old: Facts, new: Facts) -> Iterator[str]:
    for name in sorted(old.names):
        if new.words[name.lower()] < old.words[name.lower()]:
            yield f'the name "{name}" is lost'


def _kept(base: Prompt, old: str, new: str) -> Iterator[str]:
    for sentence in kept_sentences(base):
        plain = _flat(_CONTROL.sub(" ", _SLOT.sub(" ", sentence)))
        if plain in old and plain not in new:
            yield f'the kept sentence "{plain[:60]}" is lost'


def _lost_fields(base: Prompt, old: str, new: str) -> Iterator[str]:
    """Output fields spoken of as fields; a common word such as "answer" is not one by itself."""
    schema = base.output.schema_ if base.output else {}
    for name in sorted(set(_properties(schema))):
        pattern = rf"\b(?:fields?|keys?|property) {re.escape(name)}\b"
        if "_" in name or not name.islower():
            pattern = rf"\b{re.escape(name)}\b"
        if re.search(pattern, old) and not re.search(pattern, new):
            yield f'the output field "{name}" is lost'


def _properties(schema: JSON) -> Iterator[str]:
    if not isinstance(schema, dict):
        return
    for name, part in (schema.get("properties") or {}).items():
        yield name
        yield from _properties(part)
    yield from _properties(schema.get("items"))


def _obligations(old: Sequence[tuple[str, str]], new: Sequence[tuple[str, str]]) -> Iterator[str]:
    """The strength of obligations, and their order.

    The word after "must" may become another one (a synonym is not judged here); the same
    obligations in another order are found by it.
    """
    before, after = [modal for modal, _ in old], [modal for modal, _ in new]
    if Counter(before) != Counter(after):
        lost = sorted((Counter(old) - Counter(new)).elements())
        made = sorted((Counter(new) - Counter(old)).elements())
        yield f"obligations changed: {_listed(lost)} became {_listed(made)}"
    elif before != after or (Counter(old) == Counter(new) and list(old) != list(new)):
        yield "the order of obligations changed"


def _listed(obligations: Sequence[tuple[str, str]]) -> str:
    return ", ".join(" ".join(item).strip() for item in obligations) or "nothing"


def _obligation(match: re.Match[str]) -> tuple[str, str]:
    modal = _flat(match[1].lower().replace("’", "'"))
    return "do not" if modal == "don't" else modal, (match[2] or "").lower()


def _negation(word: str) -> str:
    lower = word.lower()
    return "not" if lower.endswith(("n't", "n’t")) or lower == "cannot" else lower


def _tag_words(match: re.Match[str]) -> str:
    words = match[1].replace("_", " ")
    return f" {words[:1].upper()}{words[1:]} "


def _flat(text: str) -> str:
    return " ".join(text.split())
