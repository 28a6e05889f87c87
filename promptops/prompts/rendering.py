"""From a prompt and values to messages made of segments.

A segment is text the prompt's author wrote (``literal``) or text a value brought (``value``), with
the variable it came from: what is untrusted stays visible as such until the last moment.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from promptops.core.canonical import JSON
from promptops.core.suggest import did_you_mean
from promptops.errors import RenderError
from promptops.prompts.interpreter import Interpreter, Piece
from promptops.prompts.model import Prompt, Variable
from promptops.prompts.resolve import resolve
from promptops.prompts.template import parse_template, undeclared

Trust = Literal["trusted", "untrusted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A piece of a message.

    Attributes:
        text: The characters that are sent.
        kind: ``literal`` for the author's words, ``value`` for what a variable brought.
        source: The variable's name, None for a literal.
        trust: Whether the text's author may be an attacker.
    """

    text: str
    kind: Literal["literal", "value"]
    source: str | None = None
    trust: Trust = "trusted"


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedMessage:
    """One message, ready to send."""

    role: str
    segments: tuple[Segment, ...]

    @property
    def content(self) -> str:
        """The whole text."""
        return "".join(segment.text for segment in self.segments)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A rendered prompt."""

    messages: tuple[RenderedMessage, ...]

    def texts(self) -> tuple[tuple[str, str], ...]:
        """Role and text of every message."""
        return tuple((message.role, message.content) for message in self.messages)


def render(prompt: Prompt, values: Mapping[str, JSON], *, variant: str | None = None) -> Rendered:
    """Fill a prompt with values.

    Args:
        prompt: The prompt.
        values: A value for every required variable; the text for ``retrieval.into`` too.
        variant: The wording to use, None for the prompt's own.

    Raises:
        RenderError: A value is missing, unknown, of the wrong type or too long; the template asks
            for a part that a value does not have; more than 256 KiB or 10,000 loop steps.
        UnknownPromptError: No such variant.
        TemplateError: The prompt was built in code with a template that is none.
    """
    wording = resolve(prompt, variant)
    filled = _filled(wording, values)
    trust = _trust(wording, values)
    interpreter = Interpreter(filled)
    messages = []
    for index, message in enumerate(wording.messages):
        template = parse_template(message.content, where=f"{prompt.id} /messages/{index}")
        if fault := undeclared(template, filled):
            raise RenderError(fault.message, where=prompt.id, hint=fault.hint)
        try:
            segments = _segments(interpreter.run(template.nodes), trust)
        except RenderError as problem:
            where = f"{prompt.id} /messages/{index}"
            raise RenderError(problem.message, where=where, hint=problem.hint) from None
        messages.append(RenderedMessage(role=message.role, segments=segments))
    return Rendered(messages=tuple(messages))


def render_text(source: str, values: Mapping[str, JSON], variables: Mapping[str, Variable]) -> str:
    """Fill one template, such as a retrieval query, with values of the declared variables.

    Raises:
        RenderError: As `render`; values of undeclared names are passed over here.
        TemplateError: ``source`` is not a template.
    """
    template = parse_template(source)
    filled = {
        name: _value(name, variable, values)
        for name, variable in variables.items()
        if name in template.names
    }
    if fault := undeclared(template, filled):
        raise RenderError(fault.message, hint=fault.hint)
    return "".join(piece.text for piece in Interpreter(filled).run(template.nodes))


def _filled(prompt: Prompt, values: Mapping[str, JSON]) -> dict[str, JSON]:
    declared = prompt.declared
    for name in values:
        if name not in declared:
            known = ", ".join(sorted(declared)) or "none"
            raise RenderError(
                f'unknown variable "{name}"',
                where=prompt.id,
                hint=did_you_mean(name, declared) or f"variables: {known}",
            )
    filled = {}
    try:
        for name, variable in prompt.variables.items():
            filled[name] = _value(name, variable, values)
    except RenderError as problem:
        raise RenderError(problem.message, where=prompt.id, hint=problem.hint) from None
    if prompt.retrieval is not None and prompt.retrieval.into not in filled:
        name = prompt.retrieval.into
        context = values.get(name)
        if not isinstance(context, str):
            raise RenderError(
                f'no value for "{name}"',
                where=prompt.id,
                hint=f'it is filled from the knowledge base "{prompt.retrieval.kb}"',
            )
        filled[name] = context
    return filled


def _value(name: str, variable: Variable, values: Mapping[str, JSON]) -> JSON:
    value = values.get(name)
    if value is None:
        if variable.required:
            raise RenderError(f'no value for the required variable "{name}"')
        return variable.default
    if reason := variable.mismatch(value):
        raise RenderError(f'the value of "{name}" {reason}')
    return value


def _trust(prompt: Prompt, values: Mapping[str, JSON]) -> dict[str, Trust]:
    """Whom to trust: a default is the author's own; what retrieval brings is never trusted."""
    trust: dict[str, Trust] = {
        name: "trusted" if values.get(name) is None else variable.trust
        for name, variable in prompt.variables.items()
    }
    if prompt.retrieval is not None:
        trust[prompt.retrieval.into] = "untrusted"
    return trust


def _segments(pieces: Iterable[Piece], trust: Mapping[str, Trust]) -> tuple[Segment, ...]:
    """Neighboring pieces of one origin become one segment; empty literals vanish."""
    merged: list[Segment] = []
    for piece in pieces:
        if piece.source is None:
            if merged and merged[-1].kind == "literal":
                merged[-1] = Segment(text=merged[-1].text + piece.text, kind="literal")
            elif piece.text:
                merged.append(Segment(text=piece.text, kind="literal"))
        else:
            merged.append(
                Segment(
                    text=piece.text,
                    kind="value",
                    source=piece.source,
                    trust=trust.get(piece.source, "untrusted"),
                )
            )
    return tuple(merged)
