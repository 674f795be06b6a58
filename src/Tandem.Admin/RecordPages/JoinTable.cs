using Tandem.Admin.Shell;
using Tandem.Schema;

namespace Tandem.Admin.RecordPages;

/// <summary>A table that only joins two others: its key is two references, and nothing else of it must be filled in.</summary>
internal static class JoinTable
{
    /// <summary>The other reference of a join table.</summary>
    /// <param name="schema">A table.</param>
    /// <param name="reference">One of its references.</param>
    /// <returns>The reference to what is joined; null where the table is no join table.</returns>
    public static Reference? Other(TableSchema schema, Reference reference)
    {
        if (schema.Key.Count != 2 || schema.IsView || schema.IsSystem || schema.ReadOnlyReason is not null || reference.Fields.Count != 1 || !schema.IsKeyField(reference.Fields[0])
            || schema.Fields.Any(f => f.IsRequired && !schema.IsKeyField(f.Name)))
        {
            return null;
        }

        return schema.References.FirstOrDefault(r => r.Fields.Count == 1 && r.Fields[0] != reference.Fields[0] && schema.IsKeyField(r.Fields[0]));
    }

    /// <summary>Whether records joined through the table are shown by what they are called: they must be the user's to see.</summary>
    public static bool IsShown(PageContext page, TableSchema schema, Reference reference) =>
        Other(schema, reference) is { } other && page.Look(other.Target) is { Schema.IsKeyless: false };
}
