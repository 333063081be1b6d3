"""What becomes of one partition of the vendors' share changes: each is set against the books, and alerts.

No chain of its own: `alpr.share-changes` is the record already, and what follows from it are alerts alone.
"""
