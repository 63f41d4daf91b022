"""The tables of this app."""

import blocks.clock
import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.comparison
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('blocks', '0001_initial'),
        ('scoring', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Attendance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('presence', models.CharField(choices=[('present', 'Present'), ('online', 'Present online'), ('written', 'Absent, with a written opinion'), ('absent', 'Absent')], default='absent', max_length=10, verbose_name='attendance')),
                ('honorific', models.CharField(choices=[('Ông', 'Ông'), ('Bà', 'Bà')], default='Ông', max_length=3, verbose_name='Mr or Ms')),
                ('name', models.CharField(blank=True, max_length=120, verbose_name='representative')),
                ('position', models.CharField(blank=True, max_length=160, verbose_name='position')),
                ('letter_of_authority', models.CharField(blank=True, max_length=160, verbose_name='letter of authority')),
                ('arrived_at', models.DateTimeField(blank=True, null=True, verbose_name='arrived')),
                ('left_at', models.DateTimeField(blank=True, null=True, verbose_name='left')),
                ('absent_because', models.CharField(blank=True, max_length=200, verbose_name='reason for the absence')),
                ('representative', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='attendances', to=settings.AUTH_USER_MODEL, verbose_name="representative's account")),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attendances', to='blocks.unit')),
            ],
            options={
                'ordering': ['meeting_id', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Award',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateField(default=blocks.clock.today, verbose_name='from')),
                ('until', models.DateField(blank=True, null=True, verbose_name='until, not on')),
                ('code', models.CharField(max_length=40, verbose_name='code')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('short_name', models.CharField(max_length=60, verbose_name='short name')),
                ('kind', models.CharField(choices=[('title', 'Emulation title'), ('commendation', 'Commendation')], default='title', max_length=15, verbose_name='kind')),
                ('decided_by', models.CharField(choices=[('vote', 'the vote'), ('conditions', 'the conditions'), ('authority', 'the authority')], default='vote', max_length=12, verbose_name='decided by')),
                ('order', models.PositiveSmallIntegerField(default=0, verbose_name='order of the questions')),
                ('marks_the_leader', models.BooleanField(default=False, verbose_name='whoever is elected for it leads the block')),
                ('share_of_leaders', models.DecimalField(blank=True, decimal_places=4, max_digits=7, null=True, verbose_name='at most this percentage of the units that lead a block')),
                ('source', models.CharField(blank=True, max_length=300, verbose_name='source')),
                ('authority', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='awards', to='blocks.authority')),
            ],
            options={
                'ordering': ['order', 'pk'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Aim',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=blocks.clock.now)),
                ('card', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='aims', to='scoring.scorecard')),
                ('seat', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='blocks.seat')),
                ('award', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='aims', to='awards.award')),
            ],
            options={
                'ordering': ['card_id', 'award__order'],
            },
        ),
        migrations.CreateModel(
            name='Candidate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('order', models.PositiveSmallIntegerField(default=0)),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='blocks.unit')),
            ],
            options={
                'ordering': ['question_id', 'order', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Decision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=60, verbose_name='number and symbol')),
                ('dated', models.DateField(verbose_name='date')),
                ('signer', models.CharField(max_length=120, verbose_name='signed by')),
                ('signer_position', models.CharField(blank=True, max_length=160, verbose_name='position of the signer')),
                ('correction', models.CharField(blank=True, max_length=300, verbose_name='reason of the correction')),
                ('at', models.DateTimeField(default=blocks.clock.now)),
                ('award', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='awards.award')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='blocks.seat')),
                ('corrects', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='corrected_by', to='awards.decision')),
                ('season', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='scoring.season')),
            ],
            options={
                'ordering': ['season', 'award__order', 'dated', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Elector',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('presence', models.CharField(choices=[('present', 'Present'), ('online', 'Present online'), ('written', 'Absent, with a written opinion'), ('absent', 'Absent')], max_length=10)),
                ('is_asked', models.BooleanField(default=True)),
                ('letter_is_empty', models.BooleanField(default=False)),
                ('representative', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='electors', to=settings.AUTH_USER_MODEL)),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='blocks.unit')),
            ],
            options={
                'ordering': ['question_id', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='GivenPaper',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=blocks.clock.now)),
                ('elector', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='paper', to='awards.elector')),
            ],
        ),
        migrations.CreateModel(
            name='Grant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('decision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='grants', to='awards.decision')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='grants', to='blocks.unit')),
            ],
            options={
                'ordering': ['decision_id', 'pk'],
            },
        ),
        migrations.AddField(
            model_name='decision',
            name='units',
            field=models.ManyToManyField(related_name='+', through='awards.Grant', to='blocks.unit'),
        ),
        migrations.CreateModel(
            name='Hands',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('yes', models.PositiveSmallIntegerField()),
                ('no', models.PositiveSmallIntegerField()),
                ('abstain', models.PositiveSmallIntegerField()),
                ('chair', models.BooleanField(default=False)),
                ('candidate', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='hands', to='awards.candidate')),
            ],
        ),
        migrations.CreateModel(
            name='Hold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateField(default=blocks.clock.today, verbose_name='from')),
                ('until', models.DateField(blank=True, null=True, verbose_name='until, not on')),
                ('reason', models.CharField(max_length=300, verbose_name='reason')),
                ('lifted_because', models.CharField(blank=True, max_length=300, verbose_name='lifted because')),
                ('award', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='holds', to='awards.award')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='blocks.seat')),
                ('lifted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='blocks.seat')),
                ('season', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='holds', to='scoring.season')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='holds', to='blocks.unit')),
            ],
            options={
                'ordering': ['since', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='LeaderCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField(verbose_name='year')),
                ('count', models.PositiveSmallIntegerField(verbose_name='units that lead a block')),
                ('source', models.CharField(max_length=300, verbose_name='source')),
                ('at', models.DateTimeField(default=blocks.clock.now)),
                ('authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='leader_counts', to='blocks.authority')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='blocks.seat')),
            ],
            options={
                'ordering': ['authority', 'year', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Letter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('received_at', models.DateTimeField(verbose_name='letter received')),
                ('attendance', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='letters', to='awards.attendance')),
            ],
            options={
                'ordering': ['received_at'],
            },
        ),
        migrations.AddField(
            model_name='elector',
            name='letter',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='electors', to='awards.letter'),
        ),
        migrations.CreateModel(
            name='Meeting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('planned', 'Called'), ('open', 'In session'), ('closed', 'Session closed'), ('cancelled', 'Cancelled')], default='planned', max_length=10)),
                ('starts_at', models.DateTimeField(verbose_name='starts at')),
                ('place', models.CharField(max_length=300, verbose_name='place')),
                ('agenda', models.TextField(blank=True, verbose_name='agenda, one item a line')),
                ('chair_honorific', models.CharField(choices=[('Ông', 'Ông'), ('Bà', 'Bà')], default='Ông', max_length=3, verbose_name='Mr or Ms')),
                ('chair_name', models.CharField(max_length=120, verbose_name='chair')),
                ('chair_position', models.CharField(max_length=160, verbose_name='position of the chair')),
                ('secretary_position', models.CharField(blank=True, max_length=160, verbose_name='position of the secretary')),
                ('copies', models.PositiveSmallIntegerField(default=2, verbose_name='copies of the minutes')),
                ('opened_at', models.DateTimeField(editable=False, null=True)),
                ('closed_at', models.DateTimeField(editable=False, null=True)),
                ('cancelled_because', models.CharField(blank=True, editable=False, max_length=500)),
                ('replaces', models.OneToOneField(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaced_by', to='awards.meeting')),
                ('season', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='meetings', to='scoring.season')),
                ('secretary', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='meetings_written', to=settings.AUTH_USER_MODEL, verbose_name='secretary')),
            ],
            options={
                'ordering': ['-starts_at'],
            },
        ),
        migrations.CreateModel(
            name='Guest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='full name')),
                ('position', models.CharField(blank=True, max_length=200, verbose_name='position')),
                ('meeting', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='guests', to='awards.meeting')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='Counter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='full name')),
                ('position', models.CharField(blank=True, max_length=200, verbose_name='position')),
                ('duty', models.CharField(choices=[('leader', 'Head of the committee'), ('member', 'Member of the committee'), ('secretary', 'Secretary of the committee')], default='member', max_length=10, verbose_name='duty')),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('meeting', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='counters', to='awards.meeting')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.AddField(
            model_name='attendance',
            name='meeting',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attendances', to='awards.meeting'),
        ),
        migrations.CreateModel(
            name='Adjustment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('before', models.JSONField()),
                ('reason_before', models.CharField(blank=True, max_length=1000)),
                ('at_before', models.DateTimeField(null=True)),
                ('after', models.JSONField()),
                ('reason', models.CharField(max_length=1000, verbose_name='reason')),
                ('present', models.PositiveSmallIntegerField()),
                ('yes', models.PositiveSmallIntegerField(verbose_name='in favour')),
                ('no', models.PositiveSmallIntegerField(verbose_name='against')),
                ('abstained', models.PositiveSmallIntegerField(verbose_name='no hand raised')),
                ('at', models.DateTimeField(default=blocks.clock.now)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='blocks.seat')),
                ('card', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='adjustments', to='scoring.scorecard')),
                ('criterion', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='scoring.criterion')),
                ('earlier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='scoring.ranking')),
                ('ranking', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='adjustment', to='scoring.ranking')),
                ('seat_before', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='blocks.seat')),
                ('meeting', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='adjustments', to='awards.meeting')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='Procedure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('matter', models.CharField(max_length=200, verbose_name='matter')),
                ('yes', models.PositiveSmallIntegerField(verbose_name='agree')),
                ('no', models.PositiveSmallIntegerField(verbose_name='do not agree')),
                ('abstain', models.PositiveSmallIntegerField(verbose_name='no hand raised')),
                ('at', models.DateTimeField(default=blocks.clock.now, editable=False)),
                ('sentence', models.TextField(editable=False)),
                ('corrected_because', models.CharField(blank=True, max_length=500, verbose_name='reason')),
                ('corrects', models.OneToOneField(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='corrected_by', to='awards.procedure')),
                ('meeting', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='procedures', to='awards.meeting')),
            ],
            options={
                'ordering': ['meeting_id', 'at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Question',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('mode', models.CharField(choices=[('secret', 'Secret ballot'), ('open', 'Public vote'), ('hands', 'Show of hands')], default='secret', max_length=10, verbose_name='mode')),
                ('quorum_part', models.PositiveSmallIntegerField(default=2, verbose_name='quorum')),
                ('quorum_whole', models.PositiveSmallIntegerField(default=3, validators=[django.core.validators.MinValueValidator(1)], verbose_name='quorum')),
                ('letters_make_quorum', models.BooleanField(default=True, verbose_name='letters count for the quorum')),
                ('threshold_part', models.PositiveIntegerField(default=50, verbose_name='required share')),
                ('threshold_whole', models.PositiveIntegerField(default=100, validators=[django.core.validators.MinValueValidator(1)], verbose_name='required share')),
                ('strict', models.BooleanField(default=False, verbose_name='above the share, not just at it')),
                ('base', models.CharField(choices=[('members', 'All member units'), ('present', 'Units present and written opinions'), ('valid', 'Valid ballots')], default='members', max_length=10, verbose_name='share of')),
                ('quota', models.PositiveSmallIntegerField(blank=True, default=1, null=True, verbose_name='places')),
                ('quota_percent', models.DecimalField(blank=True, decimal_places=4, max_digits=7, null=True, verbose_name='places, percent of the members')),
                ('max_marks', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='marks on a ballot')),
                ('self_vote', models.BooleanField(default=True, verbose_name='a unit may vote on itself')),
                ('on_paper', models.BooleanField(default=True, verbose_name='papers and written opinions are taken')),
                ('chair_must_approve', models.BooleanField(default=False, verbose_name='the chair must be among the yes')),
                ('tie_rules', models.JSONField(default=list, verbose_name='what decides equal votes, in order')),
                ('max_rounds', models.PositiveSmallIntegerField(default=2, verbose_name='rounds at most')),
                ('runoff_size', models.PositiveSmallIntegerField(default=2, verbose_name='candidates of a next round')),
                ('office', models.CharField(blank=True, choices=[('head', 'Head'), ('deputy', 'Deputy')], max_length=10)),
                ('order', models.PositiveSmallIntegerField(default=0)),
                ('round', models.PositiveSmallIntegerField(default=1)),
                ('source', models.CharField(blank=True, max_length=300)),
                ('state', models.CharField(choices=[('waiting', 'Not opened yet'), ('open', 'Open'), ('closed', 'Counted'), ('cancelled', 'Cancelled')], default='waiting', max_length=10)),
                ('listed_at', models.DateTimeField(null=True)),
                ('opened_at', models.DateTimeField(null=True)),
                ('closed_at', models.DateTimeField(null=True)),
                ('cancelled_because', models.CharField(blank=True, max_length=500)),
                ('issued', models.PositiveSmallIntegerField(null=True, verbose_name='Papers given out')),
                ('returned', models.PositiveSmallIntegerField(null=True)),
                ('valid', models.PositiveSmallIntegerField(null=True)),
                ('blank', models.PositiveSmallIntegerField(null=True)),
                ('spoiled', models.PositiveSmallIntegerField(null=True)),
                ('conclusion', models.CharField(blank=True, max_length=500)),
                ('left_out', models.JSONField(blank=True, default=dict)),
                ('award', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='questions', to='awards.award')),
                ('meeting', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='questions', to='awards.meeting')),
                ('previous', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='following', to='awards.question')),
            ],
            options={
                'ordering': ['meeting_id', 'order', 'round', 'pk'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='PaperStack',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('issued', models.PositiveSmallIntegerField()),
                ('returned', models.PositiveSmallIntegerField()),
                ('valid', models.PositiveSmallIntegerField()),
                ('blank', models.PositiveSmallIntegerField(default=0)),
                ('spoiled', models.PositiveSmallIntegerField(default=0)),
                ('yes', models.JSONField(default=dict)),
                ('differed', models.JSONField(default=list)),
                ('confirmed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('typed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('question', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='counted_stack', to='awards.question')),
            ],
        ),
        migrations.CreateModel(
            name='PaperKeying',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('marks', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ('only_no', models.BooleanField(default=False)),
                ('spoiled', models.BooleanField(default=False)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('elector', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='keying', to='awards.elector')),
                ('question', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='keyings', to='awards.question')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Outcome',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('order', models.PositiveSmallIntegerField()),
                ('yes', models.PositiveSmallIntegerField()),
                ('base', models.PositiveSmallIntegerField()),
                ('verdict', models.CharField(choices=[('elected', 'Put forward'), ('run_off', 'Goes to the next round'), ('reserve', 'Reserve'), ('not_elected', 'Below the required share'), ('no_chair', "Without the chair's yes")], max_length=12)),
                ('reserve', models.PositiveSmallIntegerField(null=True)),
                ('sentence', models.TextField()),
                ('candidate', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='outcome', to='awards.candidate')),
                ('question', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='outcomes', to='awards.question')),
            ],
            options={
                'ordering': ['question_id', 'order'],
            },
        ),
        migrations.CreateModel(
            name='MeetingPaper',
            fields=[
                ('paper_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='blocks.paper')),
                ('meeting', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='papers', to='awards.meeting')),
                ('question', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='papers', to='awards.question')),
            ],
            bases=('blocks.paper',),
        ),
        migrations.CreateModel(
            name='Keyer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('question', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='keyers', to='awards.question')),
            ],
            options={
                'ordering': ['question_id', 'pk'],
            },
        ),
        migrations.AddField(
            model_name='elector',
            name='question',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='electors', to='awards.question'),
        ),
        migrations.AddField(
            model_name='candidate',
            name='question',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='candidates', to='awards.question'),
        ),
        migrations.CreateModel(
            name='Ballot',
            fields=[
                ('marks', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ('only_no', models.BooleanField(default=False)),
                ('spoiled', models.BooleanField(default=False)),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('elector', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='ballot', to='awards.elector')),
                ('question', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ballots', to='awards.question')),
            ],
            options={
                'ordering': ['id'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Requirement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('order', models.PositiveSmallIntegerField(default=0)),
                ('rule', models.CharField(max_length=40, verbose_name='condition')),
                ('parameter', models.CharField(blank=True, max_length=60)),
                ('source', models.CharField(blank=True, max_length=300, verbose_name='source')),
                ('award', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='requirements', to='awards.award')),
            ],
            options={
                'ordering': ['award_id', 'order', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='UrnPaper',
            fields=[
                ('marks', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ('only_no', models.BooleanField(default=False)),
                ('spoiled', models.BooleanField(default=False)),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('question', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='urn', to='awards.question')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Voted',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=blocks.clock.now)),
                ('elector', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='voted', to='awards.elector')),
            ],
        ),
        migrations.CreateModel(
            name='VoteRules',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('mode', models.CharField(choices=[('secret', 'Secret ballot'), ('open', 'Public vote'), ('hands', 'Show of hands')], default='secret', max_length=10, verbose_name='mode')),
                ('quorum_part', models.PositiveSmallIntegerField(default=2, verbose_name='quorum')),
                ('quorum_whole', models.PositiveSmallIntegerField(default=3, validators=[django.core.validators.MinValueValidator(1)], verbose_name='quorum')),
                ('letters_make_quorum', models.BooleanField(default=True, verbose_name='letters count for the quorum')),
                ('threshold_part', models.PositiveIntegerField(default=50, verbose_name='required share')),
                ('threshold_whole', models.PositiveIntegerField(default=100, validators=[django.core.validators.MinValueValidator(1)], verbose_name='required share')),
                ('strict', models.BooleanField(default=False, verbose_name='above the share, not just at it')),
                ('base', models.CharField(choices=[('members', 'All member units'), ('present', 'Units present and written opinions'), ('valid', 'Valid ballots')], default='members', max_length=10, verbose_name='share of')),
                ('quota', models.PositiveSmallIntegerField(blank=True, default=1, null=True, verbose_name='places')),
                ('quota_percent', models.DecimalField(blank=True, decimal_places=4, max_digits=7, null=True, verbose_name='places, percent of the members')),
                ('max_marks', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='marks on a ballot')),
                ('self_vote', models.BooleanField(default=True, verbose_name='a unit may vote on itself')),
                ('on_paper', models.BooleanField(default=True, verbose_name='papers and written opinions are taken')),
                ('chair_must_approve', models.BooleanField(default=False, verbose_name='the chair must be among the yes')),
                ('tie_rules', models.JSONField(default=list, verbose_name='what decides equal votes, in order')),
                ('max_rounds', models.PositiveSmallIntegerField(default=2, verbose_name='rounds at most')),
                ('runoff_size', models.PositiveSmallIntegerField(default=2, verbose_name='candidates of a next round')),
                ('office', models.CharField(blank=True, choices=[('head', 'Head'), ('deputy', 'Deputy')], max_length=10, verbose_name='office')),
                ('source', models.CharField(blank=True, max_length=300, verbose_name='source')),
                ('award', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='vote_rules', to='awards.award')),
                ('season', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='vote_rules', to='scoring.season')),
            ],
            options={
                'ordering': ['season', 'award__order', '-office'],
                'abstract': False,
            },
        ),
        migrations.AddConstraint(
            model_name='award',
            constraint=models.CheckConstraint(condition=models.Q(('until__isnull', True), ('until__gt', models.F('since')), _connector='OR'), name='a_award_ends_after_it_starts', violation_error_message='The end must come after the start.'),
        ),
        migrations.AddConstraint(
            model_name='award',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.Func(django.db.models.functions.comparison.Coalesce('authority', models.Value(0)), django.db.models.functions.comparison.Coalesce('authority', models.Value(0)), models.Value('[]'), function='INT8RANGE', output_field=django.contrib.postgres.fields.ranges.BigIntegerRangeField()), '&&'), (models.Func(models.Func(models.F('code'), models.Value(0), function='HASHTEXTEXTENDED', output_field=models.BigIntegerField()), models.Func(models.F('code'), models.Value(0), function='HASHTEXTEXTENDED', output_field=models.BigIntegerField()), models.Value('[]'), function='INT8RANGE', output_field=django.contrib.postgres.fields.ranges.BigIntegerRangeField()), '&&'), (models.Func(models.F('since'), models.Case(models.When(then=models.F('since'), until__lt=models.F('since')), default=models.F('until')), models.Value('[)'), function='DATERANGE', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='an_award_s_code_is_unique_at_a_time', violation_error_message='The catalogue has this award in that period already.'),
        ),
        migrations.AddConstraint(
            model_name='award',
            constraint=models.CheckConstraint(condition=models.Q(('decided_by__in', ['vote', 'conditions', 'authority'])), name='an_award_is_decided_in_a_known_way'),
        ),
        migrations.AddConstraint(
            model_name='award',
            constraint=models.CheckConstraint(condition=models.Q(('marks_the_leader', False), ('decided_by', 'vote'), _connector='OR'), name='only_a_voted_award_marks_the_leader', violation_error_message='Only an award that is voted marks who leads the block.'),
        ),
        migrations.AddConstraint(
            model_name='award',
            constraint=models.CheckConstraint(condition=models.Q(('share_of_leaders__isnull', True), models.Q(('decided_by', 'authority'), ('share_of_leaders__gt', 0), ('share_of_leaders__lte', 100)), _connector='OR'), name='a_share_of_the_leaders_is_of_an_award_of_the_authority', violation_error_message='A share of the leading units, above 0 and at most 100 percent, belongs to an award that the authority decides.'),
        ),
        migrations.AddConstraint(
            model_name='aim',
            constraint=models.UniqueConstraint(models.F('card'), models.F('award'), name='a_unit_aims_at_an_award_once'),
        ),
        migrations.AddConstraint(
            model_name='grant',
            constraint=models.UniqueConstraint(models.F('decision'), models.F('unit'), name='a_decision_grants_an_award_to_a_unit_once'),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.UniqueConstraint(condition=models.Q(('corrects__isnull', True)), fields=('season', 'award', 'number'), name='a_decision_on_an_award_is_recorded_once', violation_error_message='This decision is recorded already; correct it where it stands.'),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('correction', ''), ('corrects__isnull', True)), models.Q(('corrects__isnull', False), models.Q(('correction', ''), _negated=True)), _connector='OR'), name='a_corrected_decision_says_why', violation_error_message='Give the reason.'),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('number', ''), _negated=True), models.Q(('signer', ''), _negated=True)), name='a_decision_has_its_number_and_its_signer'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.CheckConstraint(condition=models.Q(('until__isnull', True), ('until__gte', models.F('since')), _connector='OR'), name='a_hold_ends_no_earlier_than_it_starts', violation_error_message='The unit is considered again from the day of the hold at the earliest.'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='a_hold_says_why'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('lifted_because', ''), ('lifted_by__isnull', True), ('until__isnull', True)), models.Q(('lifted_by__isnull', False), ('until__isnull', False), models.Q(('lifted_because', ''), _negated=True)), _connector='OR'), name='a_lifted_hold_says_why_and_by_whom', violation_error_message='Give the reason.'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.Func(models.F('season'), models.F('season'), models.Value('[]'), function='INT8RANGE', output_field=django.contrib.postgres.fields.ranges.BigIntegerRangeField()), '&&'), (models.Func(models.F('unit'), models.F('unit'), models.Value('[]'), function='INT8RANGE', output_field=django.contrib.postgres.fields.ranges.BigIntegerRangeField()), '&&'), (models.Func(django.db.models.functions.comparison.Coalesce('award', models.Value(0)), django.db.models.functions.comparison.Coalesce('award', models.Value(0)), models.Value('[]'), function='INT8RANGE', output_field=django.contrib.postgres.fields.ranges.BigIntegerRangeField()), '&&'), (models.Func(models.F('since'), models.Case(models.When(then=models.F('since'), until__lt=models.F('since')), default=models.F('until')), models.Value('[)'), function='DATERANGE', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='a_unit_is_on_hold_for_an_award_once_at_a_time', violation_error_message='The unit is on hold for this already.'),
        ),
        migrations.AddConstraint(
            model_name='leadercount',
            constraint=models.CheckConstraint(condition=models.Q(('source', ''), _negated=True), name='a_count_of_leaders_says_its_source'),
        ),
        migrations.AddConstraint(
            model_name='letter',
            constraint=models.UniqueConstraint(models.F('attendance'), models.F('received_at'), name='letters_of_a_unit_come_one_after_the_other', violation_error_message='This letter is noted already.'),
        ),
        migrations.AddConstraint(
            model_name='meeting',
            constraint=models.UniqueConstraint(models.F('season'), condition=models.Q(('state', 'cancelled'), _negated=True), name='a_season_has_one_meeting_that_is_not_cancelled', violation_error_message='The season has a meeting already.'),
        ),
        migrations.AddConstraint(
            model_name='meeting',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'cancelled'), _negated=True), models.Q(('cancelled_because', ''), _negated=True), _connector='OR'), name='a_cancelled_meeting_says_why'),
        ),
        migrations.AddConstraint(
            model_name='meeting',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['planned', 'cancelled']), ('opened_at__isnull', False), _connector='OR'), name='an_opened_meeting_says_when'),
        ),
        migrations.AddConstraint(
            model_name='counter',
            constraint=models.UniqueConstraint(models.F('meeting'), models.F('person'), condition=models.Q(('person__isnull', False)), name='a_person_counts_once_at_a_meeting', violation_error_message='This person is on the committee already.'),
        ),
        migrations.AddConstraint(
            model_name='counter',
            constraint=models.UniqueConstraint(models.F('meeting'), condition=models.Q(('duty', 'leader')), name='a_counting_committee_has_one_head', violation_error_message='The committee has a head already.'),
        ),
        migrations.AddConstraint(
            model_name='attendance',
            constraint=models.UniqueConstraint(models.F('meeting'), models.F('unit'), name='a_unit_attends_a_meeting_once'),
        ),
        migrations.AddConstraint(
            model_name='attendance',
            constraint=models.UniqueConstraint(models.F('meeting'), models.F('representative'), condition=models.Q(('representative__isnull', False)), name='a_person_represents_one_unit_at_a_meeting', violation_error_message='This person represents another unit at the meeting.'),
        ),
        migrations.AddConstraint(
            model_name='attendance',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('presence__in', ['present', 'online']), _negated=True), models.Q(('name', ''), _negated=True), _connector='OR'), name='who_is_present_is_named', violation_error_message='Name the representative who is present.'),
        ),
        migrations.AddConstraint(
            model_name='attendance',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('presence__in', ['present', 'online']), _negated=True), ('absent_because', ''), _connector='OR'), name='who_is_present_has_no_reason_to_be_absent'),
        ),
        migrations.AddConstraint(
            model_name='adjustment',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='an_adjustment_says_why'),
        ),
        migrations.AddConstraint(
            model_name='adjustment',
            constraint=models.CheckConstraint(condition=models.Q(('present', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('yes'), '+', models.F('no')), '+', models.F('abstained')))), name='hands_at_an_adjustment_are_those_of_the_present', violation_error_message='Units in favour, against and without a hand raised together are the units present.'),
        ),
        migrations.AddConstraint(
            model_name='adjustment',
            constraint=models.CheckConstraint(condition=models.Q(('yes__gt', django.db.models.expressions.CombinedExpression(models.F('present'), '-', models.F('yes')))), name='an_adjustment_is_carried_by_more_than_half_of_the_present', violation_error_message='Not more than half of the units present are in favour; the score stays. Where the minutes are to say so, note it as a show of hands on procedure.'),
        ),
        migrations.AddConstraint(
            model_name='procedure',
            constraint=models.CheckConstraint(condition=models.Q(('corrects__isnull', True), models.Q(('corrected_because', ''), _negated=True), _connector='OR'), name='a_corrected_show_of_hands_says_why', violation_error_message='Give the reason.'),
        ),
        migrations.AddConstraint(
            model_name='question',
            constraint=models.CheckConstraint(condition=models.Q(('chair_must_approve', True), ('mode', 'secret'), _negated=True), name='a_secret_question_does_not_ask_the_chair_s_yes', violation_error_message='In a secret vote nobody can know whether the chair said yes.'),
        ),
        migrations.AddConstraint(
            model_name='question',
            constraint=models.CheckConstraint(condition=models.Q(('mode', 'secret'), ('on_paper', True), ('self_vote', False), _negated=True), name='a_secret_question_without_self_votes_takes_no_papers', violation_error_message='On a secret paper nobody can see whether a unit voted on itself: take no papers, or let units vote on themselves.'),
        ),
        migrations.AddConstraint(
            model_name='question',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('quota__gte', 1), ('quota_percent__isnull', True)), models.Q(('quota__isnull', True), ('quota_percent__gt', 0)), _connector='OR'), name='a_question_has_a_number_of_places_or_a_share', violation_error_message='State how many are put forward: a number from 1, or a percentage above 0.'),
        ),
        migrations.AddConstraint(
            model_name='question',
            constraint=models.CheckConstraint(condition=models.Q(('quorum_part__gte', 1), ('quorum_part__lte', models.F('quorum_whole'))), name='the_quorum_of_a_question_is_a_share_of_the_whole', violation_error_message='The quorum is a part of the members, above 0.'),
        ),
        migrations.AddConstraint(
            model_name='question',
            constraint=models.CheckConstraint(condition=models.Q(('threshold_part__gte', 1), ('threshold_part__lte', models.F('threshold_whole'))), name='the_required_share_of_a_question_is_above_0_and_at_most_100', violation_error_message='The required share is above 0 and at most 100 percent.'),
        ),
        migrations.AddConstraint(
            model_name='question',
            constraint=models.CheckConstraint(condition=models.Q(('max_rounds__gte', 1), ('runoff_size__gte', 1)), name='a_question_has_one_round_at_least', violation_error_message='A vote has one round at least.'),
        ),
        migrations.AddConstraint(
            model_name='question',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('award__isnull', False), ('office', '')), models.Q(('award__isnull', True), models.Q(('office', ''), _negated=True)), _connector='OR'), name='a_question_is_about_an_award_or_an_office'),
        ),
        migrations.AddConstraint(
            model_name='question',
            constraint=models.UniqueConstraint(models.F('meeting'), condition=models.Q(('state', 'open')), name='a_meeting_has_one_open_question', violation_error_message='Another question is open.'),
        ),
        migrations.AddConstraint(
            model_name='question',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'cancelled'), _negated=True), fields=('meeting', 'award', 'office', 'round'), name='a_meeting_votes_on_a_matter_once_a_round', nulls_distinct=False, violation_error_message='This matter is put to the vote already.'),
        ),
        migrations.AddConstraint(
            model_name='question',
            constraint=models.CheckConstraint(condition=models.Q(('returned__isnull', True), models.Q(('returned', django.db.models.expressions.CombinedExpression(models.F('valid'), '+', models.F('spoiled'))), ('returned__lte', models.F('issued'))), _connector='OR'), name='ballots_of_a_question_reconcile'),
        ),
        migrations.AddConstraint(
            model_name='question',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'cancelled'), _negated=True), models.Q(('cancelled_because', ''), _negated=True), _connector='OR'), name='a_cancelled_question_says_why'),
        ),
        migrations.AddConstraint(
            model_name='question',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('previous__isnull', True), ('round', 1)), models.Q(('previous__isnull', False), ('round__gt', 1)), _connector='OR'), name='a_later_round_follows_a_round'),
        ),
        migrations.AddConstraint(
            model_name='paperstack',
            constraint=models.CheckConstraint(condition=models.Q(('returned__lte', models.F('issued')), ('returned', django.db.models.expressions.CombinedExpression(models.F('valid'), '+', models.F('spoiled'))), ('blank__lte', models.F('valid'))), name='a_stack_of_papers_reconciles', violation_error_message='Issued, returned, valid and spoiled papers do not add up.'),
        ),
        migrations.AddConstraint(
            model_name='paperstack',
            constraint=models.CheckConstraint(condition=models.Q(('confirmed_by__isnull', True), models.Q(('confirmed_by', models.F('typed_by')), _negated=True), _connector='OR'), name='a_stack_is_confirmed_by_another_person', violation_error_message='Another person confirms the stack.'),
        ),
        migrations.AddConstraint(
            model_name='paperstack',
            constraint=models.CheckConstraint(condition=models.Q(('returned', 0), ('returned__gte', 3), _connector='OR'), name='fewer_than_three_papers_are_keyed_one_by_one', violation_error_message='Fewer than three papers are keyed one by one, never typed as counts: the counts would tell what each says.'),
        ),
        migrations.AddConstraint(
            model_name='paperkeying',
            constraint=models.CheckConstraint(condition=models.Q(('only_no', False), models.Q(('marks', []), ('spoiled', False)), _connector='OR'), name='paperkeying_that_says_only_no_marks_nobody'),
        ),
        migrations.AddConstraint(
            model_name='paperkeying',
            constraint=models.UniqueConstraint(fields=('question', 'elector'), name='one_paper_of_the_box_is_keyed_at_a_time', nulls_distinct=False, violation_error_message='Another paper of the box is being keyed.'),
        ),
        migrations.AddConstraint(
            model_name='outcome',
            constraint=models.CheckConstraint(condition=models.Q(('yes__lte', models.F('base'))), name='nobody_has_more_yes_than_the_base'),
        ),
        migrations.AddConstraint(
            model_name='keyer',
            constraint=models.UniqueConstraint(models.F('question'), models.F('person'), name='who_keys_papers_is_named_once_a_question'),
        ),
        migrations.AddConstraint(
            model_name='elector',
            constraint=models.UniqueConstraint(models.F('question'), models.F('unit'), name='a_unit_is_one_elector'),
        ),
        migrations.AddConstraint(
            model_name='elector',
            constraint=models.UniqueConstraint(models.F('question'), models.F('representative'), condition=models.Q(('representative__isnull', False)), name='a_person_casts_for_one_unit'),
        ),
        migrations.AddConstraint(
            model_name='elector',
            constraint=models.CheckConstraint(condition=models.Q(('letter_is_empty', False), models.Q(('letter__isnull', False), ('presence', 'absent')), _connector='OR'), name='whose_letter_holds_no_paper_is_absent'),
        ),
        migrations.AddConstraint(
            model_name='elector',
            constraint=models.CheckConstraint(condition=models.Q(('presence', 'absent'), models.Q(('letter__isnull', False), ('presence', 'written')), models.Q(('letter__isnull', True), ('presence__in', ['present', 'online'])), _connector='OR'), name='who_votes_by_letter_sent_one_and_who_is_there_none'),
        ),
        migrations.AddConstraint(
            model_name='candidate',
            constraint=models.UniqueConstraint(models.F('question'), models.F('unit'), name='a_unit_stands_once'),
        ),
        migrations.AddConstraint(
            model_name='ballot',
            constraint=models.CheckConstraint(condition=models.Q(('only_no', False), models.Q(('marks', []), ('spoiled', False)), _connector='OR'), name='ballot_that_says_only_no_marks_nobody'),
        ),
        migrations.AddConstraint(
            model_name='requirement',
            constraint=models.UniqueConstraint(models.F('award'), models.F('rule'), models.F('parameter'), name='an_award_asks_a_condition_once', violation_error_message='The award asks this condition already.'),
        ),
        migrations.AddConstraint(
            model_name='requirement',
            constraint=models.CheckConstraint(condition=models.Q(('rule__in', ['registered', 'over_fulfilled', 'no_hold', 'none_counted', 'advanced_share', 'has_fighters', 'everybody_completed', 'leads_the_block', 'not_proposed_for'])), name='an_award_asks_only_known_conditions'),
        ),
        migrations.AddConstraint(
            model_name='requirement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('parameter', ''), ('rule__in', ['registered', 'no_hold', 'everybody_completed', 'leads_the_block'])), models.Q(models.Q(('parameter', ''), _negated=True), models.Q(('rule__in', ['registered', 'no_hold', 'everybody_completed', 'leads_the_block']), _negated=True)), _connector='OR'), name='a_condition_has_the_parameter_it_asks_for'),
        ),
        migrations.AddConstraint(
            model_name='urnpaper',
            constraint=models.CheckConstraint(condition=models.Q(('only_no', False), models.Q(('marks', []), ('spoiled', False)), _connector='OR'), name='urnpaper_that_says_only_no_marks_nobody'),
        ),
        migrations.AddConstraint(
            model_name='voterules',
            constraint=models.CheckConstraint(condition=models.Q(('chair_must_approve', True), ('mode', 'secret'), _negated=True), name='a_secret_voterules_does_not_ask_the_chair_s_yes', violation_error_message='In a secret vote nobody can know whether the chair said yes.'),
        ),
        migrations.AddConstraint(
            model_name='voterules',
            constraint=models.CheckConstraint(condition=models.Q(('mode', 'secret'), ('on_paper', True), ('self_vote', False), _negated=True), name='a_secret_voterules_without_self_votes_takes_no_papers', violation_error_message='On a secret paper nobody can see whether a unit voted on itself: take no papers, or let units vote on themselves.'),
        ),
        migrations.AddConstraint(
            model_name='voterules',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('quota__gte', 1), ('quota_percent__isnull', True)), models.Q(('quota__isnull', True), ('quota_percent__gt', 0)), _connector='OR'), name='a_voterules_has_a_number_of_places_or_a_share', violation_error_message='State how many are put forward: a number from 1, or a percentage above 0.'),
        ),
        migrations.AddConstraint(
            model_name='voterules',
            constraint=models.CheckConstraint(condition=models.Q(('quorum_part__gte', 1), ('quorum_part__lte', models.F('quorum_whole'))), name='the_quorum_of_a_voterules_is_a_share_of_the_whole', violation_error_message='The quorum is a part of the members, above 0.'),
        ),
        migrations.AddConstraint(
            model_name='voterules',
            constraint=models.CheckConstraint(condition=models.Q(('threshold_part__gte', 1), ('threshold_part__lte', models.F('threshold_whole'))), name='the_required_share_of_a_voterules_is_above_0_and_at_most_100', violation_error_message='The required share is above 0 and at most 100 percent.'),
        ),
        migrations.AddConstraint(
            model_name='voterules',
            constraint=models.CheckConstraint(condition=models.Q(('max_rounds__gte', 1), ('runoff_size__gte', 1)), name='a_voterules_has_one_round_at_least', violation_error_message='A vote has one round at least.'),
        ),
        migrations.AddConstraint(
            model_name='voterules',
            constraint=models.UniqueConstraint(fields=('season', 'award', 'office'), name='a_season_votes_on_a_matter_by_one_set_of_rules', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='voterules',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('award__isnull', False), ('office', '')), models.Q(('award__isnull', True), models.Q(('office', ''), _negated=True)), _connector='OR'), name='vote_rules_are_for_an_award_or_an_office'),
        ),
    ]
