"""A card that is scored, inspected, settled."""

from decimal import Decimal

import pytest

from scoring.acts import copy_found_to_final
from scoring.phases import Column, Phase
from tests.conftest import put_in_phase
from tests.scoring.sheets import fill, fill_staff
from tests.scoring.stage import opened


@pytest.fixture
def scoring(cast, in_phase):
    """The cast while it scores itself; ten cases were registered."""
    in_phase(Phase.REGISTRATION)
    cast.card.write(cast.ash, Column.TARGET, {cast.lines.plan.pk: {"target": Decimal(10)}})
    in_phase(Phase.SELF_SCORING)
    return cast


@pytest.fixture
def inspecting(scoring, in_phase):
    """The cast while Birch inspects what Ash has sent."""
    fill(scoring, scoring.ash, Column.CLAIMED)
    fill_staff(scoring)
    seat = scoring.ash.seats.get()
    scoring.card.filing_of(seat, Column.CLAIMED).send(seat)
    in_phase(Phase.INSPECTION)
    return scoring


@pytest.fixture
def settling(cast, in_phase, settings, tmp_path):
    """Ash's card was inspected by Birch; since today it is settled by Cedar. Its files are its
    own."""
    settings.MEDIA_ROOT = tmp_path
    in_phase(Phase.SELF_SCORING)
    fill(cast, cast.ash, Column.CLAIMED)
    fill_staff(cast)
    in_phase(Phase.INSPECTION)
    fill(cast, cast.birch, Column.FOUND)
    copy_found_to_final(put_in_phase(cast, Phase.SETTLEMENT))
    opened(cast.season, cast.cedar_seat)
    return cast
