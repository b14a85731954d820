"""The backend of mijnbuddy: use cases, e-mails, store and mailer around `domain`."""
