using Tandem.Tables;

namespace Tandem.Activating;

/// <summary>
/// Keeps up which records are active, for every table of a database that says how: when time passes, when somebody changes what it goes by, and for what turned
/// while nobody was there. Any number of nodes may do so at once. Safe from any thread.
/// </summary>
/// <remarks>
/// <para>
/// Each table has one loop. It asks the table for the records that are not what they are to be, never for all, writes those, and then asks for the next moment
/// at which one turns. Meanwhile it hears of changes and looks at the records they are about. A clock that was put back or forward is noticed within a minute.
/// </para>
/// <para>
/// A write is guarded by the fields that it was decided from and bears an id made of table, key and the moment of the turn: of several nodes the first writes, the
/// others find it done.
/// </para>
/// </remarks>
public sealed class ActivationKeeper : IAsyncDisposable
{
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(5);
    private readonly IDatabase _database;
    private readonly TimeProvider _clock;
    private readonly Dictionary<ITable, TableKeeper> _keepers = [];
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    private readonly Action<Exception> _interrupted;
    private readonly Action<string> _faulted;

    private ActivationKeeper(IDatabase database, TimeProvider clock, Action<Exception>? interrupted, Action<string>? faulted) =>
        (_database, _clock, _interrupted, _faulted) = (database, clock, interrupted ?? (_ => { }), faulted ?? (_ => { }));

    /// <summary>Begins to keep a database's tables up; it does not wait for what turned meanwhile.</summary>
    /// <param name="database">The database, whole.</param>
    /// <param name="clock">What tells the time.</param>
    /// <param name="interrupted">Is told why keeping was interrupted; it goes on by itself.</param>
    /// <param name="faulted">Is told what cannot be kept up and why, as a sentence: a mask that cannot be read, a record that refuses.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    public static async Task<ActivationKeeper> StartAsync(
        IDatabase database, TimeProvider clock, Action<Exception>? interrupted = null, Action<string>? faulted = null, CancellationToken cancellationToken = default)
    {
        var keeper = new ActivationKeeper(database, clock, interrupted, faulted);
        if (!database.IsReadOnly)
        {
            await keeper.TakeInAsync(cancellationToken).ConfigureAwait(false);
            keeper._running = Task.Run(keeper.RunAsync, CancellationToken.None);
        }

        return keeper;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        foreach (var keeper in _keepers.Values)
        {
            await keeper.DisposeAsync().ConfigureAwait(false);
        }

        _keepers.Clear();
    }

    /// <summary>Tables are others once the schema was read again.</summary>
    private async Task RunAsync()
    {
        var version = _database.SchemaVersion;
        while (true)
        {
            try
            {
                await Task.Delay(s_look, _clock, _stop.Token).ConfigureAwait(false);
                if (version != _database.SchemaVersion)
                {
                    version = _database.SchemaVersion;
                    await TakeInAsync(_stop.Token).ConfigureAwait(false);
                }
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                version = -1;
                _interrupted(e);
            }
        }
    }

    private async Task TakeInAsync(CancellationToken cancellationToken)
    {
        HashSet<ITable> kept = [.. _database.Tables.Where(t => t.Schema is { Activation.IsKept: true, ReadOnlyReason: null, IsKeyless: false })];
        foreach (var (table, keeper) in _keepers.Where(k => !kept.Contains(k.Key)).ToList())
        {
            _keepers.Remove(table);
            await keeper.DisposeAsync().ConfigureAwait(false);
        }

        foreach (var table in kept.Where(t => !_keepers.ContainsKey(t)))
        {
            _keepers[table] = await TableKeeper.StartAsync(_database, table, _clock, _interrupted, _faulted, cancellationToken).ConfigureAwait(false);
        }
    }
}
