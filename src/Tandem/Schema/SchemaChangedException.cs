namespace Tandem.Schema;

/// <summary>The source's tables are no longer what was read at start: a column or table is gone. Reload the schema.</summary>
public sealed class SchemaChangedException(string table, Exception cause)
    : TandemException($"Table '{table}' was changed in the database since its schema was read. Choose 'Reload schema' or restart.", cause)
{
    /// <summary>The table.</summary>
    public string Table { get; } = table;
}
