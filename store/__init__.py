"""Where it is kept: one SQLite file, and the only SQL.

store = Store("traitbook.db")
adding.add(store, read("logs/"), load_all())
"""

from store.database import Store, default_path
from store.errors import NotNow, StoreError

__all__ = ["NotNow", "Store", "StoreError", "default_path"]
