using System.Runtime.CompilerServices;
using Tandem.Changes;
using Tandem.Records;

namespace Tandem.Live.Views;

/// <summary>Follows some fields of one record. What waits to be read is one value per field at most: a newer one takes the older's place.</summary>
internal sealed class FieldWatch(LiveTable table, RecordKey key, IReadOnlyList<string> fields) : IStepListener
{
    private static readonly TimeSpan s_shortestPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(10);
    private readonly Lock _lock = new();
    private readonly Queue<StepPart> _early = new();
    private readonly Dictionary<string, object?> _told = new(StringComparer.Ordinal);
    private Dictionary<string, object?> _waiting = new(StringComparer.Ordinal);
    private TaskCompletionSource _more = NewSignal();
    private Cursor _cursor;
    private bool _isOpen;
    private bool _isGone;
    private bool _isUntold;
    private bool _isEnded;
    private bool _mustRead;

    public void Post(StepPart part)
    {
        lock (_lock)
        {
            if (!_isOpen)
            {
                _early.Enqueue(part);
                return;
            }

            Take(part);
        }
    }

    public void Close()
    {
        lock (_lock)
        {
            _isEnded = true;
            _more.TrySetResult();
        }
    }

    public async IAsyncEnumerable<FieldUpdate> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        table.Routes.Add(this, null, [], false, fields);
        table.Routes.Watch(this, key);
        try
        {
            await LookUntilSeenAsync(cancellationToken).ConfigureAwait(false);
            while (true)
            {
                if (Next(out var wait) is { } update)
                {
                    yield return update;
                }
                else if (wait is null)
                {
                    yield break;
                }
                else if (_mustRead)
                {
                    await LookUntilSeenAsync(cancellationToken).ConfigureAwait(false);
                }
                else
                {
                    await wait.WaitAsync(cancellationToken).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            table.Routes.Remove(this);
        }
    }

    /// <summary>Looks, and looks again while the source is away; gives up when the table is closed.</summary>
    private async Task LookUntilSeenAsync(CancellationToken cancellationToken)
    {
        for (var pause = s_shortestPause; ; pause = pause * 2 < s_longestPause ? pause * 2 : s_longestPause)
        {
            try
            {
                await LookAsync(cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                lock (_lock)
                {
                    if (_isEnded)
                    {
                        return;
                    }
                }

                table.ViewFailed(e);
                await Task.Delay(pause, table.Options.Clock, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Reads the record, and takes in what the reading may have seen before anything is told.</summary>
    private async Task LookAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            (_isOpen, _mustRead) = (false, false);
        }

        var record = (await table.GetManyAsync([key], fields, cancellationToken).ConfigureAwait(false)).FirstOrDefault();
        await table.PassAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        lock (_lock)
        {
            _cursor = table.Reached;
            Show(record);
            _isOpen = true;
            while (_early.TryDequeue(out var part))
            {
                Take(part);
            }
        }
    }

    private void Take(StepPart part)
    {
        _cursor = part.Cursor;
        if (part.IsReset)
        {
            _mustRead = true;
            _more.TrySetResult();
            return;
        }

        foreach (var net in part.Net)
        {
            Show(table.PendingOver(key, net.After));
        }
    }

    /// <summary>Notes the fields that differ from what was told last.</summary>
    private void Show(Record? record)
    {
        _isUntold |= _isGone != record is null;
        if (record is null)
        {
            _isGone = true;
            _told.Clear();
            _waiting.Clear();
        }
        else
        {
            _isGone = false;
            foreach (var name in fields)
            {
                var value = record[name];
                if (!_told.TryGetValue(name, out var told) || !Values.Same(table.Schema[name], told, value))
                {
                    _told[name] = value;
                    _waiting[name] = value;
                }
            }
        }

        if (_isUntold || _waiting.Count > 0)
        {
            _more.TrySetResult();
        }
    }

    private FieldUpdate? Next(out Task? wait)
    {
        lock (_lock)
        {
            wait = null;
            if (_isUntold || _waiting.Count > 0)
            {
                (var values, _waiting, _isUntold) = (_waiting, new(StringComparer.Ordinal), false);
                return new FieldUpdate(_cursor, new Patch(values), _isGone);
            }

            if (_isEnded)
            {
                return null;
            }

            _more = _more.Task.IsCompleted ? NewSignal() : _more;
            wait = _more.Task;
            return null;
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
