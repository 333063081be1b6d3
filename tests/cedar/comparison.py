"""Both opinions on the same requests, side by side."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

import cedarpy

from streams.policy.decide import decide
from streams.policy.decision import Decision
from streams.policy.request import SharingRequest
from streams.policy.vocabulary import Verdict
from tests.cedar.compiling import RULES, compile_world
from tests.cedar.facts import Clerk, Plain
from tests.cedar.world import World
from tests.policy.building import in_force

# What Cedar says by granting no permit, and so without a name.
OF_AGREEMENTS = {
    *("NO_AGREEMENT", "AGREEMENT_NOT_YET_IN_FORCE", "AGREEMENT_EXPIRED", "AGREEMENT_SUSPENDED"),
    *("AGREEMENT_REVOKED", "AGREEMENT_NO_ONWARD_CLAUSE", "AGREEMENT_REVIEW_OVERDUE"),
    *("OBLIGATION_OVERDUE", "SCOPE_NOT_COVERED", "PURPOSE_NOT_COVERED"),
}
Asked = tuple[SharingRequest, datetime]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Requests to one world: when each is decided, what the gate decides, and what Cedar is to be asked."""

    world: World
    asked: tuple[Asked, ...]
    decisions: tuple[Decision, ...]
    plain: list[Plain]


def sheet_of(world: World, asked: Iterable[Asked]) -> Sheet:
    """Return the requests with the gate's decisions."""
    requests, books, clerk = tuple(asked), world.books(), Clerk(world)
    policy = in_force(books)
    return Sheet(
        world,
        requests,
        tuple(decide(request, books, policy, now) for request, now in requests),
        [clerk.request(request, now) for request, now in requests],
    )


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A request on which the two differ, and the codes that Cedar has against it; none where it permits."""

    request: SharingRequest
    now: datetime
    ours: Decision
    cedars: frozenset[str]


@dataclass(slots=True)
class Comparison:
    """What was compared: how often the gate gave each verdict and each code, and where the two differ.

    `disagreements` are about forward or not; in `other_reasons` neither forwards, for different reasons.
    """

    verdicts: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    disagreements: list[Disagreement] = field(default_factory=list)
    other_reasons: list[Disagreement] = field(default_factory=list)

    @property
    def agrees(self) -> bool:
        """Tell whether there is no difference at all."""
        return not (self.disagreements or self.other_reasons)

    def add(self, sheet: Sheet, rules: str = RULES) -> None:
        """Ask Cedar about each request of the sheet.

        Raises:
            AssertionError: if Cedar could not evaluate one of its policies, for it then leaves it out.
        """
        compiled = compile_world(sheet.world, rules)
        answers = cedarpy.is_authorized_batch(sheet.plain, compiled.policies, compiled.entities)
        for (request, now), decision, answer in zip(sheet.asked, sheet.decisions, answers, strict=True):
            assert not answer.diagnostics.errors, answer.diagnostics.errors
            self.verdicts[decision.verdict] += 1
            self.codes.update(reason.code for reason in decision.reasons)
            against = () if answer.allowed else answer.diagnostics.id_annotations_by_reason.values()
            both = Disagreement(request, now, decision, frozenset(against))
            if answer.allowed is not (decision.verdict is Verdict.FORWARD):
                self.disagreements.append(both)
            elif both.cedars != _of_request(decision):
                self.other_reasons.append(both)


def compare(sheets: Iterable[Sheet]) -> Comparison:
    """Compare both on all the sheets."""
    comparison = Comparison()
    for sheet in sheets:
        comparison.add(sheet)
    return comparison


def _of_request(decision: Decision) -> frozenset[str]:
    """Return the codes of ours that Cedar's forbids bear as well: all but those about one agreement."""
    codes = {str(reason.code) for reason in decision.reasons} - OF_AGREEMENTS
    return frozenset("RECIPIENT_UNRESOLVED" if one == "RECIPIENT_NONSPECIFIC" else one for one in codes)
