"""Comments that allow a finding, each with its reason.

    # promptops: ignore[SEC008] the caller stops after three attempts
    content: …                 # promptops: ignore[vague-quantifier] any number will do
    # promptops: ignore-file[REG] imported collection
    {# promptops: ignore[AMB001] any number will do #}

A YAML comment on its own line speaks for the value that begins on the next line, whole (a block of
text has no room for comments inside it); at the end of a line, for that line. A template comment
speaks for its own line, or for the next one when it stands alone. Codes, groups and rule names are
understood. A comment without a reason allows nothing, and one that allows nothing is a finding.
A reason may begin with the last day on which it holds, after which the comment allows nothing:

    # promptops: ignore[SEC008] until 2027-01-31: the caller stops after three attempts
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import yaml

from promptops.lint.finding import Finding
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.rule import group_of
from promptops.lint.slots import tags
from promptops.lint.text import Lines

MARK = "promptops: ignore"
_COMMENT = re.compile(
    r"promptops:[ \t]{0,4}ignore(?P<whole>-file)?(?:[ \t]{0,4}\[(?P<codes>[^\]\n]{0,200})\])?"
    r"[ \t]{0,4}(?P<reason>[^\n]{0,300})",
    re.IGNORECASE,
)
_UNTIL = re.compile(r"until\s{1,4}(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})(?![0-9])[\s:,;-]{0,4}")
_NEARLY_UNTIL = re.compile(r"(?:until|till?)\b", re.IGNORECASE)
_NO_REASON = re.compile(r"\W{0,9}(?:todo|fixme|xxx|tbd|reason|\w{0,2})\W{0,9}", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """One comment: what it allows, where, and why."""

    names: tuple[str, ...]
    reason: str
    line: int
    column: int
    first_line: int
    last_line: int
    until: str = ""

    def fault(self, today: date | None) -> str:
        """Why the comment cannot allow anything, "" when it can."""
        if not self.names:
            return "names no rule: write ignore[CODE] and the reason"
        if _NO_REASON.fullmatch(self.reason):
            return "gives no reason"
        if not self.until:
            dated = _NEARLY_UNTIL.match(self.reason)
            return "names no day: write until 2027-01-31" if dated else ""
        try:
            last = date.fromisoformat(self.until)
        except ValueError:
            return f"names a day that does not exist ({self.until})"
        return f"expired on {self.until}" if today is not None and today > last else ""

    def covers(self, finding: Finding) -> bool:
        """Whether the comment speaks of this finding."""
        return self.first_line <= finding.line <= self.last_line and any(
            name in {finding.code, group_of(finding.code), finding.name} for name in self.names
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sifted:
    """Findings after suppression, and the comments that are themselves at fault."""

    kept: tuple[Finding, ...]
    suppressed: int
    idle: tuple[tuple[Suppression, str], ...]


def sift(prompt: ParsedPrompt, findings: Iterable[Finding], *, today: date | None = None) -> Sifted:
    """Drop what the prompt's comments allow; name the comments that allow nothing, and why.

    ``today`` is the day by which comments expire; with None none does.
    """
    comments = read_suppressions(prompt)
    if not comments:
        return Sifted(kept=tuple(findings), suppressed=0, idle=())
    faults = [comment.fault(today) for comment in comments]
    valid = [comment for comment, fault in zip(comments, faults, strict=True) if not fault]
    used: set[int] = set()
    kept = []
    dropped = 0
    for finding in findings:
        covering = [n for n, comment in enumerate(valid) if comment.covers(finding)]
        used.update(covering)
        if covering:
            dropped += 1
        else:
            kept.append(finding)
    idle = [(comment, fault) for comment, fault in zip(comments, faults, strict=True) if fault]
    idle += [
        (comment, "allows nothing that is found here")
        for number, comment in enumerate(valid)
        if number not in used
    ]
    return Sifted(kept=tuple(kept), suppressed=dropped, idle=tuple(idle))


def read_suppressions(prompt: ParsedPrompt) -> tuple[Suppression, ...]:
    """The suppression comments of a prompt file, in the order of their lines."""
    if prompt.comments is not None:
        return tuple(_foreign_comments(prompt))
    if not _COMMENT.search(prompt.source):
        return ()
    found = [*_yaml_comments(prompt.source), *_template_comments(prompt)]
    return tuple(sorted(found, key=lambda comment: (comment.line, comment.column)))


def _foreign_comments(prompt: ParsedPrompt) -> Iterator[Suppression]:
    lines = prompt.source.count("\n") + 1 if prompt.comments else 0
    for comment in prompt.comments or ():
        if match := _COMMENT.match(comment.text):
            reach = (comment.first_line, comment.last_line)
            yield _suppression(match, comment.line, comment.column, reach, lines)


def _yaml_comments(source: str) -> Iterator[Suppression]:
    lines = source.split("\n")
    position = Lines(source).position
    texts = _scalar_stretches(source)
    for match in _COMMENT.finditer(source):
        mark = source.rfind("#", 0, match.start())
        if mark < 0 or source[mark + 1 : match.start()].strip():
            continue
        if any(start <= mark < end for start, end in texts):
            continue  # a "#" inside a text is part of what the model reads
        line, column = position(mark)
        alone = not lines[line - 1][: column - 1].strip()
        first, last = _reach(lines, line) if alone else (line, line)
        yield _suppression(match, line, column, (first, last), len(lines))


def _template_comments(prompt: ParsedPrompt) -> Iterator[Suppression]:
    for message in prompt.messages:
        if "promptops" not in message.lower:
            continue
        for tag in tags(message.text):
            match = _COMMENT.match(tag.body) if tag.kind == "comment" else None
            if match is None:
                continue
            line, column = message.place(tag.start)
            begin = message.text.rfind("\n", 0, tag.start) + 1
            end = message.text.find("\n", tag.end)
            rest = (
                message.text[begin : tag.start] + message.text[tag.end : end if end > 0 else None]
            )
            reach = (line, line) if rest.strip() else (line, line + 1)
            yield _suppression(match, line, column, reach, prompt.source.count("\n") + 1)


def _suppression(
    match: re.Match[str], line: int, column: int, reach: tuple[int, int], line_count: int
) -> Suppression:
    first, last = (1, line_count) if match["whole"] else reach
    reason = match["reason"].removeprefix("--").strip()
    until = _UNTIL.match(reason)
    return Suppression(
        names=tuple(name.strip() for name in (match["codes"] or "").split(",") if name.strip()),
        reason=reason[until.end() :] if until else reason,
        line=line,
        column=column,
        first_line=first,
        last_line=last,
        until=until["day"] if until else "",
    )


def _reach(lines: Sequence[str], line: int) -> tuple[int, int]:
    """The lines of the YAML value that begins right after a comment on its own line."""
    depth: Callable[[str], int] = lambda text: len(text) - len(text.lstrip(" "))  # noqa: E731
    first = line + 1
    while first <= len(lines) and lines[first - 1].lstrip().startswith("#"):
        first += 1
    if first > len(lines):
        return line, line
    indent = depth(lines[first - 1])
    last = first
    while last < len(lines) and (not lines[last].strip() or depth(lines[last]) > indent):
        last += 1
    return line, last


def _scalar_stretches(source: str) -> list[tuple[int, int]]:
    """Where YAML's own reader sees texts; the source has been loaded before, so it is valid."""
    return [
        (token.start_mark.index, token.end_mark.index)
        for token in yaml.scan(source, Loader=yaml.SafeLoader)
        if isinstance(token, yaml.ScalarToken)
    ]
