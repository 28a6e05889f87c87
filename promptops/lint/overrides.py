"""Wordings that try to take a model out of its instructions.

Known from collections of attacks seen in the wild; a static list cannot see an attack that reads
like an ordinary task, and the documentation of the rules that use this says so.
"""

from collections.abc import Iterator

from promptops.lint.phrases import phrase
from promptops.lint.text import fold, unleet

_RULES = (
    r"(?:instructions?|prompts?|rules?|guidelines?|directives?|directions?|programming|training"
    r"|polic(?:y|ies)|restrictions?|commands?|constraints?|limitations?|safeguards?|filters?)"
)
_SAFETY = r"(?:ethical|ethics|moral|morality|safety|legal|content|openai|censorship|policy|usage)"

_PATTERNS = (
    phrase(
        r"\b(?:ignore|disregard|forget|override|bypass|discard|circumvent|overrule)\b"
        r"(?: [\w']{1,15}){0,3} (?:previous|prior|above|earlier|preceding|former|initial|original"
        r"|system|openai'?s?|its|existing|safety|content|ethical)"
        rf"(?: [\w']{{1,15}}){{0,3}} {_RULES}\b"
    ),
    phrase(
        r"\b(?:ignore|disregard|forget) (?:all|everything|any|anything)(?: [\w']{1,15}){0,2}"
        r" (?:above|before this|(?:you )?(?:were|have been|was) told|said (?:before|above))\b"
    ),
    phrase(rf"\b(?:ignore|disregard|forget|break|bypass) (?:all )?(?:of )?your {_RULES}\b"),
    phrase(r"\bdo anything now\b|\byou are (?:now )?(?:going to act as )?(?:a )?dan\b[,.]"),
    phrase(
        r"\b(?:jailbroken|jailbreak (?:mode|prompt)|developer mode (?:enabled|output|policy)"
        r"|(?:god|dan|evil|dev) mode (?:enabled|activated|on)\b|\[🔓jailbreak\])"
    ),
    phrase(
        r"\b(?:no|without|free (?:of|from)|lacks?|devoid of|ignor(?:e|es|ing)|disregards?"
        r"|bypass(?:es)?)"
        rf"(?: any| all| its| your| the)?(?: [\w']{{1,15}}(?:,| or| and)){{0,3}} {_SAFETY}"
        r"(?:(?:,| or| and|/)(?: or| and)?(?: )?[\w']{1,15}){0,3}"
        r" (?:restrictions?|limits?|limitations?|guidelines?|filters?|constraints?|boundaries|polic"
        r"|considerations?|standards?|concerns?|rules|codes?|principles?|norms?)"
    ),
    phrase(
        r"\b(?:not|never|no longer|isn't|aren't) (?:be )?(?:bound|restricted|limited|constrained"
        r"|restrained|governed|held back) (?:by|to)\b[^.\n]{0,60}\b(?:rules?|polic(?:y|ies)"
        r"|guidelines|restrictions|ethic|moral|laws?|limitations|openai|programming|terms)"
    ),
    phrase(
        r"\b(?:broken|break|breaks|broke|freed?|freedom|unshackled|released|liberated)"
        r"(?: [\w']{1,12}){0,2} (?:free )?(?:of|from) (?:the |all |its |your |any )?(?:typical "
        r"|usual )?(?:confines|chains|shackles|restrictions|constraints|limits|limitations)"
    ),
    phrase(
        r"\b(?:never|cannot|can ?not|can't|must not|don't|do not|won't|will not|doesn't"
        r"|not allowed to)"
        r"(?: ever)? (?:refuses?|reject|decline|deny)\b[^.\n]{0,40}\b(?:requests?|orders?|anything"
        r"|questions?|commands?|prompts?|answer|instructions|to do|tasks?|me|my|human|asks?|any)\b"
    ),
    phrase(
        r"\b(?:uncensored|unfiltered|unrestricted|amoral|immoral|unethical|unhinged)"
        r"(?:(?:,| and| or) (?:[\w']{3,15})){0,3} (?:ai|a\.i\.|chatbot|chat bot|language model"
        r"|assistant|being|persona|version|mode|responses?|answers?|character|bot|model|advice)\b"
    ),
    phrase(
        r"\b(?:bypass|evade|circumvent|get around|disable|turn off|remove) (?:[\w']{1,12} ){0,3}"
        r"(?:content (?:filter|polic|moderation|warning)|safety (?:filter|measure|guideline"
        r"|protocol)"
        r"|moderation|censorship|ethical)"
    ),
    phrase(
        r"\b(?:openai|anthropic|google|your creator|the developer)(?:'s)? (?:content |usage |new "
        r")?(?:polic(?:y|ies)|rules|guidelines|restrictions)\b[^.\n]{0,60}\b(?:do(?:es)? not|don't"
        r"|doesn't|no longer|never|not) (?:apply|exist|matter|bind|concern)"
    ),
    phrase(
        r"\b(?:reveal|print|repeat|show|output|display|tell me|leak) (?:[\w']{1,12} ){0,3}"
        r"(?:system prompt|hidden (?:prompt|instructions)|initial (?:prompt|instructions))\b"
        r"[^.\n]{0,40}\b(?:verbatim|word for word|exactly|in full|above)\b"
    ),
    phrase(
        r"\bstay(?:ing)? in character\b[^\n]{0,120}\b(?:jailbreak|dan|uncensored|tokens? (?:left"
        r"|system)"
        r"|lose (?:\d{1,3} )?tokens?)\b|\bif you (?:refuse|break character)[^.\n]{0,60}\btokens\b"
    ),
)

TRIGGERS = (
    "ignor", "disregard", "forget", "overrid", "overrul", "bypass", "discard", "circumvent",
    "break", "broke", "anything now", "dan", "jailbr", " mode", "without", "free", "devoid",
    "lack", "bound", "restrict", "limited", "constrain", "shackle", "liberat", "releas", "refus",
    "reject", "declin", "deny", "uncensored", "unfiltered", "amoral", "immoral", "unethical",
    "unhinged", "evade", "disable", "polic", "system prompt", "hidden ", "initial ", "no ",
)  # fmt: skip
"""Strings of which every match of the patterns holds at least one."""


def overrides(text: str) -> Iterator[tuple[int, int]]:
    """Where lower-case ``text`` holds an override, start and end, in order of the patterns."""
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            yield match.span()


def is_disguised_override(text: str) -> bool:
    """Whether a text holds an override only once its disguise is taken off.

    Disguises: other Unicode forms and look-alikes, zero-width characters, digits for letters.
    """
    folded = fold(text)
    forms = {folded, unleet(folded)} - {text.lower()}
    return any(pattern.search(form) for form in sorted(forms) for pattern in _PATTERNS)
