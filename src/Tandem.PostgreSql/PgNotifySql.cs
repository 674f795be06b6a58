using System.Text;
using Tandem.Relational.Sql;
using Tandem.Schema;

namespace Tandem.PostgreSql;

/// <summary>The statements behind the triggers that notify.</summary>
/// <remarks>
/// After each statement of any program a message goes out with its commit: transaction, table, and what happened to which keys, as
/// <c>["745","public","goods",1,["U",[1]],["U",[2]]]</c>; the number tells a statement from what its triggers and cascades do. A statement of many records sends several messages; one of very many, or of
/// keys too long for a message, sends the table alone.
/// </remarks>
internal static class PgNotifySql
{
    public const string Channel = "tandem_told";

    public const string FunctionSql = $"""
        CREATE OR REPLACE FUNCTION tandem.told() RETURNS trigger LANGUAGE plpgsql AS $told$
        DECLARE
            head text := left(jsonb_build_array(pg_current_xact_id()::text, TG_TABLE_SCHEMA, TG_TABLE_NAME, pg_trigger_depth())::text, -1);
            message text := head;
            entries text[];
            entry text;
        BEGIN
            IF TG_OP = 'INSERT' THEN
                entries := ARRAY(SELECT jsonb_build_array('I', (SELECT jsonb_agg(to_jsonb(c) -> k ORDER BY n) FROM unnest(TG_ARGV) WITH ORDINALITY a(k, n)))::text FROM came c LIMIT 2001);
            ELSIF TG_OP = 'DELETE' THEN
                entries := ARRAY(SELECT jsonb_build_array('D', (SELECT jsonb_agg(to_jsonb(g) -> k ORDER BY n) FROM unnest(TG_ARGV) WITH ORDINALITY a(k, n)))::text FROM gone g LIMIT 2001);
            ELSIF TG_OP = 'UPDATE' THEN
                entries := ARRAY(
                    SELECT jsonb_build_array(CASE WHEN count(*) > 1 THEN 'U' ELSE min(op) END, key)::text
                    FROM (SELECT 'I' AS op, (SELECT jsonb_agg(to_jsonb(c) -> k ORDER BY n) FROM unnest(TG_ARGV) WITH ORDINALITY a(k, n)) AS key FROM came c
                          UNION ALL SELECT 'D', (SELECT jsonb_agg(to_jsonb(g) -> k ORDER BY n) FROM unnest(TG_ARGV) WITH ORDINALITY a(k, n)) FROM gone g) r
                    GROUP BY key LIMIT 2001);
            END IF;
            IF cardinality(entries) = 0 THEN
                RETURN NULL;
            END IF;
            IF entries IS NULL OR cardinality(entries) > 2000 OR EXISTS (SELECT FROM unnest(entries) e WHERE octet_length(e) > 7000) THEN
                PERFORM pg_notify('{Channel}', head || ']');
                RETURN NULL;
            END IF;
            FOREACH entry IN ARRAY entries LOOP
                IF octet_length(message) + octet_length(entry) > 7800 THEN
                    PERFORM pg_notify('{Channel}', message || ']');
                    message := head;
                END IF;
                message := message || ',' || entry;
            END LOOP;
            PERFORM pg_notify('{Channel}', message || ']');
            RETURN NULL;
        END $told$;
        """;

    /// <summary>Tables that have the triggers, and the arguments these carry.</summary>
    public const string PresentSql = """
        SELECT format('"%s"."%s"', replace(n.nspname, '"', '""'), replace(c.relname, '"', '""')), min(encode(t.tgargs, 'hex'))
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE t.tgname LIKE 'tandem\_told\_%' AND NOT t.tgisinternal
        GROUP BY n.nspname, c.relname HAVING count(*) = 4
        """;

    /// <summary>A key as the catalog keeps the arguments of a trigger: each name ended by a zero byte.</summary>
    public static string ArgumentsOf(TableSchema schema) => Convert.ToHexStringLower(Encoding.UTF8.GetBytes(string.Concat(schema.Key.Select(k => k + '\0'))));

    public static string TriggersOf(PgTableMap table)
    {
        var keys = string.Join(", ", table.Schema.Key.Select(k => "'" + k.Replace("'", "''", StringComparison.Ordinal) + "'"));
        var text = new StringBuilder();
        foreach (var (name, when, seeing) in new[]
        {
            ("insert", "INSERT", "REFERENCING NEW TABLE AS came"), ("update", "UPDATE", "REFERENCING OLD TABLE AS gone NEW TABLE AS came"),
            ("delete", "DELETE", "REFERENCING OLD TABLE AS gone"), ("truncate", "TRUNCATE", ""),
        })
        {
            text.Append($"DROP TRIGGER IF EXISTS tandem_told_{name} ON {table.Map.QuotedName}; CREATE TRIGGER tandem_told_{name} AFTER {when} ON {table.Map.QuotedName} {seeing} FOR EACH STATEMENT EXECUTE FUNCTION tandem.told({keys}); ");
        }

        return text.ToString();
    }
}
