using Tandem.Changes;
using Tandem.Records;
using Tandem.Tables;

namespace Tandem.Editing;

/// <summary>
/// The changes an edit hears. Over a database's own table they come from the database's feed, with the one record watched: where a source
/// has to be compared to learn what other programs wrote, following by the table would compare all of it.
/// </summary>
internal sealed class RecordStream : IAsyncDisposable
{
    private readonly string _table;
    private readonly IChangeFeed? _feed;
    private readonly IChangeStream _changes;
    private IDisposable? _watch;

    private RecordStream(string table, IChangeFeed? feed, IChangeStream changes) => (_table, _feed, _changes) = (table, feed, changes);

    /// <summary>Takes the place from which on changes are heard.</summary>
    public static RecordStream Open(IDatabase? database, ITable table)
    {
        var name = table.Schema.Name;
        return database is not null && ReferenceEquals(database.Find(name), table)
            ? new RecordStream(name, database.Feed, database.Feed.Follow())
            : new RecordStream(name, null, table.Follow());
    }

    /// <summary>Names the record, so that other programs' writes to it are looked for.</summary>
    public RecordStream Watch(RecordKey key)
    {
        _watch ??= _feed?.Watch(_table, [key]);
        return this;
    }

    /// <summary>The table's next changes.</summary>
    public async ValueTask<IReadOnlyList<Change>> NextAsync(CancellationToken cancellationToken) =>
        await _changes.NextAsync(cancellationToken: cancellationToken).ConfigureAwait(false) is { } batch ? _feed is null ? batch : [.. batch.Where(c => c.Table == _table)] : [];

    public async ValueTask DisposeAsync()
    {
        _watch?.Dispose();
        await _changes.DisposeAsync().ConfigureAwait(false);
    }
}
