"""What part of the answer a sentence speaks about.

Two instructions contradict each other only when they are about the same thing: a brief summary
and a detailed appendix are no conflict. The scope of a sentence is the set of parts it names; a
condition makes it incomparable.
"""

import re

_PARTS = (
    "title", "headline", "heading", "subject", "summary", "section", "introduction", "intro",
    "conclusion", "abstract", "appendix", "description", "item", "bullet", "paragraph", "name",
    "question", "explanation", "reason", "rationale", "analysis", "report", "caption", "comment",
    "code", "table", "list", "email", "post", "tweet", "article", "essay", "story", "message",
    "key", "field", "value", "label", "tag", "step", "plan", "quote", "example", "slide", "chapter",
    "recommendation", "overview", "takeaway", "insight", "sentence", "word", "character", "line",
)  # fmt: skip
_PART = re.compile(rf"\b({'|'.join(_PARTS)})s?\b")
_ASKED = re.compile(r"\banswer(?:ing)?(?:\s\w{1,12}){0,3}?\squestions?\b")
_CONDITION = re.compile(
    r"\b(?:if|when|whenever|unless|except|otherwise|for example|e\.g|depending|in case|where"
    r"|first|second|then|finally|each|every|per|optional|optionally|while|but|although|instead)\b"
)
_WHOLE = re.compile(r"\b(?:answer|response|reply|output|result|respond|return)(?:s|es|ed)?\b")


def scope(sentence: str, *, without: frozenset[str] = frozenset()) -> frozenset[str] | None:
    """The parts that a lower-case sentence names; empty: the whole answer.

    Args:
        sentence: Lower-case text.
        without: Parts that do not count, such as the unit that is being counted.

    Returns:
        None when the sentence is conditional, so that it can be compared with no other.
    """
    if _CONDITION.search(sentence):
        return None
    parts = _PART.findall(_ASKED.sub("", sentence))
    return frozenset(part for part in parts if part not in without)


def about_the_answer(sentence: str) -> bool:
    """Whether the lower-case sentence names the answer itself."""
    return bool(_WHOLE.search(sentence))
