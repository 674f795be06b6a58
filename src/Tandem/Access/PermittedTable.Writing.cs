using Tandem.Querying;
using Tandem.Records;
using Tandem.Tables;

namespace Tandem.Access;

/// <content>Writing.</content>
public sealed partial class PermittedTable
{
    public async Task<WriteResult> WriteAsync(Write write, CancellationToken cancellationToken = default) =>
        Permit(write) is { } permitted
            ? Answer(await _inner.WriteAsync(permitted, cancellationToken).ConfigureAwait(false))
            : Refused(write)!;

    public async Task<BatchResult> WriteAllAsync(IReadOnlyList<Write> writes, CancellationToken cancellationToken = default)
    {
        if (writes.Any(w => Permit(w) is null))
        {
            return new BatchResult(false, [.. writes.Select(w => Refused(w) ?? new WriteResult.Rejected([OpenAnswers.Untried]))]);
        }

        var result = await _inner.WriteAllAsync([.. writes.Select(w => Permit(w)!)], cancellationToken).ConfigureAwait(false);
        return result with { Results = [.. result.Results.Select(Answer)] };
    }

    /// <summary>The write with what the user may do; null when the user may not make it whatever the record holds.</summary>
    internal Write? Permit(Write write) => Refused(write) is not null ? null : write switch
    {
        Write.Insert insert => write with { Permit = Of(FilterOf(insert), Filter.All) },
        Write.Update update => write with { Permit = Of(_change.OfFields(update.Set.Keys), _change.OfFields(update.Set.Keys)) },
        _ => write with { Permit = Of(_delete.Filter, _delete.Filter) },
    };

    /// <summary>Why the user may not make a write, whatever the record holds; null when it depends on that or is allowed.</summary>
    internal WriteResult.Rejected? Refused(Write write)
    {
        var (decision, given) = write switch
        {
            Write.Insert insert => (_add, insert.Values.Keys),
            Write.Update update => (_change, update.Set.Keys.Concat(update.Guard.Base.Keys.Where(f => Schema.Find(f) is null))),
            _ => (_delete, ((Write.Delete)write).Guard.Base.Keys.Where(f => Schema.Find(f) is null)),
        };
        if (!decision.IsAllowed)
        {
            return new WriteResult.Rejected([new FieldError("", decision.Reason)]);
        }

        FieldError[] errors = [.. given.Where(f => decision.Withheld.Contains(f) || Schema.Find(f) is null).Select(f => new FieldError(f, Schema.Find(f) is { } field
            ? Locked(field)
            : $"Table '{Schema.Name}' has no field '{f}'. Use one of its fields."))];
        return errors.Length > 0 ? new WriteResult.Rejected(errors) : null;
    }

    /// <summary>What became of a write, without what the user may not see.</summary>
    internal WriteResult Answer(WriteResult result) => result switch
    {
        // Who sends somebody else's id again is told of no record that they may not see.
        WriteResult.Written { IsRepeated: true } repeated when !Visible.Allows(repeated.Stored) => new WriteResult.Missing(),
        WriteResult.Written written => written with { Stored = Seen(written.Stored), Change = written.Change is null ? null : PermittedChanges.Masked(written.Change, Schema) },
        WriteResult.Conflicted conflicted => new WriteResult.Conflicted(Seen(conflicted.Current), [.. conflicted.Fields.Where(f => Schema.Find(f) is not null)]),
        WriteResult.Rejected rejected => new WriteResult.Rejected(Shown(rejected.Errors)),
        _ => result,
    };

    /// <summary>Errors of fields that may not be seen become one that names none.</summary>
    private IReadOnlyList<FieldError> Shown(IReadOnlyList<FieldError> errors)
    {
        bool IsHidden(FieldError e) => e.Field.Length > 0 && Schema.Find(e.Field) is null && _inner.Schema.Find(e.Field) is not null;
        return errors.Any(IsHidden)
            ? [.. errors.Where(e => !IsHidden(e)), new FieldError("", "A rule about fields that you may not see refuses it. Ask an administrator.")]
            : errors;
    }

    private Permit? Of(Filter after, Filter before) => after is Filter.AllFilter && Visible.Filter is Filter.AllFilter
        ? null
        : new Permit(before, after, $"You may not store such a record in '{Schema.Name}'. Change its values or ask an administrator.");
}
