"""The parts of a wording: instructions, example pairs, and the message that carries the input.

Everything here takes and gives prompts whose wording is their own (no variants): what
`promptops.prompts.resolve.resolve` returns.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from promptops.core.canonical import JSON
from promptops.errors import PromptOpsError
from promptops.golden.case import GoldenCase
from promptops.prompts.model import MessageTemplate, Prompt
from promptops.prompts.rendering import render
from promptops.prompts.template import escape_literal, template_names
from promptops.scoring.reading import as_text

_MOST_EXAMPLE_TEXT = 6000
"""Characters of examples: about 1,500 tokens, which leaves room in a context of 2,048."""

_EXAMPLE_FRAME = 40  # characters; the marks around a question and its answer, and the answer

_PARTIAL = frozenset({"contains", "ragas.string_presence"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """A conversation in its parts.

    Args:
        instructions: What comes first (system messages, or earlier turns).
        examples: Pairs of a user and an assistant message, directly before the last message.
        final: The last message, from the user; it carries the input.
    """

    instructions: tuple[MessageTemplate, ...]
    examples: tuple[tuple[MessageTemplate, MessageTemplate], ...]
    final: MessageTemplate

    def messages(self) -> tuple[MessageTemplate, ...]:
        """The conversation in order."""
        pairs = [message for pair in self.examples for message in pair]
        return (*self.instructions, *pairs, self.final)


def split_wording(prompt: Prompt) -> Wording | None:
    """The parts of a prompt's conversation; None when it does not end with a user message."""
    *before, final = prompt.messages
    if final.role != "user":
        return None
    examples: list[tuple[MessageTemplate, MessageTemplate]] = []
    while len(before) >= 2 and before[-2].role == "user" and before[-1].role == "assistant":
        answer = before.pop()
        question = before.pop()
        examples.insert(0, (question, answer))
    return Wording(instructions=tuple(before), examples=tuple(examples), final=final)


def with_messages(prompt: Prompt, messages: Sequence[MessageTemplate]) -> Prompt:
    """The prompt with another conversation."""
    return prompt.replace(messages=tuple(messages))


def with_instruction(prompt: Prompt, addition: str) -> Prompt:
    """The prompt with template text added at the end of its instructions.

    That is the last message before the examples; a prompt that has none gets a system message.
    """
    parts = split_wording(prompt)
    if parts is None or not parts.instructions:
        first = MessageTemplate(role="system", content=addition)
        return with_messages(prompt, (first, *prompt.messages))
    *others, last = parts.instructions
    longer = MessageTemplate(role=last.role, content=f"{last.content.rstrip()}\n{addition}")
    rest = prompt.messages[len(parts.instructions) :]
    return with_messages(prompt, (*others, longer, *rest))


def with_examples(
    prompt: Prompt, cases: Sequence[GoldenCase], *, kb_label: str | None = None
) -> Prompt:
    """The prompt with these solved cases as its example pairs, in place of those it has.

    Raises:
        ValueError: The prompt or a case does not allow it; see `can_show`.
    """
    parts = split_wording(prompt)
    if parts is None:
        raise ValueError("the conversation does not end with a user message")
    pairs: list[MessageTemplate] = []
    for case in cases:
        answer = solved_answer(prompt, case.expected_for(kb_label))
        if answer is None:
            raise ValueError(f'case "{case.id}" has no answer that a model could have given')
        alone = prompt.replace(messages=(parts.final,))
        ((_, question),) = render(alone, dict(case.inputs)).texts()
        pairs.append(MessageTemplate(role="user", content=escape_literal(question)))
        pairs.append(MessageTemplate(role="assistant", content=escape_literal(answer)))
    return with_messages(prompt, (*parts.instructions, *pairs, parts.final))


def fit_examples(cases: Sequence[GoldenCase]) -> list[GoldenCase]:
    """As many of the cases, the last ones, as a small context has room for."""
    room = _MOST_EXAMPLE_TEXT
    kept: list[GoldenCase] = []
    for case in reversed(cases):
        room -= sum(len(as_text(value)) for value in case.inputs.values()) + _EXAMPLE_FRAME
        if kept and room < 0:
            break
        kept.append(case)
    return kept[::-1]


def can_show(prompt: Prompt, case: GoldenCase, *, metric: str, kb_label: str | None = None) -> bool:
    """Whether a case can be made an example pair of the prompt.

    Not where the prompt retrieves: the example would freeze the knowledge base of one day. Not
    where the metric only looks for a part: the expected part is no answer, and a model that is
    shown bare keywords writes bare keywords.
    """
    if prompt.retrieval is not None or metric in _PARTIAL or not case.is_labeled(kb_label):
        return False
    try:
        with_examples(prompt, [case], kb_label=kb_label)
    except (ValueError, PromptOpsError):
        return False
    return True


def solved_answer(prompt: Prompt, expected: JSON) -> str | None:
    """The answer that a perfect model would have written, or None when that is not known.

    A list of texts that an answer should contain is not an answer.
    """
    if prompt.output is None:
        if isinstance(expected, Mapping):
            return json.dumps(expected, ensure_ascii=False)
        return as_text(expected) if isinstance(expected, str | int | float) and expected else None
    properties = _properties(prompt)
    if not isinstance(expected, Mapping):
        if len(properties) != 1 or expected is None:
            return None
        return json.dumps({properties[0]: expected}, ensure_ascii=False)
    ordered = {name: expected[name] for name in properties if name in expected}
    return json.dumps({**ordered, **expected}, ensure_ascii=False)


def _properties(prompt: Prompt) -> tuple[str, ...]:
    schema = None if prompt.output is None else prompt.output.schema_
    properties = schema.get("properties") if isinstance(schema, Mapping) else None
    return tuple(properties) if isinstance(properties, Mapping) else ()


def instruction_text(prompt: Prompt) -> str:
    """All template text but the example pairs, messages parted by an empty line."""
    parts = split_wording(prompt)
    messages = prompt.messages if parts is None else (*parts.instructions, parts.final)
    return "\n\n".join(message.content for message in messages)


def used_names(prompt: Prompt) -> frozenset[str]:
    """The root variables that the conversation uses.

    Raises:
        TemplateError: A message is not a template.
    """
    return frozenset().union(*(template_names(message.content) for message in prompt.messages))
