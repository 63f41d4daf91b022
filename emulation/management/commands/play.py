"""Load the real groups, play their year, write the papers it made."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from blocks.models import Block, Paper
from emulation.demo.quang_ngai_2019 import TheProvince
from emulation.demo.ttcp_2021 import TheYear


class Command(BaseCommand):
    """``manage.py play``: both groups, once; a second time it changes nothing."""

    help = "Load both real groups, play the year 2021 on its own dates, write its papers to out/."

    def add_arguments(self, parser: CommandParser) -> None:
        """Say where the papers go."""
        parser.add_argument("--out", type=Path, default=Path(settings.BASE_DIR) / "out")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Play what is not there yet, each of the two wholly or not at all; write the papers."""
        for code, story in (("KHOI-SN", TheYear), ("CUM-NAM", TheProvince)):
            if Block.objects.filter(code=code).exists():
                self.stdout.write(f"{code}: đã có, không nạp lại.")
                continue
            with transaction.atomic():
                story(self.stdout.write).play()
        self.write_papers(options["out"])

    def write_papers(self, folder: Path) -> None:
        """Write the final papers of illustrative blocks as they are kept."""
        folder.mkdir(parents=True, exist_ok=True)
        papers = Paper.objects.filter(final=True, block__illustrative=True).order_by("pk")
        for paper in papers.select_related("block", "unit").prefetch_related("unit__names"):
            path = folder / paper.file_name
            path.write_bytes(bytes(paper.content or b""))
            self.stdout.write(f"  {path}")
