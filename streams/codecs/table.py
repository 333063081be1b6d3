"""Every codec in one table, by the name of its record.

For tools and tests that treat all records alike; code that means one record imports its two functions.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from streams.codecs.access import decode_access, encode_access
from streams.codecs.accountable import decode_accountable, encode_accountable
from streams.codecs.admin_action import decode_admin_action, encode_admin_action
from streams.codecs.agreement import decode_agreement, encode_agreement
from streams.codecs.alert import decode_alert, encode_alert
from streams.codecs.answer import decode_answer, encode_answer
from streams.codecs.book_event import decode_book_event, encode_book_event
from streams.codecs.books_ack import decode_books_ack, encode_books_ack
from streams.codecs.closure import decode_closure, encode_closure
from streams.codecs.dead_letter import decode_dead_letter, encode_dead_letter
from streams.codecs.delivery import decode_delivery, encode_delivery
from streams.codecs.disclosure_note import decode_disclosure_note, encode_disclosure_note
from streams.codecs.disclosure_order import decode_disclosure_order, encode_disclosure_order
from streams.codecs.entity import decode_entity, encode_entity
from streams.codecs.evidence_hold import decode_evidence_hold, encode_evidence_hold
from streams.codecs.heartbeat import decode_heartbeat, encode_heartbeat
from streams.codecs.hold import decode_hold, encode_hold
from streams.codecs.ledger_record import decode_ledger_record, encode_ledger_record
from streams.codecs.live_record import decode_live_record, encode_live_record
from streams.codecs.mark import decode_mark, encode_mark
from streams.codecs.owner_heartbeat import decode_owner_heartbeat, encode_owner_heartbeat
from streams.codecs.policy import decode_policy, encode_policy
from streams.codecs.processor import decode_processor, encode_processor
from streams.codecs.query_access import decode_query_access, encode_query_access
from streams.codecs.query_event import decode_query_event, encode_query_event
from streams.codecs.read_event import decode_read_event, encode_read_event
from streams.codecs.read_list import decode_read_list, encode_read_list
from streams.codecs.release import decode_release, encode_release
from streams.codecs.release_action import decode_release_action, encode_release_action
from streams.codecs.request import decode_request, encode_request
from streams.codecs.review_note import decode_review_note, encode_review_note
from streams.codecs.sealed_hold import decode_sealed_hold, encode_sealed_hold
from streams.codecs.share_change import decode_share_change, encode_share_change
from streams.codecs.signed_change import decode_signed_change, encode_signed_change
from streams.codecs.user import decode_user, encode_user
from streams.codecs.withdrawal import decode_withdrawal, encode_withdrawal


@dataclass(frozen=True, slots=True)
class Codec:
    """The pair of functions of one record."""

    encode: Callable[[Any], bytes]
    decode: Callable[[bytes | None], object]


CODECS: Mapping[str, Codec] = {
    "request": Codec(encode_request, decode_request),
    "hold": Codec(encode_hold, decode_hold),
    "answer": Codec(encode_answer, decode_answer),
    "alert": Codec(encode_alert, decode_alert),
    "dead_letter": Codec(encode_dead_letter, decode_dead_letter),
    "release": Codec(encode_release, decode_release),
    "agreement": Codec(encode_agreement, decode_agreement),
    "entity": Codec(encode_entity, decode_entity),
    "policy": Codec(encode_policy, decode_policy),
    "heartbeat": Codec(encode_heartbeat, decode_heartbeat),
    "book_event": Codec(encode_book_event, decode_book_event),
    "books_ack": Codec(encode_books_ack, decode_books_ack),
    "evidence_hold": Codec(encode_evidence_hold, decode_evidence_hold),
    "ledger_record": Codec(encode_ledger_record, decode_ledger_record),
    "access": Codec(encode_access, decode_access),
    "sealed_hold": Codec(encode_sealed_hold, decode_sealed_hold),
    "admin_action": Codec(encode_admin_action, decode_admin_action),
    "owner_heartbeat": Codec(encode_owner_heartbeat, decode_owner_heartbeat),
    "signed_change": Codec(encode_signed_change, decode_signed_change),
    "review_note": Codec(encode_review_note, decode_review_note),
    "mark": Codec(encode_mark, decode_mark),
    "closure": Codec(encode_closure, decode_closure),
    "disclosure_note": Codec(encode_disclosure_note, decode_disclosure_note),
    "disclosure_order": Codec(encode_disclosure_order, decode_disclosure_order),
    "processor": Codec(encode_processor, decode_processor),
    "user": Codec(encode_user, decode_user),
    "withdrawal": Codec(encode_withdrawal, decode_withdrawal),
    "read_event": Codec(encode_read_event, decode_read_event),
    "release_action": Codec(encode_release_action, decode_release_action),
    "live_record": Codec(encode_live_record, decode_live_record),
    "read_list": Codec(encode_read_list, decode_read_list),
    "accountable": Codec(encode_accountable, decode_accountable),
    "delivery": Codec(encode_delivery, decode_delivery),
    "query_event": Codec(encode_query_event, decode_query_event),
    "query_access": Codec(encode_query_access, decode_query_access),
    "share_change": Codec(encode_share_change, decode_share_change),
}
