"""Load the real groups and play their year."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from blocks.models import Block
from emulation.demo.quang_ngai_2019 import TheProvince
from emulation.demo.ttcp_2021 import TheYear


class Command(BaseCommand):
    """``manage.py play``: both groups, once; a second time it changes nothing."""

    help = "Load both real groups, play the year 2021 on its own dates, write its papers to out/."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Play what is not there yet: each of the two wholly or not at all."""
        for code, story in (("KHOI-SN", TheYear), ("CUM-NAM", TheProvince)):
            if Block.objects.filter(code=code).exists():
                self.stdout.write(f"{code}: đã có, không nạp lại.")
                continue
            with transaction.atomic():
                story(self.stdout.write).play()
