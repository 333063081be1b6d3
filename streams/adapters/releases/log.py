"""The chain of what was done with releases, as one kind of the chains of `streams.chains.log`."""

from streams.chains.log import LogKind
from streams.codecs.release_action import link_release_action, read_release_action
from streams.ledger.release_action import ReleaseAction
from streams.settings import Settings
from streams.topics import Topics


def release_log(settings: Settings) -> LogKind[ReleaseAction]:
    """Return where the chain lies and how it is read."""
    return LogKind(
        topic=Topics.of(settings).release_actions,
        group="release-actions",
        name="the releases carried out",
        link=link_release_action,
        read_link=read_release_action,
    )
