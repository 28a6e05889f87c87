"""The structural equivalence check: did a rewrite keep what the prompt says?

Sentences that are the same but for marks, case and white space need no judgement. What is left on
both sides is put into groups that share words, and in each group the pieces that a wording cannot
lose are compared: negations and how strong an obligation is, conditions, quantifiers and bounds,
numbers, quoted text and key-like names, the words that carry meaning (a synonym may stand for a
word, its opposite or one of the same kind may not), and which word stands in which place. Besides,
on the whole: the variables and where they are shown, the control structure, solved examples and the
sentences under ``x-keep`` letter by letter, the output fields, and the order of obligations.

The check knows nothing of the steps, so it also judges rewrites made by hand or by a model.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from promptops.core.canonical import JSON
from promptops.prompts.model import MessageTemplate, Prompt
from promptops.rewrite.checking.comparing import Compared, compare, reworded
from promptops.rewrite.checking.facts import Facts, facts
from promptops.rewrite.checking.fair import fair_copy, marked, mended
from promptops.rewrite.checking.inventory import renamed
from promptops.rewrite.checking.lexicon import derived, lexicon, same_word
from promptops.rewrite.checking.matching import as_text, groups, key, rest
from promptops.rewrite.checking.omission import about_itself, omitted
from promptops.rewrite.checking.redundancy import once, repeated, split_clauses, without_known
from promptops.rewrite.checking.sentences import Sentence, Token, tokens
from promptops.rewrite.checking.sides import read_side
from promptops.rewrite.checking.stages import exchanged_stages
from promptops.rewrite.reading import kept_sentences

_ORDERED = frozenset({"MUST", "SHOULD", "NOT", "NEVER", "AVOID", "ONLY", "THEN"})
_SHOWN = 60
_MATERIAL = frozenset({"text", "input", "content", "data", "section"})
"""Words that a name of a section may have or not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Something that speaks against a rewrite.

    Attributes:
        text: What it is.
        old: The old sentences, where nothing but unknown words tells them from the new ones, so
            that a judge of meaning may say that they are the same; empty where none may.
        new: The new sentences, likewise.
        lost: Stems of those words in the old sentences.
        added: Stems of those words in the new ones.
    """

    text: str
    old: str = ""
    new: str = ""
    lost: tuple[str, ...] = ()
    added: tuple[str, ...] = ()

    @property
    def soft(self) -> bool:
        """Whether a judge of meaning may release it."""
        return bool(self.old and self.new)


def differences(
    base: Prompt, new: Sequence[MessageTemplate], *, ignoring: tuple[str, ...] = ()
) -> tuple[str, ...]:
    """What a rewrite lost, changed or made up, in words; empty when it is equivalent.

    Args:
        base: The prompt as it was, variants resolved.
        new: The rewritten messages.
        ignoring: Passages that may come and go, such as the output schema in words.
    """
    return tuple(dict.fromkeys(each.text for each in weighed(base, new, ignoring=ignoring)))


def weighed(
    base: Prompt, new: Sequence[MessageTemplate], *, ignoring: tuple[str, ...] = ()
) -> tuple[Difference, ...]:
    """The differences of a rewrite, each with what a judge of meaning may be asked about it.

    Args:
        base: The prompt as it was, variants resolved.
        new: The rewritten messages.
        ignoring: Passages that may come and go, such as the output schema in words.
    """
    old, now = facts(base.messages, ignoring), facts(tuple(new), ignoring)
    hard = [
        *_counted("variable", old.slots, now.slots),
        *_moved_variables(old, now),
        *_exchanged_variables(old, now),
        *_lost_quotations(old, now),
        *_lost_examples(old, now),
        *_lost_fields(base, old.text, now.text),
        *_kept(base, old.text, now.text),
        *renamed(old.lines, now.lines),
    ]  # fmt: skip
    if old.controls != now.controls:
        hard.append("the template's control structure changed")
    if [message.role for message in base.messages][-1:] != [message.role for message in new][-1:]:
        hard.append("the conversation ends with another role")
    found = [*(Difference(text=each) for each in hard), *_said(old, now)]
    return tuple(dict.fromkeys(found))


def _lost_quotations(old: Facts, new: Facts) -> Iterator[str]:
    """What stood between quotation marks and stands nowhere now, in whatever spelling."""
    lost = old.quotes - new.quotes
    spelled = {fair_copy(each) for each in new.quotes - old.quotes} if lost else set()
    for item in sorted(lost):
        if fair_copy(item) not in spelled and _times(item, new.text) < _times(item, old.text):
            yield f'the quotation "{item}" is lost'


def _times(item: str, text: str) -> int:
    """How often a piece of text stands there, not counting where it is part of a word."""
    return len(re.findall(rf"(?<!\w){re.escape(item)}(?!\w)", text))


def _counted(kind: str, old: Counter[str], new: Counter[str]) -> Iterator[str]:
    for item in sorted(old - new):
        yield f"the {kind} {item} is lost"
    for item in sorted(new - old):
        yield f"the {kind} {item} was added"


def _moved_variables(old: Facts, new: Facts) -> Iterator[str]:
    """A value under a name that had another one's value before."""
    before: dict[str, set[str]] = defaultdict(set)
    for name, slot in old.shown:
        before[name].add(slot)
    for name, slot in new.shown:
        if name in before and slot not in before[name]:
            yield f"the variable {slot} now stands as {name or 'the first value'}"


def _exchanged_variables(old: Facts, new: Facts) -> Iterator[str]:
    """Variables of one line or path that stand in each other's places."""
    came: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for row, names in new.rows - old.rows:
        came[row].add(names)
    for row, names in sorted(old.rows - new.rows):
        if any(sorted(names) == sorted(others) for others in came[row]):
            yield f"the variables {', '.join(names)} changed places"


def _lost_examples(old: Facts, new: Facts) -> Iterator[str]:
    if not old.examples:
        return
    there = Counter(each.text for each in new.sentences)
    gone = old.examples - there
    fair = {tokens(fair_copy(each)) for each in there - old.examples} if gone else set()
    for text in sorted(each for each in gone if tokens(fair_copy(each)) not in fair):
        yield f'the example "{text[:_SHOWN]}" changed'


def _kept(base: Prompt, old: str, new: str) -> Iterator[str]:
    for sentence in kept_sentences(base):
        plain = " ".join(re.sub(r"\{\{.*?\}\}|\{%.*?%\}", " ", sentence, flags=re.DOTALL).split())
        if plain in old and plain not in new:
            yield f'the kept sentence "{plain[:_SHOWN]}" is lost'


def _lost_fields(base: Prompt, old: str, new: str) -> Iterator[str]:
    """Output fields and labels spoken of; a common word such as "answer" is no field by itself."""
    schema = base.output.schema_ if base.output else {}
    for name in sorted(set(_properties(schema))):
        pattern = rf"\b(?:fields?|keys?|property) {re.escape(name)}\b"
        if "_" in name or not name.islower():
            pattern = rf"\b{re.escape(name)}\b"
        if re.search(pattern, old) and not re.search(pattern, new):
            yield f'the output field "{name}" is lost'
    labels = sorted(set(_labels(schema)))
    words = [re.compile(rf"\b{re.escape(label)}\b") for label in labels]
    if sum(word.search(old) is not None for word in words) > 1:
        for label, word in zip(labels, words, strict=True):
            if len(word.findall(old)) > len(word.findall(new)):
                yield f'the label "{label}" is lost'


def _properties(schema: JSON) -> Iterator[str]:
    if not isinstance(schema, dict):
        return
    for name, part in (schema.get("properties") or {}).items():
        yield name
        yield from _properties(part)
    yield from _properties(schema.get("items"))


def _labels(schema: JSON) -> Iterator[str]:
    if isinstance(schema, dict):
        yield from (item for item in schema.get("enum") or () if isinstance(item, str))
        for part in (schema.get("properties") or {}).values():
            yield from _labels(part)
        yield from _labels(schema.get("items"))


def _said(old: Facts, new: Facts) -> Iterator[Difference]:
    """What the sentences that differ say differently, and whether the others kept their order."""
    gone, come = rest(old.sentences, new.sentences), rest(new.sentences, old.sentences)
    moved = (_reordered, _relabeled)
    for text in (text for find in moved for text in find(old.sentences, new.sentences)):
        yield Difference(text=text)
    gone, come = _fair(gone, come)
    gone, come = rest(gone, come), rest(come, gone)
    if not gone and not come:
        return
    yield from (Difference(text=text) for text in _renamed(gone, come))
    yield from (Difference(text=text) for text in exchanged_stages(gone, come))
    names_old, names_new = _names(gone), _names(come)
    texts = {each.text for each in new.sentences}
    shared = [each for each in old.sentences if each.text in texts]
    joined = groups(
        [each for each in gone if not each.title], [each for each in come if not each.title]
    )
    compared = [
        _judged(before, after, shared)
        if before and after
        else _alone(before or after, (new if before else old).sentences, lost=bool(before))
        for before, after in joined
    ]
    lost = [*names_old, *(word for each in compared for word in each.lost)]
    added = [*names_new, *(word for each in compared for word in each.added)]
    for (before, after), each in zip(joined, compared, strict=True):
        yield from (Difference(text=text) for text in each.found)
        went, came = _unexplained(each.lost, added), _unexplained(each.added, lost)
        soft = not each.found and not each.doubtful and reworded(before, after, went, came)
        for text in _words(went, came):
            yield (
                Difference(
                    text=text,
                    old=as_text(before),
                    new=as_text(after),
                    lost=tuple(went),
                    added=tuple(came),
                )
                if soft
                else Difference(text=text)
            )


def _fair(
    gone: Sequence[Sentence], come: Sequence[Sentence]
) -> tuple[list[Sentence], list[Sentence]]:
    """Both sides with their slips mended, those of each by the words of the other one, too."""
    sides = marked([each.text for each in gone], [each.text for each in come])
    one, other = mended(*([fair_copy(text) for text in side] for side in sides))
    return (
        [replace(each, text=text) for each, text in zip(gone, one, strict=True)],
        [replace(each, text=text) for each, text in zip(come, other, strict=True)],
    )


def _judged(
    before: Sequence[Sentence], after: Sequence[Sentence], shared: Sequence[Sentence]
) -> Compared:
    """A group compared, without what is said elsewhere anyway when that makes the difference."""
    compared = without_known(before, after, compare(before, after), shared)
    if compared.clean:
        return compared
    if not compared.added and omitted(before, after, shared):
        return Compared(found=[], lost=[], added=[])
    needed = [each for each in before if not repeated(each, shared)]
    said = [each for each in after if not repeated(each, shared)]
    if needed and said and (len(needed), len(said)) != (len(before), len(after)):
        other = without_known(needed, said, compare(needed, said), shared)
        if other.clean:
            return other
    clauses = list(split_clauses(before))
    if compared.lost:
        for parts in (clauses, list(split_clauses(before, finer=True))):
            needed = [e for e in parts if e.listed or not _known(e, after, shared)]
            if needed and len(needed) < len(parts) and (less := compare(needed, after)).clean:
                return less
    own = list(once(clauses))
    if len(own) < len(clauses) and compare(own, after).clean:
        return compare(own, after)
    return compared


def _known(clause: Sentence, after: Sequence[Sentence], shared: Sequence[Sentence]) -> bool:
    """Whether a clause need not be said: others say it, and it is not said itself."""
    there = clause.text.rstrip(".").lower() in as_text(after).lower()
    return repeated(clause, shared) or (not there and repeated(clause, after))


def _renamed(gone: Sequence[Sentence], come: Sequence[Sentence]) -> Iterator[str]:
    """Sections under another name: what reads the answer knows them by name, so synonyms count."""
    before, after = [e.text for e in gone if e.title], [e.text for e in come if e.title]
    lost = [each for each in before if not any(_one_name(each, other) for other in after)]
    added = [each for each in after if not any(_one_name(other, each) for other in before)]
    if lost and added:
        yield f"the section {_listed(lost)} became {_listed(added)}"


def _one_name(one: str, other: str) -> bool:
    """Whether two names are of the same words but for their forms."""
    a, b = _naming(one), _naming(other)
    if not a and not b:
        return True
    return all(any(_one_word(x, y) for y in b) for x in a) and all(
        any(_one_word(x, y) for x in a) for y in b
    )


def _one_word(old: str, new: str) -> bool:
    """Whether a word of a name is the same, or a slip that was mended; no slip is made in it."""
    return (new in lexicon().known and same_word(old, new)) or derived(old, new)


def _naming(title: str) -> list[str]:
    """The words of a name that tell it from others."""
    without = {"function", "signal", "light"}
    return [v for kind, v in tokens(title) if kind not in without and v not in _MATERIAL]


def _relabeled(old: Sequence[Sentence], new: Sequence[Sentence]) -> Iterator[str]:
    """What stood behind one name and now stands behind another that was there before."""
    before = Counter((each.text, each.label) for each in old if each.label)
    after = Counter((each.text, each.label) for each in new if each.label)
    labels = {label for _, label in before}
    gone = dict((before - after).elements())
    for text, label in after - before:
        if text in gone and label in labels:
            yield f'"{text[:_SHOWN]}" now stands behind {label}, not {gone[text]}'


def _names(changed: Sequence[Sentence]) -> list[str]:
    """The words in names of sections that came or went."""
    return [v for each in changed if each.title for kind, v in tokens(each.text) if kind == "word"]


def _alone(changed: Sequence[Sentence], others: Sequence[Sentence], *, lost: bool) -> Compared:
    """Sentences to which the other side has nothing: filler, a repetition, or a difference."""
    found = []
    for sentence in changed:
        side = read_side([sentence])
        if not (side.words or side.numbers or side.literals or side.strong):
            continue
        if lost and about_itself(sentence):
            continue
        if not repeated(sentence, others):
            verb = "is lost" if lost else "was added"
            found.append(f'"{sentence.text[:_SHOWN]}" {verb}')
    return Compared(found=found, lost=[], added=[])


def _unexplained(words: Sequence[str], others: Sequence[str]) -> list[str]:
    relations = lexicon()
    return [word for word in words if not any(relations.alike(word, other) for other in others)]


def _words(lost: Sequence[str], added: Sequence[str]) -> Iterator[str]:
    if lost and added:
        yield f"{_listed(lost)} became {_listed(added)}"
    elif lost:
        yield f"{_listed(lost)} is lost"
    elif added:
        yield f"{_listed(added)} was added"


def _listed(words: Sequence[str]) -> str:
    return ", ".join(f'"{word}"' for word in dict.fromkeys(words))


def _reordered(old: Sequence[Sentence], new: Sequence[Sentence]) -> Iterator[str]:
    """Obligations that both sides have, in another order; the items of a plain list have none."""
    texts = {each.text for each in old} & {each.text for each in new}
    if [e.text for e in old if e.text in texts] == [e.text for e in new if e.text in texts]:
        return
    before, after = (Counter(key(each) for _, each in _placed(side)) for side in (old, new))
    places: dict[tuple[Token, ...], list[int]] = defaultdict(list)
    for place, each in _placed(old):
        if before[key(each)] == after[key(each)]:
            places[key(each)].append(place)
    last = -1
    for _, each in _placed(new):
        if known := places.get(key(each)):
            place = known.pop(0)
            if place < last:
                yield "the order of obligations changed"
                return
            last = place


def _placed(found: Sequence[Sentence]) -> Iterator[tuple[int, Sentence]]:
    """The obligations, those of one plain list in one place."""
    place = 0
    for before, each in zip((None, *found), found, strict=False):
        listed = each.bulleted and before is not None and before.bulleted
        place += not listed
        if _is_ordered(each):
            yield place, each


def _is_ordered(sentence: Sentence) -> bool:
    return sentence.numbered or any(
        kind == "signal" and value in _ORDERED for kind, value in tokens(sentence.text)
    )
