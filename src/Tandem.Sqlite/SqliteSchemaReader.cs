using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using Tandem.Relational.Introspection;
using Tandem.Relational.Sql;
using Tandem.Schema;
using Tandem.Tables;

namespace Tandem.Sqlite;

/// <summary>Reads tables, views, keys, references and rules of a SQLite file nobody here designed.</summary>
internal static partial class SqliteSchemaReader
{
    private sealed record Entry(string Name, bool IsView, string Sql);

    private sealed record ColumnInfo(string Name, string Type, bool NotNull, string? Default, int KeyPart, int Hidden);

    public static IReadOnlyList<TableMap> Read(SqliteConnection connection)
    {
        var shadows = Shadows(connection);
        var entries = Rows(connection, "SELECT name, type, coalesce(sql, '') FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name",
            r => new Entry(r.GetString(0), r.GetString(1) == "view", r.GetString(2)));
        return [.. entries
            .Where(e => !shadows.Contains(e.Name))
            .Select(e => ReadTable(connection, e))
            .OfType<TableMap>()
            .OrderBy(t => t.Schema.IsSystem)];
    }

    private static TableMap? ReadTable(SqliteConnection connection, Entry entry)
    {
        List<ColumnInfo> columns;
        try
        {
            columns = Rows(connection, $"SELECT name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo({Text(entry.Name)})",
                r => new ColumnInfo(r.GetString(0), r.IsDBNull(1) ? "" : r.GetString(1), r.GetInt64(2) != 0, r.IsDBNull(3) ? null : r.GetString(3), r.GetInt32(4), r.GetInt32(5)));
        }
        catch (SqliteException)
        {
            // A view over a table that is gone, or a virtual table whose module is not here: it cannot be read by anyone.
            return null;
        }

        columns.RemoveAll(c => c.Hidden == 1);
        if (columns.Count == 0)
        {
            return null;
        }

        var isVirtual = entry.Sql.StartsWith("CREATE VIRTUAL", StringComparison.OrdinalIgnoreCase);
        var isSystem = entry.Name.StartsWith("tandem_", StringComparison.Ordinal);
        var uniques = entry.IsView || isVirtual ? [] : UniqueKeys(connection, entry.Name);
        List<string> key = [.. columns.Where(c => c.KeyPart > 0).OrderBy(c => c.KeyPart).Select(c => c.Name)];
        if (key.Count == 0)
        {
            key = [.. uniques.Find(u => u.All(f => columns.Exists(c => c.Name == f && c.NotNull))) ?? []];
        }

        var withoutRowId = WithoutRowId().IsMatch(entry.Sql);
        var checks = Checks(entry.Sql);
        var references = entry.IsView || isVirtual ? [] : References(connection, entry.Name);
        List<Field> fields = [];
        Dictionary<string, SqliteDateFormat> formats = [];
        foreach (var column in columns)
        {
            var isRowId = !withoutRowId && column.KeyPart > 0 && key.Count == 1 && column.Type.Equals("INTEGER", StringComparison.OrdinalIgnoreCase);
            var field = Describe(connection, entry, column, isRowId, uniques, formats);
            fields.Add(Reference.Named(CheckRules.Apply(field, checks), references));
        }

        var schema = new TableSchema(entry.Name, fields, key)
        {
            IsView = entry.IsView,
            IsSystem = isSystem,
            References = references,
            UniqueKeys = [.. uniques.Where(u => u.Count > 1)],
            ReadOnlyReason = entry.IsView ? $"'{entry.Name}' is a view, so it can only be read. Change the tables behind it."
                : isVirtual ? $"'{entry.Name}' is a virtual table, so it can only be read."
                : entry.Name is "tandem_journal" or "tandem_settings" ? $"'{entry.Name}' is kept by Tandem itself and can only be read."
                : key.Count == 0 ? $"'{entry.Name}' has no key, so its records cannot be told apart and can only be read. Give it a primary key to edit it."
                : null,
        };
        return new TableMap(schema, Dialect.Quote(entry.Name), [.. fields.Select(f => new SqliteColumn(f, formats.GetValueOrDefault(f.Name)))]);
    }

    private static Field Describe(SqliteConnection connection, Entry entry, ColumnInfo column, bool isRowId, List<IReadOnlyList<string>> uniques, Dictionary<string, SqliteDateFormat> formats)
    {
        var type = SqliteTypes.FieldTypeOf(column.Type);
        if (type is FieldType.Date or FieldType.Time or FieldType.DateTime or FieldType.Instant)
        {
            var samples = Samples(connection, entry, column.Name);
            var format = SqliteDateFormat.Detect(type, samples);
            formats[column.Name] = format;
            type = format.Type;
        }

        var (precision, scale, length) = SqliteTypes.SizesOf(column.Type);
        return new Field(column.Name, type)
        {
            NativeType = column.Type.Length > 0 ? column.Type : null,
            IsNullable = !column.NotNull && column.KeyPart == 0,
            IsReadOnly = column.Hidden >= 2 || entry.IsView,
            HasDefault = isRowId || column.Default is not null,
            IsIdentity = isRowId,
            DefaultValue = SqliteTypes.ConstantOf(type, column.Default),
            IsUnique = uniques.Exists(u => u.Count == 1 && u[0] == column.Name),
            MaxLength = type == FieldType.Text ? length : null,
            Precision = type == FieldType.Decimal ? precision : null,
            Scale = type == FieldType.Decimal ? scale : null,
            IsLongText = type == FieldType.Text && length is null or > 255,
            IsOrderedAlike = IsOrderedAlike(connection, entry, column, type),
            // A column's collation decides what equals what, too.
            IsEqualAlike = type != FieldType.Text || IsOrderedAlike(connection, entry, column, type),
            IsSecret = entry.Name.StartsWith("tandem_", StringComparison.Ordinal) && SystemTables.IsSecret(entry.Name["tandem_".Length..], column.Name),
        };
    }

    /// <summary>SQLite orders texts by code point unless a column declares otherwise; instants are spelt with and without fractions and offsets, and as text they do not stand in their order.</summary>
    private static bool IsOrderedAlike(SqliteConnection connection, Entry entry, ColumnInfo column, FieldType type)
    {
        if (type is FieldType.Json or FieldType.Array or FieldType.Other or FieldType.Bytes or FieldType.Instant)
        {
            return false;
        }

        return type != FieldType.Text || (!entry.IsView
            && raw.sqlite3_table_column_metadata(connection.Handle, "main", entry.Name, column.Name, out _, out var collation, out _, out _, out _) == raw.SQLITE_OK
            && collation == "BINARY");
    }

    private static List<string> Samples(SqliteConnection connection, Entry entry, string column)
    {
        try
        {
            return Rows(connection, $"SELECT {Dialect.Quote(column)} FROM {Dialect.Quote(entry.Name)} WHERE typeof({Dialect.Quote(column)}) = 'text' LIMIT 20", r => r.GetString(0));
        }
        catch (SqliteException)
        {
            // A broken view has no samples; reading it will say why.
            return [];
        }
    }

    private static List<IReadOnlyList<string>> UniqueKeys(SqliteConnection connection, string table)
    {
        var indexes = Rows(connection, $"SELECT name FROM pragma_index_list({Text(table)}) WHERE \"unique\" = 1 AND partial = 0 AND origin <> 'pk'", r => r.GetString(0));
        return [.. indexes
            .Select(i => (IReadOnlyList<string>)Rows(connection, $"SELECT name FROM pragma_index_info({Text(i)}) ORDER BY seqno", r => r.IsDBNull(0) ? "" : r.GetString(0)))
            .Where(fields => fields.All(f => f.Length > 0))];
    }

    private static List<Reference> References(SqliteConnection connection, string table)
    {
        var rows = Rows(connection, $"SELECT id, \"table\", \"from\", \"to\", on_delete FROM pragma_foreign_key_list({Text(table)}) ORDER BY id, seq",
            r => (Id: r.GetInt64(0), Target: r.GetString(1), From: r.GetString(2), To: r.IsDBNull(3) ? null : r.GetString(3), OnDelete: r.GetString(4)));
        List<Reference> references = [];
        foreach (var group in rows.GroupBy(r => r.Id))
        {
            var parts = group.ToList();
            // SQLite compares table names without case; everything else here is exact.
            var target = Rows(connection, $"SELECT name FROM sqlite_master WHERE type = 'table' AND name = {Text(parts[0].Target)} COLLATE NOCASE", r => r.GetString(0)).FirstOrDefault();
            if (target is null)
            {
                continue;
            }

            var to = parts.Any(p => p.To is null)
                ? Rows(connection, $"SELECT name FROM pragma_table_info({Text(target)}) WHERE pk > 0 ORDER BY pk", r => r.GetString(0))
                : [.. parts.Select(p => p.To!)];
            if (to.Count == parts.Count)
            {
                references.Add(new Reference([.. parts.Select(p => p.From)], target, to)
                {
                    OnDelete = parts[0].OnDelete switch
                    {
                        "CASCADE" => ReferenceAction.Cascade,
                        "SET NULL" => ReferenceAction.SetNull,
                        "SET DEFAULT" => ReferenceAction.SetDefault,
                        _ => ReferenceAction.Refuse,
                    },
                });
            }
        }

        return references;
    }

    /// <summary>The conditions of CHECK constraints in a CREATE TABLE statement, by counting parentheses outside of quotes.</summary>
    private static List<string> Checks(string sql)
    {
        List<string> checks = [];
        foreach (Match match in CheckStart().Matches(sql))
        {
            var (depth, start, inText) = (1, match.Index + match.Length, false);
            for (var i = start; i < sql.Length; i++)
            {
                inText ^= sql[i] == '\'';
                depth += inText ? 0 : sql[i] switch { '(' => 1, ')' => -1, _ => 0 };
                if (depth == 0)
                {
                    checks.Add(sql[start..i]);
                    break;
                }
            }
        }

        return checks;
    }

    /// <summary>The condition of a CHECK constraint by its name, which is all that SQLite tells of a named one that was broken; null when there is none of that name.</summary>
    public static string? CheckOf(SqliteConnection connection, string table, string name)
    {
        var sql = Rows(connection, $"SELECT coalesce(sql, '') FROM sqlite_master WHERE type = 'table' AND name = {Text(table)}", r => r.GetString(0)).FirstOrDefault() ?? "";
        var named = Regex.Match(sql, $"\\bCONSTRAINT\\s+[\"`\\[]?{Regex.Escape(name)}[\"`\\]]?\\s+(?=CHECK\\s*\\()", RegexOptions.IgnoreCase);
        return named.Success ? Checks(sql[named.Index..]).FirstOrDefault() : null;
    }

    /// <summary>Tables that virtual tables keep their content in.</summary>
    private static HashSet<string> Shadows(SqliteConnection connection)
    {
        var version = SqliteConnections.Scalar<string>(connection, "SELECT sqlite_version()") ?? "0.0";
        return Version.Parse(version) >= new Version(3, 37)
            ? [.. Rows(connection, "SELECT name FROM pragma_table_list WHERE type = 'shadow'", r => r.GetString(0))]
            : [];
    }

    private static List<T> Rows<T>(SqliteConnection connection, string sql, Func<SqliteDataReader, T> read)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        List<T> rows = [];
        while (reader.Read())
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    private static string Text(string text) => "'" + text.Replace("'", "''", StringComparison.Ordinal) + "'";

    [GeneratedRegex(@"\bCHECK\s*\(", RegexOptions.IgnoreCase)]
    private static partial Regex CheckStart();

    [GeneratedRegex(@"\bWITHOUT\s+ROWID\s*(,\s*STRICT\s*)?;?\s*$", RegexOptions.IgnoreCase)]
    private static partial Regex WithoutRowId();
}
