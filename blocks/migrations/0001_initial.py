"""The tables of this app."""

import blocks.clock
import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Authority',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, unique=True, verbose_name='name')),
                ('short_name', models.CharField(max_length=60, verbose_name='short name')),
                ('office', models.CharField(blank=True, help_text='for example Văn phòng', max_length=120, verbose_name='office in charge')),
                ('place', models.CharField(blank=True, max_length=60, verbose_name='place, as printed before the date')),
            ],
            options={
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('username', models.CharField(max_length=60, verbose_name='user name')),
                ('full_name', models.CharField(max_length=120, verbose_name='full name')),
                ('honorific', models.CharField(choices=[('Ông', 'Ông'), ('Bà', 'Bà')], default='Ông', max_length=3, verbose_name='Mr or Ms')),
                ('phone', models.CharField(blank=True, max_length=30, verbose_name='phone')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='email')),
                ('is_active', models.BooleanField(default=True, verbose_name='may log in')),
                ('must_change_password', models.BooleanField(default=False)),
                ('sort_key', models.CharField(db_collation='C', editable=False, max_length=300)),
                ('search_key', models.CharField(editable=False, max_length=150)),
            ],
            options={
                'ordering': ['sort_key'],
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('username'), name='a_user_name_belongs_to_one_person', violation_error_message='Somebody has this user name already.'), models.CheckConstraint(condition=models.Q(('username', models.Func(models.F('username'), function='normalize'))), name='a_user_name_is_normalised_text', violation_error_message='The user name is not normalised text.'), models.CheckConstraint(condition=models.Q(('honorific__in', ['Ông', 'Bà'])), name='a_person_is_called_mr_or_ms')],
            },
        ),
        migrations.CreateModel(
            name='Block',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateField(default=blocks.clock.today, verbose_name='from')),
                ('until', models.DateField(blank=True, null=True, verbose_name='until, not on')),
                ('kind', models.CharField(choices=[('block', 'Block'), ('cluster', 'Cluster')], default='block', max_length=10, verbose_name='kind')),
                ('code', models.CharField(max_length=20, verbose_name='code')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('short_name', models.CharField(max_length=60, verbose_name='short name')),
                ('illustrative', models.BooleanField(default=False, verbose_name='holds illustrative figures')),
                ('search_key', models.CharField(editable=False, max_length=250)),
                ('authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='blocks', to='blocks.authority', verbose_name='authority')),
            ],
            options={
                'ordering': ['authority', 'name'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Change',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('user_id', models.BigIntegerField(null=True)),
                ('seat_id', models.BigIntegerField(null=True)),
                ('request', models.UUIDField(null=True)),
                ('table', models.CharField(max_length=63)),
                ('row', models.CharField(max_length=40)),
                ('act', models.CharField(max_length=6)),
                ('before', models.JSONField(null=True)),
                ('after', models.JSONField(null=True)),
            ],
            options={
                'ordering': ['-pk'],
                'indexes': [models.Index(fields=['table', 'row'], name='changes_of_a_row'), models.Index(condition=models.Q(('act', 'delete')), fields=['table'], name='removals_by_table'), django.contrib.postgres.indexes.BrinIndex(fields=['at'], name='changes_by_time')],
            },
        ),
        migrations.CreateModel(
            name='Recognition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField(verbose_name='year')),
                ('kind', models.CharField(choices=[('letter', 'Official letter'), ('notice', 'Notice'), ('decision', 'Decision')], default='letter', max_length=10, verbose_name='kind of paper')),
                ('number', models.CharField(blank=True, max_length=20, verbose_name='number')),
                ('symbol', models.CharField(blank=True, max_length=40, verbose_name='symbol')),
                ('dated', models.DateField(blank=True, null=True, verbose_name='date of the paper')),
                ('signer', models.CharField(blank=True, max_length=120, verbose_name='signed by')),
                ('signer_position', models.CharField(blank=True, max_length=120, verbose_name='position of the signer')),
                ('about', models.CharField(max_length=300, verbose_name='subject line')),
                ('issued', models.BooleanField(default=False, editable=False)),
                ('file', models.BinaryField(null=True)),
                ('file_name', models.CharField(blank=True, editable=False, max_length=200)),
                ('file_sha256', models.CharField(blank=True, editable=False, max_length=64)),
                ('authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='recognitions', to='blocks.authority')),
            ],
            options={
                'ordering': ['-year', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Unit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateField(default=blocks.clock.today, verbose_name='from')),
                ('until', models.DateField(blank=True, null=True, verbose_name='until, not on')),
                ('superior', models.CharField(blank=True, max_length=200, verbose_name='superior body, as printed above its name')),
                ('place', models.CharField(blank=True, max_length=60, verbose_name='place, as printed before the date')),
                ('symbol', models.CharField(blank=True, max_length=30, verbose_name='symbol on its papers')),
                ('authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='units', to='blocks.authority', verbose_name='looked after by')),
            ],
            options={
                'ordering': ['pk'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Term',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateField(default=blocks.clock.today, verbose_name='from')),
                ('until', models.DateField(blank=True, null=True, verbose_name='until, not on')),
                ('role', models.CharField(choices=[('head', 'Head'), ('deputy', 'Deputy')], max_length=10, verbose_name='office')),
                ('recognised', models.BooleanField(default=False, editable=False)),
                ('block', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='terms', to='blocks.block', verbose_name='block')),
                ('recognition', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='terms', to='blocks.recognition')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='terms', to='blocks.unit', verbose_name='unit')),
            ],
            options={
                'ordering': ['block', 'since', '-role'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Succession',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('merged', 'merged'), ('split', 'split'), ('renamed', 'renamed'), ('closed', 'closed')], max_length=10)),
                ('on', models.DateField(default=blocks.clock.today)),
                ('decision', models.CharField(max_length=200)),
                ('new', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='predecessions', to='blocks.unit')),
                ('old', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='successions', to='blocks.unit')),
            ],
            options={
                'ordering': ['on', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Seat',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateField(default=blocks.clock.today, verbose_name='from')),
                ('until', models.DateField(blank=True, null=True, verbose_name='until, not on')),
                ('role', models.CharField(choices=[('clerk', 'Clerk'), ('principal', 'Principal'), ('officer', 'Officer')], max_length=10, verbose_name='role')),
                ('position', models.CharField(blank=True, max_length=120, verbose_name='position as printed')),
                ('authority', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='seats', to='blocks.authority', verbose_name='authority')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='seats', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='seats', to='blocks.unit', verbose_name='unit')),
            ],
            options={
                'ordering': ['role', 'since', 'pk'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Paper',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('minutes', 'Minutes of the meeting'), ('count', 'Count minutes'), ('registration', 'Registration sheet'), ('score_table', 'Score table of a unit'), ('board', 'Score table of the block'), ('titles', 'Registration of titles'), ('inspection', 'Cross-inspection minutes'), ('nominees', 'List of nominees'), ('proposal', 'Proposal to the authority'), ('ballots', 'Ballot papers')], max_length=20, verbose_name='kind')),
                ('year', models.PositiveSmallIntegerField(verbose_name='year')),
                ('title', models.CharField(max_length=300, verbose_name='title')),
                ('dated', models.DateField(default=blocks.clock.today, verbose_name='day it speaks of')),
                ('facts', models.JSONField(default=dict)),
                ('words', models.JSONField(default=dict)),
                ('final', models.BooleanField(default=False)),
                ('finalised_at', models.DateTimeField(null=True)),
                ('content', models.BinaryField(null=True)),
                ('sha256', models.CharField(blank=True, max_length=64)),
                ('number', models.CharField(blank=True, max_length=20, verbose_name='number')),
                ('symbol', models.CharField(blank=True, max_length=40, verbose_name='symbol')),
                ('numbered_on', models.DateField(blank=True, null=True, verbose_name='date of the number')),
                ('signed_copy', models.BinaryField(null=True)),
                ('signed_copy_sha256', models.CharField(blank=True, max_length=64)),
                ('block', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='papers', to='blocks.block')),
                ('finalised_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('replaces', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaced_by', to='blocks.paper')),
                ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='issued_papers', to='blocks.unit')),
                ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='papers', to='blocks.unit')),
            ],
            options={
                'ordering': ['-dated', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateField(default=blocks.clock.today, verbose_name='from')),
                ('until', models.DateField(blank=True, null=True, verbose_name='until, not on')),
                ('official_order', models.PositiveSmallIntegerField(verbose_name='official order')),
                ('turn', models.PositiveSmallIntegerField(verbose_name='turn in the rotation')),
                ('assumed', models.BooleanField(default=False, verbose_name='assumed for illustration')),
                ('block', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='blocks.block')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='blocks.unit', verbose_name='unit')),
            ],
            options={
                'ordering': ['official_order', 'pk'],
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='authority',
            name='unit',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='as_authority', to='blocks.unit', verbose_name="as a unit in another's block"),
        ),
        migrations.CreateModel(
            name='UnitName',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateField(default=blocks.clock.today, verbose_name='from')),
                ('until', models.DateField(blank=True, null=True, verbose_name='until, not on')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('short_name', models.CharField(max_length=40, verbose_name='short name for narrow columns')),
                ('search_key', models.CharField(editable=False, max_length=250)),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='names', to='blocks.unit')),
            ],
            options={
                'ordering': ['since'],
                'abstract': False,
            },
        ),
        migrations.AddConstraint(
            model_name='block',
            constraint=models.CheckConstraint(condition=models.Q(('until__isnull', True), ('until__gt', models.F('since')), _connector='OR'), name='a_block_ends_after_it_starts', violation_error_message='The end must come after the start.'),
        ),
        migrations.AddConstraint(
            model_name='block',
            constraint=models.UniqueConstraint(models.F('authority'), models.F('code'), name='a_block_s_code_is_unique_at_its_authority', violation_error_message='Another block of the authority has this code.'),
        ),
        migrations.AddConstraint(
            model_name='block',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['block', 'cluster'])), name='a_block_is_a_block_or_a_cluster'),
        ),
        migrations.AddConstraint(
            model_name='block',
            constraint=models.CheckConstraint(condition=models.Q(('name', models.Func(models.F('name'), function='normalize'))), name='a_block_s_name_is_normalised_text', violation_error_message='The name is not normalised text.'),
        ),
        migrations.AddConstraint(
            model_name='recognition',
            constraint=models.CheckConstraint(condition=models.Q(('issued', False), models.Q(models.Q(('number', ''), _negated=True), models.Q(('symbol', ''), _negated=True), models.Q(('signer', ''), _negated=True), ('dated__isnull', False)), _connector='OR'), name='an_issued_recognition_is_complete', violation_error_message='An issued paper needs its number, symbol, date and signer.'),
        ),
        migrations.AddConstraint(
            model_name='unit',
            constraint=models.CheckConstraint(condition=models.Q(('until__isnull', True), ('until__gt', models.F('since')), _connector='OR'), name='a_unit_ends_after_it_starts', violation_error_message='The end must come after the start.'),
        ),
        migrations.AddConstraint(
            model_name='term',
            constraint=models.CheckConstraint(condition=models.Q(('until__isnull', True), ('until__gt', models.F('since')), _connector='OR'), name='a_term_ends_after_it_starts', violation_error_message='The end must come after the start.'),
        ),
        migrations.AddConstraint(
            model_name='term',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('recognised', True), ('role', 'head')), expressions=[(models.Func(models.F('block'), models.F('block'), models.Value('[]'), function='INT8RANGE', output_field=django.contrib.postgres.fields.ranges.BigIntegerRangeField()), '&&'), (models.Func(models.F('since'), models.Case(models.When(then=models.F('since'), until__lt=models.F('since')), default=models.F('until')), models.Value('[)'), function='DATERANGE', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='a_block_has_one_head_at_a_time', violation_error_message='The block already has a head in that period.'),
        ),
        migrations.AddConstraint(
            model_name='term',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('recognised', True), ('role', 'deputy')), expressions=[(models.Func(models.F('block'), models.F('block'), models.Value('[]'), function='INT8RANGE', output_field=django.contrib.postgres.fields.ranges.BigIntegerRangeField()), '&&'), (models.Func(models.F('since'), models.Case(models.When(then=models.F('since'), until__lt=models.F('since')), default=models.F('until')), models.Value('[)'), function='DATERANGE', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='a_block_has_one_deputy_at_a_time', violation_error_message='The block already has a deputy in that period.'),
        ),
        migrations.AddConstraint(
            model_name='term',
            constraint=models.UniqueConstraint(models.F('recognition'), models.F('block'), models.F('role'), name='a_paper_names_one_holder_of_an_office', violation_error_message='The paper names a holder of this office already.'),
        ),
        migrations.AddConstraint(
            model_name='term',
            constraint=models.CheckConstraint(condition=models.Q(('role__in', ['head', 'deputy'])), name='an_office_is_head_or_deputy'),
        ),
        migrations.AddConstraint(
            model_name='succession',
            constraint=models.CheckConstraint(condition=models.Q(('new__isnull', True), models.Q(('new', models.F('old')), _negated=True), _connector='OR'), name='a_unit_does_not_succeed_itself', violation_error_message='A unit does not succeed itself.'),
        ),
        migrations.AddConstraint(
            model_name='succession',
            constraint=models.CheckConstraint(condition=models.Q(('new__isnull', False), ('kind', 'closed'), _connector='OR'), name='only_a_closed_unit_has_no_successor', violation_error_message='Name the unit that follows.'),
        ),
        migrations.AddConstraint(
            model_name='seat',
            constraint=models.CheckConstraint(condition=models.Q(('until__isnull', True), ('until__gt', models.F('since')), _connector='OR'), name='a_seat_ends_after_it_starts', violation_error_message='The end must come after the start.'),
        ),
        migrations.AddConstraint(
            model_name='seat',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('authority__isnull', False), ('role', 'officer'), ('unit__isnull', True)), models.Q(('authority__isnull', True), ('role__in', ['clerk', 'principal']), ('unit__isnull', False)), _connector='OR'), name='an_officer_sits_at_an_authority_and_others_at_a_unit', violation_error_message='An officer sits at an authority; a clerk and a principal sit at a unit.'),
        ),
        migrations.AddConstraint(
            model_name='seat',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('unit__isnull', False)), expressions=[(models.Func(models.F('person'), models.F('person'), models.Value('[]'), function='INT8RANGE', output_field=django.contrib.postgres.fields.ranges.BigIntegerRangeField()), '&&'), (models.Func(models.F('unit'), models.F('unit'), models.Value('[]'), function='INT8RANGE', output_field=django.contrib.postgres.fields.ranges.BigIntegerRangeField()), '&&'), (models.Func(models.F('since'), models.Case(models.When(then=models.F('since'), until__lt=models.F('since')), default=models.F('until')), models.Value('[)'), function='DATERANGE', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='a_person_holds_a_seat_once_at_a_time', violation_error_message="The person holds a seat at this unit in that period; end that seat on the person's page first."),
        ),
        migrations.AddConstraint(
            model_name='seat',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('authority__isnull', False)), expressions=[(models.Func(models.F('person'), models.F('person'), models.Value('[]'), function='INT8RANGE', output_field=django.contrib.postgres.fields.ranges.BigIntegerRangeField()), '&&'), (models.Func(models.F('authority'), models.F('authority'), models.Value('[]'), function='INT8RANGE', output_field=django.contrib.postgres.fields.ranges.BigIntegerRangeField()), '&&'), (models.Func(models.F('since'), models.Case(models.When(then=models.F('since'), until__lt=models.F('since')), default=models.F('until')), models.Value('[)'), function='DATERANGE', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='a_person_is_officer_once_at_a_time', violation_error_message='The person is an officer there in that period.'),
        ),
        migrations.AddConstraint(
            model_name='paper',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('content__isnull', True), ('final', False), ('finalised_at__isnull', True)), models.Q(('content__isnull', False), ('final', True), ('finalised_at__isnull', False), ('sha256__regex', '^[0-9a-f]{64}$')), _connector='OR'), name='a_final_paper_has_its_bytes_and_their_hash'),
        ),
        migrations.AddConstraint(
            model_name='paper',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['minutes', 'count', 'registration', 'score_table', 'board', 'titles', 'inspection', 'nominees', 'proposal', 'ballots'])), name='a_paper_s_kind_is_known'),
        ),
        migrations.AddConstraint(
            model_name='paper',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('signed_copy__isnull', True), ('signed_copy_sha256', '')), models.Q(('final', True), ('signed_copy__isnull', False), ('signed_copy_sha256__regex', '^[0-9a-f]{64}$')), _connector='OR'), name='a_signed_copy_is_of_a_final_paper_and_has_its_hash'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.CheckConstraint(condition=models.Q(('until__isnull', True), ('until__gt', models.F('since')), _connector='OR'), name='a_membership_ends_after_it_starts', violation_error_message='The end must come after the start.'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.Func(models.F('block'), models.F('block'), models.Value('[]'), function='INT8RANGE', output_field=django.contrib.postgres.fields.ranges.BigIntegerRangeField()), '&&'), (models.Func(models.F('unit'), models.F('unit'), models.Value('[]'), function='INT8RANGE', output_field=django.contrib.postgres.fields.ranges.BigIntegerRangeField()), '&&'), (models.Func(models.F('since'), models.Case(models.When(then=models.F('since'), until__lt=models.F('since')), default=models.F('until')), models.Value('[)'), function='DATERANGE', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='a_unit_is_a_member_of_a_block_once_at_a_time', violation_error_message='The unit is a member of the block in that period.'),
        ),
        migrations.AddConstraint(
            model_name='authority',
            constraint=models.CheckConstraint(condition=models.Q(('name', models.Func(models.F('name'), function='normalize'))), name='an_authority_s_name_is_normalised_text', violation_error_message='The name is not normalised text.'),
        ),
        migrations.AddConstraint(
            model_name='unitname',
            constraint=models.CheckConstraint(condition=models.Q(('until__isnull', True), ('until__gt', models.F('since')), _connector='OR'), name='a_unitname_ends_after_it_starts', violation_error_message='The end must come after the start.'),
        ),
        migrations.AddConstraint(
            model_name='unitname',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.Func(models.F('unit'), models.F('unit'), models.Value('[]'), function='INT8RANGE', output_field=django.contrib.postgres.fields.ranges.BigIntegerRangeField()), '&&'), (models.Func(models.F('since'), models.Case(models.When(then=models.F('since'), until__lt=models.F('since')), default=models.F('until')), models.Value('[)'), function='DATERANGE', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='a_unit_has_one_name_at_a_time', violation_error_message='The unit has another name in that period.'),
        ),
        migrations.AddConstraint(
            model_name='unitname',
            constraint=models.CheckConstraint(condition=models.Q(('name', models.Func(models.F('name'), function='normalize'))), name='a_unit_s_name_is_normalised_text', violation_error_message='The name is not normalised text.'),
        ),
    ]
