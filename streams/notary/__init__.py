"""The notary: signs the trees of the ledger as they grow, and proves single records against what it signed.

It reads the ledger like any outsider and shares nothing with the gate, so it can run elsewhere and under
other hands, with a key that no worker has.
"""
