"""Vendors' exports of searches: rows become query events, or say why they are none.

What comes in goes out: each row of a file is one event or one reject, and the two add up.
"""
