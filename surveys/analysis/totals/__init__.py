"""The one group-by, wherever the answers lie: live store, snapshot, parts of a snapshot."""
