using Tandem.Schema;
using Tandem.Web.Forms;

namespace Tandem.Admin.Lists.Filters;

/// <summary>
/// A field of a record or of records it is tied to: <c>name</c>, <c>artist_id.name</c> through a reference, <c>lines:order_id.quantity</c> through the
/// lines that refer to it. Every step but the last is a reference or a table with its referring field. Immutable.
/// </summary>
internal sealed record FieldPath(IReadOnlyList<string> Steps)
{
    public const int MostSteps = 6;

    public bool IsOwn => Steps.Count == 1;

    public bool Equals(FieldPath? other) => other is not null && Steps.SequenceEqual(other.Steps);

    public override int GetHashCode() => string.Join('.', Steps).GetHashCode(StringComparison.Ordinal);

    /// <summary>A step through the records of a table that refer here.</summary>
    public static string Through(string table, string field) => Escape(table) + ":" + Escape(field);

    /// <summary>The table and referring field of a step, or null when it is a field of the record itself.</summary>
    public static (string Table, string Field)? Children(string step) =>
        step.IndexOf(':', StringComparison.Ordinal) is >= 0 and var colon ? (Uri.UnescapeDataString(step[..colon]), Uri.UnescapeDataString(step[(colon + 1)..])) : null;

    public static FieldPath Parse(string text) =>
        new([.. text.Split('.').Select(s => s.Contains(':', StringComparison.Ordinal) ? s : Uri.UnescapeDataString(s))]);

    public override string ToString() => string.Join('.', Steps.Select(s => s.Contains(':', StringComparison.Ordinal) ? s : Escape(s)));

    /// <summary>The table and field at the end.</summary>
    /// <exception cref="Querying.QueryException">A step is not there, or may not be seen.</exception>
    public (TableSchema Schema, Field Field) End(TableSchema schema, ITies ties)
    {
        foreach (var step in Steps.Take(Steps.Count - 1))
        {
            schema = ties.Follow(schema, step).Schema;
        }

        return schema.Find(Steps[^1]) is { IsSecret: false } field ? (schema, field) : throw Ties.NoField(schema, Steps[^1]);
    }

    /// <summary>The path in words: “Artist’s Name”, “Lines: Quantity”.</summary>
    public string Say(TableSchema schema, ITies ties)
    {
        var said = "";
        foreach (var step in Steps.Take(Steps.Count - 1))
        {
            var next = ties.Follow(schema, step).Schema;
            said += Children(step) is null ? (schema.Find(step) is { } field ? FieldLabels.Of(schema, field) : step) + "’s " : next.Label + ": ";
            schema = next;
        }

        return said + (schema.Find(Steps[^1]) is { } last ? FieldLabels.Of(schema, last) : Steps[^1]);
    }

    private static string Escape(string name) => Uri.EscapeDataString(name).Replace(".", "%2E", StringComparison.Ordinal);
}
