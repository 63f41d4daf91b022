"""A card that is being settled."""

import pytest

from scoring.acts import copy_found_to_final
from scoring.phases import Column, Phase
from tests.conftest import put_in_phase
from tests.scoring.stage import opened
from tests.scoring.test_sheet import fill, fill_staff


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
