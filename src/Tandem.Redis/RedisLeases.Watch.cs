using System.Runtime.CompilerServices;
using System.Threading.Channels;
using StackExchange.Redis;
using Tandem.Leases;

namespace Tandem.Redis;

/// <content>
/// Scripts publish the name of each lease they touch; its value is then read. Messages may be lost while the connection is, so
/// everything is read again when it is back.
/// </content>
public sealed partial class RedisLeases
{
    private const int MostWaiting = 10_000;
    private const int KeysPerScan = 500;

    public async IAsyncEnumerable<LeaseUpdate> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        // Null stands for everything: what did not fit, or what happened while nobody was connected.
        var touched = Channel.CreateBounded<string?>(new BoundedChannelOptions(MostWaiting) { SingleReader = true });
        void Touched(string? resource)
        {
            if (!touched.Writer.TryWrite(resource))
            {
                while (touched.Reader.TryRead(out _))
                {
                    // All of it is read again.
                }

                touched.Writer.TryWrite(null);
            }
        }

        void Heard(RedisChannel channel, RedisValue key) => Touched(ResourceOf(key!));
        void Restored(object? sender, ConnectionFailedEventArgs e) => Touched(null);
        _redis.ConnectionRestored += Restored;
        try
        {
            await TryAsync(async () =>
            {
                await _redis.GetSubscriber().SubscribeAsync(_channel, Heard).ConfigureAwait(false);
                return true;
            }, cancellationToken).ConfigureAwait(false);
            Touched(null);
            await foreach (var resource in touched.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return resource is null
                    ? new LeaseUpdate(true, await ReadAllAsync(cancellationToken).ConfigureAwait(false), [])
                    : await FindAsync(resource, cancellationToken).ConfigureAwait(false) is { } held ? new LeaseUpdate(false, [held], []) : new LeaseUpdate(false, [], [resource]);
            }
        }
        finally
        {
            _redis.ConnectionRestored -= Restored;
            // Where the connection is away, there is nothing to take back.
            _ = _redis.GetSubscriber().UnsubscribeAsync(_channel, Heard, CommandFlags.FireAndForget);
        }
    }

    private async Task<IReadOnlyList<Lease>> ReadAllAsync(CancellationToken cancellationToken)
    {
        List<Lease> held = [];
        var cursor = "0";
        do
        {
            var page = (RedisResult[])(await TryAsync(
                () => _redis.GetDatabase().ExecuteAsync("SCAN", cursor, "MATCH", Escaped(Key("")!) + "*", "COUNT", KeysPerScan), cancellationToken).ConfigureAwait(false))!;
            cursor = (string)page[0]!;
            foreach (var resource in ((string[])page[1]!).Select(ResourceOf).Distinct())
            {
                if (await FindAsync(resource, cancellationToken).ConfigureAwait(false) is { } lease)
                {
                    held.Add(lease);
                }
            }
        }
        while (cursor != "0");
        return [.. held.DistinctBy(l => l.Resource)];
    }

    private string ResourceOf(string key) => key[((string)Key("")!).Length..];

    /// <summary>A prefix may hold what a pattern would read otherwise.</summary>
    private static string Escaped(string text) => string.Concat(text.Select(c => "*?[]\\".Contains(c, StringComparison.Ordinal) ? "\\" + c : c.ToString()));
}
