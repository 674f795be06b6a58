using Tandem.Changes;
using Tandem.Records;

namespace Tandem.Editing;

/// <content>How theirs is followed.</content>
public sealed partial class RecordEdit
{
    private static readonly TimeSpan s_shortestBackoff = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_longestBackoff = TimeSpan.FromSeconds(10);

    /// <summary>Theirs changed: the names of the fields; empty when the record went.</summary>
    public event Action<IReadOnlyCollection<string>>? Changed;

    /// <summary>Following theirs failed; it goes on from a fresh read. The cause: the feed's, or that of a handler of an event. Must not throw.</summary>
    public event Action<Exception>? Faulted;

    /// <summary>Reads the record again and takes in what changed, as following does by itself.</summary>
    /// <param name="cancellationToken">Ends the read.</param>
    /// <returns>The conflicts there are now.</returns>
    /// <exception cref="ObjectDisposedException">The edit was ended.</exception>
    public async Task<IReadOnlyList<Conflict>> RefreshAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (IsNew)
        {
            return [];
        }

        // A save under way would be seen half done.
        using var turn = await EnterAsync(cancellationToken).ConfigureAwait(false);
        var key = Key;
        var record = await Table.GetAsync(key, cancellationToken).ConfigureAwait(false);
        Act(() => TakeIn(record));
        var conflicts = Conflicts;
        if (record is not null && conflicts.Any(c => c.By is null))
        {
            var history = await Table.HistoryAsync(key, 50, cancellationToken).ConfigureAwait(false);
            Act(() => _draft.Explain(conflicts.Where(c => c.By is null).Select(c => history.FirstOrDefault(h => h.Touches(c.Field)) is { } change ? c with { By = change.Actor, At = change.At } : c)));
        }

        return Conflicts;
    }

    private void StartFollowing(RecordStream stream)
    {
        stream.Watch(Key);
        _ = Task.Run(() => FollowAsync(stream), CancellationToken.None);
    }

    private async Task FollowAsync(RecordStream stream)
    {
        var backoff = s_shortestBackoff;
        // The token outlives its source: an edit that was ended meanwhile has cancelled it.
        CancellationToken stop;
        try
        {
            stop = _stop.Token;
        }
        catch (ObjectDisposedException)
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            return;
        }

        var mayHaveMissed = false;
        while (!_isDisposed)
        {
            try
            {
                if (mayHaveMissed)
                {
                    await stream.DisposeAsync().ConfigureAwait(false);
                    stream = RecordStream.Open(_database, Table).Watch(Key);
                    await ReadAgainAsync(stop).ConfigureAwait(false);
                    mayHaveMissed = false;
                }

                foreach (var change in (await stream.NextAsync(stop).ConfigureAwait(false)).Where(c => c.Kind == ChangeKind.Reset || c.Key.Equals(_key)))
                {
                    await TakeInAsync(change, stop).ConfigureAwait(false);
                }

                backoff = s_shortestBackoff;
            }
            catch (Exception) when (_isDisposed)
            {
                // The edit ended, and its following with it.
            }
            catch (Exception e)
            {
                // The feed broke, the source is away for a while, or a handler failed. Following goes on from a fresh read.
                Faulted?.Invoke(e);
                mayHaveMissed = true;
                await Task.Delay(backoff, _options.Clock, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                backoff = backoff * 2 < s_longestBackoff ? backoff * 2 : s_longestBackoff;
            }
        }

        await stream.DisposeAsync().ConfigureAwait(false);
    }

    private async Task TakeInAsync(Change change, CancellationToken stop)
    {
        while (Locked(() => _busy?.Task) is { } answer)
        {
            await answer.WaitAsync(stop).ConfigureAwait(false);
        }

        if (change.Kind == ChangeKind.Reset || NeedsVersion(change))
        {
            await ReadAgainAsync(stop).ConfigureAwait(false);
            return;
        }

        var (isNews, isEarly) = (false, false);
        Change(() =>
        {
            isEarly = _busy is not null;
            // What the last save brought back is newer than this.
            if (isEarly || change.Sequence <= _asOf)
            {
                return;
            }

            isNews = true;
            if (IsEcho(change))
            {
                // Nobody waited for the answer, and here it is: the save was made.
                _asOf = change.Sequence;
                FollowTheirs(() => _draft.Stored(change.After, _sending!.Set, null, unsure: false));
                _sending = null;
                return;
            }

            _isGone = change.Kind == ChangeKind.Delete;
            FollowTheirs(() => _draft.Follow(change.After, (change.Actor, change.At)));
            if (Table.Schema.VersionField is { } field && change.After.TryGetValue(field, out var version) && !_draft.IsTouched)
            {
                _version = ValueText.Plain(version);
            }
        });
        if (isEarly)
        {
            // A save began just now.
            await TakeInAsync(change, stop).ConfigureAwait(false);
        }
        else if (isNews)
        {
            Tell([.. change.After.Keys]);
        }
    }

    /// <summary>A change does not tell the source's own version token; while nothing is typed, the token has to move along.</summary>
    private bool NeedsVersion(Change change) => _options.Guard == GuardMode.Version && Table.Schema.VersionField is null && change.Kind != ChangeKind.Delete
        && Locked(() => change.Sequence > _asOf && !IsEcho(change) && !_draft.IsTouched);

    private bool IsEcho(Change change) => change.WriteId is { } id && id == _sending?.Write.Id;

    private async Task ReadAgainAsync(CancellationToken stop)
    {
        Record? record;
        using (await EnterAsync(stop).ConfigureAwait(false))
        {
            record = await Table.GetAsync(Key, stop).ConfigureAwait(false);
            Change(() => TakeIn(record));
        }

        Tell(record is null ? [] : [.. Table.Schema.Fields.Select(f => f.Name)]);
    }

    /// <summary>The record as it was just read.</summary>
    private void TakeIn(Record? record)
    {
        _isGone = record is null;
        if (record is not null)
        {
            _version = _draft.IsTouched ? _version : record.Version;
            // A counter whose save has no answer yet may hold that save already; the answer tells.
            FollowTheirs(() => _draft.Follow(_sending is null ? record.ToPatch() : record.ToPatch().Without([.. _draft.Counters.Where(_sending.Set.ContainsKey)]), null));
        }
    }

    /// <summary>Lets the draft follow theirs. What was wrong with values that are no longer typed, or that a policy replaced, is over.</summary>
    private void FollowTheirs(Action follow)
    {
        if (_errors.Count == 0 && !_merges)
        {
            follow();
            return;
        }

        var (touched, seen) = (_draft.Touched, _draft.Values);
        follow();
        var (still, now) = (_draft.Touched, _draft.Values);
        for (var i = 0; i < now.Count; i++)
        {
            var field = Table.Schema.Fields[i];
            var isGivenUp = touched.Contains(field.Name) && !still.Contains(field.Name);
            var isReplaced = (touched.Contains(field.Name) || _errors.ContainsKey(field.Name)) && !Values.Same(field, seen[i], now[i]);
            if (isGivenUp || isReplaced)
            {
                Mended(field.Name);
            }
        }
    }

    private void Tell(IReadOnlyCollection<string> fields)
    {
        if (Changed is { } changed)
        {
            Post(() => changed(fields));
        }
    }
}
