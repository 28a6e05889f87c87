"""What an optimization can show at best, said before it starts: cases, power, budget."""

import math
from dataclasses import asdict, dataclass
from itertools import takewhile

from promptops.core.canonical import JSON
from promptops.core.counting import counted
from promptops.evaluation.comparison import ALPHA
from promptops.evaluation.noninferiority import p_not_worse
from promptops.evaluation.planning import Power, power_of
from promptops.optimize.plan import FINALISTS, held_out_suffice
from promptops.optimize.trials import Allowance


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What the golden set and the budget allow.

    Args:
        train: Cases to learn from.
        dev: Cases to choose by.
        test: Held-out cases of the verdict.
        calls: Answers that it may ask for; None is no limit.
        tokens: Tokens that it may take.
        usd: USD that it may take.
        minutes: Minutes that it may take.
        margin: Largest loss of score that counts as none.
        power: What the held-out cases can show; None without any.
        judged: Cases that judge whether a shorter wording that learned from no case loses nothing:
            the held-out ones where they suffice, else all.
        most_losses: Of these, those that may get worse, none better, while a loss of the margin is
            still ruled out; None when it is not ruled out even without a loss.
        cases_for_margin: Cases of which none may get worse that rule the margin out.
    """

    train: int
    dev: int
    test: int
    calls: int | None
    tokens: int | None
    usd: float | None
    minutes: float | None
    margin: float
    power: Power | None
    judged: int
    most_losses: int | None
    cases_for_margin: int

    def to_json(self) -> dict[str, JSON]:
        """Plain values by name."""
        power = None if self.power is None else self.power.to_json()
        return {**asdict(self), "power": power, "says": list(self.words)}

    @property
    def words(self) -> tuple[str, ...]:
        """A line on the cases and the budget, one on gains, one on "no loss"."""
        points = 100 * self.margin
        if self.most_losses is None:
            loss = (
                f"{counted(self.judged, 'case')} cannot rule out a loss of {points:.0f} points: "
                f"that takes {self.cases_for_margin} of which none gets worse"
            )
        else:
            loss = (
                f"a loss of {points:.0f} points is ruled out while at most {self.most_losses} of "
                f"{self.judged} cases get worse"
            )
        limits = Allowance(calls=self.calls, tokens=self.tokens, usd=self.usd, minutes=self.minutes)
        budget = limits.words or "what it takes"
        cases = f"{self.train} training, {self.dev} dev and {self.test} held-out cases"
        return (
            f"{cases}; at most {budget}",
            f"better: {self.power or 'no case is held out, add golden cases'}",
            f"no loss: {loss}",
        )


def outlook(*, train: int, dev: int, test: int, allowance: Allowance, margin: float) -> Outlook:
    """Say what so many cases can show.

    Args:
        train: Cases to learn from.
        dev: Cases to choose by.
        test: Held-out cases.
        allowance: The budget.
        margin: Largest loss of score that counts as none.
    """
    suffice = held_out_suffice(test, margin)
    judged, level = (test, ALPHA / FINALISTS) if suffice else (train + dev + test, ALPHA)
    allowed = takewhile(lambda lost: p_not_worse(0, lost, judged, margin) < level, range(judged))
    most_losses = max(allowed, default=None)
    return Outlook(
        train=train,
        dev=dev,
        test=test,
        calls=allowance.calls,
        tokens=allowance.tokens,
        usd=allowance.usd,
        minutes=allowance.minutes,
        margin=margin,
        power=power_of(test) if test else None,
        judged=judged,
        most_losses=most_losses,
        # Not one loss in n cases has the chance (1 - margin)**n when the loss is the margin.
        cases_for_margin=math.ceil(math.log(ALPHA) / math.log(1 - margin)),
    )
