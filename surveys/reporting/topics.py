"""Items in the order of their topics."""

from __future__ import annotations

from collections.abc import Sequence

from surveys.records.releases import Figure
from surveys.reporting.edition import Edition


def by_topic(edition: Edition, figures: Sequence[Figure]) -> list[tuple[str, list[Figure]]]:
    """Figures of items by topic code, topics in the instrument's order; items without a topic come last under ""."""
    topic_of: dict[str, str] = edition.release.labels.get("item", {}).get("topics", {})
    topics = [*edition.release.labels.get("topic", {}).get("codes", {}), ""]
    found = {topic: [figure for figure in figures if topic_of.get(figure.item, "") == topic] for topic in topics}
    return [(topic, of_topic) for topic, of_topic in found.items() if of_topic]
