"""What the answers mean: weights, estimates and their uncertainty; formulas in docs/methodology.md."""
