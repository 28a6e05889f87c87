"""What a judge is shown of a prompt, and the way back from its words to places in the prompt.

A model's quote is only ever looked up: the span, and the text that a finding stores, are taken from
the prompt. What does not occur there cannot become evidence.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from promptops.core.canonical import digest
from promptops.lint.parsed import ParsedMessage
from promptops.lint.regions import REGIONS, Region
from promptops.lint.text import words

# Chat templates give these character sequences a meaning of their own: a prompt that holds them
# could end the message it is shown in. They are shown with a space, which the map forgets again.
_CONTROL = re.compile(r"<(?=\||/?s>|/?(?:start|end)_of_turn>|/?think>)|\[(?=/?INST\])")
_BLANKS = re.compile(r"\s{1,4096}")
_TAG = re.compile(r"<[^<>\n]{0,80}>")
_SHORTEST_QUOTE = 4
_INSTRUCTION = bytes([REGIONS.index(Region.INSTRUCTION)])
_QUOTATION_MARKS = "\"'“”‘’«»`"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Span:
    """A stretch of one message: ``message`` counts in the wording, the end is exclusive."""

    message: int
    start: int
    end: int

    def overlaps(self, other: "Span") -> bool:
        """Whether both have a character in common."""
        return self.message == other.message and self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class _Squeezed:
    """A text with single spaces, and where each of its characters came from."""

    text: str
    origin: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """The messages of one wording as a judge sees them.

    Args:
        messages: The messages, in order.
        squeezed: White-space normalized text of each message, for looking up quotes.
    """

    messages: tuple[ParsedMessage, ...]
    squeezed: tuple[_Squeezed, ...] = field(repr=False)

    @classmethod
    def of(cls, messages: Sequence[ParsedMessage]) -> "Shown":
        """Prepare the messages of one wording."""
        return cls(tuple(messages), tuple(_squeeze(message.text) for message in messages))

    @property
    def digest(self) -> str:
        """Names what is judged: roles and texts, whatever file they stand in."""
        return digest([[message.role, message.text] for message in self.messages])

    @property
    def fence(self) -> str:
        """A mark that no message holds, so that no message can end its own quotation."""
        text = "\n".join(message.text for message in self.messages)
        for attempt in range(len(text) + 2):
            mark = f"prompt-{digest([attempt, text]).rpartition(':')[2][:8]}"
            if mark not in text:
                return mark
        raise AssertionError("a text cannot hold more marks than it has characters")

    def page(self) -> str:
        """All messages inside their fences, control sequences defused."""
        mark = self.fence
        parts = [
            f'<{mark} role="{message.role}">\n{defused(message.text)}\n</{mark}>'
            for message in self.messages
        ]
        return "\n".join(parts)

    def text_of(self, span: Span) -> str:
        """The prompt's own text at a span."""
        return self.messages[span.message].text[span.start : span.end]

    def locate(self, quote: str) -> tuple[Span, ...]:
        """Every place in the instructions where a quote occurs, white space aside.

        Empty when it occurs nowhere, or only in examples, code and the like. Quotation marks around
        a quote are taken off when it does not occur with them.
        """
        wanted = _BLANKS.sub(" ", quote).strip()
        return tuple(self._places(wanted)) or tuple(self._places(wanted.strip(_QUOTATION_MARKS)))

    def instructs(self, span: Span) -> bool:
        """Whether a span holds any instruction: examples, code and slots alone are not judged."""
        return _INSTRUCTION in self.messages[span.message].mask[span.start : span.end]

    def _places(self, wanted: str) -> Iterator[Span]:
        wanted = wanted.strip()
        if len(wanted) < _SHORTEST_QUOTE or not any(char.isalnum() for char in wanted):
            return
        for index, squeezed in enumerate(self.squeezed):
            start = squeezed.text.find(wanted)
            while start >= 0:
                first = squeezed.origin[start]
                last = squeezed.origin[start + len(wanted) - 1]
                span = Span(message=index, start=first, end=last + 1)
                if self.instructs(span):
                    yield span
                start = squeezed.text.find(wanted, start + 1)

    def sentences(self) -> tuple[Span, ...]:
        """The sentences that instruct, headings and lone words left out, in order."""
        return tuple(
            Span(message=index, start=start, end=end)
            for index, message in enumerate(self.messages)
            for start, end in message.sentences
            if _says_something(message.instructions[start:end])
        )


def defused(text: str) -> str:
    """``text`` with a space inside every sequence that a chat template would obey."""
    return _CONTROL.sub(lambda match: f"{match.group()} ", text)


def _squeeze(text: str) -> _Squeezed:
    """Single spaces for white space, in the text as it is shown; origins in the text as it is."""
    parts: list[str] = []
    origin: list[int] = []
    done = 0
    for match in re.finditer(rf"{_BLANKS.pattern}|{_CONTROL.pattern}", text):
        parts.append(text[done : match.start()])
        origin.extend(range(done, match.start()))
        if match.group().isspace():
            parts.append(" ")
            origin.append(match.start())
        else:
            parts.append(f"{match.group()} ")
            origin.extend((match.start(), match.start()))
        done = match.end()
    parts.append(text[done:])
    origin.extend(range(done, len(text)))
    return _Squeezed("".join(parts), tuple(origin))


def _says_something(text: str) -> bool:
    return not text.lstrip().startswith("#") and len(words(_TAG.sub(" ", text))) > 2
