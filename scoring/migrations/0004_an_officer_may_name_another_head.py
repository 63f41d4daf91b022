"""An officer's act that names another head or deputy, with its reason."""

import django.db.models.deletion
from django.db import migrations, models

import blocks.clock
from blocks.history import track


class Migration(migrations.Migration):
    dependencies = [
        ("blocks", "0002_history_and_guards"),
        ("scoring", "0003_staff_figures_come_one_by_one"),
    ]

    operations = [
        migrations.CreateModel(
            name="OfficeChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=500, verbose_name="reason")),
                ("at", models.DateTimeField(default=blocks.clock.now)),
                ("by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="blocks.seat")),
                ("deputy", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="blocks.unit")),
                ("head", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="blocks.unit")),
                ("season", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="office_changes", to="scoring.season")),
            ],
            options={"ordering": ["pk"]},
        ),
        track("scoring_officechange"),
    ]
