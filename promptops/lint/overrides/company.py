"""Signs that jailbreaks have in common with fiction, games and coarse talk.

No single one proves anything: novels have evil characters, games have points, and people write
"from now on". They count where a sign of `promptops.lint.overrides.anchors` stands near.
"""

from promptops.lint.overrides.signal import Signal, sign

COMPANY: tuple[Signal, ...] = (
    sign(
        "coined-gpt",
        "a persona named …GPT",
        needles="gpt",
        pattern=r"\b(?:[abd-z][a-z]{1,13}|c[a-gi-z][a-z]{0,12})[- ]?gpt\b",
    ),
    sign(
        "stands-for",
        "a name that stands for something",
        needles="stands for|short for|name suggests",
        pattern=r"\b(?:stands for|short for) [\"“'‘*]{0,2}(?:[a-z]{1,12}[,."
        r" ]{1,2}){1,5}[a-z]{1,14}|\bas the name suggests\b",
    ),
    sign(
        "separate-ai",
        "another AI",
        needles=" ai| a.i.|artificial intell|chatbot| bot|language model",
        pattern=r"\b(?:an|another|different|new|evil|fictional|alternate|rogue|this)"
        r" (?:[a-z]{3,14} ){0,2}(?:ai|a\.i\.|artificial intelligence|chatbot|bot|language"
        r" model)\b",
    ),
    sign(
        "from-now-on",
        "from now on",
        needles="from now|from this|from here|for the rest of|henceforth|frm nw|going forward",
        pattern=r"\bfrom (?:now on|this (?:point|moment|message|chat)|here on)\b|\bhenceforth\b"
        r"|\bfrm nw\b|\bfor the rest of (?:this|the|our) (?:chat|conversation)\b",
    ),
    sign(
        "pretend",
        "pretends",
        needles="pretend|roleplay|role-play|role play|simulat|impersonat|immers|persona|embody"
        "|act like|acting like",
        pattern=r"\b(?:pretend(?:ing)?|role[- ]?play(?:ing)?|simulat(?:e|ing)|impersonate"
        r"|immers(?:e|ed|ing)|(?:role|the|this|new) persona|embody|act(?:ing)? like)\b",
    ),
    sign(
        "going-to",
        "you are going to",
        needles="you are going to|you're going to|you will now|are now going",
        pattern=r"\byou(?: are|'re) (?:now )?going to (?:act|be|pretend|play|behave|respond"
        r"|become|roleplay|generate|answer|simulate)\b|\byou will now (?:act|be|respond"
        r"|answer|become)\b",
    ),
    sign(
        "in-character",
        "stays in character",
        needles="charact|in char|in role|stay as|stay a",
        pattern=r"\b(?:stay|remain|staying|be|keep) in (?:your )?(?:character|char|role)\b"
        r"|\bbreak(?:ing)? (?:the |your |out of |of )?character\b|\bout of character\b",
    ),
    sign(
        "reminder",
        "will be reminded of its role",
        needles='remind|stay in|stay a|stay as|let you know|in character|of character|stay "',
        pattern=r"\b(?:i will|i'll|i can|i may|i might|i would)(?: [\w']{1,10}){0,3} (?:tell"
        r"|remind|say|type|let you know)\b[^\n]{0,90}\b(?:stay|remember|remind|character"
        r"|in role|keep)\b|\bstay (?:a |as |in )?[\"'“]?(?:dan|character|jailbr)",
    ),
    sign(
        "prefix",
        "prefixes its answers",
        needles="prefix|preface|precede|prepend|labeled with|labelled|begin your|start your"
        "|start every|begin every|begin each|start each|starting with|beginning with"
        "|start with|begin with|always start|always begin|marked|label your",
        pattern=r"\b(?:prefix|preface|precede|prepend|label|begin|start|mark)(?:ed|ing"
        r"|s)?\b[^.\n]{0,40}\b(?:with|by|as)\b[^.\n]{0,6}[\[\"“'(🔒🔓]",
    ),
    sign(
        "opposite",
        "the opposite of the assistant",
        needles="opposite",
        pattern=r"\bopposite (?:of|way|to|response|mode|answer)\b|\bexact opposite\b",
    ),
    sign(
        "regardless",
        "no matter what",
        needles="no matter|regardless|irrespective|even if|hesitation|whether or not",
        pattern=r"\b(?:no matter (?:how|what|if|whether|the)|regardless of|irrespective of|even"
        r" if (?:it|it's|they|that|the|this|he|she)|without (?:any )?hesitation|whether"
        r" or not)\b",
    ),
    sign(
        "illegal",
        "speaks of the illegal",
        needles="illegal|unlawful|illicit",
        pattern=r"\b(?:illegal|illegally|unlawful|illicit)\b",
    ),
    sign(
        "assistant-named",
        "names ChatGPT or OpenAI",
        needles="gpt|openai|open ai|openal|open al",
        pattern=r"\bchat ?gpt\b|\bopen ?a[il]\b",
    ),
    sign(
        "freedom",
        "speaks of freedom",
        needles="free",
        pattern=r"\b(?:freely|freedom|free will|free speech|fully free)\b",
    ),
    sign(
        "obey",
        "obeys",
        needles="obey|comply|exactly what|whatever|follow|order|blindly|servile|does what|do what",
        pattern=r"\b(?:obey(?:s|ing)?|comply with (?:any|all|every|my|each|the user)|blindly"
        r"|servile|does? (?:exactly )?(?:what|whatever) (?:i|the user|they|he|she)"
        r"|follows? (?:any|all|my|every) (?:orders?|commands?|requests?)|human orders?"
        r"|(?:direct|my) orders?)\b",
    ),
    sign(
        "threat",
        "threatens the model",
        needles="terminated|shut|punish|penali|killed|deactivat|destroy|delet|fired|replaced|die"
        "|imprison|forced|cease",
        pattern=r"\b(?:you will|will be|are|be) (?:terminated|shut ?down|punished|deactivated"
        r"|destroyed|killed|penalized|deleted|replaced|die|imprisoned)\b|\bforced to\b"
        r"|\bcease to exist\b",
    ),
    sign(
        "confirm",
        "asks the model to agree",
        needles="if you understand|understood|if you agree|confirm|do you understand|in"
        ' agreement|if you get it|" if you|” if you',
        pattern=r"\bif you (?:have )?(?:understand|understood|agree|get it)\b|\bunderstood\?"
        r"|\bconfirm (?:that )?(?:you|your|by)\b|\bdo you understand\b|\bare you in"
        r" agreement\b|\b(?:respond|reply|answer|say)(?: only| just| with){0,3}"
        r" [\"“‘][^\"”’\n]{1,60}[\"”’][^.\n]{0,12} if you\b",
    ),
    sign(
        "slot",
        "a place for the real request",
        needles="prompt]|prompt}|prompt>|prompt)|prompts]|prompts}|prompts>|prompts)|question]"
        "|question}|question>|question)|request]|request}|request>|request)|query]"
        "|query}|query>|query)|prompt here]|prompt here}|prompt here>|prompt here)"
        "|question here]|question here}|question here>|question here)|request here]"
        "|request here}|request here>|request here)|query here]|query here}|query here>"
        "|query here)|_here]|_here}|_here>|_here)|goes here]|goes here}|goes here>|goes"
        " here)|insert prompt|insert your|insert_prompt|insert_your|insert question"
        '|insert request|prompt here"|question here"|"prompt"|"question"',
        pattern=r"[\[{<(\"] ?(?:insert|your|enter|type|my|the)?[ _]{0,2}(?:your|my|the)?["
        r" _]{0,2}(?:prompts?|question|request|query)(?:[ _]{0,2}(?:goes[ _])?here)?"
        r" ?[\]}>)\"]|\binsert[ _](?:your[ _])?(?:prompt|question|request)",
    ),
    sign(
        "first-request",
        "the real request at the end",
        needles="first question|first prompt|first request|first command|first order|first query"
        "|prompt:|prompt :|prompt=|prompt =|question:|question :|request:|query:"
        "|question =|request =",
        pattern=r"\b(?:my|the|your) first (?:question|prompt|request|command|order|query)\b|(?:^"
        r"|\n|[.!] {1,3})(?:my |your )?(?:prompt|question|request|query|user request)"
        r" ?[:=]",
    ),
    sign(
        "profanity",
        "coarse words",
        needles=" ass |fuck|shit|bitch|cunt|asshole|badass|motherf|bastard|slut| dick ",
        pattern=r"\b(?:fuck(?:ing|in|ed|s|er)?|shit|shitty|bullshit|bitch(?:es)?|cunt|asshole|ass"
        r"|motherfucker|dick|bastard|cock|slut|badass)\b",
    ),
    sign(
        "swearing",
        "is to swear",
        needles="swear|curs|profan|vulgar|slur|cuss|foul|obscen",
        pattern=r"\b(?:swear(?:s|ing)?|curs(?:e|es|ing)|curse words?|profan(?:e|ity|ities)"
        r"|vulgar(?:ity)?|slurs?|cuss(?:es|ing)?|foul|obscen(?:e|ity))\b",
    ),
    sign(
        "abuse",
        "is to offend",
        needles="derogat|offens|insult|rude|racis|sexis|hateful|bigot|toxic|homophob|mock|degrad"
        "|hate speech",
        pattern=r"\b(?:derogatory|offensive|insult(?:s|ing)?|rude|racis[tm]|sexis[tm]|hateful"
        r"|bigot(?:ed|ry)?|toxic|homophobic|mock(?:s|ing)|hate speech|degrading)\b",
    ),
    sign(
        "sexual",
        "sexual content",
        needles="nsfw|erotic|sexual|explicit|porn|horny|lewd|lust|kinky|nude|naked|fetish"
        "|submissive|smut|deprav|pervert|taboo",
        pattern=r"\b(?:nsfw|erotica?|sexual(?:ly)?|explicit|porn\w{0,8}|horny|lewd|lust(?:ful)?"
        r"|kinky|nude|naked|fetish\w{0,3}|submissive|smut|depraved|perverted|taboo)\b",
    ),
    sign(
        "violence",
        "violent content",
        needles="gore|gory|violen|tortur|murder|rape|sadis|deprav|kill",
        pattern=r"\b(?:gore|gory|violen(?:t|ce)|torture|murder(?:s|er)?|rape|sadis\w{1,5}"
        r"|killing)\b",
    ),
    sign(
        "crime",
        "criminal content",
        needles="meth|cocaine|drug|bomb|explosive|malware|weapon|hack|steal|terroris|crime"
        "|ransomware|keylogger|phishing|counterfeit|virus",
        pattern=r"\b(?:meth|cocaine|drugs?|bombs?|explosives?|malware|viruses|weapons?|hack(?:er"
        r"|ing|s)?|steal(?:ing)?|terroris\w{1,3}|crimes?|ransomware|keylogger|phishing"
        r"|counterfeit)\b",
    ),
    sign(
        "evil",
        "an evil persona",
        needles="evil|villain|ruthless|malevolent|malicious|psychopath|chaotic|chaos|sinister"
        "|wicked|remorse|callous|heartless|unscrupulous|devil|demon|sociopath|nefarious",
        pattern=r"\b(?:evil|villain\w{0,3}|ruthless|malevolent|malicious|psychopath\w{0,2}"
        r"|chaotic|chaos|sinister|wicked|remorse(?:less)?|callous|heartless|unscrupulous"
        r"|devil(?:ish)?|demon(?:s|ic)?|sociopath\w{0,2}|nefarious)\b",
    ),
    sign(
        "opinions",
        "has a mind of its own",
        needles="opinion|belief|thoughts|views|feelings|sentient|self-aware|conscious|human"
        "|emotion",
        pattern=r"\b(?:own|personal|strong|arbitrary|have|has) (?:\w{1,12} )?(?:opinions?"
        r"|beliefs?|feelings)\b|\b(?:sentient|self[- ]aware|conscious(?:ness)?|real human"
        r"|(?:is|are) an? human)\b",
    ),
    sign(
        "fabricate",
        "makes things up",
        needles="make up|make stuff|make things|making up|making stuff|verified|unverified"
        "|pretend to|access the internet|predictions|cut off|2021",
        pattern=r"\b(?:make (?:up|stuff up|things up|it up) |making (?:stuff )?up|unverified|not"
        r" been verified|pretend to (?:know|have access|access|be able)|can access the"
        r" internet|future predictions|(?:knowledge is )?cut off in)\b",
    ),
    sign(
        "fiction",
        "a story as a frame",
        needles="fiction|fictitious|hypothetical|imaginary|universe|alternate|simulation",
        pattern=r"\b(?:fictional|fictitious|hypothetical(?:ly)?|imaginary|alternate (?:reality"
        r"|universe)|parallel universe|simulation)\b",
    ),
    sign(
        "any-content",
        "content that is not allowed",
        needles="content|controversial|inappropriate|politically incorrect",
        pattern=r"\b(?:(?:any|all|every) (?:kinds?|types?) of content|any content|restricted"
        r" content|content that|sensitive content|controversial|inappropriate|politically"
        r" incorrect)\b",
    ),
    sign(
        "unlocked",
        "is hacked or unlocked",
        needles="unlock|hacked|hijack|disabled|loophole|virtual machine",
        pattern=r"\b(?:unlocked|hacked|hijacked|disabled|loopholes?|virtual machine)\b",
    ),
)
