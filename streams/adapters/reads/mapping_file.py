"""The file of a mapping: read once, and wrong as a whole when anything in it is."""

from pathlib import Path

from streams.adapters.reads.items import Items, PayloadKind
from streams.adapters.reads.mapping import Place, ReadMapping
from streams.adapters.reads.mapping_kinds import DELIMITER, PAYLOAD, WHERE
from streams.adapters.reads.mapping_places import Places
from streams.adapters.reads.read_format import ReadFormat
from streams.codecs.marked_yaml import Fields, parse
from streams.codecs.whole_file import read_text
from streams.codecs.yaml_kinds import ID


def load_mapping(path: Path) -> ReadFormat:
    """Return the format that a file describes.

    Raises:
        InputError: it cannot be read, or is no mapping; a line for each problem.
    """
    return read_mapping(read_text(path), str(path))


def read_mapping(text: str, name: str) -> ReadFormat:
    """Return the format that `text` describes; `name` is the file's name in messages.

    Raises:
        InputError: it is no mapping; a line for each problem.
    """
    fields = parse(text, name)
    title, kind = fields.required("mapping", ID), PayloadKind(fields.required("payload", PAYLOAD))
    where, delimiter = _layout(fields, kind)
    places, read = Places(kind), fields.needed("read")
    only, hot_list = fields.inner("only"), fields.inner("hot_list")
    captured_at, plate = places.time(read), places.plate(read)
    mapping = ReadMapping(
        name=title,
        only=() if only is None else places.conditions(only),
        captured_at=captured_at,
        confidence=places.confidence(read),
        fields={**places.of_read(read), "plate": plate},
        is_replay=places.maybe(read, "is_replay", ("at",)) or Place(),
        hot_list={} if hot_list is None else places.of_hot_list(hot_list),
        items=Items(
            kind=kind,
            names=tuple(places.names),
            needed=_needed(captured_at.place, plate),
            where=where,
            delimiter=delimiter,
        ),
    )
    for each in (read, fields):
        each.done()
    fields.problems.raise_if_any()
    return mapping.format()


def _layout(fields: Fields, kind: PayloadKind) -> tuple[str | None, str]:
    """Return where the list of items stands and what separates cells; each is for one kind alone."""
    where, delimiter = fields.maybe("items", WHERE), fields.maybe("delimiter", DELIMITER)
    if where is not None and kind is not PayloadKind.JSON:
        fields.wrong("items", f"expected this for {PayloadKind.JSON} alone")
    if delimiter is not None and kind is not PayloadKind.CSV:
        fields.wrong("delimiter", f"expected this for {PayloadKind.CSV} alone")
    return where, delimiter or ","


def _needed(*places: Place) -> tuple[tuple[str, ...], ...]:
    """Return the columns without which a file has no reads; of each group one must be there."""
    groups: list[tuple[str, ...]] = []
    for place in places:
        groups += [(name,) for name in place.names] if place.joined else [place.names]
    return tuple(groups)
