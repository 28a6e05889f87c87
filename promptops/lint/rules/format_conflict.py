"""CON002."""

import re
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.nearby import near, sentence_around, shape
from promptops.lint.parsed import ParsedMessage, ParsedPrompt, Wording
from promptops.lint.phrases import phrase
from promptops.lint.regions import EVERYWHERE, Region
from promptops.lint.rule import Rule
from promptops.lint.scope import scope

_DATA = "json|xml|yaml|csv|html|plain text"
_TEXT = "prose|bullet points|bulleted list|numbered list|table|mermaid|markmap"
_MARKDOWN = "markdown(?: table)?"
_FORMATS = f"{_DATA}|{_MARKDOWN}|latex|{_TEXT}"
_SEEDS = ("json", "xml", "yaml", "csv", "html", "plain text", "markdown", "latex", "prose",
          "bullet", "table", "numbered list", "mermaid",
          "markmap")  # fmt: skip
_ONLY_SEEDS = ("only", "just", "strictly", "exclusively", "nothing but", "solely")
_UNITS = frozenset(
    {"table", "list", "bullet", "code", "value", "message", "line", "key", "field", "item", "label",
     "name"}
)  # fmt: skip


def _only(formats: str) -> re.Pattern[str]:
    """One of some formats and no other is asked for."""
    return phrase(
        r"\b(?:return|respond|answer|reply|output|produce|write|generate|give)\b"
        r"(?:[^.;\n]{0,40}\b(?:only|just|strictly|exclusively|nothing but|solely)\b"
        rf"[^.;,\n]{{0,20}}?\b(?P<format>{formats})\b|[^.;\n]{{0,20}}\b(?P<after>{formats}) only\b)"
        r"|\b(?:(?:only|just) (?:return|output|produce|make)"
        r"|(?:answer|response|reply|output) is only) (?:in |the |raw |valid ){0,3}"
        rf"(?P<last>{formats})(?=[.!\n]| (?:syntax|code|object|array))"
    )


def _also(formats: str) -> re.Pattern[str]:
    """One of some formats is asked for."""
    return phrase(
        r"\b(?:return|respond|answer|reply|output|produce|write|use|format|give)\b"
        r"(?: (?:it|this|them|the|your|all|answer|response|output|reply|result|results|as|in|with"
        rf"|using|a|an|valid|clean|formatted)){{0,6}} (?P<format>{formats})\b"
    )


def _nothing_but(formats: str) -> re.Pattern[str]:
    """What `_only` matches, without the verb: it is found several times as fast."""
    return phrase(
        r"\b(?:only|just|strictly|exclusively|nothing but|solely)\b"
        rf"(?:[^.;,\n]{{0,20}}?\b(?:{formats})\b"
        rf"|(?: return| output| produce| make)? (?:in |the |raw |valid ){{0,3}}(?:{formats}))"
        rf"|\b(?:{formats}) only\b"
    )


_OTHER = _nothing_but(f"{_DATA}|latex|{_TEXT}")
_NAMED = re.compile("|".join(_SEEDS).replace(" ", r"\s"))
_ONLY, _ALSO = _only(_FORMATS), _also(_FORMATS)
_TABLE = phrase(
    r"\b(?:present|output|return|format|write|give|show|put)\b[^.;\n]{0,40} (?:as|in)"
    r"(?: the form of)? an? (?P<format>markdown|csv|html|latex) table\b"
)
_NOT_SO = phrase(
    r"(?:\bdo not|\bdon't|\bnever) (?:use|output|write|include|return)(?: any)?"
    r" (?P<format>bullet points|bullets|bulleted lists|tables|numbered lists)(?=[.!,;\n])"
)
_SO = phrase(
    r"\b(?:return|answer|reply|output|write|use|format|give|present)(?: (?:it|this|them|the|your"
    r"|all|answer|response|output|reply|result|results|as|in|with|using|a|an|form|of)){0,6}"
    r" (?P<format>bullet points|bullets|bulleted list|table|numbered list)\b"
)
_SECTION = phrase(r"\b(?:output|write|add|create) an? section (?:called|named|titled)\b")
_LAYOUT = phrase(
    r"\b(?:output|answer|response) should look like (?:the following|this):\s{0,4}"
    r"(?!\s|json|array|object)[^{\[`<\"$]"
)
_SECTION_SEEDS, _LAYOUT_SEEDS = (" section",), ("should look like",)
_NOT_SEEDS = ("bullet", "table", "numbered list")
_NEGATED = re.compile(r"\b(?:not|never|no|avoid|without|don't)\b")
_BARE = frozenset({"mermaid", "markmap", "csv"})  # formats with no place for a section of text


class FormatConflict(Rule):
    """Two formats are demanded of one answer.

    What it does:
        Flags a second output format in a prompt that asks for one format only, or that declares a
        JSON schema and asks for something else than JSON. Of warning: a section of text beside
        nothing but CSV or Mermaid, a layout of text beside nothing but JSON, tables in two
        notations, and bullets, numbered lists or tables that are forbidden and asked for.

    Why is this bad?
        Whatever reads the answer breaks on the calls where the other format wins.

    Example:
        Return only JSON. Format the answer as a markdown table.

    Use instead:
        Return only JSON with the keys "item" and "price".

    What to do:
        Keep one format, or say when each applies.

    Source:
        OpenAI prompt optimization cookbook, format checker; GPT-5 prompting guide.
    """

    code = "CON002"
    name = "format-conflict"
    severity = Severity.ERROR
    version = 4
    triggers = ("json", "xml", "yaml", "csv", "html", "latex", "plain text")
    file_triggers = _SEEDS  # a declared schema excludes every other format
    shapes = (
        # Open, since a gap of so many characters would be compiled ten times as long.
        shape("(?:only|just|strictly|exclusively|nothing but|solely)")
        + shape(rf"[^.;,]*[^a-z0-9_](?:{_TEXT})"),
        shape(f"(?:{_TEXT}) only"),
        shape(
            r"(?:not|don.t|never) (?:use|output|write|include|return) (?:any )?"
            r"(?:bullet|tables|numbered)"
        ),
    )
    signs = (
        (_OTHER, _ALSO),
        (_nothing_but(_MARKDOWN), _also(_DATA)),  # Markdown holds what the others are
        (_OTHER, _LAYOUT),
        (_OTHER, _SECTION),
        (_NOT_SO,),
        (phrase(r"\b(?:csv|html|latex) table\b"),),  # two notations: one is not Markdown
    )
    tags = ("pd-structure",)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield the first format that contradicts the exclusive one, in each wording."""
        schema = prompt.prompt is not None and prompt.prompt.output is not None
        for wording in prompt.wordings:
            if not schema and not self._could_conflict(wording):
                continue
            exclusive: tuple[str, str] | None = (
                ("json", "the declared JSON output") if schema else None
            )
            for message in wording.instructing:
                for match in _only_near(message, self.regions):
                    if self._unconditional(message, match) and exclusive is None:
                        words = message.text[match.start() : match.end()]
                        exclusive = (_exclusive(match), f'"{words}"')
            yield from self._forbidden(prompt, wording.instructing)
            found = exclusive and self._rival(prompt, wording.instructing, exclusive)
            if found or (found := self._tables(prompt, wording.instructing)):
                yield found

    def _could_conflict(self, wording: Wording) -> bool:
        """Whether two formats exclude each other, in whatever kind of text and sentence."""

        def matches(
            pattern: re.Pattern[str], seeds: tuple[str, ...], before: int, after: int
        ) -> Iterator[re.Match[str]]:
            for each in wording.instructing:
                yield from near(each, pattern, seeds, EVERYWHERE, before=before, after=after)

        if any(matches(_NOT_SO, _NOT_SEEDS, 40, 24)):
            return True
        if len({match["format"] for match in matches(_TABLE, (" table",), 90, 12)}) > 1:
            return True
        only = {
            _exclusive(match)
            for each in wording.instructing
            for match in _only_near(each, EVERYWHERE)
        }
        if "json" in only and any(matches(_LAYOUT, _LAYOUT_SEEDS, 30, 40)):
            return True
        if not only.isdisjoint(_BARE) and any(matches(_SECTION, _SECTION_SEEDS, 30, 40)):
            return True
        return bool(only) and any(
            _differ(_family(match["format"]), each)
            for match in matches(_ALSO, _SEEDS, 120, 40)
            for each in only
        )

    def _rival(
        self, prompt: ParsedPrompt, messages: tuple[ParsedMessage, ...], exclusive: tuple[str, str]
    ) -> Finding | None:
        for message in messages:
            for match in near(message, _ALSO, _SEEDS, self.regions, before=120, after=40):
                if _differ(_family(match["format"]), exclusive[0]) and self._unconditional(
                    message, match
                ):
                    return self._against(prompt, message, match, exclusive[1])
        pattern, seeds = _LAYOUT, _LAYOUT_SEEDS
        if exclusive[0] in _BARE:
            pattern, seeds = _SECTION, _SECTION_SEEDS
        elif exclusive[0] != "json":
            return None
        for message in messages:
            for match in near(message, pattern, seeds, self.regions, before=30, after=40):
                return self._against(prompt, message, match, exclusive[1], Severity.WARNING)
        return None

    def _tables(self, prompt: ParsedPrompt, messages: tuple[ParsedMessage, ...]) -> Finding | None:
        first: re.Match[str] | None = None
        for message in messages:
            for match in near(message, _TABLE, (" table",), self.regions, before=90, after=12):
                if not self._settled(message, match):
                    continue
                first = first or match
                if match["format"] != first["format"]:
                    words = f'"{" ".join(first.group().split())}"'
                    return self._against(prompt, message, match, words, Severity.WARNING)
        return None

    def _forbidden(
        self, prompt: ParsedPrompt, messages: tuple[ParsedMessage, ...]
    ) -> Iterator[Finding]:
        no: dict[str, str] = {}
        for message in messages:
            for match in near(message, _NOT_SO, _NOT_SEEDS, self.regions, before=40, after=24):
                start, end = sentence_around(message, match.start())
                if scope(message.lower[start:end], without=_UNITS) == frozenset():
                    no[_kind(match["format"])] = f'"{message.text[match.start() : match.end()]}"'
        for message in messages if no else ():
            for match in near(message, _SO, _NOT_SEEDS, self.regions, before=80, after=24):
                words = no.get(_kind(match["format"]))
                if words and self._unconditional(message, match):
                    yield self._against(prompt, message, match, words, Severity.WARNING)
                    return

    def _against(
        self,
        prompt: ParsedPrompt,
        message: ParsedMessage,
        match: re.Match[str],
        words: str,
        severity: Severity | None = None,
    ) -> Finding:
        here = message.text[match.start() : match.end()].rstrip()
        text = f'"{here}" contradicts {words}'
        return self.found(prompt, message, match.span(), text, severity=severity)

    @staticmethod
    def _settled(message: ParsedMessage, match: re.Match[str]) -> bool:
        """Whether the sentence is neither negated nor conditional."""
        start, end = sentence_around(message, match.start())
        sentence = message.lower[start:end]
        return not _NEGATED.search(sentence) and scope(sentence) is not None

    @staticmethod
    def _unconditional(message: ParsedMessage, match: re.Match[str]) -> bool:
        start, end = sentence_around(message, match.start())
        sentence = message.lower[start:end]
        return not _NEGATED.search(sentence) and scope(sentence, without=_UNITS) == frozenset()


def _only_near(message: ParsedMessage, regions: frozenset[Region]) -> Iterator[re.Match[str]]:
    return near(message, _ONLY, _ONLY_SEEDS, regions, before=70, after=60, holding=_NAMED)


_LISTS = frozenset({"bullet points", "bulleted list", "numbered list"})
_MARKED_UP = _LISTS | {"table", "markdown", "plain text"}


def _exclusive(match: re.Match[str]) -> str:
    return _family(match["format"] or match["after"] or match["last"])


def _family(name: str) -> str:
    plain = " ".join(name.split())
    return "markdown" if plain.startswith("markdown") else plain


def _kind(name: str) -> str:
    return "table" if name.startswith("table") else name[:6]


def _differ(one: str, other: str) -> bool:
    """Whether two formats exclude each other: Markdown holds lists and tables, HTML tables."""
    if one == other or {one, other} <= _LISTS:
        return False
    if "markdown" in (one, other):
        if {one, other} & {"mermaid", "markmap"}:
            return False
        return not {one, other} & (_LISTS | {"table", "latex", "prose"})
    return not ({one, other} <= _MARKED_UP | {"prose"} and "plain text" in (one, other))
