import django.db.models.deletion
from django.db import migrations, models

USES = ["marketing", "service", "notification", "survey", "collection", "personal"]
INDUSTRIES = [
    "loans", "insurance", "securities", "property", "education", "health", "delivery", "retail", "telecom",
    "government", "transport", "bank", "other",
]  # fmt: skip


def fill(apps, schema_editor):
    """What was registered so far has stood as it stands since it was registered."""
    Resource = apps.get_model("numbers", "NumberResource")
    Standing = apps.get_model("numbers", "Standing")
    link = Resource.trunks.through
    after = 0
    while rows := list(Resource.objects.filter(id__gt=after).order_by("id")[:1000]):
        after = rows[-1].id
        trunks = {}
        lines = link.objects.filter(numberresource_id__gte=rows[0].id, numberresource_id__lte=after)
        for number, trunk in lines.order_by("trunk_id").values_list("numberresource_id", "trunk_id"):
            trunks.setdefault(number, []).append(trunk)
        Standing.objects.bulk_create(
            Standing(
                number_id=row.id, holder_id=row.holder_id, principal_id=row.principal_id, use=row.use,
                industry=row.industry, trunks=trunks.get(row.id, []), began_at=row.created_at, ended_at=row.closed_at,
            )
            for row in rows
        )  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [
        ("numbers", "0003_former_labels"),
        ("people", "0003_restriction"),
    ]

    operations = [
        migrations.CreateModel(
            name="Standing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("use", models.CharField(choices=[(use, use.upper()) for use in USES], max_length=16)),
                (
                    "industry",
                    models.CharField(blank=True, choices=[(one, one.upper()) for one in INDUSTRIES], max_length=24),
                ),
                ("trunks", models.JSONField(default=list)),
                ("began_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "holder",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.organisation",
                    ),
                ),
                (
                    "number",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="standings",
                        to="numbers.numberresource",
                    ),
                ),
                (
                    "principal",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.organisation",
                    ),
                ),
                (
                    "reseller",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.organisation",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="numberresource",
            name="ended_how",
            field=models.CharField(blank=True, max_length=12),
        ),
        migrations.AddField(
            model_name="numberresource",
            name="reseller",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="resold", to="people.organisation"
            ),
        ),
        migrations.AddField(
            model_name="numberresource",
            name="rests_until",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name="numberresource",
            index=models.Index(
                condition=models.Q(("rests_until__isnull", False)), fields=["last"], name="number_resting_by_last"
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="standing",
            index=models.Index(fields=["number", "began_at"], name="standing_of_number"),
        ),
        migrations.AddConstraint(
            model_name="standing",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)), fields=("number",), name="standing_current"
            ),
        ),
    ]
