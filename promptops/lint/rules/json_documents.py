"""MOD005."""

import re
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.regions import WRITTEN
from promptops.lint.rule import Rule
from promptops.lint.targets import targeted

_DOCUMENT = re.compile(
    r'\{\s{0,20}"(?:id|doc_id|doc|title|source|url|content|text|passage)"\s{0,4}:'
    r"|\{\s{0,20}'(?:id|doc_id|doc|title|source|url|content|text|passage)'\s{0,4}:"
)
_LOOP = re.compile(r"\{%-?\s{0,8}for\b[^%]{1,120}%\}")


class JsonDocuments(Rule):
    """Documents are given to GPT-4.1 as JSON.

    What it does:
        Flags a prompt whose declared target is GPT-4.1 when a message holds `most` or more
        document objects of JSON, or writes one in a loop.

    Why is this bad?
        With many documents in the context, JSON did clearly worse than XML or lines of fields in
        OpenAI's tests, and its quotes and escapes cost tokens.

    Example:
        model: {requires: {model: openai/gpt-4.1}}
        variables: {docs: {type: array, max_items: 20, items: {type: string, max_length: 900}}}
        messages:
          - role: user
            content: |-
              Answer from the documents.
              [{% for d in docs %}{"id": {{ loop.index }}, "content": "{{ d }}"},{% endfor %}]

    Use instead:
        model: {requires: {model: openai/gpt-4.1}}
        variables: {docs: {type: array, max_items: 20, items: {type: string, max_length: 900}}}
        messages:
          - role: user
            content: |-
              Answer from the documents.
              {% for d in docs %}<doc id="{{ loop.index }}">{{ d }}</doc>{% endfor %}

    What to do:
        Write each document as `<doc id="…" title="…">…</doc>`.

    Source:
        OpenAI GPT-4.1 prompting guide, delimiters.
    """

    code = "MOD005"
    name = "json-documents"
    severity = Severity.WARNING
    tags = ("pd-structure", "pd-context")
    needs_file = True
    regions = WRITTEN
    triggers = ('"id"', '"doc', '"title"', '"source"', '"url"', '"content"', '"text"', '"passage"',
                "'id'", "'doc", "'title'", "'source'", "'url'", "'content'", "'text'",
                "'passage'")  # fmt: skip
    defaults = {"most": 5}

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield the first document of each message that is at fault."""
        for call in targeted(prompt):
            if not any(item[2] == "certain" for item in call.claims("document_format", "not-json")):
                continue
            for message in call.messages:
                if message.is_shot:
                    continue
                found = list(_DOCUMENT.finditer(message.lower))
                looped = [
                    match
                    for match in found
                    for loop in _LOOP.finditer(message.text)
                    if loop.end() <= match.start() < message.text.find("endfor", loop.end())
                ]
                hit = looped or (found if len(found) >= self.number("most") else [])
                if hit:
                    text = "documents as JSON are read worse by GPT-4.1 than documents in tags"
                    yield self.found(prompt, message, hit[0].span(), text)
