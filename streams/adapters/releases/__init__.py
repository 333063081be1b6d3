"""The desk of releases: orders are carried out once, closed by a receipt, and images are fetched, on record.

`proof` finds the ledger's word for a release, `images` the file of an image, `desk` decides and records each
step, `service` lets in who may ask. The agency's own systems carry out orders; recipients fetch images.
"""
