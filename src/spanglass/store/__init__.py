"""The SQLite file that traces live in."""

from spanglass.store.current import active_experiment_id, current_store, set_active_experiment, set_store, using_store
from spanglass.store.errors import StoreError
from spanglass.store.hooks import Changes, after_write, as_written, before_read
from spanglass.store.json_text import decode, encode
from spanglass.store.postings import numeric, scalar_text
from spanglass.store.reading import Skeleton
from spanglass.store.schema import APPLICATION_ID
from spanglass.store.store import Store
from spanglass.store.writer import WriteReport

__all__ = [
    "APPLICATION_ID",
    "Changes",
    "Skeleton",
    "Store",
    "StoreError",
    "WriteReport",
    "active_experiment_id",
    "after_write",
    "as_written",
    "before_read",
    "current_store",
    "decode",
    "encode",
    "numeric",
    "scalar_text",
    "set_active_experiment",
    "set_store",
    "using_store",
]
