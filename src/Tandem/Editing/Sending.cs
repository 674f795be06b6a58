using Tandem.Records;
using Tandem.Schema;
using Tandem.Tables;

namespace Tandem.Editing;

/// <summary>A save that is on its way, or whose answer never came.</summary>
/// <param name="Write">What was sent; its id names it.</param>
/// <param name="Set">The fields the person changed.</param>
/// <param name="Basis">What they were based on.</param>
/// <param name="InUnit">Whether it was sent together with others.</param>
internal sealed record Sending(Write Write, Patch Set, Patch Basis, bool InUnit)
{
    /// <summary>Whether the draft still says what was sent.</summary>
    public bool Says(TableSchema schema, Patch set, Patch basis, bool inUnit) => InUnit == inUnit && Same(schema, Set, set) && Same(schema, Basis, basis);

    public static bool Same(TableSchema schema, Patch a, Patch b) =>
        a.Count == b.Count && a.All(p => b.TryGetValue(p.Key, out var other) && Values.Same(schema[p.Key], p.Value, other));
}
