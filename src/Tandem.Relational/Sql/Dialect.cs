using Tandem.Querying;

namespace Tandem.Relational.Sql;

/// <summary>What differs between SQL databases beyond their columns.</summary>
internal abstract class Dialect
{
    /// <summary>A name in quotes, whatever it holds.</summary>
    public static string Quote(string name) => "\"" + name.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";

    /// <summary>The condition that a text expression holds a text.</summary>
    public abstract string Match(SqlText sql, string text, Filter.Match match);

    /// <summary>The condition negated, with unknown taken as false first.</summary>
    public abstract string Not(string condition);

    /// <summary>Whether listed keys are asked for record by record, instead of all being read first. Default: no, since most planners choose by themselves.</summary>
    public virtual bool AsksEach(KeyList keys) => false;

    /// <summary>Whether null sorts before every value in ascending order.</summary>
    public abstract bool NullsFirst { get; }

    public abstract string True { get; }

    /// <summary>A text as a <c>LIKE</c> pattern with backslash as escape.</summary>
    protected static string Pattern(Filter.Match match)
    {
        var text = match.Text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal);
        return match.Operator switch
        {
            MatchOperator.Contains => $"%{text}%",
            MatchOperator.StartsWith => text + "%",
            _ => "%" + text,
        };
    }
}
