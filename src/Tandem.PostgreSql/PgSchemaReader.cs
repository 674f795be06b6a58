using Npgsql;
using Tandem.Relational.Introspection;
using Tandem.Relational.Sql;
using Tandem.Schema;

namespace Tandem.PostgreSql;

/// <summary>Reads tables, views, keys, references and rules of a PostgreSQL database from its catalog.</summary>
internal static class PgSchemaReader
{
    private const string RelationsSql = """
        SELECT c.oid::bigint, n.nspname, c.relname, c.relkind::text, n.nspname = current_schema(),
               has_table_privilege(c.oid, 'INSERT') OR has_table_privilege(c.oid, 'UPDATE') OR has_table_privilege(c.oid, 'DELETE'),
               EXISTS (SELECT 1 FROM pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal AND t.tgname NOT LIKE 'tandem\_told%'),
               c.relreplident::text, obj_description(c.oid, 'pg_class')
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
          AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\_%'
          AND c.relpersistence <> 't' AND has_table_privilege(c.oid, 'SELECT') AND has_schema_privilege(n.oid, 'USAGE')
          AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
        ORDER BY n.nspname <> current_schema(), n.nspname, c.relname
        """;

    private const string ColumnsSql = """
        SELECT a.attrelid::bigint, a.attname, a.attnum::int, a.atttypid::bigint, a.atttypmod, format_type(a.atttypid, a.atttypmod),
               a.attnotnull, a.attidentity::text, a.attgenerated::text, pg_get_expr(d.adbin, d.adrelid), col_description(a.attrelid, a.attnum),
               coalesce((SELECT CASE WHEN c.collname = 'default'
                            THEN (SELECT coalesce(to_jsonb(b) ->> 'datlocprovider', 'c') IN ('c', 'b') AND coalesce(to_jsonb(b) ->> 'datlocale', b.datcollate) ~* '^(C|POSIX)(\.utf-?8)?$' FROM pg_database b WHERE b.datname = current_database())
                            ELSE c.collprovider IN ('c', 'b') AND coalesce(to_jsonb(c) ->> 'colllocale', c.collcollate) ~* '^(C|POSIX)(\.utf-?8)?$' END
                         FROM pg_collation c WHERE c.oid = a.attcollation), TRUE),
               coalesce((SELECT c.collisdeterministic FROM pg_collation c WHERE c.oid = a.attcollation), TRUE)
        FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE a.attrelid = ANY ($1::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
        ORDER BY a.attrelid, a.attnum
        """;

    private const string IndexesSql = """
        SELECT i.indrelid::bigint, c.relname, i.indisprimary, i.indkey::int2[]::int[]
        FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
        WHERE i.indrelid = ANY ($1::oid[]) AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
        """;

    private const string ConstraintsSql = """
        SELECT conrelid::bigint, contypid::bigint, conname, contype::text, coalesce(conkey, '{}')::int[], confrelid::bigint, coalesce(confkey, '{}')::int[], confdeltype::text,
               CASE WHEN contype = 'c' THEN pg_get_constraintdef(oid) END
        FROM pg_constraint WHERE contype IN ('c', 'f') AND (conrelid = ANY ($1::oid[]) OR contypid <> 0)
        """;

    internal sealed record Relation(long Oid, string Schema, string Name, string Kind, bool IsDefaultSchema, bool MayWrite, bool HasTriggers, string ReplicaIdentity, string? Comment);

    internal sealed record Attribute(long Relation, string Name, int Number, long Type, int Modifier, string Native, bool NotNull, string Identity, string Generated, string? Default, string? Comment, bool IsByCodePoint, bool IsDeterministic);

    internal sealed record Index(long Relation, string Name, bool IsPrimary, int[] Columns);

    internal sealed record Constraint(long Relation, long Domain, string Name, string Kind, int[] Columns, long Target, int[] TargetColumns, string OnDelete, string? Definition);

    public static async Task<IReadOnlyList<PgTableMap>> ReadAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        var connection = await source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using var closing = connection.ConfigureAwait(false);
        var relations = await RowsAsync(connection, RelationsSql, null, r => new Relation(
            r.GetInt64(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetBoolean(4), r.GetBoolean(5), r.GetBoolean(6), r.GetString(7), Text(r, 8)), cancellationToken).ConfigureAwait(false);
        long[] oids = [.. relations.Select(r => r.Oid)];
        var attributes = (await RowsAsync(connection, ColumnsSql, oids, r => new Attribute(
            r.GetInt64(0), r.GetString(1), r.GetInt32(2), r.GetInt64(3), r.GetInt32(4), r.GetString(5), r.GetBoolean(6), r.GetString(7), r.GetString(8), Text(r, 9), Text(r, 10), r.GetBoolean(11), r.GetBoolean(12)), cancellationToken)
            .ConfigureAwait(false)).ToLookup(a => a.Relation);
        var indexes = (await RowsAsync(connection, IndexesSql, oids, r => new Index(
            r.GetInt64(0), r.GetString(1), r.GetBoolean(2), r.GetFieldValue<int[]>(3)), cancellationToken).ConfigureAwait(false)).ToLookup(i => i.Relation);
        var constraints = await RowsAsync(connection, ConstraintsSql, oids, r => new Constraint(
            r.GetInt64(0), r.GetInt64(1), r.GetString(2), r.GetString(3), r.GetFieldValue<int[]>(4), r.GetInt64(5), r.GetFieldValue<int[]>(6), r.GetString(7), Text(r, 8)), cancellationToken)
            .ConfigureAwait(false);
        var types = await PgTypes.ReadAsync(connection, constraints, cancellationToken).ConfigureAwait(false);
        var names = NamesOf(relations);
        var builder = new PgTableBuilder(types, relations.ToDictionary(r => r.Oid, r => names[r.Oid]), attributes, indexes, constraints.Where(c => c.Relation != 0).ToLookup(c => c.Relation));
        return [.. relations.Select(builder.Build).OfType<PgTableMap>().OrderBy(m => m.Schema.IsSystem)];
    }

    /// <summary>Tables of the default schema go by their name, others by schema and name; where that clashes, both are qualified.</summary>
    private static Dictionary<long, string> NamesOf(IReadOnlyList<Relation> relations)
    {
        var names = relations.ToDictionary(r => r.Oid, r => r.IsDefaultSchema ? r.Name : $"{r.Schema}.{r.Name}");
        var clashes = names.Values.GroupBy(n => n, StringComparer.Ordinal).Where(g => g.Count() > 1).Select(g => g.Key).ToHashSet(StringComparer.Ordinal);
        foreach (var relation in relations.Where(r => clashes.Contains(names[r.Oid])))
        {
            names[relation.Oid] = $"\"{relation.Schema}\".\"{relation.Name}\"";
        }

        return names;
    }

    internal static async Task<List<T>> RowsAsync<T>(NpgsqlConnection connection, string sql, long[]? oids, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(sql, connection);
        await using var disposing = command.ConfigureAwait(false);
        if (oids is not null)
        {
            command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = oids });
        }

        var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var closing = reader.ConfigureAwait(false);
        List<T> rows = [];
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    private static string? Text(NpgsqlDataReader reader, int ordinal) => reader.IsDBNull(ordinal) ? null : reader.GetString(ordinal);
}
