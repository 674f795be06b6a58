using System.Text;
using Tandem.Schema;

namespace Tandem.Web.OpenApi;

/// <summary>Names of tables as components may carry them: letters, digits, points, dashes and underscores, each used once.</summary>
internal sealed class ComponentNames
{
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);

    public ComponentNames(IReadOnlyList<TableSchema> tables)
    {
        var used = new HashSet<string>(SharedSchemas.Names, StringComparer.Ordinal);
        foreach (var table in tables)
        {
            var plain = Plain(table.Name);
            var name = plain;
            for (var i = 2; !used.Add(name); i++)
            {
                name = $"{plain}_{i}";
            }

            _names[table.Name] = name;
        }
    }

    public string Of(TableSchema table) => _names[table.Name];

    private static string Plain(string name)
    {
        var plain = new StringBuilder(name.Length);
        foreach (var c in name)
        {
            // A point would be mistaken for the one before New, Patch and Page.
            plain.Append(char.IsAsciiLetterOrDigit(c) ? c : '_');
        }

        return plain.ToString();
    }
}
