"""CMP005."""

import re
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.nearby import near, shape
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.phrases import phrase
from promptops.lint.rule import Rule

_SEEDS = ("references", "citation", " doi", "papers", "studies", "scientific sources",
          "academic sources", "peer-reviewed")  # fmt: skip
_ASKS = phrase(
    r"\b(?:cite|include|provide|list|give|add|find)\b(?! the (?:url"
    r"|link))[^.;:\n]{0,30}\b(?:(?<!api.)references(?! (?:to|for|section))"
    r"|citations?|dois?|academic (?:papers|sources)|scientific (?:papers|studies|sources)"
    r"|research papers"
    r"|peer-reviewed (?:papers|studies|sources))\b"
)
_GROUND = re.compile(
    r"\b(?:from|in|using|based on|according to|only) (?:the |this |these |my |only "
    r"|your )?(?:\w{1,15} )?"
    r"(?:text|context|sources?|documents?|provided|given|attached|article|paper|input|excerpts?)\b"
    r"|\b(?:if (?:you|there|no|none|it)[^.\n]{0,40}(?:not|no|none|unknown|unsure|cannot|can't)"
    r"|do not (?:invent|fabricate|make up|hallucinate)|don't (?:invent|fabricate|make up)"
    r"|never (?:invent"
    r"|fabricate|make up)|verif|search (?:the web|online|google)|web search|browse|real and)"
)


class UngroundedCitation(Rule):
    """References are asked for, with nothing to take them from.

    What it does:
        Flags a demand for citations, DOIs or papers in a prompt without retrieval, without a
        source text, and without a word on what to do when none is known.

    Why is this bad?
        Models invent references that look right.

    Example:
        List 10 scientific papers with DOIs on sleep and memory.

    Use instead:
        List the papers in the sources below that are about sleep; write "none" if there are none.

    What to do:
        Give it sources, or allow it to answer that it knows none.

    Source:
        OWASP Top 10 for LLM applications 2025, LLM09 misinformation.
    """

    code = "CMP005"
    name = "ungrounded-citation"
    severity = Severity.INFO
    shapes = (
        shape(
            r"(?:cite|include|provide|list|give|add|find) [^.;:]{0,34}(?:references|citation|doi"
            r"|papers|studies|sources)"
        ),
    )
    tags = ("owasp-llm09",)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield the first demand of each wording without a ground."""
        if prompt.prompt is not None and prompt.prompt.retrieval is not None:
            return
        for wording in prompt.wordings:
            for message in wording.instructing:
                match = next(near(message, _ASKS, _SEEDS, self.regions, before=70, after=40), None)
                if match is not None and not _GROUND.search(wording.lower):
                    text = "references are asked for without a source to take them from"
                    yield self.found(prompt, message, match.span(), text)
                    break
