using Tandem.Changes;
using Tandem.Records;

namespace Tandem.Relational.Watching;

/// <summary>A difference between a watched copy and the record as it is: what another program wrote.</summary>
internal sealed record Found(string Table, RecordKey Key, ChangeKind Kind, Patch Before, Patch After);

/// <summary>How the reconciler reads what is watched, inside whatever transaction its caller holds.</summary>
internal interface IWatchReader
{
    /// <summary>Reads records by key; null when the table is gone.</summary>
    Task<IReadOnlyList<Record>?> ReadAsync(string table, IReadOnlyCollection<RecordKey> keys, CancellationToken cancellationToken);

    /// <summary>Reads a whole table; null when it is gone, has no key or holds more than <paramref name="limit"/> records.</summary>
    Task<IReadOnlyList<Record>?> ReadAllAsync(string table, int limit, CancellationToken cancellationToken);
}

/// <summary>Compares watched copies with the records as they are now.</summary>
internal static class Reconciler
{
    /// <summary>Tables larger than this are watched record by record only; a whole copy would cost too much memory and time.</summary>
    public const int WholeTableLimit = 100_000;

    private const int KeysPerRead = 500;

    /// <summary>Reads what is watched, moves the copies along and tells the differences.</summary>
    /// <param name="list">What is watched.</param>
    /// <param name="onlyUnread">Whether nothing can have changed but what was never read.</param>
    /// <param name="reader">Reads it.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>The differences, the tables of which records were read for the first time, and how much was compared.</returns>
    public static async Task<(List<Found> Found, List<string> First, (int Tables, int Records) Compared)> RunAsync(WatchList list, bool onlyUnread, IWatchReader reader, CancellationToken cancellationToken)
    {
        List<Found> found = [];
        List<string> first = [];
        var (tables, records) = (0, 0);
        foreach (var watched in list.Snapshot(onlyUnread))
        {
            var now = watched.IsWhole ? await reader.ReadAllAsync(watched.Table, WholeTableLimit, cancellationToken).ConfigureAwait(false) : null;
            var isWhole = now is not null;
            if (now is null)
            {
                List<Record>? read = [];
                foreach (var keys in watched.Keys.Chunk(KeysPerRead))
                {
                    if (await reader.ReadAsync(watched.Table, keys, cancellationToken).ConfigureAwait(false) is not { } part)
                    {
                        read = null;
                        break;
                    }

                    read.AddRange(part);
                }

                if (read is null)
                {
                    // The table is gone, which says nothing about its records.
                    continue;
                }

                now = read;
            }

            var copies = now.ToDictionary(r => r.Key);
            if (watched.Copies is null)
            {
                first.Add(watched.Table);
            }
            else
            {
                Compare(watched, isWhole, copies, found, first);
                (tables, records) = (tables + 1, records + copies.Count);
            }

            list.Replace(watched.Table, new WatchList.Copies(isWhole, copies), watched.IsWhole && !isWhole);
        }

        return (found, first, (tables, records));
    }

    private static void Compare(WatchList.Watched watched, bool isWhole, Dictionary<RecordKey, Record> now, List<Found> found, List<string> first)
    {
        var (wasWhole, before) = watched.Copies!;
        foreach (var (key, record) in now)
        {
            if (before.TryGetValue(key, out var copy))
            {
                var after = copy.DifferencesTo(record);
                if (!after.IsEmpty)
                {
                    found.Add(new Found(watched.Table, key, ChangeKind.Update, record.DifferencesTo(copy), after));
                }
            }
            else if (isWhole && wasWhole)
            {
                found.Add(new Found(watched.Table, key, ChangeKind.Insert, Patch.Empty, record.ToPatch()));
            }
            else if (!first.Contains(watched.Table))
            {
                first.Add(watched.Table);
            }
        }

        foreach (var (key, copy) in before)
        {
            if (!now.ContainsKey(key) && (isWhole || watched.Keys.Contains(key)))
            {
                found.Add(new Found(watched.Table, key, ChangeKind.Delete, copy.ToPatch(), Patch.Empty));
            }
        }
    }
}
