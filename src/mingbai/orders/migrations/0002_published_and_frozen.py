from django.db import migrations

FROZEN = (
    "subscriber_id",
    "version_id",
    "plan_id",
    "seller_id",
    "scope_id",
    "kind",
    "follows_id",
    "channel",
    "region",
    "by",
    "reference",
    "tariff_sha256",
    "price_fen",
    "terms",
    "shown",
    "shown_sha256",
    "word",
    "proposed_at",
)
PUBLISHED = (
    "SELECT 1 FROM tariffs_version v WHERE v.id = NEW.version_id AND v.plan_id = NEW.plan_id"
    " AND v.state = 'published' AND v.sha256 = NEW.tariff_sha256"
)
COLUMNS = ", ".join(f'"{name}"' for name in FROZEN)
CHANGED = " OR ".join(f'OLD."{name}" IS DISTINCT FROM NEW."{name}"' for name in FROZEN)
SAYS_PUBLISHED = "an order refers to a published tariff version"
SAYS_FROZEN = "what was offered is never changed"

SQLITE = (
    f"CREATE TRIGGER orders_published BEFORE INSERT ON orders_order WHEN NOT EXISTS ({PUBLISHED})"
    f" BEGIN SELECT RAISE(ABORT, '{SAYS_PUBLISHED}'); END",
    f"CREATE TRIGGER orders_frozen BEFORE UPDATE OF {COLUMNS} ON orders_order"
    f" BEGIN SELECT RAISE(ABORT, '{SAYS_FROZEN}'); END",
)
POSTGRESQL = (
    f"CREATE FUNCTION orders_published() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NOT EXISTS ({PUBLISHED})"
    f" THEN RAISE EXCEPTION '{SAYS_PUBLISHED}' USING ERRCODE = 'integrity_constraint_violation'; END IF;"
    " RETURN NEW; END $$",
    "CREATE TRIGGER orders_published BEFORE INSERT ON orders_order FOR EACH ROW EXECUTE FUNCTION orders_published()",
    f"CREATE FUNCTION orders_frozen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {CHANGED}"
    f" THEN RAISE EXCEPTION '{SAYS_FROZEN}' USING ERRCODE = 'integrity_constraint_violation'; END IF;"
    " RETURN NEW; END $$",
    "CREATE TRIGGER orders_frozen BEFORE UPDATE ON orders_order FOR EACH ROW EXECUTE FUNCTION orders_frozen()",
)


def make(apps, schema_editor):
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement, params=None)


def drop(apps, schema_editor):
    there = schema_editor.connection.vendor == "postgresql"
    for name in ("orders_published", "orders_frozen"):
        schema_editor.execute(f"DROP TRIGGER {name}" + (" ON orders_order" if there else ""))
        if there:
            schema_editor.execute(f"DROP FUNCTION {name}()")


class Migration(migrations.Migration):
    dependencies = [("orders", "0001_initial")]
    operations = [migrations.RunPython(make, drop)]
