"""Reading a prompt file: strict YAML, the schema, the template language, each error with its place.

>>> prompt = load_prompt(Path("refund-answer.prompt.yaml")).prompt  # doctest: +SKIP
"""

import stat
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from promptops.core.files import read_text
from promptops.errors import PromptSyntaxError, TemplateError
from promptops.prompts.model import Prompt
from promptops.prompts.nodes import TemplateFaultError
from promptops.prompts.positions import Position
from promptops.prompts.schema_errors import validate
from promptops.prompts.strict_yaml import MAX_BYTES, Document, read_yaml
from promptops.prompts.template import compile_template, undeclared

_REQUIRED = ("apiVersion", "kind")


class _Positions(Mapping[str, Position]):
    """Positions, each worked out when it is asked for."""

    def __init__(self, document: Document) -> None:
        self._document = document

    def __getitem__(self, pointer: str) -> Position:
        if pointer not in self._document.spans:
            raise KeyError(pointer)
        return self._document.position(pointer)

    def __iter__(self) -> Iterator[str]:
        return iter(self._document.spans)

    def __len__(self) -> int:
        return len(self._document.spans)


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptFile:
    """A prompt and the file it was read from.

    Attributes:
        prompt: What the file says.
        path: Where it is.
        text: Its text, without a byte order mark.
        document: The places of everything in it.
    """

    prompt: Prompt
    path: Path
    text: str
    document: Document

    @property
    def positions(self) -> Mapping[str, Position]:
        """The place of every value's first character, by JSON pointer (``/messages/0/content``)."""
        return _Positions(self.document)

    def position(self, pointer: str) -> Position:
        """The place of one value; of its nearest parent when the file does not have it."""
        return self.document.position(pointer)

    def key_position(self, pointer: str) -> Position:
        """The place of the key that names a value."""
        return self.document.key_position(pointer)

    def locate(self, message: int | str, offset: int) -> Position:
        """The place of the character at ``offset`` of a text.

        Args:
            message: The message's index, or the JSON pointer of any text in the file.
            offset: Characters from the start of the text, as YAML reads it.
        """
        pointer = message if isinstance(message, str) else f"/messages/{message}/content"
        return self.document.locate(pointer, offset)


def load_prompt(path: Path) -> PromptFile:
    """Read a prompt file.

    Raises:
        PromptSyntaxError: The file is missing, unreadable or wrong, with line and column.
        TemplateError: Its template text is wrong, or uses a name that is not declared.
    """
    with suppress(OSError):  # reading says better what is wrong
        found = path.stat()
        # Opening a pipe waits until somebody writes to it.
        if not stat.S_ISREG(found.st_mode) and not stat.S_ISDIR(found.st_mode):
            raise PromptSyntaxError("not a regular file", where=str(path))
        if found.st_size > 4 * MAX_BYTES:
            raise PromptSyntaxError("larger than 256 KiB", where=str(path), line=1, column=1)
    return parse_prompt(read_text(path, PromptSyntaxError), path)


def parse_prompt(text: str, where: Path | str = "<text>") -> PromptFile:
    """Read a prompt from text.

    Raises:
        PromptSyntaxError: With line and column of what is wrong.
        TemplateError: As `load_prompt`.
    """
    document = read_yaml(text, str(where))
    prompt = validate(document, Prompt, required=_REQUIRED, never=("extra",))
    _check_templates(prompt, document)
    return PromptFile(prompt=prompt, path=Path(where), text=document.text, document=document)


def template_sources(prompt: Prompt) -> Iterator[tuple[str, str]]:
    """Every template text of a prompt with its JSON pointer."""
    for index, message in enumerate(prompt.messages):
        yield f"/messages/{index}/content", message.content
    for number, variant in enumerate(prompt.variants):
        for index, message in enumerate(variant.messages or ()):
            yield f"/variants/{number}/messages/{index}/content", message.content
    if prompt.retrieval is not None:
        yield "/retrieval/query", prompt.retrieval.query


def _check_templates(prompt: Prompt, document: Document) -> None:
    declared = prompt.declared
    for pointer, source in template_sources(prompt):
        # The query is what finds the context, so it cannot use it.
        names: set[str] | frozenset[str] = declared
        if pointer == "/retrieval/query":
            names = set(prompt.variables) - {prompt.retrieval.into if prompt.retrieval else ""}
        fault: TemplateFaultError | None
        try:
            fault = undeclared(compile_template(source), names)
        except TemplateFaultError as problem:
            fault = problem
        if fault is not None:
            place = document.locate(pointer, fault.offset)
            raise TemplateError(
                fault.message,
                where=document.where,
                hint=fault.hint,
                line=place.line,
                column=place.column,
            )
