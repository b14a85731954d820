"""FastAPI with pydantic's model of the form, behind Mangum."""

from typing import Annotated, Literal

from fastapi import FastAPI, Form
from fastapi.responses import RedirectResponse
from mangum import Mangum
from pydantic import AfterValidator, BaseModel, ConfigDict, EmailStr, StringConstraints
from registrations import keep
from registrations import phone as as_e164

app = FastAPI(openapi_url=None)


def _text(length: int) -> StringConstraints:
    return StringConstraints(strip_whitespace=True, min_length=1, max_length=length)


class Registration(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, _text(100)]
    email: EmailStr
    phone: Annotated[str, _text(40), AfterValidator(as_e164)] = ""
    postcode: Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{3}$")]
    about: Annotated[str, _text(2000)] = ""
    consent: Literal["yes"]


@app.post("/api/registrations")
def registrations(form: Annotated[Registration, Form()]) -> RedirectResponse:
    return RedirectResponse(f"/bedankt/?ref={keep(form.model_dump())}", status_code=303)


handler = Mangum(app, lifespan="off")
