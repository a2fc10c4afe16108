"""Measurements that are not tests: run one with `python -m benchmarks.<name>`."""
