using System.Linq.Expressions;
using System.Runtime.CompilerServices;
using Tandem.Changes;
using Tandem.Editing;
using Tandem.Entities;
using Tandem.Live.Views;
using Tandem.Querying;
using Tandem.Querying.Lambdas;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Tables;

namespace Tandem.Live;

/// <summary>A live table seen through a class or record. Safe from any thread.</summary>
public sealed class LiveTable<T> : IAsyncDisposable
    where T : class
{
    private readonly IDatabase _database;
    private readonly EntityMap<T> _map;

    private LiveTable(IDatabase database, LiveTable records, EntityMap<T> map) => (_database, Records, _map) = (database, records, map);

    /// <summary>The same table as plain records.</summary>
    public LiveTable Records { get; }

    /// <summary>Opens a database's table as objects of a class.</summary>
    /// <param name="database">The database.</param>
    /// <param name="table">The table; by default what the class's <c>[Table]</c> says, or its name in snake case.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="cancellationToken">Ends the loading.</param>
    /// <exception cref="ArgumentException">There is no such table, or the class does not fit it.</exception>
    public static async Task<LiveTable<T>> OpenAsync(IDatabase database, string? table = null, LiveTableOptions? options = null, CancellationToken cancellationToken = default)
    {
        var name = table ?? EntitySchema.TableOf(typeof(T));
        var source = database.Find(name) ?? throw new ArgumentException($"'{database.Name}' has no table '{name}'. Name one it has.", nameof(table));
        // Before anything is opened: a class that does not fit leaves nothing behind.
        var map = new EntityMap<T>(source.Schema);
        return new LiveTable<T>(database, await LiveTable.OpenAsync(source, options, cancellationToken).ConfigureAwait(false), map);
    }

    /// <summary>Reads one object by the values of its key.</summary>
    public async ValueTask<T?> GetAsync(RecordKey key, CancellationToken cancellationToken = default) =>
        await Records.GetAsync(key, cancellationToken).ConfigureAwait(false) is { } record ? _map.Create(record) : null;

    /// <summary>A query of this table, from lambdas.</summary>
    /// <param name="condition">Which objects, as <c>p => p.Price &gt; 3</c>; null for all.</param>
    /// <param name="by">What to order by; null for the key.</param>
    /// <param name="descending">Whether the largest come first.</param>
    /// <param name="first">How many at most.</param>
    /// <exception cref="FilterExpressionException">A part of the condition cannot be turned into a filter; it is named.</exception>
    public Query QueryOf(Expression<Func<T, bool>>? condition = null, Expression<Func<T, object?>>? by = null, bool descending = false, int first = 50) => new()
    {
        Filter = condition is null ? Filter.All : Filter.Of(condition, Records.Schema),
        Order = by is null ? [] : [Order.Of(by, descending, Records.Schema)],
        First = first,
    };

    /// <summary>Reads one page of objects.</summary>
    public async Task<IReadOnlyList<T>> QueryAsync(Query query, CancellationToken cancellationToken = default) =>
        [.. (await Records.QueryAsync(query, cancellationToken).ConfigureAwait(false)).Records.Select(_map.Create)];

    /// <summary>Reads the first objects that a condition holds for, in the order of their keys.</summary>
    /// <param name="condition">The condition, as <c>p => p.Price &gt; 3</c>.</param>
    /// <param name="first">How many at most. Default: 50.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    /// <exception cref="FilterExpressionException">A part of the condition cannot be turned into a filter; it is named.</exception>
    public Task<IReadOnlyList<T>> QueryAsync(Expression<Func<T, bool>> condition, int first = 50, CancellationToken cancellationToken = default) =>
        QueryAsync(QueryOf(condition, first: first), cancellationToken);

    /// <summary>Counts the objects that a condition holds for.</summary>
    /// <exception cref="FilterExpressionException">A part of the condition cannot be turned into a filter; it is named.</exception>
    public Task<long> CountAsync(Expression<Func<T, bool>>? condition = null, CancellationToken cancellationToken = default) =>
        Records.CountAsync(QueryOf(condition).Filter, cancellationToken);

    /// <summary>Stores a new object.</summary>
    public Task<SaveResult> AddAsync(T entity, string actor, CancellationToken cancellationToken = default)
    {
        var values = _map.ToPatch(entity);
        // A key the database numbers, left at zero, is for the database to give.
        var unset = Records.Schema.Fields.Where(f => f.IsIdentity && values.TryGetValue(f.Name, out var value) && value is 0L).Select(f => f.Name).ToList();
        return RecordSaver.CreateAsync(Records, values.Without(unset), new WriteContext(actor), cancellationToken);
    }

    /// <summary>Starts an object that is not stored yet. It has a key at once.</summary>
    public RecordEdit<T> New(string actor, RecordEditOptions? options = null) => RecordEdit<T>.New(_database, Records, _map, actor, options);

    /// <summary>Starts editing a stored object.</summary>
    /// <returns>The edit, or null when there is no such object.</returns>
    public async Task<RecordEdit<T>?> EditAsync(RecordKey key, string actor, RecordEditOptions? options = null, CancellationToken cancellationToken = default) =>
        await RecordEdit.OpenAsync(_database, Records, key, actor, options ?? new RecordEditOptions(), cancellationToken).ConfigureAwait(false) is { } edit ? new RecordEdit<T>(edit, _map) : null;

    /// <summary>Removes an object, provided it still is as it was seen.</summary>
    public async Task<WriteResult> DeleteAsync(T seen, string actor, CancellationToken cancellationToken = default)
    {
        var basis = _map.ToPatch(seen).Without([.. Records.Schema.Key]);
        return await Records.WriteAsync(new Write.Delete(_map.KeyOf(seen), new Guard(basis), new WriteContext(actor)), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Keeps a query up. See <see cref="LiveTable.WatchAsync"/>; the rows' records are read as objects by <see cref="Read"/>.</summary>
    public IAsyncEnumerable<ViewUpdate> WatchAsync(Query query, WatchOptions? options = null, CancellationToken cancellationToken = default) => Records.WatchAsync(query, options, cancellationToken);

    /// <summary>Keeps a query up as a list of objects that user interfaces bind to.</summary>
    /// <returns>The list, filled.</returns>
    public Task<ObservableView<T>> ObserveAsync(Query query, WatchOptions? options = null, CancellationToken cancellationToken = default) =>
        ObservableView<T>.OpenAsync(token => Records.WatchAsync(query, options, token), row => _map.Create(row.Record), cancellationToken);

    /// <summary>A record of this table as an object. Properties whose fields it does not carry keep their defaults.</summary>
    public T Read(Record record) => _map.Create(record);

    /// <summary>The field behind a property.</summary>
    public string FieldOf(Expression<Func<T, object?>> property) => _map.FieldOf(property).Name;

    /// <summary>The table's changes from now on, one by one. The position is taken at this call.</summary>
    public IAsyncEnumerable<Change> ChangesAsync(CancellationToken cancellationToken = default) =>
        OneByOneAsync(Records.ChangesAsync(null, cancellationToken), cancellationToken);

    public ValueTask DisposeAsync() => Records.DisposeAsync();

    private static async IAsyncEnumerable<Change> OneByOneAsync(IAsyncEnumerable<IReadOnlyList<Change>> batches, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var batch in batches.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            foreach (var change in batch)
            {
                yield return change;
            }
        }
    }
}
