using System.Data.Common;
using System.Runtime.CompilerServices;
using Tandem.Changes;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Relational.Sql;
using Tandem.Schema;
using Tandem.Tables;

namespace Tandem.Relational.Tables;

/// <summary>What tables of every SQL database share: reading. Writing is each database's own.</summary>
internal abstract class RelationalTable(TableMap map, Dialect dialect) : ITable
{
    protected const int ScanBatch = 1_000;

    public TableSchema Schema => Map.Schema;

    internal TableMap Map { get; } = map;

    public async ValueTask<Record?> GetAsync(RecordKey key, CancellationToken cancellationToken = default)
    {
        if (Schema.IsKeyless || key.Values.Count != Schema.Key.Count)
        {
            return null;
        }

        var sql = new SqlText();
        var where = Map.KeyIs(sql, "", key);
        sql.Append("SELECT ").Append(Map.SelectList("", digest: true)).Append(" FROM ").Append(Map.QuotedName).Append(" WHERE ").Append(where);
        try
        {
            return (await ReadAsync(sql, Map, cancellationToken).ConfigureAwait(false)).FirstOrDefault();
        }
        catch (UnreadableValueException)
        {
            // A key that its fields cannot hold names no record.
            return null;
        }
    }

    public async ValueTask<IReadOnlyList<Record>> GetManyAsync(IReadOnlyCollection<RecordKey> keys, IReadOnlyList<string>? fields = null, CancellationToken cancellationToken = default)
    {
        if (keys.Count == 0 || Schema.IsKeyless)
        {
            return [];
        }

        var projected = Map.Project(fields);
        try
        {
            return await ReadAsync(ManyOf(keys, projected), projected, cancellationToken).ConfigureAwait(false);
        }
        catch (UnreadableValueException) when (keys.Count == 1)
        {
            return [];
        }
        catch (UnreadableValueException)
        {
            // A key that its fields cannot hold names no record. Which one it is, the database does not tell, and the others are still wanted.
            List<Record> found = [];
            foreach (var key in keys)
            {
                found.AddRange(await GetManyAsync([key], fields, cancellationToken).ConfigureAwait(false));
            }

            return found;
        }
    }

    public async Task<Page> QueryAsync(Query query, CancellationToken cancellationToken = default)
    {
        if (Schema.IsKeyless)
        {
            return await KeylessPages.ReadAsync(this, query, dialect, ReadAsync, cancellationToken).ConfigureAwait(false);
        }

        var total = PageCursor.TotalOrder(Schema, query);
        // A cursor needs the order's fields even where the caller did not ask for them.
        var fields = query.Fields is null ? null : query.Fields.Union(total.Select(o => o.Field)).ToList();
        var projected = Map.Project(fields);
        var sql = PageCompiler.Compile(query with { Fields = fields }, Map, total, dialect);
        var records = await ReadAsync(sql, projected, cancellationToken).ConfigureAwait(false);
        if (query.Backward)
        {
            records.Reverse();
        }

        return Pages.Cut(records, query, total, Schema);
    }

    public async Task<long> CountAsync(Filter filter, CancellationToken cancellationToken = default)
    {
        var sql = new SqlText();
        var where = filter is Filter.AllFilter ? "" : " WHERE " + FilterCompiler.Compile(filter, Map, dialect, sql);
        sql.Append("SELECT count(*) FROM ").Append(Map.QuotedName).Append(" AS t").Append(where);
        return await ReadOneAsync(sql, r => r.GetInt64(0), cancellationToken).ConfigureAwait(false);
    }

    public async Task<Groups> GroupAsync(GroupQuery query, CancellationToken cancellationToken = default)
    {
        GroupRules.Check(Schema, query);
        if (query.By is { } by && !GroupRules.HasDays(Schema[by]))
        {
            query = query with { Span = GroupSpan.Value };
        }

        var groups = await ReadAsync(GroupCompiler.Compile(query, Map, dialect), r => GroupCompiler.Read(r, query, Map), cancellationToken).ConfigureAwait(false);
        return new Groups([.. groups.Take(query.First)], groups.Count > query.First);
    }

    public async Task<ReadOnlyMemory<byte>?> ReadBlobAsync(RecordKey key, string field, CancellationToken cancellationToken = default)
    {
        var sql = new SqlText();
        var where = Map.KeyIs(sql, "", key);
        sql.Append("SELECT ").Append(Map[field].Quoted).Append(" FROM ").Append(Map.QuotedName).Append(" WHERE ").Append(where);
        return await ReadOneAsync(
            sql, r => r.IsDBNull(0) ? (ReadOnlyMemory<byte>?)null : r.GetFieldValue<byte[]>(0), cancellationToken).ConfigureAwait(false);
    }

    public abstract Task<WriteResult> WriteAsync(Write write, CancellationToken cancellationToken = default);

    public abstract Task<BatchResult> WriteAllAsync(IReadOnlyList<Write> writes, CancellationToken cancellationToken = default);

    public IAsyncEnumerable<IReadOnlyList<Record>> ScanAsync(IReadOnlyList<string>? fields = null, CancellationToken cancellationToken = default)
    {
        var projected = Map.Project(fields);
        var sql = new SqlText().Append("SELECT ").Append(projected.SelectList("", digest: false)).Append(" FROM ").Append(Map.QuotedName);
        return ScanAsync(sql, projected, cancellationToken);
    }

    public abstract Task<IReadOnlyList<Change>> HistoryAsync(RecordKey key, int limit = 100, CancellationToken cancellationToken = default);

    public IChangeStream Follow(Cursor? after = null) => Feed.Follow(Schema.Name, after);

    public IAsyncEnumerable<IReadOnlyList<Change>> ChangesAsync(Cursor? after = null, CancellationToken cancellationToken = default) =>
        OwnAsync(Feed.ReadAsync(after, cancellationToken), cancellationToken);

    private async IAsyncEnumerable<IReadOnlyList<Change>> OwnAsync(IAsyncEnumerable<IReadOnlyList<Change>> changes, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var watch = Feed.Watch(Schema.Name, null);
        await foreach (var batch in changes.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            Change[] own = [.. batch.Where(c => c.Table == Schema.Name)];
            if (own.Length > 0)
            {
                yield return own;
            }
        }
    }

    protected abstract IChangeFeed Feed { get; }

    /// <summary>Whether nothing at all may be written.</summary>
    protected abstract bool IsReadOnly { get; }

    /// <summary>Runs a statement and reads its rows as records of a map.</summary>
    protected abstract Task<List<Record>> ReadAsync(SqlText sql, TableMap map, CancellationToken cancellationToken);

    /// <summary>Runs a statement and reads its rows.</summary>
    protected abstract Task<List<T>> ReadAsync<T>(SqlText sql, Func<DbDataReader, T> read, CancellationToken cancellationToken);

    /// <summary>Runs a statement and hands its rows on in batches of about <see cref="ScanBatch"/>, holding no more than one.</summary>
    protected abstract IAsyncEnumerable<IReadOnlyList<Record>> ScanAsync(SqlText sql, TableMap map, CancellationToken cancellationToken);

    /// <summary>Runs a statement and reads its first row, if any.</summary>
    protected abstract Task<T?> ReadOneAsync<T>(SqlText sql, Func<DbDataReader, T> read, CancellationToken cancellationToken);

    /// <summary>The statement that reads several records by key.</summary>
    /// <param name="keys">The keys.</param>
    /// <param name="map">The table seen through the fields to bring.</param>
    /// <param name="more">Compiles what else must hold of the records. Default: null, for nothing.</param>
    internal static SqlText ManyOf(IReadOnlyCollection<RecordKey> keys, TableMap map, Func<SqlText, string>? more = null)
    {
        var sql = new SqlText();
        string where;
        if (map.KeyColumns is [var single])
        {
            where = $"{single.Comparable("")} IN ({string.Join(", ", keys.Select(k => single.BindComparable(sql, k.Values[0])))})";
        }
        else
        {
            where = string.Join(" OR ", keys.Select(k => "(" + map.KeyIs(sql, "", k) + ")"));
        }

        return sql.Append("SELECT ").Append(map.SelectList("", digest: true)).Append(" FROM ").Append(map.QuotedName).Append(" WHERE ")
            .Append(more is null ? where : $"({where}) AND {more(sql)}");
    }

    /// <summary>The answer to a write that was done before: what it did, with the record as it is now.</summary>
    internal static WriteResult Done(TableSchema schema, Change done, Record? now)
    {
        if (done.Table != schema.Name)
        {
            return new WriteResult.Rejected([new FieldError("", "This write's id was given to a write of another table before. Give each write an id of its own.")]);
        }

        if (done.Kind == ChangeKind.Delete)
        {
            return new WriteResult.Written(new Record(schema, [.. schema.Fields.Select(f => done.Before.GetValueOrDefault(f.Name))]), done) { IsRepeated = true };
        }

        return now is null ? new WriteResult.Missing() : new WriteResult.Written(now, done) { IsRepeated = true };
    }

    internal static Record ReadRecord(DbDataReader reader, TableMap map, int from = 0)
    {
        var columns = map.ColumnSpan;
        var values = new object?[columns.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = columns[i].Read(reader, from + i);
        }

        return map.RowVersion is null || reader.IsDBNull(from + values.Length)
            ? new Record(map.Schema, values)
            : new Record(map.Schema, values) { Version = reader.GetString(from + values.Length) };
    }

    /// <summary>Refuses what the schema alone can tell, before the database is asked.</summary>
    internal WriteResult.Rejected? Check(Write write)
    {
        if (IsReadOnly)
        {
            return new WriteResult.Rejected([new FieldError("", "This database was opened to be read only. Open it for writing to change it.")]);
        }

        if (Schema.ReadOnlyReason is { } reason)
        {
            return new WriteResult.Rejected([new FieldError("", reason)]);
        }

        var errors = write switch
        {
            Write.Insert insert => Rules.CheckInsert(Schema, insert.Values),
            Write.Update update => Rules.CheckUpdate(Schema, update.Set),
            _ => [],
        };
        return errors.Count > 0 ? new WriteResult.Rejected(errors) : null;
    }
}
