using Tandem.Changes;
using Tandem.Records;

namespace Tandem.Editing;

/// <content>How theirs is followed.</content>
public sealed partial class RecordEdit
{
    private async Task FollowAsync(IAsyncEnumerable<IReadOnlyList<Change>> changes)
    {
        try
        {
            await foreach (var batch in changes.WithCancellation(_stop.Token).ConfigureAwait(false))
            {
                foreach (var change in batch.Where(c => c.Key.Equals(Key) || c.Kind == ChangeKind.Reset))
                {
                    await TakeInAsync(change).ConfigureAwait(false);
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // The edit ended, and its following with it.
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
