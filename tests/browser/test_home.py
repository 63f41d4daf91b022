"""Home in a real browser: the longest row fits the screens of an office."""

import pytest

from scoring.models import PhaseChange
from scoring.phases import Phase

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("width", [360, 800, 1024, 1200, 1366])
def test_the_row_of_a_card_that_is_to_be_answered_fits(cast, in_phase, browse, live_server, width):
    season = in_phase(Phase.SETTLEMENT)
    PhaseChange.objects.create(
        season=season, old=Phase.INSPECTION, new=Phase.SETTLEMENT, by=cast.cedar_seat
    )
    page = browse(cast.ash, "/", viewport={"width": width, "height": 700})
    page.context.add_cookies([{"name": "django_language", "value": "vi", "url": live_server.url}])
    page.goto(live_server.url)
    what = page.locator(".task-what").first
    assert "Kết quả kiểm tra" in what.inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert what.bounding_box()["height"] < 80
