"""Whole sentences that instruct nothing, by class, and sentences that were said before."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from promptops.lint.phrases import phrase
from promptops.lint.text import sentences, words
from promptops.optimize.compressing.edit import Edit, Source

_AI = (
    r"(?:ai|artificial intelligence|chat|virtual|digital|personal|language|large language|llm|gpt)"
)
_PRAISE = (
    r"(?:very|highly|extremely|incredibly|helpful|smart|intelligent|knowledgeable|friendly|polite"
    r"|world[- ]class|expert|experienced|skilled|talented|brilliant|capable|powerful|advanced"
    r"|professional|creative|genius|ultra[- ]wise|wise|reliable|honest|respectful|useful|great"
    r"|good|thoughtful|meticulous|efficient|diligent|dedicated)"
)
_TAIL = r"[ .!…]{0,6}"

_WITHOUT_A_FIELD = (
    rf"you(?: are|'re|’re) (?:an? )?(?:{_PRAISE}(?:,| and|, and)? ){{0,6}}(?:{_AI} ){{0,3}}"
    r"(?:assistant|model|bot|chatbot|agent|expert|professional|helper|ai|system|companion)"
    r"(?: (?:that|who|which) (?:is )?(?:always )?(?:helps?|assists?|ready to help|here to help"
    r"|happy to help|helpful|designed to (?:help|assist)|trained to (?:help|assist))"
    r"(?: (?:users?|people|me|the user|others))?(?: with (?:their|various|many|all kinds of|any)"
    r" (?:tasks|questions|requests|needs))?)?"
)
_KINDS = {
    "role without a field": (_WITHOUT_A_FIELD,),
    "thanks": (
        r"(?:thank you|thanks|many thanks|thx|cheers)(?: [^.!?]{0,80})?",
        r"i (?:really |greatly |truly |would )?appreciate [^.!?]{0,80}",
        r"i (?:hope|trust) (?:that )?(?:you|this|all|everything)[^.!?]{0,80}",
        (
            r"your (?:help|assistance|time|effort|cooperation|support|expertise) (?:is|will be)"
            r" [a-z ]{0,20}appreciated"
        ),
    ),
    "encouragement": (
        r"(?:please )?(?:do|try|give it|give) your (?:very |absolute )?best[^.!?]{0,60}",
        (
            r"(?:you can do (?:it|this)|i believe in you|i know you can[^.!?]{0,40}|good luck"
            r"|have fun|let['’]s go|let['’]s do this|you['’]ve got this|i trust you[^.!?]{0,40})"
        ),
        (
            r"i (?:know|am sure|'m sure|’m sure) (?:that )?you(?: are| can| will|['’]re|['’]ll)"
            r" [^.!?]{0,160}"
        ),
        (
            r"this is (?:very |really |extremely )?(?:important|crucial|critical|vital)"
            r"(?: (?:to|for) (?:me|us|my|our|the)[^.!?]{0,60})?"
        ),
        (
            r"(?:my|our) (?:career|job|future|life|business|company) depends on (?:it|this|you)"
            r"[^.!?]{0,40}"
        ),
        r"i(?: will|['’]ll|['’]m going to) (?:tip|reward|pay) you[^.!?]{0,60}",
        r"(?:take|put) (?:great )?(?:pride|care) in your work[^.!?]{0,60}",
        r"(?:be|stay) (?:focused|determined|confident|motivated)[^.!?]{0,30}",
    ),
    "call to think": (
        (
            r"(?:please )?(?:take a (?:step back|deep breath)|slow down|calm down)(?:(?:,|,? and)"
            r" (?:take|breathe|think|work|consider|reflect)\b(?:(?! then )[^.!?]){0,200})?"
        ),
        (
            r"(?:please )?(?:let['’]?s )?think (?:deeply |carefully |hard |long )?(?:about (?:it"
            r"|this)"
            r" )?(?:step[- ]by[- ]step|carefully|deeply|hard)(?: about [^.!?]{0,90}"
            r"| before [^.!?]{0,60}|,? and (?:do|give|try) your best)?"
        ),
        r"spend (?:significant|a lot of|enough|some|plenty of) time[^.!?]{0,160}",
        (
            r"(?:fully|deeply|carefully) (?:digest|study|absorb|consume|understand) the"
            r" (?:input|content|text)(?: (?:provided|given|below|above|you were given))?"
        ),
        r"work (?:through|on) (?:it|this|the problem) step[- ]by[- ]step",
    ),
    "talk about the prompt": (
        (
            r"(?:first of all|first|now|next|then|finally|below),? (?:we|i)(?: will|['’]ll"
            r"| are going to| am going to)? (?:describe|show|explain|look|discuss|present"
            r"|introduce|give)\b[^.!?]{0,240}"
        ),
        (
            r"in (?:this|the following|the next) (?:section|prompt|part|message|chapter),?"
            r" (?:we|i|you(?:['’]ll| will) (?:find|see|learn))\b[^.!?]{0,140}"
        ),
        (
            r"(?:below|here|the following) (?:is|are|you(?: will|['’]ll)? find) (?:the|your|some|a)"
            r" (?:list of )?(?:\w{1,20} ){0,3}(?:instructions?|guidelines?|rules?|steps?"
            r"|requirements?"
            r"|details?|information)(?: (?:for|of|about|on|that|you) [^.!?:]{0,60})?"
        ),
        (
            r"(?:please |carefully |make sure to |make sure you |be sure to |ensure you "
            r"|ensure that you"
            r" |and )?(?:carefully )?(?:read|follow|adhere to|stick to|comply with|obey) (?:all "
            r"|all of"
            r" )?(?:the |these |this |my |those )(?:\w{1,20} )?(?:instructions?|guidelines?|rules"
            r"|steps|directions)(?: (?:below|above|carefully|closely|precisely"
            r"|strictly|thoroughly|to the letter|exactly as given))?(?: (?:when|while|before"
            r"|in order"
            r" to|to) [^.!?]{0,60})?"
        ),
        (
            r"(?:please )?(?:carefully )?read (?:the |this )?(?:following )?(?:\w{1,20} ){0,2}"
            r"(?:carefully|thoroughly|attentively)(?: (?:before|and) [^.!?]{0,60})?"
        ),
        (
            r"(?:now,? )?(?:let['’]s|let us|you may|you can|please) (?:begin|start|get started"
            r"|get going)(?: now)?"
        ),
        (
            r"(?:are you ready|ready|do you understand|is that clear|got it|understood"
            r"|do you have any questions)\??"
        ),
        r"(?:that['’]s|that is) (?:it|all)[^.!?]{0,30}",
        (
            r"(?:hello|hi|hey|dear|greetings)(?: (?:there|chatgpt|gpt|claude|assistant|ai|model))?"
            r"[,!]?"
        ),
        r"(?:todo|fixme|xxx)\b[^\n]{0,120}",
    ),
}
_PATTERNS = {
    kind: phrase(rf"(?:{'|'.join(forms)}){_TAIL}{':?' if kind == 'talk about the prompt' else ''}")
    for kind, forms in _KINDS.items()
}

_BULLET = re.compile(r"[ \t]{0,12}(?:[-*•+>]|\d{1,3}[.)])[ \t]{1,4}(?:\[[ x]\][ \t])?")
_COMPLETE = re.compile(r"^[^|:]{1,2000}[.!?][\"'”’)*_]{0,3}$")
_POINTS = re.compile(
    r"\b(?:this|these|those|it|its|they|them|their|above|following|same|below|here|also|such)\b"
)
COMMON = frozenset({
    "a", "an", "the", "of", "to", "in", "on", "for", "and", "or", "is", "are", "be", "as", "by",
    "with", "that", "this", "it", "its", "from", "at", "your", "you", "i", "we", "will", "should",
    "can", "may", "do", "so", "any", "all", "please",
})  # fmt: skip
"""Words that carry no meaning of their own."""

LEAST_WORDS = 5
"""Shorter sentences say the same by chance: "Be brief.", "Output:"."""

NEARLY = 0.8
"""Word overlap (Jaccard) from which two sentences say the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a sentence says, so that it can be recognized.

    Args:
        plain: Its words, lower case.
        content: Those of them that carry meaning.
    """

    plain: tuple[str, ...]
    content: frozenset[str]

    @classmethod
    def of(cls, text: str) -> "Said":
        """Read a sentence."""
        plain = tuple(word.lower() for word in words(text))
        return cls(plain=plain, content=frozenset(plain) - COMMON)

    def nearly(self, other: "Said") -> bool:
        """Whether both say the same in nearly the same words."""
        union = len(self.content | other.content)
        return union > 0 and len(self.content & other.content) >= NEARLY * union


def empty_sentences(source: Source) -> Iterator[Edit]:
    """Sentences that instruct nothing: encouragement, thanks, talk about the prompt."""
    for start, end in _spans(source):
        for kind, pattern in _PATTERNS.items():
            if (
                pattern.fullmatch(source.lower, start, end)
                and _is_one_sentence(source.text[start:end])
                and source.instructs(start, end)
            ):
                yield whole(source, start, end, kind)
                break


def _is_one_sentence(text: str) -> bool:
    """Whether its lines are one wrapped sentence, and not lines that say something each."""
    return all(line.lstrip()[:1].islower() for line in text.splitlines()[1:])


def repeated_sentences(source: Source, before: Sequence[Said], *, nearly: bool) -> Iterator[Edit]:
    """Sentences that an earlier one says word for word, or nearly so.

    Args:
        source: The text.
        before: The sentences of the messages before this one.
        nearly: Whether nearly the same words are enough.
    """
    seen = list(before)
    exact = {said.plain for said in seen}
    for start, end in _spans(source):
        said = Said.of(source.text[start:end])
        if len(said.plain) < LEAST_WORDS or not _COMPLETE.search(source.text[start:end]):
            continue  # labels and table rows say another thing under another heading
        known = said.plain in exact or (nearly and any(said.nearly(each) for each in seen))
        exact.add(said.plain)
        seen.append(said)
        # What points at its neighbors says another thing in another place.
        if known and source.instructs(start, end) and not _POINTS.search(source.lower[start:end]):
            yield whole(source, start, end, "said before")


def said_in(text: str) -> list[Said]:
    """What the sentences of a text say."""
    found = (Said.of(text[start:end]) for start, end in sentences(text))
    return [said for said in found if len(said.plain) >= LEAST_WORDS]


def _spans(source: Source) -> Iterator[tuple[int, int]]:
    """The sentences of a text without their bullets."""
    for start, end in sentences(source.text):
        bullet = _BULLET.match(source.text, start, end)
        yield (bullet.end() if bullet else start), end


def whole(source: Source, start: int, end: int, kind: str) -> Edit:
    """An edit that takes a sentence out, with its bullet and its line where it stands alone."""
    text = source.text
    shown = " ".join(text[start:end].split())
    line = text.rfind("\n", 0, start) + 1
    bullet = _BULLET.fullmatch(text, line, start)
    stop = end
    while stop < len(text) and text[stop] in " \t":
        stop += 1
    if (bullet or not text[line:start].strip()) and stop in (len(text), text.find("\n", end)):
        start, end = line, min(stop + 1, len(text))
        if end == len(text) and start:
            start -= 1  # the last line takes the end of the line before it along
    elif stop > end:
        end = stop
    return Edit(start=start, end=end, new="", kind=kind, shown=shown)
