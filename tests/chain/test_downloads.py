"""A file of the toolkit on the running system: counted, and there."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import requests
from bs4 import BeautifulSoup

from chalicelib.domain.calendar import local_date
from tests.stack import Stack

TIMES = 8


def test_download(stack: Stack) -> None:
    """
    Who follows a link of the toolkit gets the file; each counts, also when they come at once.
    """
    page = requests.get(f"{stack.url}/toolkit/affiche/", timeout=30)
    (link, *_) = BeautifulSoup(page.text, "html.parser").select("a[download]")
    address = f"{stack.url}{link['href']}"

    with ThreadPoolExecutor(TIMES) as pool:
        answers = list(pool.map(lambda _: requests.get(address, timeout=60), range(TIMES)))
    requests.head(address, timeout=60)

    assert {f"{stack.url}/toolkit/affiche/affiche-a3.pdf"} == {one.url for one in answers}
    assert {b"%PDF"} == {one.content[:4] for one in answers}
    year = local_date(datetime.now(UTC)).year
    (counted,) = stack.items(f"{year}#/toolkit/affiche/affiche-a3.pdf")
    assert {"DOWNLOADS"} == {counted["pk"]["S"]}
    assert TIMES == sum(int(one["N"]) for key, one in counted.items() if key not in {"pk", "sk"})
