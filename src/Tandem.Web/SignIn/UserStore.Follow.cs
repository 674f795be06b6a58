using Microsoft.Extensions.Logging;
using Tandem.Access;
using Tandem.Changes;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Tables;
using Tandem.Web.SignIn.Accounts;

namespace Tandem.Web.SignIn;

/// <content>How the store keeps up with the tables.</content>
internal sealed partial class UserStore
{
    /// <summary>From here on reading everything is quicker than one record after the other.</summary>
    private const int MostSingle = 500;

    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);
    private readonly CancellationTokenSource _stop = new();

    // One at a time reads records and takes them in, so that nothing older ever comes after something newer.
    private readonly SemaphoreSlim _taking = new(1);
    private readonly List<IDisposable> _watches = [];
    private IReadOnlyDictionary<string, string> _followed = new Dictionary<string, string>();
    private Task _following = Task.CompletedTask;

    public async Task StartAsync(IDatabase database, CancellationToken cancellationToken)
    {
        var tables = new AccountTables(database, clock);
        _book = new AccountBook(tables, app.Options.SignIn, clock) { Wrote = TakeInAsync };
        lock (_lock)
        {
            _index.Name([.. Named().Select(n => n.User)]);
        }

        _expiredUntil = clock.GetUtcNow();
        _followed = AccountTables.Names.Where(n => tables.Kept(n) is not null).ToDictionary(n => tables.Kept(n)!.Schema.Name, StringComparer.Ordinal);
        _watches.AddRange(_followed.Keys.Select(t => database.Feed.Watch(t, null)));
        // The place in the feed is taken before the read, so nothing falls between the two.
        var changes = database.Feed.ReadAsync(database.Feed.Current, _stop.Token);
        await LoadAsync(cancellationToken);
        _following = FollowAsync(database, changes);
    }

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        lock (_lock)
        {
            _expiry?.Dispose();
        }

        await _following;
        await _noting;
        _watches.ForEach(w => w.Dispose());
    }

    private async Task FollowAsync(IDatabase database, IAsyncEnumerable<IReadOnlyList<Change>> changes)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await foreach (var batch in changes.WithCancellation(_stop.Token))
                {
                    await HearAsync(batch);
                }
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // Whatever went wrong, sign-in must not stay behind the tables for the rest of the process's life.
                LogInterrupted(e);
                changes = await StartOverAsync(database);
            }
        }
    }

    private async Task<IAsyncEnumerable<IReadOnlyList<Change>>> StartOverAsync(IDatabase database)
    {
        while (true)
        {
            try
            {
                await Task.Delay(s_pause, clock, _stop.Token);
                var changes = database.Feed.ReadAsync(database.Feed.Current, _stop.Token);
                await LoadAsync(_stop.Token);
                return changes;
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return database.Feed.ReadAsync(null, _stop.Token);
            }
            catch (Exception e)
            {
                LogInterrupted(e);
            }
        }
    }

    private Task HearAsync(IReadOnlyList<Change> batch)
    {
        var own = batch.Where(c => _followed.ContainsKey(c.Table)).ToList();
        return own.Count == 0 ? Task.CompletedTask
            : own.Count > MostSingle || own.Exists(c => c.Kind == ChangeKind.Reset) ? LoadAsync(_stop.Token)
            : TakeInAsync([.. own.Select(c => (_followed[c.Table], c.Key)).Distinct()]);
    }

    /// <summary>Reads some records and takes them in.</summary>
    private async Task TakeInAsync(IReadOnlyList<(string Table, RecordKey Key)> keys)
    {
        List<(string, RecordKey, Record?, bool)> records = [];
        Taken taken;
        await _taking.WaitAsync(_stop.Token);
        try
        {
            foreach (var (table, key) in keys.Where(k => AccountTables.Names.Contains(k.Table)))
            {
                var (record, isKept) = await Book.Tables.GetAsync(table, key, _stop.Token);
                records.Add((table, key, record, isKept));
            }

            taken = Apply(records);
        }
        finally
        {
            _taking.Release();
        }

        Tell(taken);
    }

    /// <summary>Reads everything, and takes out what is not there any more.</summary>
    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        List<(string, RecordKey, Record?, bool)> records = [];
        Taken taken;
        await _taking.WaitAsync(cancellationToken);
        try
        {
            foreach (var table in AccountTables.Names)
            {
                var all = await Book.Tables.AllAsync(table, Filter.All, cancellationToken);
                var keys = all.Select(r => r.Record.Key).ToHashSet();
                lock (_lock)
                {
                    records.AddRange(_index.KeysOf(table).Where(k => !keys.Contains(k)).Select(k => (table, k, (Record?)null, false)));
                }

                records.AddRange(all.Select(r => (table, r.Record.Key, (Record?)r.Record, r.IsKept)));
            }

            taken = Apply(records);
        }
        finally
        {
            _taking.Release();
        }

        Tell(taken);
    }

    /// <summary>What came of taking records in: whose rights changed, of whom something ended, and of which tables they were.</summary>
    private sealed record Taken(List<string> Changed, List<string> Ended, List<string> Tables);

    private Taken Apply(List<(string, RecordKey, Record?, bool)> records)
    {
        List<string> changed = [], ended = [];
        lock (_lock)
        {
            var (users, tokens) = _index.Apply(records);
            foreach (var (name, before) in users)
            {
                var now = _index.Find(name);
                if (now is null || !now.MaySameAs(before))
                {
                    changed.Add(name);
                }

                if (before is not null && (now is null || now.IsDisabled || now.Stamp != before.Stamp || now.MayUseApi != before.MayUseApi))
                {
                    ended.Add(name);
                }
            }

            changed.AddRange(tokens.Except(changed));
            ended.AddRange(tokens.Except(ended));
        }

        return new Taken(changed, ended, [.. records.Select(r => r.Item1).Distinct()]);
    }

    /// <summary>Tells of what was taken in, when the next may already come.</summary>
    private void Tell(Taken taken)
    {
        if (taken.Tables.Contains(SystemTables.TokensName))
        {
            AwaitExpiry();
        }

        taken.Changed.ForEach(n => Changed?.Invoke(n));
        taken.Ended.ForEach(n => Ended?.Invoke(n));
        taken.Tables.ForEach(t => Heard?.Invoke(t));
    }

    [LoggerMessage(1020, LogLevel.Warning, "Following the accounts was interrupted; they are read again")]
    private partial void LogInterrupted(Exception cause);
}
