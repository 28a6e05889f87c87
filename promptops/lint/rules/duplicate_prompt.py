"""REG012."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from promptops.core.canonical import digest
from promptops.lint.finding import Finding, Severity
from promptops.lint.project.likeness import near_pairs
from promptops.lint.project.model import Member, Project
from promptops.lint.project.rule import ProjectRule
from promptops.lint.slots import tags

_WORD = re.compile(r"\w{1,64}|[^\w\s]")
_SIZE = 5
_COMMON_FROM = 10
_COMMON_SHARE = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class _Text:
    """A prompt without what may differ in a copy: case, spacing, the names of its variables."""

    member: Member
    words: tuple[str, ...]
    purpose: str


class DuplicatePrompt(ProjectRule):
    """The prompt stands in the registry twice.

    What it does:
        Compares the wording of all prompts, whatever the variables are called. A prompt that says
        the same, with the same output and the same knowledge base, is flagged as a warning; one
        that shares at least `similarity` of its five-word runs (Jaccard), as information. Runs
        that a quarter of the registry uses, such as a house style, do not count, and neither do
        prompts of fewer than `fewest_words` words.

    Why is this bad?
        A correction reaches one of the copies; the others answer by the old rule.

    Example:
        id: ticket-sorter
        variables: {ticket: {type: string, max_length: 200}}
        messages:
          - role: user
            content: |-
              Sort the ticket by the team that has to answer it, sales or service.
              <ticket>{{ ticket }}</ticket>
        ---
        id: mail-sorter
        variables: {mail: {type: string, max_length: 200}}
        messages:
          - role: user
            content: |-
              Sort the ticket by the team that has to answer it, sales or service.
              <ticket>{{ mail }}</ticket>

    Use instead:
        id: ticket-sorter
        variables: {ticket: {type: string, max_length: 200}}
        messages:
          - role: user
            content: |-
              Sort the ticket by the team that has to answer it, sales or service.
              <ticket>{{ ticket }}</ticket>
        ---
        id: ticket-answer
        variables: {ticket: {type: string, max_length: 200}}
        messages:
          - role: user
            content: |-
              Answer the ticket in three sentences and name the next step.
              <ticket>{{ ticket }}</ticket>

    What to do:
        Keep one and let both callers use it, or write down what the other is for.

    Source:
        Taxonomy of Prompt Defects (arXiv 2509.14404), maintainability; Bayardo et al. 2007,
        All-Pairs similarity search.
    """

    code = "REG012"
    name = "duplicate-prompt"
    severity = Severity.WARNING
    tags = ("pd-maintainability",)
    defaults = {"similarity": 0.8, "fewest_words": 12}

    def check_project(self, project: Project) -> Iterator[Finding]:
        """Yield one finding for each prompt that an earlier one says, whole or nearly."""
        least = self.number("fewest_words")
        texts = [text for text in map(_text, project.members) if len(text.words) >= least]
        first: dict[tuple[tuple[str, ...], str], _Text] = {}
        kept = []
        for text in texts:
            twin = first.setdefault((text.words, text.purpose), text)
            if twin is text:
                kept.append(text)
            else:
                said = f'this says word for word what "{twin.member.prompt.id}" says'
                yield self.found_at_key(text.member.parsed, "/id", said)
        yield from self._near(kept)

    def _near(self, texts: Sequence[_Text]) -> Iterator[Finding]:
        best: dict[int, tuple[float, int]] = {}
        for one, two, similarity in near_pairs(_shingles(texts), self.number("similarity")):
            if texts[one].purpose == texts[two].purpose:
                best[two] = max(best.get(two, (0.0, 0)), (similarity, -one))
        for two, (similarity, one) in sorted(best.items()):
            twin = texts[-one].member.prompt.id
            said = f'{similarity:.0%} of this is what "{twin}" says'
            member = texts[two].member
            yield self.found_at_key(member.parsed, "/id", said, severity=Severity.INFO)


def _text(member: Member) -> _Text:
    prompt = member.prompt
    words: list[str] = []
    for message in prompt.messages:
        words.append(f"<{message.role}>")
        words += _WORD.findall(_masked(message.content).lower())
    purpose = digest(
        [
            prompt.output.schema_ if prompt.output else None,
            prompt.retrieval.kb if prompt.retrieval else None,
        ]
    )
    return _Text(member=member, words=tuple(words), purpose=purpose)


def _masked(content: str) -> str:
    """The text with one sign for every value, and template statements left out."""
    if "{" not in content:
        return content
    parts, done = [], 0
    for tag in tags(content):
        parts += [content[done : tag.start], "\u25a1" if tag.kind == "value" else " "]
        done = tag.end
    return "".join(parts) + content[done:]


def _shingles(texts: Sequence[_Text]) -> list[frozenset[int]]:
    """The five-word runs of each text, without those that much of a larger registry has."""
    sets = [
        frozenset(
            hash(text.words[start : start + _SIZE])
            for start in range(max(1, len(text.words) - _SIZE + 1))
        )
        for text in texts
    ]
    if len(texts) < _COMMON_FROM:
        return sets
    count = Counter(shingle for each in sets for shingle in each)
    common = {run for run, times in count.items() if times > _COMMON_SHARE * len(texts)}
    return [each - common for each in sets] if common else sets
