"""AMB010."""

import re
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.nearby import near, shape
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.phrases import phrase
from promptops.lint.rule import Rule

_MORE = (
    r"(?:concise|formal|informal|detailed|specific|creative|professional|friendly|natural|human"
    r"|readable|engaging|precise|accurate|casual|personal|technical|positive|interesting|polite"
    r"|direct|conversational|persuasive|thorough|succinct|vivid)"
)
_PATTERN = phrase(
    r"\b(?:be|make (?:it|this|them|the (?:answer|text|response|output|tone))|write|give|use|sound"
    r"|provide|create|produce|respond|answer|keep it)"
    r"(?: (?:a|an|the|your|in|with|much|bit|little|slightly|even|somewhat|far|me|us)){0,3}"
    rf" (?P<more>better|shorter|longer|simpler|clearer|stronger|more {_MORE}|less {_MORE})\b"
    r"(?! than\b)[^.\n]{0,40}"
)
_SEEDS = (" better", " shorter", " longer", " simpler", " clearer", " stronger", " more ", " less ")
_HAS_TEXT = re.compile(
    r"\b(?:re-?writ|improv|edit|revis|original|draft|previous|rephras|paraphras|polish|translat"
    r"|correct|existing|replace|following (?:text|sentence|article|paragraph|email|code|prompt)"
    r"|(?:this|my|these|their|the (?:given|provided|user's|input)) (?:text|sentence|article|essay"
    r"|paragraph|email|code|prompt|writing|document|message|resume|cv|post|draft|work|answer)"
    r"|first version|iterat|feedback|before|compared|(?:text|code|email|prompt|article) (?:below"
    r"|above))"
)


class MissingBaseline(Rule):
    """A comparison with nothing to compare with.

    What it does:
        Flags a comparative about the answer ("give a better answer", "be more formal") without
        "than", in a prompt that has no slot, no text to revise and no earlier version.

    Why is this bad?
        Better or shorter than what? Each run takes a different starting point.

    Example:
        Explain what a mortgage is. Be more concise and write shorter sentences.

    Use instead:
        Explain what a mortgage is in three sentences of at most 15 words.

    What to do:
        Say the goal itself: a number, a format, or an example to match.

    Source:
        Taxonomy of Prompt Defects (arXiv 2509.14404), ambiguous instruction.
    """

    code = "AMB010"
    name = "missing-baseline"
    severity = Severity.INFO
    shapes = (
        shape(
            r"(?:be|it|this|them|answer|text|response|output|tone|write|give|use|sound|provide"
            r"|create|produce|respond|a|an|the|your|in|with|much|bit|little|slightly|even"
            r"|somewhat|far|me|us) (?:better|shorter|longer|simpler|clearer|stronger|more"
            r" (?:concise|formal|informal|detailed|specific|creative|professional|friendly|natural"
            r"|human|readable|engaging|precise|accurate|casual|personal|technical|positive"
            r"|interesting|polite|direct|conversational|persuasive|thorough|succinct|vivid))"
        ),
        shape(r"less (?:formal|technical|detailed|casual|personal|direct)"),
    )
    tags = ("pd-specification",)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield the comparatives of a wording that holds nothing to compare with."""
        for wording in prompt.wordings:
            if any(message.slots for message in wording.messages):
                continue
            for message in wording.instructing:
                for match in near(message, _PATTERN, _SEEDS, self.regions, before=60, after=90):
                    if " than" in match.group() or wording.holds(_HAS_TEXT):
                        break
                    span = match.start(), match.end("more")
                    words = " ".join(message.text[span[0] : span[1]].split())
                    text = f'"{words}" does not say compared with what'
                    yield self.found(prompt, message, span, text)
