#!/usr/bin/env bash
# Who may write and read which topic, as Kafka ACLs. Run it once, with a superuser's client configuration, and
# again for each new recipient; running it twice changes nothing.
#
#   KAFKA_BOOTSTRAP_SERVERS=broker:9092 COMMAND_CONFIG=admin.properties ./acls.sh
#   KAFKA_BOOTSTRAP_SERVERS=broker:9092 COMMAND_CONFIG=admin.properties ./acls.sh recipient us-ca-pasadena-pd
#   DRY_RUN=1 ./acls.sh                  print the commands, run none
#
# The broker must know who asks, and refuse whom no rule allows:
#   authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
#   allow.everyone.if.no.acl.found=false
#   listeners with SASL or TLS client certificates
# The principals below are names; set them to those that your listeners give (for certificates, User:CN=...).
set -euo pipefail

GATE="${GATE_PRINCIPAL:-User:alpr-gate}"
INTAKE="${INTAKE_PRINCIPAL:-User:alpr-intake}"
CUSTODIAN="${CUSTODIAN_PRINCIPAL:-User:alpr-custodian}"
OWNER="${OWNER_PRINCIPAL:-User:alpr-owner}"
SECURITY="${SECURITY_PRINCIPAL:-User:alpr-security}"
REVIEWER="${REVIEWER_PRINCIPAL:-User:alpr-reviewer}"
COUNSEL="${COUNSEL_PRINCIPAL:-User:alpr-counsel}"
RECORDS="${RECORDS_PRINCIPAL:-User:alpr-records}"
NOTARY="${NOTARY_PRINCIPAL:-User:alpr-notary}"
AUDITOR="${AUDITOR_PRINCIPAL:-User:alpr-auditor}"
API="${API_PRINCIPAL:-User:alpr-api}"
READS="${READS_PRINCIPAL:-User:alpr-reads}"
RELEASES="${RELEASES_PRINCIPAL:-User:alpr-releases}"
QUERIES="${QUERIES_PRINCIPAL:-User:alpr-queries}"
DRIFT="${DRIFT_PRINCIPAL:-User:alpr-drift}"
APP_ID="${ALPR_GATE_APP_ID:-alpr-gate}"
PREFIX="${ALPR_GATE_TOPIC_PREFIX:-}"
KAFKA_ACLS="${KAFKA_ACLS:-kafka-acls.sh}"

allow() { # principal, then the rest of the rule
  local principal="$1"
  shift
  local command=("$KAFKA_ACLS" --bootstrap-server "${KAFKA_BOOTSTRAP_SERVERS:-127.0.0.1:9092}")
  [[ -z "${COMMAND_CONFIG:-}" ]] || command+=(--command-config "$COMMAND_CONFIG")
  command+=(--add --force --allow-principal "$principal" "$@")
  if [[ -n "${DRY_RUN:-}" ]]; then printf '%s\n' "${command[*]}"; else "${command[@]}"; fi
}

writes() { allow "$1" --operation Write --operation Describe --topic "$PREFIX$2"; }
reads() { allow "$1" --operation Read --operation Describe --topic "$PREFIX$2"; }

keeps_chain() { # principal, name: whoever adds to a chain of its own, such as that of administrative acts
  writes "$1" "alpr.$2"
  allow "$1" --operation Create --operation DescribeConfigs --topic "${PREFIX}alpr.$2"
  allow "$1" --operation Write --operation Describe --transactional-id "$APP_ID.$2.${PREFIX}alpr.$2.0"
  allow "$1" --operation Read --operation Describe --group "$APP_ID.$2"
}

base() {
  # Only intakes put requests in, with a key of their own; the gate moves a misplaced one.
  writes "$INTAKE" alpr.sharing.requests
  writes "$API" alpr.sharing.requests
  reads "$GATE" alpr.sharing.requests
  writes "$GATE" alpr.sharing.requests

  # The intake of reads writes each once, so it looks at those that stand there.
  writes "$READS" alpr.reads
  writes "$READS" alpr.dead-letters
  reads "$READS" alpr.reads
  allow "$READS" --operation Write --operation Describe \
    --transactional-id "$APP_ID.reads." --resource-pattern-type prefixed
  allow "$READS" --operation Create --operation DescribeConfigs --topic "${PREFIX}alpr.reads"
  allow "$READS" --operation Create --operation DescribeConfigs --topic "${PREFIX}alpr.dead-letters"

  # Who imports exports of searches puts them in; only the gate reads them, for plates lie there in plain.
  writes "$QUERIES" alpr.queries
  allow "$QUERIES" --operation Create --operation DescribeConfigs --topic "${PREFIX}alpr.queries"
  reads "$GATE" alpr.queries
  reads "$GATE" alpr.queries.access
  # What vendors opened and closed is put on record by whoever watches them, and read back before the next time.
  writes "$DRIFT" alpr.share-changes
  reads "$DRIFT" alpr.share-changes
  reads "$DRIFT" alpr.books
  # The gate judges each of them.
  reads "$GATE" alpr.share-changes
  allow "$DRIFT" --operation Write --operation Describe --transactional-id "$APP_ID.drift"
  allow "$DRIFT" --operation Create --operation DescribeConfigs --topic "${PREFIX}alpr.share-changes"

  # Only the gate writes what it decided, and only in its own transactions.
  local topic
  for topic in alpr.sharing.decisions alpr.sharing.holds alpr.sharing.marks alpr.sharing.answers alpr.alerts \
    alpr.dead-letters alpr.sharing.disclosures alpr.queries.access; do
    writes "$GATE" "$topic"
  done
  # And sends reads on live, with a ledger of their own.
  reads "$GATE" alpr.reads
  reads "$GATE" alpr.reads.manifests
  writes "$GATE" alpr.reads.manifests
  allow "$GATE" --operation Write --operation Describe \
    --transactional-id "$APP_ID.${PREFIX}alpr.reads." --resource-pattern-type prefixed
  reads "$GATE" alpr.sharing.decisions
  reads "$GATE" alpr.sharing.holds
  reads "$GATE" alpr.sharing.marks
  allow "$GATE" --operation Write --operation Describe --topic "${PREFIX}alpr.out." --resource-pattern-type prefixed
  # One transactional id for each partition of an input; whoever may use it can fence its writer.
  for topic in alpr.sharing.requests alpr.queries alpr.share-changes; do
    allow "$GATE" --operation Write --operation Describe \
      --transactional-id "$APP_ID.$PREFIX$topic." --resource-pattern-type prefixed
  done
  allow "$GATE" --operation Read --operation Describe --group "$APP_ID"
  # The gate makes the topics that are missing when it starts.
  allow "$GATE" --operation Create --topic "${PREFIX}alpr." --resource-pattern-type prefixed
  allow "$GATE" --operation DescribeConfigs --topic "${PREFIX}alpr." --resource-pattern-type prefixed

  # The books: changed by the custodian, read and acknowledged by the gate. The gate's own heartbeats are
  # records of alpr.books too.
  writes "$CUSTODIAN" alpr.books.events
  writes "$CUSTODIAN" alpr.books
  reads "$CUSTODIAN" alpr.books
  reads "$CUSTODIAN" alpr.books.acks
  # Its heartbeats alone count; what else it might write there nobody has signed.
  writes "$OWNER" alpr.books
  reads "$OWNER" alpr.books
  writes "$GATE" alpr.books
  reads "$GATE" alpr.books
  writes "$GATE" alpr.books.acks
  allow "$CUSTODIAN" --operation Write --operation Describe --transactional-id "$APP_ID.custodian"
  allow "$CUSTODIAN" --operation Create --operation DescribeConfigs \
    --topic "${PREFIX}alpr.books" --resource-pattern-type prefixed
  # A new recipient gets a topic; a revocation deletes what it has not fetched yet.
  allow "$CUSTODIAN" --operation Create --operation Describe --operation DescribeConfigs --operation Delete \
    --topic "${PREFIX}alpr.out." --resource-pattern-type prefixed

  # The notary signs what it reads, and nobody who can write the ledger can write beside it.
  reads "$NOTARY" alpr.sharing.decisions
  reads "$NOTARY" alpr.ledger.checkpoints
  writes "$NOTARY" alpr.ledger.checkpoints

  # Reviewers send what they sign in where requests come in. That right alone makes nobody a reviewer: the gate knows
  # their keys, and without an intake's seal no request is believed. Opening a hold leaves a record.
  local source
  writes "$REVIEWER" alpr.sharing.requests
  for source in alpr.sharing.holds alpr.sharing.decisions alpr.books alpr.admin-actions; do
    reads "$REVIEWER" "$source"
  done
  keeps_chain "$REVIEWER" admin-actions

  # The desk of releases looks a release up in the ledger, follows the books, and keeps a chain of what was done.
  reads "$RELEASES" alpr.sharing.decisions
  reads "$RELEASES" alpr.release-actions
  reads "$RELEASES" alpr.books
  # Its heartbeats, by which it knows that it has read on.
  writes "$RELEASES" alpr.books
  writes "$RELEASES" alpr.alerts
  keeps_chain "$RELEASES" release-actions

  # Counsel sends what it signs in the same way, and sees in the ledger what became of it; nothing there is in plain.
  writes "$COUNSEL" alpr.sharing.requests
  reads "$COUNSEL" alpr.sharing.decisions

  # The records officer alone reads what is to be disclosed by legal process.
  reads "$RECORDS" alpr.sharing.disclosures
  # It opens and shreds what is sealed, looks for plain copies first, and leaves a record of it.
  # And passes over what stands among the marks and cannot be read, by an act of which a copy stands there too.
  for source in alpr.sharing.decisions alpr.books alpr.sharing.requests alpr.sharing.holds alpr.sharing.marks \
    alpr.dead-letters alpr.admin-actions alpr.reads.manifests alpr.queries.access; do
    reads "$RECORDS" "$source"
  done
  # That searches of a month are left in plain it sees by their offsets alone.
  allow "$RECORDS" --operation Describe --topic "${PREFIX}alpr.queries"
  allow "$RECORDS" --operation Read --operation Describe --topic "${PREFIX}alpr.out." --resource-pattern-type prefixed
  keeps_chain "$RECORDS" admin-actions
  writes "$RECORDS" alpr.sharing.marks
  # It looks at the gate's position, and cannot move it.
  allow "$RECORDS" --operation Describe --group "$APP_ID"

  # Readers.
  reads "$SECURITY" alpr.alerts
  reads "$SECURITY" alpr.dead-letters
  reads "$AUDITOR" alpr.sharing.decisions
  reads "$AUDITOR" alpr.reads.manifests
  reads "$AUDITOR" alpr.books.events
  reads "$AUDITOR" alpr.ledger.checkpoints
  # Answers name what each organisation asked for: the API, which hands them out, reads them; no partner does.
  reads "$API" alpr.sharing.answers
}

recipient() { # entity id: this recipient reads its own topic, and nothing else
  local principal="${RECIPIENT_PRINCIPAL:-User:$1}"
  reads "$principal" "alpr.out.$1"
  allow "$principal" --operation Read --group "$1"
}

case "${1:-base}" in
  base) base ;;
  recipient) recipient "${2:?which entity id}" ;;
  *)
    echo "acls.sh: expected nothing, or recipient ENTITY_ID, got \`$1\`" >&2
    exit 2
    ;;
esac
