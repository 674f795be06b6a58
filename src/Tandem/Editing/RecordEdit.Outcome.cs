using Tandem.Records;
using Tandem.Tables;

namespace Tandem.Editing;

/// <content>What the edit makes of an answer.</content>
public sealed partial class RecordEdit
{
    /// <summary>Takes in the record that a guard was broken by.</summary>
    /// <returns>Whether policies settled all of it, so that the save can go round again.</returns>
    internal bool Settles(WriteResult.Conflicted conflicted)
    {
        var isAsking = true;
        Change(() =>
        {
            _sending = null;
            FollowTheirs(() => _draft.Follow(conflicted.Current.ToPatch(), null));
            isAsking = conflicted.Fields.Count == 0 && _draft.Question(_draft.Modified);
            isAsking |= _draft.Conflicts.Count > 0;
            _version = conflicted.Current.Version;
        });
        return !isAsking;
    }

    /// <summary>Takes in what became of a save.</summary>
    internal SaveResult TakeIn(Sending sending, SaveResult result)
    {
        Change(() =>
        {
            var isOpen = result is SaveResult.Failed { IsOutcomeUnknown: true };
            _sending = isOpen ? sending : null;
            switch (result)
            {
                case SaveResult.Saved saved:
                    Stored(sending, saved.Stored, saved);
                    break;
                case SaveResult.PartlySaved partly:
                    Stored(sending, partly.Stored, partly);
                    break;
                case SaveResult.Created created:
                    (_isNew, _key) = (false, created.Key);
                    Stored(sending, created.Stored, created);
                    break;
                case SaveResult.Conflicted conflicted:
                    _draft.Explain(conflicted.Conflicts);
                    result = Asked(conflicted);
                    break;
                case SaveResult.Gone:
                    _isGone = true;
                    break;
                case SaveResult.Rejected rejected:
                    Show(rejected.Errors);
                    break;
            }

            _created = isOpen ? _created : null;
        });
        return result;
    }

    /// <summary>Shows what stands against a save that was not sent. What became of one sent before stays to be found out.</summary>
    internal void Refuse(IReadOnlyList<FieldError> errors) => Change(() => Show(errors));

    private void Show(IReadOnlyList<FieldError> errors)
    {
        foreach (var field in errors.GroupBy(e => Table.Schema.Find(e.Field)?.Name ?? ""))
        {
            _errors[field.Key] = [.. field.Select(e => e.Message)];
        }
    }

    /// <summary>What somebody is asked about: not what policies settled meanwhile, and also what was typed during the save. Where the rounds ran out, what stood in the way.</summary>
    private SaveResult.Conflicted Asked(SaveResult.Conflicted conflicted)
    {
        Conflict[] asked = [.. _draft.Conflicts.Select(c => conflicted.Conflicts.FirstOrDefault(known => known.Field == c.Field) ?? c)];
        return asked.Length == 0 ? conflicted : new SaveResult.Conflicted(asked);
    }

    /// <summary>A new record goes on to follow others after it was stored together with them.</summary>
    internal void Follows(RecordStream stream) => StartFollowing(stream);

    /// <summary>Whether the record may have been created with other values than were sent last, by an attempt whose answer never came.</summary>
    private bool Differs(Sending sending) => Locked(() => _created is { } first && !Sending.Same(Table.Schema, first, sending.Set));

    private void Stored(Sending sending, Record stored, SaveResult result)
    {
        _asOf = Math.Max(_asOf, result.Sequence);
        _version = stored.Version;
        _errors.Clear();
        _draft.Stored(stored.ToPatch(), sending.Set, result.Made, sending.Write is Write.Insert && _created is { } first && !Sending.Same(Table.Schema, first, sending.Set));
    }
}
