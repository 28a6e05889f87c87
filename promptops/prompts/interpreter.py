"""Walks a template's tree with values and yields pieces of text, each with where it came from.

A value is written once and never read again as template text. Loops and output are capped, so a
template costs a bounded amount of work whatever the values are.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from promptops.core.canonical import JSON
from promptops.core.suggest import did_you_mean
from promptops.errors import RenderError
from promptops.prompts.fields import type_name
from promptops.prompts.filters import MAX_OUTPUT_BYTES, apply_filter, to_text, too_large
from promptops.prompts.nodes import (
    Compare,
    Const,
    Expression,
    Filter,
    For,
    If,
    Literal,
    Logic,
    Lookup,
    Name,
    Node,
    Not,
    Output,
)

MAX_LOOP_STEPS: Final = 10_000
_MAX_FILTERED = 32 * 1024 * 1024  # characters: a large value filtered in a long loop


@dataclass(frozen=True, slots=True)
class Missing:
    """A part that a value does not have; an error only where it would be shown or looped over."""

    reason: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of output; ``source`` is the variable it shows, None for the template's own text."""

    text: str
    source: str | None


class Interpreter:
    """One rendering: the values, and what is left of the caps for all messages together."""

    def __init__(self, values: Mapping[str, JSON]) -> None:
        """Take the values of all root names."""
        self._scopes: list[Mapping[str, JSON]] = [values]
        self._steps_left = MAX_LOOP_STEPS
        self._bytes_left = MAX_OUTPUT_BYTES
        self._filtered_left = _MAX_FILTERED

    def run(self, nodes: Sequence[Node]) -> Iterator[Piece]:
        """The pieces that the nodes write, in order.

        Raises:
            RenderError: A value does not have what the template asks of it, or a cap is reached.
        """
        for node in nodes:
            if isinstance(node, Literal):
                yield self._piece(node.text, None)
            elif isinstance(node, Output):
                yield self._piece(to_text(self._present(node.expression)), node.source)
            elif isinstance(node, If):
                for test, body in node.branches:
                    if test is None or _truthy(self._evaluate(test)):
                        yield from self.run(body)
                        break
            else:
                yield from self._loop(node)

    def _piece(self, text: str, source: str | None) -> Piece:
        try:
            self._bytes_left -= len(text.encode("utf-8"))
        except UnicodeEncodeError as problem:
            raise RenderError(f"{source} holds half of a surrogate pair") from problem
        if self._bytes_left < 0:
            raise too_large()
        return Piece(text, source)

    def _loop(self, node: For) -> Iterator[Piece]:
        items = self._present(node.items)
        if items is None:
            items = []
        if isinstance(items, str) or not isinstance(items, Sequence | Mapping):
            raise RenderError(f"cannot loop over {type_name(items)} ({_shown(node.items)})")
        members = list(items)
        count = len(members)
        for position, item in enumerate(members):
            self._steps_left -= 1
            if self._steps_left < 0:
                raise RenderError(f"more than {MAX_LOOP_STEPS} loop steps")
            loop = {
                "index": position + 1,
                "index0": position,
                "revindex": count - position,
                "revindex0": count - position - 1,
                "first": position == 0,
                "last": position == count - 1,
                "length": count,
            }
            self._scopes.append({node.target: item, "loop": loop})
            yield from self.run(node.body)
            self._scopes.pop()

    def _present(self, expression: Expression) -> JSON:
        value = self._evaluate(expression)
        if isinstance(value, Missing):
            raise RenderError(value.reason, hint=value.hint)
        return value

    def _evaluate(self, expression: Expression) -> Any:
        if isinstance(expression, Const):
            return expression.value
        if isinstance(expression, Name):
            return self._name(expression.name)
        if isinstance(expression, Lookup):
            return self._lookup(expression)
        if isinstance(expression, Filter):
            return self._filter(expression)
        if isinstance(expression, Not):
            return not _truthy(self._evaluate(expression.operand))
        if isinstance(expression, Logic):
            left = self._evaluate(expression.left)
            decided = _truthy(left) is (expression.operator == "or")
            return left if decided else self._evaluate(expression.right)
        return self._compare(expression)

    def _name(self, name: str) -> Any:
        for scope in reversed(self._scopes):
            if name in scope:
                return scope[name]
        return Missing(f'no value for "{name}"')

    def _lookup(self, expression: Lookup) -> Any:
        base = self._evaluate(expression.base)
        if isinstance(base, Missing):
            return base
        key = self._present(expression.key)
        if isinstance(base, Mapping) and isinstance(key, str):
            if key in base:
                return base[key]
            hint = did_you_mean(key, [str(name) for name in base])
            return Missing(f'{_shown(expression.base)} has no "{key}"', hint)
        if isinstance(base, Sequence) and not isinstance(base, str) and type(key) is int:
            if 0 <= key < len(base):
                return base[key]
            return Missing(f"{_shown(expression.base)} has no item {key}, only {len(base)}")
        return Missing(f"{_shown(expression.base)} is {type_name(base)}: it has no parts")

    def _filter(self, expression: Filter) -> Any:
        value = self._evaluate(expression.base)
        if expression.name == "default":
            return expression.arguments[0] if value is None or isinstance(value, Missing) else value
        if isinstance(value, Missing):
            raise RenderError(value.reason, hint=value.hint)
        self._filtered_left -= len(value) if isinstance(value, str | Sequence | Mapping) else 1
        if self._filtered_left < 0:
            raise RenderError("too much text goes through filters")
        return apply_filter(expression.name, value, expression.arguments)

    def _compare(self, expression: Compare) -> bool:
        left = _null(self._evaluate(expression.first))
        for operator, operand in expression.rest:
            right = _null(self._evaluate(operand))
            if not _holds(operator, left, right):
                return False
            left = right
        return True


def _truthy(value: Any) -> bool:
    return not isinstance(value, Missing) and bool(value)


def _null(value: Any) -> JSON:
    return None if isinstance(value, Missing) else value


def _holds(operator: str, left: JSON, right: JSON) -> bool:
    if operator in ("eq", "ne"):
        return _equal(left, right) is (operator == "eq")
    if operator in ("in", "notin"):
        return _contains(right, left) is (operator == "in")
    numbers = all(isinstance(v, int | float) and not isinstance(v, bool) for v in (left, right))
    if not numbers and not (isinstance(left, str) and isinstance(right, str)):
        raise RenderError(f"cannot order {type_name(left)} and {type_name(right)}")
    if operator in ("lt", "gteq"):
        return bool(left < right) is (operator == "lt")
    return bool(left > right) is (operator == "gt")


def _equal(left: JSON, right: JSON) -> bool:
    # Python takes True for 1; JSON does not.
    return isinstance(left, bool) is isinstance(right, bool) and bool(left == right)


def _contains(container: JSON, member: JSON) -> bool:
    if isinstance(container, str):
        return isinstance(member, str) and member in container
    if isinstance(container, Mapping):
        return isinstance(member, str) and member in container
    if isinstance(container, Sequence):
        return any(_equal(member, item) for item in container)
    if container is None:
        return False
    raise RenderError(f'"in" needs a text, an array or an object, not {type_name(container)}')


def _shown(expression: Expression) -> str:
    """The path of an expression as its author wrote it, near enough for a message."""
    if isinstance(expression, Name):
        return expression.name
    if isinstance(expression, Lookup):
        key = expression.key
        if isinstance(key, Const):
            part = f".{key.value}" if isinstance(key.value, str) else f"[{key.value}]"
        else:
            part = f"[{_shown(key)}]"
        return _shown(expression.base) + part
    if isinstance(expression, Filter):
        return f"{_shown(expression.base)} | {expression.name}"
    return "this"
