using System.Data.Common;
using System.Globalization;
using Tandem.Records;
using Tandem.Relational.Sql;
using Tandem.Schema;

namespace Tandem.Sqlite;

/// <summary>A column of SQLite, where any row may hold a value of any type: what does not fit the field stays what it is.</summary>
internal sealed partial class SqliteColumn(Field field, SqliteDateFormat? dates) : Column(field, Dialect.Quote(field.Name))
{
    public override string Select(string prefix, bool digest) => Field.Type != FieldType.Bytes
        ? prefix + Quoted
        : $"CASE typeof({prefix}{Quoted}) WHEN 'blob' THEN 'b' || length({prefix}{Quoted}) || ':' || hex(substr({prefix}{Quoted}, 1, {Blob.HeadLength})) || ':'"
            + (digest ? $" || tandem_digest({prefix}{Quoted})" : "")
            + $" WHEN 'null' THEN NULL ELSE 't' || {prefix}{Quoted} END";

    public override object? Read(DbDataReader reader, int ordinal)
    {
        if (Field.Type == FieldType.Integer && ((Microsoft.Data.Sqlite.SqliteDataReader)reader).Handle is { } statement
            && SQLitePCL.raw.sqlite3_column_type(statement, ordinal) == SQLitePCL.raw.SQLITE_INTEGER)
        {
            return Boxes.Of(SQLitePCL.raw.sqlite3_column_int64(statement, ordinal));
        }

        var raw = reader.GetValue(ordinal);
        return raw switch
        {
            DBNull => null,
            byte[] bytes => Blob.FromContent(bytes),
            string packed when Field.Type == FieldType.Bytes => ReadBlob(packed),
            _ => Canonical(raw),
        };
    }

    public override string Bind(SqlText sql, object? value) => "@p" + sql.Add(Raw(value)).ToString(CultureInfo.InvariantCulture);

    public override string Holds(SqlText sql, string prefix, object? value)
    {
        if (value is Blob blob)
        {
            var head = $"typeof({prefix}{Quoted}) = 'blob' AND length({prefix}{Quoted}) = {blob.Length.ToString(CultureInfo.InvariantCulture)}";
            return blob.Digest is null
                ? $"({head} AND substr({prefix}{Quoted}, 1, {Blob.HeadLength}) = @p{sql.Add(blob.Head.ToArray())})"
                : $"({head} AND tandem_digest({prefix}{Quoted}) = @p{sql.Add(blob.Digest)})";
        }

        return $"{prefix}{Quoted} IS {Bind(sql, value)}";
    }

    public override string AsText(string prefix) => $"CAST({prefix}{Quoted} AS TEXT)";

    public override string FromListed(string listed) => listed;

    private object? Canonical(object raw)
    {
        switch (Field.Type)
        {
            case FieldType.Decimal when raw is long integer:
                return Scaled(integer);
            case FieldType.Decimal when raw is double real && Math.Abs(real) < 7e27 && (double)(decimal)real == real:
                return Scaled((decimal)real);
            case FieldType.Float when raw is long whole:
                return (double)whole;
            case FieldType.Json when raw is long or double:
                // A column declared JSON has numeric affinity, which turns a JSON number into a number.
                return ValueText.Plain(raw);
            case FieldType.Boolean when raw is long and (0L or 1L):
                return Boxes.Of(raw is 1L);
            case FieldType.Uuid when raw is string text && Guid.TryParseExact(text, "D", out var guid) && guid.ToString() == text:
                return guid;
            case FieldType.Date or FieldType.Time or FieldType.DateTime or FieldType.Instant when raw is string text && dates!.TryRead(text, out var time):
                return time;
            default:
                return raw;
        }
    }

    /// <summary>A decimal with at least the digits its column declares: 4.5 is shown as 4.50.</summary>
    private decimal Scaled(decimal number) => Field.Scale is > 0 and <= 28 ? number + new decimal(0, 0, 0, false, (byte)Field.Scale.Value) : number;

    private object? Raw(object? value) => value switch
    {
        null => DBNull.Value,
        bool flag => flag ? 1L : 0L,
        decimal number when number == decimal.Truncate(number) && number is >= long.MinValue and <= long.MaxValue => (long)number,
        decimal number => (double)number,
        Blob blob => (blob.Content ?? blob.Head).ToArray(),
        DateOnly or TimeOnly or DateTime or DateTimeOffset => dates?.Write(value) ?? ValueText.Plain(value),
        Guid guid => guid.ToString(),
        _ => value,
    };

    private static object ReadBlob(string packed)
    {
        if (packed[0] == 't')
        {
            return packed[1..];
        }

        var parts = packed[1..].Split(':');
        return new Blob(long.Parse(parts[0], CultureInfo.InvariantCulture), Convert.FromHexString(parts[1]), parts[2].Length > 0 ? parts[2] : null);
    }
}
