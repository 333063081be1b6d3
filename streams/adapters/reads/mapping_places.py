"""The places in a mapping's file: where each value of a read stands, and how it is written."""

from collections.abc import Mapping, Sequence

import yaml

from streams.adapters.reads.items import PayloadKind
from streams.adapters.reads.mapping import Place, TimeForm
from streams.adapters.reads.mapping_kinds import (
    COLUMN,
    NODE,
    PATTERN,
    PER_SECOND,
    POINTER,
    SCALE,
    TIME,
    ZONE,
    is_number,
    names_of,
    several,
)  # fmt: skip
from streams.codecs.marked_yaml import NO_KEYS, Fields, Problems, UnexpectedError
from streams.codecs.yaml_kinds import TEXT, listed

_TEXTS = (
    "read_id", "plate_region", "camera_id", "camera_name", "vehicle_make", "vehicle_model", "vehicle_color",
    "image_reference",
)  # fmt: skip
_NUMBERS = ("latitude", "longitude", "heading_degrees")
_HOT_LIST = ("owner", "list_name", "reason", "case_number")


class Places:
    """Reads the places of one file, and collects the names in them."""

    def __init__(self, kind: PayloadKind) -> None:
        name = COLUMN if kind is PayloadKind.CSV else POINTER
        self._at, self._join = names_of(name), several(listed(name))
        self._name = name
        self.names: dict[str, None] = {}

    def plate(self, fields: Fields) -> Place:
        """Return the place of the plate."""
        return self._whole(_inner(fields, "plate", fields.required("plate", NODE)), ("at", "join"))

    def maybe(self, fields: Fields, key: str, keys: Sequence[str]) -> Place | None:
        """Return a place that may have these keys, or None when there is none."""
        node = fields.maybe(key, NODE)
        return None if node is None else self._whole(_inner(fields, key, node), keys)

    def of_read(self, fields: Fields) -> Mapping[str, Place]:
        """Return the places of texts and numbers, those that there are."""
        found = {name: self.maybe(fields, name, ("at", "join", "is", "prefix")) for name in _TEXTS}
        found |= {name: self.maybe(fields, name, ("at", "is")) for name in _NUMBERS}
        for name in _NUMBERS:
            if (place := found[name]) is not None and not is_number(place.constant):
                fields.wrong(name, f"expected a number, got `{place.constant}`")
        return {name: place for name, place in found.items() if place is not None}

    def of_hot_list(self, fields: Fields) -> Mapping[str, Place]:
        """Return the places of what is said of a hot list."""
        found = {name: self.maybe(fields, name, ("at", "is")) for name in _HOT_LIST}
        fields.done()
        if not any(place.names for place in found.values() if place is not None):
            fields.problems.add(fields.node, fields.path, "expected one key that the payload fills")
        return {name: place for name, place in found.items() if place is not None}

    def conditions(self, fields: Fields) -> tuple[tuple[str, str], ...]:
        """Return which name must hold which text."""
        found = fields.rest(TEXT)
        for name in found:
            try:
                self._name.read(yaml.ScalarNode("", name))
            except UnexpectedError as error:
                fields.wrong(name, str(error))
        self.names |= dict.fromkeys(found)
        return tuple(found.items())

    def confidence(self, fields: Fields) -> tuple[Place, float] | None:
        """Return the place of the confidence, and the number that says certain."""
        node = fields.maybe("confidence", NODE)
        if node is None:
            return None
        inner = _inner(fields, "confidence", node)
        scale = inner.required("scale", SCALE)
        return self._whole(inner, ("at",)), float(scale)

    def time(self, fields: Fields) -> TimeForm:
        """Return where the time stands and how it is written."""
        inner = _inner(fields, "captured_at", fields.required("captured_at", NODE))
        form, pattern = inner.maybe("as", TIME), inner.maybe("format", PATTERN)
        zone = inner.maybe("zone", ZONE)
        if (form is None) == (pattern is None):
            inner.problems.add(inner.node, inner.path, "expected either `as` or `format`")
        if pattern is not None and "%z" not in pattern and zone is None:
            inner.problems.add(
                inner.node, f"{inner.path}.zone", "expected this key: the format has no offset"
            )
        return TimeForm(
            place=self._whole(inner, ("at", "join")),
            per_second=PER_SECOND.get(form or ""),
            pattern=pattern,
            zone=zone,
        )

    def _whole(self, fields: Fields, keys: Sequence[str]) -> Place:
        """Return the place that a record of these keys describes; others are unknown."""
        kinds = {"at": self._at, "join": self._join}
        names = {key: fields.maybe(key, kinds[key]) for key in kinds if key in keys}
        constant = fields.maybe("is", TEXT) if "is" in keys else None
        prefix = fields.maybe("prefix", TEXT) if "prefix" in keys else None
        fields.done()
        given = [key for key, found in names.items() if found is not None]
        if len(given) != 1 and not (constant is not None and not given):
            fields.problems.add(fields.node, fields.path, f"expected one of {', '.join(keys[:2])}")
        found = next((found for found in names.values() if found is not None), ())
        self.names |= dict.fromkeys(found)
        return Place(names=found, joined="join" in given, constant=constant, prefix=prefix or "")


def _inner(fields: Fields, key: str, node: yaml.Node) -> Fields:
    """Return the record of a place; a name, or a list of them, says where the value is at."""
    path = f"{fields.path}.{key}"
    if node is not NO_KEYS and not isinstance(node, yaml.MappingNode):
        pair = (yaml.ScalarNode(node.tag, "at", node.start_mark), node)
        node = yaml.MappingNode(NO_KEYS.tag, [pair], node.start_mark)
    # What is not there was told, and lacks nothing more.
    return Fields(node, path, Problems(fields.problems.name) if node is NO_KEYS else fields.problems)
