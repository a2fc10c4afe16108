"""A wave of residents: its plan, weights, domains and figures."""
