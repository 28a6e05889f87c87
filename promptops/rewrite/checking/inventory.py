"""What a program could read of a prompt: names that a rewrite keeps letter by letter.

Keys before a colon, labels of sections, headers of tables, values that are told apart by bars or
slashes, words between single quotation marks, words in capitals, and what is said to be called
something. A synonym of such a name is another name.
"""

import re
from collections import Counter
from collections.abc import Iterator

from promptops.rewrite.checking.fair import fair_copy, number_words
from promptops.rewrite.checking.lexicon import american, lexicon, stem

SHOUTED = frozenset(
    {
        *("ALWAYS", "AND", "ANY", "CRITICAL", "DO", "EVER", "EVERY", "IMPORTANT", "MANDATORY"),
        *("MUST", "NEVER", "NO", "NOT", "NOTE", "ONLY", "OR", "REQUIRED", "SHOULD", "STRICTLY"),
        *("VERY", "WARNING", "ALL", "IF", "AS", "EACH", "BE", "IS", "THE", "IN", "TO", "YOUR"),
        *("THIS", "THESE", "WITH", "YOU", "FOR", "ON", "DON", "CANNOT", "JUST", "EXACTLY"),
    }
)
"""Words that are written in capitals for emphasis, not because they are names."""

_KEY = re.compile(
    r"^[ \t]*(?:[-*+][ \t]+)?[\"'`]?([a-z][\w-]*)[\"'`]?[ \t]*:(?=[ \t]|$)", re.MULTILINE
)
_SET = re.compile(r"(?<![\w.])([A-Za-z]\w*[a-z][A-Z]\w*) ?=(?!=)")
_BRACED = re.compile(r"[{,][ \t\n]*[\"']([\w -]{1,40})[\"'][ \t]*:")
_LABEL = re.compile(
    r"^[ \t]*(?:[-*+][ \t]+|\d+[.)][ \t]+|#+[ \t]+)?(?:\*\*|__)?"
    r"(?:[^\w\s*#-]{1,3} )?([A-Z][\w/-]*(?: [\w/&-]+){0,4})(?:\*\*|__)? *:(?:\*\*|__)?(?=[ \t]|$)",
    re.MULTILINE,
)
_LEADING = re.compile(
    r"(?:you|please|then|note|now|i|we|it|they|this)"
    r"(?: (?:will|should|must|can|are|is|to|need|have))*",
    re.IGNORECASE,
)
"""What leads to a list and names nothing."""
_NAME = r"[A-Z]\w+(?: [A-Z]\w+){0,4}"
_TITLED = re.compile(
    rf"(?<![.!?] )\b(?:{_NAME}, ){{1,12}}(?:{_NAME},? )?(?:and |or ){_NAME}"
    r"|(?<=\[)(?:[A-Z][a-z][\w/]*(?: \w+)?, ?){0,12}[A-Z][a-z][\w/]*(?: \w+)?(?=\](?!\())"
    r"|\b[A-Z]{3,}(?: [A-Z]+){0,4}(?=:[,.;])"
)
"""Names one after the other in a sentence."""
_LEVEL = re.compile(r"\b(?:[Ll]evel|[Gg]rade|[Tt]ier|[Cc]lass|[Tt]ype|[Oo]ption) ([A-Z]{1,3})\b")
_OBJECT = re.compile(
    r"\b(?:object|array|key|field|column|list|parameter|variable|file|property|attribute)s?"
    r" (?:called|named) ([a-z_][\w.-]*\w)"
)
_PAIR = re.compile(r"<([A-Za-z][\w-]*)></\1>")
_SHOUTED_LINE = re.compile(r"^[^\w\n]*([A-Z]{2,}(?: [A-Z]{2,}){0,4})[^\w\n]*$", re.MULTILINE)
"""A line in capitals, which tells a state or names a part."""
_BOLD = re.compile(
    r"^[ \t]*(?:[-*+]|\d+[.)])[ \t]+\*\*([A-Z][\w/-]*(?: [A-Z][\w/&-]*){0,3})\*\*", re.MULTILINE
)
"""What an item of a list is called."""
_GLOSSED = re.compile(r"(?:\b[a-z][\w-]* \([^()\n]{3,60}\)(?:, | and |, and )){2,20}[a-z][\w-]* \(")
"""Values with what each means: "feat (new features), fix (bug fixes)"."""
_RUN = re.compile(r"(?:^[ \t]*[-*+] +[A-Z][\w/-]*(?: [\w/-]+){0,2}[ \t]*\n?){3,}", re.MULTILINE)
_ITEM = re.compile(r"^[ \t]*[-*+] +([A-Z]\w+(?: [A-Z]\w+){0,2})[ \t]*$", re.MULTILINE)
"""An item of a list that is a name."""
_TAG = re.compile(r"<([a-z][\w-]*)>(?!.*</\1>)", re.DOTALL)
"""A tag that is spoken of, and encloses nothing."""
_CELLS = re.compile(r"^[ \t]*\|(.+)\|[ \t]*$", re.MULTILINE)
_RULER = re.compile(r"[-: |]+")
_BARRED = re.compile(r"[\w\"'`<>-]+(?: [\w-]+){0,2}(?: ?\| ?[\w\"'`<>-]+(?: [\w-]+){0,2})+")
_SLASHED = re.compile(r"\b[A-Z][A-Z_]+(?: [A-Z]+){0,3}(?: ?/ ?[A-Z][A-Z_]+(?: [A-Z]+){0,3})+\b")
_SINGLE = re.compile(r"(?<![\w'])'([^\s'\n](?:[^'\n]{0,60}[^\s'\n])?)'(?![\w'])")
_CAPITALS = re.compile(r"\b[A-Z][A-Z]+\b")
_CALLED = re.compile(
    r"\b(?:called|named|titled|labell?ed|entitled|headed|prefix(?:ed)?(?: \w+){0,3} with|marked)"
    r" (?:as )?\(?([A-Z][\w-]*(?: [A-Z][\w-]*){0,4})"
)
_KIND = r"(?:keys?|fields?|columns?|attributes?|properties|headers?|tags?)"
_NAMED = re.compile(
    rf"\b{_KIND}(?: named| called)?:? ((?:[a-z]\w*, )+[a-z]\w*,? (?:and|or) [a-z]\w*)\b"
)
_CAPITALIZED = re.compile(
    r"\b(?:sections|columns|fields|headings|labels|tags|keys|categories) "
    r"((?:[A-Z]\w*(?: [A-Z]\w*)?, )+(?:and |or )?[A-Z]\w*)"
)
_VALUES = re.compile(
    r"^[ \t]*(?:[-*+][ \t]+)?(?:\*\*)?([A-Za-z][\w-]*(?: [\w-]+){0,2})(?:\*\*)?:(?:\*\*)?[ \t]+"
    r"((?:[\w-]+(?: [\w-]+)?(?:, ?(?:or )?| or | ?\| ?)){1,9}[\w-]+(?: [\w-]+)?)[.]?[ \t]*$",
    re.MULTILINE,
)
_SCALES = frozenset(
    {
        *("category", "class", "classification", "confidence", "difficulty", "grade", "kind"),
        *("label", "labels", "level", "mode", "options", "priority", "rating", "risk"),
        *("sentiment", "severity", "state", "status", "type", "urgency", "values", "verdict"),
    }
)
"""Names whose values are one of a list, even where the list has commas only."""
_LISTED = re.compile(
    r"\b(?:labels|categories|values|options|columns|fields|keys|classes|tags|statuses|headers"
    r"|severities|priorities|levels|sentiments|ratings|grades|modes|sections|verdicts)"
    r"\b[^:\n.]{0,20}:[ \t]+((?:[\w-]+(?: [\w-]+)?, ?)+(?:(?:or|and) )?[\w-]+(?: [\w-]+)?)",
    re.IGNORECASE,
)
_SETTING = re.compile(
    r"^[ \t]*(?:[-*+][ \t]+)?([a-z][\w-]*):[ \t]+[\"'`]?([a-z][\w-]*)[\"'`]?[ \t]*$", re.MULTILINE
)
_SEPARATED = re.compile(r",? (?:and|or) |, ?| ?\| ?")
_PLAIN = re.compile(r"[^\W\d_]{2,}")
_LONGEST_CELL = 4
_FENCES = re.compile(r"\*\*|__|~~~\w*|```\w*")


_AS_NAMES = (_KEY, _BRACED, _SET, _SINGLE, _CALLED, _LEVEL, _OBJECT, _ITEM, _BOLD, _TAG, _PAIR)


def inventory(text: str) -> Counter[str]:
    """The names that a program could read, each as often as it stands as one.

    Args:
        text: A prompt, lines kept.

    Returns:
        Names in lower case, but for those whose case tells them from words (``userName``).
    """
    found: Counter[str] = Counter()
    for name in _names(text):
        flat = " ".join(name.strip("\"'`*_ ").split())
        if flat:
            found[flat if _is_code(flat) else flat.lower()] += 1
    return found


def renamed(old: str, new: str) -> Iterator[str]:
    """Names that others stand for.

    A name that only went or only came is not told here: that is for what compares sentences.

    Args:
        old: The prompt as it was, without what may come and go.
        new: The rewritten prompt.
    """
    before, after = inventory(old), inventory(new)
    if before == after:
        return
    went, came = before - after, after - before
    lost = [
        each
        for each in went
        if _times(each, new) < _times(each, old) and not any(_alike(each, one) for one in came)
    ]
    added = [
        each
        for each in came
        if _times(each, new) > _times(each, old) and not any(_alike(one, each) for one in went)
    ]
    if lost and added:
        yield f"the name {_listed(lost)} became {_listed(added)}"


def _names(text: str) -> Iterator[str]:
    for pattern in _AS_NAMES:
        yield from (match[1] for match in pattern.finditer(text))
    labels = (match[1] for match in _LABEL.finditer(text))
    yield from (each for each in labels if not _LEADING.fullmatch(each))
    yield from (match[2] for match in _SETTING.finditer(text))
    yield from _columns(text)
    yield from _listed_names(text)
    yield from _glossed(text)
    yield from _shouted(text)


def _listed_names(text: str) -> Iterator[str]:
    """Names one after the other."""
    for match in _SLASHED.finditer(text):
        yield from match[0].split("/")
    for match in _TITLED.finditer(text):
        yield from _SEPARATED.split(match[0])
    for pattern in (_NAMED, _LISTED, _CAPITALIZED):
        for match in pattern.finditer(text):
            yield from _SEPARATED.split(match[1])
    for match in _VALUES.finditer(text):
        if re.search(r"\bor\b|\|", match[2]) or match[1].split()[-1].lower() in _SCALES:
            yield from _SEPARATED.split(match[2])


def _shouted(text: str) -> Iterator[str]:
    """Words in capitals among others, and short lines of nothing else."""
    lines = (match[1] for match in _SHOUTED_LINE.finditer(text))
    yield from (each for each in lines if SHOUTED.isdisjoint(each.split()))
    for line in text.splitlines():
        if any(word.islower() for word in _PLAIN.findall(line)):
            yield from (word for word in _CAPITALS.findall(line) if word not in SHOUTED)


def _glossed(text: str) -> Iterator[str]:
    """Values that each are explained in parentheses, and short items of lists that tell nothing."""
    for match in _GLOSSED.finditer(text):
        yield from re.findall(r"([a-z][\w-]*) \(", match[0])
    for match in _RUN.finditer(text):
        items = [line.strip(" \t-*+") for line in match[0].splitlines()]
        verbs = sum(lexicon().senses.get(stem(item.split()[0].lower()), 0) > 0 for item in items)
        if verbs * 2 < len(items):
            yield from items


def _columns(text: str) -> Iterator[str]:
    """The cells of tables, and what bars tell apart."""
    for match in _CELLS.finditer(text):
        if not _RULER.fullmatch(match[1]):
            yield from (cell for cell in match[1].split("|") if len(cell.split()) <= _LONGEST_CELL)
    for match in _BARRED.finditer(text):
        if not match[0].startswith("|"):
            yield from match[0].split("|")


def _is_code(name: str) -> bool:
    return "_" in name or re.search(r"[a-z][A-Z]", name) is not None


def _times(name: str, text: str) -> int:
    """How often a name stands in a text, in whatever case where its case tells nothing."""
    flags = re.NOFLAG if _is_code(name) else re.IGNORECASE
    pattern = r"\s+".join(re.escape(part) for part in name.split())
    return len(re.findall(rf"(?<![\w-]){pattern}(?![\w-])", _FENCES.sub("", text), flags))


def _alike(one: str, other: str) -> bool:
    """Whether two names differ in marks, in a plural or in what a step of rewriting adds."""
    if _is_code(one) or _is_code(other):
        return one.replace("-", "_") == other.replace("-", "_")
    one, other = (number_words(fair_copy(each)) for each in (one, other))
    if re.sub(r"[\W_]", "", one) == re.sub(r"[\W_]", "", other):
        return True
    a, b = ([american(word.rstrip("s")) for word in re.findall(r"\w+", e)] for e in (one, other))
    return len(a) == len(b) and all(x == y or _mended(x, y) for x, y in zip(a, b, strict=True))


def _mended(old: str, new: str) -> bool:
    """Whether a slip in a name was mended; no slip is made in one."""
    relations = lexicon()
    return stem(new) in relations.known and relations.misspelled(stem(old), stem(new))


def _listed(names: list[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
