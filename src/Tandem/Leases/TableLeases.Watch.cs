using System.Runtime.CompilerServices;
using Tandem.Changes;
using Tandem.Records;

namespace Tandem.Leases;

/// <content>Following leases is following their table.</content>
public sealed partial class TableLeases
{
    public async IAsyncEnumerable<LeaseUpdate> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (true)
        {
            // The place is taken before the table is read, so that nothing falls between.
            var stream = leases.Follow();
            await using (stream.ConfigureAwait(false))
            {
                yield return new LeaseUpdate(true, await ReadAllAsync(cancellationToken).ConfigureAwait(false), []);
                while (await NextAsync(stream, cancellationToken).ConfigureAwait(false) is { } update)
                {
                    yield return update;
                }
            }
        }
    }

    /// <summary>The next update; null when the stream's place is no longer kept.</summary>
    private async Task<LeaseUpdate?> NextAsync(IChangeStream stream, CancellationToken cancellationToken)
    {
        try
        {
            return await stream.NextAsync(cancellationToken: cancellationToken).ConfigureAwait(false) is { } changes
                ? await ReadAsync(changes, cancellationToken).ConfigureAwait(false)
                : null;
        }
        catch (CursorExpiredException)
        {
            return null;
        }
    }

    private async Task<LeaseUpdate> ReadAsync(IReadOnlyList<Change> changes, CancellationToken cancellationToken)
    {
        if (changes.Any(c => c.Kind == ChangeKind.Reset))
        {
            // On the same stream: a new one would begin a new watch, which may be told to read again in its turn.
            return new LeaseUpdate(true, await ReadAllAsync(cancellationToken).ConfigureAwait(false), []);
        }

        RecordKey[] keys = [.. changes.Select(c => c.Key).Distinct()];
        var held = (await leases.GetManyAsync(keys, null, cancellationToken).ConfigureAwait(false)).Select(Read).ToList();
        return new LeaseUpdate(false, held, [.. keys.Select(k => (string)k.Values[0]!).Except(held.Select(l => l.Resource))]);
    }

    private async Task<IReadOnlyList<Lease>> ReadAllAsync(CancellationToken cancellationToken)
    {
        List<Lease> held = [];
        var now = clock.GetUtcNow();
        await foreach (var records in leases.ScanAsync(null, cancellationToken).ConfigureAwait(false))
        {
            held.AddRange(records.Select(Read).Where(l => l.Until > now));
        }

        return held;
    }
}
