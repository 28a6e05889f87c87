"""A prompt as the rules see it: parsed once, with every offset traceable to the file."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from promptops.core.canonical import JSON
from promptops.lint.regions import REGIONS, Region
from promptops.lint.text import lower, sentences
from promptops.prompts.model import Prompt, Variable

if TYPE_CHECKING:
    from promptops.models.dialects import Dialect

_HEADING = re.compile(r"^(?:#{1,6}[ \t][^\n]{1,200}|[^\n]{1,80}:[*_ \t]{0,4})$", re.MULTILINE)
_NOT_A_LINE_END = re.compile(r"[^\n]")

Place = tuple[int, int]
"""Line and column in the file, both from 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A place where a value is filled in.

    ``name`` is the root variable (a loop's own name is traced to what it runs over);
    ``untrusted`` is true for values that a user or a document controls.
    """

    name: str
    start: int
    end: int
    untrusted: bool
    variable: Variable | None


class ParsedMessage:
    """One message: its text, regions, slots and sentences.

    Not a slotted dataclass: regions, lower-case text and sentences are worked out only when a rule
    asks for them.
    """

    def __init__(
        self,
        *,
        index: int,
        role: str,
        text: str,
        mask: bytes | Callable[[], bytes],
        slots: tuple[Slot, ...],
        is_shot: bool,
        variant: str | None,
        place: Callable[[int], Place],
    ) -> None:
        """Take what the parser worked out.

        Args:
            index: The message's place in its wording, from 0.
            role: ``system``, ``user``, ``assistant`` or ``tool``.
            text: The content as written, templates included.
            mask: The region of each character (`regions.paint`), or what paints it when needed.
            slots: Where values are filled in.
            is_shot: Whether the message is a few-shot example, or the answer to one.
            variant: The variant whose wording it belongs to, None for the prompt's own.
            place: Maps an offset of ``text`` to the file.
        """
        self.index = index
        self.role = role
        self.text = text
        self._mask = mask
        self.slots = slots
        self.is_shot = is_shot
        self.variant = variant
        self.place = place
        self.absent: frozenset[re.Pattern[str]] = frozenset()
        """Patterns that are known to match nowhere in the lower-case text."""

    @cached_property
    def mask(self) -> bytes:
        """The region of each character, as numbers of `REGIONS`."""
        return self._mask if isinstance(self._mask, bytes) else self._mask()

    @cached_property
    def lower(self) -> str:
        """The text in lower case, offset for offset."""
        return lower(self.text)

    @cached_property
    def sentences(self) -> tuple[tuple[int, int], ...]:
        """Start and end of each sentence or list item."""
        return tuple(sentences(self.text))

    @cached_property
    def instructions(self) -> str:
        """The text with everything blanked out that is not instruction, offset for offset."""
        return self.only(frozenset({Region.INSTRUCTION}))

    def only(self, regions: frozenset[Region]) -> str:
        """The text with every other region blanked out (line ends stay), offset for offset."""
        kept = bytes(REGIONS.index(region) for region in regions)
        if not self.mask.translate(None, kept):
            return self.text
        other = re.compile(b"[^" + re.escape(kept) + b"]+")
        parts, done = [], 0
        for run in other.finditer(self.mask):
            parts.append(self.text[done : run.start()])
            parts.append(_NOT_A_LINE_END.sub(" ", self.text[run.start() : run.end()]))
            done = run.end()
        return "".join(parts) + self.text[done:]

    def region(self, offset: int) -> Region:
        """The region of the character at ``offset`` (of the last one, past the end)."""
        return REGIONS[self.mask[min(offset, len(self.mask) - 1)]] if self.mask else REGIONS[0]

    def find(
        self, pattern: re.Pattern[str], regions: frozenset[Region], *, cased: bool = False
    ) -> Iterator[re.Match[str]]:
        """Matches that begin and end inside ``regions``.

        The pattern runs over the lower-case text, unless ``cased``.
        """
        if pattern in self.absent:
            return
        for match in pattern.finditer(self.text if cased else self.lower):
            start, end = match.span()
            if self.region(start) in regions and self.region(max(start, end - 1)) in regions:
                yield match

    def holds(self, pattern: re.Pattern[str]) -> bool:
        """Whether the lower-case text matches somewhere; looked up once however often asked."""
        held = self._held.get(pattern)
        if held is None:
            held = self._held[pattern] = pattern.search(self.lower) is not None
        return held

    @cached_property
    def _held(self) -> dict[re.Pattern[str], bool]:
        return {}

    @cached_property
    def _headings(self) -> tuple[tuple[int, str], ...]:
        return tuple((match.start(), match.group()) for match in _HEADING.finditer(self.text))

    def heading(self, offset: int) -> str:
        """The last heading or label line at or before ``offset``; "" when there is none."""
        place = bisect_right(self._headings, offset, key=lambda heading: heading[0])
        return self._headings[place - 1][1] if place else ""

    def sentence_at(self, offset: int) -> tuple[int, int]:
        """The sentence that holds ``offset``."""
        place = bisect_right(self.sentences, offset, key=lambda sentence: sentence[0])
        start, end = self.sentences[place - 1] if place else (offset, offset)
        return (start, end) if offset < end else (offset, offset)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """The messages of the prompt itself (``variant`` None) or of one variant, with its params."""

    variant: str | None
    families: tuple[str, ...]
    messages: tuple[ParsedMessage, ...]
    params: Mapping[str, JSON]

    @property
    def text(self) -> str:
        """All messages, one after the other."""
        return "\n\n".join(message.text for message in self.messages)

    @property
    def lower(self) -> str:
        """All messages in lower case."""
        return "\n\n".join(message.lower for message in self.messages)

    def holds(self, pattern: re.Pattern[str]) -> bool:
        """Whether a message's lower-case text matches somewhere."""
        return any(message.holds(pattern) for message in self.messages)

    @property
    def instructing(self) -> tuple[ParsedMessage, ...]:
        """The messages that instruct: neither shots nor answers."""
        return tuple(message for message in self.messages if not message.is_shot)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """A comment of a file that is not ours, which may speak to the linter.

    ``text`` is without its marks, ``alone`` says that nothing else stands on its lines, and
    ``first_line`` to ``last_line`` are the lines that it speaks for.
    """

    text: str
    line: int
    column: int
    alone: bool
    first_line: int
    last_line: int


class ParsedPrompt:
    """A prompt file, or a bare text, ready for the rules.

    ``prompt`` is None for a bare text: rules about metadata have nothing to say about it.
    ``row`` is the data row of a table that the text came from. ``comments`` are those that the
    reader of another format found; None leaves it to the linter to look for ours.
    Several wordings share one file: the prompt's own and those variants that bring their own
    messages.
    """

    def __init__(
        self,
        *,
        path: str,
        prompt_id: str,
        prompt: Prompt | None,
        source: str,
        wordings: tuple[Wording, ...],
        place_of_key: Callable[[str], Place],
        row: int | None = None,
        comments: tuple[Comment, ...] | None = None,
    ) -> None:
        """Take what the parser worked out; ``place_of_key`` maps a JSON pointer to the file."""
        self.path = path
        self.prompt_id = prompt_id
        self.prompt = prompt
        self.source = source
        self.wordings = wordings
        self.place_of_key = place_of_key
        self.row = row
        self.comments = comments
        self.dialects: Mapping[str, Dialect] | None = None
        """What the families of models take; None: what the library knows of them."""

    @cached_property
    def messages(self) -> tuple[ParsedMessage, ...]:
        """Every message that is written in the file, each once."""
        return tuple(message for wording in self.wordings for message in wording.messages)

    @property
    def is_bare(self) -> bool:
        """Whether this is one text without roles, slots and comments."""
        return (
            self.prompt is None
            and not self.comments
            and len(self.messages) == 1
            and self.messages[0].text == self.source
            and not self.messages[0].slots
        )

    @property
    def text(self) -> str:
        """All messages as written: what rules' triggers are looked up in."""
        return "\n".join(message.text for message in self.messages)

    @cached_property
    def haystack(self) -> str:
        """All messages in lower case."""
        return "\n".join(message.lower for message in self.messages)
