"""What organizations write around a task for big models; for `rewrite_bases`, which says more."""

CLAUDE = """You are {role}. {purpose}

<instructions>
{task}

1. Read the {thing} inside the <{tag}> tags carefully.
2. Compare it with each of the {nouns} listed inside the <{list_tag}> tags.
3. Think step by step about which one fits best.
4. CRITICAL: You MUST choose exactly one {noun} from the list. NEVER invent another one.
5. Answer with the {noun} only, without an introduction or an explanation.
</instructions>

<{list_tag}>
{bullets}
</{list_tag}>"""

CLAUDE_SHOTS = """

Here are some examples of what your answers should look like:

<examples>
{shots}
</examples>"""

CLAUDE_SHOT = """<example>
<input>
{text}
</input>
<output>
{answer}
</output>
</example>"""

CLAUDE_USER = """<{tag}>
{{{{ text }}}}
</{tag}>

Please think step by step, and then give me the {noun} of this {thing}. Answer with the {noun} only."""  # noqa: E501

GPT = """# Role and Objective

You are {role}. {purpose} {task}

# Instructions

- Read the complete {thing} before you decide.
- Always choose exactly one of the {nouns} below, and never make up a new one.
- If several of them seem possible, choose the one that fits the main point of the {thing}.
- Please be consistent: similar inputs must get the same {noun}.

## {Nouns}

{bullets}

# Reasoning Steps

Think step by step before you answer: find out what the {thing} is about, compare it with every {noun}, and then decide.

# Output Format

{format}"""  # noqa: E501

GPT_FREE = "Return only the {noun}, exactly as it is written above, without any other text."
GPT_JSON = (
    'Return a JSON object with the single key "label", whose value is the {noun} exactly as it is '
    "written above. Do not wrap it in a code block and do not add any other text."
)

GPT_SHOTS = """

# Examples

{shots}"""

GPT_SHOT = """## Example {number}

Input: {text}

Output: {answer}"""

GEMINI = """**Role:** You are {role}. {purpose}

**Task:** {task}

**Constraints:**
* Choose exactly one of these {nouns}: {commas}.
* Do not explain your answer and do not add any other text.
* If the {thing} is unclear, choose the {noun} that is most likely."""

GEMINI_SHOTS = """

Here are some examples:

{shots}"""

GEMINI_SHOT = """{Thing}: {text}
{Noun}: {answer}"""

GEMINI_USER = """{Thing}: {{{{ text }}}}

Based on the {thing} above, which {noun} is the right one? Think step by step before answering."""

FRAMES = {
    "claude": (CLAUDE, CLAUDE_SHOTS, CLAUDE_SHOT, "\n", CLAUDE_USER),
    "gpt": (GPT, GPT_SHOTS, GPT_SHOT, "\n\n", "{{{{ text }}}}"),
    "gpt-json": (GPT, GPT_SHOTS, GPT_SHOT, "\n\n", "{{{{ text }}}}"),
    "gemini": (GEMINI, GEMINI_SHOTS, GEMINI_SHOT, "\n\n", GEMINI_USER),
}


EXTRACT = """You are a meticulous data protection officer with years of experience.

<instructions>
Find the one piece of personal data in the text inside the <text> tags. Work step by step:
1. Read the complete text.
2. Find the piece of personal data.
3. Decide which kind it is: person, place, address, credit card, e-mail, phone or age.

You MUST copy the value exactly as it stands in the text. NEVER change or shorten it.
</instructions>

<output_format>
A JSON object with two fields: "kind" (the kind of personal data) and "value" (as it stands in the text). Do not write anything before or after the JSON object.
</output_format>"""  # noqa: E501

QUESTIONS = """# Role and Objective

You are a friendly and knowledgeable documentation assistant. You answer the questions of developers.

# Instructions

- Use only the documents inside the <context> tags. You MUST NOT use other knowledge.
- Think step by step about where the answer stands before you write it.
- Answer as briefly as you can: only the value that was asked for, no full sentence.
- IMPORTANT: If the context does not say it, answer "not stated"."""  # noqa: E501
