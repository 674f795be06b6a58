using System.Text;

namespace Tandem.Schema;

/// <summary>Turns names of a source into words people read: <c>unit_price</c> and <c>UnitPrice</c> become <c>Unit price</c>.</summary>
internal static class Labels
{
    /// <summary>The label of a field that refers to another record: <c>category_id</c> is a category to people.</summary>
    public static string ForReference(string label) =>
        label.Length > 3 && label.EndsWith(" id", StringComparison.OrdinalIgnoreCase) ? label[..^3] : label;

    public static string FromName(string name)
    {
        var words = new StringBuilder(name.Length + 4);
        for (var i = 0; i < name.Length; i++)
        {
            var c = name[i];
            if (c is '_' or '-' or ' ')
            {
                if (words.Length > 0 && words[^1] != ' ')
                {
                    words.Append(' ');
                }

                continue;
            }

            var startsWord = i > 0 && char.IsUpper(c) && (char.IsLower(name[i - 1])
                || (char.IsUpper(name[i - 1]) && i + 1 < name.Length && char.IsLower(name[i + 1])));
            if (startsWord && words.Length > 0 && words[^1] != ' ')
            {
                words.Append(' ');
            }

            // A run of capitals (ID, VAT) is an abbreviation and keeps its case.
            var inAbbreviation = (i > 0 && char.IsUpper(name[i - 1])) || (i + 1 < name.Length && char.IsUpper(name[i + 1]));
            words.Append(words.Length == 0 ? char.ToUpperInvariant(c)
                : startsWord && !inAbbreviation ? char.ToLowerInvariant(c) : c);
        }

        var label = words.ToString().TrimEnd();
        return label.Length == 0 ? name : label;
    }
}
