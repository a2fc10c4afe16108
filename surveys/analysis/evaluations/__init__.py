"""A wave of case evaluations: what was kept, and its figures."""
