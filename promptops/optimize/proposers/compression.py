"""Compression: fewer words for the same instruction, each removal with its reason."""

import re
from collections.abc import Sequence
from typing import ClassVar

from promptops.optimize.candidate import Candidate, OptimizeTask
from promptops.optimize.contract import kept_sentences
from promptops.optimize.wording import split_wording, with_messages
from promptops.prompts.digests import variant_digest
from promptops.prompts.model import MessageTemplate
from promptops.scoring.reading import words

_PHRASES: tuple[tuple[str, str, str], ...] = (
    # pattern, replacement, reason
    (r"\bin order to\b", "to", "filler"),
    (r"\bdue to the fact that\b", "because", "filler"),
    (r"\bin the event that\b", "if", "filler"),
    (r"\bat this point in time\b", "now", "filler"),
    (r"\bfor the purpose of\b", "for", "filler"),
    (r"\bwith regards? to\b", "about", "filler"),
    (r"\ba (?:large|great) number of\b", "many", "filler"),
    (r"\bmake sure (?:that )?(?:you )?", "", "filler"),
    (
        r"\b(?:it is (?:very )?important (?:to note )?that|please note that|note that) ",
        "",
        "filler",
    ),
    (r"\bplease(?: kindly)? ", "", "politeness"),
    (r"\bkindly ", "", "politeness"),
    (r",? ?\bplease\b(?=[.!])", "", "politeness"),
    (r"\b(?:very|really|extremely|absolutely|truly) (?=[a-z])", "", "emphasis"),
)
_BOILERPLATE = re.compile(
    r"^(?:you are (?:a|an) (?:very |highly )?(?:helpful|smart|intelligent|knowledgeable|friendly|"
    r"world-class|expert|experienced)\b[^.!?\n]{0,40}"
    r"|thank you(?: [^.!?\n]*)?|thanks(?: [^.!?\n]*)?"
    r"|(?:take a deep breath|let['’]?s think step by step|think step by step)[^.!?\n]*"
    r"|(?:do|try) your (?:very )?best[^.!?\n]*|i(?: will| ['’]ll)? (?:tip|appreciate)[^.!?\n]*"
    r"|this is (?:very )?important[^.!?\n]*|(?:todo|fixme|xxx)\b[^\n]*)[.!]*$",
    re.IGNORECASE,
)
_UNTOUCHED = re.compile(
    r"\{%-?\s*raw\s*-?%\}.*?\{%-?\s*endraw\s*-?%\}|\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}"
    r"|```.*?```|`[^`\n]*`|\"[^\"\n]*\"|“[^”\n]*”|<[^<>\n]+>",
    re.DOTALL,
)
_SENTENCE = re.compile(r"(?:[^.!?\n]|[.!?](?!\s|$))+(?:[.!?]+(?=\s|$))?[ \t]*")
_SAME = 0.8  # word overlap from which two sentences say the same


class Compression:
    """Takes out what carries no instruction: filler, politeness, boilerplate, repetition.

    Template tags, quoted text, code, tags in angle brackets, example pairs and kept sentences
    stay as they are. Two strengths are proposed: phrases only, and whole sentences too.
    """

    name: ClassVar[str] = "compression"
    cost: ClassVar[int] = 0

    async def propose(self, task: OptimizeTask) -> Sequence[Candidate]:
        """See `Proposer.propose`."""
        keep = kept_sentences(task.prompt)
        found = []
        for sentences in (True, False):
            removed: list[str] = []
            messages = _compress(task, keep, removed, sentences=sentences)
            if not removed or messages is None:
                continue
            found.append(
                Candidate(
                    prompt=with_messages(task.prompt, messages),
                    proposer=self.name,
                    reason=f"take out {'; '.join(removed)}",
                    parents=(variant_digest(task.prompt, None),),
                )
            )
        return tuple(found)


def _compress(
    task: OptimizeTask, keep: Sequence[str], removed: list[str], *, sentences: bool
) -> tuple[MessageTemplate, ...] | None:
    parts = split_wording(task.prompt)
    examples = () if parts is None else parts.examples
    shown = {id(message) for pair in examples for message in pair}
    seen: list[frozenset[str]] = []
    messages = []
    for message in task.prompt.messages:
        content = message.content
        if id(message) not in shown:
            content = compress(content, keep=keep, removed=removed, seen=seen, sentences=sentences)
        if content.strip():
            messages.append(MessageTemplate(role=message.role, content=content))
    return tuple(messages) if messages else None


def compress(
    text: str,
    *,
    keep: Sequence[str] = (),
    removed: list[str],
    seen: list[frozenset[str]] | None = None,
    sentences: bool = True,
) -> str:
    """Shorten template text.

    Args:
        text: The text.
        keep: Sentences to leave alone.
        removed: Gets one line for each thing taken out, with its reason.
        seen: Word sets of the sentences before this text, for repetition; grows.
        sentences: Whether whole sentences may go.
    """
    seen = [] if seen is None else seen
    pieces: list[str] = []
    position = 0
    for match in _SENTENCE.finditer(text):
        pieces.append(text[position : match.start()])
        pieces.append(_sentence(match.group(), keep, removed, seen, sentences=sentences))
        position = match.end()
    pieces.append(text[position:])
    joined = "".join(pieces)
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+\n", "\n", joined)).strip()


def _sentence(
    sentence: str,
    keep: Sequence[str],
    removed: list[str],
    seen: list[frozenset[str]],
    *,
    sentences: bool,
) -> str:
    bare = sentence.strip()
    if any(bare in kept or kept in bare for kept in keep if bare):
        return sentence
    own = frozenset(words(bare))
    if sentences and not _UNTOUCHED.search(bare):
        if _BOILERPLATE.match(bare):
            removed.append(f'boilerplate: "{bare}"')
            return ""
        if len(own) >= 4 and any(len(own & other) / len(own | other) >= _SAME for other in seen):
            removed.append(f'said before: "{bare}"')
            return ""
    if len(own) >= 4:
        seen.append(own)
    return _phrases(sentence, removed)


def _phrases(sentence: str, removed: list[str]) -> str:
    pieces: list[str] = []
    position = 0
    for match in [*_UNTOUCHED.finditer(sentence), None]:
        part = sentence[position : match.start() if match else len(sentence)]
        for pattern, replacement, reason in _PHRASES:
            if found := re.search(pattern, part, re.IGNORECASE):
                removed.append(f'{reason}: "{found.group().strip()}"')
                part = re.sub(pattern, replacement, part, flags=re.IGNORECASE)
        pieces.append(part)
        if match:
            pieces.append(match.group())
            position = match.end()
    joined = "".join(pieces)
    if joined != sentence and sentence[:1].isupper():
        start = len(joined) - len(joined.lstrip())
        joined = joined[:start] + joined[start : start + 1].upper() + joined[start + 1 :]
    return joined
