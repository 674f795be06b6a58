using Tandem.Schema;
using Tandem.Tables;

namespace Tandem.Relational.Introspection;

/// <summary>Tells whether two readings of a database's schema say the same.</summary>
internal static class SchemaPrint
{
    public static bool Same(IReadOnlyList<ITable> before, IReadOnlyList<ITable> after) => before.Select(Of).SequenceEqual(after.Select(Of), StringComparer.Ordinal);

    private static string Of(ITable table)
    {
        var schema = table.Schema;
        var references = schema.References.Select(r => $"{string.Join(',', r.Fields)}>{r.Target}({string.Join(',', r.TargetFields)}){r.OnDelete}");
        return string.Join('\n', [schema.Name, string.Join(',', schema.Key), schema.ReadOnlyReason ?? "", .. references, .. schema.Fields.Select(Of)]);
    }

    private static string Of(Field field) => (field with { Choices = null }) + "|" + string.Join(',', field.Choices ?? []);
}
