from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="subscriber", name="subscriber_tenure"),
        migrations.AddConstraint(
            model_name="subscriber",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", False)), fields=("lookup", "tenure"), name="subscriber_former"
            ),
        ),
    ]
