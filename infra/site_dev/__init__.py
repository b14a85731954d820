"""`make site-dev`: the site in a browser that follows every edit."""
