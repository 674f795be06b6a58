using Tandem.Changes;
using Tandem.Live.Caching;
using Tandem.Records;

namespace Tandem.Live;

/// <content>Keeping records beyond the process.</content>
public sealed partial class LiveTable
{
    private static readonly TimeSpan s_lastKeep = TimeSpan.FromSeconds(5);
    private readonly Lock _keepLock = new();
    private Dictionary<RecordKey, Record?> _toKeep = [];
    private Cursor _keepAt;
    private Task _keeping = Task.CompletedTask;
    private bool _isKeeping;

    /// <summary>Notes what a step did, to be kept. Newer values take the place of older ones, so that what waits never outgrows the table.</summary>
    private void Keep(Step step)
    {
        if (_options.Store is null || _full is null)
        {
            return;
        }

        lock (_keepLock)
        {
            foreach (var net in step.Net)
            {
                _toKeep[net.Key] = _full.TryPeek(net.Key, out var record) ? record : null;
            }

            _keepAt = step.Cursor;
            if (!_isKeeping)
            {
                _isKeeping = true;
                _keeping = Task.Run(KeepAsync, CancellationToken.None);
            }
        }
    }

    private async Task KeepAllAsync(Cursor cursor, CancellationToken cancellationToken)
    {
        if (_options.Store is { } store)
        {
            await store.ReplaceAsync(Schema, cursor, _full!.Records, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task KeepAsync()
    {
        while (true)
        {
            Dictionary<RecordKey, Record?> some;
            Cursor at;
            lock (_keepLock)
            {
                if (_toKeep.Count == 0 && _keepAt == default)
                {
                    _isKeeping = false;
                    return;
                }

                (some, _toKeep, at, _keepAt) = (_toKeep, [], _keepAt, default);
            }

            try
            {
                await _options.Store!.ApplyAsync(at, some, CancellationToken.None).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                // What is kept ends at the last cursor written, so the next opening catches up from there.
                Fault(e);
                lock (_keepLock)
                {
                    foreach (var (key, record) in some)
                    {
                        _toKeep.TryAdd(key, record);
                    }

                    _keepAt = _keepAt == default ? at : _keepAt;
                    _isKeeping = false;
                }

                return;
            }
        }
    }

    private async Task CloseStoreAsync()
    {
        if (_options.Store is { } store)
        {
            await _keeping.WaitAsync(s_lastKeep, _options.Clock).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await store.DisposeAsync().ConfigureAwait(false);
        }
    }
}
