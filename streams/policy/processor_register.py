"""The processors of the books, and every id that was ever one's."""

from streams.policy.processor import Processor
from streams.policy.vocabulary import EntityId, ProcessorId


class ProcessorRegister:
    """The latest value of every processor.

    INVARIANT: an id that was ever in it is a processor's for good, whether its contract has ended or its
    value cannot be read any more. So no change of the register makes anybody a recipient.
    """

    def __init__(self) -> None:
        self._processors: dict[ProcessorId, Processor] = {}
        self._ids: set[str] = set()

    def get(self, processor_id: ProcessorId) -> Processor | None:
        """Return the processor of that id, or None."""
        return self._processors.get(processor_id)

    def has(self, entity_id: EntityId) -> bool:
        """Tell whether an entity's id is, or ever was, that of a processor."""
        return entity_id in self._ids

    def all(self) -> tuple[Processor, ...]:
        """Return every processor that can be read, by id."""
        return tuple(self._processors[one] for one in sorted(self._processors))

    def put(self, processor: Processor) -> None:
        """Put the processor in the place of the earlier value."""
        self._processors[processor.processor_id] = processor
        self._ids.add(processor.processor_id)

    def drop(self, processor_id: ProcessorId) -> None:
        """Forget a value that cannot be read; the id stays a processor's."""
        self._processors.pop(processor_id, None)
        self._ids.add(processor_id)

    def copy(self) -> "ProcessorRegister":
        """Return a register of its own with the same processors."""
        twin = ProcessorRegister()
        twin._processors = dict(self._processors)
        twin._ids = set(self._ids)
        return twin
