"""What makes the films, posters and documents of the toolkit, run by hand and never by the site."""
