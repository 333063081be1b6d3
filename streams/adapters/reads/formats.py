"""The formats by name."""

from collections.abc import Mapping

from streams.adapters.reads.axis import AXIS
from streams.adapters.reads.dahua import DAHUA
from streams.adapters.reads.flock import FLOCK
from streams.adapters.reads.genetec import GENETEC
from streams.adapters.reads.hikvision import HIKVISION
from streams.adapters.reads.plate_recognizer import PLATE_RECOGNIZER
from streams.adapters.reads.read_format import ReadFormat
from streams.adapters.reads.rekor import REKOR

READ_FORMATS: Mapping[str, ReadFormat] = {
    each.name: each for each in (AXIS, DAHUA, FLOCK, GENETEC, HIKVISION, PLATE_RECOGNIZER, REKOR)
}
