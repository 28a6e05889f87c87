"""The lineage graph: what hangs on what, from a document to a released pack.

Edges come from what people wrote (bindings, evals, pack definitions) and from what was observed:
which documents really stood in the context of which golden case.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import PurePosixPath
from typing import Literal

from promptops.core.canonical import JSON
from promptops.knowledge.chunking import Chunk
from promptops.knowledge.kb import KnowledgeBase
from promptops.prompts.loader import PromptFile
from promptops.prompts.model import Prompt
from promptops.regression.result import RegressionResult

NodeKind = Literal["document", "kb", "golden", "case", "model", "prompt", "pack"]
State = Literal["", "changed", "stale", "broken"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """Something that answers depend on, or that depends on them.

    Attributes:
        id: ``kind:name``.
        kind: What it is.
        label: What people call it.
        detail: Version or digest.
        state: What is wrong with it, empty when nothing is.
        note: Why.
    """

    id: str
    kind: NodeKind
    label: str
    detail: str = ""
    state: State = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Edge:
    """``target`` depends on ``source``.

    Attributes:
        source: A node's id.
        target: A node's id.
        kind: How it depends: part of, retrieved by, shown to, measures, answers, released in.
    """

    source: str
    target: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """The documents that stood in the context of one golden case."""

    prompt_id: str
    case_id: str
    kb: str
    documents: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Impact:
    """What a change of one node reaches.

    Attributes:
        cases: Golden cases whose context held it.
        prompts: Prompts with such a case, or that depend on the node directly.
        possible: Prompts that might retrieve it and never did on their golden cases.
        packs: Packs that hold one of ``prompts``.
    """

    cases: tuple[str, ...]
    prompts: tuple[str, ...]
    possible: tuple[str, ...]
    packs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lineage:
    """Nodes and edges, both sorted."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...] = field(default=())

    def to_json(self) -> dict[str, JSON]:
        """A JSON document."""
        return {
            "nodes": [asdict(node) for node in self.nodes],
            "edges": [asdict(edge) for edge in self.edges],
        }

    def impact(self, node_id: str) -> Impact:
        """What a change of a node reaches; nothing for a node that is not there."""
        observed = self._reach(node_id, skip=frozenset({"part of"}))
        bound = self._reach(node_id, skip=frozenset({"shown to"}))
        prompts = _named(observed, "prompt")
        kind = node_id.partition(":")[0]
        if kind != "document":
            prompts = tuple(sorted({*prompts, *_named(bound, "prompt")}))
        packs = {
            pack for prompt in prompts for pack in self._reach(f"prompt:{prompt}", skip=frozenset())
        }
        if kind == "pack":
            packs.add(node_id)
        return Impact(
            cases=_named(observed, "case"),
            prompts=prompts,
            possible=tuple(name for name in _named(bound, "prompt") if name not in prompts),
            packs=_named(packs, "pack"),
        )

    def _reach(self, start: str, *, skip: frozenset[str]) -> set[str]:
        following: dict[str, list[str]] = {}
        for edge in self.edges:
            if edge.kind not in skip:
                following.setdefault(edge.source, []).append(edge.target)
        seen: set[str] = set()
        waiting = [start]
        while waiting:
            for target in following.get(waiting.pop(), ()):
                if target not in seen:
                    seen.add(target)
                    waiting.append(target)
        return seen


def graph(
    files: Iterable[PromptFile],
    *,
    kbs: Mapping[str, KnowledgeBase],
    targets: Mapping[str, Sequence[str]] | None = None,
    packs: Mapping[str, Sequence[str]] | None = None,
    observed: Iterable[Observation] = (),
    states: Mapping[str, tuple[State, str]] | None = None,
) -> Lineage:
    """Draw the graph.

    Args:
        files: The prompts.
        kbs: Knowledge bases by name.
        targets: Prompt id -> names of the targets it is answered by.
        packs: Pack name -> ids of its prompts.
        observed: Contexts seen in runs; see `observations`.
        states: Node id -> (state, why).
    """
    drawn = _Drawing(states=states or {})
    for kb in kbs.values():
        drawn.knowledge_base(kb)
    for file in files:
        drawn.prompt(file.prompt, (targets or {}).get(file.prompt.id, ()))
    for observation in observed:
        drawn.observation(observation)
    for name, members in (packs or {}).items():
        drawn.pack(name, members)
    return Lineage(
        nodes=tuple(drawn.nodes[key] for key in sorted(drawn.nodes)),
        edges=tuple(sorted(drawn.edges)),
    )


@dataclass(slots=True)
class _Drawing:
    states: Mapping[str, tuple[State, str]]
    nodes: dict[str, Node] = field(default_factory=dict)
    edges: set[Edge] = field(default_factory=set)

    def knowledge_base(self, kb: KnowledgeBase) -> None:
        home = self._node("kb", kb.name, label=f"{kb.name} {kb.label}", detail=kb.version)
        for document in kb.documents:
            place = f"{kb.name}/{document.path}"
            part = self._node("document", place, label=document.path, detail=document.digest)
            self._edge(part, home, "part of")

    def prompt(self, prompt: Prompt, targets: Sequence[str]) -> None:
        mine = self._node("prompt", prompt.id, label=f"{prompt.id} {prompt.version}")
        if prompt.retrieval:
            self._edge(self._node("kb", prompt.retrieval.kb), mine, "retrieved by")
        for item in prompt.evals:
            short = PurePosixPath(item.dataset).name
            self._edge(self._node("golden", item.dataset, label=short), mine, "measures")
        for target in targets:
            self._edge(self._node("model", target), mine, "answers")

    def observation(self, seen: Observation) -> None:
        prompt = f"prompt:{seen.prompt_id}"
        if prompt not in self.nodes:
            return
        case = self._node("case", f"{seen.prompt_id}/{seen.case_id}", label=seen.case_id)
        self._edge(case, prompt, "measures")
        for path in seen.documents:
            self._edge(self._node("document", f"{seen.kb}/{path}", label=path), case, "shown to")

    def pack(self, name: str, members: Sequence[str]) -> None:
        pack = self._node("pack", name)
        for member in members:
            if f"prompt:{member}" in self.nodes:
                self._edge(f"prompt:{member}", pack, "released in")

    def _node(self, kind: NodeKind, name: str, *, label: str = "", detail: str = "") -> str:
        key = f"{kind}:{name}"
        state, note = self.states.get(key, ("", ""))
        if key not in self.nodes:
            self.nodes[key] = Node(
                id=key, kind=kind, label=label or name, detail=detail, state=state, note=note
            )
        return key

    def _edge(self, source: str, target: str, kind: str) -> None:
        self.edges.add(Edge(source=source, target=target, kind=kind))


def observations(result: RegressionResult, chunks: Iterable[Chunk]) -> tuple[Observation, ...]:
    """What a run saw: for every case, the documents its context came from.

    Args:
        result: A regression run.
        chunks: The chunks of the knowledge base it ran on.
    """
    home = {chunk.id: chunk.doc for chunk in chunks}
    return tuple(
        Observation(
            prompt_id=result.prompt_id,
            case_id=case.case_id,
            kb=result.kb,
            documents=tuple(
                dict.fromkeys(home[chunk] for chunk in case.after.context if chunk in home)
            ),
        )
        for case in result.cases
        if case.after is not None
    )


def _named(ids: Iterable[str], kind: str) -> tuple[str, ...]:
    return tuple(sorted(key.partition(":")[2] for key in ids if key.startswith(f"{kind}:")))
