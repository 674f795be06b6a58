using Microsoft.Extensions.Logging;
using Tandem.Changes;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Tables;

namespace Tandem.Web.SignIn;

/// <summary>How the store keeps up with the users table.</summary>
internal sealed partial class UserStore
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);
    private readonly CancellationTokenSource _stop = new();
    private IDisposable? _watch;
    private Task _following = Task.CompletedTask;

    public async Task StartAsync(IDatabase database, CancellationToken cancellationToken)
    {
        _table = database.FindSystem(SystemTables.UsersName);
        if (_table is null)
        {
            return;
        }

        _watch = database.Feed.Watch(_table.Schema.Name, null);
        // The place in the feed is taken before the read, so nothing falls between the two.
        var changes = _table.ChangesAsync(database.Feed.Current, _stop.Token);
        await LoadAsync(_table, cancellationToken);
        _following = FollowAsync(_table, changes);
    }

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _following;
        _watch?.Dispose();
    }

    private async Task FollowAsync(ITable table, IAsyncEnumerable<IReadOnlyList<Change>> changes)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await foreach (var batch in changes.WithCancellation(_stop.Token))
                {
                    await ApplyAsync(table, batch);
                }
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // Whatever went wrong, sign-in must not stay behind the table for the rest of the process's life.
                LogInterrupted(e);
                changes = await StartOverAsync(table);
            }
        }
    }

    private async Task<IAsyncEnumerable<IReadOnlyList<Change>>> StartOverAsync(ITable table)
    {
        while (true)
        {
            try
            {
                await Task.Delay(s_pause, clock, _stop.Token);
                var changes = table.ChangesAsync(app.Database.Feed.Current, _stop.Token);
                await LoadAsync(table, _stop.Token);
                return changes;
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return table.ChangesAsync(null, _stop.Token);
            }
            catch (Exception e)
            {
                LogInterrupted(e);
            }
        }
    }

    private async Task ApplyAsync(ITable table, IReadOnlyList<Change> batch)
    {
        if (batch.Any(c => c.Kind == ChangeKind.Reset))
        {
            await LoadAsync(table, _stop.Token);
            return;
        }

        foreach (var key in batch.Select(c => c.Key).Distinct())
        {
            var record = await table.GetAsync(key, _stop.Token);
            Put(key.Values[0] as string ?? "", record is null ? null : KnownUser.From(record));
        }
    }

    private async Task LoadAsync(ITable table, CancellationToken cancellationToken)
    {
        Dictionary<string, KnownUser> all = new(StringComparer.Ordinal);
        string? after = null;
        do
        {
            var page = await table.QueryAsync(new Query { First = 1000, After = after }, cancellationToken);
            foreach (var user in page.Records.Select(KnownUser.From).OfType<KnownUser>())
            {
                all[user.User.Name] = user;
            }

            after = page.Next;
        }
        while (after is not null);

        List<string> affected;
        lock (_lock)
        {
            foreach (var user in _invited.Values.Where(u => !u.IsStored))
            {
                all.TryAdd(user.User.Name, user);
            }

            affected = [.. all.Keys.Union(_invited.Keys).Where(n => !Equals(all.GetValueOrDefault(n), _invited.GetValueOrDefault(n)))];
            _invited.Clear();
            foreach (var (name, user) in all)
            {
                _invited[name] = user;
            }
        }

        foreach (var name in affected)
        {
            if (!all.ContainsKey(name))
            {
                links.Revoke(name);
            }

            Changed?.Invoke(name);
        }
    }

    private void Put(string name, KnownUser? user)
    {
        bool changed;
        lock (_lock)
        {
            changed = !Equals(_invited.GetValueOrDefault(name), user);
            if (user is null)
            {
                _invited.Remove(name);
            }
            else
            {
                _invited[name] = user;
            }
        }

        if (changed)
        {
            if (user is null)
            {
                links.Revoke(name);
            }

            Changed?.Invoke(name);
        }
    }

    [LoggerMessage(1020, LogLevel.Warning, "Following the users table was interrupted; it is read again")]
    private partial void LogInterrupted(Exception cause);
}
