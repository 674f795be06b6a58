using System.Collections.Concurrent;
using Tandem.Changes;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Tables;

namespace Tandem.Live;

/// <content>How the cache is filled and follows the source.</content>
public sealed partial class LiveTable
{
    private const int LoadPage = 10_000;
    private static readonly TimeSpan s_keepDeleted = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_shortestBackoff = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_longestBackoff = TimeSpan.FromSeconds(10);

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        if (_all is null)
        {
            return;
        }

        // Only this table's own writes can come between: changes of the source are applied by the same loop that loads.
        var kept = new ConcurrentDictionary<RecordKey, bool>();
        _keptWhileLoading = kept;
        HashSet<RecordKey> seen = [];
        string? after = null;
        do
        {
            var page = await _source.QueryAsync(new Query { First = LoadPage, After = after }, cancellationToken).ConfigureAwait(false);
            foreach (var record in page.Records)
            {
                seen.Add(record.Key);
                _all.AddOrUpdate(record.Key, _ => new Held(record, 0), (key, held) => kept.ContainsKey(key) ? held : new Held(record, held.Sequence));
            }

            after = page.Next;
        }
        while (after is not null);

        foreach (var (key, held) in _all)
        {
            if (!seen.Contains(key) && !kept.ContainsKey(key))
            {
                _all.TryRemove(new(key, held));
            }
        }

        _keptWhileLoading = null;
    }

    private async Task PumpAsync(Stream stream)
    {
        var backoff = s_shortestBackoff;
        var isBehind = false;
        while (true)
        {
            try
            {
                if (isBehind)
                {
                    // What was missed is unknown: everything held is read again, and whoever listens is told to do the same.
                    await ReloadAsync().ConfigureAwait(false);
                    _buffer.Append(_buffer.Current, [Reset(_buffer.Current)]);
                    isBehind = false;
                }

                while (await stream.NextAsync().ConfigureAwait(false) is { } batch)
                {
                    await ApplyAsync(batch).ConfigureAwait(false);
                    _buffer.Append(batch[^1].Cursor, batch);
                    backoff = s_shortestBackoff;
                }

                return;
            }
            catch (Exception) when (!_stop.IsCancellationRequested)
            {
                // Whatever broke the source's feed, its reads report it to those who ask; here it is tried again.
                isBehind = true;
                await stream.DisposeAsync().ConfigureAwait(false);
                await Task.Delay(backoff, _options.Clock, _stop.Token).ConfigureAwait(false);
                backoff = backoff * 2 < s_longestBackoff ? backoff * 2 : s_longestBackoff;
                stream = new Stream(_source, _stop.Token);
            }
            finally
            {
                if (_stop.IsCancellationRequested)
                {
                    await stream.DisposeAsync().ConfigureAwait(false);
                }
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

            // Who asks from now on starts a read of its own instead of joining one that may be older than this change.
            _reading.TryRemove(change.Key, out _);
            _cache?.Apply(change.Key, change.Sequence, record => Changed(record, change));
            if (_all is not null)
            {
                await ApplyAsync(_all, change).ConfigureAwait(false);
            }
        }

        ForgetDeleted();
    }

    private async Task ApplyAsync(ConcurrentDictionary<RecordKey, Held> all, Change change)
    {
        if (change.Kind == ChangeKind.Update && !(all.TryGetValue(change.Key, out var known) && (known.Record is not null || known.Sequence >= change.Sequence)))
        {
            // An update of a record that was never heard of brings only some of its fields.
            var read = await _source.GetAsync(change.Key, _stop.Token).ConfigureAwait(false);
            Keep(change.Key, read, change.Sequence);
            return;
        }

        all.AddOrUpdate(
            change.Key,
            _ => new Held(Changed(null, change), change.Sequence),
            (_, held) => change.Sequence > held.Sequence ? new Held(Changed(held.Record, change), change.Sequence) : held);
        if (change.Kind == ChangeKind.Delete)
        {
            _deleted.Enqueue((change.Key, _options.Clock.GetTimestamp()));
        }
    }

    /// <summary>A deleted record's number is kept for a while, in case the answer of an older write comes in late.</summary>
    private void ForgetDeleted()
    {
        while (_deleted.TryPeek(out var oldest) && _options.Clock.GetElapsedTime(oldest.At) > s_keepDeleted)
        {
            _deleted.Dequeue();
            if (_all!.TryGetValue(oldest.Key, out var held) && held.Record is null)
            {
                _all.TryRemove(new(oldest.Key, held));
            }
        }
    }

    private async Task ReloadAsync()
    {
        _cache?.Clear();
        await LoadAsync(_stop.Token).ConfigureAwait(false);
    }

    /// <summary>The record after a change; null when it is gone, or when the change alone does not tell.</summary>
    private Record? Changed(Record? record, Change change) => change.Kind switch
    {
        ChangeKind.Delete => null,
        _ when record is not null => record.With(change.After),
        ChangeKind.Insert => new Record(Schema, [.. Schema.Fields.Select(f => change.After.GetValueOrDefault(f.Name))]),
        _ => null,
    };

    private Change Reset(Cursor at) =>
        new(at, 0, _options.Clock.GetUtcNow(), Actors.Elsewhere, null, Schema.Name, new RecordKey(), ChangeKind.Reset, Patch.Empty, Patch.Empty);

    /// <summary>The source's changes from now on. The first is asked for at once, so that the source takes the place and begins to watch.</summary>
    private sealed class Stream : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop;
        private readonly IAsyncEnumerator<IReadOnlyList<Change>> _changes;
        private Task<bool>? _next;

        public Stream(ITable source, CancellationToken cancellationToken)
        {
            _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            _changes = source.ChangesAsync(null, _stop.Token).GetAsyncEnumerator(_stop.Token);
            _next = _changes.MoveNextAsync().AsTask();
        }

        public async Task<IReadOnlyList<Change>?> NextAsync()
        {
            _next ??= _changes.MoveNextAsync().AsTask();
            var more = await _next.ConfigureAwait(false);
            _next = null;
            return more ? _changes.Current : null;
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync().ConfigureAwait(false);
            await ((Task?)_next ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await _changes.DisposeAsync().ConfigureAwait(false);
            _stop.Dispose();
        }
    }
}
