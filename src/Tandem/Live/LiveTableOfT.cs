using System.Linq.Expressions;
using System.Runtime.CompilerServices;
using Tandem.Changes;
using Tandem.Editing;
using Tandem.Entities;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Tables;

namespace Tandem.Live;

/// <summary>A live table seen through a class or record. Safe from any thread.</summary>
public sealed class LiveTable<T> : IAsyncDisposable
    where T : class
{
    private readonly IDatabase _database;
    private readonly EntityMap<T> _map;

    private LiveTable(IDatabase database, LiveTable records)
    {
        (_database, Records) = (database, records);
        _map = new EntityMap<T>(records.Schema);
    }

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
        return new LiveTable<T>(database, await LiveTable.OpenAsync(source, options, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Reads one object by the values of its key.</summary>
    public async ValueTask<T?> GetAsync(RecordKey key, CancellationToken cancellationToken = default) =>
        await Records.GetAsync(key, cancellationToken).ConfigureAwait(false) is { } record ? _map.Create(record) : null;

    /// <summary>Reads one page of objects.</summary>
    public async Task<IReadOnlyList<T>> QueryAsync(Query query, CancellationToken cancellationToken = default) =>
        [.. (await Records.QueryAsync(query, cancellationToken).ConfigureAwait(false)).Records.Select(_map.Create)];

    /// <summary>Stores a new object.</summary>
    public Task<SaveResult> AddAsync(T entity, string actor, CancellationToken cancellationToken = default)
    {
        var values = _map.ToPatch(entity);
        // A key the database numbers, left at zero, is for the database to give.
        var unset = Records.Schema.Fields.Where(f => f.IsIdentity && values.TryGetValue(f.Name, out var value) && value is 0L).Select(f => f.Name).ToList();
        return RecordSaver.CreateAsync(Records, values.Without(unset), new WriteContext(actor), cancellationToken);
    }

    /// <summary>Starts editing a stored object.</summary>
    /// <returns>The edit, or null when there is no such object.</returns>
    public async Task<RecordEdit<T>?> EditAsync(RecordKey key, string actor, CancellationToken cancellationToken = default) =>
        await RecordEdit.OpenAsync(_database, Records, key, actor, cancellationToken).ConfigureAwait(false) is { } edit ? new RecordEdit<T>(edit, _map) : null;

    /// <summary>The field behind a property, for filters and orders.</summary>
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
