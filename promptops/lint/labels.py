"""What a prompt says of the form of its answer: its labels, and whether it names a format."""

import re
from collections.abc import Iterator

from promptops.lint.nearby import near
from promptops.lint.parsed import ParsedMessage, Wording
from promptops.lint.phrases import phrase
from promptops.lint.regions import Region

SEEDS = ("classify", "categori", "label ", "assign ")
_THINGS = (
    r"(?:messages?|texts?|sentences?|emails?|reviews?|tickets?|comments?|posts?|documents?"
    r"|articles?|items?|queries|query|utterances?|requests?|\{\{)"
)
_ASKS = phrase(
    r"(?:^|[.!?:\n][ \n]?(?:[-*•] |[0-9]{1,2}[.)] )?|\b(?:please|to|and|then|must|should|will"
    r"|you) )(?P<ask>(?:(?:classify|categori[sz]e) (?:(?:the|this|these|each|every|it|them|all"
    r"|incoming|given|my|user|customer|a|an|following)\b|\{\{|\$\{)"
    r"|label (?:the|this|these|each|every|it|them|all) (?:given |customer |following "
    rf"|user )?{_THINGS}"
    r"|assign (?:a|an|one|the) (?:single |suitable |appropriate |best )?(?:category|label|class"
    r"|topic))(?:[^\w.;:\n][^.;:\n]{0,160})?)"
)
_KINDS = (
    r"(?:labels?|categor(?:y|ies)|class(?:es)?|types?|topics?|options?|choices|severity|levels?)"
)
_IN_SENTENCE = phrase(
    r":$|\bone of\b|\beither\b|\bwhether\b|\baccording to\b| or |\btaxonomy\b|\bscale of\b"
    r"|\bbased on (?:the|these|this) (?:following|list|categories|labels|taxonomy|scheme|table)"
    r"|\b(?:by|per|using|with|from|in)(?: (?:the|these|this|our|your))?[^.\n]{0,40}(?:list"
    r"|categories|labels|classes|scheme|types|scale|levels|codes|table)\b"
    r"|\b(?:as|into|to|in|by|using|with) (?:being )?[\"'“`(\[]?[\w{} -]{1,30}[\"'”`\])]?(?:,| and "
    r"|/|\|| vs)|\b[0-9] (?:categories|groups|classes|labels)|[(:][^)\n]{3,80}[,/|]"
)
_LISTED = phrase(
    rf"\b{_KINDS}\b[^.\n]{{0,60}}(?::|\(|=| are\b| is\b|\bbelow\b|\babove\b)|\bone of\b"
    rf"|\beither [\w\"'`-]{{1,30}} or\b|\bchoose (?:from|between)\b|\bfollowing {_KINDS}"
    rf"|\b(?:valid|allowed|possible|available|these|predefined|provided|given) {_KINDS}"
    r"|\"enum\"|[\w-]{2,20} ?\| ?[\w-]{2,20} ?\| ?[\w-]{2,20}|answer_choices"
)


def asks(message: ParsedMessage, regions: frozenset[Region]) -> Iterator[tuple[int, int, str]]:
    """Where a message asks for a label: start, end, and the words with the sign after them."""
    for match in near(message, _ASKS, SEEDS, regions, before=12, after=260):
        yield *match.span("ask"), message.lower[match.start("ask") : match.end() + 1]


def names_labels(wording: Wording, ask: str) -> bool:
    """Whether the sentence that asks, or another place in the wording, says which labels exist."""
    return bool(_IN_SENTENCE.search(ask) or _LISTED.search(wording.lower)) or any(
        message.is_shot for message in wording.messages
    )


_BINARY = re.compile(
    r"\byes\b[^.\n]{0,20}\bno\b|\btrue\b[^.\n]{0,20}\bfalse\b|\bpositive\b[^.\n]{0,30}\bnegative\b"
    r"|\bspam\b|\bwhether\b|\bscale\b|\b(?:low|high)\b[^.\n]{0,30}\b(?:high|low)\b"
)
_FALLBACK = re.compile(
    r"\b(?:other|others|unknown|none|unclear|n/a|miscellaneous|misc|neither|not applicable|general"
    r"|unsure|uncertain|otherwise|neutral|if no|else|undefined|ambiguous|default|uncategorized"
    r"|unclassified|not sure|doesn't fit|does not fit|do not fit)\b"
)


def is_complete(wording: Wording) -> bool:
    """Whether every input has a label: two that exclude each other, a scale, or a fallback."""
    text = wording.lower
    return bool(_FALLBACK.search(text) or _BINARY.search(text))


_FORMAT = re.compile(
    r"\b(?:json|xml|yaml|csv|tsv|html|markdown|sql|toml|table|schema|format|template|regex|keys?"
    r"|columns?|fields?|delimit|separated|per line|each line|on its own line|one word|single word"
    r"|one of|label|number only|only the|yes or no|integer|boolean|true or false|structure)"
)


def names_a_format(wording: Wording) -> bool:
    """Whether a wording says anything of the form of the answer."""
    return bool(_FORMAT.search(wording.lower))
