using System.Runtime.CompilerServices;
using Tandem.Records;

namespace Tandem.Editing;

/// <summary>
/// Whose turn it is to save a record whose conflicts policies settle. Without turns a writer that has just saved holds the newest value, sends
/// again at once and always finds itself ahead of those whose save has to go round again: they would starve. In turn, each needs two rounds
/// at most as far as this process is concerned; writers of other processes are met by more rounds.
/// </summary>
internal static class RecordTurns
{
    private static readonly ConditionalWeakTable<object, Dictionary<(string Table, RecordKey Key), Place>> s_places = [];

    /// <summary>Waits for the turn. Those who wait for several take them in the order of <see cref="Order"/>.</summary>
    /// <param name="source">What tells one source from another.</param>
    /// <param name="table">The table's name.</param>
    /// <param name="key">The record.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Ends the turn when disposed.</returns>
    public static async Task<IDisposable> EnterAsync(object source, string table, RecordKey key, CancellationToken cancellationToken)
    {
        var places = s_places.GetOrCreateValue(source);
        Place? place;
        lock (places)
        {
            if (!places.TryGetValue((table, key), out place))
            {
                places.Add((table, key), place = new Place());
            }

            place.Visitors++;
        }

        var turn = new Turn(places, (table, key), place);
        try
        {
            await place.Gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            turn.Leave();
            throw;
        }

        return turn;
    }

    /// <summary>An order that is the same for everybody, so that nobody waits for one who waits for them.</summary>
    public static string Order(string table, RecordKey key) => table + "/" + key;

    private sealed class Place
    {
        public SemaphoreSlim Gate { get; } = new(1, 1);

        public int Visitors { get; set; }
    }

    private sealed class Turn(Dictionary<(string, RecordKey), Place> places, (string, RecordKey) record, Place place) : IDisposable
    {
        public void Dispose()
        {
            place.Gate.Release();
            Leave();
        }

        public void Leave()
        {
            lock (places)
            {
                if (--place.Visitors == 0)
                {
                    places.Remove(record);
                }
            }
        }
    }
}
