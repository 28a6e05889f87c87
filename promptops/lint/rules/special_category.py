"""PRI005."""

import re
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedMessage, ParsedPrompt
from promptops.lint.phrases import lazy
from promptops.lint.regions import WRITTEN
from promptops.lint.rule import Rule

_KINDS = {
    "health": (
        "hiv", "aids", "cancer", "diabetes", "diabetic", "epilepsy", "epileptic", "schizophreni",
        "bipolar", "clinical depression", "pregnant", "abortion", "miscarriage", "dementia",
        "alzheimer", "parkinson", "multiple sclerosis", "hepatitis", "tuberculosis", "leukemia",
        "leukaemia", "chemotherapy", "drug addict", "alcoholic", "anorexi", "bulimi", "ptsd",
    ),
    "religion": (
        "muslim", "jewish", "catholic", "protestant", "hindu", "buddhist", "sikh", "atheist",
        "mormon", "jehovah",
    ),
    "sexual orientation": (
        "gay", "lesbian", "bisexual", "homosexual", "transgender",
    ),
    "politics or union": (
        "union member", "trade unionist", "party member", "communist", "member of the party",
    ),
}  # fmt: skip
_KIND_OF = {word: kind for kind, words in _KINDS.items() for word in words}
_TERM = lazy(rf"\b(?:{'|'.join(map(re.escape, _KIND_OF))})")
_PERSON = lazy(
    r"(?:\b(?:Mr|Mrs|Ms|Miss|Dr|Prof)\.? [A-ZÀ-Þ][\w'’-]{1,24}"
    r"|\b[A-ZÀ-Þ][a-zß-ÿ'’-]{1,20}(?: [A-Z]\.)? [A-ZÀ-Þ][\w'’-]{1,24})"
    r"(?:, (?:age )?[0-9]{1,3},?| \([0-9]{1,3}\),?|,)?"
    r"(?: (?:is|was|has|had|who|lives|suffers|suffered|identifies|tested|came|being|diagnosed"
    r"|comes)\b[^.!?\n;:]{0,50}"
    r"|[,:(] ?(?:an? |openly |now |[0-9]{1,3},? ?){0,3})$"
)
_MADE_UP = lazy(r"fictional|fictitious|made[- ]up|imaginary|synthetic")
_NOT_A_NAME = lazy(
    r"^(?:The|This|That|These|Those|Your|Our|My|His|Her|If|When|While|Each|Every|Some|Many|Most"
    r"|All|Any|Type|Stage"
    r"|Breast|Lung|Skin|Prostate|Patient|Example|Topic|Subject|User|Please|Consider|Assume"
    r"|World|American|National"
    r"|United|New|North|South|Roman|Act|Write|For|In|As|And|But)\b"
)


class SpecialCategory(Rule):
    """A named person's health, belief or orientation stands in the prompt.

    What it does:
        Flags words for health, religion, orientation, politics and union membership that are said
        of somebody with a name, in one sentence. It is a remark: the person may be made up.

    Why is this bad?
        These data may not be processed at all without one of ten exceptions; examples and notes in
        prompts are where they slip in.

    Example:
        Patient note: Anna Keller, 43, is HIV positive and lives alone.

    Use instead:
        Patient note: a woman in her forties has a chronic infection and lives alone.

    What to do:
        Take the name or the condition out, or say in the prompt that the person is made up.

    Source:
        GDPR article 9(1); HIPAA 45 CFR 164.514(b).
    """

    code = "PRI005"
    name = "special-category"
    severity = Severity.INFO
    regions = WRITTEN
    triggers = tuple(_KIND_OF)
    tags = ("gdpr-art9", "hipaa-164.514", "aia-art10", "owasp-llm02")

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield each word that a name stands in front of, one for each person."""
        for message in prompt.messages:
            told = -1
            for match in message.find(_TERM, self.regions):
                start = _name_before(message, match.start())
                if start > told:
                    kind = _KIND_OF[match.group()]
                    text = f"a word about {kind} is said of a person with a name"
                    yield self.found(prompt, message, (start, match.end()), text, conceal=True)
                    told = match.end()


def _name_before(message: ParsedMessage, end: int) -> int:
    """Where the name begins that the word at ``end`` is said of; -1 when there is none."""
    begin = max(0, end - 110)
    match = _PERSON.search(message.text[begin:end])
    if match is None or _NOT_A_NAME.match(match.group()):
        return -1
    return -1 if message.holds(_MADE_UP) else begin + match.start()
