"""
Films from storyboards: scenes as data become drawn frames, an MP4, captions and a transcript.

Only `encode` needs a rasteriser and an encoder. Everything else is plain Python over plain data, so
that the site can read a storyboard and the tests can check a film without either.
"""
