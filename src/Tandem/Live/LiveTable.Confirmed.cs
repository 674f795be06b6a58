using Tandem.Live.Views;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Tables;

namespace Tandem.Live;

/// <content>Confirmed records, as views build on them.</content>
public sealed partial class LiveTable
{
    /// <summary>Asks for confirmed records on behalf of a listener, and keeps what comes for it.</summary>
    internal async Task<Page> QueryConfirmedAsync(Query query, IStepListener listener)
    {
        if (_full is not null && Locality.IsLocal(Schema, query))
        {
            return MemoryQuery.Run(Schema, _full.Records, query);
        }

        var reading = _bounded?.BeginRead(null);
        Page? page = null;
        try
        {
            page = await _source.QueryAsync(query, _stop.Token).ConfigureAwait(false);
            return page;
        }
        finally
        {
            if (_bounded is not null)
            {
                foreach (var record in page?.Records ?? [])
                {
                    _routes.Watch(listener, record.Key);
                }

                _bounded.EndRead(reading!, page?.Records);
            }
        }
    }

    internal async Task<long> CountConfirmedAsync(Filter filter) => _full is not null && Locality.IsLocal(Schema, filter)
        ? MemoryQuery.Count(Schema, _full.Records, filter)
        : await _source.CountAsync(filter, _stop.Token).ConfigureAwait(false);

    internal Record? Confirmed(RecordKey key) => _holding.TryPeek(key, out var record) ? record : null;

    /// <summary>Confirmed records in full. A bounded table may hold some fields of them only, or nothing, and asks the source.</summary>
    internal async Task<IReadOnlyDictionary<RecordKey, Record>> ConfirmedAsync(IReadOnlyCollection<RecordKey> keys)
    {
        Dictionary<RecordKey, Record> records = [];
        foreach (var some in keys.Chunk(500))
        {
            foreach (var record in _full is null ? await _source.GetManyAsync(some, null, _stop.Token).ConfigureAwait(false) : [.. some.Select(Confirmed).OfType<Record>()])
            {
                records[record.Key] = record;
            }
        }

        return records;
    }

    internal Record? PendingOver(RecordKey key, Record? confirmed) => _overlay.PendingOver(key, confirmed);
}
