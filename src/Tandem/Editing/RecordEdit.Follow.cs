using Tandem.Changes;
using Tandem.Records;

namespace Tandem.Editing;

/// <content>How theirs is followed.</content>
public sealed partial class RecordEdit
{
    private static readonly TimeSpan s_shortestBackoff = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_longestBackoff = TimeSpan.FromSeconds(10);

    private async Task FollowAsync(IAsyncEnumerable<IReadOnlyList<Change>> changes)
    {
        var backoff = s_shortestBackoff;
        while (!_isDisposed)
        {
            try
            {
                await foreach (var batch in changes.WithCancellation(_stop.Token).ConfigureAwait(false))
                {
                    foreach (var change in batch.Where(c => c.Key.Equals(Key) || c.Kind == ChangeKind.Reset))
                    {
                        await TakeInAsync(change).ConfigureAwait(false);
                    }

                    backoff = s_shortestBackoff;
                }

                return;
            }
            catch (Exception) when (_isDisposed)
            {
                // The edit ended, and its following with it.
                return;
            }
            catch (Exception e)
            {
                // The feed broke, the source is away for a while, or a handler failed. Following goes on from a fresh read.
                Faulted?.Invoke(e);
                await Task.Delay(backoff, TimeProvider.System, CancellationToken.None).ConfigureAwait(false);
                backoff = backoff * 2 < s_longestBackoff ? backoff * 2 : s_longestBackoff;
                changes = AfterARead();
            }
        }
    }

    /// <summary>The changes from now on, with a reset in front that makes the record be read again.</summary>
    private async IAsyncEnumerable<IReadOnlyList<Change>> AfterARead()
    {
        var later = _table.ChangesAsync(null, _stop.Token);
        yield return [new Change(default, 0, TimeProvider.System.GetUtcNow(), Actors.Elsewhere, null, _table.Schema.Name, new RecordKey(), ChangeKind.Reset, Patch.Empty, Patch.Empty)];
        await foreach (var batch in later.ConfigureAwait(false))
        {
            yield return batch;
        }
    }

    private async Task TakeInAsync(Change change)
    {
        var after = change.After;
        var isGone = change.Kind == ChangeKind.Delete;
        if (change.Kind == ChangeKind.Reset)
        {
            var now = await _table.GetAsync(Key!, _stop.Token).ConfigureAwait(false);
            (after, isGone) = (now?.ToPatch() ?? Patch.Empty, now is null);
        }

        lock (_lock)
        {
            if (change.Kind != ChangeKind.Reset && change.Sequence <= _asOf)
            {
                // The stored record that the last save brought back is newer than this.
                return;
            }

            _isGone = isGone;
            foreach (var (name, value) in after)
            {
                if (_fields.TryGetValue(name, out var edit) && _table.Schema.Find(name) is { } field)
                {
                    _fields[name] = edit.Follow(field, value);
                    _theirs[name] = (change.Actor, change.At);
                }
            }
        }

        Changed?.Invoke([.. after.Keys]);
    }
}
