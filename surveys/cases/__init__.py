"""Social evaluation of enforcement: the register of closed cases, the draw, the evaluators, the vetoes."""
