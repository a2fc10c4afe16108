"""A made-up population, frame, fieldwork and case register with known truth. Everything it gives is synthetic."""
