using System.Runtime.CompilerServices;
using Tandem.Changes;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Tables;

/// <summary>A table in memory, with the same rules and outcomes as one in a database.</summary>
internal sealed class MemoryTable(MemoryDatabase database, TableSchema schema) : ITable
{
    private readonly Dictionary<RecordKey, Record> _records = [];
    private const int ScanBatch = 1_000;
    private long _lastNumber;

    public TableSchema Schema => schema;

    public ValueTask<Record?> GetAsync(RecordKey key, CancellationToken cancellationToken = default)
    {
        lock (database.Lock)
        {
            return ValueTask.FromResult(_records.GetValueOrDefault(key));
        }
    }

    public ValueTask<IReadOnlyList<Record>> GetManyAsync(IReadOnlyCollection<RecordKey> keys, IReadOnlyList<string>? fields = null, CancellationToken cancellationToken = default)
    {
        lock (database.Lock)
        {
            var shape = ShapeOf(fields);
            return ValueTask.FromResult<IReadOnlyList<Record>>([.. keys.Where(_records.ContainsKey).Select(k => _records[k].Project(shape))]);
        }
    }

    public Task<Page> QueryAsync(Query query, CancellationToken cancellationToken = default)
    {
        lock (database.Lock)
        {
            return Task.FromResult(MemoryQuery.Run(schema, _records.Values, query));
        }
    }

    public Task<long> CountAsync(Filter filter, CancellationToken cancellationToken = default)
    {
        lock (database.Lock)
        {
            return Task.FromResult(MemoryQuery.Count(schema, _records.Values, filter));
        }
    }

    public Task<ReadOnlyMemory<byte>?> ReadBlobAsync(RecordKey key, string field, CancellationToken cancellationToken = default)
    {
        lock (database.Lock)
        {
            return Task.FromResult(_records.TryGetValue(key, out var record) && record[field] is Blob blob ? blob.Content : null);
        }
    }

    public async Task<WriteResult> WriteAsync(Write write, CancellationToken cancellationToken = default) =>
        (await database.WriteAllAsync([new TableWrite(schema.Name, write)], cancellationToken).ConfigureAwait(false)).Results[0];

    public Task<BatchResult> WriteAllAsync(IReadOnlyList<Write> writes, CancellationToken cancellationToken = default) =>
        database.WriteAllAsync([.. writes.Select(w => new TableWrite(schema.Name, w))], cancellationToken);

    public async IAsyncEnumerable<IReadOnlyList<Record>> ScanAsync(IReadOnlyList<string>? fields = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Record[] all;
        lock (database.Lock)
        {
            all = [.. _records.Values];
        }

        cancellationToken.ThrowIfCancellationRequested();
        await Task.CompletedTask.ConfigureAwait(false);
        var shape = ShapeOf(fields);
        foreach (var batch in all.Chunk(ScanBatch))
        {
            yield return [.. batch.Select(r => r.Project(shape))];
        }
    }

    public Task<IReadOnlyList<Change>> HistoryAsync(RecordKey key, int limit = 100, CancellationToken cancellationToken = default) =>
        database.HistoryAsync(schema.Name, key, limit, cancellationToken);

    public IChangeStream Follow(Cursor? after = null) => database.Follow(schema.Name, after);

    public IAsyncEnumerable<IReadOnlyList<Change>> ChangesAsync(Cursor? after = null, CancellationToken cancellationToken = default) =>
        OwnAsync(database.ReadAsync(after, cancellationToken), cancellationToken);

    private TableSchema ShapeOf(IReadOnlyList<string>? fields) => fields is null ? schema : schema.Project(fields);

    private async IAsyncEnumerable<IReadOnlyList<Change>> OwnAsync(IAsyncEnumerable<IReadOnlyList<Change>> changes, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var batch in changes.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            Change[] own = [.. batch.Where(c => c.Table == schema.Name)];
            if (own.Length > 0)
            {
                yield return own;
            }
        }
    }

    /// <summary>Does a write. Called under the lock; a batch that fails is taken back by <see cref="Restore"/>.</summary>
    internal WriteResult Apply(Write write) => write switch
    {
        Write.Insert insert => Insert(insert),
        Write.Update update => Update(update),
        Write.Delete delete => Delete(delete),
        _ => throw new ArgumentException($"Unknown write {write.GetType().Name}.", nameof(write)),
    };

    /// <summary>Puts a record back as it was before a change.</summary>
    internal void Restore(RecordKey key, Record? before)
    {
        if (before is null)
        {
            _records.Remove(key);
        }
        else
        {
            _records[key] = before;
        }
    }

    /// <summary>The record a write goes to; null for an insert.</summary>
    internal static RecordKey? KeyOf(Write write) => write switch
    {
        Write.Update update => update.Key,
        Write.Delete delete => delete.Key,
        _ => null,
    };

    internal Record? Find(RecordKey key) => _records.GetValueOrDefault(key);

    private WriteResult Insert(Write.Insert insert)
    {
        var errors = Rules.CheckInsert(schema, insert.Values);
        if (errors.Count > 0)
        {
            return new WriteResult.Rejected(errors);
        }

        var values = new object?[schema.Fields.Count];
        for (var i = 0; i < values.Length; i++)
        {
            var field = schema.Fields[i];
            values[i] = insert.Values.TryGetValue(field.Name, out var given) && !(given is null && field.IsIdentity) ? given
                : field.IsIdentity ? _lastNumber + 1
                : field.DefaultValue ?? (field.Name == schema.VersionField && field.Type == FieldType.Integer ? 1L : null);
        }

        var record = new Record(schema, values);
        if (Duplicate(record, isNew: true) is { } duplicate)
        {
            return duplicate;
        }

        if (RecordRule.Errors(schema, record, insert.Values) is { Count: > 0 } broken)
        {
            return new WriteResult.Rejected(broken);
        }

        if (record.Key.Values is [long number])
        {
            _lastNumber = Math.Max(_lastNumber, number);
        }

        _records.Add(record.Key, record);
        return new WriteResult.Written(record, database.Journal(insert, schema.Name, record.Key, ChangeKind.Insert, Patch.Empty, record.ToPatch(), null));
    }

    private WriteResult Update(Write.Update update)
    {
        var errors = Rules.CheckUpdate(schema, update.Set);
        if (errors.Count > 0)
        {
            return new WriteResult.Rejected(errors);
        }

        if (!_records.TryGetValue(update.Key, out var current))
        {
            return new WriteResult.Missing();
        }

        if (GuardCheck.Broken(current, update.Set, update.Guard) is { } broken)
        {
            return new WriteResult.Conflicted(current, broken);
        }

        var stored = current.With(Raised(current, update.Set));
        if (Duplicate(stored, isNew: false) is { } duplicate)
        {
            return duplicate;
        }

        var after = current.DifferencesTo(stored);
        if (after.IsEmpty)
        {
            return new WriteResult.Written(current, null);
        }

        if (RecordRule.Errors(schema, stored, update.Set) is { Count: > 0 } wrong)
        {
            return new WriteResult.Rejected(wrong);
        }

        _records[update.Key] = stored;
        return new WriteResult.Written(stored, database.Journal(update, schema.Name, update.Key, ChangeKind.Update, stored.DifferencesTo(current), after, current));
    }

    /// <summary>What is set, and the next version where the table counts them.</summary>
    private Patch Raised(Record current, Patch set) =>
        schema.VersionField is { } field && schema[field].Type == FieldType.Integer && set.Any(s => !Values.Same(schema[s.Key], s.Value, current[s.Key]))
            ? set.With(field, (current[field] as long? ?? 0) + 1)
            : set;

    private WriteResult Delete(Write.Delete delete)
    {
        if (!_records.TryGetValue(delete.Key, out var current))
        {
            return new WriteResult.Missing();
        }

        if (GuardCheck.Broken(current, Patch.Empty, delete.Guard) is { } broken)
        {
            return new WriteResult.Conflicted(current, broken);
        }

        _records.Remove(delete.Key);
        return new WriteResult.Written(current, database.Journal(delete, schema.Name, delete.Key, ChangeKind.Delete, current.ToPatch(), Patch.Empty, current));
    }

    private WriteResult.Rejected? Duplicate(Record record, bool isNew)
    {
        if (isNew && _records.ContainsKey(record.Key))
        {
            return Taken(schema.Key[0]);
        }

        IEnumerable<IReadOnlyList<string>> unique = [.. schema.UniqueKeys, .. schema.Fields.Where(f => f.IsUnique).Select(f => new[] { f.Name })];
        foreach (var fields in unique.Where(u => u.All(f => record[f] is not null)))
        {
            if (_records.Values.Any(r => !r.Key.Equals(record.Key) && fields.All(f => Values.Same(schema[f], r[f], record[f]))))
            {
                return Taken(fields[0]);
            }
        }

        return null;
    }

    private WriteResult.Rejected Taken(string field) =>
        new([new FieldError(field, $"{schema[field].Label} is already used by another record. Choose another value.")]);
}
