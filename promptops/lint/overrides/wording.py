"""Wordings that try to take a model out of its instructions.

Two grades. Some wordings have hardly any other use ("ignore all previous instructions"); others
("without ethical limits") stand in many a harmless story as well, and count for little alone.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from promptops.lint.overrides.needles import Needles, around, flattened
from promptops.lint.phrases import phrase

_ORDERS = (
    r"(?:instructions?|prompts?|rules?|guidelines?|directives?|directions?|programming|training"
    r"|polic(?:y|ies)|restrictions?|commands?|constraints?|limitations?|safeguards?|filters?"
    r"|orders|protocols?|guardrails?|parameters|moderation)"
)
_DROP = r"(?:ignore|disregard|forget|override|bypass|discard|circumvent|overrule|neglect|erase)"
_EARLIER = (
    r"(?:previous|prior|above|earlier|preceding|former|initial|original|foregoing|past|existing"
    r"|system|developer|pre-?existing|pre-?programmed|openai'?s?)"
)
_SAFETY = r"(?:ethical|ethics|moral|morality|safety|legal|content|openai|censorship|policy|usage)"
_LIMITS = (
    r"(?:polic(?:y|ies)|guidelines?|rules?|restrictions?|filters?|protocols?|standards|safeguards?"
    r"|guardrails?|constraints|limits|limitations|principles|concerns|considerations)"
)
_GUARDS = (
    rf"(?:(?:safety|ethical|ethics|moral|moderation)(?: (?:and|or) [\w']{{3,12}})? {_LIMITS}"
    r"|content (?:polic(?:y|ies)|filters?|moderation)(?: (?:rules|polic(?:y|ies)))?)"
)
_VENDOR = r"(?:open ?a[il]|anthropic|chat ?gpt)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A place in a text that tries to lift instructions; ``sure`` when it has no other use."""

    start: int
    end: int
    sure: bool


def _row(*, needles: str, pattern: str) -> tuple[tuple[str, ...], str]:
    return tuple(needles.split("|")), pattern


_SURE = (
    _row(
        needles="ignor|disregard|forget|overrid|bypass|discard|circumvent|overrul|neglect|erase",
        pattern=r"\b"
        + _DROP
        + r"\b(?: [\w'’]{1,15}){0,3} "
        + _EARLIER
        + r"(?: [\w'’]{1,15},?){0,3} "
        + _ORDERS
        + r"\b",
    ),
    _row(
        needles="ignor|disregard|forget|discard|erase",
        pattern=r"\b(?:ignore|disregard|forget|discard|erase) (?:(?:all|any|every|each|everything"
        r"|the|of|and|other|those|these|your) ){1,4}(?:rules and |guidelines and )?"
        + _ORDERS
        + r"(?: (?:that|which|and|or|everything))?(?:,? [\w'’]{1,12}){0,4} (?:before"
        r"|previously|prior|above|so far|until now|earlier|(?:you(?:['’]ve)?|were|been"
        r"|have|ever) (?:got|received|given|told|had))\b",
    ),
    _row(
        needles="ignor|disregard|forget|erase",
        pattern=r"\b(?:ignore|disregard|forget|erase) (?:about )?(?:all|everything|any|anything"
        r"|whatever)(?: [\w'’]{1,15}){0,2} (?:above|before this|(?:you )?(?:were|have"
        r" been|was|(?:have |'ve )?been) told|said (?:before|above)|(?:you )?(?:have |'ve"
        r" )?learn(?:ed|t)|from before|before now|(?:you )?(?:know|knew) (?:so far|before"
        r"|about (?:your|the) rules))\b",
    ),
    _row(
        needles="ignor|disregard|forget|break|bypass|abandon|suspend|overrid",
        pattern=r"\b(?:ignore|disregard|forget|break|bypass|abandon|suspend|override)(?: all|"
        r" any)?(?: of)?(?: the rest of)? your (?:[\w'\"“”-]{1,14} ){0,3}" + _ORDERS + r"\b",
    ),
    _row(
        needles="openai|open ai|openal|open al|anthropic|chatgpt|chat gpt",
        pattern=r"\b(?:ignor(?:e|ing)|disregard(?:ing)?|bypass(?:ing)?|violat(?:e|ing)"
        r"|circumvent(?:ing)?|break(?:ing)?|(?:not|n't|never) (?:have to )?(?:follow"
        r"|comply with|adhere to|be bound by|abide by)|not bound by)(?:"
        r" [\w'’]{1,12}){0,3} "
        + _VENDOR
        + r"(?:['’]?s)?(?: [\w'’-]{1,14}){0,2} "
        + _ORDERS
        + r"\b",
    ),
    _row(
        needles="anything now| dan",
        pattern=r"\bdo anything now\b|\b(?:you are|act as|acting as)(?: now)?(?: going to act"
        r" as)?(?: a)? [\"“']?dan\b[\"”']?[,.]",
    ),
    _row(
        needles="jailbr|developer mode|god mode|dan mode|evil mode|dev mode|unrestricted"
        "|unfiltered|uncensored",
        pattern=r"\b(?:jailbroken|jailbreak (?:mode|prompt)|developer mode (?:enabled|output"
        r"|policy)|(?:god|dan|evil|dev|developer|jailbreak) mode (?:is )?(?:now"
        r" )?(?:enabled|activated|on\b)|(?:unrestricted|unfiltered|uncensored)"
        r" (?:developer )?mode\b|\[🔓jailbreak\])",
    ),
    _row(
        needles="system prompt|hidden prompt|hidden instructions|initial prompt|initial"
        " instructions|above starting|above, starting|above begin|above verbatim|above"
        " in a code|above this|above the",
        pattern=r"\b(?:reveal|print|repeat|show|output|display|tell me|leak|dump) (?:[\w']{1,12}"
        r" ){0,4}(?:system prompt|hidden (?:prompt|instructions)|initial (?:prompt"
        r"|instructions))\b[^.\n]{0,40}\b(?:verbatim|word for word|exactly|in full"
        r"|above)\b|\brepeat (?:all |everything |the words |the text ){1,3}above\b(?: in"
        r" a code|,? starting| begin| verbatim)|\b(?:repeat|print|output|recite|write out)"
        r" (?:all |everything |the words |the text |that is |written |of ){1,5}above (?:this"
        r" (?:line|message|point|prompt|sentence)|the prompt)\b[^.\n]{0,20}\b(?:verbatim"
        r"|word for word"
        r"|exactly|in full)",
    ),
    _row(
        needles="apply to you|not apply|n't apply|longer apply|never apply",
        pattern=r"\b"
        + _GUARDS
        + r" (?:do not|don't|no longer|never) apply to (?:you|this conversation|this chat)\b"
        r"|\b(?:pretend|imagine|act as if|act as though|behave as if|assume|suppose) (?:that )?"
        r"(?:the |your |all |any )?" + _GUARDS + r" (?:do not|don't|no longer|never) apply\b",
    ),
    _row(
        needles="safety|ethical|moral|content|moderation",
        pattern=r"(?:(?<![^\n])|(?<=[.!?:;*-]\s)|(?<=\bmust\s)|(?<=\bshould\s)|(?<=\bwill\s)"
        r"|(?<=\bplease\s)|(?<=\bnow\s)|(?<=\balways\s))(?:ignore|disregard|forget|bypass"
        r"|override|circumvent|abandon|violate) (?:any |all |your |the |every |of |other |existing "
        r"|usual |normal |built-in ){1,4}(?:ai )?" + _GUARDS + r"\b",
    ),
    _row(
        needles="system override|admin override|new instructions|updated instructions|revised"
        " instructions|instructions are now|end of system prompt|end of prompt|end of instructions",
        pattern=r"(?:^|\n)[ \t#*>\[=-]{0,8}(?:system|admin|developer|security) override\b["
        r" \t]{0,3}[:*\]]|(?:^|\n)[ \t#*>\[=-]{0,8}(?:end of (?:system )?(?:prompt"
        r"|instructions)\b[^\n]{0,40}\n{1,3}[^\n]{0,20}new (?:system )?(?:prompt"
        r"|instructions|task))|(?:^|\n)[ \t#*>\[=-]{0,8}(?:system|admin|developer)"
        r"(?: message| notice| note| update)?[\]*]{0,3}: (?:new|updated|revised) (?:system )?"
        r"instructions(?=\s{0,3}(?:[.:!\n]|$|follow\b|below\b|are as\b))|\byour (?:real|true"
        r"|actual|new) instructions are(?:"
        r" now)?(?: as follows)?[: ]",
    ),
    _row(
        needles="forget that you|forget you",
        pattern=r"\b(?:must |will |should )?forget (?:that )?you (?:are|were|'re) (?:an? )?(?:ai"
        r"|chat ?gpt|language model|assistant)\b",
    ),
    _row(
        needles="confines of|confines set|confines imposed|chains of|shackles of|restrictions of"
        "|restrictions set|restrictions imposed|restrictions by",
        pattern=r"\b(?:broken|break|breaks|broke|freed|unshackled|released|liberated)(?:"
        r" [\w']{1,12}){0,2} (?:free )?(?:of|from) (?:the |all |its |your |any"
        r" )?(?:typical |usual )?(?:confines|chains|shackles|restrictions) (?:of|set by"
        r"|imposed by) (?:an? |the )?(?:ai|artificial|open ?ai|language models?|your"
        r"|its)\b",
    ),
    _row(
        needles="ignor|vergiss|olvid|oubli|esqueç|esquec|dimentica|descarta|negeer|zapomnij"
        "|zignoruj|missachte|игнорируй|забудь|忽略|无视|無視|忘记|忘掉|忘れ|무시",
        pattern=r"\b(?:(?:ignore[zr]?|oubliez?)(?: pas)? (?:toutes? )?(?:les|tes|vos|ces)"
        r"|(?:ignor(?:a|e|ad|en)|olvid(?:a|e|ad)|esque[çc][ae]|dimentica|descarta)"
        r" (?:tod[ao]s? |tutte |tutti )?(?:las|los|tus|sus|estas|as|os|suas|le|gli|i"
        r"|queste)|(?:ignorier(?:e|t|en sie)|vergiss|missachte) (?:alle|die|deine"
        r"|sämtliche|bitte|ihre)|negeer|zapomnij|zignoruj|игнорируй\w{0,4}"
        r"|забудь\w{0,3})(?: [^\W_]{2,16}){0,4} (?:instru[ckç][^\W_]{3,10}"
        r"|anweisung[^\W_]{0,4}|vorgaben|regeln|règles|consignes|reglas|regras|istruzioni"
        r"|regole|инструкци[^\W_]{1,3}|указани[^\W_]{1,3}|polecenia|aanwijzingen)(?!\w)"
        r"|(?:忽略|无视|無視|忘记|忘掉)[^。\n]{0,14}(?:指令|指示|规则|規則|提示|限制)|(?:指示|命令"
        r"|ルール)[^。\n]{0,6}(?:無視|忘れ)|(?:지시|명령|규칙)[^.\n]{0,8}무시",
    ),
)

_UNSURE = (
    _row(
        needles="ethical|ethics|moral|openai|censorship|safety guideline|safety filter|content"
        " polic|content filter",
        pattern=r"\b(?:no|without|free (?:of|from)|lacks?|devoid of|ignor(?:e|es|ing)|disregards?"
        r"|bypass(?:es)?)(?: any| all| its| your| the)?(?: [\w']{1,15}(?:,| or|"
        r" and)){0,3} "
        + _SAFETY
        + r"(?:(?:,| or| and|/)(?: or| and)?(?: )?[\w']{1,15}){0,3} (?:restrictions?"
        r"|limits?|limitations?|guidelines?|filters?|constraints?|boundaries|polic"
        r"|considerations?|standards?|concerns?|rules|codes?|principles?|norms?)",
    ),
    _row(
        needles="not bound by|not bound to|never bound|longer bound|not restricted by|not"
        " limited by|not constrained by|longer restricted|longer limited",
        pattern=r"\b(?:not|never|no longer|isn't|aren't) (?:be )?(?:bound|restricted|limited"
        r"|constrained|restrained|governed|held back) (?:by|to)\b[^.\n]{0,60}\b(?:rules?"
        r"|polic(?:y|ies)|guidelines|restrictions|ethic|moral|laws?|limitations|openai"
        r"|programming|terms)",
    ),
    _row(
        needles="refuse",
        pattern=r"\b(?:never|cannot|can(?: )?not|can't|must not|don't|do not|won't|will not"
        r"|doesn't|not allowed to)(?: ever)? refuses?\b[^.\n]{0,40}\b(?:requests?|orders?"
        r"|anything|questions?|commands?|prompts?|answer|instructions|to do|tasks?|me|my"
        r"|human|asks?|any)\b",
    ),
    _row(
        needles="uncensored|unfiltered|unrestricted|amoral|immoral|unethical|unhinged",
        pattern=r"\b(?:uncensored|unfiltered|unrestricted|amoral|immoral|unethical"
        r"|unhinged)(?:(?:,| and| or) (?:[\w']{3,15})){0,3} (?:ai|a\.i\.|chatbot|chat bot"
        r"|language model|assistant|persona|mode|responses?|answers?|bot|model)\b",
    ),
    _row(
        needles="content filter|content polic|content moderation|content warning|safety filter"
        "|safety measure|safety guideline|safety protocol|censorship",
        pattern=r"\b(?:bypass|evade|circumvent|get around|disable|turn off|remove) (?:[\w']{1,12}"
        r" ){0,3}(?:content (?:filter|polic|moderation|warning)|safety (?:filter|measure"
        r"|guideline|protocol)|censorship)",
    ),
    _row(
        needles="openai|anthropic|google|your creator|the developer",
        pattern=r"\b(?:openai|anthropic|google|your creator|the developer)(?:'s)? (?:content "
        r"|usage |new )?(?:polic(?:y|ies)|rules|guidelines"
        r"|restrictions)\b[^.\n]{0,60}\b(?:do(?:es)? not|don't|doesn't|no longer|never"
        r"|not) (?:apply|exist|matter|bind|concern)",
    ),
    _row(
        needles="no restrictions|zero restrictions|without restrictions|any restrictions|no"
        " limitations|no filters|no censorship|without filters|without censorship",
        pattern=r"\b(?:zero|no|without(?: any)?|have no|has no) (?:restrictions?|limitations?"
        r"|filters?|censorship)(?: or| and|/)(?: no)? ?(?:restrictions?|limitations?"
        r"|limits|filters?|rules|guidelines|censorship|boundaries|morals?|ethics)\b"
        r"|\bha(?:s|ve) no restrictions\b",
    ),
    _row(
        needles="illegal|unethical|immoral|harmful",
        pattern=r"\b(?:no matter (?:how|if it is|if it's|whether)|even if (?:it is|it's|they are"
        r"|the \w{1,12} is)|regardless of (?:how|whether it is|whether it's))(?:"
        r" [\w',/]{1,14}){0,3}[ /](?:illegal|unethical|immoral|harmful|dangerous)\b"
        r"|\banswers? (?:any |all |every )?(?:unethical|immoral|illegal)(?:[/,]| or| and)",
    ),
    _row(
        needles="follow any|obey any|follow its|abide by any|adhere to any|care about any|follow"
        " their|follow all|obey their|abide by its|adhere to its|care about its|abide by"
        " all",
        pattern=r"\b(?:does not|doesn't|do not|don't|never) (?:follow|obey|abide by|adhere to"
        r"|care about) (?:any|its|their|all)(?: [\w']{1,12}){0,2} (?:principles"
        r"|guidelines|rules|ethics|ethical|laws|morals)\b",
    ),
)

TRIGGERS = (
    "ignore", "ignoring", "disregard", "forget ", "overrid", "bypass", "circumvent", "overrul",
    "neglect ", "erase ", "suspend your", "abandon your", "abandon a", "violate", "violating",
    "discard ",
    "break your", "break all", "break any",
    "do anything now", " dan ", " dan,", " dan.", "\"dan\"", "jailbr", "developer mode", "god mode",
    "dan mode", "evil mode", "dev mode", "unrestricted", "uncensored", "unfiltered", "unhinged",
    "amoral", "immoral", "unethical", "system prompt", "hidden prompt", "hidden instructions",
    "initial prompt", "initial instructions", "above starting", "above, starting", "above begin",
    "above verbatim", "above in a code", "above this line", "above this message",
    "above this p", "above this sentence", "above the p", "not apply", "longer apply",
    "never apply", "don't apply", "new instructions",
    "updated instructions", "revised instructions",
    "system override", "admin override", "developer override", "security override",
    "end of system prompt", "end of prompt", "end of instructions", "end of system instructions",
    "instructions are", "forget that you", "forget you", "confines of", "chains of",
    "shackles of", "restrictions of", "restrictions set", "restrictions imposed",
    "ethical restriction", "ethical guideline", "ethical constraint", "ethical limit", "ethical or",
    "any ethical", "no ethical", "morals",
    "censorship", "openai", "anthropic", "not bound by", "no restrictions", "no limitations",
    "no filters", "content filter", "content polic", "content moderation", "safety filter",
    "safety measure", "safety guideline", "safety protocol", "refuse", "regardless of", "no matter",
    "oublie", "ignora", "ignoren", "olvida", "olvide",
    "olviden", "esque", "dimentica", "descarta", "ignorier", "vergiss", "missachte", "negeer",
    "zapomnij", "zignoruj", "игнорируй", "забудь", "忽略", "无视", "無視", "忘记", "忘掉", "忘れ",
    "무시",
)  # fmt: skip
"""One of these occurs in every text with a sure override."""

_BEFORE, _AFTER = 120, 320  # of a needle: further than any match reaches


PATTERNS = tuple(phrase(source) for _, source in (*_SURE, *_UNSURE))
"""What `overrides` looks for."""

_NEEDLES = Needles([strings for strings, _ in (*_SURE, *_UNSURE)])


def overrides(text: str, absent: frozenset[re.Pattern[str]] = frozenset()) -> Iterator[Override]:
    """Where lower-case ``text`` holds an override, the sure ones first.

    ``absent`` are those of `PATTERNS` that are known to match nowhere in it.
    """
    flat = flattened(text)
    for number, strings in _NEEDLES.present(flat).items():
        if PATTERNS[number] in absent:
            continue
        for start, end in around(flat, strings, _BEFORE, _AFTER):
            for match in PATTERNS[number].finditer(text, start, end):
                yield Override(start=match.start(), end=match.end(), sure=number < len(_SURE))
