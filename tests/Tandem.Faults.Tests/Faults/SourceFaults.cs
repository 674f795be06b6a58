namespace Tandem.Faults.Tests.Faults;

/// <summary>Bugs of the sources: guards, batches, journals, feeds and fences.</summary>
internal static class SourceFaults
{
    public static IEnumerable<Fault> All =>
    [
        new("no guard in memory", "Tandem/Tables/MemoryTable.cs",
            "GuardCheck.Broken(current, update.Set, update.Guard) is", "GuardCheck.Broken(current, update.Set, Guard.None) is", Suite.Simulator),
        new("no guard in SQLite", "Tandem.Sqlite/SqliteTable.Writing.cs",
            "GuardCheck.Broken(before, update.Set, update.Guard) is", "GuardCheck.Broken(before, update.Set, Guard.None) is", Suite.Relational("Sqlite.SqliteTableTests", "Guard*")),
        new("no guard in PostgreSQL", "Tandem.PostgreSql/PgWriteSql.cs",
            """conditions.Add($"({map[field].Holds(sql, "cur.", basis)}{settled})");""", """conditions.Add($"({map[field].Holds(sql, "cur.", basis)}{settled} OR TRUE)");""", Suite.Relational("PostgreSql.PgTableTests", "Guard*")),
        new("a write's id is ignored in memory", "Tandem/Tables/MemoryDatabase.Writing.cs",
            "_byWrite.TryGetValue(id, out var done)", "_byWrite.TryGetValue(Guid.CreateVersion7(), out var done)", Suite.Simulator),
        new("a write's id is ignored in SQLite", "Tandem.Sqlite/SqliteTable.Writing.cs",
            "SqliteJournal.OfWrite(scope.Connection, database.SchemaOf, id) is", "SqliteJournal.OfWrite(scope.Connection, database.SchemaOf, Guid.CreateVersion7()) is", Suite.Relational("Sqlite.SqliteTableTests", "Write_*")),
        new("a refused batch is not taken back in memory", "Tandem/Tables/MemoryDatabase.Writing.cs",
            "        else\n        {\n            TakeBack();", "        else\n        {\n            Commit();", Suite.Simulator),
        new("a refused batch is committed in SQLite", "Tandem.Sqlite/SqliteDatabase.Batches.cs",
            "isCommitted && scope.Changes.Count > 0)", "scope.Changes.Count > 0)", Suite.Relational("Sqlite.SqliteTableTests", "Batch*")),
        new("any fencing token will do in memory", "Tandem/Tables/MemoryDatabase.Writing.cs",
            """Values.Same(lease["token"], fence.Token)""", "fence.Token > 0", Suite.Tests("Tables.MemoryTableTests")),
        new("any fencing token will do in PostgreSQL", "Tandem.PostgreSql/PgWriteSql.cs",
            "AND token = {Number(", "AND token <> -{Number(", Suite.Relational("PostgreSql.PgTableTests", "Write_UnderALease*")),
        new("a resumed reader misses one entry", "Tandem/Tables/MemoryDatabase.cs",
            "_journal.Skip((int)(from - _trimmed))", "_journal.Skip((int)(from - _trimmed) + 1)", Suite.Simulator),
        new("a trimmed cursor is accepted", "Tandem/Tables/MemoryDatabase.cs",
            "sequence >= _trimmed && ", "sequence >= 0 && ", Suite.Tests("Tables.MemoryTableTests")),
        new("a temporary key is not replaced", "Tandem/Tables/BatchPlan.cs",
            "insert with { Values = Real(insert.Values, real) }", "insert", Suite.Tests("Editing.UnitOfWorkTests")),
        new("the feed skips a batch", "Tandem/Changes/FeedBuffer.Follow.cs",
            "                    _position++;", "                    _position += _position % 7 == 3 ? 2 : 1;", Suite.Simulator),
        new("the feed turns batches round", "Tandem/Changes/FeedBuffer.Follow.cs",
            "                    return own;", "                    return [.. Enumerable.Reverse(own)];", Suite.Simulator),
        new("a reader that caught up hears a batch twice", "Tandem/Changes/FeedBuffer.Follow.cs",
            "(_joining, _position) = (null, joinAt);", "(_joining, _position) = (null, Math.Max(buffer._first, joinAt - 1));", Suite.Simulator),
        new("who waits for a reader that is gone waits for ever", "Tandem/Changes/FeedBuffer.Follow.cs",
            "                if (_isDisposed)", "                if (_isDisposed && position < 0)", Suite.Simulator),
    ];
}
