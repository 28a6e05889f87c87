"""The pack definition: which prompts are released together, and what must be known about them.

One YAML file a pack, ``prompt_registry/packs/<id>.yaml``::

    apiVersion: promptops/v1
    kind: Pack
    id: support-core
    version: "1.0.0"
    title: Support core prompts
    description: What every support channel needs.
    owner: {team: cx-platform, contact: cx@example.com}
    license: LicenseRef-Internal
    tags: [support]
    prompts: ["support/*", refund-answer@2.1.0]   # globs over area/id, ids, exact versions
    exclude: []                                   # same forms
    evidence:
      required: [score]       # kinds of evidence every prompt must have for its present digest
      gates: true             # the metric bars in each prompt's evals must be met
      lint_errors_max: 0      # null = lint is not asked about
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
SemVer = Annotated[
    str,
    StringConstraints(
        pattern=r"^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?$"
    ),
]
# area/id with globs, or id, either with an exact @version
Selector = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9*?-]+(/[a-z0-9*?-]+)*(@[0-9A-Za-z.-]+)?$")
]


class _Part(BaseModel):
    """Common settings: a misspelt key is an error, a loaded definition never changes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PackOwner(_Part):
    """Who answers for the pack."""

    team: str
    contact: str = ""


class EvidenceNeeds(_Part):
    """What must be known about every prompt before the pack counts as a release candidate.

    Attributes:
        required: Kinds of evidence that must exist for the prompt as it is now.
        gates: Whether the metric bars of each prompt's ``evals`` must be met.
        lint_errors_max: Most lint errors a prompt may have; None does not ask.
    """

    required: tuple[str, ...] = ("score",)
    gates: bool = True
    lint_errors_max: int | None = Field(default=None, ge=0)


class PackDefinition(_Part):
    """A pack definition as written in its file."""

    apiVersion: Literal["promptops/v1"]  # noqa: N815 - the key as users write it
    kind: Literal["Pack"]
    id: Slug
    version: SemVer
    title: str = Field(min_length=1, max_length=200)
    description: str = Field(default="", max_length=2000)
    owner: PackOwner | None = None
    license: str = ""
    tags: tuple[str, ...] = ()
    prompts: tuple[Selector, ...] = Field(min_length=1)
    exclude: tuple[Selector, ...] = ()
    evidence: EvidenceNeeds = EvidenceNeeds()
