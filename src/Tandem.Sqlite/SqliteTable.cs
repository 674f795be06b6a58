using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using Tandem.Changes;
using Tandem.Records;
using Tandem.Relational.Sql;
using Tandem.Relational.Tables;
using Tandem.Schema;
using Tandem.Tables;

namespace Tandem.Sqlite;

/// <summary>A table of a SQLite file.</summary>
internal sealed partial class SqliteTable(SqliteDatabase database, TableMap map) : RelationalTable(map, SqliteDialect.Instance)
{
    public override Task<BatchResult> WriteAllAsync(IReadOnlyList<Write> writes, CancellationToken cancellationToken = default) =>
        database.WriteAllAsync([.. writes.Select(w => new TableWrite(Schema.Name, w))], cancellationToken);

    public override Task<IReadOnlyList<Change>> HistoryAsync(RecordKey key, int limit = 100, CancellationToken cancellationToken = default) =>
        database.HistoryAsync(Schema.Name, key, limit, cancellationToken);

    protected override IChangeFeed Feed => database.Feed;

    protected override bool IsReadOnly => database.IsReadOnly;

    public override async Task<WriteResult> WriteAsync(Write write, CancellationToken cancellationToken = default)
    {
        write = Ruled.Clean(Schema, write);
        if (Check(write) is { } rejected)
        {
            return rejected;
        }

        return await database.Writer.RunAsync(
            scope =>
            {
                var result = Once(scope, write);
                if (result is WriteResult.Written && HasBrokenReferences(scope.Connection))
                {
                    // Deferred references are only checked by the commit; asking now keeps the answer in one place.
                    result = BrokenReference(scope.Connection, write);
                }

                return ValueTask.FromResult((result, result is WriteResult.Written && scope.Changes.Count > 0));
            },
            cancellationToken).ConfigureAwait(false);
    }

    protected override Task<List<Record>> ReadAsync(SqlText sql, TableMap map, CancellationToken cancellationToken) =>
        database.Connections.ReadAsync(connection => Guarded(() => Read(connection, sql, map, cancellationToken)), cancellationToken);

    protected override Task<T?> ReadOneAsync<T>(SqlText sql, Func<DbDataReader, T> read, CancellationToken cancellationToken)
        where T : default => database.Connections.ReadAsync(
        connection => Guarded(() =>
        {
            using var command = SqliteConnections.Command(connection, sql);
            using var reader = command.ExecuteReader();
            return reader.Read() ? read(reader) : default;
        }),
        cancellationToken);

    protected override Task<List<T>> ReadAsync<T>(SqlText sql, Func<DbDataReader, T> read, CancellationToken cancellationToken) => database.Connections.ReadAsync(
        connection => Guarded(() =>
        {
            using var command = SqliteConnections.Command(connection, sql);
            using var reader = command.ExecuteReader();
            List<T> rows = [];
            while (reader.Read())
            {
                rows.Add(read(reader));
            }

            return rows;
        }),
        cancellationToken);

    protected override async IAsyncEnumerable<IReadOnlyList<Record>> ScanAsync(SqlText sql, TableMap map, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // One statement sees one state of the file for as long as it is read.
        var loan = await database.Connections.LendAsync(cancellationToken).ConfigureAwait(false);
        await using var returning = loan.ConfigureAwait(false);
        using var command = SqliteConnections.Command(loan.Connection, sql);
        using var reader = Guarded(command.ExecuteReader);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var batch = Next(reader, map);
            if (batch.Count > 0)
            {
                yield return batch;
            }

            if (batch.Count < ScanBatch)
            {
                yield break;
            }
        }
    }

    private static List<Record> Next(SqliteDataReader reader, TableMap map)
    {
        List<Record> batch = new(ScanBatch);
        while (batch.Count < ScanBatch && reader.Read())
        {
            batch.Add(ReadRecord(reader, map));
        }

        return batch;
    }

    internal static List<Record> Read(SqliteConnection connection, SqlText sql, TableMap map, CancellationToken cancellationToken)
    {
        using var command = SqliteConnections.Command(connection, sql);
        using var reader = command.ExecuteReader();
        List<Record> records = [];
        while (reader.Read())
        {
            records.Add(ReadRecord(reader, map));
            if ((records.Count & 0xFF) == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }
        }

        return records;
    }

    private T Guarded<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (SqliteException e) when (SqliteErrors.IsSchemaChange(e))
        {
            throw new SchemaChangedException(Schema.Name, e);
        }
    }
}
