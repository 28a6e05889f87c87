"""AMB006."""

import re
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.nearby import near, shape
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.phrases import phrase
from promptops.lint.rule import Rule

_SEEDS = ("try to", "try and", "try your", "attempt to", "your best", "ideally", "if possible",
          "preferably", "if you can", "as much as possible", "where possible", "when possible",
          "whenever possible", "wherever possible", "as best ")  # fmt: skip
_FORM = (
    r"(?:return|output|respond|answer|reply|avoid|keep|use|include|limit|write|provide|produce|cite"
    r"|mention|list|add|show|state|give|create|draw|explain|illustrate|quote|name|suggest|rephrase"
    r"|reframe|rewrite|summari[sz]e|format)"
)
_PATTERN = phrase(
    rf"(?P<leading>(?<![a-z-][ ])\b(?:if|where|when|whenever|wherever) (?:at all )?possible,?"
    rf" (?:(?:please|also|always|you should|(?:this|it|the answer) should) )?{_FORM}\b)|"
    r"(?:\btry(?: and| to)|\battempt to|\b(?:do|try) your best to"
    r"|(?<!should[ ])\bideally,?(?: you)?(?: should)?)"
    r"(?: always| only| not(?: to)?)?(?: to)? (?:return|output|respond|answer|reply|format|include"
    r"|keep|avoid|follow|stay|limit|use|be|make (?:it|sure|your|the)|write|produce|provide|give"
    r"|ensure|maintain|refrain|stick|adhere)\b"
    r"|\bshould (?:ideally|preferably) (?:return|output|respond|answer|include|use|avoid|contain)\b"
    rf"|(?P<trailing>\b{_FORM}\b[^.;:\n,(]{{0,60}}(?:\([^()\n]{{1,40}}\))?"
    r",? (?:(?:if|where|when|whenever|wherever) possible|as best (?:as )?(?:possible|you can))\b"
    r"|\b(?:return|output|respond|answer|reply|avoid|keep|use|include|limit|stick to|follow)\b"
    r"[^.;:\n,(]{0,60},? as much as possible\b"
    r"|\b(?:return|output|respond|answer|reply|avoid|keep|include|limit)\b"
    r"[^.;:\n,(]{0,60},? if you can\b(?!')"
    r"|\b(?:return|output|respond|answer|reply|keep|use|include|limit|write|provide|format)\b"
    r"[^.;:\n(]{0,60},? preferably\b)"
)
_NOT_TOLD = re.compile(
    r"(?:not|never|n't|\bi|\bwe|\bthey|\bhe|\bshe|\bwho|\bthat|\busers?|\bpeople|\bwill|\bwould"
    r"|\bcan|\bcould|\bmay|\bmight|\bif you|\bwhen you)\s{1,3}(?:\w{1,12}\s)?$"
)


class HedgedRequirement(Rule):
    """A requirement on the output that is phrased as an attempt.

    What it does:
        Flags "try to", "attempt to", "do your best to" and "ideally" before a verb of output
        ("return", "include", "avoid", "keep", "use", "be" and so on), and "if possible", "where
        possible", "as best as possible", "as much as possible", "if you can" and "preferably"
        after one (a remark), or "if possible" right before one (a remark). What the prompt says
        of others ("I will try to answer") and "do not try to" do not count.

    Why is this bad?
        Newer models follow instructions to the letter: an attempt may fail, a rule may not.

    Example:
        Try to return valid JSON and avoid extra text if possible.

    Use instead:
        Return valid JSON and nothing else.

    What to do:
        State it as a rule, or say what to do when it cannot be met.

    Source:
        OpenAI GPT-4.1 prompting guide (literal instruction following); arXiv 2509.14404.
    """

    code = "AMB006"
    name = "hedged-requirement"
    severity = Severity.WARNING
    version = 3
    shapes = (
        shape(
            r"try (?:to|and|your)|attempt to|your best to|ideally|preferably|(?:if|where|when"
            r"|whenever|wherever|as much as|at all) possible|if you can|as best"
        ),
    )
    tags = ("pd-specification",)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield each demand that sounds optional; one that begins with "try to" has a fix."""
        for message in prompt.messages:
            if message.is_shot:
                continue
            for match in near(message, _PATTERN, _SEEDS, self.regions, before=90, after=60):
                before = message.lower[max(0, match.start() - 24) : match.start()]
                if _NOT_TOLD.search(before):
                    continue
                written = message.text[match.start() : match.end()]
                words = " ".join(written.split())
                text = f'"{words}" may be taken as optional'
                fix = _fixed(written)
                yield self.found(
                    prompt,
                    message,
                    match.span(),
                    text,
                    fix=fix,
                    applicability="unsafe",
                    severity=Severity.INFO if match["trailing"] or match["leading"] else None,
                )


def _fixed(written: str) -> tuple[str, str] | None:
    """The demand without its hedge; None when the hedge comes last or a word must change."""
    hedge = re.match(r"(?i)(?:try|attempt|(?:do|try) your best) to ", " ".join(written.split()))
    rest = " ".join(written.split())[hedge.end() :] if hedge else ""
    if not rest or rest.lower().startswith(("not", "always not")):
        return None
    return "state it as a rule", rest[0].upper() + rest[1:] if written[0].isupper() else rest
