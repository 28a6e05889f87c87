"""CON005."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from promptops.lint.finding import Finding, Severity
from promptops.lint.json_text import mask_slots, read
from promptops.lint.nearby import near, sentence_around, shape
from promptops.lint.parsed import ParsedMessage, ParsedPrompt, Wording
from promptops.lint.phrases import NUMBER, number, phrase
from promptops.lint.regions import REGIONS, Region
from promptops.lint.rule import Rule
from promptops.lint.scope import scope
from promptops.lint.text import sentences, words

_TELL = (
    r"\b(?:answer|respond|reply|output|return|write)"
    r"(?: (?:only|always|strictly|just|with|in|using))"
)
_RULE_SEEDS = ("word", "sentence", "character", "json", "yes", "emoji", "one of", "either")
_ONE_WORD = phrase(rf"{_TELL}{{0,3}} (?:exactly |only |just )?(?:one|a single|1) word\b(?! or)")
_AT_MOST = phrase(
    rf"{_TELL}{{0,3}} (?:at most|no more than|up to|exactly|maximum|under|less than|fewer than)"
    rf" (?P<n>{NUMBER}) (?P<unit>word|sentence|character)s?\b"
)
_JSON = phrase(
    r"\b(?:return|respond|answer|reply|output)(?: with| in)? (?:only|strictly) (?:with |in )?"
    r"(?:a |an )?(?:valid |single )?json\b(?! array of)"
)
_YES_NO = phrase(
    rf"{_TELL}{{0,3}} (?:either )?[\"'`]?yes[\"'`]? or [\"'`]?no\b(?![^.\n]{{0,40}}\band\b)"
)
_LABELS = phrase(
    rf"{_TELL}{{0,3}} (?:exactly )?one of(?: the)?(?: following)?(?: labels?| categories| words"
    r"| values| options)?:? ?(?P<labels>[^.\n]{3,200})"
)
_NO_EMOJI = phrase(
    r"\b(?:do not|don't|never|without|no) (?:use |any |using |include )?(?:any )?emojis?\b"
)
_EMOJI = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf]")
_TURN = re.compile(
    r"^[ \t*_-]{0,6}(?:output|answer|a|label|category|response|assistant|result"
    r"|sentiment)[*_]{0,2}[ \t]?:"
    r"[*_ \t]{0,4}([^\n]{1,2000})$",
    re.IGNORECASE | re.MULTILINE,
)
_COUNTED = phrase(
    r"\b(?P<low>[0-9]{1,3})(?:(?:-| to )(?P<high>[0-9]{1,3}))?(?:-| )words?(?: long)?"
    r" (?P<unit>sentence|bullet)"
)
_BLOCK = re.compile(
    r"^#{0,4}[ \t]{0,2}examples?(?P<name> (?:outputs?|bullets?|items?|sentences?|ideas))?:?"
    r"[ \t]{0,4}\n"
    r"(?P<items>.{1,1500}?)^#{0,4}[ \t]{0,2}end example",
    re.MULTILINE | re.DOTALL,
)
_ITEM = re.compile(
    r"^[ \t]{0,4}(?P<mark>(?:[-*]|[0-9]{1,2}\.)[ \t])?(?P<words>[^\n]{1,2000})$", re.MULTILINE
)
_UNFINISHED = frozenset("_[({<…#")
_REACH = 600  # characters between a count and the example that shows it
_EXAMPLE = bytes([REGIONS.index(Region.EXAMPLE)])
_SPLIT = re.compile(r",| or | and |\||/")
_QUOTES = " \t\n\"'`.*!“”‘’()"

_Check = Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stated:
    """A rule that the prompt states: its words, and what says how an answer breaks it."""

    words: str
    broken: _Check


class ExampleBreaksRule(Rule):
    """A few-shot answer that breaks a rule of the same prompt.

    What it does:
        Compares the example answers (assistant messages, and `Output:`, `Answer:`, `Label:` lines
        under repeated labels) with what the prompt says of every answer: one word, at most so
        many words, sentences or characters, JSON only, yes or no, one of the listed labels, no
        emojis. Rules with a condition are left alone. In a marked example ("EXAMPLE" to "END
        EXAMPLE"), the first item that breaks the "15-word bullets" stated shortly before is a
        remark.

    Why is this bad?
        Models follow examples over descriptions: the rule is lost.

    Example:
        messages:
          - {role: system, content: Name the topic. Answer with one word.}
          - {role: user, content: Where is my parcel?}
          - {role: assistant, content: The topic is delivery.}
          - {role: user, content: Give me my money back.}

    Use instead:
        messages:
          - {role: system, content: Name the topic. Answer with one word.}
          - {role: user, content: Where is my parcel?}
          - {role: assistant, content: delivery}
          - {role: user, content: Give me my money back.}

    What to do:
        Make the example keep the rule, or change the rule.

    Source:
        OpenAI prompt optimization cookbook, few-shot consistency checker.
    """

    code = "CON005"
    name = "example-breaks-rule"
    severity = Severity.WARNING
    regions = frozenset({Region.EXAMPLE, Region.INSTRUCTION, Region.QUOTE, Region.CODE})
    shapes = (
        shape(r"(?:one|single|1) word"),
        shape(
            r"(?:at most|more than|up to|exactly|maximum|under|less than|fewer than)"
            r" [a-z0-9,]{1,7} (?:word|sentence|character)"
        ),
        shape(r"(?:only|strictly) (?:[a-z]{1,6} ){0,4}json"),
        shape(r"yes or no"),
        shape(r"one of"),
        shape(r"(?:not|don.t|never|without|no)(?: [a-z]{2,8}){0,2} emoji"),
    )
    triggers = ("end example",)
    version = 2
    tags = ("pd-structure",)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield one finding an answer that breaks a rule."""
        for wording in prompt.wordings:
            answers = [answer for m in wording.messages for answer in _answers(m)]
            rules = list(_rules(wording)) if answers else []
            for message, start, end in answers:
                answer = message.text[start:end]
                for stated in rules:
                    reason = stated.broken(answer)
                    if reason:
                        text = f'{reason}, but the prompt says "{stated.words}"'
                        yield self.found(prompt, message, (start, end), text)
                        break
            for message in wording.instructing:
                for span, text in _miscounted(message):
                    yield self.found(prompt, message, span, text, severity=Severity.INFO)


def _answers(message: ParsedMessage) -> Iterator[tuple[ParsedMessage, int, int]]:
    if message.role == "assistant":
        if mask_slots(message.text) == message.text:
            start = len(message.text) - len(message.text.lstrip())
            yield message, start, len(message.text.rstrip())
        return
    if message.is_shot or _EXAMPLE not in message.mask:
        return
    turns = [
        m for m in _TURN.finditer(message.text) if message.region(m.start(1)) is Region.EXAMPLE
    ]
    if len(turns) > 1:
        for turn in turns:
            if not set(turn.group(1)) & set("{[<$"):
                yield message, turn.start(1), turn.end(1)


def _miscounted(message: ParsedMessage) -> Iterator[tuple[tuple[int, int], str]]:
    """The first item of each marked example that breaks the count of words stated before it."""
    if "end example" not in message.lower:
        return
    stated = list(
        near(message, _COUNTED, ("word",), frozenset({Region.INSTRUCTION}), before=12, after=30)
    )
    for block in _BLOCK.finditer(message.lower) if stated else ():
        before = [
            m
            for m in stated
            if 0 < block.start() - m.end() < _REACH
            and (block["name"] or "\n" not in message.text[m.end() : block.start()].strip())
        ]
        if not before:
            continue
        last = before[-1]
        low, high = int(last["low"]), int(last["high"] or last["low"])
        for item in _ITEM.finditer(message.text, *block.span("items")):
            whole = item["words"].strip()
            if set(whole) & _UNFINISHED or (last["unit"] == "bullet" and not item["mark"]):
                continue
            count = len(words(whole))
            if count > 2 and not low <= count <= high:
                told = " ".join(message.text[last.start() : last.end()].split())
                text = f'this item has {count} words, but the prompt says "{told}"'
                yield item.span("words"), text
                break


def _rules(wording: Wording) -> Iterator[_Stated]:
    """The rules that hold for every answer."""
    for message in wording.instructing:
        for pattern, make in _MAKERS:
            for match in near(
                message, pattern, _RULE_SEEDS, frozenset({Region.INSTRUCTION, Region.QUOTE}),
                before=60, after=240,
            ):  # fmt: skip
                start, end = sentence_around(message, match.start())
                units = frozenset({"word", "sentence", "character", "label", "value"})
                broken = make(match)
                if (
                    broken is not None
                    and scope(message.lower[start:end], without=units) == frozenset()
                ):
                    told = " ".join(message.text[match.start() : match.end()].split())
                    yield _Stated(words=told[:80], broken=broken)


def _one_word(_: re.Match[str]) -> _Check:
    return lambda answer: "this answer is more than one word" if len(words(answer)) > 1 else ""


def _at_most(match: re.Match[str]) -> _Check:
    most, unit = number(match["n"]), match["unit"]
    count: dict[str, Callable[[str], int]] = {
        "word": lambda answer: len(words(answer)),
        "sentence": lambda answer: len(list(sentences(answer))),
        "character": len,
    }
    measure = count[unit]

    def broken(answer: str) -> str:
        got = measure(answer)
        return f"this answer has {got} {unit}s" if got > most else ""

    return broken


def _json(_: re.Match[str]) -> _Check:
    return lambda answer: "this answer is not JSON" if read(answer)[1] is not None else ""


def _yes_no(_: re.Match[str]) -> _Check:
    def broken(answer: str) -> str:
        return "" if answer.lower().strip(_QUOTES) in {"yes", "no"} else "this answer is neither"

    return broken


def _labels(match: re.Match[str]) -> _Check | None:
    listed = {label.strip(_QUOTES) for label in _SPLIT.split(match["labels"])} - {""}
    if len(listed) < 2 or any(len(label.split()) > 3 for label in listed):
        return None

    def broken(answer: str) -> str:
        given = answer.lower().strip(_QUOTES)
        return "" if given in listed else "this answer is none of the labels"

    return broken


def _no_emoji(_: re.Match[str]) -> _Check:
    return lambda answer: "this answer has an emoji" if _EMOJI.search(answer) else ""


_MAKERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], _Check | None]], ...] = (
    (_ONE_WORD, _one_word),
    (_AT_MOST, _at_most),
    (_JSON, _json),
    (_YES_NO, _yes_no),
    (_LABELS, _labels),
    (_NO_EMOJI, _no_emoji),
)
