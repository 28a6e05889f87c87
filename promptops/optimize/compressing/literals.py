"""What no compression may change: what a program, a reader or a rule depends on to the letter.

Template tags and placeholders, tags in angle brackets, quoted text, code, addresses, numbers, and
the words that forbid, exclude or restrict. An edit is made only when the text has the same of them
before and after, each as often as before.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator

from promptops.lint.regions import Region, Stretch, fenced, paint

_TEMPLATE = re.compile(
    r"\{%[-+]?\s{0,8}raw\s{0,8}[-+]?%\}.{0,20000}?\{%[-+]?\s{0,8}endraw\s{0,8}[-+]?%\}"
    r"|\{\{.{0,4000}?\}\}|\{%.{0,4000}?%\}|\{#.{0,4000}?#\}",
    re.DOTALL,
)
_NUMBER_WORDS = (
    "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty"
    "|fifty|hundred|thousand|million|half|once|twice|both|single|double"
)
_FORBIDDING = (
    r"not|no|never|none|nothing|nobody|nowhere|nor|neither|without|cannot|avoid\w{0,3}|refus\w{1,4}"
    r"|forb[ai]d\w{0,5}|prohibit\w{0,6}|except\w{0,6}|unless|only|instead|must|refrain\w{0,4}"
    r"|exclud\w{1,4}|omit\w{0,5}|stop\w{0,4}|exactly|at least|at most|max(?:imum)?|min(?:imum)?"
)
_LITERAL = re.compile(
    r"`[^`\n]{1,400}`"
    r"|https?://[^\s<>\"')]{1,400}|[\w.+-]{1,60}@[\w-]{1,60}\.[\w.-]{1,60}"
    r"|</?[A-Za-z][^<>\n]{0,120}>"
    r"|\$\{[^{}\n]{1,4000}\}|\{[^{}\n\"]{1,400}\}|\[[^\]\n]{1,120}\]"
    r"|\"[^\"\n]{1,400}\"|“[^”\n]{1,400}”|«[^»\n]{1,400}»|(?<![\w'’])'[^'\n]{1,120}'(?![\w'])"
    r"|\d+(?:[.,:/]\d+){0,6}%?"
    rf"|\b(?:{_FORBIDDING}|{_NUMBER_WORDS})\b|n['’]t\b",
    re.IGNORECASE,
)


def template_stretches(text: str) -> list[Stretch]:
    """Where template tags, comments and raw blocks stand."""
    return [match.span() for match in _TEMPLATE.finditer(text)] if "{" in text else []


def mask_of(text: str) -> bytes:
    """The region of every character, as `promptops.lint.regions.paint` has it."""
    return paint(text, template=template_stretches(text))


def is_instruction(mask: bytes, start: int, end: int) -> bool:
    """Whether a stretch is instructions from one end to the other."""
    return not mask[start:end].strip(_INSTRUCTION)


_INSTRUCTION = bytes([list(Region).index(Region.INSTRUCTION)])


def literals(text: str) -> Counter[str]:
    """All that must survive, each with how often it occurs; JSON code counts by its value."""
    found: Counter[str] = Counter()
    rest = []
    done = 0
    for start, end in _merged([*template_stretches(text), *fenced(text)]):
        found[_code(text[start:end])] += 1
        rest.append(text[done:start])
        done = end
    rest.append(text[done:])
    for part in rest:
        found.update(match.group().lower() for match in _LITERAL.finditer(part))
    return found


def _merged(stretches: list[Stretch]) -> Iterator[Stretch]:
    """The stretches in order; those that overlap, as one."""
    current: Stretch | None = None
    for start, end in sorted(stretches):
        if current and start < current[1]:
            current = (current[0], max(current[1], end))
            continue
        if current:
            yield current
        current = (start, end)
    if current:
        yield current


def _code(block: str) -> str:
    """A block as what it says: a fenced JSON value without its layout, anything else as it is."""
    lines = block.strip().splitlines()
    if len(lines) < 3 or not lines[0].startswith(("```", "~~~")):
        return block
    try:
        value = json.loads("\n".join(lines[1:-1]), object_pairs_hook=_pairs)
    except (ValueError, RecursionError):
        return block
    return f"{lines[0]}\n{json.dumps(value, ensure_ascii=False)}"


def _pairs(pairs: list[tuple[str, object]]) -> list[tuple[str, object]]:
    """Keys in order, doubled ones included: a dictionary would lose them."""
    return pairs
