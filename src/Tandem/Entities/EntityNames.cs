using System.ComponentModel.DataAnnotations.Schema;
using System.Reflection;
using Tandem.Schema;

namespace Tandem.Entities;

/// <summary>How names of C# and names of tables find each other.</summary>
internal static class EntityNames
{
    public static Field? FieldOf(TableSchema schema, PropertyInfo property)
    {
        var name = property.GetCustomAttribute<ColumnAttribute>()?.Name ?? property.Name;
        return schema.Find(name) ?? schema.Fields.FirstOrDefault(f => Same(f.Name, name));
    }

    /// <summary>Whether two names are the same but for case and separators.</summary>
    public static bool Same(string a, string b) => string.Equals(Plain(a), Plain(b), StringComparison.OrdinalIgnoreCase);

    /// <summary><c>UnitPrice</c> as <c>unit_price</c>.</summary>
    public static string Snake(string name) => string.Concat(name.Select((c, i) =>
        char.IsUpper(c) && i > 0 && !char.IsUpper(name[i - 1]) ? "_" + char.ToLowerInvariant(c) : char.ToLowerInvariant(c).ToString()));

    private static string Plain(string name) => name.Replace("_", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal);
}
