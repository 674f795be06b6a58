using System.Globalization;
using System.Text.RegularExpressions;
using Tandem.Schema;

namespace Tandem.Relational.Introspection;

/// <summary>
/// Reads the simple rules out of a CHECK constraint, so that pages can offer choices and bounds. Only whole conditions
/// joined by AND are read; anything else is left to the database, which checks it all in any case.
/// </summary>
internal static partial class CheckRules
{
    public static Field Apply(Field field, IEnumerable<string> checks)
    {
        foreach (var check in checks)
        {
            if (OrOutsideParentheses().IsMatch(check))
            {
                // One branch of an alternative says nothing about the whole, except "field IS NULL OR rule".
                continue;
            }

            field = Lengths(Bounds(Choices(field, check), check), check);
        }

        return field;
    }

    /// <summary>The fields a condition speaks of.</summary>
    public static IEnumerable<string> FieldsOf(string check, TableSchema schema) => schema.Fields
        .Select(f => f.Name)
        .Where(name => Regex.IsMatch(check, $"(?<![\\w\"]){Name(name)}(?![\\w\"])", RegexOptions.IgnoreCase));

    private static Field Choices(Field field, string check)
    {
        var list = Regex.Match(check, Name(field.Name) + @"\)?(?:::\w[\w ]*)?\s+IN\s*\((?<list>(?:\s*'(?:[^']|'')*'\s*,?)+)\)", RegexOptions.IgnoreCase);
        if (!list.Success)
        {
            list = Regex.Match(check, Name(field.Name) + @"\)?(?:::[\w ]+)?\s*=\s*ANY\s*\(\(?ARRAY\[(?<list>[^\]]*)\]", RegexOptions.IgnoreCase);
        }

        if (!list.Success || field.Type is not FieldType.Text)
        {
            return field;
        }

        string[] choices = [.. Literal().Matches(list.Groups["list"].Value).Select(m => m.Groups[1].Value.Replace("''", "'", StringComparison.Ordinal))];
        return choices.Length > 0 ? field with { Choices = choices } : field;
    }

    private static Field Bounds(Field field, string check)
    {
        if (field.Type is not (FieldType.Integer or FieldType.Decimal or FieldType.Float))
        {
            return field;
        }

        foreach (Match match in Regex.Matches(check, @"(?<![\w.""(])\(*" + Name(field.Name) + @"\)?(?:::[\w ]+)?\s*(?<op>>=|<=|>|<|BETWEEN)\s*\(?'?(?<low>-?\d+(?:\.\d+)?)'?\)?(?:::[\w ]+)?(?:\s+AND\s+\(?(?<high>-?\d+(?:\.\d+)?))?", RegexOptions.IgnoreCase))
        {
            var low = decimal.Parse(match.Groups["low"].Value, CultureInfo.InvariantCulture);
            field = match.Groups["op"].Value.ToUpperInvariant() switch
            {
                ">=" => field with { Minimum = low },
                "<=" => field with { Maximum = low },
                ">" when field.Type == FieldType.Integer => field with { Minimum = low + 1 },
                "<" when field.Type == FieldType.Integer => field with { Maximum = low - 1 },
                "BETWEEN" when match.Groups["high"].Success => field with
                {
                    Minimum = low,
                    Maximum = decimal.Parse(match.Groups["high"].Value, CultureInfo.InvariantCulture),
                },
                _ => field,
            };
        }

        return field;
    }

    private static Field Lengths(Field field, string check)
    {
        if (field.Type != FieldType.Text)
        {
            return field;
        }

        foreach (Match match in Regex.Matches(check, @"(?:char_)?length\s*\(\s*\(?" + Name(field.Name) + @"\)?(?:::[\w ]+)?\s*\)\s*(?<op>>=|<=|>|<|BETWEEN|=)\s*(?<low>\d+)(?:\s+AND\s+(?<high>\d+))?", RegexOptions.IgnoreCase))
        {
            var low = int.Parse(match.Groups["low"].Value, CultureInfo.InvariantCulture);
            field = match.Groups["op"].Value.ToUpperInvariant() switch
            {
                ">=" => field with { MinLength = low },
                ">" => field with { MinLength = low + 1 },
                "<=" => field with { MaxLength = Math.Min(low, field.MaxLength ?? int.MaxValue) },
                "<" => field with { MaxLength = Math.Min(low - 1, field.MaxLength ?? int.MaxValue) },
                "=" => field with { MinLength = low, MaxLength = low },
                _ when match.Groups["high"].Success => field with
                {
                    MinLength = low,
                    MaxLength = int.Parse(match.Groups["high"].Value, CultureInfo.InvariantCulture),
                },
                _ => field,
            };
        }

        return field;
    }

    private static string Name(string name) => $"[\"`\\[]?{Regex.Escape(name)}[\"`\\]]?";

    [GeneratedRegex(@"'((?:[^']|'')*)'")]
    private static partial Regex Literal();

    [GeneratedRegex(@"\bOR\b", RegexOptions.IgnoreCase)]
    private static partial Regex OrOutsideParentheses();
}
