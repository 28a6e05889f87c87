"""What is grouped and searched, and which text of a prompt stands for it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from promptops.cluster.wording import masked, without_boilerplate
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


def described_texts(items: Sequence[Item]) -> list[str]:
    """What is embedded of each item: title, and text without the collection's boilerplate."""
    texts = without_boilerplate([item.text for item in items])
    return [replace(item, text=text).described for item, text in zip(items, texts, strict=True)]


def instructions(items: Sequence[Item]) -> list[str]:
    """What groups are named from: what instructs, without the collection's boilerplate."""
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
