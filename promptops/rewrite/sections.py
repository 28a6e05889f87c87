"""Which sections keep their marks, because other marks would say something else."""

import re

from promptops.rewrite.draft import Block, Draft

_LABEL_LINE = re.compile(r"^[ \t]*\*{0,2}[^\W\d_][\w/-]*(?: [\w/-]+){0,2}\*{0,2}:(?:\s|\*|$)")
_TEMPLATE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_MARKS = r"(?:heading|header|label|tag|line|field)s?"


def paired_names(draft: Draft) -> frozenset[str]:
    """Labels of which some section holds a second label's line (``Ticket: ...``, ``Team: ...``).

    Such a pair is a solved example or a record. Marks around the first label would take in the
    second one, so all sections of that name keep theirs: the real input must look like the pairs.
    """
    sections = [
        block for turn in draft.turns for block in turn.blocks if block.form in ("label", "inline")
    ]
    real = {block.name for block in sections if block.shows_value}
    return frozenset(block.name for block in sections if block.name in real and _holds_label(block))


def _holds_label(block: Block) -> bool:
    return any(map(_LABEL_LINE.match, block.body.split("\n")[1:]))


def is_referred_to(block: Block, draft: Draft) -> bool:
    """Whether the wording speaks of a section by its marks: ``"Message:"``, ``see <policy>``."""
    name = re.escape(block.name)
    quoted = rf"[\"'“‘`]{name}:?[\"'”’`]"
    # "The rules heading" and "the line Rules:" speak of marks; "the rules" alone does not.
    spoken = rf"\b{_MARKS} (?:the |marked |named |called )?{name}\b|\b{name}:? {_MARKS}\b"
    return draft.mentions(rf"{quoted}|</?{name}>|#[ \t]+{name}\b|{spoken}")


def holds_more_than_a_value(block: Block) -> bool:
    """Whether a heading's section shows a value and says something besides.

    A heading's section ends where the next one begins, so an instruction behind the value belongs
    to it in form only; within tags it would be part of the data.
    """
    if block.form != "heading" or not block.shows_value:
        return False
    words = _TEMPLATE.sub(" ", block.body).replace(f"{block.name}:", " ")
    return re.search(r"\w", words) is not None
