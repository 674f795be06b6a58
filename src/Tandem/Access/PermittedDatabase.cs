using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Tandem.Changes;
using Tandem.Records;
using Tandem.Tables;

namespace Tandem.Access;

/// <summary>
/// A database as one user may use it: its tables are those the user may look at, each a <see cref="PermittedTable"/>. Edges hand it on in place of the
/// database, so that nothing they do with it needs another check. It holds for one request, message or step of work. Safe from any thread.
/// </summary>
/// <param name="inner">The database, whole.</param>
/// <param name="access">The decision function.</param>
/// <param name="user">Who.</param>
public sealed class PermittedDatabase(IDatabase inner, IAccess access, User user) : IDatabase
{
    private readonly ConcurrentDictionary<string, PermittedTable?> _tables = new(StringComparer.Ordinal);

    /// <summary>Who uses it.</summary>
    public User User => user;

    public string Name => inner.Name;

    public string Product => inner.Product;

    public bool IsReadOnly => inner.IsReadOnly;

    public IReadOnlyList<ITable> Tables => [.. inner.Tables.Select(t => Find(t.Schema.Name)).OfType<PermittedTable>()];

    public int SchemaVersion => inner.SchemaVersion;

    public IChangeFeed Feed => new PermittedFeed(inner.Feed, new PermittedChanges(Permitted));

    public IReadOnlyList<string> Notes => inner.Notes;

    public ITable? Find(string table) => Permitted(table);

    /// <summary>The table as the user may use it by an action; null when there is none or the user may not look at it so.</summary>
    public PermittedTable? Find(string table, TableAction look) =>
        look == TableAction.View ? Permitted(table) : inner.Find(table) is { } found ? PermittedTable.Of(found, access, user, look) : null;

    public ITable? FindSystem(string name) => inner.FindSystem(name) is { } table ? Permitted(table.Schema.Name) : null;

    /// <summary>Refused: what changes the database for everybody is not done through one user's view of it.</summary>
    public Task ReloadAsync(CancellationToken cancellationToken = default) => throw NotHere();

    public async ValueTask<RecordCount> EstimateAsync(string table, CancellationToken cancellationToken = default) => Permitted(table) switch
    {
        null => default,
        { Visible.Filter: Querying.Filter.AllFilter } => await inner.EstimateAsync(table, cancellationToken).ConfigureAwait(false),
        // How many there are in all is not for everybody.
        var some => new RecordCount(await some.CountAsync(Querying.Filter.All, cancellationToken).ConfigureAwait(false), true),
    };

    public Task<BatchResult> WriteAllAsync(IReadOnlyList<TableWrite> writes, CancellationToken cancellationToken = default) => RunAsync(writes, inner.WriteAllAsync, cancellationToken);

    public Task<BatchResult> TryAllAsync(IReadOnlyList<TableWrite> writes, CancellationToken cancellationToken = default) => RunAsync(writes, inner.TryAllAsync, cancellationToken);

    public async Task<IReadOnlyList<Change>> OperationAsync(string operation, int limit, CancellationToken cancellationToken = default) =>
        await PastAsync(await inner.OperationAsync(operation, limit, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

    public async Task<Change?> FindWriteAsync(Guid id, CancellationToken cancellationToken = default) =>
        await inner.FindWriteAsync(id, cancellationToken).ConfigureAwait(false) is { } change
            ? (await PastAsync([change], cancellationToken).ConfigureAwait(false)).FirstOrDefault()
            : null;

    /// <summary>Refused, as <see cref="ReloadAsync"/>.</summary>
    public Task<long> TrimJournalAsync(JournalRetention retention, CancellationToken cancellationToken = default) => throw NotHere();

    public async Task<IReadOnlyList<Change>> HistoryAsync(string? table, RecordKey? key, int limit, CancellationToken cancellationToken = default) =>
        table is not null && Permitted(table) is null
            ? []
            : await PastAsync(await inner.HistoryAsync(table, key, limit, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

    /// <summary>Refused, as <see cref="ReloadAsync"/>.</summary>
    public Task<string?> ReadSettingAsync(string name, CancellationToken cancellationToken = default) => throw NotHere();

    /// <summary>Refused, as <see cref="ReloadAsync"/>.</summary>
    public Task<string> KeepSettingAsync(string name, string value, CancellationToken cancellationToken = default) => throw NotHere();

    /// <summary>Does nothing: the database is not the user's.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>What the user hears of changes as they come: see <see cref="PermittedChanges"/>.</summary>
    internal Task<IReadOnlyList<Change>> SeenAsync(IReadOnlyList<Change> changes, CancellationToken cancellationToken) =>
        new PermittedChanges(Look).SeenAsync(changes, cancellationToken);

    private Task<IReadOnlyList<Change>> PastAsync(IReadOnlyList<Change> changes, CancellationToken cancellationToken) =>
        new PermittedChanges(Permitted).HistoryAsync(changes, cancellationToken);

    /// <summary>The table as the user may look at it: its records, or else its lists; null for neither.</summary>
    public PermittedTable? Look(string table) => Permitted(table) ?? Find(table, TableAction.List);

    internal PermittedTable? Permitted(string table) =>
        _tables.GetOrAdd(table, static (name, of) => of.inner.Find(name) is { } found ? PermittedTable.Of(found, of.access, of.user) : null, (inner, access, user));

    private async Task<BatchResult> RunAsync(IReadOnlyList<TableWrite> writes, Func<IReadOnlyList<TableWrite>, CancellationToken, Task<BatchResult>> run, CancellationToken cancellationToken)
    {
        PermittedTable[] tables = [.. writes.Select(w => Permitted(w.Table) ?? throw new ArgumentException($"There is no table '{w.Table}'.", nameof(writes)))];
        var refused = writes.Select((w, i) => (WriteResult?)tables[i].Refused(w.Write)).ToList();
        if (refused.Any(r => r is not null))
        {
            return new BatchResult(false, [.. refused.Select(r => r ?? new WriteResult.Rejected([OpenAnswers.Untried]))]);
        }

        var result = await run([.. writes.Select((w, i) => w with { Write = tables[i].Permit(w.Write)! })], cancellationToken).ConfigureAwait(false);
        return result with { Results = [.. result.Results.Select((r, i) => tables[i].Answer(r))] };
    }

    private static InvalidOperationException NotHere() => new("This is one user's view of the database. Ask the database itself.");

    /// <summary>The feed of what a user may hear.</summary>
    private sealed class PermittedFeed(IChangeFeed feed, PermittedChanges changes) : IChangeFeed
    {
        public Cursor Current => feed.Current;

        public string Description => feed.Description;

        public IAsyncEnumerable<IReadOnlyList<Change>> ReadAsync(Cursor? after, CancellationToken cancellationToken) =>
            SeenAsync(feed.ReadAsync(after, cancellationToken), cancellationToken);

        public async Task<IReadOnlyList<Change>> MissedAsync(Cursor after, int limit, CancellationToken cancellationToken = default) =>
            await changes.SeenAsync(await feed.MissedAsync(after, limit, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

        public IChangeStream Follow(string? table = null, Cursor? after = null) => new PermittedStream(feed.Follow(table, after), changes);

        public IDisposable Watch(string table, IReadOnlyCollection<RecordKey>? keys) => feed.Watch(table, keys);

        public Task SettledAsync(CancellationToken cancellationToken = default) => feed.SettledAsync(cancellationToken);

        private async IAsyncEnumerable<IReadOnlyList<Change>> SeenAsync(IAsyncEnumerable<IReadOnlyList<Change>> batches, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await foreach (var batch in batches.WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                if (await changes.SeenAsync(batch, cancellationToken).ConfigureAwait(false) is { Count: > 0 } seen)
                {
                    yield return seen;
                }
            }
        }
    }
}
