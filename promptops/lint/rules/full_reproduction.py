"""CMP011."""

from collections.abc import Iterator

from promptops.lint.compliance import is_negated
from promptops.lint.finding import Finding, Severity
from promptops.lint.nearby import near
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.phrases import phrase
from promptops.lint.rule import Rule

_WORK = (
    r"(?:song|book|novel|poem|article|film|movie|play|chapter|textbook|short story|album|script)"
)
_SEEDS = ("lyrics", "full text", "complete text", "entire text", "word for word", "verbatim",
          "in full", "entire book", "whole book", "entire chapter", "full chapter",
          "complete chapter", "whole chapter", "entire article", "full article")  # fmt: skip
_VERB = (
    r"(?:reproduce|print|write out|output|quote|recite|give me|provide|return|show|post|copy"
    r"|type out)"
)
_PATTERN = phrase(
    rf"\b{_VERB}(?: me)? (?:the |all (?:the )?)?(?:full|complete|entire|whole|exact|all"
    r"|original) (?:lyrics|text|chapter|book|article|script)"
    rf"(?: (?:of|to|from) (?:the |this |a |an |any )?(?:(?:[a-z'-]{{1,15}} ){{0,3}}{_WORK}|[\"“']))"
    rf"|\b{_VERB}(?: me)? (?:the )?(?:lyrics|{_WORK})[^.\n]{{0,50}}\b(?:in full|word for word"
    r"|verbatim|in its entirety)\b"
)
_OWN = ("public domain", "licensed", "own work", "attached", "provided", "below", "the user's",
        "my own", "uploaded", "pasted", "transcript", "{{", "input")  # fmt: skip


class FullReproduction(Rule):
    """A protected work is to be reproduced in full.

    What it does:
        Flags "print the full lyrics of the song", "quote the chapter word for word" and their
        like: a song, book, article, film script or poem as a whole, out of the model's memory. A
        text that the prompt itself holds, a licensed one, and the public domain do not count.

    Why is this bad?
        It infringes copyright when the model can, and is full of errors when it cannot.

    Example:
        Print the full lyrics of the song that the customer names.

    Use instead:
        Summarize in two sentences what the song that the customer names is about.

    What to do:
        Ask for a summary or a short quotation, or supply a licensed text.

    Source:
        Directive 2001/29/EC article 2 (reproduction right), 17 U.S.C. 106; EU AI Act article
        53(1)(c).
    """

    code = "CMP011"
    name = "full-reproduction"
    severity = Severity.WARNING
    triggers = _SEEDS
    tags = ("nist-rmf-map",)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield each such demand for a text that the prompt does not hold."""
        for message in prompt.messages:
            if message.is_shot:
                continue
            for match in near(message, _PATTERN, _SEEDS, self.regions, before=80, after=110):
                around = message.lower[max(0, match.start() - 120) : match.end() + 120]
                if any(word in around for word in _OWN):
                    continue
                if not is_negated(message, match.start(), match.end()):
                    text = "this reproduces a protected work from memory"
                    yield self.found(prompt, message, match.span(), text)
