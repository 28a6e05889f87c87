"""The facts of a conversation that its rewrites are compared by; those of a base are kept."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from promptops.prompts.model import MessageTemplate
from promptops.rewrite.checking.sentences import Sentence, sentences

_SLOT = re.compile(r"\{\{[-+]?(.*?)[-+]?\}\}", re.DOTALL)
_CONTROL = re.compile(r"\{%[-+]?(.*?)[-+]?%\}", re.DOTALL)
_PLACES = re.compile(r"\{\{.*?\}\}|\$?\{[A-Za-z_][^{}\n]*\}|\[[A-Z][A-Z_ ]+\]|<[A-Z][A-Z_]+>")
_PATH = re.compile(rf"(?:{_PLACES.pattern}|[^\s{{}}])+")
_QUOTED = re.compile(
    r"\"([^\"\s]+(?: [^\"\s]+){0,3}|[^\"\s]+(?: [^\"\s]+){4,5}(?<![.!?,]))\""
    r"|`([^`\n]{2,120})`"
)
_TYPOGRAPHIC = str.maketrans({"“": '"', "”": '"', "’": "'", "‘": "'", "…": "..."})
_EXAMPLE_NAME = re.compile(
    r"(?:solved |worked )?(?:examples?|samples?|demonstrations?)(?: \d+)?"
    r"|(?:example |sample )(?:input|output)s?",
    re.IGNORECASE,
)
_HALF = re.compile(
    r"^\W*(input|output|q|a|question|answer|user|assistant|human|ai):", re.IGNORECASE | re.MULTILINE
)
_PAIRS = (
    frozenset({"input", "output"}),
    frozenset({"q", "a"}),
    frozenset({"question", "answer"}),
    frozenset({"user", "assistant"}),
    frozenset({"human", "ai"}),
)
"""Labels that only together tell a solved example."""
_ENDS_EXAMPLE = re.compile(r"</(?:examples?|samples?)>[ \t]*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a wording says that must survive.

    Attributes:
        slots: How often each variable is shown.
        controls: The template's control statements in order.
        quotes: What stands between quotation marks or backticks, and how often.
        sentences: All sentences in order.
        examples: Sentences of solved examples, letter by letter.
        shown: (name of the section, variable) of values that stand alone.
        rows: (a line or path without its variables, these in order), where there are several.
        text: All of it on one line, without variables and control statements.
        lines: The same with its lines.
    """

    slots: Counter[str]
    controls: tuple[str, ...]
    quotes: Counter[str]
    sentences: tuple[Sentence, ...]
    examples: Counter[str]
    shown: tuple[tuple[str, str], ...]
    rows: frozenset[tuple[str, tuple[str, ...]]]
    text: str
    lines: str


@lru_cache(maxsize=256)
def facts(messages: tuple[MessageTemplate, ...], without: tuple[str, ...] = ()) -> Facts:
    """The facts of a conversation.

    Args:
        messages: Its messages.
        without: Passages to leave out, each once.
    """
    contents = [_lines(message.content).translate(_TYPOGRAPHIC) for message in messages]
    without = tuple(passage.translate(_TYPOGRAPHIC) for passage in without)
    source = "\n\n".join(contents)
    for passage in without:
        source = source.replace(passage, " ", 1)
        for place, content in enumerate(contents):
            if passage in content:
                contents[place] = content.replace(passage, " ", 1)
                break
    slots = [_flat(each) for each in _SLOT.findall(source)] if "{{" in source else []
    controls = [_flat(each) for each in _CONTROL.findall(source)] if "{%" in source else []
    plain = _CONTROL.sub(" ", _SLOT.sub(" ", source))
    found: list[Sentence] = []
    examples: Counter[str] = Counter()
    for place, content in enumerate(contents):
        turn = _is_solved(messages, place)
        for sentence, shown in _read(content):
            found.append(sentence)
            if (shown or turn) and not sentence.title:
                examples[sentence.text] += 1
    return Facts(
        slots=Counter(slots),
        controls=tuple(controls),
        quotes=Counter(_flat("".join(match)).rstrip(",.;") for match in _QUOTED.findall(source)),
        sentences=tuple(found),
        examples=examples,
        shown=tuple(_shown(found)),
        rows=frozenset(_rows(source)),
        text=_flat(plain),
        lines=plain,
    )


def _is_solved(messages: Sequence[MessageTemplate], place: int) -> bool:
    """Whether a message is half of a solved example among the turns."""
    if messages[place].role == "assistant":
        return True
    following = messages[place + 1 : place + 2]
    return messages[place].role == "user" and bool(following) and following[0].role == "assistant"


def _read(content: str) -> Iterator[tuple[Sentence, bool]]:
    """The sentences of a message, and whether each belongs to a solved example.

    The name of an example holds for its section; a label (``Example:``) for its paragraph.
    """
    if "{%" in content:
        content = _CONTROL.sub("\n", content)
    halves = {match[1].lower() for match in _HALF.finditer(content)}
    paired = {name for pair in _PAIRS if pair <= halves for name in pair}
    inside = labeled = False
    for line in content.split("\n"):
        if not line.strip():
            inside = inside and not labeled
            continue
        if _ENDS_EXAMPLE.search(line):
            inside = False
        for sentence in sentences(line):
            if sentence.title:
                inside = _EXAMPLE_NAME.fullmatch(sentence.text) is not None
                labeled = line.rstrip().endswith(":")
            yield sentence, inside or sentence.label.lower() in paired


def _shown(found: Sequence[Sentence]) -> Iterator[tuple[str, str]]:
    name = ""
    for sentence in found:
        if sentence.title or sentence.text.endswith(":"):
            name = sentence.text.lower().rstrip(":")
        elif slot := _SLOT.fullmatch(sentence.text):
            yield name, _flat(slot[1])
            name = ""
        else:
            name = ""


def _rows(source: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The lines, and the paths in them, that show more than one variable or placeholder."""
    if len(_PLACES.findall(source)) < 2:
        return
    for line in _CONTROL.sub("", source).split("\n"):
        if len(_PLACES.findall(line)) > 1:
            for part in (line, *_PATH.findall(line)):
                names = tuple(_flat(each) for each in _PLACES.findall(part))
                if len(set(names)) > 1:
                    yield _flat(_PLACES.sub("¤", part)).lower(), names


def _lines(content: str) -> str:
    """A text of one line whose line ends are spelled out, with real ones."""
    return content if "\n" in content.strip() else content.replace("\\n", "\n")


def _flat(text: str) -> str:
    return " ".join(text.split())
