"""Our own Pelican plugins: each a few dozen lines, because it is about our content and data."""
