"""The pages for people: they come from the service itself, and from nobody else."""

import hashlib
import re

import pytest

from bothways.web.documentation import STATIC

VENDOR = STATIC / "vendor"


def test_the_root_leads_to_the_documentation(client):
    assert client.get("/", follow_redirects=False).headers["location"] == "/docs"
    assert "swagger-ui" in client.get("/").text


@pytest.mark.parametrize("page", ["/docs", "/redoc"])
def test_every_file_that_the_page_names_is_there(client, page):
    files = re.findall(r'(?:src|href)="([^"]+)"', client.get(page).text)
    assert len(files) >= 5
    for file in files:
        assert client.get(f"/{file}").status_code == 200, file


@pytest.mark.parametrize("page", ["/docs", "/redoc"])
def test_nothing_comes_from_elsewhere_and_no_script_stands_in_the_page(client, page):
    answer = client.get(page)
    assert "//" not in answer.text
    assert re.findall(r"<script>", answer.text) == []
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_a_path_out_of_the_folder_of_static_files_is_not_found(client):
    for path in ("/static/../documentation.py", "/static/%2e%2e/documentation.py", "/static//etc/passwd"):
        assert client.get(path).status_code == 404


def test_the_files_of_others_are_those_that_were_fetched():
    lines = (VENDOR / "SHA512SUMS").read_text().splitlines()
    listed = dict(reversed(line.split(maxsplit=1)) for line in lines)
    found = {
        f"./{p.relative_to(VENDOR)}": hashlib.sha512(p.read_bytes()).hexdigest()
        for p in VENDOR.rglob("*")
        if p.is_file() and p.name != "SHA512SUMS"
    }
    assert found == listed
    assert any(name.endswith("LICENSE") for name in found)
