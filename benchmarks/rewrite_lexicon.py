"""Make the word relations of the equivalence check out of WordNet's database files.

    python benchmarks/rewrite_lexicon.py /usr/share/wordnet

Taken are the words of one part that the sense-tagged texts behind WordNet use, and verbs,
adjectives and adverbs of at most two senses, all by their usual senses: synonyms (one synset),
adjectives of one cluster, what a word is a kind or a way of, verbs of two words with the single
ones that mean the same, adverbs of several words likewise, direct antonyms, and how many senses a
verb has. Written is
``promptops/rewrite/checking/lexicon.txt``; the same database gives the same bytes.
"""

import re
import sys
from collections import Counter, defaultdict
from pathlib import Path

TARGET = Path(__file__).resolve().parents[1] / "promptops/rewrite/checking/lexicon.txt"
PARTS = {"noun": "n", "verb": "v", "adj": "a", "adv": "r"}
FEW_SENSES = {"v": 2, "a": 2, "r": 2}
USUAL_SENSES = {"n": 5, "v": 12, "a": 8, "r": 6}
SHORTEST = 2
USUAL_WAY = {"v": 8, "n": 1}
PHRASAL = re.compile(
    r"[a-z]{2,}_(?:about|after|at|away|back|down|for|in|into|off|on|out|over|through|to|up|upon)"
)
IDIOM = re.compile(r"[a-z]{2,}(?:_[a-z]+)+")
MOST_SENSES = 9
HEADER = """\
# Word relations of the equivalence check, derived from WordNet 3.0 (benchmarks/rewrite_lexicon.py).
# "= a b" mean the same in a usual sense, "~ a b" nearly so, "! a b" are opposites;
# "+ work out solve" is a verb of two words and single ones that mean the same, "* at_once now" an
# adverb of several words and single ones; "9 hold" is how many senses a verb has, up to 9.
# WordNet 3.0 Copyright 2006 by Princeton University. All rights reserved. Permission to use, copy,
# modify and distribute this database for any purpose and without fee is granted by its license,
# provided that this notice appears on all copies; it is provided "as is", without warranty.
"""

Sense = tuple[str, str]
"""A part of speech and the offset of a synset."""
Link = tuple[str, Sense, int, int]
"""Its kind, where to, and the words that it joins (0 for all)."""


def main() -> None:
    """Read the database whose folder is given and write the lexicon."""
    folder = Path(sys.argv[1])
    seen, ranks = frequencies(folder), sense_ranks(folder)
    senses = Counter((word, part) for word, part, _ in ranks)
    members: dict[Sense, list[str]] = {}
    pointers: dict[Sense, list[Link]] = {}
    for part, letter in PARTS.items():
        for offset, words, links in synsets(folder / f"data.{part}"):
            members[letter, offset] = words
            pointers[letter, offset] = links

    def usual(sense: Sense) -> list[str]:
        return sorted(
            word
            for word in set(members[sense])
            if word.isalpha() and word.islower() and len(word) > SHORTEST
            and (seen[word] or senses[word, sense[0]] <= FEW_SENSES.get(sense[0], 0))
            and ranks.get((word, *sense), 99) <= USUAL_SENSES[sense[0]]
        )  # fmt: skip

    same = {tuple(words) for sense in pointers if len(words := usual(sense)) > 1}
    near, opposite = set(), set()
    for sense, links in pointers.items():
        for kind, target, here, there in links:
            if target not in members:
                continue
            one, other = members[sense][here - 1], members[target][there - 1]
            if (
                kind == "!"
                and here
                and one.isalpha()
                and other.isalpha()
                and seen[one] + seen[other]
            ):
                opposite.add(tuple(sorted((one.lower(), other.lower()))))
            near |= {
                tuple(sorted((a, b)))
                for a in usual(sense)
                for b in usual(target)
                if a != b
                and seen[a]
                and seen[b]
                and nearly(kind, sense, target, (a, b), (one, other), ranks)
            }
    near -= opposite
    phrasal = {
        (*word.split("_"), *singles)
        for sense in members
        for word in members[sense]
        if sense[0] == "v" and PHRASAL.fullmatch(word) and (singles := usual(sense))
    }
    idioms = {
        (word, *singles)
        for sense in members
        for word in members[sense]
        if sense[0] == "r" and IDIOM.fullmatch(word) and (singles := single(members[sense]))
    }
    counts: dict[int, list[str]] = defaultdict(list)
    for (word, part), count in sorted(senses.items()):
        if part == "v" and count > 1 and word.isalpha():
            counts[min(count, MOST_SENSES)].append(word)
    groups = (("=", same), ("~", near), ("!", opposite), ("+", phrasal), ("*", idioms))
    lines = [f"{mark} {' '.join(words)}" for mark, group in groups for words in sorted(group)]
    lines += [f"{count} {' '.join(words)}" for count, words in sorted(counts.items())]
    TARGET.write_text(HEADER + "\n".join(lines) + "\n")
    print(f"{len(same)} synsets, {len(near)} near pairs, {len(opposite)} opposites,"
          f" {TARGET.stat().st_size:,} bytes")  # fmt: skip


def single(words: list[str]) -> list[str]:
    """The words of a synset that are one word."""
    return sorted({word for word in words if word.isalpha() and word.islower()})


def nearly(kind: str, sense: Sense, target: Sense, pair: tuple[str, str],
           linked: tuple[str, str], ranks: dict) -> bool:  # fmt: skip
    """Whether a link makes two words nearly the same.

    Adjectives of one cluster, words derived from each other, verbs of one group, and a word with
    the one that it is a kind or a way of, each by a usual sense.
    """
    if kind == "&":
        return True
    if kind == "+":
        return set(pair) == set(linked)
    way = USUAL_WAY.get(sense[0], 0) if kind in "@$" and sense[0] == target[0] else 0
    return ranks[pair[0], *sense] <= way >= ranks[pair[1], *target]


def frequencies(folder: Path) -> dict[str, int]:
    """How often a word was tagged, in all its senses."""
    seen: dict[str, int] = defaultdict(int)
    for line in (folder / "cntlist.rev").read_text().splitlines():
        key, _, count = line.split()
        seen[key.partition("%")[0]] += int(count)
    return seen


def sense_ranks(folder: Path) -> dict[tuple[str, str, str], int]:
    """Place of a synset among a word's senses, the most usual first."""
    found = {}
    for part, letter in PARTS.items():
        for line in (folder / f"index.{part}").read_text().splitlines():
            if line.startswith(" "):
                continue
            word, _, count, *rest = line.split()
            for rank, offset in enumerate(rest[-int(count) :], 1):
                found[word, letter, offset] = rank
    return found


def synsets(path: Path):
    """Offset, words, and links (kind, target, word here, word there; 0 for all) of each synset."""
    for line in path.read_text().splitlines():
        if line.startswith(" "):
            continue
        fields = line.partition("|")[0].split()
        count = _hex(fields[3])
        words = [re.sub(r"\(\w+\)$", "", word) for word in fields[4 : 4 + 2 * count : 2]]
        at = 4 + 2 * count
        links = []
        for number in range(int(fields[at])):
            kind, offset, part, places = fields[at + 1 + 4 * number : at + 5 + 4 * number]
            part = "a" if part == "s" else part
            links.append((kind, (part, offset), _hex(places[:2]), _hex(places[2:])))
        yield fields[0], words, links


def _hex(digits: str) -> int:
    return int.from_bytes(bytes.fromhex(digits))


if __name__ == "__main__":
    main()
