"""A regression run end to end on a small shop: real evaluator, stores and scorers."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from promptops.core.store import BlobStore
from promptops.evaluation.requests import Retrieved
from promptops.evaluation.runner import Evaluator
from promptops.evaluation.target import Target
from promptops.golden.case import GoldenCase, GoldenSet
from promptops.knowledge.chunking import chunk_kb
from promptops.knowledge.index import Hit, context_text
from promptops.knowledge.kb import KnowledgeBase, make_document
from promptops.llm.cached import CachedChat
from promptops.llm.scripted import ScriptedChat
from promptops.prompts.loader import parse_prompt
from promptops.regression.affected import Side, affected_cases
from promptops.regression.binding import Binding, bind, stale_reasons
from promptops.regression.rebinding import to_proposal
from promptops.regression.run import KBSide, regress
from promptops.scoring import load_scorers
from promptops.scoring.reading import words
from promptops.tracking.evidence import EvidenceStore

PROMPT = """\
apiVersion: promptops/v1
kind: Prompt
id: shop-answer
version: "1.0.0"
title: Answer from the policies
intent: answer
variables:
  question: {type: string}
messages:
  - {role: user, content: "{{ context }}\\n\\nQuestion: {{ question }}"}
retrieval: {kb: shop, version: "sha256:old", query: "{{ question }}", top_k: 1, into: context}
"""
OLD = {
    "returns.md": "# Returns\n\nGoods come back within 30 days.",
    "delivery.md": "# Delivery\n\nDelivery takes 3 days.",
    "gift.md": "# Gift cards\n\nGift cards last 2 years.",
    "care.md": "# Tent care\n\nDry the tent first.",
    "sizes.md": "# Sizes\n\nShoes run from 36 to 48.",
}
NEW = {
    **OLD,
    "returns.md": "# Returns\n\nGoods come back within 45 days.",
    "repairs.md": "# Repairs\n\nRepairs are free for 1 year.",
}
QUESTIONS = {
    "returns": ("returns: goods come back within how many days", "30 days", "45 days"),
    "delivery": ("delivery takes how many days", "3 days", "3 days"),
    "gift": ("gift cards last how long", "2 years", "2 years"),
    "care": ("tent care: what to do first", "dry the tent", "dry the tent"),
    "sizes": ("shoes sizes from what", "36 to 48", "36 to 48"),
    "repairs": ("repairs are free for how long", None, "1 year"),
}
GOLDEN = GoldenSet(
    name="shop",
    path=Path("shop.jsonl"),
    cases=tuple(
        GoldenCase(id=name, inputs={"question": q}, answers={"2026-06": old, "2026-11": new})
        for name, (q, old, new) in QUESTIONS.items()
    ),
)
FILE = parse_prompt(PROMPT, Path("prompts/support/shop-answer.prompt.yaml"))
TARGET = Target(model="reader")
NOW = datetime(2026, 11, 1, tzinfo=UTC)


class WordIndex:
    """Finds chunks by shared words: an index without an embedding model."""

    def __init__(self, label, documents):
        self.kb = KnowledgeBase(
            name="shop",
            label=label,
            documents=tuple(make_document(path, text) for path, text in sorted(documents.items())),
        )
        self.chunks = chunk_kb(self.kb)

    def retrieve(self, query, k=4):
        wanted = set(words(query))
        scored = [(len(wanted & set(words(chunk.text))), chunk) for chunk in self.chunks]
        scored.sort(key=lambda item: (-item[0], item[1].id))
        return tuple(Hit(chunk=chunk, score=float(score)) for score, chunk in scored[:k])


def read(request):
    """A reader that repeats its context, unless there is nothing about the question in it."""
    context, _, question = request.messages[-1].content.partition("\n\nQuestion: ")
    subject = question.split()[0].strip(":").lower()
    return context if subject in context.lower() else "not stated"


@pytest.fixture
def shop(tmp_path):
    """Makes a side of a version; counts the calls that reach the model."""
    calls = []

    def answer(request):
        calls.append(request)
        return read(request)

    answers = BlobStore(tmp_path / "answers.db")
    chat = CachedChat(ScriptedChat(answer), answers, lambda model: model)
    evidence = EvidenceStore(tmp_path / "evidence.db")

    def side(label, documents):
        index = WordIndex(label, documents)

        def retriever(prompt, query):
            hits = index.retrieve(query, prompt.retrieval.top_k)
            return Retrieved(text=context_text(hits), chunks=tuple(h.chunk.id for h in hits))

        evaluator = Evaluator(
            chat,
            evidence,
            fingerprint=lambda model: model,
            clock=lambda: NOW,
            code_version="test",
            retriever=retriever,
        )
        return KBSide(index=index, evaluator=evaluator, version=index.kb.version)

    side.calls = calls
    return side


def run(live, base, prompt=FILE.prompt, **options):
    return asyncio.run(
        regress(
            prompt,
            GOLDEN,
            live=live,
            base=base,
            target=TARGET,
            scorers=load_scorers(["contains"]),
            metric="contains",
            **options,
        )
    )


def verdicts(result):
    return {case.case_id: case.verdict for case in result.cases}


def test_a_changed_fact_is_an_expected_change_and_costs_one_call(shop):
    old, new = shop("2026-06", OLD), shop("2026-11", NEW)
    run(old, None)
    before = len(shop.calls)
    result = run(new, old)
    assert verdicts(result) == {
        "returns": "expected-change",
        "delivery": "ok",
        "gift": "ok",
        "care": "ok",
        "sizes": "ok",
        "repairs": "newly-answerable",
    }
    assert (result.verdict, result.broken) == ("PASS", 0)
    assert len(shop.calls) - before == result.calls == result.reran == 2


def test_measuring_again_costs_nothing(shop):
    old, new = shop("2026-06", OLD), shop("2026-11", NEW)
    first = run(new, old)
    before = len(shop.calls)
    again = run(new, old)
    assert len(shop.calls) == before
    assert again.to_json() == first.to_json()


def test_an_answer_that_repeats_the_old_fact_is_stale(shop):
    leftover = {**NEW, "returns.md": OLD["returns.md"]}
    result = run(shop("2026-11", leftover), shop("2026-06", OLD))
    case = next(case for case in result.cases if case.case_id == "returns")
    assert (case.verdict, case.harmful) == ("stale-answer", True)


def test_a_new_chunk_that_crowds_out_the_right_one_is_found(shop):
    noise = "# Delivery\n\nDelivery takes how many days? Ask the carrier."
    result = run(shop("2026-11", {**NEW, "noise.md": noise}), shop("2026-06", OLD))
    case = next(case for case in result.cases if case.case_id == "delivery")
    assert (case.verdict, case.blame, len(case.displaced_by)) == ("broken", "retriever", 1)


def test_a_fact_that_left_the_knowledge_base_makes_the_golden_answer_stale(shop):
    without = {path: text for path, text in NEW.items() if path != "gift.md"}
    result = run(shop("2026-11", without), shop("2026-06", OLD))
    assert verdicts(result)["gift"] == "gold-stale"


def test_without_a_base_the_run_is_a_baseline(shop):
    result = run(shop("2026-06", OLD), None)
    assert (result.verdict, result.reran) == ("BASELINE", len(QUESTIONS))


def test_a_base_that_nobody_labeled_is_no_base(shop):
    assert run(shop("2026-11", NEW), shop("2020-01", OLD)).verdict == "BASELINE"


def test_when_prompt_and_knowledge_base_both_change_their_effects_are_told_apart(shop):
    worse = FILE.prompt.model_copy(
        update={"retrieval": FILE.prompt.retrieval.model_copy(update={"query": "tent"})}
    )
    result = run(shop("2026-11", NEW), shop("2026-06", OLD), worse, base_prompt=FILE.prompt)
    assert set(result.scores) == {"base", "kb", "prompt", "live"}
    assert result.effects["prompt"] < -0.5
    assert result.effects["kb"] == pytest.approx(0)
    assert result.scores["live"] - result.scores["base"] == pytest.approx(
        sum(result.effects.values())
    )


def test_affected_cases_are_known_before_any_call(shop):
    old, new = shop("2026-06", OLD), shop("2026-11", NEW)
    prompt = FILE.prompt
    found = affected_cases(
        GOLDEN.cases,
        target=TARGET,
        before=Side(prompt=prompt, index=old.index),
        after=Side(prompt=prompt, index=new.index),
    )
    assert found == {"returns", "repairs"}
    assert not shop.calls


def test_a_binding_goes_stale_for_a_stated_reason(shop):
    def bound(label, documents, **options):
        kb = WordIndex(label, documents).kb
        parts = {"target": TARGET, "fingerprint": "w1", "golden": GOLDEN, "index": "c+e", **options}
        return bind(FILE.prompt, kb=kb, **parts)

    verified = bound("2026-06", OLD)
    assert stale_reasons(verified, bound("2026-06", OLD)) == ()
    assert stale_reasons(verified, bound("2026-11", NEW)) == (
        "the knowledge base changed (2026-06 -> 2026-11)",
    )
    assert stale_reasons(verified, bound("2026-06", OLD, fingerprint="w2", index="c+f")) == (
        "the chunker, the embedder or top_k changed",
        "the model changed",
    )
    assert bound("2026-07", OLD).sha == verified.sha
    assert Binding.from_json(verified.to_json()) == verified


def test_a_good_verdict_proposes_to_rebind_and_a_bad_one_does_not(shop):
    old, new = shop("2026-06", OLD), shop("2026-11", NEW)
    version = new.index.kb.version
    proposal = to_proposal(run(new, old), FILE, version, lambda: NOW)
    assert proposal.new_prompt.retrieval.version == version
    assert proposal.new_prompt.version == "1.0.1"
    assert "cases" not in proposal.evidence
    critical = GoldenSet(
        name="shop",
        path=GOLDEN.path,
        cases=(
            GoldenCase(
                id="returns",
                inputs={"question": QUESTIONS["returns"][0]},
                answers={"2026-06": "30 days", "2026-11": "60 days"},
                critical=True,
            ),
        ),
    )
    bad = asyncio.run(
        regress(
            FILE.prompt,
            critical,
            live=new,
            base=old,
            target=TARGET,
            scorers=load_scorers(["contains"]),
            metric="contains",
        )
    )
    assert bad.verdict == "REGRESSED"
    assert to_proposal(bad, FILE, version, lambda: NOW) is None
