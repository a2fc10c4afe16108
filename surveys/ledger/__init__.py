"""Proof that an answer was kept: keyed commitments in a Merkle log, and receipts that show inclusion, never content."""
