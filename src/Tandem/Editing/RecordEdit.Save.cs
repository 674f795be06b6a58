using System.Collections.Frozen;
using Tandem.Records;
using Tandem.Tables;

namespace Tandem.Editing;

/// <content>
/// Saving. One save runs at a time. What is sent carries an id, and is remembered until there is an answer: when the connection broke
/// or the caller gave up waiting, the next save first finds out what became of it. A save that a policy can settle goes round again.
/// </content>
public sealed partial class RecordEdit
{
    private readonly SemaphoreSlim _saving = new(1, 1);
    private readonly Patch _given;
    private readonly TemporaryKey? _temporary;
    private readonly bool _merges;
    private readonly Guid _createId = Guid.CreateVersion7();

    // What was sent to create the record before, as long as that may have been stored.
    private Patch? _created;
    private Sending? _sending;
    private TaskCompletionSource? _busy;

    private PatientSender Sender => new(_options.Clock, _options.Patience);

    /// <summary>Saves the modified fields, guarded by what they were based on. Saving an unchanged edit writes nothing. A new record is stored once, however often it is saved.</summary>
    /// <param name="cancellationToken">Ends the wait; what became of the save is found out by the next one.</param>
    /// <exception cref="ObjectDisposedException">The edit was ended.</exception>
    public async Task<SaveResult> SaveAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        using (await EnterAsync(cancellationToken).ConfigureAwait(false))
        using (await TakeTurnAsync(cancellationToken).ConfigureAwait(false))
        {
            var result = await SettleUnknownAsync(false, cancellationToken).ConfigureAwait(false);
            for (var round = 1; result is not SaveResult.Failed; round++)
            {
                if (Prepare(false) is not { } sending)
                {
                    return result ?? await UnchangedAsync(cancellationToken).ConfigureAwait(false);
                }

                if (Orphans(sending, FrozenSet<TemporaryKey>.Empty) is { Count: > 0 } orphans)
                {
                    return TakeIn(sending, new SaveResult.Rejected(orphans));
                }

                (result, var goesOn) = await SendAsync(sending, round >= _options.MaxRounds, cancellationToken).ConfigureAwait(false);
                if (result is not null && !goesOn)
                {
                    return result;
                }
            }

            return result;
        }
    }

    /// <summary>Where the record stands in the order in which turns are taken; null where nothing is settled by policies, and so none is needed.</summary>
    internal string? TurnOrder => _merges && !IsNew ? RecordTurns.Order(Table.Schema.Name, Key) : null;

    /// <summary>Waits until no other edit of this process saves the same record by policies.</summary>
    internal async Task<IDisposable?> TakeTurnAsync(CancellationToken cancellationToken) => TurnOrder is null
        ? null
        : await RecordTurns.EnterAsync(_database ?? (object)Table, Table.Schema.Name, Key, cancellationToken).ConfigureAwait(false);

    /// <summary>Finds out what became of a save whose answer never came, where the draft has changed since; an unchanged one is sent again as it was. Without a journal to look into, the old one is sent again first.</summary>
    /// <returns>What became of it; null when there was none, or it is known not to have happened, or will be sent again.</returns>
    internal async Task<SaveResult?> SettleUnknownAsync(bool inUnit, CancellationToken cancellationToken)
    {
        var (sending, isSame) = Locked(() => (_sending, _sending is { } open && IsStillSaid(open, inUnit)));
        if (sending is null || isSame)
        {
            return null;
        }

        if (_database is not null)
        {
            var (found, fault) = await Sender.SendAsync(
                async token => new Found(await _database.FindWriteAsync(sending.Write.Id!.Value, token).ConfigureAwait(false)), true, null, cancellationToken).ConfigureAwait(false);
            if (found is null)
            {
                return new SaveResult.Failed(fault!, true);
            }

            if (found.Change is null)
            {
                Change(() => _sending = null);
                return null;
            }
        }

        var (result, _) = await SendAsync(sending, true, cancellationToken).ConfigureAwait(false);
        return result is SaveResult.Saved or SaveResult.PartlySaved or SaveResult.Created or SaveResult.Failed ? result : null;
    }

    /// <summary>What a save would send now; null when there is nothing to save.</summary>
    internal Sending? Prepare(bool inUnit)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_sending is { } open && IsStillSaid(open, inUnit))
            {
                return open;
            }

            var (set, basis) = _draft.ToSend(_isNew);
            if (!_isNew && set.IsEmpty)
            {
                return null;
            }

            Write write = _isNew
                ? new Write.Insert(new Patch([.. _given, .. set]), _by) { Id = _createId, Fence = _options.Fence, Temporary = inUnit ? _temporary : null }
                : new Write.Update(_key, set, GuardOf(basis), _by) { Id = Guid.CreateVersion7(), Fence = _options.Fence };
            return new Sending(write, set, basis, inUnit);
        }
    }

    /// <summary>Something is on its way: its echo is known by it, and its outcome can be found out later.</summary>
    internal void Sends(Sending sending)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _sending = sending;
            _created ??= _isNew ? sending.Set : null;
        }
    }

    /// <summary>What was sent is known not to have been stored.</summary>
    internal void NothingHappened() => Change(() => _sending = null);

    private bool IsStillSaid(Sending sending, bool inUnit)
    {
        var (set, basis) = _draft.ToSend(_isNew);
        return sending.Write is Write.Insert == _isNew && sending.Says(Table.Schema, set, basis, inUnit);
    }

    private async Task<(SaveResult? Result, bool GoesOn)> SendAsync(Sending sending, bool isLastRound, CancellationToken cancellationToken)
    {
        // The place is taken before a new record is stored, so that nothing that happens to it is missed.
        var stream = sending.Write is Write.Insert ? RecordStream.Open(_database, Table) : null;
        try
        {
            Sends(sending);
            var (answer, fault) = await Sender.SendAsync(_database, Table, sending.Write, cancellationToken).ConfigureAwait(false);
            if (answer is WriteResult.Conflicted conflicted && Settles(conflicted) && !isLastRound)
            {
                return (null, true);
            }

            var result = answer is null
                ? new SaveResult.Failed(fault!, true)
                : await SaveAnswers.ResultAsync(Table, sending.Write, answer, cancellationToken).ConfigureAwait(false);
            var goesOn = Differs(sending) && result is SaveResult.Created;
            result = TakeIn(sending, result);
            if (result is SaveResult.Created && stream is not null)
            {
                StartFollowing(stream);
                stream = null;
            }

            return (result, goesOn);
        }
        finally
        {
            if (stream is not null)
            {
                await stream.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>What a save of an unchanged edit answers.</summary>
    internal async Task<SaveResult> UnchangedAsync(CancellationToken cancellationToken)
    {
        var (stored, fault) = await Sender.SendAsync(
            async token => new Read(await Table.GetAsync(Key, token).ConfigureAwait(false)), true, null, cancellationToken).ConfigureAwait(false);
        return stored is null ? new SaveResult.Failed(fault!, false) : stored.Record is { } record ? new SaveResult.Saved(record) : new SaveResult.Gone();
    }

    /// <summary>Fields that refer to a new record which nobody stored yet.</summary>
    /// <param name="sending">What is to be sent.</param>
    /// <param name="brought">New records that are stored with it.</param>
    internal IReadOnlyList<FieldError> Orphans(Sending sending, IReadOnlySet<TemporaryKey> brought) => [.. sending.Set.Where(s => s.Value is TemporaryKey key && !brought.Contains(key))
        .Select(s => new FieldError(s.Key, $"{Table.Schema[s.Key].Label} refers to a new record that is not stored yet. Save that one first, or both in one unit of work."))];

    private RecordKey KeyOfDraft() => new([.. Table.Schema.Key.Select(f => _draft.Value(f) ?? (_temporary is not null ? (object)_temporary : null))]);

    private Guard GuardOf(Patch basis) => new(basis)
    {
        AllowSettled = !_draft.CountsBothSides,
        Version = _options.Guard == GuardMode.Version ? _version : null,
    };

    /// <summary>Keeps other saves of this edit, and what others write to the record, waiting until disposed: nothing overtakes an answer.</summary>
    internal async Task<IDisposable> EnterAsync(CancellationToken cancellationToken)
    {
        await _saving.WaitAsync(cancellationToken).ConfigureAwait(false);
        lock (_lock)
        {
            _busy = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        return new Turn(this);
    }

    private sealed record Found(Changes.Change? Change);

    private sealed record Read(Record? Record);

    private sealed class Turn(RecordEdit edit) : IDisposable
    {
        public void Dispose()
        {
            TaskCompletionSource? busy;
            lock (edit._lock)
            {
                (busy, edit._busy) = (edit._busy, null);
            }

            edit._saving.Release();
            busy?.TrySetResult();
        }
    }
}
