"""What is grouped and searched, and which text of a prompt stands for it."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from promptops.cluster.wording import masked, normalized, without_boilerplate
from promptops.core.canonical import digest_bytes
from promptops.errors import InputError
from promptops.lint.slots import tags
from promptops.prompts.digests import semantic_digest
from promptops.prompts.loader import PromptFile
from promptops.prompts.model import Prompt


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One text to group, find or compare.

    ``digest`` identifies the content (a prompt's semantic digest); ``title`` helps meaning and
    search, and takes no part in comparing wordings. ``instruction`` is the text with a mark where
    values are filled in, from which groups are named; empty when it is the text itself.
    """

    id: str
    text: str
    digest: str
    title: str = ""
    instruction: str = ""

    @property
    def described(self) -> str:
        """The text with its title in front: what is embedded and searched."""
        return f"{self.title}\n{self.text}" if self.title else self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """What is grouped: one row for each wording, in the order of the first id that has it.

    ``copies`` are the items of each row, ``digests`` short digests of the wordings, ``plain`` the
    texts without the collection's boilerplate. ``left_out`` are the items without words.
    """

    copies: list[list[Item]]
    digests: list[str]
    plain: list[str]
    left_out: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, items: Sequence[Item]) -> "Rows":
        """Take equal wordings together.

        Raises:
            InputError: Two items have one id.
        """
        count = Counter(item.id for item in items)
        if len(count) < len(items):
            twice = [name for name, number in count.items() if number > 1]
            raise InputError(f'{len(twice)} ids are given twice, such as "{min(twice)}"')
        found: dict[str, list[Item]] = {}
        left_out = []
        for item in sorted(items, key=lambda item: item.id):
            key = normalized(item.text)
            if key:
                found.setdefault(key, []).append(item)
            else:
                left_out.append((item.id, "the text has no words"))
        copies = list(found.values())
        return cls(
            copies=copies,
            digests=[digest_bytes(key.encode())[7:19] for key in found],
            plain=without_boilerplate([members[0].text for members in copies]),
            left_out=tuple(left_out),
        )

    @property
    def heads(self) -> list[Item]:
        """The first item of each row."""
        return [members[0] for members in self.copies]

    @property
    def described(self) -> list[str]:
        """What is embedded of each row: title, and text without boilerplate."""
        return [
            f"{item.title}\n{text}" if item.title else text
            for item, text in zip(self.heads, self.plain, strict=True)
        ]

    @property
    def instructions(self) -> list[str]:
        """What groups are named from: what instructs, without boilerplate."""
        heads = self.heads
        if any(item.instruction for item in heads):
            return instructions(heads)
        return self.plain


def instructions(items: Sequence[Item]) -> list[str]:
    """What instructs in each item, without the collection's boilerplate."""
    return without_boilerplate([item.instruction or item.text for item in items])


def prompt_text(prompt: Prompt) -> str:
    """The text that stands for a prompt: what instructs, with variables by their names.

    Few-shot examples are left out: two prompts for one task with other examples are alike, and a
    long example would drown the instruction. Template tags give way to the names they fill in.
    """
    return _text(prompt, _named)


def _text(prompt: Prompt, fill: Callable[[str], str]) -> str:
    parts = []
    messages = prompt.messages
    for index, message in enumerate(messages):
        answers = message.role == "assistant"
        asks = message.role == "user" and any(
            later.role == "assistant" for later in messages[index + 1 : index + 2]
        )
        if not (answers or asks):
            parts.append(fill(message.content).strip())
    text = "\n\n".join(part for part in parts if part)
    return text or "\n\n".join(fill(message.content).strip() for message in messages)


def item_of(file: PromptFile) -> Item:
    """The item of a loaded prompt file."""
    prompt = file.prompt
    return Item(
        id=prompt.id,
        text=prompt_text(prompt),
        digest=semantic_digest(prompt),
        title=prompt.title,
        instruction=_text(prompt, masked),
    )


def _named(source: str) -> str:
    pieces, done = [], 0
    for tag in tags(source):
        pieces.append(source[done : tag.start])
        if tag.kind == "value" and tag.name != "loop":
            pieces.append(tag.name.replace("_", " "))
        done = tag.end
    return "".join(pieces) + source[done:]
