"""The allow-list: from jinja's tree to ours, or a refusal that names what is not allowed."""

import math
from collections.abc import Sequence
from typing import Final

from jinja2 import nodes as jinja

from promptops.core.suggest import did_you_mean
from promptops.prompts.jinja_parser import parse
from promptops.prompts.nodes import (
    COMPARISONS,
    LOOP_KEYS,
    Compare,
    Const,
    Constant,
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
    TemplateFaultError,
)

FILTERS: Final = {
    # name: (fewest arguments, most arguments)
    "default": (1, 1),
    "join": (0, 1),
    "length": (0, 0),
    "lower": (0, 0),
    "replace": (2, 2),
    "trim": (0, 0),
    "upper": (0, 0),
}
_MAX_DEPTH = 40
_REFUSED: Final = {
    jinja.Call: "calls",
    jinja.Assign: "{% set %}",
    jinja.AssignBlock: "{% set %}",
    jinja.Macro: "{% macro %}",
    jinja.CallBlock: "{% call %}",
    jinja.Include: "{% include %}",
    jinja.Import: "{% import %}",
    jinja.FromImport: "{% from %}",
    jinja.Extends: "{% extends %}",
    jinja.Block: "{% block %}",
    jinja.FilterBlock: "{% filter %}",
    jinja.With: "{% with %}",
    jinja.CondExpr: "inline if (use {% if %})",
    jinja.Test: 'tests with "is" (use {% if name %})',
    jinja.Concat: "the operator ~ (write the parts side by side)",
    jinja.Slice: "slices",
    jinja.BinExpr: "arithmetic",
    jinja.UnaryExpr: "arithmetic",
    jinja.List: "list literals",
    jinja.Tuple: "tuples",
    jinja.Dict: "dictionary literals",
}


def build_tree(source: str) -> tuple[tuple[Node, ...], tuple[tuple[str, int], ...]]:
    """Our tree of a template, and every use of a root name with its offset.

    Raises:
        TemplateFaultError: What is not a template, or uses what the language does not have.
    """
    tree, stand_in = parse(source)
    builder = _Builder(stand_in)
    nodes = builder.block(tree.body, 0)
    return nodes, tuple(sorted(builder.uses, key=lambda use: use[1]))


class _Builder:
    def __init__(self, stand_in: str) -> None:
        self.uses: list[tuple[str, int]] = []
        self._stand_in = stand_in
        # What a name means inside the loops around: its root variable.
        self._loops: list[tuple[str, str | None]] = []

    def block(self, body: Sequence[jinja.Node], depth: int) -> tuple[Node, ...]:
        return tuple(node for part in body for node in self._node(part, depth))

    def _node(self, node: jinja.Node, depth: int) -> list[Node]:
        if depth > _MAX_DEPTH:
            raise TemplateFaultError("nested too deeply", _offset(node))
        if isinstance(node, jinja.Output):
            return [self._output(part, depth) for part in node.nodes]
        if isinstance(node, jinja.If):
            return [self._if(node, depth)]
        if isinstance(node, jinja.For):
            return [self._for(node, depth)]
        raise _refusal(node)

    def _output(self, node: jinja.Expr, depth: int) -> Node:
        if isinstance(node, jinja.TemplateData):
            return Literal(self._text(node.data), _offset(node))
        expression = self._expression(node, depth + 1)
        return Output(expression, self._source(expression), expression.offset)

    def _if(self, node: jinja.If, depth: int) -> If:
        branches: list[tuple[Expression | None, tuple[Node, ...]]] = []
        for branch in (node, *node.elif_):
            test = self._expression(branch.test, depth + 1)
            branches.append((test, self.block(branch.body, depth + 1)))
        if node.else_:
            branches.append((None, self.block(node.else_, depth + 1)))
        return If(tuple(branches), _offset(node))

    def _for(self, node: jinja.For, depth: int) -> For:
        place = _offset(node)
        if not isinstance(node.target, jinja.Name):
            raise TemplateFaultError("a loop has one variable", place)
        for part, what in (
            (node.test, '"if" inside "for"'),
            (node.else_, '"else" of "for"'),
            (node.recursive, "recursive loops"),
        ):
            if part:
                raise TemplateFaultError(f"{what}: not part of the template language", place)
        target = node.target.name
        if target == "loop" or target.startswith("_"):
            raise TemplateFaultError(f'"{target}" cannot be a loop variable', place)
        items = self._expression(node.iter, depth + 1)
        source = self._source(items)
        self._loops.append((target, source))
        body = self.block(node.body, depth + 1)
        self._loops.pop()
        return For(target, items, body, source, place)

    def _expression(self, node: jinja.Node, depth: int) -> Expression:
        place = _offset(node)
        if depth > _MAX_DEPTH:
            raise TemplateFaultError("nested too deeply", place)
        if isinstance(node, jinja.Const):
            return Const(self._constant(node), place)
        if isinstance(node, jinja.Name):
            return self._name(node)
        if isinstance(node, jinja.Getattr | jinja.Getitem):
            return self._lookup(node, depth)
        if isinstance(node, jinja.Filter):
            return self._filter(node, depth)
        if isinstance(node, jinja.Not):
            return Not(self._expression(node.node, depth + 1), place)
        if isinstance(node, jinja.And | jinja.Or):
            left = self._expression(node.left, depth + 1)
            right = self._expression(node.right, depth + 1)
            return Logic("and" if isinstance(node, jinja.And) else "or", left, right, place)
        if isinstance(node, jinja.Compare):
            first = self._expression(node.expr, depth + 1)
            rest = tuple(self._operand(part, depth) for part in node.ops)
            return Compare(first, rest, place)
        raise _refusal(node)

    def _operand(self, node: jinja.Operand, depth: int) -> tuple[str, Expression]:
        if node.op not in COMPARISONS:
            raise TemplateFaultError(f"the comparison {node.op}: not allowed", _offset(node))
        return node.op, self._expression(node.expr, depth + 1)

    def _name(self, node: jinja.Name) -> Name:
        place = _offset(node)
        inside = {name for name, _ in self._loops}
        if node.name == "loop" and self._loops:
            return Name("loop", place)
        if node.name == "self":
            raise TemplateFaultError('"self" is a reserved word', place)
        if node.name not in inside:
            self.uses.append((node.name, place))
        return Name(node.name, place)

    def _lookup(self, node: jinja.Getattr | jinja.Getitem, depth: int) -> Lookup:
        place = _offset(node)
        base = self._expression(node.node, depth + 1)
        if not isinstance(base, Name | Lookup):
            raise TemplateFaultError("only variables have parts", place)
        key: Expression
        if isinstance(node, jinja.Getattr):
            key = Const(node.attr, place)
        else:
            key = self._expression(node.arg, depth + 1)
        if isinstance(key, Const):
            self._check_key(base, key, place)
        elif not isinstance(key, Name | Lookup):
            raise TemplateFaultError("a part is named by a constant or a variable", place)
        return Lookup(base, key, place)

    def _check_key(self, base: Expression, key: Const, place: int) -> None:
        if isinstance(key.value, str):
            if key.value.startswith("_"):
                raise TemplateFaultError(f'"{key.value}": names cannot start with _', place)
            of_loop = isinstance(base, Name) and base.name == "loop" and bool(self._loops)
            if of_loop and key.value not in LOOP_KEYS:
                hint = did_you_mean(key.value, LOOP_KEYS)
                raise TemplateFaultError(f"loop has no {key.value}", place, hint)
        elif isinstance(key.value, bool) or not isinstance(key.value, int):
            raise TemplateFaultError("an index is a whole number or a text", place)

    def _filter(self, node: jinja.Filter, depth: int) -> Filter:
        place = _offset(node)
        if node.name not in FILTERS:
            hint = did_you_mean(node.name, FILTERS) or f"filters: {', '.join(FILTERS)}"
            raise TemplateFaultError(f'no filter is called "{node.name}"', place, hint)
        if node.node is None or node.kwargs or node.dyn_args or node.dyn_kwargs:
            raise TemplateFaultError(f"{node.name} takes plain arguments", place)
        arguments = []
        for argument in node.args:
            if not isinstance(argument, jinja.Const):
                raise TemplateFaultError(f"an argument of {node.name} is a constant", place)
            arguments.append(self._constant(argument))
        fewest, most = FILTERS[node.name]
        if not fewest <= len(arguments) <= most:
            number = str(fewest) if fewest == most else f"{fewest} to {most}"
            raise TemplateFaultError(f"{node.name} takes {number} arguments", place)
        if node.name in ("join", "replace") and not all(isinstance(a, str) for a in arguments):
            raise TemplateFaultError(f"an argument of {node.name} is a text", place)
        return Filter(self._expression(node.node, depth + 1), node.name, tuple(arguments), place)

    def _constant(self, node: jinja.Const) -> Constant:
        value = node.value
        if isinstance(value, str):
            if any("\ud800" <= char <= "\udfff" for char in value):
                raise TemplateFaultError("half of a surrogate pair", _offset(node))
            return self._text(value)
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, int) and abs(value) < 2**53:
            return value
        if isinstance(value, float) and math.isfinite(value):
            return value
        raise TemplateFaultError("this number is too large", _offset(node))

    def _source(self, expression: Expression) -> str | None:
        """The root variable an expression shows: the first one in reading order."""
        if isinstance(expression, Name):
            for name, source in reversed(self._loops):
                if expression.name == name:
                    return source
            return None if expression.name == "loop" and self._loops else expression.name
        if isinstance(expression, Lookup | Filter):
            return self._source(expression.base)
        if isinstance(expression, Logic):
            return self._source(expression.left) or self._source(expression.right)
        return None

    def _text(self, text: str) -> str:
        return text.replace(self._stand_in, "\r") if self._stand_in else text


def _offset(node: jinja.Node) -> int:
    return max(0, (node.lineno or 1) - 1)


def _refusal(node: jinja.Node) -> TemplateFaultError:
    for kind, what in _REFUSED.items():
        if isinstance(node, kind):
            return TemplateFaultError(f"{what}: not part of the template language", _offset(node))
    name = type(node).__name__
    return TemplateFaultError(f"{name}: not part of the template language", _offset(node))
