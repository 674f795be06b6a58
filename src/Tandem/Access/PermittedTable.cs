using System.Runtime.CompilerServices;
using Tandem.Changes;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Tables;

namespace Tandem.Access;

/// <summary>
/// A table as one user may use it: records and fields that the user may not see are not there, whatever is asked, and writes that the user may not
/// make are refused inside the write itself. Safe from any thread.
/// </summary>
/// <remarks>
/// It decides when it is made and holds for one request, message or step of work; make another for the next. A field that may not be seen is
/// no field of its schema, so that filters, orders, totals and errors speak of it as of any other word that names nothing.
/// </remarks>
public sealed partial class PermittedTable : ITable
{
    private readonly ITable _inner;
    private readonly AccessDecision _add;
    private readonly AccessDecision _change;
    private readonly AccessDecision _delete;
    private readonly string[]? _fields;
    private readonly string[] _deciding;

    private PermittedTable(ITable inner, IAccess access, User user, AccessDecision visible)
    {
        (_inner, Visible) = (inner, visible);
        _add = access.Decide(user, inner.Schema, TableAction.Add);
        _change = access.Decide(user, inner.Schema, TableAction.Change);
        _delete = access.Decide(user, inner.Schema, TableAction.Delete);
        Schema = PermittedSchema.Of(inner.Schema, visible, _change);
        AddingSchema = PermittedSchema.Of(inner.Schema, visible, _add);
        _fields = ReferenceEquals(Schema, inner.Schema) || Schema.Fields.Count == inner.Schema.Fields.Count ? null : [.. Schema.Fields.Select(f => f.Name)];
        _deciding = [.. new[] { visible, _change, _delete }.Where(d => d.IsAllowed).SelectMany(d => FilterFields.Of(d.Filter)).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>The table as a user may use it by an action.</summary>
    /// <param name="inner">The table, whole.</param>
    /// <param name="access">The decision function.</param>
    /// <param name="user">Who.</param>
    /// <param name="look">By which right it is looked at: <see cref="TableAction.View"/> for records, <see cref="TableAction.List"/> for lists.</param>
    /// <returns>The table; null when the user may not look at it at all.</returns>
    public static PermittedTable? Of(ITable inner, IAccess access, User user, TableAction look = TableAction.View) =>
        access.Decide(user, inner.Schema, look) is { IsAllowed: true } visible ? new PermittedTable(inner, access, user, visible) : null;

    /// <summary>The fields the user may see; those that may not be changed are read-only.</summary>
    public TableSchema Schema { get; }

    /// <summary>The fields the user may see; those that may not be given to a new record are read-only.</summary>
    public TableSchema AddingSchema { get; }

    /// <summary>What may be seen, and why.</summary>
    public AccessDecision Visible { get; }

    /// <summary>Whether every record may be called what people call it.</summary>
    internal bool NamesAll => Visible.Filter is Filter.AllFilter && _inner.Schema.LabelFields.All(f => Schema.Find(f) is not null);

    /// <summary>The table, whole: for those who decide, not for those who show.</summary>
    internal ITable Inner => _inner;

    /// <summary>What is decided about looking, adding, changing or deleting.</summary>
    public AccessDecision DecisionOf(TableAction action) => action switch
    {
        TableAction.Add => _add,
        TableAction.Change => _change,
        TableAction.Delete => _delete,
        _ => Visible,
    };

    public ValueTask<Record?> GetAsync(RecordKey key, CancellationToken cancellationToken = default) => GetAsync(key, TableAction.View, cancellationToken);

    /// <summary>Reads one record, if an action may happen to it.</summary>
    public async ValueTask<Record?> GetAsync(RecordKey key, TableAction action, CancellationToken cancellationToken = default)
    {
        var record = await _inner.GetAsync(key, cancellationToken).ConfigureAwait(false);
        return record is not null && FilterEvaluator.Holds(Visible.Filter, record) && DecisionOf(action).Allows(record) ? Seen(record) : null;
    }

    public async ValueTask<IReadOnlyList<Record>> GetManyAsync(IReadOnlyCollection<RecordKey> keys, IReadOnlyList<string>? fields = null, CancellationToken cancellationToken = default)
    {
        Check(fields);
        var found = await _inner.GetManyAsync(keys, Needed(fields), cancellationToken).ConfigureAwait(false);
        var shape = Shape(fields);
        return [.. found.Where(r => FilterEvaluator.Holds(Visible.Filter, r)).Select(r => PermittedSchema.Project(r, shape))];
    }

    public async Task<Page> QueryAsync(Query query, CancellationToken cancellationToken = default)
    {
        Check(query);
        var page = await _inner.QueryAsync(query with { Filter = Within(query.Filter), Fields = Needed(query.Fields) }, cancellationToken).ConfigureAwait(false);
        // A cursor goes by the order's fields, so those stay as any table leaves them.
        var shape = query.Fields is null ? Schema : Schema.Project([.. query.Fields, .. query.Order.Select(o => o.Field)]);
        return page with { Records = [.. page.Records.Select(r => PermittedSchema.Project(r, shape))] };
    }

    public Task<long> CountAsync(Filter filter, CancellationToken cancellationToken = default)
    {
        FilterFields.Check(Schema, filter);
        return _inner.CountAsync(Within(filter), cancellationToken);
    }

    public Task<Groups> GroupAsync(GroupQuery query, CancellationToken cancellationToken = default)
    {
        FilterFields.Check(Schema, query.Filter);
        Check([.. query.By is null ? Array.Empty<string>() : [query.By], .. query.Totals.Select(t => t.Field)]);
        return _inner.GroupAsync(query with { Filter = Within(query.Filter) }, cancellationToken);
    }

    public async Task<ReadOnlyMemory<byte>?> ReadBlobAsync(RecordKey key, string field, CancellationToken cancellationToken = default) =>
        Schema.Find(field) is not null && await GetAsync(key, cancellationToken).ConfigureAwait(false) is not null
            ? await _inner.ReadBlobAsync(key, field, cancellationToken).ConfigureAwait(false)
            : null;

    public async IAsyncEnumerable<IReadOnlyList<Record>> ScanAsync(IReadOnlyList<string>? fields = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Check(fields);
        var shape = Shape(fields);
        await foreach (var batch in _inner.ScanAsync(Needed(fields), cancellationToken).ConfigureAwait(false))
        {
            Record[] seen = [.. batch.Where(r => FilterEvaluator.Holds(Visible.Filter, r)).Select(r => PermittedSchema.Project(r, shape))];
            if (seen.Length > 0)
            {
                yield return seen;
            }
        }
    }

    public async Task<IReadOnlyList<Change>> HistoryAsync(RecordKey key, int limit = 100, CancellationToken cancellationToken = default) =>
        await new PermittedChanges(t => t == Schema.Name ? this : null).HistoryAsync(
            await _inner.HistoryAsync(key, limit, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

    public IChangeStream Follow(Cursor? after = null) => new PermittedStream(_inner.Follow(after), new PermittedChanges(t => t == Schema.Name ? this : null));

    public async IAsyncEnumerable<IReadOnlyList<Change>> ChangesAsync(Cursor? after = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var seen = new PermittedChanges(t => t == Schema.Name ? this : null);
        await foreach (var batch in _inner.ChangesAsync(after, cancellationToken).ConfigureAwait(false))
        {
            if (await seen.SeenAsync(batch, cancellationToken).ConfigureAwait(false) is { Count: > 0 } changes)
            {
                yield return changes;
            }
        }
    }

    /// <summary>The records of a filter that may be seen.</summary>
    internal Filter Within(Filter filter) => FilterAlgebra.And(Visible.Filter, filter);

    /// <summary>A record of the whole table through what may be seen of it.</summary>
    internal Record Seen(Record record) => _fields is null ? record : PermittedSchema.Project(record, Schema);

    private void Check(Query query)
    {
        FilterFields.Check(Schema, query.Filter);
        Check([.. query.Order.Select(o => o.Field), .. query.Fields ?? []]);
    }

    private void Check(IReadOnlyList<string>? fields)
    {
        foreach (var field in fields ?? [])
        {
            FilterFields.Check(Schema, field);
        }
    }

    private TableSchema Shape(IReadOnlyList<string>? fields) => fields is null ? Schema : Schema.Project(fields);

    /// <summary>The fields to bring: those asked for and those that the rights go by.</summary>
    private List<string>? Needed(IReadOnlyList<string>? fields) => fields is null && _fields is null ? null : [.. (fields ?? _fields!).Union(_deciding)];
}
