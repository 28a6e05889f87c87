"""The same prompt without the place of a finding, or with a defect added."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from promptops.errors import UsageError
from promptops.lint.documentation import as_prompt_file
from promptops.lint.finding import Finding
from promptops.lint.parsed import ParsedMessage
from promptops.lint.parsing import parse_file
from promptops.prompts.loader import PromptFile, parse_prompt
from promptops.prompts.model import Prompt
from promptops.prompts.writing import dump_prompt

_SHOWN = 70
_CLAUSE = re.compile(r"[,;:()–—]\s|\s[-–—(]\s?|\s(?:and|but|or)\s")
_PLACEHOLDER = re.compile(r"\{\{|\{%|\{#")

_Stretch = tuple[int, int]


def left_out(
    file: PromptFile, findings: Sequence[Finding], variant: str | None
) -> tuple[PromptFile, str]:
    """The prompt without the sentences that findings stand in, and what was left out, in words.

    Where a sentence holds a variable, or is the whole instruction, the clause goes, or the words.

    Raises:
        UsageError: A finding speaks about keys of the file, or nothing can go.
    """
    messages = _messages(file, variant)
    cuts: dict[int, list[tuple[_Stretch, str]]] = {}
    for finding in findings:
        message, span = _place(messages, finding)
        start, end, kind = _removable(message, span, file)
        cuts.setdefault(message.index, []).append(((start, end), kind))
    contents = {}
    parts: list[str] = []
    for message in messages:
        text = message.text
        done = len(text) + 1
        named = []
        # From the end, so that what goes does not move what stands before it.
        for (start, end), kind in sorted(cuts.get(message.index, ()), reverse=True):
            if end <= done:
                text, done = _cut(text, start, end), start
                named.append(f'{kind} left out: "{short(message.text[start:end])}"')
        contents[message.index] = text
        parts += reversed(named)
    return _rewritten(file, variant, contents), "; ".join(parts)


def with_example(file: PromptFile, example: str, variant: str | None) -> PromptFile | None:
    """The prompt with a rule's bad example at the end of its first instructions.

    None when the example is a piece of a file, or needs variables, and cannot be added as text.
    """
    shown = parse_prompt(as_prompt_file(example)).prompt
    # An example that is a text becomes one user message without any other key.
    if (
        len(shown.messages) != 1
        or shown.variables
        or example.strip() not in (each.content.strip() for each in shown.messages)
    ):
        return None
    messages = _messages(file, variant)
    into = next((each for each in messages if each.role == "system"), messages[0])
    content = f"{into.text.rstrip()}\n{example.strip()}"
    return _rewritten(file, variant, {into.index: content})


def short(text: str) -> str:
    """The text on one line, cut where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"


def _messages(file: PromptFile, variant: str | None) -> tuple[ParsedMessage, ...]:
    """The messages of a wording; a variant without its own messages has the prompt's."""
    wordings = {each.variant: each for each in parse_file(file, shown_path=str(file.path)).wordings}
    return wordings.get(variant, wordings[None]).messages


def _place(messages: Sequence[ParsedMessage], finding: Finding) -> tuple[ParsedMessage, _Stretch]:
    """The message that a finding stands in, and where."""
    begin, stop = (finding.line, finding.column), (finding.end_line, finding.end_column)
    for message in messages if finding.region != "metadata" else ():
        offsets = range(len(message.text))
        start = bisect_left(offsets, begin, key=message.place)
        if start < len(offsets) and message.place(start) == begin:
            return message, (start, max(start + 1, bisect_left(offsets, stop, key=message.place)))
    raise UsageError(
        f"{finding.code} speaks about the file, not about its wording: no score depends on it",
        where=f"{finding.path}:{finding.line}",
    )


def _removable(message: ParsedMessage, span: _Stretch, file: PromptFile) -> tuple[int, int, str]:
    """The largest of sentence, clause and words that can go and leaves an instruction."""
    for start, end, kind in _candidates(message, span):
        held = message.text[start:end]
        rest = message.instructions[:start] + message.instructions[end:]
        if not _PLACEHOLDER.search(held) and len(re.findall(r"[^\W\d_]{2,}", rest)) > 1:
            return start, end, kind
    raise UsageError(
        "the finding cannot be left out without its variable or the whole instruction",
        where=f"{file.path}:{message.place(span[0])[0]}",
        hint="write the better wording as a variant and compare the two with `promptops evaluate`",
    )


def _candidates(message: ParsedMessage, span: _Stretch) -> Iterator[tuple[int, int, str]]:
    first, last = message.sentence_at(span[0])
    first, last = min(first, span[0]), max(last, span[1])
    yield first, last, "sentence"
    before = [match.start() for match in _CLAUSE.finditer(message.text, first, span[0])]
    after = _CLAUSE.search(message.text, span[1], last)
    stop = after.start() if after else last - (message.text[last - 1] in ".!?")
    yield before[-1] if before else first, max(stop, span[1]), "clause"
    yield *span, "words"


def _cut(text: str, start: int, end: int) -> str:
    """``text`` without a stretch, and without the double space or empty line that it leaves."""
    head, tail = text[:start], text[end:]
    if not head or head.endswith("\n"):
        return head + tail.lstrip(" ").removeprefix("\n")
    if head.endswith(" ") and tail[:1] in (" ", "\n", ""):
        return head.rstrip(" ") + tail
    return head + tail


def _rewritten(file: PromptFile, variant: str | None, contents: dict[int, str]) -> PromptFile:
    """The file as it would read with other texts in some messages of one wording."""
    prompt = file.prompt
    own = next((each for each in prompt.variants if each.id == variant and each.messages), None)
    old = prompt.messages if own is None or own.messages is None else own.messages
    new = tuple(
        message.model_copy(update={"content": contents.get(index, message.content)})
        for index, message in enumerate(old)
    )
    changed: Prompt
    if own is None:
        changed = prompt.replace(messages=new)
    else:
        other = own.model_copy(update={"messages": new})
        changed = prompt.replace(
            variants=tuple(other if each is own else each for each in prompt.variants)
        )
    return parse_prompt(dump_prompt(changed), file.path)
