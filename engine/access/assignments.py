"""Which identity reads and changes which account; implements IdentityBook."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace

import structlog

from engine.access.sentences import resting_sentences
from engine.access.wallet import CHANGED, Wallet
from engine.domain.changes import Changes
from engine.domain.identity import A_LOGIN, Access, Identity, Means, Trouble, means_of
from engine.login_ports import FoundAccount, Key
from engine.storage.state.accounts_store import AccountsStore
from engine.storage.state.identities_store import IdentitiesStore

log = structlog.get_logger(__name__)
_TASKS_TO_CHANGE = frozenset({"ADVERTISE", "MANAGE"})
_TASK = "ADVERTISE"


class Assignments:
    """Who works on which account, by what Meta let each identity do."""

    def __init__(
        self,
        wallet: Wallet,
        identities: IdentitiesStore,
        accounts: AccountsStore,
        *,
        tell: Callable[[Changes], None] = lambda _changes: None,
    ) -> None:
        """Choose among the identities of `wallet`; `tell` hears of changes."""
        self._wallet = wallet
        self._store = identities
        self._accounts = accounts
        self._tell = tell
        self._known: dict[str, dict[str, Access]] = defaultdict(dict)

    def load(self) -> None:
        """Take what is known from State; blocking."""
        self._known.clear()
        for access in self._store.accesses():
            self._known[access.account_id][access.identity_id] = access

    def identities(self) -> Sequence[Identity]:
        """Return every identity, working or not."""
        return self._wallet.identities()

    def key(self, identity_id: str) -> Key | None:
        """Return what calls in its name are made with, none without a token."""
        return self._wallet.key(identity_id)

    def means(self, account_id: str) -> Means:
        """Return who reads an account and who changes it."""
        known = self._known.get(account_id, {})
        return means_of(account_id, self._wallet.identities(), known.values())

    def resting(self, account_id: str) -> str:
        """Return why an account can't be worked on, empty when it can."""
        return resting_sentences(self.means(account_id))[0]

    def read_only(self, account_id: str) -> str:
        """Return the right that is missing to change an account, or nothing.

        It is A_LOGIN where only a login that works is missing.
        """
        means = self.means(account_id)
        if means.writer is not None or means.reader is None:
            return ""
        return means.missing or (A_LOGIN if means.idle else "")

    def of_identity(self, identity_id: str) -> list[Access]:
        """Return what an identity may do in the accounts it is known to see."""
        found = (known.get(identity_id) for known in self._known.values())
        return [access for access in found if access is not None]

    def is_refused(self, identity_id: str) -> bool:
        """Return whether Meta refused an identity a right it seemed to have."""
        every = self.of_identity(identity_id)
        return any(
            (one.writes and not one.reads) or one.missing not in {"", _TASK} for one in every
        )

    async def ours(self) -> list[str]:
        """Return the ids of the accounts that are worked on."""
        known = await asyncio.to_thread(self._accounts.all, enabled_only=True)
        return [one.account.account_id for one in known]

    async def saw(
        self,
        identity_id: str,
        found: Sequence[FoundAccount],
        unseen: Sequence[str] = (),
        *,
        whole: bool = True,
    ) -> None:
        """Note all accounts that an identity sees, and ours that it does not.

        Without `whole` they are only some more than those known.
        """
        old = {one.account_id: one for one in self.of_identity(identity_id)}
        blind = {one: Access(identity_id, one, reads=False, writes=False) for one in unseen}
        new = (blind if whole else old) | {
            one.account.account_id: _access(identity_id, one, old.get(one.account.account_id))
            for one in found
        }
        if new != old:
            await self._replace(identity_id, list(new.values()))

    async def lacks(self, identity_id: str, account_id: str, missing: str, *, write: bool) -> None:
        """Note that an identity may not read or change an account after all."""
        old = self._known[account_id].get(identity_id) or Access(identity_id, account_id)
        new = replace(old, writes=False, missing=missing) if write else replace(old, reads=False)
        known = {one.identity_id: one for one in self.identities()}
        if new == self._known[account_id].get(identity_id) or identity_id not in known:
            return
        others = [one for one in self.of_identity(identity_id) if one.account_id != account_id]
        await self._replace(identity_id, [*others, new])
        log.warning(
            "login lacks a right",
            login=known[identity_id].name,
            account=account_id,
            missing=missing or "any right to read it",
        )

    async def failed(self, identity_id: str, trouble: Trouble) -> None:
        """Note that Meta does not let an identity do anything for now."""
        await self._wallet.failed(identity_id, trouble)

    async def worked(self, identity_id: str) -> None:
        """Note that Meta answered an identity that had a trouble."""
        await self._wallet.worked(identity_id)

    async def try_again(self, identity_id: str) -> None:
        """Forget what an identity was refused: its rights may have changed.

        What Meta itself lists as its tasks is not forgotten.
        """
        old = self.of_identity(identity_id)
        fresh = [
            one if one.missing == _TASK else Access(identity_id, one.account_id) for one in old
        ]
        if fresh != old:
            await self._replace(identity_id, fresh)

    async def _replace(self, identity_id: str, accesses: Sequence[Access]) -> None:
        for known in self._known.values():
            known.pop(identity_id, None)
        for one in accesses:
            self._known[one.account_id][identity_id] = one
        await asyncio.to_thread(self._store.replace_accesses, identity_id, accesses)
        self._tell(CHANGED)


def _access(identity_id: str, found: FoundAccount, old: Access | None) -> Access:
    """Return what an identity may do in an account it sees.

    What Meta refused stays refused until the identity is looked at anew.
    """
    account_id = found.account.account_id
    if found.tasks and not _TASKS_TO_CHANGE & set(found.tasks):
        return Access(identity_id, account_id, writes=False, missing=_TASK)
    if old is not None and old.missing != _TASK and (old.reads or old.writes):
        return old
    return Access(identity_id, account_id)
