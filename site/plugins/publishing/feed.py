"""
Makes the links in the feeds whole: a feed is read far from the site.
"""

from typing import Any

from pelican import signals


def complete(context: dict[str, Any], feed: Any) -> None:
    """Put the origin before the links of our own in every text of the feed."""
    origin = context["SITEURL"].removesuffix(context["BASE"])
    for item in feed.items:
        item["content"] = item["content"].replace('href="/', f'href="{origin}/')


def register() -> None:
    signals.feed_generated.connect(complete)
