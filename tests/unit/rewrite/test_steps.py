"""What each step does, and what it leaves alone."""

import pytest
from rewrite_steps import BY_NAME, applied, prompt

from promptops.models.dialects import find_dialect
from promptops.models.names import ModelName
from promptops.rewrite.derive import derive
from promptops.rewrite.reading import read_draft
from promptops.rewrite.steps import STEPS

# sentence: (step, text before, text after) in the last user message
REWORDED = {
    "a label with a value becomes a tag": (
        "to-tags",
        "Context:\n{{ context }}\n\nQuestion: {{ question }}",
        "<context>\n{{ context }}\n</context>\n\n<question>\n{{ question }}\n</question>",
    ),
    "flat headings become tags": (
        "to-tags",
        "## Rules\n\nBe brief.\n\n## Text\n\n{{ text }}",
        "<rules>\nBe brief.\n</rules>\n\n<text>\n{{ text }}\n</text>",
    ),
    "tags become headings": (
        "to-headings",
        "<rules>\nBe brief.\n</rules>\n<customer_text>{{ text }}</customer_text>",
        "## Rules\n\nBe brief.\n\n## Customer text\n\n{{ text }}",
    ),
    "a paragraph after a section gets its own heading": (
        "to-headings",
        "Context:\n{{ context }}\n\nAnswer now.",
        "## Context\n\n{{ context }}\n\n## Instructions\n\nAnswer now.",
    ),
    "tags become labels": (
        "to-plain-labels",
        "<rules>\nBe brief.\n</rules>",
        "Rules:\nBe brief.",
    ),
    "material first, question last": (
        "move-context-first",
        "Question: {{ question }}\n\nAnswer briefly.\n\nContext:\n{{ context }}",
        "Context:\n{{ context }}\n\nAnswer briefly.\n\nQuestion: {{ question }}",
    ),
    "the request to think goes": (
        "strip-thinking-hints",
        "Let's think step by step. Sort {{ text }}. Think step by step before you answer!",
        "Sort {{ text }}.",
    ),
    "what to think about stays": (
        "strip-thinking-hints",
        "Think step by step about the risk.",
        "Think about the risk.",
    ),
    "shouting is calmed": (
        "soften-shouting",
        "IMPORTANT: you MUST sort it!!! NEVER guess.\n- DO NOT add text",
        "You must sort it! Never guess.\n- Do not add text",
    ),
    "a shouted sentence keeps its acronyms": (
        "soften-shouting",
        "YOU MUST ALWAYS ANSWER IN JSON!!",
        "You must always answer in JSON!",
    ),
    "politeness goes": (
        "shorten-politeness",
        "Could you please sort the text? Please be brief. Thank you very much!",
        "Sort the text. Be brief.",
    ),
    "a question that is no request stays one": (
        "shorten-politeness",
        "How would you rate it? Can you tell me why? Can you ever know?",
        "How would you rate it? Tell me why. Can you ever know?",
    ),
    "a breath is not taken": (
        "strip-thinking-hints",
        "- Take a deep breath and think step-by-step about the text.  \n- Read it. ",
        "- Think about the text.\n- Read it. ",
    ),
    "a line that only asks to think goes": (
        "strip-thinking-hints",
        "- Read it.\n- Let's think step by step.\n- Answer.",
        "- Read it.\n- Answer.",
    ),
    "shouted items of a list begin with a capital": (
        "soften-shouting",
        "# Output\n\n- DO NOT COMPLAIN. Just answer.\n- NO comments.",
        "# Output\n\n- Do not complain. Just answer.\n- No comments.",
    ),
    "bold words begin with a capital, too": (
        "soften-shouting",
        "**ALWAYS read it.**\n- **DO NOT** guess, and `x` MUST stay.",
        "**Always read it.**\n- **Do not** guess, and `x` must stay.",
    ),
    "long phrases are shortened": (
        "shorten-phrases",
        "Your task is to read it in order to sort it. Due to the fact that it is long, skim.",
        "Read it to sort it. Because it is long, skim.",
    ),
    "a switch that nothing reads goes": (
        "drop-think-switch",
        "Sort it. /no_think",
        "Sort it.",
    ),
    "instructions first, material behind them": (
        "move-instructions-first",
        "Be brief.\n\nContext:\n{{ context }}\n\nQuestion: {{ question }}\n\nAnswer now.",
        "Be brief.\n\nAnswer now.\n\nContext:\n{{ context }}\n\nQuestion: {{ question }}",
    ),
    "what introduces the material moves with it": (
        "move-context-first",
        "Question: {{ question }}\n\nThis is what we know:\n\n{{ context }}\n\nAnswer:",
        "This is what we know:\n\n{{ context }}\n\nQuestion: {{ question }}\n\nAnswer:",
    ),
    "paragraphs behind a section share one heading": (
        "to-headings",
        "<context>\n{{ context }}\n</context>\n\nAnswer now.\n\nBe brief.",
        "## Context\n\n{{ context }}\n\n## Instructions\n\nAnswer now.\n\nBe brief.",
    ),
    "one-line inputs are marked like the sections beside them": (
        "to-headings",
        "Question: {{ question }}\n\nContext:\n{{ context }}",
        "## Question\n\n{{ question }}\n\n## Context\n\n{{ context }}",
    ),
    "a warning stays one in a normal voice": (
        "soften-shouting",
        "WARNING: Do NOT THINK aloud. You MUST sort it.",
        "Warning: Do not think aloud. You must sort it.",
    ),
    "a heading with nothing but its value becomes a tag": (
        "to-tags",
        "## Text\n\n**Text:** {{ text }}\n\n## Rules\n\nBe brief.",
        "<text>\n**Text:** {{ text }}\n</text>\n\n<rules>\nBe brief.\n</rules>",
    ),
    "politeness inside a sentence goes": (
        "shorten-politeness",
        "If in doubt, please ask. I would like you to answer, please.",
        "If in doubt, ask. Answer.",
    ),
}


@pytest.mark.parametrize(("step", "before", "after"), REWORDED.values(), ids=REWORDED)
def test_a_step_changes(step, before, after):
    assert applied(step, prompt(("user", before))) == [("user", after)]


LEFT_ALONE = {
    "a label that the text quotes": (
        "to-tags",
        'Read what follows "Text:" only.\n\nText: {{ text }}',
    ),
    "a label of pairs, and the real input that ends with a cue": (
        "to-tags",
        "Text: My VPN is down\nTeam: network\n\nText: {{ text }}\nTeam:",
    ),
    "pairs beside sections": (
        "to-headings",
        "<rules>\nSort.\n</rules>\n\nText: My VPN is down\nTeam: network\n\nText: {{ text }}",
    ),
    "an instruction behind the value under a heading": (
        "to-tags",
        "## Text\n\n{{ text }}\n\n---\n\nPlease answer politely.",
    ),
    "a tag that the text refers to": (
        "to-plain-labels",
        "See <policy> first.\n\n<policy>\nBe brief.\n</policy>",
    ),
    "a label that the text calls a label": (
        "to-tags",
        "The label Text marks the input.\n\nText: {{ text }}",
    ),
    "a tag that the text refers to, headed": (
        "to-headings",
        "See <policy> first.\n\n<policy>\nBe brief.\n</policy>\n\nContext:\n{{ context }}",
    ),
    "headings of several levels": ("to-tags", "# A\n\none\n\n## B\n\ntwo"),
    "a name with more than words": ("to-tags", "## 2. Rules & more\n\nBe brief."),
    "a sentence that ends with a colon": ("to-tags", "Use one of these labels, nothing else:\n- a"),
    "one-line inputs": ("to-headings", "Question: {{ question }}"),
    "a message with headings": ("to-headings", "## A\n\none\n\nContext:\n{{ context }}"),
    "a wording that points downwards": (
        "move-context-first",
        "Answer from the context below.\n\nQuestion: {{ question }}\n\nContext:\n{{ context }}",
    ),
    "steps of a procedure": ("strip-thinking-hints", "Explain step by step how to reset it."),
    "a hint in quotation marks": ("strip-thinking-hints", 'Never say "Think step by step." aloud'),
    "acronyms and labels in capitals": ("soften-shouting", "Answer YES or JSON, see ISO 4217."),
    "shouting in code and quotes": ("soften-shouting", 'Look for `NEVER` and "DO NOT TOUCH".'),
    "values, terms and names in capitals": (
        "soften-shouting",
        "Say YES or NO, rate it VERY LOW, LOW or HIGH, NOT NULL, keep > [!NOTE], level: WARNING",
    ),
    "names of sections in capitals": (
        "soften-shouting",
        "Write what you must only say once in a section called NOTES AND LINKS, as asked.",
    ),
    "titles in capitals": ("soften-shouting", "## MANDATORY OUTPUT\n\nREQUIRED RESOURCES\n\nNone."),
    "marks that are no emphasis": ("soften-shouting", "Return !!item, or a != b."),
    "paths and other words with a slash": (
        "drop-think-switch",
        "Read /home/think/it and `/no_think`, and /thinking.",
    ),
    "a name that is a sentence": ("to-tags", "The claim is:\n{{ text }}"),
    "a message that is one section": ("to-headings", "<rules>\nBe brief.\n</rules>"),
    "an instruction behind the question, when the material is first": (
        "move-context-first",
        "Context:\n{{ context }}\n\nQuestion: {{ question }}\n\nAnswer with a value only.",
    ),
    "a sentence between two inputs": (
        "move-instructions-first",
        "Context:\n{{ context }}\n\nWhich of these is it?\n\nText: {{ text }}\n\nBe brief.",
    ),
    "material that is part of a sentence": (
        "move-context-first",
        "I heard that {{ question }}\n\nAnd {{ context }}, too.",
    ),
    "an unfinished sentence at the end": (
        "move-context-first",
        "Context:\n{{ context }}\n\nThe best answer to {{ question }} is",
    ),
    "a question and its options": (
        "move-context-first",
        "Context:\n{{ context }}\n\nQuestion: {{ question }}\n\nText:\n{{ text }}",
    ),
    "a paragraph that shows a value behind a section": (
        "to-headings",
        "Rules:\nBe brief.\n\nThe text to sort is {{ text }} as it was sent.",
    ),
    "a variable named please": ("shorten-politeness", "{{ text }} is pleased."),
}


@pytest.mark.parametrize(("step", "text"), LEFT_ALONE.values(), ids=LEFT_ALONE)
def test_a_step_leaves_alone(step, text):
    assert applied(step, prompt(("user", text))) == [("user", text)]


POINTING = (
    *("Use the documents that follow.", "The question stands at the end of this message."),
    *("First comes the question, then the documents.", "It is given after the question."),
    *("The last section holds the facts.", "Use what you have just read.", "Read the top part."),
    *("Nutze den unten stehenden Text.", "Der Text steht im Folgenden.", "Lies den obigen Text."),
    *("Nutze den Text oben.", "Lis le texte ci-dessous.", "Selon le texte ci-dessus."),
    *("Usa el texto a continuación.", "Usa el texto de arriba.", "El texto está abajo."),
    *(
        "以下の文章だけを使う。",
        "上記の文章だけを使う。",
        "请使用下面的资料。",
        "根据上述资料回答。",
    ),
    *("Usa il testo qui sotto.", "Rispondi al testo seguente.", "Use o texto abaixo."),
    *("Responda ao texto a seguir.", "Gebruik de tekst hieronder.", "Lees de bovenstaande tekst."),
)


@pytest.mark.parametrize("sentence", POINTING)
def test_nothing_moves_where_the_wording_points(sentence):
    down = f"{sentence}\n\nQuestion: {{{{ question }}}}\n\nContext:\n{{{{ context }}}}"
    up = f"Context:\n{{{{ context }}}}\n\nQuestion: {{{{ question }}}}\n\n{sentence}"
    for step, text in (("move-context-first", down), ("move-instructions-first", up)):
        assert applied(step, prompt(("user", text))) == [("user", text)]
        said = BY_NAME[step].hindrance(read_draft(prompt(("user", text))))
        assert "places or order" in said


def test_tags_around_an_untrusted_value_stay():
    text = "<message>\n{{ message }}\n</message>"
    given = prompt(("user", text), variables={"message": {"type": "string", "trust": "untrusted"}})
    for step in ("to-headings", "to-plain-labels"):
        assert applied(step, given) == [("user", text)]


def test_a_kept_sentence_is_not_reworded():
    text = "Please NEVER give legal advice."
    given = prompt(("user", f"Please sort.\n\n{text}"), **{"x-keep": [text]})
    assert applied("shorten-politeness", given) == [("user", f"Sort.\n\n{text}")]
    assert applied("soften-shouting", given) == [("user", f"Please sort.\n\n{text}")]


IDENTITIES = {
    "a sentence that says nothing else goes": (
        "You are ChatGPT, a large language model trained by OpenAI. Sort it.",
        "Sort it.",
    ),
    "a name beside the role goes": (
        "You are ChatGPT, an expert in law.",
        "You are an expert in law.",
    ),
    "a name goes with its maker": (
        "You are ChatGPT, a helpful assistant by OpenAI.",
        "You are a helpful assistant.",
    ),
    "and with what it is made of": (
        "You are ChatGPT, a model trained by OpenAI, based on the GPT-3.5 architecture.\nSort it.",
        "Sort it.",
    ),
    "a maker before the name goes": ("You are OpenAI's ChatGPT. Sort it.", "Sort it."),
    "what was made for something still is": (
        "You are Gemini 2.5 Pro, a model built by Google DeepMind to sort.",
        "You are a model built to sort.",
    ),
    "a maker without a name goes": (
        "You are a friendly assistant developed by OpenAI that sorts.",
        "You are a friendly assistant that sorts.",
    ),
    "whose agent it is stays": ("You are a support agent from Microsoft.",) * 2,
    "a sentence that needs the name stays": ("You are ChatGPT and you sort.",) * 2,
    "its own name stays": ("You are Claude, made by Anthropic. Sort.",) * 2,
    "a name that is talked about stays": ("Compare it with ChatGPT. You are Gemini fans.",) * 2,
}


@pytest.mark.parametrize(("before", "after"), IDENTITIES.values(), ids=IDENTITIES)
def test_another_products_name_is_left_out(before, after):
    draft = read_draft(prompt(("user", before)), "claude")
    (message,) = BY_NAME["drop-identity"].apply(draft).messages()
    assert message.content == after


def test_another_products_name_that_stays_is_told():
    told = BY_NAME["drop-identity"].hindrance
    needed = prompt(("user", "You are ChatGPT and you sort."))
    assert '"You are ChatGPT" stays' in told(read_draft(needed, "claude"))
    assert told(read_draft(needed, "gpt")) == ""
    named = prompt(("user", "You are ChatGPT, a clerk. Sort."))
    target = ModelName(family="mistral")
    made = derive(named, target, find_dialect("mistral").for_model(target))
    (left,) = (each for each in made.skipped if each.step == "drop-identity")
    assert (made.messages, left.kind) == (named.messages, "soft")


def test_every_step_has_its_own_name_and_reason():
    assert len(BY_NAME) == len(STEPS)
    assert all(step.reason and step.values for step in STEPS)
