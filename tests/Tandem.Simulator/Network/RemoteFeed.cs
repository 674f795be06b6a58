using Tandem.Changes;
using Tandem.Records;
using Tandem.Simulator.Scheduling;

namespace Tandem.Simulator.Network;

/// <summary>
/// The feed as a node has it: woken by the source, late, out of order, twice or not at all, it reads what was journalled and hands it on through
/// the product's own buffer. The ring is short, so that readers fall behind it.
/// </summary>
internal sealed class RemoteFeed(Link link, Source source, Schedule schedule, TimeProvider clock) : IChangeFeed, IJournalReader
{
    private static readonly TimeSpan s_poll = TimeSpan.FromSeconds(1);
    private readonly SemaphoreSlim _turn = new(1, 1);
    private FeedBuffer? _buffer;
    private int _wakes;

    public Cursor Current => Buffer.Current;

    public string Description => "over a simulated network";

    private FeedBuffer Buffer => _buffer ?? throw new InvalidOperationException("The feed was not started.");

    public void Start()
    {
        _buffer = new FeedBuffer(this, capacity: 4);
        _buffer.Append(source.Current, []);
    }

    /// <summary>The source says that there is something new.</summary>
    public void Wake()
    {
        if (_wakes < 3)
        {
            _wakes++;
            _ = DeliverAsync();
        }
    }

    public IAsyncEnumerable<IReadOnlyList<Change>> ReadAsync(Cursor? after, CancellationToken cancellationToken) => Buffer.ReadAsync(after, cancellationToken);

    public Task<IReadOnlyList<Change>> MissedAsync(Cursor after, int limit, CancellationToken cancellationToken = default) =>
        ReadAsync(after, Current, limit, cancellationToken);

    public IChangeStream Follow(string? table = null, Cursor? after = null) => new RemoteStream(Buffer.Follow(after, table, SyncAsync), link.Broken);

    public IDisposable Watch(string table, IReadOnlyCollection<RecordKey>? keys) => new MemoryStream();

    public Task SettledAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

    public Task<IReadOnlyList<Change>> ReadAsync(Cursor after, Cursor upTo, int limit, CancellationToken cancellationToken) =>
        link.CallAsync($"journal after {after}", () => source.ReadJournalAsync(after, upTo, limit), cancellationToken);

    private async Task DeliverAsync()
    {
        while (true)
        {
            try
            {
                if (await FetchAsync("wake", schedule.Random.Next(1, 6), default))
                {
                    _wakes--;
                    return;
                }
            }
            catch (IOException)
            {
                await Task.Delay(s_poll, clock);
            }
        }
    }

    /// <summary>Brings everything committed before the call.</summary>
    private async Task SyncAsync(CancellationToken cancellationToken) => await FetchAsync("sync", int.MaxValue, cancellationToken);

    /// <returns>Whether there was nothing more.</returns>
    private async Task<bool> FetchAsync(string what, int limit, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var (changes, isAll) = await link.CallAsync($"{what} after {Current}", () => source.ReadOnAsync(Current, limit), cancellationToken);
            if (changes.Count > 0)
            {
                Buffer.Append(changes[^1].Cursor, changes);
            }

            return isAll;
        }
        finally
        {
            _turn.Release();
        }
    }
}
