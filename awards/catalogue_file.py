"""How the catalogue of awards comes from its file into the database."""

from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from awards.models import Award, Requirement
from blocks.models import Authority

FILE = Path(__file__).parent / "catalogue.yaml"


@transaction.atomic
def load_catalogue(path: Path = FILE) -> int:
    """Load what is not there yet; return how many awards were added.

    An award of an authority that is not known here is left out. The database refuses a condition
    that nobody knows.
    """
    stated = yaml.safe_load(path.read_text(encoding="utf-8"))
    return sum(_load(award, period) for award in stated for period in award["periods"])


def _load(stated: dict[str, Any], period: dict[str, Any]) -> bool:
    authority = Authority.objects.filter(name=stated.get("authority")).first()
    if stated.get("authority") and authority is None:
        return False
    award, is_new = Award.objects.get_or_create(
        authority=authority,
        code=stated["code"],
        since=period["since"],
        defaults={
            "until": period.get("until"),
            "source": period["source"],
            "name": stated["name"],
            "short_name": stated["short_name"],
            "kind": stated["kind"],
            "decided_by": stated["decided_by"],
            "order": stated["order"],
            "marks_the_leader": stated.get("marks_the_leader", False),
            "share_of_leaders": period.get("share_of_leaders"),
        },
    )
    if is_new:
        Requirement.objects.bulk_create(
            Requirement(
                award=award,
                order=order,
                rule=asked["rule"],
                parameter=asked.get("parameter", ""),
                source=period["source"],
            )
            for order, asked in enumerate(stated["requirements"])
        )
    return is_new
