"""
What a municipality takes to look for buddies itself: posters, flyers, pictures, texts, a handbook.

`python -m media.toolkit` makes the files beside the items in `site/content/toolkit`. They are in
git, so that the site and its tests need nothing of what makes them. Every text stands once: in the
item's own Markdown, which the page shows and from which its downloads are made.
"""
