using System.Diagnostics.CodeAnalysis;
using Tandem.Changes;
using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Live.Caching;

/// <summary>
/// The confirmed records a live table holds, all of them or some, each as of the place the table has reached in its source's
/// changes. The pump alone moves it; reads come from any thread.
/// </summary>
internal abstract class Holding(TableSchema schema)
{
    private readonly bool _hasSecrets = schema.Fields.Any(f => f.IsSecret);

    protected TableSchema Schema => schema;

    /// <summary>How many records are held.</summary>
    public abstract int Count { get; }

    /// <summary>Looks a record up. A key known to have no record is found too, as null.</summary>
    /// <param name="key">The record.</param>
    /// <param name="fields">The fields it must carry, or null for all.</param>
    /// <param name="record">The record.</param>
    public abstract bool TryGet(RecordKey key, IReadOnlyList<string>? fields, out Record? record);

    /// <summary>The record as held; does not count as a use.</summary>
    public abstract bool TryPeek(RecordKey key, [NotNullWhen(true)] out Record? record);

    /// <summary>Keeps a record that is as of the place reached, or null for a key without one.</summary>
    public abstract void Put(RecordKey key, Record? record);

    /// <summary>Moves a record along with a change.</summary>
    public abstract Moved Apply(Change change);

    /// <summary>Forgets what may be wrong after a gap in the changes.</summary>
    public abstract void Clear();

    /// <summary>The record after a change; null when it is gone, or when the change alone does not tell.</summary>
    public Record? After(Record? record, Change change) => change.Kind switch
    {
        ChangeKind.Delete => null,
        // The journal leaves secrets out, so a change of such a table tells only that there was one.
        _ when _hasSecrets => null,
        _ when record is not null => record.With(change.After),
        _ when change.Kind == ChangeKind.Insert || schema.Fields.All(f => change.After.ContainsKey(f.Name)) =>
            new Record(schema, [.. schema.Fields.Select(f => change.After.GetValueOrDefault(f.Name))]),
        _ => null,
    };

    /// <summary>Whether a record carries every field of the table.</summary>
    protected bool IsWhole(Record record) => record.Schema.Fields.Count == schema.Fields.Count;
}

/// <summary>What a change did to a held record.</summary>
/// <param name="Before">The record before, or null when there was none or it was not held whole.</param>
/// <param name="After">The record after, or null when it is gone or not known.</param>
/// <param name="IsKnown">Whether <paramref name="After"/> says all: false when the record must be read to know it.</param>
/// <param name="IsAhead">Whether the record held may be ahead of the change: then it was not moved, and is <paramref name="Before"/>.</param>
internal readonly record struct Moved(Record? Before, Record? After, bool IsKnown, bool IsAhead = false);
