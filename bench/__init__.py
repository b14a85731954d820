"""`make bench`: how fast the site is built, beside Hugo and Eleventy, and how light it is."""
