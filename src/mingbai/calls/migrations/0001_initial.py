from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Segment",
            fields=[
                ("name", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("entry", models.BigIntegerField()),
                ("rows", models.PositiveIntegerField()),
                ("unreadable", models.PositiveIntegerField()),
                ("quarter", models.CharField(max_length=6)),
                ("first_us", models.BigIntegerField()),
                ("last_us", models.BigIntegerField()),
            ],
        ),
    ]
