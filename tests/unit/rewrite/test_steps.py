"""What each step does, and what it leaves alone."""

import pytest

from promptops.prompts.model import Prompt
from promptops.rewrite.reading import read_draft
from promptops.rewrite.steps import STEPS

BY_NAME = {step.name: step for step in STEPS}


def prompt(*messages, **more) -> Prompt:
    """A prompt of (role, content) messages; every name of the tests is a variable."""
    names = ("context", "question", "message", "text")
    return Prompt.model_validate(
        {
            "apiVersion": "promptops/v1",
            "kind": "Prompt",
            "id": "p",
            "version": "1.0.0",
            "title": "T",
            "intent": "answer",
            "variables": {name: {"type": "string"} for name in names} | more.pop("variables", {}),
            "messages": [{"role": role, "content": content} for role, content in messages],
            **more,
        }
    )


def applied(name, given: Prompt) -> list[tuple[str, str]]:
    """The messages after a step, which must not change them again."""
    once = BY_NAME[name].apply(read_draft(given)).messages()
    again = BY_NAME[name].apply(read_draft(given.replace(messages=once))).messages()
    assert again == once, "the step is not idempotent"
    return [(message.role, message.content) for message in once]


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


TURNS = (
    ("system", "Sort."),
    ("user", "Message: please help!!"),
    ("assistant", "other"),
    ("user", "Message: {{ message }}"),
)


def test_examples_are_data_and_keep_their_words():
    given = prompt(*TURNS)
    for step in ("shorten-politeness", "soften-shouting"):
        assert applied(step, given) == list(TURNS)


def test_examples_are_marked_like_the_real_input():
    marked = applied("to-tags", prompt(*TURNS))
    assert marked[1] == ("user", "<message>\nplease help!!\n</message>")
    assert marked[3] == ("user", "<message>\n{{ message }}\n</message>")


def test_examples_go_into_a_block_and_back():
    block = applied("examples-to-block", prompt(*TURNS))
    assert [role for role, _ in block] == ["system", "user"]
    assert "<input>\nMessage: please help!!\n</input>\n<output>\nother\n</output>" in block[0][1]
    assert applied("examples-to-turns", prompt(*block)) == list(TURNS)


def test_system_messages_are_joined_or_moved():
    given = prompt(("system", "A."), ("user", "{{ text }}"), ("system", "B."))
    assert applied("hoist-system", given) == [("system", "A.\n\nB."), ("user", "{{ text }}")]
    assert applied("merge-system", given) == [("user", "A.\n\nB.\n\n{{ text }}")]


ORDERS = {
    "instructions before the data get a message of their own": (
        "split-system",
        [("user", "Sort it.\n\nBe brief.\n\nText:\n{{ text }}\n\nNow sort.")],
        [("system", "Sort it.\n\nBe brief."), ("user", "Text:\n{{ text }}\n\nNow sort.")],
    ),
    "what introduces the data stays with it": (
        "split-system",
        [("user", "Sort this text:\n\n{{ text }}")],
        [("user", "Sort this text:\n\n{{ text }}")],
    ),
    "a sentence around a value is not split": (
        "split-system",
        [("user", "Be brief.\n\nTranslate {{ text }} into plain words for us.")],
        [("user", "Be brief.\n\nTranslate {{ text }} into plain words for us.")],
    ),
    "neighbors of one role are joined": (
        "alternate-turns",
        [("system", "A."), ("user", "B."), ("user", "C."), ("assistant", "D."), ("user", "E.")],
        [("system", "A."), ("user", "B.\n\nC."), ("assistant", "D."), ("user", "E.")],
    ),
}


@pytest.mark.parametrize(("step", "before", "after"), ORDERS.values(), ids=ORDERS)
def test_a_conversation_is_ordered(step, before, after):
    assert applied(step, prompt(*before)) == after


IDENTITIES = {
    "a sentence that says nothing else goes": (
        "You are ChatGPT, a large language model trained by OpenAI. Sort it.",
        "Sort it.",
    ),
    "a name beside the role goes": (
        "You are ChatGPT, an expert in law.",
        "You are an expert in law.",
    ),
    "its own name stays": ("You are Claude, made by Anthropic. Sort.",) * 2,
    "a name that is talked about stays": ("Compare it with ChatGPT. You are Gemini fans.",) * 2,
}


@pytest.mark.parametrize(("before", "after"), IDENTITIES.values(), ids=IDENTITIES)
def test_another_products_name_is_left_out(before, after):
    draft = read_draft(prompt(("user", before)), "claude")
    (message,) = BY_NAME["drop-identity"].apply(draft).messages()
    assert message.content == after


SCHEMA = {"type": "object", "properties": {"label": {"enum": ["{{a}}", "b"]}}}


def test_the_schema_is_spelled_out_and_taken_back():
    from promptops.prompts.rendering import render

    given = prompt(("system", "Sort."), ("user", "{{ text }}"), output={"schema": SCHEMA})
    told = applied("add-schema-instruction", given)
    shown = render(prompt(*told), {"text": "x", "context": "", "question": "", "message": ""})
    assert '["{{a}}", "b"]' in shown.messages[0].content
    assert applied("drop-schema-instruction", prompt(*told, output={"schema": SCHEMA})) == [
        ("system", "Sort."),
        ("user", "{{ text }}"),
    ]


def test_without_a_system_message_the_schema_stands_before_the_input():
    given = prompt(("user", "Sort.\n\nText:\n{{ text }}"), output={"schema": SCHEMA})
    ((_, text),) = applied("add-schema-instruction", given)
    assert text.startswith("Sort.\n\nAnswer with one JSON object")
    assert text.endswith("\n\nText:\n{{ text }}")


def test_every_step_has_its_own_name_and_reason():
    assert len(BY_NAME) == len(STEPS)
    assert all(step.reason and step.values for step in STEPS)
