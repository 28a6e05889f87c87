"""CON006."""

import re
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.nearby import near, sentence_around, shape
from promptops.lint.parsed import ParsedMessage, ParsedPrompt
from promptops.lint.phrases import phrase
from promptops.lint.rule import Rule

_HARD_SEEDS = ("only", "solely", "exclusively", "nothing but", "strictly", "do not", "don't",
               "never", "must not")  # fmt: skip
_HARD = phrase(
    r"\b(?:(?:only|solely|exclusively) use|(?:use|rely on|stick to|answer from|work with)"
    r" (?:only|solely|exclusively|nothing but|strictly)|use (?:the |this |these |python'?s? )?"
    r"(?:[a-z-]{2,20} ){1,3}(?:only|exclusively)"
    r"|(?:answer|respond|reply|write|work|base (?:it|your answers?|the answer|everything))"
    r"(?: questions)? (?:only|solely|exclusively|strictly) (?:from|using|with|based on|on)"
    r"|(?:do not|don't|never|must not) (?:use|add|rely on|draw on|include|import)"
    r" (?:any )?(?:other|external|outside|additional|third-party|general|prior|world|your own))\b"
)
_SOFT_SEEDS = ("you may", "you can", "you are free", "feel free", "it is fine", "it is ok",
               "it is okay", "could also", "if simpler", "if easier", "if helpful", "if needed",
               "if necessary")  # fmt: skip
_OTHER = (
    r"(?:other|external|outside|additional|third-party|extra|further|general|world|your own|prior)"
)
_SOFT = phrase(
    r"\b(?:(?:you (?:may|can|are free to|could)|feel free to|it is (?:fine|ok|okay) to)"
    r"(?: also)?(?: optionally)? (?:use|add|draw on|rely on|include|import|fall back on|bring in"
    r"|supplement"
    rf"(?: it)? with|consult)|use|import)(?: any| some)? {_OTHER} (?P<what>[a-z]{{3,20}})\b"
)
_CONDITION = re.compile(r"\b(?:if|when|where|unless|once|after|for|except)\b")
_SUBJECTIVE = phrase(
    r"\b(?:if|when|where)(?: it| that| this| they)?(?: is|'s| are| makes)?(?: things)? (?:simpler"
    r"|easier|faster|needed|necessary|helpful|useful|better|appropriate|possible|relevant"
    r"|you (?:like|want|prefer|think|feel|wish))\b"
)


class PermissionUndoesRule(Rule):
    """A permission that undoes a hard rule.

    What it does:
        Flags "you may use external packages if simpler" and the like ("other", "outside",
        "additional", "your own" …) in a prompt that says "use only …" or "do not use any
        other …", when the permission has no condition, or one of taste ("if easier", "if you
        like"). A condition that can be checked is an exception, and fine.

    Why is this bad?
        The model weighs the two: the hard rule holds on some calls only.

    Example:
        Use only the standard library. You may use external packages if simpler.

    Use instead:
        Use only the standard library.

    What to do:
        Delete the permission, or name the case in which it applies.

    Source:
        OpenAI GPT-5 prompt optimization cookbook (contradictory baseline prompt); arXiv
        2509.14404.
    """

    code = "CON006"
    name = "permission-undoes-rule"
    severity = Severity.WARNING
    shapes = (
        shape(
            r"(?:use|add|draw on|rely on|include|import|fall back on|bring in|with|consult)"
            r"(?: any| some)? (?:other|external|outside|additional|third-party|extra|further"
            r"|general|world|your own|prior)"
        ),
    )
    tags = ("pd-specification",)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield each permission that a hard rule of the wording excludes."""
        for wording in prompt.wordings:
            soft = [
                (m, match)
                for m in wording.instructing
                for match in near(m, _SOFT, _SOFT_SEEDS, self.regions, before=100, after=120)
                if _is_open(m, match)
            ]
            if not soft:
                continue
            hard = [
                (m, match)
                for m in wording.instructing
                for match in near(m, _HARD, _HARD_SEEDS, self.regions, before=70, after=80)
            ]
            for message, match in soft:
                rival = next((h for h in hard if not _same_place(h, message, match)), None)
                if rival is not None:
                    words = " ".join(rival[0].text[slice(*rival[1].span())].split())
                    text = f'this undoes "{words} …"'
                    yield self.found(prompt, message, match.span(), text)


def _is_open(message: ParsedMessage, match: re.Match[str]) -> bool:
    """Whether it permits, and no condition that can be checked limits it."""
    start, end = sentence_around(message, match.start())
    sentence = message.lower[start:end]
    permits = match.group().startswith(("you", "feel", "it")) or _SUBJECTIVE.search(sentence)
    limited = _CONDITION.search(sentence) and not _SUBJECTIVE.search(sentence)
    negated = re.search(r"\b(?:not|never|only|unless)\b", sentence[: match.end() - start])
    return bool(permits) and not limited and not negated


def _same_place(
    hard: tuple[ParsedMessage, re.Match[str]], message: ParsedMessage, match: re.Match[str]
) -> bool:
    span = sentence_around(message, match.start())
    return hard[0] is message and span[0] <= hard[1].start() < span[1]
