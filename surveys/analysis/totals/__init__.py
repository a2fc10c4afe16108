"""The one group-by, wherever the answers lie: live store, snapshot, parts of a snapshot.

`query` is the group-by, `live` and `parquet` are what it runs on, `engines` are the places that a setting names.
"""
