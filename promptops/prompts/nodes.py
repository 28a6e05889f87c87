"""The tree of a parsed template: small immutable records, each with its offset in the source."""

from dataclasses import dataclass
from typing import TypeAlias

Constant: TypeAlias = str | int | float | bool | None


class TemplateFaultError(ValueError):
    """A mistake at an offset of a template."""

    def __init__(self, message: str, offset: int, hint: str = "") -> None:
        """Keep the parts."""
        super().__init__(message)
        self.message = message
        self.offset = offset
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Literal:
    """Text that stands as it is."""

    text: str
    offset: int


@dataclass(frozen=True, slots=True)
class Const:
    """A constant in an expression."""

    value: Constant
    offset: int


@dataclass(frozen=True, slots=True)
class Name:
    """A root variable, a loop variable or ``loop``."""

    name: str
    offset: int


@dataclass(frozen=True, slots=True)
class Lookup:
    """``base.key``, ``base["key"]``, ``base[0]`` or ``base[name]``."""

    base: "Expression"
    key: "Expression"
    offset: int


@dataclass(frozen=True, slots=True)
class Filter:
    """``base | name(arguments)``."""

    base: "Expression"
    name: str
    arguments: tuple[Constant, ...]
    offset: int


@dataclass(frozen=True, slots=True)
class Not:
    """``not operand``."""

    operand: "Expression"
    offset: int


@dataclass(frozen=True, slots=True)
class Logic:
    """``left and right`` or ``left or right``; the value is that of the deciding side."""

    operator: str
    left: "Expression"
    right: "Expression"
    offset: int


@dataclass(frozen=True, slots=True)
class Compare:
    """``first op second op third …``; the operators are those of `COMPARISONS`."""

    first: "Expression"
    rest: tuple[tuple[str, "Expression"], ...]
    offset: int


@dataclass(frozen=True, slots=True)
class Output:
    """``{{ expression }}``; ``source`` is the root variable it shows, None when it shows none."""

    expression: "Expression"
    source: str | None
    offset: int


@dataclass(frozen=True, slots=True)
class If:
    """``{% if %}`` with its branches in order; the last may have no test."""

    branches: tuple[tuple["Expression | None", tuple["Node", ...]], ...]
    offset: int


@dataclass(frozen=True, slots=True)
class For:
    """``{% for target in items %}``; ``source`` is the root variable that is looped over."""

    target: str
    items: "Expression"
    body: tuple["Node", ...]
    source: str | None
    offset: int


Expression: TypeAlias = Const | Name | Lookup | Filter | Not | Logic | Compare
Node: TypeAlias = Literal | Output | If | For

COMPARISONS = frozenset({"eq", "ne", "lt", "lteq", "gt", "gteq", "in", "notin"})
LOOP_KEYS = frozenset({"index", "index0", "revindex", "revindex0", "first", "last", "length"})
