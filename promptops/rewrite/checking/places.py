"""Which word stands in which place: changes that keep every word."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from promptops.rewrite.checking.enumerations import RELATING, THEN, same_parts
from promptops.rewrite.checking.lexicon import lexicon
from promptops.rewrite.checking.sentences import Token
from promptops.rewrite.checking.sides import LISTED

_WAYS = frozenset(
    {"from", "to", "in", "by", "with", "for", "than", "over", "through", "as", "of", "on"}
)
_SIDES = {"up": "down", "down": "up", "on": "off", "off": "on", "in": "out", "out": "in"}
_DENYING = frozenset({"NOT", "NEVER", "AVOID"})
_QUANTITIES: frozenset[Token] = frozenset(
    {("signal", "ALL"), ("signal", "SOME"), ("signal", "MOST")}
)
_STANDING_IN = frozenset({"it", "its", "this", "that", "they", "them", "their"})
_PERSONS: frozenset[Token] = frozenset({("function", "i"), ("function", "you"), ("function", "we")})


def moved_words(old: tuple[Token, ...], new: tuple[Token, ...]) -> Iterator[str]:
    """Words that changed places although nothing else did."""
    a, b = _bare(old), _bare(new)
    if a == b:
        return
    if changed := _persons(a, b):
        yield changed
    if _conditional(a) == _conditional(b) and _denied_conditions(a) != _denied_conditions(b):
        yield "what is denied changed: the condition, or what it is about"
    if _contrasted(a, b):
        yield "what is denied and what is not changed places"
    elif _exchanged(a, b):
        yield "what stands before and what stands behind changed places"
    if changed := _let_off(old, new):
        yield changed
    if Counter(a) != Counter(b):
        return
    if [_place(token) for token in a] != [_place(token) for token in b]:
        ways_a, ways_b = _ways(a), _ways(b)
        crossed = (ways_a - ways_b), (ways_b - ways_a)
        met = {way for way, _ in crossed[0]} & {way for way, _ in crossed[1]}
        if met and not same_parts(a, b):
            yield f"what goes where changed: {_shown(crossed[0])} became {_shown(crossed[1])}"
        return
    if same_parts(a, b) or _floated(a, b):
        return
    moved = [place for place, (one, other) in enumerate(zip(a, b, strict=True)) if one != other]
    yield f'"{a[moved[0]][1]}" and "{b[moved[0]][1]}" changed places'


def _let_off(a: Sequence[Token], b: Sequence[Token]) -> str:
    """A thing out of the reach of a negation: "not A, but B", "not only"."""
    limited = [sum(_is_not_only(*pair) for pair in pairwise(side)) for side in (a, b)]
    if limited[0] != limited[1] and all(("signal", "ONLY") in side for side in (a, b)):
        return 'what is denied changed: "only"'
    for one, other in ((a, b), (b, a)):
        behind = {word for before, word in pairwise(other) if before[1] in {"but", ";"}}
        behind |= _free(other)
        if behind and (free := (behind & _reached(one)) - _reached(other)):
            return f"what is denied changed: {_said(Counter(free))}"
    return ""


def _free(pieces: Sequence[Token]) -> set[Token]:
    """The words of clauses without a negation, in a sentence that has one."""
    clauses: list[list[Token]] = [[]]
    for token in pieces:
        if token[1] in {";", ":", "but"}:
            clauses.append([])
        clauses[-1].append(token)
    if len(clauses) == 1:
        return set()
    free = [c for c in clauses if not any(k == "signal" and v in _DENYING for k, v in c)]
    return {token for clause in free for token in clause if token[0] == "word"}


def _is_not_only(one: Token, other: Token) -> bool:
    return one[0] == "signal" and one[1] in _DENYING and other == ("signal", "ONLY")


def _reached(pieces: Sequence[Token]) -> set[Token]:
    """The words in the reach of a negation that holds for several things."""
    found: set[Token] = set()
    inside = several = False
    reach: set[Token] = set()
    for token in (*pieces, ("function", ";")):
        kind, value = token
        if kind == "signal" and value in _DENYING:
            inside = True
        elif value in {";", ":", "but"}:
            found |= reach if several else set()
            inside, several, reach = False, False, set()
        elif inside:
            several = several or token == ("signal", "OR")
            reach.add(token)
    return found


def _persons(a: Sequence[Token], b: Sequence[Token]) -> str:
    """Who does it, where nothing but that changed."""
    lost, added = Counter(a) - Counter(b), Counter(b) - Counter(a)
    if lost and added and set(lost) <= _PERSONS and set(added) <= _PERSONS:
        return f"{_said(lost)} became {_said(added)}"
    return ""


def _said(pieces: Counter[Token]) -> str:
    return ", ".join(f'"{value}"' for _, value in sorted(pieces))


def _denied_conditions(pieces: Sequence[Token]) -> int:
    """How many negations stand in a condition."""
    inside, count = False, 0
    for kind, value in pieces:
        if kind == "signal" and value in {"IF", "UNLESS", "ONLYIF"}:
            inside = True
        elif value in {",", ";", "THEN", "OR", "AND"}:
            inside = False
        elif kind == "signal" and value in {"NOT", "NEVER", "AVOID"}:
            count += inside
    return count


def _contrasted(a: Sequence[Token], b: Sequence[Token]) -> bool:
    """Whether "this, not that" became "that, not this"."""
    (heads_a, scope_a), (heads_b, scope_b) = _scope(a), _scope(b)
    return any(each not in scope_b and each in b for each in heads_a - heads_b) and any(
        each not in scope_a and each in a for each in heads_b - heads_a
    )


def _exchanged(a: Sequence[Token], b: Sequence[Token]) -> bool:
    """Whether what stands before a word that sets two things in relation now stands behind it."""
    for pivot in RELATING:
        if a.count(pivot) != 1 or b.count(pivot) != 1:
            continue
        (left_a, right_a), (left_b, right_b) = around(a, pivot), around(b, pivot)
        went, came = left_a - left_b - right_a, right_a - right_b - left_a
        told = went or came if pivot == THEN and not _conditional(a) else went and came
        if told and went <= right_b and came <= left_b:
            return True
    return False


def _conditional(pieces: Sequence[Token]) -> bool:
    return any(token[1] in {"IF", "ONLYIF", "UNLESS"} for token in pieces)


def around(pieces: Sequence[Token], pivot: Token) -> tuple[set[Token], set[Token]]:
    """What names things before and behind a word, in its clause."""
    at = pieces.index(pivot)
    before: set[Token] = set()
    behind: set[Token] = set()
    for found, part in ((before, reversed(pieces[:at])), (behind, iter(pieces[at + 1 :]))):
        for token in part:
            if token[0] in {"word", "literal", "slot", "number"}:
                found.add(token)
            elif found and token[1] in {";", ":", "(", ")"}:
                break
    return before, behind


def _floated(a: Sequence[Token], b: Sequence[Token]) -> bool:
    """Whether only an adverb of manner, or a word that is light by itself, stands elsewhere."""
    first = next(n for n, (one, other) in enumerate(zip(a, b, strict=True)) if one != other)
    for ones, others in ((a, b), (b, a)):
        piece = ones[first]
        rest = [*ones[first + 1 :]]
        at = others.index(piece, first) if piece in others[first:] else len(others)
        if rest == [*others[first:at], *others[at + 1 :]]:
            kind, value = piece
            return kind == "light" or (kind == "word" and value.endswith("ly"))
    return False


def _scope(pieces: Sequence[Token]) -> tuple[set[Token], set[Token]]:
    """The words and quantities right behind a negation, and all of its clause."""
    heads: set[Token] = set()
    scope: set[Token] = set()
    open_ = first = False
    for token in pieces:
        kind, value = token
        if kind == "signal" and value in {"NOT", "NEVER", "AVOID"}:
            open_ = first = True
        elif value in {",", ";", ":", "but"}:
            open_ = first = False
        elif open_ and (kind == "word" or token in _QUANTITIES):
            scope.add(token)
            if first:
                heads.add(token)
            first = False
    return heads, scope


def _bare(pieces: tuple[Token, ...]) -> list[Token]:
    return [t for t in pieces if t not in {("function", "a"), ("function", ";"), ("function", ":")}]


def _place(token: Token) -> Token:
    """What may stand in a place: a function word only itself, any word another one."""
    fixed = token[0] in {"function", "signal"} and token not in _PERSONS
    return token if fixed else ("word", "")


def _ways(pieces: Sequence[Token]) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    way = ""
    for kind, value in pieces:
        if kind == "function":
            way = value if value in _WAYS else way if value == "a" else ""
        elif way and kind not in {"signal", "number"}:
            if value not in _STANDING_IN:
                found[way, value] += 1
            way = ""
    return found


def _shown(pairs: Counter[tuple[str, str]]) -> str:
    return ", ".join(" ".join(pair) for pair in sorted(pairs))


def shifted_words(old: tuple[Token, ...], new: tuple[Token, ...]) -> Iterator[str]:
    """A word that now stands where another one stood, where both are still said elsewhere."""
    before, after = (
        Counter(v for kind, v in side if kind == "word" or v in _SIDES) for side in (old, new)
    )
    lost, added = sorted(before - after), sorted(after - before)
    one = len(lost) == len(added) == 1 and len(old) == len(new)
    if one and not lexicon().alike(lost[0], added[0]):
        if _SIDES.get(lost[0]) == added[0] or _SIDES.keys().isdisjoint((*lost, *added)):
            yield f'"{lost[0]}" became "{added[0]}"'
        return
    for word, other in ((word, other) for word in lost for other in added):
        both = after[word] and before[other]
        if both and _opposed(word, other):
            yield f'"{word}" became its opposite "{other}"'


_TURNING = frozenset({"ONLY", "ONLYIF", "UNLESS", "EXCEPT", "UNTIL", "LESS", "MORE", "MAX", "MIN"})


def _opposed(one: str, other: str) -> bool:
    return _SIDES.get(one) == other or lexicon().opposed(one, other)


def turned_heads(
    old: Sequence[tuple[Token, ...]], new: Sequence[tuple[Token, ...]]
) -> Iterator[str]:
    """A thing that was forbidden and is now told to be done, or the other way around.

    Args:
        old: The pieces of each old sentence.
        new: Those of each new one.
    """
    before, after = _heads(old), _heads(new)
    for head in sorted(before.keys() & after.keys()):
        if {before[head], after[head]} == {True, False}:
            yield f'"{head}" is {"no longer" if before[head] else "now"} denied'


def _heads(sentences: Sequence[tuple[Token, ...]]) -> dict[str, bool | None]:
    """First words of clauses -> whether they are denied; None where that is not plain."""
    found: dict[str, bool | None] = {}
    for pieces in sentences:
        clause: list[Token] = []
        leading = True
        for token in (*pieces, ("function", ",")):
            if token[1] not in {",", ";", ":"}:
                clause.append(token)
                continue
            at = next((n for n, each in enumerate(clause) if each[0] in {"word", "light"}), -1)
            leads, leading = leading, token[1] != ","
            if leads and at >= 0:
                signals = [value for kind, value in clause if kind == "signal"]
                before = {value for kind, value in clause[:at] if kind == "signal"}
                denied: bool | None = not _DENYING.isdisjoint(before)
                later = not denied and not _DENYING.isdisjoint(signals)
                if later or not _TURNING.isdisjoint(signals):
                    denied = None
                head = clause[at][1]
                found[head] = denied if found.get(head, denied) == denied else None
            clause = []
    return found


def moved_numbers(old: tuple[Token, ...], new: tuple[Token, ...]) -> Iterator[str]:
    """A number that counted one thing and now counts another that was there before."""
    before, after = _counted(old), _counted(new)
    for number in sorted(before.keys() & after.keys()):
        went, came = before[number] - after[number], after[number] - before[number]
        said, says = {value for _, value in old}, {value for _, value in new}
        apart = went and came and before[number].isdisjoint(after[number])
        if apart and went <= says and came <= said:
            yield f"the number {number} now counts {', '.join(sorted(came))}"


def _counted(pieces: Sequence[Token]) -> dict[str, set[str]]:
    """Numbers that stand once -> the words behind them, up to what holds words together."""
    found: dict[str, set[str]] = {}
    again: set[str] = set()
    for place, (kind, value) in enumerate(pieces):
        if kind == "number" and value not in {"1", "2nd"}:
            words: set[str] = set()
            for token in pieces[place + 1 :]:
                if token[0] != "word":
                    break
                words.add(token[1])
            again |= {value} & found.keys()
            found[value] = words
    return {number: words for number, words in found.items() if number not in again and words}


def exchanged_opposites(old: tuple[Token, ...], new: tuple[Token, ...]) -> Iterator[str]:
    """Two opposites that changed places: "from the oldest to the newest"."""
    before, after = ([value for _, value in side] for side in (old, new))
    if before != after and [_SIDES.get(value, value) for value in before] == after:
        yield f"{_said(Counter(t for t in old if t[1] in _SIDES))} changed places"
        return
    a, b = ([token for token in side if token[0] != "function"] for side in (old, new))
    for signal in ("BEFORE", "AFTER", "IF", "ONLYIF", "UNLESS", "NOT"):
        if a.count(("signal", signal)) != b.count(("signal", signal)):
            return
    if ("function", "by") in set(old) ^ set(new):
        return
    if a != b and Counter(a) == Counter(b) and same_parts(a, b):
        return  # both short-term and long-term
    words = [t for t in a if t[0] == "word" and a.count(t) == b.count(t) == 1]
    for n, one in enumerate(words):
        for other in words[n + 1 :]:
            if lexicon().opposed(one[1], other[1]) and b.index(one) > b.index(other):
                between = a[a.index(one) + 1 : a.index(other)]
                if between and any(token not in LISTED for token in between):
                    yield f'"{one[1]}" and "{other[1]}" changed places'
                    return


def dropped_words(old: tuple[Token, ...], new: tuple[Token, ...]) -> Iterator[str]:
    """A member of an enumeration that came or went, where its words are said elsewhere, too."""
    a, b = _bare(old), _bare(new)
    for more, fewer, became in ((a, b, "is lost"), (b, a, "was added")):
        size = len(more) - len(fewer)
        if size <= 1:
            continue
        at = next(
            (n for n, (x, y) in enumerate(zip(more, fewer, strict=False)) if x != y), len(fewer)
        )
        part = more[at : at + size]
        if more[at + size :] == fewer[at:] and any(each in LISTED for each in part):
            near = [value for _, value in (*fewer[max(0, at - 2) : at], *fewer[at : at + 2])]
            words = [value for kind, value in part if kind == "word"]
            if words and not all(_doubled(word, near) for word in words):
                yield f'"{" ".join(words)}" {became}'


def _doubled(word: str, near: Sequence[str]) -> bool:
    """Whether a word only says once more what one beside it says: "modify or alter"."""
    return any(word != other and lexicon().alike(word, other) for other in near)
