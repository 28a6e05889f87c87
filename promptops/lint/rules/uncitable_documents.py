"""RAG005."""

import re
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.phrases import phrase
from promptops.lint.rule import Rule

_CITE = phrase(
    r"\b(?:cite|citing|reference|name|give|include|list|add|mention|state|return|with) (?:the |its"
    r" |your |their |each |every |any |all ){0,2}"
    r"(?:(?:document|source|chunk|passage|article)s?(?:'s)? (?:ids?|identifiers?|numbers?|urls?"
    r"|links?)|(?:doc|chunk|source|document)_ids?|(?:ids?|urls?|links?) of the"
    r" (?:source|document|chunk|passage|article)s?|citations? (?:like|such as|in the form) \[)"
)
_BRINGS_SOURCES = re.compile(r"(?:^|_)(?:sources?|docs?|documents?|urls?|links?|citations?|ids?)$")


class UncitableDocuments(Rule):
    """The prompt asks for sources that the retrieved text does not name.

    What it does:
        Flags a prompt with `retrieval` that asks to cite documents by id or link. What retrieval
        fills in are the bare texts of chunks. A prompt with a variable that brings the sources
        (its name ends in source, doc, url, id or the like) is left alone.

    Why is this bad?
        The model cannot know the ids and makes them up; a wrong source is trusted more than none.

    Example:
        retrieval: {kb: support, version: "v1", query: "{{ q }}", into: context}
        variables: {q: {type: string, max_length: 200}}
        messages:
          - role: user
            content: "Answer from the text and cite the document id. If unknown, say so.
              <context>{{ context }}</context> <q>{{ q }}</q>"

    Use instead:
        retrieval: {kb: support, version: "v1", query: "{{ q }}", into: context}
        variables: {q: {type: string, max_length: 200}}
        messages:
          - role: user
            content: "Answer from the text and quote the sentence that proves it. If unknown, say
              so. <context>{{ context }}</context> <q>{{ q }}</q>"

    What to do:
        Ask for a verbatim quote, which can be checked against the documents; the run's evidence
        records which chunks were used.

    Source:
        OWASP Top 10 for LLM applications 2025, LLM09 misinformation; Anthropic guide on reducing
        hallucinations (quotes).
    """

    code = "RAG005"
    name = "uncitable-documents"
    severity = Severity.WARNING
    needs_file = True
    tags = ("owasp-llm09", "pd-context")
    triggers = ("source", "document", "chunk", "passage", "article", "doc_id", "citation")

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield the first such request of each message."""
        if prompt.prompt is None or prompt.prompt.retrieval is None:
            return
        if any(map(_BRINGS_SOURCES.search, prompt.prompt.variables)):
            return
        for wording in prompt.wordings:
            for message in wording.instructing:
                match = next(message.find(_CITE, self.regions), None)
                if match:
                    words = " ".join(message.text[match.start() : match.end()].split())
                    text = f'"{words}": the retrieved text names no sources'
                    yield self.found(prompt, message, match.span(), text)
