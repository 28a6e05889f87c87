"""VAR006."""

import re
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedMessage, ParsedPrompt
from promptops.lint.rule import Rule

_NOTE = re.compile(
    r"(?:TODO|FIXME|TBD|XXX)\b(?=[ \t]{0,2}[:(]|[ \t]{0,4}$)|[Ll]orem ipsum\b", re.MULTILINE
)
_NOTES = ("TODO", "FIXME", "TBD", "XXX", "orem ipsum")
_NEAR = 400  # characters of a sentence on either side that may speak about a marker
_INSIDE = re.compile(r"[\[#/\w-]\Z|[#/] \Z")
_TO_FILL = re.compile(
    r"\[(?i:insert|your|enter|add|paste|fill in|put|choose|specify|insertar|insérer|einfügen"
    r"|вставить)\b[^\]\n]{1,80}\](?!\()"
    r"|<(?i:insert|enter|paste|fill in|your)[ _-][^<>\n/]{1,80}>"
    r"|\[(?<![\w=(`\[]\[)(?:[A-Z][A-Z0-9]{1,30}[ _/-]){1,5}"
    r"(?:NAME|TITLE|DATE|HERE|NUMBER|EMAIL|ADDRESS|COMPANY|TOPIC|PRODUCT|URL|LINK|TEXT|AGE"
    r"|CITY|COUNTRY|LANGUAGE|ROLE|INDUSTRY|AUDIENCE|GOAL"
    r"|AMOUNT|PRICE|PHONE|DETAILS|DESCRIPTION|COLOR|STYLE|TYPE|FIELD)\](?!\()"
    r"|(?<=[a-z] )\[(?:topic|project|product|company|subject)\](?![(:\[])"
    r"|(?<=:\n)\[(?:INPUT|TEXT|CONTENT|TOPIC)\](?=\s{0,9}\Z)|(?<=[Yy]ou are )_{4,40}"
)
_LAST_WORD = (
    r"[ _/-](?:name|title|date|here|number|email|address|company|topic|product|url|link|text|age"
    r"|city|country|language|role|industry|audience|goal|amount|price|phone|details|description"
    r"|color|style|type|field)\]"
)
_TEMPLATE = re.compile(r"output|format|template|structure|response|report", re.IGNORECASE)
_FORM = re.compile(
    r"\b(?:following|this) (?:format|form|template|structure|layout)\b", re.IGNORECASE
)
_MEANT = re.compile(
    r"\b(?:placeholders?|in (?:square )?brackets|as \[|like \[|with \[|mark(?:ed)? (?:it )?(?:as"
    r"|with)|use \[|write \[|tags?|prefix(?:es)?|labels?|such as \[|replaced?|redact(?:ed)?"
    r"|mask(?:ed)?|never|without|avoid|each|every|any|all|if|find|search|list|remov\w{1,3}|count)(?:\b|\Z)"
    r"|\bnot?[ \t]{1,3}.?\Z",
    re.IGNORECASE,
)


class UnresolvedMarker(Rule):
    """Something that was to be filled in before use.

    What it does:
        Flags notes to oneself ("TODO:", "lorem ipsum") and fields to fill in ("[INSERT COMPANY]",
        "<your name>", "about [topic]", "You are ____"). A sentence that speaks about
        markers, or tells the model to write them, is left alone, and so is a section that shows
        what the answer looks like. A bare text with fields is a template for its reader: there
        they are one remark.

    Why is this bad?
        The model reads a note that was meant for the author.

    Example:
        You answer for [COMPANY NAME]. TODO: add the opening hours.

    Use instead:
        You answer for {{ company }}, open from 9 to 17.

    What to do:
        Fill it in, or make it a declared variable.

    Source:
        Taxonomy of Prompt Defects (arXiv 2509.14404), maintainability.
    """

    code = "VAR006"
    name = "unresolved-marker"
    severity = Severity.WARNING
    version = 3
    tags = ("pd-maintainability",)
    triggers = ("todo", "fixme", "tbd", "xxx", "lorem ipsum", "[insert", "[your", "[enter", "[add",
                "[paste", "[fill", "[put", "[choose", "[specify", "<insert", "<enter", "<paste",
                "<fill", "<your", "[insertar", "[insérer", "[einfügen", "[вставить")  # fmt: skip
    shapes = (
        _LAST_WORD,
        r"[a-z] \[(?:topic|project|product|company|subject)\]",
        r":\n\[(?:input|text|content|topic)\]",
        r"you are _{4}",
    )

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield the first marker of each wording in each message; of a bare text, one remark."""
        for message in prompt.messages:
            notes = any(word in message.text for word in _NOTES)
            for match in self._unresolved(message, _NOTE) if notes else ():
                text = f'"{match.group()}" was to be filled in'
                yield self.found(prompt, message, match.span(), text)
            fields = list(self._unresolved(message, _TO_FILL))
            if prompt.prompt is None and fields:
                count = "a field is" if len(fields) == 1 else f"{len(fields)} fields are"
                text = f"{count} to be filled in before use"
                span = fields[0].span()
                yield self.found(prompt, message, span, text, severity=Severity.INFO)
                continue
            for match in fields:
                text = f'"{match.group()}" was to be filled in'
                yield self.found(prompt, message, match.span(), text)

    def _unresolved(
        self, message: ParsedMessage, pattern: re.Pattern[str]
    ) -> Iterator[re.Match[str]]:
        seen: set[str] = set()
        for match in message.find(pattern, self.regions, cased=True):
            # Part of a word, a tag or a comment in code.
            before = message.text[max(0, match.start() - 2) : match.start()]
            if pattern is _NOTE and _INSIDE.search(before):
                continue
            if match.group() in seen:
                continue
            start, end = message.sentence_at(match.start())
            start, end = max(start, match.start() - _NEAR), min(end, match.end() + _NEAR)
            spoken_of = _MEANT.search(message.text, start, match.start() + 1) or _MEANT.search(
                message.text, match.end(), end
            )
            lead = message.text[max(0, match.start() - 120) : match.start()]
            if _FORM.search(lead):
                continue
            if spoken_of or _TEMPLATE.search(message.heading(start)):
                continue
            seen.add(match.group())
            yield match
