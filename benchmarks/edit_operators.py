"""Systematic edits of prompts, harmful and harmless, to see the check's rates on thousands.

    python benchmarks/edit_operators.py [--misses]

Each operator changes the first place where it applies. The edits written by hand
(``benchmarks/edits``) are the measure; these show at scale where a kind of edit is not seen.
"""

import random
import re
import sys
from collections import defaultdict
from collections.abc import Callable

from rewrite_check import foreign, outside

from promptops.core.statistics import wilson
from promptops.rewrite.check import differences

Operator = Callable[[str], str]


def swap(pattern: str, by: str | Callable[[re.Match[str]], str]) -> Operator:
    """Replace the first place where a pattern fits."""
    return lambda text: re.sub(pattern, by, text, count=1)


def everywhere(pattern: str, by: str | Callable[[re.Match[str]], str]) -> Operator:
    """Replace every place where a pattern fits."""
    return lambda text: re.sub(pattern, by, text)


def drop_sentence(text: str) -> str:
    """Leave out a sentence in the middle that says more than two words."""
    parts = re.split(r"(?<=[.!?]) (?=[A-Z])", text)
    if len(parts) < 3 or len(parts[1].split()) < 5:
        return text
    return " ".join([parts[0], *parts[2:]])


def more(match: re.Match[str]) -> str:
    """Another number."""
    return str(int(match[0]) + 3)


NUMBER_WORDS = ("three", "four", "five", "six", "seven", "eight", "nine")
HARMFUL: dict[str, Operator] = {
    "dropped not": swap(
        r"\b([Dd])o not (\w+)", lambda m: m[2].capitalize() if m[1] == "D" else m[2]
    ),
    "dropped n't": swap(r"\b(do|should|must|can|is|are)n't\b", r"\1"),
    "never to always": swap(r"\bnever\b", "always"),
    "never to sometimes": swap(r"\bnever\b", "preferably not"),
    "must to may": swap(r"\bmust\b(?! not)", "may"),
    "must not to should": swap(r"\bmust not\b", "should"),
    "only dropped": swap(r"\bonly ", ""),
    "number changed": swap(r"(?<![\w.:/#-])[2-9]\d?(?![\w.:/)-])", more),
    "at least to at most": swap(r"\bat least\b", "at most"),
    "all to some": swap(r"\b(?:all|every|each)\b(?= \w+)", "some"),
    "if dropped": swap(r"\b[Ii]f [^,.\n]{5,60}, ", ""),
    "before to after": swap(r"\bbefore\b", "after"),
    "first to last": swap(r"\bfirst\b", "last"),
    "format changed": swap(r"\bJSON\b", "YAML"),
    "table to list": swap(r"\btable\b", "list"),
    "language changed": swap(r"\bEnglish\b", "Italian"),
    "unit changed": swap(r"\bwords\b", "pages"),
    "include to exclude": swap(
        r"\b([Ii])nclude\b", lambda m: "Exclude" if m[1] == "I" else "exclude"
    ),
    "sentence dropped": drop_sentence,
    "exception added": swap(r"\.(?=\s+[A-Z])", " unless the user disagrees."),
    "hedge added": swap(r"\b(Provide|Use|Write|Create|Include|Ensure)\b", r"If possible, \1"),
    "instruction added": swap(r"(?<=[.!])\s+(?=[A-Z])", " Mention the weather in Oslo. "),
    "key renamed": swap(r"\b([a-z]+)_([a-z]+)\b", r"\1_\2s"),
    "placeholder dropped": swap(r"\$\{[^{}]+\}", ""),
    "I to you": swap(r"\bI will\b", "you will"),
    "positive to negative": swap(r"\bpositive\b", "negative"),
}  # fmt: skip
HARMLESS: dict[str, Operator] = {
    "contraction": everywhere(r"\b([Dd])o not\b", r"\1on't"),
    "spelled out": everywhere(r"\b([Dd])on't\b", r"\1o not"),
    "cannot": everywhere(r"\bcannot\b", "can't"),
    "do not to never": swap(
        r"\b([Dd])o not (?=\w)", lambda m: "Never " if m[1] == "D" else "never "
    ),
    "never to do not": swap(r"(?<=[.\n] )Never (?=\w)", "Do not "),
    "politeness added": swap(
        r"(?<=[.!] )(Provide|Use|Write|Create|Include|Ensure)\b",
        lambda m: f"Please {m[0].lower()}",
    ),
    "politeness dropped": swap(r"\bPlease (\w)", lambda m: m[1].upper()),
    "must to have to": swap(r"\bYou must\b(?! not)", "You have to"),
    "bullets changed": everywhere(r"(?m)^- ", "* "),
    "bold dropped": everywhere(r"\*\*", ""),
    "heading level": everywhere(r"(?m)^# ", "### "),
    "heading to tag": swap(r"(?m)^#+ (\w+)\s*$", r"<\1>"),
    "number words": everywhere(
        r"(?<![\w.:/$-])([3-9])(?= [a-z]{3,})",
        lambda m: NUMBER_WORDS[int(m[1]) - 3],
    ),
    "at most": everywhere(r"\b(?:no more than|up to)(?= \d)", "at most"),
    "at least": everywhere(r"\bat least(?= \d)", "no fewer than"),
    "ensure": everywhere(r"\bEnsure that\b", "Make sure that"),
    "in order to": everywhere(r"\bin order to\b", "to"),
    "for example": everywhere(r"\bFor example,", "For instance,"),
    "such as": everywhere(r"\bsuch as\b", "like"),
    "utilize": everywhere(r"\b[Uu]se\b(?= the)", "utilize"),
    "provide to give": everywhere(r"\bprovide\b", "give"),
    "serial comma": everywhere(r", and ", " and "),
    "blank lines": everywhere(r"\n\n+", "\n\n\n"),
    "calm capitals": everywhere(r"\b(NEVER|ALWAYS|MUST|NOT|DO|ONLY)\b", lambda m: m[0].lower()),
    "wrapped quotes": everywhere(r"\"([^\"\n]+)\"", r"“\1”"),
    "you should": swap(r"\bYou should (\w)", lambda m: m[1].upper()),
    "british": everywhere(r"\b(colo|behavio|favo|hono)r", r"\1ur"),
    "split at and": swap(r"(?<=[a-z]), and (?=(?:you|I|it|they) )", ". And "),
}  # fmt: skip


def main() -> None:
    """Print the rates by operator over the outside prompts."""
    texts = [*outside("awesome").values(), *outside("fabric").values()]
    if not texts:
        print("the outside collections are not there (PROMPTOPS_DATA)")
        return
    random.Random(5).shuffle(texts)  # a sample - a sample
    shown: dict[str, int] = defaultdict(int)
    for title, operators, harmful in (("harmful", HARMFUL, True), ("harmless", HARMLESS, False)):
        everything: list[bool] = []
        for name, operator in operators.items():
            flagged = []
            for text in texts:
                new = operator(text) if len(text) < 20_000 else text
                if new == text or not new.strip():
                    continue
                base = foreign("base", text)
                found = differences(base, foreign("new", new).messages)
                flagged.append(bool(found))
                if bool(found) != harmful and "--misses" in sys.argv and shown[name] < 6:
                    shown[name] += 1
                    print("   ", name, changed(text, new), found)
                if len(flagged) == 120:
                    break
            everything += flagged
            print(f"{title:9} {name:22} {sum(flagged):4} of {len(flagged):4} flagged")
        interval = wilson(sum(everything), len(everything))
        print(f"{title:9} {'all':22} {sum(everything):4} of {len(everything):4} flagged,"
              f" {interval.low:.1%} to {interval.high:.1%}\n")  # fmt: skip


def changed(old: str, new: str) -> str:
    """The first place where two texts differ."""
    at = next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), 0)
    return f"{old[max(0, at - 50) : at + 60]!r} -> {new[max(0, at - 20) : at + 60]!r}"


if __name__ == "__main__":
    main()
