using System.Data.Common;
using System.Globalization;
using Tandem.Querying;
using Tandem.Schema;

namespace Tandem.PostgreSql;

/// <content>Groups and totals.</content>
internal sealed partial class PgColumn
{
    public override string GroupKey(string prefix, GroupSpan span)
    {
        if (span == GroupSpan.Value)
        {
            return Comparable(prefix);
        }

        var moment = Field.Type == FieldType.Instant ? $"({prefix}{Quoted} AT TIME ZONE 'UTC')" : $"{prefix}{Quoted}::timestamp";
        return $"date_trunc('{(span switch { GroupSpan.Day => "day", GroupSpan.Month => "month", _ => "year" })}', {moment})::date";
    }

    public override object? ReadGroup(DbDataReader reader, int ordinal, GroupSpan span) =>
        span == GroupSpan.Value ? Read(reader, ordinal) : reader.IsDBNull(ordinal) ? null : Date(reader.GetFieldValue<int>(ordinal));

    public override string Total(string prefix, TotalKind kind)
    {
        var function = kind switch { TotalKind.Least => "min", TotalKind.Greatest => "max", _ => "sum" };
        return $"{function}({prefix}{Quoted})::text";
    }

    public override string CountNumbers(string prefix) => $"count({prefix}{Quoted})";

    public override object? ReadTotal(DbDataReader reader, int ordinal, TotalKind kind)
    {
        if (reader.IsDBNull(ordinal))
        {
            return null;
        }

        var text = reader.GetString(ordinal);
        return kind is TotalKind.Least or TotalKind.Greatest ? FromText(text)
            : Field.Type == FieldType.Float ? _isSingle ? Widen(float.Parse(text, CultureInfo.InvariantCulture)) : double.Parse(text, CultureInfo.InvariantCulture)
            : Exact(text) is decimal exact ? exact
            : double.Parse(text, CultureInfo.InvariantCulture);
    }
}
