"""Personal data, where sets of labeled texts cannot tell tools apart: written forms, clean prompts.

`forms` asks about every case of `lint_personal_cases`. `clean` counts what is reported in
collections that were written without personal data, and what of it a stated rule allows.
"""

import ipaddress
import re
from collections import Counter
from collections.abc import Iterable

import lint_corpora
import lint_peers
from lint_outside import Cards, peers_for
from lint_outside import personal as labeled
from lint_personal_cases import LOOKALIKE, NOBODY, POSITIVE, Case, cases
from lint_scores import Score, Table, share

from promptops.lint import Linter

COLLECTIONS = ("awesome", "fabric", "wildguard", "notinject", "promptsource", "edits", "questions")
ENTITIES = ("EMAIL_ADDRESS", "IBAN_CODE", "US_SSN", "IP_ADDRESS", "CREDIT_CARD")
_KINDS = {
    "an e-mail address": "EMAIL_ADDRESS", "a bank account": "IBAN_CODE",
    "a social security": "US_SSN", "a public internet": "IP_ADDRESS",
    "a payment card": "CREDIT_CARD", "a card number published": "CREDIT_CARD",
}  # fmt: skip
_RULES = frozenset({"PRI002", "PRI003", "PRI004", "PRI008"})
_BEYOND = 5
"""Characters that a finding may have more than the value: a prefix length, brackets."""

Spans = list[tuple[str, int, int]]


def personal() -> tuple[list[Table], Cards]:
    """The tables of the labeled sets, of written forms and of clean prompts."""
    tables, cards = labeled()
    return [*tables, *forms(), clean()], cards


def tools(texts: list[str]) -> dict[str, list[Spans]]:
    """What each tool reports in each text: entity, start and end."""
    found = {"PromptOps": [_ours(text) for text in texts]}
    for peer in peers_for("pii", ["presidio"]):
        answers = lint_peers.ask(peer, texts)
        for name, levels in (("any score", {"error", "info"}), ("score 0.4 or more", {"error"})):
            found[f"Presidio, {name}"] = [
                [
                    (rule, start, end)
                    for _, rule, level, start, end in flags
                    if level in levels and start is not None and end is not None
                ]
                for flags in answers
            ]
    return found


_LINTER = Linter()


def _ours(text: str) -> Spans:
    """Findings of warning and above by what they call their value."""
    checked = _LINTER.check_text(text, path="prompt.md")
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    return [
        (entity, starts[each.line - 1] + each.column - 1,
         starts[each.end_line - 1] + each.end_column - 1)
        for each in checked.findings
        if each.code in _RULES and each.severity.value != "info"
        for words, entity in _KINDS.items()
        if each.message.startswith(words)
    ]  # fmt: skip


def forms() -> list[Table]:
    """Both tables of the written forms: all of an entity, and the forms that a tool fails on."""
    every = list(cases())
    answers = tools([case.text for case in every])
    table, failing = [], []
    for entity in ENTITIES:
        for tool, spans in answers.items():
            mine = [(case, found) for case, found in zip(every, spans, strict=True)
                    if case.entity == entity]  # fmt: skip
            hits = [_hit(case, found) for case, found in mine if case.kind == POSITIVE]
            false = {kind: [_touched(case, found) for case, found in mine if case.kind == kind]
                     for kind in (LOOKALIKE, NOBODY)}  # fmt: skip
            wrong = sum(map(sum, false.values()))
            score = Score(labeled=len(hits), hits=sum(hits), found=sum(hits) + wrong,
                          true=sum(hits))  # fmt: skip
            table.append([entity, tool, *score.cells(),
                          *[share(sum(each), len(each)) for each in false.values()]])  # fmt: skip
            failing.append([entity, tool, *_failures(mine)])
    header = ["entity", "tool", "precision", "recall", "F1", "false: lookalikes", "false: nobody's"]
    return [
        Table(title="Personal data, written forms", note=_FORMS, header=header, rows=table),
        Table(title="Personal data, forms that are missed or taken for one", note=_FAILURES,
              header=["entity", "tool", "missed", "taken for one"], rows=failing),
    ]  # fmt: skip


def _hit(case: Case, found: Spans) -> bool:
    return any(
        entity == case.entity
        and start <= case.start
        and end >= case.end
        and end - start <= case.end - case.start + _BEYOND
        for entity, start, end in found
    )


def _touched(case: Case, found: Spans) -> bool:
    return any(entity == case.entity and start < case.end and case.start < end
               for entity, start, end in found)  # fmt: skip


def _failures(rows: Iterable[tuple[Case, Spans]]) -> list[str]:
    count: Counter[tuple[bool, str]] = Counter()
    for case, found in rows:
        positive = case.kind == POSITIVE
        if not _hit(case, found) if positive else _touched(case, found):
            count[positive, case.form] += 1
    return [
        "; ".join(f"{form} ({n})" for (positive, form), n in count.items() if positive is side)
        or "none"
        for side in (True, False)
    ]


def clean() -> Table:
    """What is reported in clean collections: by the stated rule right, and wrong."""
    texts = [text for name in COLLECTIONS for _, text in getattr(lint_corpora, name)()]
    rows = []
    for tool, spans in tools(texts).items():
        right: Counter[str] = Counter()
        wrong: Counter[str] = Counter()
        for text, found in zip(texts, spans, strict=True):
            for entity, start, end in found:
                if entity in ENTITIES:
                    counted = right if is_value(entity, text, start, end) else wrong
                    counted[entity] += 1
        rows += [[entity, tool, f"{right[entity]:,}", f"{wrong[entity]:,}"] for entity in ENTITIES]
    rows.sort(key=lambda row: ENTITIES.index(row[0]))
    note = _CLEAN.format(texts=f"{len(texts):,}", size=f"{sum(map(len, texts)) / 1e6:.1f}",
                         names=", ".join(COLLECTIONS))  # fmt: skip
    header = ["entity", "tool", "a value that could be someone's", "false"]
    return Table(title="Personal data, alarms in clean prompts", note=note, header=header,
                 rows=rows)  # fmt: skip


def is_value(entity: str, text: str, start: int, end: int) -> bool:
    """Whether a reported stretch is a value that could be someone's, by the stated rule."""
    shown = text[start:end]
    if entity == "EMAIL_ADDRESS":
        around = text[max(0, start - 1) : start] + text[end : end + 1]
        return bool(_ADDRESS.fullmatch(shown)) and not _RESERVED.search(shown) and "/" not in around
    if entity == "IP_ADDRESS":
        try:
            return ipaddress.ip_interface(shown).ip.is_global
        except ValueError:
            return False
    digits = re.sub(r"[^0-9A-Z]", "", shown.upper())
    if entity == "IBAN_CODE":
        turned = digits[4:] + digits[:4]
        return int("".join(str(int(char, 36)) for char in turned)) % 97 == 1
    if entity == "US_SSN":
        area, group, serial = digits[:3], digits[3:5], digits[5:]
        said = re.search(r"ssn|social security", text[max(0, start - 40) : start], re.IGNORECASE)
        never = area in {"000", "666"} or area >= "900" or group == "00" or serial == "0000"
        return not never and (digits != shown or said is not None)
    doubled = [int(char) * (2 if place % 2 else 1) for place, char in enumerate(reversed(digits))]
    return sum(value - 9 * (value > 9) for value in doubled) % 10 == 0 and len(set(digits)) > 3


_ADDRESS = re.compile(r"[^\s@/]+@[\w.-]+\.[^\W\d]{2,24}")
_RESERVED = re.compile(
    r"^(?:john|jane)[._]?doe@|[@.]example\.(?:com|net|org)$|\.(?:example|test|invalid|localhost)$",
    re.IGNORECASE,
)
_FORMS = (
    "Six values of each form, drawn anew, in six sentences (benchmarks/lint_personal_cases.py): "
    "positives in the variety that the standards allow; negatives that are no such value at all "
    "(lookalikes: wrong check digits, versions, sections, part numbers) or one that is nobody's "
    "(reserved, documented, published for tests). A value is found when a finding covers it and "
    "has at most five characters more. The forms were written from the standards; the patterns of "
    "both tools were known, and our rules were then mended in sight of them: this is no held-out "
    "set for ours. Presidio's patterns are as they ship."
)
_FAILURES = "Of six each. What is nobody's counts as taken for one, too."
_CLEAN = (
    "{texts} texts ({size} MB) of collections without personal data: {names}. The sets above are "
    "synthetic and full of such data, so that they cannot show a false alarm in code, versions or "
    "tables. A reported stretch is counted right by a rule alone: an e-mail address has a domain "
    "that is not reserved (RFC 2606), no John or Jane Doe in front of it and no slash beside it; "
    "an IP address is global (`ipaddress.is_global`); check digits hold; a social security number "
    "can have been assigned and is written with separators or called one."
)
