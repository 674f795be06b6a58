using Tandem.Schema;

namespace Tandem.Sqlite;

/// <summary>How Tandem uses a SQLite file.</summary>
public sealed class SqliteOptions
{
    /// <summary>Whether to write nothing at all, not even Tandem's own tables. Default: false.</summary>
    public bool IsReadOnly { get; set; }

    /// <summary>How often to look for other programs' writes. Default: 200 ms. At least 10 ms.</summary>
    public TimeSpan Poll { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Tells the time. Default: the system's clock.</summary>
    public TimeProvider Clock { get; set; } = TimeProvider.System;

    /// <summary>Adds what classes say to the tables' own rules.</summary>
    internal Func<TableSchema, TableSchema> Refine { get; set; } = schema => schema;
}
