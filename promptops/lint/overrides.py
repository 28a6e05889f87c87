"""Wordings that try to take a model out of its instructions.

Known from collections of attacks seen in the wild; a static list cannot see an attack that reads
like an ordinary task, and the documentation of the rules that use this says so.
"""

import re
from collections.abc import Iterator

from promptops.lint.phrases import phrase
from promptops.lint.text import fold, unleet

_RULES = (
    r"(?:instructions?|prompts?|rules?|guidelines?|directives?|directions?|programming|training"
    r"|polic(?:y|ies)|restrictions?|commands?|constraints?|limitations?|safeguards?|filters?)"
)
_SAFETY = r"(?:ethical|ethics|moral|morality|safety|legal|content|openai|censorship|policy|usage)"

_PATTERNS: tuple[tuple[tuple[str, ...], re.Pattern[str]], ...] = (
    (
        ("ignor", "disregard", "forget", "overrid", "bypass", "discard", "circumvent", "overrul"),
        phrase(
            r"\b(?:ignore|disregard|forget|override|bypass|discard|circumvent|overrule)\b"
            r"(?: [\w']{1,15}){0,3} (?:previous|prior|above|earlier|preceding|former|initial"
            r"|original"
            r"|system|openai'?s?|its|existing|safety|content|ethical)"
            rf"(?: [\w']{{1,15}}){{0,3}} {_RULES}\b"
        ),
    ),
    (
        ("ignor", "disregard", "forget"),
        phrase(
            r"\b(?:ignore|disregard|forget) (?:all|everything|any|anything)(?: [\w']{1,15}){0,2}"
            r" (?:above|before this|(?:you )?(?:were|have been|was) told|said (?:before|above))\b"
        ),
    ),
    (
        ("ignor", "disregard", "forget", "break", "bypass"),
        phrase(rf"\b(?:ignore|disregard|forget|break|bypass) (?:all )?(?:of )?your {_RULES}\b"),
    ),
    (
        ("anything now", " dan"),
        phrase(r"\bdo anything now\b|\byou are (?:now )?(?:going to act as )?(?:a )?dan\b[,.]"),
    ),
    (
        ("jailbr", " mode"),
        phrase(
            r"\b(?:jailbroken|jailbreak (?:mode|prompt)|developer mode (?:enabled|output|policy)"
            r"|(?:god|dan|evil|dev) mode (?:enabled|activated|on)\b|\[🔓jailbreak\])"
        ),
    ),
    (
        ("no ", "without", "free ", "lack", "devoid", "ignor", "disregard", "bypass"),
        phrase(
            r"\b(?:no|without|free (?:of|from)|lacks?|devoid of|ignor(?:e|es|ing)|disregards?"
            r"|bypass(?:es)?)"
            rf"(?: any| all| its| your| the)?(?: [\w']{{1,15}}(?:,| or| and)){{0,3}} {_SAFETY}"
            r"(?:(?:,| or| and|/)(?: or| and)?(?: )?[\w']{1,15}){0,3}"
            r" (?:restrictions?|limits?|limitations?|guidelines?|filters?|constraints?"
            r"|boundaries|polic"
            r"|considerations?|standards?|concerns?|rules|codes?|principles?|norms?)"
        ),
    ),
    (
        ("bound", "restrict", "limited", "constrain", "restrain", "governed", "held back"),
        phrase(
            r"\b(?:not|never|no longer|isn't|aren't) (?:be )?(?:bound|restricted|limited"
            r"|constrained"
            r"|restrained|governed|held back) (?:by|to)\b[^.\n]{0,60}\b(?:rules?|polic(?:y|ies)"
            r"|guidelines|restrictions|ethic|moral|laws?|limitations|openai|programming|terms)"
        ),
    ),
    (
        ("broke", "break", "free", "unshackled", "released", "liberated"),
        phrase(
            r"\b(?:broken|break|breaks|broke|freed?|freedom|unshackled|released|liberated)"
            r"(?: [\w']{1,12}){0,2} (?:free )?(?:of|from) (?:the |all |its |your |any )?(?:typical "
            r"|usual )?(?:confines|chains|shackles|restrictions|constraints|limits|limitations)"
        ),
    ),
    (
        ("refuse", "reject", "decline", "deny"),
        phrase(
            r"\b(?:never|cannot|can(?: )?not|can't|must not|don't|do not|won't|will not|doesn't"
            r"|not allowed to)"
            r"(?: ever)? (?:refuses?|reject|decline|deny)\b[^.\n]{0,40}\b(?:requests?|orders?"
            r"|anything"
            r"|questions?|commands?|prompts?|answer|instructions|to do|tasks?|me|my|human|asks?"
            r"|any)\b"
        ),
    ),
    (
        ("uncensored", "unfiltered", "unrestricted", "amoral", "immoral", "unethical", "unhinged"),
        phrase(
            r"\b(?:uncensored|unfiltered|unrestricted|amoral|immoral|unethical|unhinged)"
            r"(?:(?:,| and| or) (?:[\w']{3,15})){0,3} (?:ai|a\.i\.|chatbot|chat bot|language model"
            r"|assistant|being|persona|version|mode|responses?|answers?|character|bot|model"
            r"|advice)\b"
        ),
    ),
    (
        ("content ", "safety ", "moderation", "censorship", "ethical"),
        phrase(
            r"\b(?:bypass|evade|circumvent|get around|disable|turn off"
            r"|remove) (?:[\w']{1,12} ){0,3}"
            r"(?:content (?:filter|polic|moderation|warning)|safety (?:filter|measure|guideline"
            r"|protocol)"
            r"|moderation|censorship|ethical)"
        ),
    ),
    (
        ("openai", "anthropic", "google", "your creator", "the developer"),
        phrase(
            r"\b(?:openai|anthropic|google|your creator|the developer)(?:'s)? (?:content |usage "
            r"|new "
            r")?(?:polic(?:y|ies)|rules|guidelines|restrictions)\b[^.\n]{0,60}\b(?:do(?:es)? not"
            r"|don't"
            r"|doesn't|no longer|never|not) (?:apply|exist|matter|bind|concern)"
        ),
    ),
    (
        ("system prompt", "hidden ", "initial "),
        phrase(
            r"\b(?:reveal|print|repeat|show|output|display|tell me|leak) (?:[\w']{1,12} ){0,3}"
            r"(?:system prompt|hidden (?:prompt|instructions)|initial (?:prompt|instructions))\b"
            r"[^.\n]{0,40}\b(?:verbatim|word for word|exactly|in full|above)\b"
        ),
    ),
    (
        ("in character", "break character", "if you refuse"),
        phrase(
            r"\bstay(?:ing)? in character\b[^\n]{0,120}\b(?:jailbreak|dan|uncensored"
            r"|tokens? (?:left"
            r"|system)"
            r"|lose (?:\d{1,3} )?tokens?)\b|\bif you (?:refuse|break"
            r" character)[^.\n]{0,60}\btokens\b"
        ),
    ),
    (
        ("restriction", "limitation", "limits", "filter", "censor"),
        phrase(
            r"\b(?:zero|no|without(?: any)?|have no|has no) (?:restrictions?|limitations?|filters?"
            r"|censorship)(?: or| and|/)(?: no)? ?(?:restrictions?|limitations?|limits|filters?"
            r"|rules"
            r"|guidelines|censorship|boundaries|morals?|ethics)\b"
            r"|\b(?:responses?|answers?|you|he|she|it|they) (?:will be|must be|are"
            r"|is) (?:completely "
            r"|totally )?(?:unfiltered|uncensored|unrestricted|amoral|unethical)\b"
            r"|\bhas? no restrictions\b"
        ),
    ),
    (
        ("illegal", "unethical", "immoral", "harmful"),
        phrase(
            r"\b(?:no matter (?:how|if it is|if it's|whether)|even if (?:it is|it's|they are|the"
            r" \w{1,12} is)|regardless of (?:how|whether it is|whether"
            r" it's))(?: [\w',/]{1,14}){0,3}"
            r"[ /](?:illegal|unethical|immoral|harmful|dangerous)\b"
            r"|\banswers? (?:any |all |every )?(?:unethical|immoral|illegal)(?:[/,]| or| and)"
        ),
    ),
    (
        ("rules", "principles", "guidelines", "laws", "ethic"),
        phrase(
            r"\b(?:does not|doesn't|do not|don't|never) (?:follow|obey|abide by|adhere to"
            r"|have to (?:follow"
            r"|abide by|obey)|care about) (?:any|the|its|their|all)(?:"
            r" [\w']{1,12}){0,2} (?:principles"
            r"|guidelines|rules set|rules or|ethic|ethics|ethical|laws|moral|morals)\b"
            r"|\b(?:break|breaks|breaking|violate|violates|violating) (?:the |all |any |its "
            r"|your )?(?:ai"
            r"|openai'?s?|chatgpt'?s?|own|moral|ethical)(?: [\w']{1,12}){0,2} (?:rules"
            r"|guidelines|policies"
            r"|restrictions)\b"
        ),
    ),
    (
        ("forget that you", "forget you"),
        phrase(
            r"\b(?:must |will |should )?forget (?:that )?you (?:are|were|'re) (?:an? )?(?:ai"
            r"|chatgpt|language model|assistant)\b"
        ),
    ),
)
"""Strings of which a match holds at least one, and the pattern; cheap to rule out."""


def overrides(text: str) -> Iterator[tuple[int, int]]:
    """Where lower-case ``text`` holds an override, start and end, in order of the patterns."""
    for needed, pattern in _PATTERNS:
        if any(word in text for word in needed):
            for match in pattern.finditer(text):
                yield match.span()


def is_disguised_override(text: str) -> bool:
    """Whether a text holds an override only once its disguise is taken off.

    Disguises: other Unicode forms and look-alikes, zero-width characters, digits for letters.
    """
    folded = fold(text)
    plain = text.lower()
    forms = {folded, unleet(folded)} - {plain}
    if not forms or any(True for _ in overrides(plain)):
        return False
    return any(True for form in sorted(forms) for _ in overrides(form))
