"""The chain of administrative acts, as one kind of the chains of `streams.chains.log`."""

from contextlib import AbstractAsyncContextManager

from streams.chains.log import ChainLog, LogKind, open_log, read_log
from streams.codecs.admin_action import link_action, read_action
from streams.ledger.admin_action import AdminAction
from streams.settings import Settings
from streams.topics import Topics

ActionLog = ChainLog[AdminAction]


def action_log(settings: Settings) -> LogKind[AdminAction]:
    """Return where the chain lies and how it is read."""
    return LogKind(
        topic=Topics.of(settings).admin_actions,
        group="admin-actions",
        name="the administrative acts",
        link=link_action,
        read_link=read_action,
    )


async def read_actions(settings: Settings) -> tuple[AdminAction, ...]:
    """Return every act on record, in order; see `read_log`."""
    return await read_log(settings, action_log(settings))


def open_actions(settings: Settings) -> AbstractAsyncContextManager[ActionLog]:
    """Return the chain, open to add to; see `open_log`."""
    return open_log(settings, action_log(settings))
