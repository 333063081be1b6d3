"""The targets of fuzzing by name: how bytes are read, what to start from, and how to spoil it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from streams.adapters.reads.formats import READ_FORMATS
from streams.codecs.table import CODECS
from tests.fuzz import mutation, payloads, readers, seeds
from tests.fuzz.mutation import Mutation
from tests.fuzz.readers import Read


@dataclass(frozen=True, slots=True)
class Target:
    """`read` returns for bytes that were read or refused as documented; anything it raises is a finding."""

    read: Read
    seeds: Callable[[], seeds.Seeds]
    mutate: Mutation


TARGETS: Mapping[str, Target] = {
    **{
        f"codec_{name}": Target(readers.of_codec(codec), partial(seeds.records, name), mutation.of_avro)
        for name, codec in CODECS.items()
    },
    "link": Target(readers.link, seeds.chain, mutation.of_avro),
    "decision": Target(readers.decision, seeds.requests, mutation.of_avro),
    "book_record": Target(readers.book_record, seeds.book_record, mutation.of_bytes),
    "request_json": Target(readers.request_json, seeds.request_json, mutation.of_json),
    "policy_file": Target(readers.policy_file, seeds.policy_file, mutation.of_yaml),
    "registry_file": Target(readers.registry_file, partial(seeds.list_file, "registry"), mutation.of_yaml),
    "agreements_file": Target(
        readers.agreements_file, partial(seeds.list_file, "agreements"), mutation.of_yaml
    ),
    "notices": Target(readers.notices, seeds.notices, mutation.of_csv),
    "portals": Target(readers.portals, seeds.portals, mutation.of_csv),
    "vendor_list": Target(readers.vendor_list, seeds.vendor_list, mutation.of_csv),
    "share_log": Target(readers.share_log, seeds.share_log, mutation.of_csv),
    "keyring": Target(readers.keyring, seeds.keyring, mutation.of_json),
    "signing_key": Target(readers.signing_key, seeds.signing_key, mutation.of_note),
    "verifier": Target(readers.verifier, seeds.verifier, mutation.of_note),
    "signed_note": Target(readers.signed_note, seeds.signed_note, mutation.of_note),
    "checkpoint": Target(readers.checkpoint, seeds.checkpoint, mutation.of_note),
    "proof": Target(readers.proof, seeds.proof, mutation.of_note),
    "submission": Target(readers.submission, seeds.submission, mutation.of_note),
    **{
        f"reads_{name}": Target(
            partial(payloads.of_format, name), partial(payloads.seeds, name), payloads.of_payload
        )
        for name in READ_FORMATS
    },
    **{
        f"mapped_{name}": Target(read, partial(payloads.mapped, name), payloads.of_payload)
        for name, read in payloads.of_mapped.items()
    },
    "mapping": Target(payloads.mapping, payloads.mappings, mutation.of_yaml),
    "offset_note": Target(readers.offset_note, seeds.offset_note, mutation.of_bytes),
}
