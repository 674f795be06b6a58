using Tandem.Changes;
using Tandem.Schema;

namespace Tandem.PostgreSql;

/// <summary>How Tandem uses a PostgreSQL database.</summary>
public sealed class PgOptions
{
    /// <summary>Whether to write nothing at all, not even Tandem's own tables. Default: false.</summary>
    public bool IsReadOnly { get; set; }

    /// <summary>How often to look for other programs' writes where replication is not allowed. Default: 400 ms. At least 10 ms.</summary>
    public TimeSpan Poll { get; set; } = TimeSpan.FromMilliseconds(400);

    /// <summary>Whether to hear other programs' writes by logical replication where the server allows it. Default: true.</summary>
    public bool UseReplication { get; set; } = true;

    /// <summary>Whether records carry the server's own row version (<c>xmin</c>) as <see cref="Records.Record.Version"/>, so that guards may name it; tables that declare a version field carry that instead. Default: false.</summary>
    public bool UseRowVersions { get; set; }

    /// <summary>
    /// Whether to hear other programs' writes by triggers that notify, where replication is not allowed. They are made in the database and
    /// stay there; each statement of every program then costs a little more. Default: false.
    /// </summary>
    public bool UseNotify { get; set; }

    /// <summary>How much of the journal is kept; older entries are removed at start and then every hour. Default: null, everything.</summary>
    public JournalRetention? Retention { get; set; }

    /// <summary>Tells the time. Default: the system's clock.</summary>
    public TimeProvider Clock { get; set; } = TimeProvider.System;

    /// <summary>Adds what classes say to the tables' own rules.</summary>
    internal Func<TableSchema, TableSchema> Refine { get; set; } = schema => schema;

    /// <summary>Adds what an application says of its tables, for a database that is opened before the application starts.</summary>
    public void RefineBy(TandemOptions application) => Refine = application.Refine;
}
