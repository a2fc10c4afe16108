"""Measurements that are not tests: run one with `python -m benchmarks.<name>`."""

import surveys  # noqa: F401  before numpy: it says how many threads linear algebra may use
