"""The HTTP API for partner agencies: an intake of its own, which also hands out the answers."""
