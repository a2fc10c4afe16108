"""Which degrees of freedom a test is given: ours, or R's for comparison."""

from __future__ import annotations

from surveys.analysis.outcome import AnalysisRefused


def degrees_of_freedom(rule: str, observed: int, design: int) -> int:
    """By the rule "observed" (PSUs with an answer that enters, minus their strata) or "design" (what R takes).

    Source: docs/methodology.md#degrees-of-freedom. Raises AnalysisRefused: df.rule.
    """
    rules = {"observed": observed, "design": design}
    if rule not in rules:
        raise AnalysisRefused("df.rule", rule=rule, rules=tuple(rules))
    return rules[rule]
