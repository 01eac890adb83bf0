"""The audit log: who did what, when and from where. Entries are only added, and each one is chained to the last.

An entry's digest is an HMAC over what it says and over the digest before it, under a key that is derived from the
service's secret. So whoever can write to the database, but does not know the secret, cannot change, remove, swap or
insert an entry unnoticed. What they can do is to cut off the end: an anchor, the last ``number:digest`` kept elsewhere
(the service writes it into its log), shows that too.
"""

from bothways.audit.chain import EMPTY, Verification, verify
from bothways.audit.log import LEDGER, Entry, Event, ensure, entries, record, record_once, said

__all__ = [
    "EMPTY",
    "LEDGER",
    "Entry",
    "Event",
    "Verification",
    "ensure",
    "entries",
    "record",
    "record_once",
    "said",
    "verify",
]
