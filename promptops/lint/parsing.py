"""From a loaded prompt file, or a bare text, to what the rules look at."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from promptops.lint.parsed import ParsedMessage, ParsedPrompt, Place, Slot, Wording
from promptops.lint.regions import Region, paint
from promptops.lint.slots import tags
from promptops.lint.text import Lines
from promptops.prompts.loader import PromptFile
from promptops.prompts.model import MessageTemplate, Prompt, Variable


def parse_file(file: PromptFile, *, shown_path: str) -> ParsedPrompt:
    """Parse a loaded prompt file once, for all rules.

    Args:
        file: The prompt and its positions.
        shown_path: The path that findings carry.
    """
    prompt = file.prompt
    untrusted = _untrusted(prompt)
    wordings = [
        Wording(
            variant=None,
            families=(),
            messages=_messages(
                prompt.messages, prompt.variables, untrusted, None, _places(file, "/messages")
            ),
            params=prompt.model.params if prompt.model else {},
        )
    ]
    for number, variant in enumerate(prompt.variants):
        if variant.messages is None:
            continue
        places = _places(file, f"/variants/{number}/messages")
        wordings.append(
            Wording(
                variant=variant.id,
                families=_families(variant.when),
                messages=_messages(
                    variant.messages, prompt.variables, untrusted, variant.id, places
                ),
                params=variant.params,
            )
        )
    return ParsedPrompt(
        path=shown_path,
        prompt_id=prompt.id,
        prompt=prompt,
        source=file.text,
        wordings=tuple(wordings),
        place_of_key=_place_of_key(file),
    )


def parse_text(
    text: str, *, path: str | Path, prompt_id: str = "", row: int | None = None
) -> ParsedPrompt:
    """Parse a text that is one whole prompt: no metadata, no templates, one user message.

    ``row`` is the data row, from 1, when the text is a cell of a table.
    """
    message = ParsedMessage(
        index=0,
        role="user",
        text=text,
        mask=partial(paint, text),
        slots=(),
        is_shot=False,
        variant=None,
        place=Lines(text).position,
    )
    return ParsedPrompt(
        path=str(path),
        prompt_id=prompt_id,
        prompt=None,
        source=text,
        wordings=(Wording(variant=None, families=(), messages=(message,), params={}),),
        place_of_key=lambda _: (1, 1),
        row=row,
    )


def _messages(
    messages: Sequence[MessageTemplate],
    variables: Mapping[str, Variable],
    untrusted: frozenset[str],
    variant: str | None,
    places: Callable[[int], Callable[[int], Place]],
) -> tuple[ParsedMessage, ...]:
    roles = [message.role for message in messages]
    parsed = []
    for index, message in enumerate(messages):
        shot = _is_shot(roles, index)
        slots, template = _slots(message.content, variables, untrusted)
        mask = partial(
            paint,
            message.content,
            base=Region.EXAMPLE if shot else Region.INSTRUCTION,
            slots=[(slot.start, slot.end) for slot in slots],
            template=template,
        )
        parsed.append(
            ParsedMessage(
                index=index,
                role=message.role,
                text=message.content,
                mask=mask,
                slots=slots,
                is_shot=shot,
                variant=variant,
                place=places(index),
            )
        )
    return tuple(parsed)


def _is_shot(roles: Sequence[str], index: int) -> bool:
    """An answer that is given, or the question right before it: a few-shot example."""
    if roles[index] == "assistant":
        return True
    return roles[index] == "user" and roles[index + 1 : index + 2] == ["assistant"]


def _slots(
    text: str, variables: Mapping[str, Variable], untrusted: frozenset[str]
) -> tuple[tuple[Slot, ...], list[tuple[int, int]]]:
    slots, template = [], []
    for tag in tags(text):
        if tag.kind == "value" and tag.name != "loop":
            slots.append(
                Slot(
                    name=tag.name,
                    start=tag.start,
                    end=tag.end,
                    untrusted=tag.name in untrusted,
                    variable=variables.get(tag.name),
                )
            )
        else:
            template.append((tag.start, tag.end))
    return tuple(slots), template


def _untrusted(prompt: Prompt) -> frozenset[str]:
    names = {name for name, variable in prompt.variables.items() if variable.trust == "untrusted"}
    if prompt.retrieval is not None:
        names.add(prompt.retrieval.into)
    return frozenset(names)


def _families(when: Mapping[str, object]) -> tuple[str, ...]:
    named = when.get("family", ())
    if isinstance(named, str):
        return (named,)
    return tuple(str(name) for name in named) if isinstance(named, list | tuple) else ()


def _places(file: PromptFile, base: str) -> Callable[[int], Callable[[int], Place]]:
    def of_message(index: int) -> Callable[[int], Place]:
        def place(offset: int) -> Place:
            position = file.locate(f"{base}/{index}/content", offset)
            return position.line, position.column

        return place

    return of_message


def _place_of_key(file: PromptFile) -> Callable[[str], Place]:
    def place(pointer: str) -> Place:
        position = file.key_position(pointer)
        return position.line, position.column

    return place
