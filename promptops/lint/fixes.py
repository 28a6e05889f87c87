"""Apply the fixes that findings carry.

A fix is applied whole or not at all, and only where it can be proved harmless: the stretches it
replaces belong to the regions that its rule speaks about, no template tag changes, and a YAML file
still reads as itself with exactly the edited words changed. What cannot be proved is refused, with
the reason. Everything outside the edits stays as it is, byte for byte: line ends, the last line
break, the byte order mark.
"""

from bisect import bisect_left, insort
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import unified_diff as _unified_diff
from itertools import pairwise

from promptops.errors import InputError
from promptops.lint.edited_file import EditedFile, Patch, open_file
from promptops.lint.finding import Finding
from promptops.lint.scalar_edits import NotEditableError

MOST_ROUNDS = 10
_BOM = "\ufeff"
_Chosen = tuple[Finding, tuple[Patch, ...]]

Verify = Callable[[str, str], None]
"""Told the text before and after; raises `NotEditableError` or an `InputError` to refuse."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A fix that was not applied, and why."""

    finding: Finding
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FixOutcome:
    """A text after its fixes.

    ``waiting`` holds fixes that overlap an applied one: linting the new text says whether they are
    still called for (`fix_until_stable` does that).
    """

    text: str
    applied: tuple[Finding, ...] = ()
    refused: tuple[Refused, ...] = ()
    waiting: tuple[Finding, ...] = ()


def is_applicable(finding: Finding, *, unsafe: bool = False) -> bool:
    """Whether a finding has a fix that ``--fix`` (or ``--unsafe-fixes``) would try."""
    if finding.fix is None or not finding.fix.edits:
        return False
    return finding.fix.applicability == "safe" or (unsafe and finding.fix.applicability == "unsafe")


def fix_text(
    text: str,
    findings: Sequence[Finding],
    *,
    unsafe: bool = False,
    verify: Verify | None = None,
    kind: str | None = None,
) -> FixOutcome:
    """Apply the fixes of findings about one file, in the order of their places.

    Args:
        text: The whole file, as decoded; its first character may be a byte order mark.
        findings: What the linter found in it. Display-only fixes are passed over.
        unsafe: Also apply fixes that may change the meaning.
        verify: A further check of each result; see `Verify`.
        kind: A file name that says how the file is edited, where its own does not.

    Returns:
        The new text with what was applied, what was refused, and what has to wait because it
        overlaps an earlier fix.
    """
    tried = [f for f in sorted(findings, key=_by_place) if is_applicable(f, unsafe=unsafe)]
    if not tried:
        return FixOutcome(text=text)
    mark = _BOM if text.startswith(_BOM) else ""
    body = text[len(mark) :]
    try:
        file = open_file(body, kind or tried[0].path)
    except NotEditableError as problem:
        refused = tuple(Refused(finding=finding, reason=str(problem)) for finding in tried)
        return FixOutcome(text=text, refused=refused)
    chosen: list[_Chosen] = []
    refused_fixes, waiting = [], []
    taken: list[Patch] = []
    for finding in tried:
        try:
            patches = _patches(file, finding)
        except NotEditableError as problem:
            refused_fixes.append(Refused(finding=finding, reason=str(problem)))
            continue
        if _fit(patches, taken):
            chosen.append((finding, patches))
            for patch in patches:
                insort(taken, patch, key=_stretch)
        else:
            waiting.append(finding)
    fixed, applied, broken = _apply(file, body, chosen, verify)
    return FixOutcome(
        text=mark + fixed,
        applied=applied,
        refused=tuple(sorted((*refused_fixes, *broken), key=lambda item: _by_place(item.finding))),
        waiting=tuple(waiting),
    )


def fix_until_stable(
    text: str,
    lint: Callable[[str], Sequence[Finding]],
    *,
    unsafe: bool = False,
    verify: Verify | None = None,
    kind: str | None = None,
) -> FixOutcome:
    """Fix, lint again and fix what that reveals, until no fix is left to apply.

    Args:
        text: The whole file.
        lint: The findings of a text, which it is given without a byte order mark.
        unsafe: Also apply fixes that may change the meaning.
        verify: As for `fix_text`.
        kind: As for `fix_text`.

    Raises:
        InputError: After ten rounds there is still something to fix: two rules disagree.
    """
    applied: list[Finding] = []
    for _ in range(MOST_ROUNDS):
        found = lint(text.removeprefix(_BOM))
        outcome = fix_text(text, found, unsafe=unsafe, verify=verify, kind=kind)
        if not outcome.applied:
            return FixOutcome(text=text, applied=tuple(applied), refused=outcome.refused)
        applied += outcome.applied
        text = outcome.text
    found = lint(text.removeprefix(_BOM))
    left = [finding for finding in found if is_applicable(finding, unsafe=unsafe)]
    if not fix_text(text, left, unsafe=unsafe, verify=verify, kind=kind).applied:
        return FixOutcome(text=text, applied=tuple(applied))
    names = sorted({f"{finding.code} {finding.name}" for finding in left})
    raise InputError(
        f"after {MOST_ROUNDS} rounds there is still something to fix: {', '.join(names)}",
        where=left[0].path,
        hint="ignore one of these rules here; their fixes call for each other",
    )


def unified_diff(path: str, before: str, after: str) -> str:
    """The change of one file as a unified diff; empty when nothing changes."""
    if before == after:
        return ""
    old, new = (_lines(text) for text in (before, after))
    return "".join(_marked(_unified_diff(old, new, f"a/{path}", f"b/{path}")))


def _patches(file: EditedFile, finding: Finding) -> tuple[Patch, ...]:
    patches = file.patches(finding)
    if not _fit(patches, []):
        raise NotEditableError("the edits of this fix overlap")
    return patches


def _apply(
    file: EditedFile, body: str, chosen: Sequence[_Chosen], verify: Verify | None
) -> tuple[str, tuple[Finding, ...], list[Refused]]:
    """All at once when that holds; else halves of them, so that only what does not is left out."""
    text = body
    taken: list[Patch] = []
    applied: list[Finding] = []
    refused: list[Refused] = []
    groups = [chosen] if chosen else []
    while groups:
        group = groups.pop()
        patches = [*taken, *(patch for _, patches in group for patch in patches)]
        fixed, problem = _attempt(file, body, patches, verify)
        if problem is None:
            text, taken = fixed, patches
            applied += [finding for finding, _ in group]
        elif len(group) == 1:
            refused.append(Refused(finding=group[0][0], reason=problem))
        else:
            half = len(group) // 2
            groups += [group[half:], group[:half]]
    return text, tuple(applied), refused


def _attempt(
    file: EditedFile, body: str, patches: Sequence[Patch], verify: Verify | None
) -> tuple[str, str | None]:
    """The text with the patches, and why it must not be used, None when it may."""
    parts, done = [], 0
    for patch in sorted(patches, key=lambda patch: (patch.start, patch.end)):
        parts += [body[done : patch.start], patch.written]
        done = patch.end
    after = "".join(parts) + body[done:]
    if _has_bare_line_end(after) and "\n" in body and not _has_bare_line_end(body):
        return after, "the edit would leave a line end of another kind"
    try:
        file.check(after, patches)
        if verify is not None:
            verify(body, after)
    except (NotEditableError, InputError) as problem:
        return after, str(problem)
    return after, None


def _has_bare_line_end(text: str) -> bool:
    return text.count("\n") > text.count("\r\n")


def _fit(patches: Sequence[Patch], taken: Sequence[Patch]) -> bool:
    """Whether patches overlap neither each other nor ``taken``, which is in order and apart."""
    ordered = sorted(patches, key=_stretch)
    if any(_overlap(one, other) for one, other in pairwise(ordered)):
        return False
    for patch in ordered:
        at = bisect_left(taken, _stretch(patch), key=_stretch)
        if any(_overlap(patch, other) for other in taken[max(0, at - 1) : at + 1]):
            return False
    return True


def _stretch(patch: Patch) -> tuple[int, int]:
    return patch.start, patch.end


def _overlap(one: Patch, other: Patch) -> bool:
    """Two insertions at one place overlap too: nothing says which comes first."""
    if one.start == one.end or other.start == other.end:
        return one.start <= other.end and other.start <= one.end
    return one.start < other.end and other.start < one.end


def _by_place(finding: Finding) -> tuple[object, ...]:
    return finding.order


def _lines(text: str) -> list[str]:
    """Lines with their ends; only LF ends a line, as in every position that we print."""
    lines = text.split("\n")
    return [f"{line}\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])


def _marked(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
