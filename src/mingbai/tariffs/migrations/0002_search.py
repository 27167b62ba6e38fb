from django.db import migrations

SQLITE = """
CREATE VIRTUAL TABLE tariffs_search USING fts5(name, rest, tokenize = "unicode61 remove_diacritics 0 tokenchars '_.'")
"""
POSTGRES = (
    "CREATE TABLE tariffs_search (version bigint PRIMARY KEY, words tsvector NOT NULL)",
    "CREATE INDEX tariffs_search_words ON tariffs_search USING gin (words)",
)


def make(apps, schema_editor):
    statements = POSTGRES if schema_editor.connection.vendor == "postgresql" else (SQLITE,)
    for statement in statements:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("tariffs", "0001_initial")]
    operations = [migrations.RunPython(make, lambda apps, editor: editor.execute("DROP TABLE tariffs_search"))]
