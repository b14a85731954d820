"""Flask behind apig-wsgi."""

from apig_wsgi import make_lambda_handler
from flask import Flask, redirect, request
from flask.typing import ResponseReturnValue
from registrations import InvalidError, cleaned, keep

app = Flask(__name__)


@app.post("/api/registrations")
def registrations() -> ResponseReturnValue:
    try:
        reference = keep(cleaned(request.form.to_dict()))
    except InvalidError as error:
        return str(error), 422
    return redirect(f"/bedankt/?ref={reference}", 303)


handler = make_lambda_handler(app.wsgi_app)
