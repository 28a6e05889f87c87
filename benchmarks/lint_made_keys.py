"""Random keys of the forms that kingfisher knows, an outside list that no rule was written from.

Started under the peers' interpreter, prints JSON lines: the form's id, a text, and whether the form
is one of those that our rules were tuned on (the other half, by a digest of the id, was held out).
A text counts only when kingfisher itself finds the key in it; of forms that it finds none of in
twelve attempts, and of identifiers and public keys, there is none.

    .venv-peers/bin/python benchmarks/lint_made_keys.py
"""

import hashlib
import json
import random
import re
import re._constants as op
import re._parser as regex_parser
import string
import subprocess
from collections.abc import Iterable
from pathlib import Path

import lint_peers

ATTEMPTS = 12
CARRIER = "Call the service with {} and report what it answers."
_WORD = string.ascii_letters + string.digits
_CATEGORIES = {op.CATEGORY_DIGIT: string.digits, op.CATEGORY_WORD: _WORD + "_",
               op.CATEGORY_SPACE: " "}  # fmt: skip
_PUBLIC = re.compile(
    r"(?:^|[-_ .])(?:id|sid|publishable|public|identifier|url|host|domain|username|email|tenant"
    r"|region|endpoint|project|name)(?:$|[-_ .0-9])"
)
_NAME_ENDS, _ASSIGNED = "<name>", "<assigned>"
_ENDING = "(?:\\\\?['\"\\x60]|[\\s;]"
"""How the patterns say that a value ends."""


def made_keys() -> list[tuple[str, str, bool]]:
    """Id, text and whether our rules were tuned on its form; empty without kingfisher.

    Raises:
        RuntimeError: When kingfisher is installed and could not be run.
    """
    python = lint_peers.interpreter()
    if python is None:
        return []
    done = subprocess.run(
        [python, "-W", "ignore", __file__], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{Path(__file__).name} failed: {done.stderr[-500:]}")
    rows = map(json.loads, done.stdout.splitlines())
    return [(row["id"], CARRIER.format(row["text"]), row["tuned"]) for row in rows]


def drawn(pattern: Iterable, dice: random.Random) -> str:
    """A random text of a parsed pattern; bounds of open repetitions are a few characters."""
    return "".join(_drawn(kind, what, dice) for kind, what in pattern)


def _drawn(kind: object, what: object, dice: random.Random) -> str:
    if kind is op.LITERAL:
        return chr(what)
    if kind is op.NOT_LITERAL or kind is op.ANY:
        return dice.choice(_WORD)
    if kind is op.IN:
        return dice.choice(_members(what) or [""])
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
        least, most, part = what
        most = min(int(most), least + (8 if least > 3 else 4))
        return "".join(drawn(part, dice) for _ in range(dice.randint(least, most)))
    if kind is op.SUBPATTERN:
        return drawn(what[3], dice)
    if kind is op.BRANCH:
        return drawn(dice.choice(what[1]), dice)
    if kind is op.ATOMIC_GROUP:
        return drawn(what, dice)
    return ""  # a place between characters


def _members(items: list) -> list[str]:
    found: set[str] = set()
    for kind, what in items:
        if kind is op.LITERAL:
            found.add(chr(what))
        elif kind is op.RANGE:
            found |= {chr(each) for each in range(what[0], what[1] + 1)}
        elif kind is op.CATEGORY:
            found |= set(_CATEGORIES.get(what, _WORD))
    return sorted(set(_WORD) - found if items[0][0] is op.NEGATE else found)


def _written(pattern: str) -> Iterable:
    """A pattern of kingfisher's as Python reads it, in one case, without what ends a value."""
    text = pattern.replace(r"(?:[ \t\w.-]{0,20})", _NAME_ENDS)
    text = re.sub(
        r"""\(\?:=\|>\|:\{1,3\}=\|.*?\|,\)\[\\x60'"\\s=\]\{0,5\}""", _ASSIGNED, text
    ).replace("[\\s'\"]{0,3}", "")
    text = text.partition(_ENDING)[0] if _ENDING in text else text
    text = re.sub(r"\(\?-?[imsx]+(?:-[imsx]+)?(?=[:)])", "(?", text.replace(r"\z", r"\Z"))
    return regex_parser.parse(text.replace("(?)", ""), re.VERBOSE if "(?x)" in pattern else 0)


def _texts(pattern: str, name: str) -> Iterable[str]:
    try:
        parsed = _written(pattern)
    except re.error:
        return
    for attempt in range(ATTEMPTS):
        dice = random.Random(f"{name}/{attempt}")
        text = drawn(parsed, dice)
        before = text.partition(_NAME_ENDS)[0]
        told = re.search("key|token|secret|pass", before, re.IGNORECASE)
        ending = "" if told else dice.choice(["_api_key", "_token", "_secret"])
        assigned = _ASSIGNED in text
        text = text.replace(_NAME_ENDS, ending).replace(_ASSIGNED, ' = "')
        yield f'{text}"' if assigned else text


def main() -> None:
    from kingfisher_sdk import Rules, Scanner

    rules = Rules(confidence="low", cache=False)
    scanner = Scanner(rules, base64=False)
    for each in rules.metadata():
        name = each["id"]
        if _PUBLIC.search(name.partition(".")[2].lower()):
            continue
        for text in _texts(rules.detail(name)["pattern"], name):
            if any(found.rule_id == name for found in scanner.scan(text)):
                tuned = int(hashlib.sha256(name.encode()).hexdigest(), 16) % 2 == 0
                print(json.dumps({"id": name, "text": text, "tuned": tuned}))
                break


if __name__ == "__main__":
    main()
