using Tandem.Querying;
using Tandem.Relational.Sql;

namespace Tandem.Sqlite;

internal sealed class SqliteDialect : Dialect
{
    public static SqliteDialect Instance { get; } = new();

    public override bool NullsFirst => true;

    // It reads a list of keys whole, however few records are wanted: beyond some thousands a look-up for each record is sooner done.
    public override bool AsksEach(KeyList keys) => keys.Count > 5_000;

    public override string True => "1";

    public override string Not(string condition) => $"NOT IFNULL({condition}, 0)";

    public override string Match(SqlText sql, string text, Filter.Match match)
    {
        if (match.IgnoreCase)
        {
            // SQLite folds ASCII letters alone; other scripts go through .NET.
            return System.Text.Ascii.IsValid(match.Text)
                ? $"{text} LIKE @p{sql.Add(Pattern(match))} ESCAPE '\\'"
                : $"tandem_match({text}, @p{sql.Add(match.Text)}, {(int)match.Operator})";
        }

        var parameter = $"@p{sql.Add(match.Text)}";
        return match.Operator switch
        {
            MatchOperator.Contains => $"instr({text}, {parameter}) > 0",
            MatchOperator.StartsWith => $"substr({text}, 1, length({parameter})) = {parameter}",
            // A negative start of zero would be the whole text's beginning; the empty text ends every text, but null is none.
            _ => $"CASE WHEN length({parameter}) = 0 THEN {text} IS NOT NULL ELSE substr({text}, -length({parameter})) = {parameter} END",
        };
    }
}
