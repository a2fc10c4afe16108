from tests.webapp.conftest import *
import pytest
@pytest.mark.parametrize("path", ["/staff/", "/staff/me", "/staff/accounts", "/staff/accounts/new", "/staff/accounts/1", "/staff/organisations", "/staff/areas", "/staff/log?verify=1", "/healthz", "/nothing"])
def test_x(signed_in, path):
    c = signed_in("administrator")
    r = c.get(path)
    print(r.headers)
    assert r.status_code == 200, r.get_data(as_text=True)
