using System.Data.Common;
using System.Globalization;
using Tandem.Querying;
using Tandem.Schema;

namespace Tandem.Sqlite;

/// <content>Groups and totals. What does not fit the field is a group of its own and no part of any total.</content>
internal sealed partial class SqliteColumn
{
    public override string GroupKey(string prefix, GroupSpan span)
    {
        var column = prefix + Quoted;
        // Every spelling of a date begins with its day; the database's own functions take a zone into account.
        return span == GroupSpan.Value
            ? column
            : $"CASE WHEN {column} GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' THEN IFNULL(strftime('{Pattern(span)}', {column}), {column}) ELSE {column} END";
    }

    public override object? ReadGroup(DbDataReader reader, int ordinal, GroupSpan span)
    {
        if (span == GroupSpan.Value)
        {
            return Read(reader, ordinal);
        }

        return reader.GetValue(ordinal) switch
        {
            DBNull => null,
            string text when DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) => day,
            var other => other,
        };
    }

    public override string Total(string prefix, TotalKind kind)
    {
        var number = Number(prefix);
        return kind switch
        {
            TotalKind.Least => $"min({number})",
            TotalKind.Greatest => $"max({number})",
            // SQLite adds fractions as floats and stops at 64 bits; decimals and whole numbers are added exactly.
            _ => Field.Type == FieldType.Float ? $"sum(CAST({number} AS REAL))" : $"tandem_sum({number})",
        };
    }

    public override string CountNumbers(string prefix) => $"count({Number(prefix)})";

    public override object? ReadTotal(DbDataReader reader, int ordinal, TotalKind kind) => kind is TotalKind.Least or TotalKind.Greatest
        ? Read(reader, ordinal)
        : reader.GetValue(ordinal) switch
        {
            DBNull => null,
            string text => decimal.Parse(text, CultureInfo.InvariantCulture),
            var rough => rough,
        };

    private string Number(string prefix) => $"CASE WHEN typeof({prefix}{Quoted}) IN ('integer', 'real') THEN {prefix}{Quoted} END";

    private static string Pattern(GroupSpan span) => span switch
    {
        GroupSpan.Day => "%Y-%m-%d",
        GroupSpan.Month => "%Y-%m-01",
        _ => "%Y-01-01",
    };
}
