"""The template language: a small, closed part of Jinja.

``{{ a.b[0] | upper }}``, ``if``/``elif``/``else``, ``for`` with ``loop.*``, comments, ``raw``
blocks, ``-`` trims, and the filters upper, lower, trim, join, length, default and replace. Nothing
is called, assigned, imported or computed: every node that is not on the list is refused by name.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from promptops.core.suggest import did_you_mean
from promptops.errors import TemplateError
from promptops.prompts.nodes import Literal, Node, TemplateFaultError
from promptops.prompts.positions import LineIndex

_TAG = re.compile(r"\{[{%#]")
_FOREIGN = re.compile(r"\{\{[^\r\n]*?\}\}|\{%[^\r\n]*?%\}|\{#[^\r\n]*?#\}|\{[{%#]")
_RAW_END = re.compile(r"\{%[-+]?\s*endraw")


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A parsed template.

    Attributes:
        source: Its text.
        nodes: What it is made of.
        uses: Every use of a root name with its offset in ``source``, in order.
    """

    source: str
    nodes: tuple[Node, ...]
    uses: tuple[tuple[str, int], ...]

    @property
    def names(self) -> frozenset[str]:
        """The root variables that the template uses."""
        return frozenset(name for name, _ in self.uses)


def parse_template(source: str, *, where: str = "") -> Template:
    """Read a template.

    Raises:
        TemplateError: With line and column inside ``source``.
    """
    try:
        return compile_template(source)
    except TemplateFaultError as fault:
        place = LineIndex(source).position(fault.offset)
        raise TemplateError(
            fault.message, where=where, hint=fault.hint, line=place.line, column=place.column
        ) from None


def template_names(source: str) -> frozenset[str]:
    """The root variables that a template uses.

    Raises:
        TemplateError: With line and column inside ``source``.
    """
    return parse_template(source).names


@lru_cache(maxsize=4096)
def compile_template(source: str) -> Template:
    """Read a template; equal sources are read once.

    Raises:
        TemplateFaultError: With the offset inside ``source``.
    """
    if not _TAG.search(source):
        nodes: tuple[Node, ...] = (Literal(source, 0),) if source else ()
        return Template(source=source, nodes=nodes, uses=())
    # Jinja takes a tenth of a second to import, and most prompts of a collection have no tags.
    from promptops.prompts.template_tree import build_tree

    tree, uses = build_tree(source)
    return Template(source=source, nodes=tree, uses=uses)


def undeclared(template: Template, declared: Iterable[str]) -> TemplateFaultError | None:
    """The first use of a root name that is not declared, as a fault, or None."""
    known = frozenset(declared)
    for name, offset in template.uses:
        if name not in known:
            hint = did_you_mean(name, known) or (
                f"declare it under variables: {name}: {{type: string}}"
            )
            return TemplateFaultError(f'unknown variable "{name}"', offset, hint)
    return None


def escape_literal(text: str) -> str:
    """Template source that renders as exactly ``text``, whatever braces it holds."""
    return _FOREIGN.sub(_raw, text)


def _raw(match: re.Match[str]) -> str:
    found = match.group()
    if _RAW_END.search(found):
        # A raw block cannot hold its own end: keep only the two opening characters in it, and
        # escape the rest on its own.
        return "{% raw %}" + found[:2] + "{% endraw %}" + escape_literal(found[2:])
    return "{% raw %}" + found + "{% endraw %}"
