using Tandem.Changes;
using Tandem.Querying;
using Tandem.Records;

namespace Tandem.Live;

/// <content>How the cache is filled and follows the source.</content>
public sealed partial class LiveTable
{
    private const int LoadPage = 10_000;
    private static readonly TimeSpan s_longestBackoff = TimeSpan.FromSeconds(10);

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        if (_all is null)
        {
            return;
        }

        HashSet<RecordKey> seen = [];
        string? after = null;
        do
        {
            var page = await _source.QueryAsync(new Query { First = LoadPage, After = after }, cancellationToken).ConfigureAwait(false);
            foreach (var record in page.Records)
            {
                seen.Add(record.Key);
                _all.AddOrUpdate(record.Key, _ => new Held(record, 0), (_, held) => held.Sequence > 0 ? held : new Held(record, 0));
            }

            after = page.Next;
        }
        while (after is not null);

        foreach (var (key, held) in _all)
        {
            if (!seen.Contains(key) && held.Sequence == 0)
            {
                _all.TryRemove(new(key, held));
            }
        }
    }

    private async Task PumpAsync(IAsyncEnumerator<IReadOnlyList<Change>> changes, Task<bool> first)
    {
        var backoff = TimeSpan.FromMilliseconds(50);
        var next = first;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                while (await next.ConfigureAwait(false))
                {
                    var batch = changes.Current;
                    await ApplyAsync(batch).ConfigureAwait(false);
                    _buffer.Append(batch[^1].Cursor, batch);
                    backoff = TimeSpan.FromMilliseconds(50);
                    next = changes.MoveNextAsync().AsTask();
                }

                return;
            }
            catch (Exception e) when (e is TandemException or IOException or TimeoutException)
            {
                // The source's feed broke: what was missed is unknown, so everything held is read again from a new place.
                await changes.DisposeAsync().ConfigureAwait(false);
                await Task.Delay(backoff, _options.Clock, _stop.Token).ConfigureAwait(false);
                backoff = backoff * 2 < s_longestBackoff ? backoff * 2 : s_longestBackoff;
                changes = _source.ChangesAsync(null, _stop.Token).GetAsyncEnumerator(_stop.Token);
                next = changes.MoveNextAsync().AsTask();
                await ReloadAsync().ConfigureAwait(false);
            }
        }
    }

    private async Task ApplyAsync(IReadOnlyList<Change> batch)
    {
        foreach (var change in batch)
        {
            if (change.Kind == ChangeKind.Reset)
            {
                await ReloadAsync().ConfigureAwait(false);
                continue;
            }

            if (_reading.ContainsKey(change.Key))
            {
                // What is being read may be older than this change; it is answered but not kept.
                _changedWhileReading[change.Key] = true;
            }

            _cache?.Apply(change.Key, change.Sequence, record => Changed(record, change));
            _all?.AddOrUpdate(
                change.Key,
                _ => new Held(Changed(null, change), change.Sequence),
                (_, held) => change.Sequence > held.Sequence ? new Held(Changed(held.Record, change), change.Sequence) : held);
        }
    }

    private async Task ReloadAsync()
    {
        _cache?.Clear();
        await LoadAsync(_stop.Token).ConfigureAwait(false);
    }

    private Record? Changed(Record? record, Change change) => change.Kind switch
    {
        ChangeKind.Delete => null,
        _ when record is not null => record.With(change.After),
        ChangeKind.Insert => new Record(Schema, [.. Schema.Fields.Select(f => change.After.GetValueOrDefault(f.Name))]),
        // An update of a record that was never seen brings only some fields; it is read when it is asked for.
        _ => null,
    };
}
