"""What comes of a disclosure that counsel has signed: an order to the records officer, or a refusal.

It is decided beside the requests and not among them: no agreement is asked, no hold opened, no answer given,
and no request is decided in another way because of it. What they share is the chain, the transaction, and the
memory of what was ruled on.
"""

import hashlib
from dataclasses import replace

from streams.codecs.access import seal_access
from streams.codecs.disclosure_note import seal_disclosure
from streams.codecs.disclosure_order import encode_disclosure_order
from streams.gate.arrival import DisclosureArrival
from streams.gate.changes import Changes
from streams.gate.context import Context
from streams.gate.journal import Journal, Row
from streams.gate.ledger_entries import bare_entry
from streams.gate.memory import make_remembered
from streams.ledger.record import LedgerRecord
from streams.policy.alerts import act_alert
from streams.policy.decision import Reason
from streams.policy.disclosure import Disclosure
from streams.policy.disclosures import (
    DisclosureGround,
    disclosure_access,
    disclosure_decision_id,
    objections,
    order_of,
)
from streams.policy.reasons import refuse
from streams.policy.vocabulary import DecisionId, ReasonCode, RecordKind, Verdict

_ORDERED = ReasonCode.DISCLOSURE_ORDERED


class Disclosing:
    """Rules on disclosures under one context, and writes down what follows in one draft's journal."""

    def __init__(self, context: Context, changes: Changes, journal: Journal) -> None:
        self._context = context
        self._changes = changes
        self._journal = journal

    def take(self, arrival: DisclosureArrival, offset: int) -> None:
        """Rule on a disclosure, or refuse what counsel has not signed or what was ruled on before.

        Raises:
            CodecError: what follows from it is too large; nothing is written then.
        """
        disclosure = arrival.disclosure
        if disclosure is None:
            self._refuse(arrival, offset, arrival.objection, None)
            return
        decision_id = disclosure_decision_id(disclosure.disclosure_id)
        if self._changes.outcome(decision_id) is not None:
            twice = "its id was ruled on before, and nothing is disclosed twice"
            self._refuse(arrival, offset, twice, decision_id)
            return
        context = self._context
        covers = context.books.evidence_of(disclosure.case_number, context.now)
        ground = DisclosureGround(policy=context.policy, now=context.now, covers=covers)
        self._rule(arrival, disclosure, objections(disclosure, ground), offset)

    def _refuse(
        self, arrival: DisclosureArrival, offset: int, message: str, known: DecisionId | None
    ) -> None:
        """Record and alert, as for a forged review; anybody may have sent it, so its id is not used up."""
        reason = refuse(ReasonCode.DISCLOSURE_REFUSED, "disclosure", message)
        bare = bare_entry(RecordKind.DISCLOSURE, self._journal.place(offset), self._context)
        entry = replace(
            bare,
            follows=known,
            request_digest=arrival.digest,
            verdict=Verdict.BLOCK,
            leading_reason=reason.code,
            reasons=(reason,),
            sealed_disclosure=seal_disclosure(arrival.note, bare.decision_id, self._context.sealer),
        )
        self._journal.add(entry, [self._alert(entry.decision_id, reason)])

    def _rule(
        self, arrival: DisclosureArrival, disclosure: Disclosure, reasons: tuple[Reason, ...], offset: int
    ) -> None:
        """Record it with its access record, alert, and order what nothing stands in the way of."""
        entry = self._entry(arrival, disclosure, reasons, offset)
        rows = [self._alert(entry.decision_id, reason) for reason in reasons]
        if not reasons:
            context = self._context
            order = encode_disclosure_order(order_of(disclosure, arrival.note.note, context.now))
            entry = replace(entry, payload_digest=hashlib.sha256(order).hexdigest())
            # One partition: the records officer carries orders out in the order in which they came.
            rows.append((context.names.disclosures, 0, entry.decision_id.encode(), order))
            told = f"records are disclosed by legal process: {disclosure.authority.kind}"
            rows.append(self._alert(entry.decision_id, refuse(_ORDERED, "disclosure", told)))
        self._journal.add(entry, rows)
        self._changes.remember(entry.decision_id, None, make_remembered(entry.verdict, reasons))

    def _entry(
        self, arrival: DisclosureArrival, disclosure: Disclosure, reasons: tuple[Reason, ...], offset: int
    ) -> LedgerRecord:
        context = self._context
        decision_id = disclosure_decision_id(disclosure.disclosure_id)
        access = disclosure_access(disclosure, context.policy.policy.agency.name)
        return replace(
            bare_entry(RecordKind.DISCLOSURE, self._journal.place(offset), context),
            decision_id=decision_id,
            request_id=disclosure.disclosure_id,
            request_digest=arrival.digest,
            verdict=Verdict.BLOCK if reasons else Verdict.FORWARD,
            leading_reason=reasons[0].code if reasons else None,
            reasons=reasons,
            event_time=disclosure.at,
            authority=disclosure.authority.kind,
            sealed_access=seal_access(access, decision_id, context.sealer),
            sealed_disclosure=seal_disclosure(arrival.note, decision_id, context.sealer),
        )

    def _alert(self, decision_id: DecisionId, reason: Reason) -> Row:
        return self._journal.alert_row(act_alert(decision_id, reason, self._context.now))
