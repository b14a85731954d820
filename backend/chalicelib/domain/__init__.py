"""
Plain Python over plain data: no AWS, no Chalice, no Pelican, no environment.

The website is built from this package and the Lambda functions answer with it, so a question, a
municipality or a status is written down once.
"""
