using Tandem.Querying;
using Tandem.Schema;

namespace Tandem.Relational.Sql;

/// <summary>A table as the database knows it: its quoted name and the columns behind the schema's fields.</summary>
internal sealed class TableMap
{
    private readonly Column[] _columns;
    private readonly Dictionary<string, Column> _byName;

    public TableMap(TableSchema schema, string quotedName, IReadOnlyList<Column> columns)
    {
        Schema = schema;
        QuotedName = quotedName;
        _columns = [.. columns];
        _byName = columns.ToDictionary(c => c.Field.Name, StringComparer.Ordinal);
        KeyColumns = [.. schema.Key.Select(k => _byName[k])];
    }

    /// <summary>What statements that filter call the table, for conditions that name it from within another.</summary>
    public const string Alias = "t.";

    public TableSchema Schema { get; }

    /// <summary>The table's quoted, qualified name.</summary>
    public string QuotedName { get; }

    /// <summary>Columns in the order of the schema's fields.</summary>
    public IReadOnlyList<Column> Columns => _columns;

    /// <summary>The same as a span, for reading rows by the million.</summary>
    public ReadOnlySpan<Column> ColumnSpan => _columns;

    public IReadOnlyList<Column> KeyColumns { get; }

    public Column this[string field] => _byName.TryGetValue(field, out var column)
        ? column
        : throw new QueryException(field, $"Table '{Schema.Name}' has no field '{field}'. Use one of its fields.");

    /// <summary>The source's own column that changes with every write to a row, or null where it has none or was not asked to give it.</summary>
    public string? RowVersion { get; init; }

    /// <summary>Finds other tables of the same database, for filters that join them. Default: finds none.</summary>
    public Func<string, TableMap?> Sibling { get; init; } = static _ => null;

    /// <summary>How many columns a select list has.</summary>
    public int Width => Columns.Count + (RowVersion is null ? 0 : 1);

    /// <summary>The same table with another description of the same fields.</summary>
    public TableMap WithSchema(TableSchema schema, Func<string, TableMap?> sibling) => new(schema, QuotedName, Columns) { RowVersion = RowVersion, Sibling = sibling };

    /// <summary>The table seen through some fields.</summary>
    public TableMap Project(IReadOnlyCollection<string>? fields)
    {
        if (fields is null)
        {
            return this;
        }

        foreach (var field in fields)
        {
            _ = this[field];
        }

        var schema = Schema.Project(fields);
        return new TableMap(schema, QuotedName, [.. schema.Fields.Select(f => _byName[f.Name])]) { RowVersion = RowVersion, Sibling = Sibling };
    }

    public string SelectList(string prefix, bool digest) =>
        string.Join(", ", Columns.Select(c => c.Select(prefix, digest))) + (RowVersion is null ? "" : $", {prefix}{RowVersion}::text");

    /// <summary>The condition that a row has a key.</summary>
    public string KeyIs(SqlText sql, string prefix, Records.RecordKey key) => string.Join(
        " AND ", KeyColumns.Select((c, i) => key.Values[i] is null ? $"{c.Comparable(prefix)} IS NULL" : $"{c.Comparable(prefix)} = {c.BindComparable(sql, key.Values[i])}"));
}
