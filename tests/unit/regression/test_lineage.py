"""The lineage graph: what a changed document reaches, and pages that need nothing from outside."""

import re
from pathlib import Path

from promptops.knowledge.kb import KnowledgeBase, make_document
from promptops.prompts.loader import parse_prompt
from promptops.regression.drawing import mermaid, page
from promptops.regression.lineage import Observation, graph

PROMPT = """\
apiVersion: promptops/v1
kind: Prompt
id: {id}
version: "1.0.0"
title: "Answer <b>{id}</b>"
intent: answer
variables:
  question: {{type: string}}
messages:
  - {{role: user, content: "{{{{ context }}}} {{{{ question }}}}"}}
retrieval: {{kb: shop, query: "{{{{ question }}}}", into: context}}
evals:
  - {{id: gold, dataset: datasets/golden/{id}.jsonl, metrics: {{contains: {{min: 0.5}}}}}}
"""
KB = KnowledgeBase(
    name="shop",
    label="2026-06",
    documents=(make_document("returns.md", "30 days"), make_document("</script>.md", "x")),
)
FILES = [
    parse_prompt(PROMPT.format(id=name), Path(f"prompts/a/{name}.prompt.yaml"))
    for name in ("one", "two")
]
SEEN = [Observation(prompt_id="one", case_id="c1", kb="shop", documents=("returns.md",))]
LINEAGE = graph(
    FILES,
    kbs={"shop": KB},
    targets={"one": ["embedded/m", "embedded/m#short"]},
    packs={"core": ["one"], "all": ["one", "two", "not-there"]},
    observed=SEEN,
    states={"prompt:one": ("stale", "the knowledge base changed")},
)


def test_a_document_reaches_the_cases_that_saw_it_and_names_what_might():
    impact = LINEAGE.impact("document:shop/returns.md")
    assert impact.cases == ("one/c1",)
    assert (impact.prompts, impact.possible) == (("one",), ("two",))
    assert impact.packs == ("all", "core")


def test_a_document_nobody_saw_reaches_nothing_for_certain():
    impact = LINEAGE.impact("document:shop/</script>.md")
    assert (impact.cases, impact.prompts, impact.possible) == ((), (), ("one", "two"))


def test_a_knowledge_base_reaches_every_prompt_bound_to_it():
    assert LINEAGE.impact("kb:shop").prompts == ("one", "two")


def test_something_unknown_reaches_nothing():
    impact = LINEAGE.impact("kb:absent")
    assert (impact.cases, impact.prompts, impact.possible, impact.packs) == ((), (), (), ())


def test_the_graph_does_not_depend_on_the_order_of_its_parts():
    again = graph(FILES[::-1], kbs={"shop": KB}, packs={"all": ["two", "one"]})
    other = graph(FILES, kbs={"shop": KB}, packs={"all": ["one", "two"]})
    assert again.to_json() == other.to_json()


def test_mermaid_shows_states_and_leaves_documents_out():
    text = mermaid(LINEAGE)
    assert text.startswith("flowchart LR\n")
    assert "-->|retrieved by|" in text
    assert "class n" in text
    assert "returns.md" not in text
    assert "returns.md" in mermaid(LINEAGE, documents=True)


def test_the_page_is_self_contained_and_escapes_names():
    text = page(LINEAGE, title="Shop & co")
    assert not re.search(r"(?:src|href)\s*=|@import|url\(", text)
    assert "http" not in text
    assert "<title>Shop &amp; co</title>" in text
    assert text.count("</script>") == 1
    assert 'class="node prompt stale"' in text
    assert "@@" not in text
    assert text == page(LINEAGE, title="Shop & co")
