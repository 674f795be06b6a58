using System.Text;
using Tandem.Querying;

namespace Tandem.Admin.Lists.Filters;

/// <summary>
/// Conditions as an address carries them: <c>or(artist_id.name has 'AC',none(price ge '3',price empty ''))</c>. Quotes inside a value are written twice.
/// </summary>
internal static class ConditionText
{
    private const int MostCharacters = 6000;

    private static readonly (GroupKind Kind, string Word)[] s_groups =
        [(GroupKind.And, "and"), (GroupKind.Or, "or"), (GroupKind.None, "none"), (GroupKind.NotAll, "notall")];

    public static string WordOf(GroupKind kind) => s_groups.First(g => g.Kind == kind).Word;

    public static GroupKind? KindOf(string word) => s_groups.Where(g => g.Word == word).Select(g => (GroupKind?)g.Kind).FirstOrDefault();

    public static string Write(Condition condition) => condition switch
    {
        Condition.Leaf leaf => $"{leaf.Path} {leaf.Operator} '{leaf.Value.Replace("'", "''", StringComparison.Ordinal)}'",
        Condition.Group group => $"{WordOf(group.Kind)}({string.Join(',', group.Conditions.Select(Write))})",
        _ => throw new ArgumentException("Unknown condition.", nameof(condition)),
    };

    /// <exception cref="QueryException">The text is no condition.</exception>
    public static Condition Read(string text)
    {
        if (text.Length > MostCharacters)
        {
            throw new QueryException("where", $"The filter has {text.Length} characters; at most {MostCharacters} are read. Take conditions out.");
        }

        var at = 0;
        var condition = Read(text, ref at, 1);
        return at == text.Length ? condition : throw Fault(text, at);
    }

    private static Condition Read(string text, ref int at, int depth)
    {
        if (depth > Condition.MostDepth)
        {
            throw new QueryException("where", $"The filter nests deeper than {Condition.MostDepth} groups. Take the innermost ones out.");
        }

        var word = Word(text, ref at);
        if (at < text.Length && text[at] == '(')
        {
            var kind = KindOf(word) ?? throw Fault(text, at);
            List<Condition> conditions = [];
            do
            {
                at++;
                conditions.Add(Read(text, ref at, depth + 1));
            }
            while (at < text.Length && text[at] == ',');
            Expect(text, ref at, ')');
            return new Condition.Group(kind, conditions);
        }

        Expect(text, ref at, ' ');
        var operation = Word(text, ref at);
        Expect(text, ref at, ' ');
        var value = Quoted(text, ref at);
        var path = FieldPath.Parse(word);
        return path.Steps.Count <= FieldPath.MostSteps
            ? new Condition.Leaf(path, operation, value)
            : throw new QueryException(word, $"“{word}” leads over more than {FieldPath.MostSteps - 1} tables. Begin the filter nearer to the field.");
    }

    private static string Word(string text, ref int at)
    {
        var start = at;
        while (at < text.Length && text[at] is not (' ' or '(' or ')' or ',' or '\''))
        {
            at++;
        }

        return at > start ? text[start..at] : throw Fault(text, at);
    }

    private static string Quoted(string text, ref int at)
    {
        Expect(text, ref at, '\'');
        var value = new StringBuilder();
        while (at < text.Length)
        {
            if (text[at] != '\'')
            {
                value.Append(text[at++]);
            }
            else if (at + 1 < text.Length && text[at + 1] == '\'')
            {
                value.Append('\'');
                at += 2;
            }
            else
            {
                at++;
                return value.ToString();
            }
        }

        throw Fault(text, at);
    }

    private static void Expect(string text, ref int at, char expected)
    {
        if (at >= text.Length || text[at] != expected)
        {
            throw Fault(text, at);
        }

        at++;
    }

    private static QueryException Fault(string text, int at) =>
        new("where", $"The filter of this address cannot be read from “{text[Math.Max(0, at - 12)..Math.Min(text.Length, at + 12)]}” on. Open the list without it and choose the conditions again.");
}
