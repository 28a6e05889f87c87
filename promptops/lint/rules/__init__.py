"""The table of rules: one file each, listed here in the order of their codes."""

from promptops.lint.rule import Rule
from promptops.lint.rules.always_never import AlwaysNever
from promptops.lint.rules.answer_does_not_fit import AnswerDoesNotFit
from promptops.lint.rules.authorization_by_claim import AuthorizationByClaim
from promptops.lint.rules.card_number import CardNumber
from promptops.lint.rules.constant_query import ConstantQuery
from promptops.lint.rules.control_token import ControlToken
from promptops.lint.rules.count_conflict import CountConflict
from promptops.lint.rules.decoration import Decoration
from promptops.lint.rules.duplicate_instruction import DuplicateInstruction
from promptops.lint.rules.encoded_instruction import EncodedInstruction
from promptops.lint.rules.example_breaks_schema import ExampleBreaksSchema
from promptops.lint.rules.executed_output import ExecutedOutput
from promptops.lint.rules.exfiltration_channel import ExfiltrationChannel
from promptops.lint.rules.filler import Filler
from promptops.lint.rules.foreign_placeholder import ForeignPlaceholder
from promptops.lint.rules.format_conflict import FormatConflict
from promptops.lint.rules.heading_skip import HeadingSkip
from promptops.lint.rules.hedged_requirement import HedgedRequirement
from promptops.lint.rules.hidden_ai import HiddenAi
from promptops.lint.rules.hidden_unicode import HiddenUnicode
from promptops.lint.rules.identity_number import IdentityNumber
from promptops.lint.rules.internal_address import InternalAddress
from promptops.lint.rules.invalid_json_example import InvalidJsonExample
from promptops.lint.rules.json_mode_without_json import JsonModeWithoutJson
from promptops.lint.rules.json_without_keys import JsonWithoutKeys
from promptops.lint.rules.length_conflict import LengthConflict
from promptops.lint.rules.missing_context import MissingContext
from promptops.lint.rules.missing_data_class import MissingDataClass
from promptops.lint.rules.missing_golden_set import MissingGoldenSet
from promptops.lint.rules.missing_owner import MissingOwner
from promptops.lint.rules.model_identity import ModelIdentity
from promptops.lint.rules.no_abstention import NoAbstention
from promptops.lint.rules.open_condition import OpenCondition
from promptops.lint.rules.open_label_set import OpenLabelSet
from promptops.lint.rules.open_list import OpenList
from promptops.lint.rules.override_phrase import OverridePhrase
from promptops.lint.rules.personal_contact import PersonalContact
from promptops.lint.rules.personal_data_slot import PersonalDataSlot
from promptops.lint.rules.placeholder_of_variable import PlaceholderOfVariable
from promptops.lint.rules.politeness import Politeness
from promptops.lint.rules.repeated_example import RepeatedExample
from promptops.lint.rules.secret import Secret
from promptops.lint.rules.secret_in_rule import SecretInRule
from promptops.lint.rules.shadowed_variant import ShadowedVariant
from promptops.lint.rules.shouting import Shouting
from promptops.lint.rules.subjective_criterion import SubjectiveCriterion
from promptops.lint.rules.unbalanced_delimiter import UnbalancedDelimiter
from promptops.lint.rules.unbounded_agency import UnboundedAgency
from promptops.lint.rules.unbounded_input import UnboundedInput
from promptops.lint.rules.unbounded_loop import UnboundedLoop
from promptops.lint.rules.undelimited_untrusted import UndelimitedUntrusted
from promptops.lint.rules.ungrounded_citation import UngroundedCitation
from promptops.lint.rules.unlimited_advice import UnlimitedAdvice
from promptops.lint.rules.unpinned_knowledge import UnpinnedKnowledge
from promptops.lint.rules.unresolved_marker import UnresolvedMarker
from promptops.lint.rules.untrusted_in_system import UntrustedInSystem
from promptops.lint.rules.unused_context import UnusedContext
from promptops.lint.rules.unused_suppression import UnusedSuppression
from promptops.lint.rules.unused_variable import UnusedVariable
from promptops.lint.rules.vague_quantifier import VagueQuantifier
from promptops.lint.rules.volatile_prefix import VolatilePrefix
from promptops.lint.rules.wall_of_text import WallOfText

_CLASSES: tuple[type[Rule], ...] = (
    VagueQuantifier,
    OpenCondition,
    SubjectiveCriterion,
    OpenList,
    MissingContext,
    HedgedRequirement,
    HiddenAi,
    UnlimitedAdvice,
    UngroundedCitation,
    LengthConflict,
    FormatConflict,
    AlwaysNever,
    CountConflict,
    DuplicateInstruction,
    Filler,
    Politeness,
    VolatilePrefix,
    RepeatedExample,
    Decoration,
    JsonWithoutKeys,
    InvalidJsonExample,
    OpenLabelSet,
    UnbalancedDelimiter,
    WallOfText,
    HeadingSkip,
    ExampleBreaksSchema,
    Shouting,
    JsonModeWithoutJson,
    ModelIdentity,
    AnswerDoesNotFit,
    Secret,
    CardNumber,
    IdentityNumber,
    PersonalContact,
    InternalAddress,
    PersonalDataSlot,
    UnusedContext,
    UnpinnedKnowledge,
    NoAbstention,
    ConstantQuery,
    MissingOwner,
    MissingGoldenSet,
    MissingDataClass,
    ShadowedVariant,
    UnusedSuppression,
    UntrustedInSystem,
    OverridePhrase,
    ControlToken,
    HiddenUnicode,
    SecretInRule,
    ExecutedOutput,
    UnboundedAgency,
    UnboundedLoop,
    ExfiltrationChannel,
    EncodedInstruction,
    AuthorizationByClaim,
    UndelimitedUntrusted,
    PlaceholderOfVariable,
    UnusedVariable,
    ForeignPlaceholder,
    UnresolvedMarker,
    UnboundedInput,
)
RULES: dict[str, type[Rule]] = {rule.code: rule for rule in _CLASSES}
"""Every rule by its code."""
