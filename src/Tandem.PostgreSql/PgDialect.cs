using Tandem.Querying;
using Tandem.Relational.Sql;

namespace Tandem.PostgreSql;

internal sealed class PgDialect : Dialect
{
    public static PgDialect Instance { get; } = new();

    public override bool NullsFirst => false;

    public override string True => "TRUE";

    public override string Not(string condition) => $"NOT COALESCE({condition}, FALSE)";

    public override string Match(SqlText sql, string text, Filter.Match match) =>
        $"{text} {(match.IgnoreCase ? "ILIKE" : "LIKE")} ${sql.Add(PgColumn.Text(Pattern(match)))} ESCAPE '\\'";
}
