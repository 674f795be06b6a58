using Tandem.Changes;
using Tandem.Schema;

namespace Tandem.Sqlite;

/// <summary>How Tandem uses a SQLite file.</summary>
public sealed class SqliteOptions
{
    /// <summary>Whether to write nothing at all, not even Tandem's own tables. Default: false.</summary>
    public bool IsReadOnly { get; set; }

    /// <summary>How often to look for other programs' writes. Default: 200 ms. At least 10 ms.</summary>
    public TimeSpan Poll { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How much of the journal is kept; older entries are removed at start and then every hour. Default: null, everything.</summary>
    public JournalRetention? Retention { get; set; }

    /// <summary>Tells the time. Default: the system's clock.</summary>
    public TimeProvider Clock { get; set; } = TimeProvider.System;

    /// <summary>Adds what classes say to the tables' own rules.</summary>
    internal Func<TableSchema, TableSchema> Refine { get; set; } = schema => schema;

    /// <summary>Adds what an application says of its tables, for a database that is opened before the application starts.</summary>
    public void RefineBy(TandemOptions application) => Refine = application.Refine;
}
