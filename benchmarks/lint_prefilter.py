"""What finding the candidate rules of a text costs, engine by engine, over the same words.

The words are the triggers of all rules; the last row is the linter's own pass, with phrases and
shapes. The texts are an outside collection. Each engine says which rules a text could concern; the
answers have to be equal, or the row says where they are not. Times are CPU seconds, the best of
three; one core.
"""

import re
import sys
import time
from collections.abc import Callable

from lint_corpora import awesome

from promptops.lint import RULES
from promptops.lint.prefilter import Prefilter
from promptops.lint.text import lower

Find = Callable[[str], frozenset[int]]
KINDS = tuple(kind for kind in RULES.values() if kind.triggers or kind.shapes)
WORDS = [(word, n) for n, kind in enumerate(KINDS) for word in kind.triggers if " " not in word]
EVERYTHING = sum(len(kind.triggers) + len(kind.shapes) for kind in KINDS)


def hyperscan() -> Find:
    places = [n for n, kind in enumerate(KINDS) if any(" " not in word for word in kind.triggers)]
    kinds = [
        type(
            "Words",
            (KINDS[n],),
            {
                "__doc__": KINDS[n].__doc__,
                "triggers": tuple(word for word in KINDS[n].triggers if " " not in word),
                "shapes": (),
            },
        )
        for n in places
    ]
    prefilter = Prefilter(kinds)
    prefilter.candidates("")  # compiles
    return lambda text: frozenset(places[number] for number in prefilter.candidates(text))


def re2_set() -> Find:
    import re2

    options = re2.Options()
    options.max_mem = 1 << 28
    patterns = re2.Set.SearchSet(options)
    for word, _ in WORDS:
        patterns.Add(re2.escape(word))
    patterns.Compile()
    return lambda text: frozenset(WORDS[n][1] for n in patterns.Match(lower(text)) or ())


def hyperscan_with_shapes() -> Find:
    prefilter = Prefilter(KINDS)
    prefilter.candidates("")  # compiles
    return prefilter.candidates


def aho_corasick() -> Find:
    import ahocorasick_rs

    automaton = ahocorasick_rs.AhoCorasick([word for word, _ in WORDS])
    return lambda text: frozenset(
        WORDS[n][1] for n, _, _ in automaton.find_matches_as_indexes(lower(text), overlapping=True)
    )


def substrings() -> Find:
    return lambda text: frozenset(n for low in [lower(text)] for word, n in WORDS if word in low)


def one_expression_a_rule() -> Find:
    words: dict[int, list[str]] = {}
    for word, n in WORDS:
        words.setdefault(n, []).append(re.escape(word))
    patterns = [(n, re.compile("|".join(each))) for n, each in words.items()]
    return lambda text: frozenset(
        n for low in [lower(text)] for n, pattern in patterns if pattern.search(low)
    )


def timed(find: Find, texts: list[str]) -> tuple[float, list[frozenset[int]]]:
    best, answers = float("inf"), []
    for _ in range(3):
        start = time.process_time()
        answers = [find(text) for text in texts]
        best = min(best, time.process_time() - start)
    return best, answers


def main() -> int:
    try:
        texts = [text for _, text in awesome()]
    except OSError as problem:
        print(f"absent: {problem}")
        return 0
    size = sum(len(text.encode()) for text in texts) / 1e6
    print(
        f"{len(texts):,} prompts, {size:.1f} MB; {len(WORDS):,} words and "
        f"{EVERYTHING - len(WORDS):,} shapes of {len(KINDS)} rules"
    )
    right: list[frozenset[int]] = []
    words = (hyperscan, re2_set, aho_corasick, substrings, one_expression_a_rule)
    for make in (*words, hyperscan_with_shapes):
        try:
            start = time.process_time()
            find = make()
            ready = time.process_time() - start
        except ImportError as problem:
            print(f"{make.__name__:24} not installed: {problem}")
            continue
        seconds, answers = timed(find, texts)
        if make in (hyperscan, hyperscan_with_shapes):
            right = answers
        differ = sum(one != other for one, other in zip(right, answers, strict=True))
        note = f"  differs on {differ} texts" if differ else ""
        print(
            f"{make.__name__:24}{size / seconds:9.1f} MB/s {len(texts) / seconds:12,.0f} prompts/s"
            f"  ready in {ready:.2f} s{note}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
