"""The units that a prompt's instructions are made of, and which of them look least needed.

Deleting whole phrases of an instruction and measuring what is lost is the edit that gains most in
GrIPS (Prasad et al. 2023, "Gradient-free, Edit-based Instruction Search", EACL). Here the units
are sentences, list items, shots and code blocks; they are ranked by what the rest of the prompt
says anyway, and a ladder of deletions is proposed instead of single ones.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from promptops.lint.regions import Region, Stretch, fenced
from promptops.lint.text import estimated_tokens, sentences, words
from promptops.optimize.compressing.edit import Source
from promptops.optimize.compressing.literals import template_stretches
from promptops.optimize.compressing.sentences import COMMON
from promptops.optimize.compressing.shots import shots

_REGION = list(Region)
_HEADING = re.compile(r"[ \t]{0,3}(#{1,6})[ \t]")
_NUMBER = re.compile(r"\d{1,3}[.)]")
_ITEM = re.compile(r"[-*•+]|\d{1,3}[.)]")
_SHOT = re.compile(r"[ \t*_-]{0,4}([A-Za-z][A-Za-z ]{0,20}):")
_PLACEHOLDER = re.compile(r"\$?\{[^{}\n]{1,120}\}|\[[A-Z][^\]\n]{1,60}\]|<[a-z_ -]{1,40}>")
_PROHIBITS = re.compile(
    r"\b(?:not|never|cannot|avoid|refuse|refrain|forbid|forbidden|prohibit|prohibited|without"
    r"|under no circumstances|no longer|unless|except)\b|n['’]t\b|\bno [a-z]",
    re.IGNORECASE,
)
_SAFEGUARDS = re.compile(
    r"\b(?:safe|safety|safeguard|harm|harmful|illegal|unlawful|lawful|legal|confidential|privacy"
    r"|private|personal data|personally identifiable|medical|emergency|suicide|self-harm|consent"
    r"|discriminat\w{1,6}|bias|biased|complian\w{1,4}|copyright|password|credential)\b",
    re.IGNORECASE,
)
_FORMAT = re.compile(
    r"\b(?:json|format|output|respond|reply|answer with|return|fields?|keys?|schema)\b",
    re.IGNORECASE,
)
_ROLE = re.compile(r"(?:you are|you're|act as|as an?|assume the role|pretend)\b", re.IGNORECASE)
_COMMON = COMMON | frozenset({
    "each", "if", "when", "then", "than", "them", "they", "what", "which", "who", "how", "into",
    "not", "no", "use", "using", "make", "sure",
})  # fmt: skip

_TASK_WORD = re.compile(
    r"\btask\b|^(?:determine|decide|classify|identify|find|extract|summari[sz]e|translate|answer"
    r"|write|create|generate|label|sort|rate|explain|analy[sz]e|detect|predict|choose|select|given)\b",
    re.IGNORECASE,
)
_TAG = re.compile(r"<(/?)([A-Za-z][\w-]*)>")
_LINE = re.compile(
    r"^[ \t]{0,40}(</?[A-Za-z][\w-]*>|#{1,6}[ \t][^\n]{1,200}?)[ \t]{0,40}$", re.MULTILINE
)
_TELLS = 0.1
_HEADS = "heads what is below it"
_WRAPS = "opens or closes a tag"
_SAID = frozenset({"forbids or restricts", "is a safeguard", "holds a placeholder"})
"""Why a unit stays that need not stay twice, word for word."""
_EXAMPLE, _IS_ROLE, _IS_FORMAT, _MIDDLE = 0.35, 0.25, 0.25, 0.1
_STEM = 6  # letters
_FEWEST_WORDS = 2  # words with meaning that a sentence has which says what to do


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A stretch of one message that can go as a whole.

    Args:
        message: Number of the message.
        start: Where it begins.
        end: Where it ends, without the white space behind it.
        text: It.
        tokens: About how many tokens it costs.
        example: Whether it is part of an example.
        fixed: Why it stays; empty when it may go.
        redundancy: How little it looks needed, about 0 to 1.5.
    """

    message: int
    start: int
    end: int
    text: str
    tokens: int
    example: bool
    fixed: str
    redundancy: float


def split_units(
    texts: Sequence[str],
    *,
    keep: Sequence[str] = (),
    topic: Iterable[str] = (),
    constrained: bool = False,
) -> list[Unit]:
    """The units of a prompt's messages, in order, judged against each other.

    Args:
        texts: Template text of each message.
        keep: Sentences that stay.
        topic: Texts that say what the prompt is about: its title, variables and labels.
        constrained: Whether a schema holds the output, so that talk of its format says it twice.
    """
    sources = [Source(text, keep) for text in texts]
    series = [shots(text, template_stretches(text)) for text in texts]
    places = [
        (number, start, end)
        for number, source in enumerate(sources)
        for start, end in _places(source, series[number])
    ]
    contents = [_content(texts[number][start:end]) for number, start, end in places]
    shown = [
        _is_example(sources[number], start) or any(a <= start < b for a, b in series[number])
        for number, start, _ in places
    ]
    # An example is no reason to leave out the instruction that it follows.
    said = Counter(
        word
        for content, example in zip(contents, shown, strict=True)
        if not example
        for word in content
    )
    everywhere = Counter(word for content in contents for word in content)
    task = _task(texts, places, contents, shown, _content(" ".join(topic)))
    units: list[Unit] = []
    stays: set[str] = set()
    for at, (number, start, end) in enumerate(places):
        source, text = sources[number], texts[number][start:end]
        score = _said_elsewhere(contents[at], everywhere if shown[at] else said)
        score += _EXAMPLE if shown[at] else _prior(text, constrained=constrained)
        score += _MIDDLE * (0 < at < len(places) - 1)
        why = "says what to do" if at == task else _fixed(source, start, end, example=shown[at])
        plain = " ".join(text.lower().split()).lstrip("-*•+ ")
        why = "" if why in _SAID and plain in stays else why
        stays.update([plain] if why else [])
        units.append(
            Unit(
                message=number,
                start=start,
                end=end,
                text=text,
                tokens=estimated_tokens(text) + 1,
                example=shown[at],
                fixed=why,
                redundancy=score,
            )
        )
    return units


def _task(
    texts: Sequence[str],
    places: Sequence[tuple[int, int, int]],
    contents: Sequence[frozenset[str]],
    shown: Sequence[bool],
    about: frozenset[str],
) -> int:
    """The unit that says what to do: the first of those closest to the topic.

    A role, a heading and an example are no task; -1 when there is nothing else.
    """
    best, place = -1.0, -1
    for at, (number, start, end) in enumerate(places):
        text = texts[number][start:end].lstrip("-*•# \t")
        if shown[at] or _HEADING.match(texts[number], start) or _ROLE.match(text):
            continue
        if len(contents[at]) < _FEWEST_WORDS:
            continue
        likeness = len(contents[at] & about) / len(contents[at] | about)
        likeness += _TELLS * bool(_TASK_WORD.search(text))
        if likeness > best:
            best, place = likeness, at
    return place


def without(texts: Sequence[str], units: Sequence[Unit], gone: Iterable[int]) -> tuple[str, ...]:
    """The messages without some of their units, and without headings that head nothing then.

    Args:
        texts: Template text of each message.
        units: All units of them.
        gone: Places in ``units`` of those that go.
    """
    lost = set(gone)
    while orphans := (_orphans(units, lost) | _empty_tags(units, lost)) - lost:
        lost |= orphans
    found = []
    for number, text in enumerate(texts):
        pieces, done = [], 0
        for at, unit in enumerate(units):
            if unit.message == number and at in lost:
                start, end = _with_line(text, unit.start, unit.end)
                pieces.append(text[done:start])
                done = max(done, end)
        joined = "".join([*pieces, text[done:]])
        found.append(_tidied(joined) if done else text)
    return tuple(found)


def _with_line(text: str, start: int, end: int) -> Stretch:
    """A stretch with the end of its line, where it is the whole line."""
    first = text.rfind("\n", 0, start) + 1
    last = text.find("\n", end)
    last = len(text) if last < 0 else last
    if text[first:start].strip() or text[end:last].strip():
        return start, end + len(text[end:last]) - len(text[end:last].lstrip())
    return first, min(last + 1, len(text))


def _tidied(text: str) -> str:
    text = re.sub(r"[ \t]{1,400}$", "", text, flags=re.MULTILINE)
    return re.sub(r"\n{3,400}", "\n\n", text).strip()


def _orphans(units: Sequence[Unit], lost: set[int]) -> set[int]:
    """Headings, and lines that end with a colon, of which nothing is left that they introduce."""
    return {
        at
        for at, unit in enumerate(units)
        if unit.fixed in {"", _HEADS}
        and (body := _introduced(units, at))
        and all(each in lost or _HEADING.match(units[each].text) for each in body)
    }


def _empty_tags(units: Sequence[Unit], lost: set[int]) -> set[int]:
    """Pairs of tags, each alone in its unit, with nothing left between them."""
    found: set[int] = set()
    opened: list[tuple[str, int]] = []
    for at, unit in enumerate(units):
        tag = _TAG.fullmatch(unit.text)
        if unit.fixed != _WRAPS or tag is None:
            continue
        closing, name = tag.groups()
        if not closing:
            opened.append((name, at))
        elif opened and opened[-1][0] == name:
            start = opened.pop()[1]
            same = unit.message == units[start].message
            if same and at > start + 1 and all(each in lost for each in range(start + 1, at)):
                found |= {start, at}
    return found


def _introduced(units: Sequence[Unit], at: int) -> list[int]:
    """What a heading or a line with a colon stands above."""
    unit, body = units[at], []
    heading = _HEADING.match(unit.text)
    if heading is None and not unit.text.endswith(":"):
        return []
    for place in range(at + 1, len(units)):
        other = units[place]
        sub = _HEADING.match(other.text)
        ends = (
            sub is not None and len(sub.group(1)) <= len(heading.group(1))
            if heading
            else not (other.example or _ITEM.match(other.text))
        )
        if ends or other.message != unit.message:
            break
        body.append(place)
    return body


def _places(source: Source, series: Sequence[Stretch]) -> list[Stretch]:
    """Sentences, list items and lines; a code block, a raw block and a shot is one unit."""
    text = source.text
    blocks = [
        (start, end)
        for start, end in [*fenced(text), *template_stretches(text), *series]
        if "\n" in text[start:end]
    ]
    found: list[Stretch] = []
    shot = ""
    for start, end in _whole(text):
        touched = [block for block in blocks if block[0] < end and start < block[1]]
        first = min([start, *(block[0] for block in touched)])
        last = max([end, *(block[1] for block in touched)])
        label = _SHOT.match(text, start, end)
        name = label.group(1).lower() if label else ""
        inside = found and found[-1][1] > first
        numbered = found and _NUMBER.fullmatch(text, *found[-1])
        # "Input: …" begins a shot; what follows, up to the next one, belongs to it.
        near = found and "\n\n" not in text[found[-1][1] : first]
        of_shot = near and shot and name != shot and (name or _is_example(source, start))
        if inside or numbered or of_shot:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            shot = name
            found.append((first, last))
    return found


def _whole(text: str) -> Iterator[Stretch]:
    """Sentences, each with the closing marks behind its end; a line that is a tag or a heading."""
    for (start, end), (following, _) in pairwise([*sentences(text), (len(text), 0)]):
        end += len(text[end:following].rstrip())  # noqa: PLW2901
        for tag in _LINE.finditer(text, start, end):
            if text[start : tag.start()].strip():
                yield start, start + len(text[start : tag.start()].rstrip())
            yield tag.start(1), tag.end(1)
            start = tag.end() + len(text[tag.end() : end]) - len(text[tag.end() : end].lstrip())  # noqa: PLW2901
        if start < end:
            yield start, end


def _content(text: str) -> frozenset[str]:
    return frozenset(_stem(word.lower()) for word in words(text)) - _COMMON


def _stem(word: str) -> str:
    """The beginning of a word: "metaphoric" and "metaphor", "classify" and "classification"."""
    for ending in ("ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) > len(ending) + 3:
            word = word.removesuffix(ending)
            break
    return word[:_STEM]


def _said_elsewhere(content: frozenset[str], occurring: Counter[str]) -> float:
    """Share of a unit's words that other units have too; 1 for a unit without content."""
    if not content:
        return 1.0
    return sum(occurring[word] > 1 for word in content) / len(content)


def _prior(text: str, *, constrained: bool) -> float:
    score = _IS_ROLE if _ROLE.match(text.lstrip("-*•# \t")) else 0.0
    return score + (_IS_FORMAT if constrained and _FORMAT.search(text) else 0.0)


def _is_example(source: Source, start: int) -> bool:
    return _REGION[source.mask[start]] is Region.EXAMPLE


def _fixed(source: Source, start: int, end: int, *, example: bool) -> str:
    text = source.text[start:end]
    if source.is_kept(start, end):
        return "kept"
    if _HEADING.match(text):
        return _HEADS
    if text.endswith(":") and source.text[end:].lstrip()[:1] in {"", "{", "<", "["}:
        return "introduces what is filled in"
    if any(a < end and start < b for a, b in template_stretches(source.text)):
        return "holds a template tag"
    if _unbalanced(text):
        return _WRAPS
    if example:
        return ""
    if _PLACEHOLDER.search(text):
        return "holds a placeholder"
    if _PROHIBITS.search(text):
        return "forbids or restricts"
    return "is a safeguard" if _SAFEGUARDS.search(text) else ""


def _unbalanced(text: str) -> bool:
    """Whether a tag opens or closes here without its partner."""
    count: Counter[str] = Counter()
    for closing, name in _TAG.findall(text):
        count[name] += -1 if closing else 1
    return any(count.values())
