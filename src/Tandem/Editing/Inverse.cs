using Tandem.Changes;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Tables;

namespace Tandem.Editing;

/// <summary>The write that takes a change back, guarded by what the change stored.</summary>
/// <param name="Write">The write; null where the change cannot be taken back.</param>
/// <param name="Reason">Why it cannot, as a sentence for people; null where it can.</param>
internal sealed record Inverse(Write? Write, string? Reason)
{
    /// <summary>
    /// An update goes back to the values before, where the record still holds those after; an inserted record is deleted, where it is
    /// still as it was stored; a deleted record is inserted again as it was. Pure.
    /// </summary>
    /// <param name="schema">The table the change was made to.</param>
    /// <param name="change">The change.</param>
    /// <param name="by">Who takes it back.</param>
    public static Inverse Of(TableSchema schema, Change change, WriteContext by)
    {
        if (change.Table != schema.Name)
        {
            throw new ArgumentException($"The change was made to '{change.Table}', not to '{schema.Name}'.", nameof(change));
        }

        return change.Kind switch
        {
            ChangeKind.Update => OfUpdate(schema, change, by),
            ChangeKind.Insert => new(new Write.Delete(change.Key, new Guard(Known(schema, change.After)), by), null),
            ChangeKind.Delete => OfDelete(schema, change, by),
            _ => No("It stands for more changes than the journal lists. Look at the records themselves."),
        };
    }

    private static Inverse OfUpdate(TableSchema schema, Change change, WriteContext by)
    {
        string[] fields = [.. change.After.Keys.Where(f => schema.Find(f) is { IsReadOnly: false } && f != schema.VersionField && !schema.IsKeyField(f))];
        if (change.Before.IsEmpty)
        {
            return No($"The journal does not know the values before it, because {(change.Actor == Actors.Elsewhere ? "another program" : change.Actor)} wrote it past the journal. Set the values you want by hand.");
        }

        // What another program wrote carries the whole record after, and before only what differed.
        fields = [.. fields.Where(change.Before.ContainsKey)];
        return fields.Length == 0
            ? No("It changed only fields that cannot be written.")
            : Missing(schema, change.Before.Only(fields)) is { } missing
                ? No(missing)
                : new(new Write.Update(change.Key, change.Before.Only(fields), new Guard(change.After.Only(fields)), by), null);
    }

    private static Inverse OfDelete(TableSchema schema, Change change, WriteContext by)
    {
        var values = change.Before.Only([.. schema.Fields.Where(f => !f.IsReadOnly).Select(f => f.Name)]);
        var absent = schema.Fields.FirstOrDefault(f => !f.IsReadOnly && !change.Before.ContainsKey(f.Name));
        return absent is not null
            ? No($"The journal does not know the deleted record: {absent.Label} is missing. Add the record by hand.")
            : Missing(schema, values) is { } missing ? No(missing) : new(new Write.Insert(values, by), null);
    }

    /// <summary>The journal tells size and digest of binary content, not the content.</summary>
    private static string? Missing(TableSchema schema, Patch values) =>
        values.FirstOrDefault(v => v.Value is Blob { Content: null, Length: > 0 }) is { Key: { } field }
            ? $"The journal does not keep the content of {schema[field].Label}. Upload it again."
            : null;

    private static Patch Known(TableSchema schema, Patch after) => new(after.Where(a => schema.Find(a.Key) is { IsSecret: false }));

    private static Inverse No(string reason) => new(null, "This change cannot be taken back. " + reason);
}
