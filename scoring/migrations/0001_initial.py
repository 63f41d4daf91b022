"""The tables of this app."""

import blocks.clock
import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.functions.text
from decimal import Decimal
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('blocks', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Filing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('column', models.CharField(choices=[('target', 'Registered target'), ('aim', 'Titles aimed at'), ('interim', 'Six-month result'), ('claimed', 'Self-scored'), ('found', 'Cross-inspected'), ('final', 'Settled')], max_length=10)),
                ('state', models.CharField(choices=[('filling', 'Filling'), ('handed_up', 'With the principal'), ('returned', 'Returned for completion'), ('sent', 'Sent'), ('taken_back', 'Taken back')], default='filling', max_length=10)),
                ('as_of', models.DateField(blank=True, null=True, verbose_name='figures up to')),
                ('sent_at', models.DateTimeField(null=True)),
                ('late_days', models.PositiveSmallIntegerField(default=0)),
                ('unit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='blocks.unit')),
            ],
            options={
                'ordering': ['card_id', 'column', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='FilingAct',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('act', models.CharField(max_length=12)),
                ('at', models.DateTimeField(default=blocks.clock.now)),
                ('note', models.CharField(blank=True, max_length=1000)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='blocks.seat')),
                ('filing', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='acts', to='scoring.filing')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='Scale',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveSmallIntegerField(default=1)),
                ('code', models.CharField(blank=True, max_length=40, verbose_name='code')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('total', models.DecimalField(decimal_places=2, default=Decimal('100'), max_digits=8, verbose_name='total')),
                ('bonus_cap', models.DecimalField(blank=True, decimal_places=2, max_digits=8, null=True, verbose_name='cap over all bonus')),
                ('places', models.PositiveSmallIntegerField(default=2, verbose_name='decimal places')),
                ('classification', models.JSONField(default=list, verbose_name='classes')),
                ('locked_at', models.DateTimeField(editable=False, null=True)),
                ('locked_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='blocks.seat')),
            ],
            options={
                'ordering': ['season_id', '-version'],
            },
        ),
        migrations.CreateModel(
            name='Criterion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('order', models.PositiveSmallIntegerField(default=0)),
                ('code', models.CharField(max_length=20, verbose_name='code')),
                ('name', models.CharField(max_length=400, verbose_name='criterion')),
                ('method', models.CharField(choices=[('section', 'section'), ('proportional', 'proportional'), ('tiered', 'tiered'), ('pass_fail', 'pass or fail'), ('select', 'choice of a level'), ('count', 'count of cases'), ('deduct', 'deduction'), ('plus_minus', 'plus and minus'), ('over_fulfilment', 'over-fulfilment'), ('frontrunner', 'relative to the frontrunner'), ('manual', 'points given directly')], max_length=20, verbose_name='method')),
                ('max', models.DecimalField(blank=True, decimal_places=2, max_digits=8, null=True, verbose_name='maximum')),
                ('measure', models.CharField(blank=True, max_length=40, verbose_name='unit of measure')),
                ('actual_label', models.CharField(blank=True, max_length=80, verbose_name='what was done is called')),
                ('target_label', models.CharField(blank=True, max_length=80, verbose_name='the base is called')),
                ('denominator', models.CharField(choices=[('registered', 'as registered'), ('stated', 'given with the result'), ('fixed', 'fixed by the scale')], default='stated', max_length=10, verbose_name='base')),
                ('fixed_target', models.DecimalField(blank=True, decimal_places=4, max_digits=20, null=True, verbose_name='fixed base')),
                ('when_nothing_due', models.CharField(choices=[('full', 'full points'), ('zero', 'no points'), ('not_assigned', 'not assigned')], default='not_assigned', max_length=12, verbose_name='when nothing was due')),
                ('each', models.DecimalField(blank=True, decimal_places=4, max_digits=10, null=True, verbose_name='points each')),
                ('penalty_each', models.DecimalField(blank=True, decimal_places=4, max_digits=10, null=True, verbose_name='points taken each')),
                ('floor', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=8, verbose_name='least points')),
                ('cap', models.DecimalField(decimal_places=4, default=Decimal('1'), max_digits=8, verbose_name='cap of the ratio')),
                ('tiers', models.JSONField(blank=True, default=list, verbose_name='tiers')),
                ('levels', models.JSONField(blank=True, default=list, verbose_name='levels')),
                ('bonus', models.BooleanField(default=False, verbose_name='bonus')),
                ('penalty', models.BooleanField(default=False, verbose_name='penalty')),
                ('evidence', models.CharField(choices=[('none', 'not asked for'), ('optional', 'optional'), ('required', 'required')], default='optional', max_length=10, verbose_name='evidence')),
                ('of', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='scoring.criterion', verbose_name='line it looks at')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='children', to='scoring.criterion')),
                ('scale', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='criteria', to='scoring.scale')),
            ],
            options={
                'ordering': ['order', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Scorecard',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('official_order', models.PositiveSmallIntegerField()),
                ('turn', models.PositiveSmallIntegerField()),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cards', to='blocks.unit')),
            ],
            options={
                'ordering': ['season_id', 'official_order', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Inspection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('held_on', models.DateField(blank=True, null=True, verbose_name='day')),
                ('place', models.CharField(blank=True, max_length=200, verbose_name='place')),
                ('leader', models.CharField(blank=True, max_length=150, verbose_name='leader of the team')),
                ('leader_position', models.CharField(blank=True, max_length=120, verbose_name="the leader's position")),
                ('team', models.TextField(blank=True, verbose_name='members of the team, one a line')),
                ('card', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='inspection', to='scoring.scorecard')),
            ],
            options={
                'ordering': ['card_id'],
            },
        ),
        migrations.AddField(
            model_name='filing',
            name='card',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='filings', to='scoring.scorecard'),
        ),
        migrations.CreateModel(
            name='Explanation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(default=1)),
                ('text', models.TextField()),
                ('at', models.DateTimeField(default=blocks.clock.now)),
                ('answer', models.TextField(blank=True)),
                ('answered_at', models.DateTimeField(null=True)),
                ('lapsed_at', models.DateTimeField(null=True)),
                ('before', models.JSONField(null=True)),
                ('reason_before', models.TextField(blank=True)),
                ('at_before', models.DateTimeField(null=True)),
                ('after', models.JSONField(null=True)),
                ('total_before', models.DecimalField(decimal_places=4, max_digits=10, null=True)),
                ('total_after', models.DecimalField(decimal_places=4, max_digits=10, null=True)),
                ('rank_before', models.PositiveSmallIntegerField(null=True)),
                ('rank_after', models.PositiveSmallIntegerField(null=True)),
                ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='blocks.seat')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='blocks.seat')),
                ('criterion', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='scoring.criterion')),
                ('seat_before', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='blocks.seat')),
                ('card', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='explanations', to='scoring.scorecard')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='Exemption',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                ('criterion', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='scoring.criterion')),
                ('card', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='exemptions', to='scoring.scorecard')),
            ],
        ),
        migrations.CreateModel(
            name='Evidence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('column', models.CharField(choices=[('target', 'Registered target'), ('aim', 'Titles aimed at'), ('interim', 'Six-month result'), ('claimed', 'Self-scored'), ('found', 'Cross-inspected'), ('final', 'Settled')], max_length=10)),
                ('file', models.FileField(blank=True, upload_to='evidence')),
                ('file_name', models.CharField(blank=True, max_length=200)),
                ('kind', models.CharField(blank=True, max_length=100)),
                ('sha256', models.CharField(blank=True, max_length=64)),
                ('size', models.PositiveIntegerField(null=True)),
                ('number', models.CharField(blank=True, max_length=20)),
                ('symbol', models.CharField(blank=True, max_length=40)),
                ('dated', models.DateField(blank=True, null=True)),
                ('subject', models.CharField(blank=True, max_length=300)),
                ('original_seen', models.BooleanField(default=False)),
                ('at', models.DateTimeField(default=blocks.clock.now)),
                ('criterion', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='scoring.criterion')),
                ('seat', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='blocks.seat')),
                ('explanation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='evidence', to='scoring.explanation')),
                ('card', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='evidence', to='scoring.scorecard')),
            ],
            options={
                'verbose_name_plural': 'evidence',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('column', models.CharField(choices=[('target', 'Registered target'), ('aim', 'Titles aimed at'), ('interim', 'Six-month result'), ('claimed', 'Self-scored'), ('found', 'Cross-inspected'), ('final', 'Settled')], max_length=10)),
                ('actual', models.DecimalField(decimal_places=4, max_digits=20, null=True)),
                ('target', models.DecimalField(decimal_places=4, max_digits=20, null=True)),
                ('level', models.CharField(blank=True, max_length=40)),
                ('points', models.DecimalField(decimal_places=4, max_digits=10, null=True)),
                ('estimated', models.BooleanField(default=False)),
                ('note', models.CharField(blank=True, max_length=1000)),
                ('at', models.DateTimeField(default=blocks.clock.now)),
                ('rests_on', models.JSONField(null=True)),
                ('criterion', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='scoring.criterion')),
                ('seat', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='blocks.seat')),
                ('card', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='scoring.scorecard')),
            ],
        ),
        migrations.CreateModel(
            name='Agreement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=blocks.clock.now)),
                ('changes', models.JSONField(null=True)),
                ('lapsed_at', models.DateTimeField(null=True)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='blocks.seat')),
                ('card', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='agreements', to='scoring.scorecard')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='Season',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField(verbose_name='year')),
                ('theme', models.CharField(blank=True, max_length=300, verbose_name='theme')),
                ('phase', models.CharField(choices=[('planning', 'Planning'), ('registration', 'Registration'), ('execution', 'Execution'), ('self_scoring', 'Self-scoring'), ('inspection', 'Cross-inspection'), ('settlement', 'Explanation, settlement'), ('meeting', 'Meeting'), ('closed', 'Closed')], default='planning', editable=False, max_length=20)),
                ('plan_fixed_at', models.DateTimeField(editable=False, null=True)),
                ('draw_code', models.CharField(blank=True, editable=False, max_length=12)),
                ('block', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='seasons', to='blocks.block')),
                ('deputy', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='blocks.unit')),
                ('head', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='headed_seasons', to='blocks.unit')),
                ('scale', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='scoring.scale')),
            ],
            options={
                'ordering': ['-year', 'block'],
            },
        ),
        migrations.AddField(
            model_name='scorecard',
            name='season',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cards', to='scoring.season'),
        ),
        migrations.AddField(
            model_name='scale',
            name='season',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='scales', to='scoring.season'),
        ),
        migrations.CreateModel(
            name='RoleModel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='person or group')),
                ('deed', models.CharField(max_length=1000, verbose_name='what it did')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='role_models', to='blocks.unit')),
                ('season', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='role_models', to='scoring.season')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='Reminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('phase', models.CharField(choices=[('planning', 'Planning'), ('registration', 'Registration'), ('execution', 'Execution'), ('self_scoring', 'Self-scoring'), ('inspection', 'Cross-inspection'), ('settlement', 'Explanation, settlement'), ('meeting', 'Meeting'), ('closed', 'Closed')], max_length=20)),
                ('at', models.DateTimeField(default=blocks.clock.now)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='blocks.seat')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='blocks.unit')),
                ('season', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reminders', to='scoring.season')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='Ranking',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(default=1)),
                ('at', models.DateTimeField(default=blocks.clock.now)),
                ('reason', models.CharField(blank=True, max_length=500, verbose_name='reason')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='blocks.seat')),
                ('season', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rankings', to='scoring.season')),
            ],
            options={
                'ordering': ['season', 'number'],
            },
        ),
        migrations.CreateModel(
            name='PhaseDate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('phase', models.CharField(choices=[('planning', 'Planning'), ('registration', 'Registration'), ('execution', 'Execution'), ('self_scoring', 'Self-scoring'), ('inspection', 'Cross-inspection'), ('settlement', 'Explanation, settlement'), ('meeting', 'Meeting'), ('closed', 'Closed')], max_length=20)),
                ('due', models.DateField(blank=True, null=True, verbose_name='due')),
                ('closes_on', models.DateField(blank=True, null=True, verbose_name='closed from')),
                ('season', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='dates', to='scoring.season')),
            ],
            options={
                'ordering': ['season_id', 'due'],
            },
        ),
        migrations.CreateModel(
            name='PhaseChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('old', models.CharField(choices=[('planning', 'Planning'), ('registration', 'Registration'), ('execution', 'Execution'), ('self_scoring', 'Self-scoring'), ('inspection', 'Cross-inspection'), ('settlement', 'Explanation, settlement'), ('meeting', 'Meeting'), ('closed', 'Closed')], max_length=20)),
                ('new', models.CharField(choices=[('planning', 'Planning'), ('registration', 'Registration'), ('execution', 'Execution'), ('self_scoring', 'Self-scoring'), ('inspection', 'Cross-inspection'), ('settlement', 'Explanation, settlement'), ('meeting', 'Meeting'), ('closed', 'Closed')], max_length=20)),
                ('at', models.DateTimeField(default=blocks.clock.now)),
                ('note', models.CharField(blank=True, max_length=500)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='blocks.seat')),
                ('season', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='moves', to='scoring.season')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='OfficeChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=500, verbose_name='reason')),
                ('at', models.DateTimeField(default=blocks.clock.now)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='blocks.seat')),
                ('deputy', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='blocks.unit')),
                ('head', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='blocks.unit')),
                ('season', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='office_changes', to='scoring.season')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='CommonTarget',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('order', models.PositiveSmallIntegerField(default=0)),
                ('text', models.CharField(max_length=400, verbose_name='target')),
                ('value', models.DecimalField(blank=True, decimal_places=4, max_digits=20, null=True, verbose_name='figure')),
                ('measure', models.CharField(blank=True, max_length=40, verbose_name='unit of measure')),
                ('reached', models.DecimalField(blank=True, decimal_places=4, max_digits=20, null=True, verbose_name='reached')),
                ('as_of', models.DateField(blank=True, null=True, verbose_name='figures up to')),
                ('season', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='common_targets', to='scoring.season')),
            ],
            options={
                'ordering': ['order', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Authorisation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateField(default=blocks.clock.today, verbose_name='from')),
                ('until', models.DateField(blank=True, null=True, verbose_name='until, not on')),
                ('reason', models.CharField(max_length=500, verbose_name='reason, paper')),
                ('at', models.DateTimeField(default=blocks.clock.now)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='blocks.seat')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='blocks.unit')),
                ('season', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='authorisations', to='scoring.season')),
            ],
            options={
                'ordering': ['since', 'pk'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Activity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=300, verbose_name='activity')),
                ('held_on', models.DateField(verbose_name='day')),
                ('season', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='activities', to='scoring.season')),
            ],
            options={
                'verbose_name_plural': 'activities',
                'ordering': ['held_on', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='SeasonRules',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('registration_required', models.BooleanField(default=True, verbose_name='only registered titles are considered')),
                ('scan_replaces_principal', models.BooleanField(default=False, verbose_name='a clerk may send with a scan of the signed sheet')),
                ('tie_rules', models.JSONField(default=list, verbose_name='what decides equal totals, in order')),
                ('inspectors_per_card', models.PositiveSmallIntegerField(default=1, verbose_name='inspecting units for each unit')),
                ('explanation_days', models.PositiveSmallIntegerField(default=7, verbose_name='days to explain')),
                ('source', models.CharField(blank=True, max_length=300, verbose_name='paper these rules come from')),
                ('season', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='rules', to='scoring.season')),
            ],
        ),
        migrations.CreateModel(
            name='SheetPaper',
            fields=[
                ('paper_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='blocks.paper')),
                ('column', models.CharField(choices=[('target', 'Registered target'), ('aim', 'Titles aimed at'), ('interim', 'Six-month result'), ('claimed', 'Self-scored'), ('found', 'Cross-inspected'), ('final', 'Settled')], max_length=10)),
                ('card', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='papers', to='scoring.scorecard')),
                ('season', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='papers', to='scoring.season')),
            ],
            bases=('blocks.paper',),
        ),
        migrations.CreateModel(
            name='SignedScan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=9)),
                ('file_name', models.CharField(max_length=200)),
                ('content', models.BinaryField()),
                ('kind', models.CharField(max_length=100)),
                ('size', models.PositiveIntegerField()),
                ('sha256', models.CharField(max_length=64)),
                ('at', models.DateTimeField(default=blocks.clock.now)),
                ('filing', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='scans', to='scoring.filing')),
                ('seat', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='blocks.seat')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.AddField(
            model_name='filing',
            name='scan',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='scoring.signedscan'),
        ),
        migrations.CreateModel(
            name='StaffFigures',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('people', models.PositiveIntegerField(null=True, verbose_name='people')),
                ('advanced', models.PositiveIntegerField(null=True, verbose_name='advanced workers')),
                ('fighters', models.PositiveIntegerField(null=True, verbose_name='base-level emulation fighters')),
                ('all_completed', models.BooleanField(null=True, verbose_name='everybody completed the tasks')),
                ('card', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='staff_figures', to='scoring.scorecard')),
                ('seat', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='blocks.seat')),
            ],
        ),
        migrations.CreateModel(
            name='Standing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('main', models.DecimalField(decimal_places=4, max_digits=10)),
                ('bonus', models.DecimalField(decimal_places=4, max_digits=10)),
                ('penalty', models.DecimalField(decimal_places=4, max_digits=10)),
                ('total', models.DecimalField(decimal_places=4, max_digits=10)),
                ('sections', models.JSONField(default=dict)),
                ('rank', models.PositiveSmallIntegerField(null=True)),
                ('grade', models.CharField(blank=True, max_length=60)),
                ('decided_by', models.CharField(blank=True, max_length=120)),
                ('unranked_because', models.CharField(blank=True, max_length=500)),
                ('card', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='standings', to='scoring.scorecard')),
                ('ranking', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='standings', to='scoring.ranking')),
            ],
            options={
                'ordering': ['ranking_id', models.OrderBy(models.F('rank'), nulls_last=True), 'card__official_order'],
            },
        ),
        migrations.CreateModel(
            name='Waiver',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('column', models.CharField(choices=[('target', 'Registered target'), ('aim', 'Titles aimed at'), ('interim', 'Six-month result'), ('claimed', 'Self-scored'), ('found', 'Cross-inspected'), ('final', 'Settled')], max_length=10)),
                ('reason', models.CharField(max_length=500, verbose_name='reason')),
                ('at', models.DateTimeField(default=blocks.clock.now)),
                ('withdrawn_because', models.CharField(blank=True, max_length=500)),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='blocks.seat')),
                ('season', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='waivers', to='scoring.season')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='waivers', to='blocks.unit')),
                ('withdrawn_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='blocks.seat')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='InspectingUnit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='inspections', to='blocks.unit')),
                ('inspection', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='inspectors', to='scoring.inspection')),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(models.F('inspection'), models.F('unit'), name='a_unit_inspects_a_card_once')],
            },
        ),
        migrations.CreateModel(
            name='Participation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('activity', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='participations', to='scoring.activity')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='participations', to='blocks.unit')),
            ],
            options={
                'constraints': [models.UniqueConstraint(models.F('activity'), models.F('unit'), name='a_unit_takes_part_in_an_activity_once')],
            },
        ),
        migrations.AddConstraint(
            model_name='criterion',
            constraint=models.UniqueConstraint(models.F('scale'), models.F('code'), name='a_criterion_s_code_is_unique_in_its_scale', violation_error_message='Another line of the scale has this code.'),
        ),
        migrations.AddConstraint(
            model_name='criterion',
            constraint=models.CheckConstraint(condition=models.Q(('method__in', ['section', 'proportional', 'tiered', 'pass_fail', 'select', 'count', 'deduct', 'plus_minus', 'over_fulfilment', 'frontrunner', 'manual'])), name='a_criterion_s_method_is_known'),
        ),
        migrations.AddConstraint(
            model_name='criterion',
            constraint=models.CheckConstraint(condition=models.Q(('when_nothing_due__in', ['full', 'zero', 'not_assigned'])), name='what_counts_when_nothing_was_due_is_known'),
        ),
        migrations.AddConstraint(
            model_name='criterion',
            constraint=models.CheckConstraint(condition=models.Q(('bonus', True), ('penalty', True), _negated=True), name='a_line_is_not_both_bonus_and_penalty', violation_error_message='A line is a bonus or a penalty, not both.'),
        ),
        migrations.AddConstraint(
            model_name='criterion',
            constraint=models.CheckConstraint(condition=models.Q(('max__isnull', True), ('max__gte', 0), _connector='OR'), name='a_maximum_is_not_below_zero', violation_error_message='The maximum is not below zero.'),
        ),
        migrations.AddConstraint(
            model_name='criterion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('denominator', 'fixed'), _negated=True), ('fixed_target__isnull', False), _connector='OR'), name='a_fixed_base_is_stated_by_the_scale', violation_error_message='State the fixed base.'),
        ),
        migrations.AddConstraint(
            model_name='criterion',
            constraint=models.CheckConstraint(condition=models.Q(('parent__isnull', True), models.Q(('parent', models.F('id')), _negated=True), _connector='OR'), name='a_criterion_is_not_its_own_parent'),
        ),
        migrations.AddConstraint(
            model_name='explanation',
            constraint=models.UniqueConstraint(models.F('card'), models.F('criterion'), models.F('number'), name='a_line_is_explained_once_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='explanation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('answered_at__isnull', True), ('answered_by__isnull', True)), models.Q(('answered_at__isnull', False), ('answered_by__isnull', False), models.Q(('answer', ''), _negated=True)), _connector='OR'), name='an_answer_says_by_whom_and_when'),
        ),
        migrations.AddConstraint(
            model_name='explanation',
            constraint=models.CheckConstraint(condition=models.Q(('lapsed_at__isnull', True), ('answered_at__isnull', True), _connector='OR'), name='only_what_was_not_answered_lapses'),
        ),
        migrations.AddConstraint(
            model_name='exemption',
            constraint=models.UniqueConstraint(models.F('card'), models.F('criterion'), name='a_line_is_left_out_once_on_a_card', violation_error_message='The line is left out for this unit already.'),
        ),
        migrations.AddConstraint(
            model_name='evidence',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('file', ''), _negated=True), models.Q(models.Q(('number', ''), _negated=True), ('dated__isnull', False), models.Q(('subject', ''), _negated=True)), _connector='OR'), name='evidence_is_a_file_or_a_paper_that_was_seen', violation_error_message='Attach a file, or name the paper seen: number, date, subject.'),
        ),
        migrations.AddConstraint(
            model_name='evidence',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('file', ''), ('kind', ''), ('sha256', ''), ('size__isnull', True)), models.Q(models.Q(('file', ''), _negated=True), ('kind__in', ('application/pdf', 'image/jpeg', 'image/png', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document')), ('sha256__regex', '^[0-9a-f]{64}$'), ('size__isnull', False), ('size__lte', 20971520)), _connector='OR'), name='a_file_of_evidence_has_its_type_size_and_hash', violation_error_message='This is no PDF, JPEG, PNG, XLSX or DOCX file of at most 20 MB.'),
        ),
        migrations.AddConstraint(
            model_name='entry',
            constraint=models.UniqueConstraint(models.F('card'), models.F('criterion'), models.F('column'), name='a_column_says_one_thing_on_a_line'),
        ),
        migrations.AddConstraint(
            model_name='entry',
            constraint=models.CheckConstraint(condition=models.Q(('column__in', ['target', 'interim', 'claimed', 'found', 'final'])), name='an_entry_s_column_is_known'),
        ),
        migrations.AddConstraint(
            model_name='entry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('actual__isnull', True), ('actual__gte', 0), _connector='OR'), models.Q(('target__isnull', True), ('target__gte', 0), _connector='OR'), models.Q(('points__isnull', True), ('points__gte', 0), _connector='OR')), name='a_figure_is_not_below_zero', violation_error_message='A figure is not below zero.'),
        ),
        migrations.AddConstraint(
            model_name='entry',
            constraint=models.CheckConstraint(condition=models.Q(('column', 'final'), models.Q(('rests_on__isnull', True), ('seat__isnull', False)), _connector='OR'), name='only_what_settlement_took_over_was_said_by_nobody'),
        ),
        migrations.AddConstraint(
            model_name='agreement',
            constraint=models.UniqueConstraint(models.F('card'), condition=models.Q(('lapsed_at__isnull', True)), name='a_unit_agrees_to_its_findings_once', violation_error_message='The unit has agreed already.'),
        ),
        migrations.AddConstraint(
            model_name='season',
            constraint=models.UniqueConstraint(models.F('block'), models.F('year'), name='a_block_has_one_season_a_year', violation_error_message='The block has a season of this year.'),
        ),
        migrations.AddConstraint(
            model_name='season',
            constraint=models.CheckConstraint(condition=models.Q(('phase__in', ['planning', 'registration', 'execution', 'self_scoring', 'inspection', 'settlement', 'meeting', 'closed'])), name='a_season_s_phase_is_known'),
        ),
        migrations.AddConstraint(
            model_name='season',
            constraint=models.CheckConstraint(condition=models.Q(('deputy__isnull', True), models.Q(('deputy', models.F('head')), _negated=True), _connector='OR'), name='head_and_deputy_are_two_units', violation_error_message='Head and deputy are two units.'),
        ),
        migrations.AddConstraint(
            model_name='season',
            constraint=models.CheckConstraint(condition=models.Q(('phase', 'planning'), ('head__isnull', False), _connector='OR'), name='a_running_season_has_a_head', violation_error_message='The season has no head yet.'),
        ),
        migrations.AddConstraint(
            model_name='scorecard',
            constraint=models.UniqueConstraint(models.F('season'), models.F('unit'), name='a_unit_has_one_card_in_a_season'),
        ),
        migrations.AddConstraint(
            model_name='scale',
            constraint=models.UniqueConstraint(models.F('season'), models.F('version'), name='a_scale_s_version_is_unique'),
        ),
        migrations.AddConstraint(
            model_name='scale',
            constraint=models.CheckConstraint(condition=models.Q(('places__lte', 4)), name='a_scale_rounds_to_at_most_four_places'),
        ),
        migrations.AddConstraint(
            model_name='scale',
            constraint=models.CheckConstraint(condition=models.Q(('total__gt', 0)), name='a_scale_s_total_is_above_zero', violation_error_message='The total must be above zero.'),
        ),
        migrations.AddConstraint(
            model_name='rolemodel',
            constraint=models.UniqueConstraint(models.F('season'), models.F('unit'), django.db.models.functions.text.Lower('name'), name='a_unit_names_a_role_model_once', violation_error_message='The unit names this role model already.'),
        ),
        migrations.AddConstraint(
            model_name='reminder',
            constraint=models.CheckConstraint(condition=models.Q(('phase__in', ['planning', 'registration', 'execution', 'self_scoring', 'inspection', 'settlement', 'meeting', 'closed'])), name='a_reminder_s_phase_is_known'),
        ),
        migrations.AddConstraint(
            model_name='ranking',
            constraint=models.UniqueConstraint(models.F('season'), models.F('number'), name='a_ranking_s_number_is_unique'),
        ),
        migrations.AddConstraint(
            model_name='ranking',
            constraint=models.CheckConstraint(condition=models.Q(('number', 1), models.Q(('reason', ''), _negated=True), _connector='OR'), name='a_later_ranking_says_why'),
        ),
        migrations.AddConstraint(
            model_name='phasedate',
            constraint=models.UniqueConstraint(models.F('season'), models.F('phase'), name='a_phase_has_one_date_in_a_season'),
        ),
        migrations.AddConstraint(
            model_name='phasedate',
            constraint=models.CheckConstraint(condition=models.Q(('due__isnull', True), ('closes_on__isnull', True), ('closes_on__gt', models.F('due')), _connector='OR'), name='a_phase_closes_after_its_due_date', violation_error_message='The closing day must come after the due date.'),
        ),
        migrations.AddConstraint(
            model_name='phasedate',
            constraint=models.CheckConstraint(condition=models.Q(('phase__in', ['planning', 'registration', 'execution', 'self_scoring', 'inspection', 'settlement', 'meeting', 'closed'])), name='a_date_s_phase_is_known'),
        ),
        migrations.AddConstraint(
            model_name='commontarget',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('as_of__isnull', True), ('reached__isnull', True)), models.Q(('as_of__isnull', False), ('reached__isnull', False)), _connector='OR'), name='a_reached_figure_says_up_to_which_day', violation_error_message='Give both the figure and the day up to which it goes, or neither.'),
        ),
        migrations.AddConstraint(
            model_name='authorisation',
            constraint=models.CheckConstraint(condition=models.Q(('until__isnull', True), ('until__gt', models.F('since')), _connector='OR'), name='a_authorisation_ends_after_it_starts', violation_error_message='The end must come after the start.'),
        ),
        migrations.AddConstraint(
            model_name='authorisation',
            constraint=models.CheckConstraint(condition=models.Q(('until__isnull', False)), name='a_deputy_acts_for_the_head_for_a_time'),
        ),
        migrations.AddConstraint(
            model_name='authorisation',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.Func(models.F('season'), models.F('season'), models.Value('[]'), function='INT8RANGE', output_field=django.contrib.postgres.fields.ranges.BigIntegerRangeField()), '&&'), (models.Func(models.F('since'), models.Case(models.When(then=models.F('since'), until__lt=models.F('since')), default=models.F('until')), models.Value('[)'), function='DATERANGE', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='a_deputy_is_authorised_once_at_a_time', violation_error_message='The deputy acts for the head in that period already.'),
        ),
        migrations.AddConstraint(
            model_name='activity',
            constraint=models.UniqueConstraint(models.F('season'), django.db.models.functions.text.Lower('name'), models.F('held_on'), name='an_activity_is_noted_once_a_day', violation_error_message='An activity of this name is noted on this day already.'),
        ),
        migrations.AddConstraint(
            model_name='seasonrules',
            constraint=models.CheckConstraint(condition=models.Q(('inspectors_per_card__gte', 1)), name='a_unit_is_inspected_by_at_least_one'),
        ),
        migrations.AddConstraint(
            model_name='signedscan',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ('application/pdf', 'image/jpeg', 'image/png')), ('sha256__regex', '^[0-9a-f]{64}$'), ('size__lte', 20971520)), name='a_signed_scan_has_its_type_size_and_hash', violation_error_message='This is no PDF, JPEG or PNG file of at most 20 MB.'),
        ),
        migrations.AddConstraint(
            model_name='filing',
            constraint=models.UniqueConstraint(fields=('card', 'column', 'unit'), name='a_column_is_filed_once_by_a_unit', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='filing',
            constraint=models.UniqueConstraint(condition=models.Q(('column', 'found'), _negated=True), fields=('card', 'column'), name='what_only_one_unit_writes_is_filed_once'),
        ),
        migrations.AddConstraint(
            model_name='filing',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'sent'), _negated=True), ('sent_at__isnull', False), _connector='OR'), name='what_was_sent_says_when'),
        ),
        migrations.AddConstraint(
            model_name='filing',
            constraint=models.CheckConstraint(condition=models.Q(('scan__isnull', True), ('state', 'sent'), _connector='OR'), name='a_scan_is_of_what_was_sent'),
        ),
        migrations.AddConstraint(
            model_name='filing',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['filling', 'handed_up', 'returned', 'sent', 'taken_back'])), name='a_filing_s_state_is_known'),
        ),
        migrations.AddConstraint(
            model_name='stafffigures',
            constraint=models.CheckConstraint(condition=models.Q(('advanced__lte', models.F('people')), ('fighters__lte', models.F('people'))), name='advanced_workers_and_fighters_are_among_the_people', violation_error_message='Advanced workers and fighters cannot be more than the people.'),
        ),
        migrations.AddConstraint(
            model_name='standing',
            constraint=models.UniqueConstraint(models.F('ranking'), models.F('card'), name='a_card_stands_once_in_a_ranking'),
        ),
        migrations.AddConstraint(
            model_name='standing',
            constraint=models.CheckConstraint(condition=models.Q(('rank__isnull', False), models.Q(('unranked_because', ''), _negated=True), _connector='OR'), name='an_unranked_card_says_why'),
        ),
        migrations.AddConstraint(
            model_name='waiver',
            constraint=models.UniqueConstraint(models.F('season'), models.F('unit'), models.F('column'), condition=models.Q(('withdrawn_at__isnull', True)), name='a_unit_is_excused_once', violation_error_message='The unit is excused already.'),
        ),
        migrations.AddConstraint(
            model_name='waiver',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_at__isnull', True), ('withdrawn_because', ''), ('withdrawn_by', None)), models.Q(('withdrawn_at__isnull', False), ('withdrawn_by__isnull', False), models.Q(('withdrawn_because', ''), _negated=True)), _connector='OR'), name='a_withdrawn_waiver_says_by_whom_and_why'),
        ),
    ]
