using System.Data.Common;
using System.Globalization;
using Npgsql;
using NpgsqlTypes;
using Tandem.Records;
using Tandem.Relational.Sql;
using Tandem.Schema;

namespace Tandem.PostgreSql;

/// <summary>A column of PostgreSQL.</summary>
/// <param name="field">The field.</param>
/// <param name="type">The type's name without size, as a cast takes it.</param>
/// <param name="isCast">Whether a text or number must be cast to reach the type.</param>
/// <param name="isPadded">Whether the server fills texts up with blanks that mean nothing: <c>char(n)</c>.</param>
internal sealed partial class PgColumn(Field field, string type, bool isCast, bool isPadded = false) : Column(field, Dialect.Quote(field.Name))
{
    private static readonly DateTime s_epoch = new(2000, 1, 1);
    private static readonly DateOnly s_epochDate = new(2000, 1, 1);

    /// <summary>The longest number that .NET's decimal holds whatever its digits.</summary>
    private const int DecimalDigits = 28;

    private readonly bool _isSingle = type == "real";

    /// <summary>Whether every number of the column fits a decimal, so that none needs the detour over text.</summary>
    private readonly bool _isShortDecimal = field is { Type: FieldType.Decimal, Precision: > 0 and <= DecimalDigits, Scale: >= 0 and <= DecimalDigits };

    public override string Select(string prefix, bool digest) => Field.Type switch
    {
        FieldType.Decimal when _isShortDecimal && !isCast => prefix + Quoted,
        FieldType.Decimal or FieldType.Json or FieldType.Array or FieldType.Other => $"{prefix}{Quoted}::text",
        FieldType.Text when isCast => $"{prefix}{Quoted}::text",
        FieldType.Bytes => $"octet_length({prefix}{Quoted}) || ':' || encode(substring({prefix}{Quoted} from 1 for {Blob.HeadLength}), 'hex') || ':'"
            + (digest ? $" || md5({prefix}{Quoted})" : ""),
        _ => prefix + Quoted,
    };

    public override object? Read(DbDataReader reader, int ordinal)
    {
        if (reader.IsDBNull(ordinal))
        {
            return null;
        }

        switch (Field.Type)
        {
            case FieldType.Integer:
                return Boxes.Of(reader.GetInt64(ordinal));
            case FieldType.Decimal when _isShortDecimal && !isCast:
                return ShortDecimal(reader, ordinal);
            case FieldType.Boolean:
                return Boxes.Of(reader.GetBoolean(ordinal));
            case FieldType.Float:
                return _isSingle ? Widen(reader.GetFloat(ordinal)) : reader.GetDouble(ordinal);
            case FieldType.Uuid:
                return reader.GetGuid(ordinal);
            case FieldType.Date:
                return Date(reader.GetFieldValue<int>(ordinal));
            case FieldType.Time:
                var micros = reader.GetFieldValue<long>(ordinal);
                return micros < TimeSpan.MicrosecondsPerDay ? new TimeOnly(micros * TimeSpan.TicksPerMicrosecond) : "24:00:00";
            case FieldType.DateTime:
                return Moment(reader.GetFieldValue<long>(ordinal)) is { } local ? local : PgFarTime.Moment(reader.GetFieldValue<long>(ordinal), isZoned: false);
            case FieldType.Instant:
                return Moment(reader.GetFieldValue<long>(ordinal)) is { } instant ? new DateTimeOffset(instant, TimeSpan.Zero) : PgFarTime.Moment(reader.GetFieldValue<long>(ordinal), isZoned: true);
            case FieldType.Bytes:
                var parts = reader.GetString(ordinal).Split(':');
                return new Blob(long.Parse(parts[0], CultureInfo.InvariantCulture), Convert.FromHexString(parts[1]), parts[2].Length > 0 ? parts[2] : null);
            default:
                return FromText(reader.GetString(ordinal));
        }
    }

    /// <summary>Reads PostgreSQL's text form of a value, as selects cast to text and replication give it.</summary>
    public object FromText(string text)
    {
        var culture = CultureInfo.InvariantCulture;
        return Field.Type switch
        {
            FieldType.Integer => long.Parse(text, culture),
            FieldType.Decimal => Exact(text),
            FieldType.Boolean => text == "t" || text == "true",
            FieldType.Float => _isSingle ? Widen(float.Parse(text, culture)) : double.Parse(text, culture),
            FieldType.Uuid => Guid.Parse(text),
            FieldType.Array => PgArray.ToJson(text, Field.ElementType ?? FieldType.Text),
            FieldType.Bytes => Blob.FromContent(Convert.FromHexString(text.AsSpan(2))),
            FieldType.Date => DateOnly.TryParseExact(text, "yyyy-MM-dd", culture, DateTimeStyles.None, out var date) ? date : text,
            FieldType.Time => TimeOnly.TryParseExact(text, ["HH:mm:ss", "HH:mm:ss.FFFFFF"], culture, DateTimeStyles.None, out var time) ? time : text,
            FieldType.DateTime => DateTime.TryParseExact(text, ["yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm:ss.FFFFFF"], culture, DateTimeStyles.None, out var local) ? local : text,
            FieldType.Instant => DateTimeOffset.TryParseExact(text, ["yyyy-MM-dd HH:mm:sszz", "yyyy-MM-dd HH:mm:ss.FFFFFFzz", "yyyy-MM-dd HH:mm:sszzz", "yyyy-MM-dd HH:mm:ss.FFFFFFzzz"], culture, DateTimeStyles.None, out var instant)
                ? instant.ToUniversalTime()
                : text,
            FieldType.Text when isPadded => text.TrimEnd(' '),
            _ => text,
        };
    }

    public override string Bind(SqlText sql, object? value)
    {
        if (value is null)
        {
            return $"NULL::{type}";
        }

        var parameter = "$" + sql.Add(Parameter(value)).ToString(CultureInfo.InvariantCulture);
        return isCast || !Values.Fits(Field, value) || Field.Type is not FieldType.Text ? $"{parameter}::{type}" : parameter;
    }

    public override string Comparable(string prefix) => Field.Type switch
    {
        FieldType.Json => $"{prefix}{Quoted}::jsonb",
        FieldType.Other => $"{prefix}{Quoted}::text",
        _ => prefix + Quoted,
    };

    public override string BindComparable(SqlText sql, object? value) => Field.Type switch
    {
        FieldType.Json => $"${sql.Add(Parameter(value ?? "null"))}::jsonb",
        FieldType.Other => Bind(sql, value) + "::text",
        _ => Bind(sql, value),
    };

    public override string Holds(SqlText sql, string prefix, object? value) => value switch
    {
        null => $"{prefix}{Quoted} IS NULL",
        Blob { Digest: { } digest } => $"md5({prefix}{Quoted}) IS NOT DISTINCT FROM ${sql.Add(Parameter(digest))}",
        Blob blob => $"(octet_length({prefix}{Quoted}) IS NOT DISTINCT FROM {blob.Length} AND substring({prefix}{Quoted} from 1 for {Blob.HeadLength}) = ${sql.Add(Parameter(blob))})",
        // Case-insensitive types and collations call 'a' and 'A' equal; a guard must not.
        string when Field.Type == FieldType.Text => $"{prefix}{Quoted}::text COLLATE \"C\" IS NOT DISTINCT FROM {Bind(sql, value)}::text COLLATE \"C\"",
        _ => $"{Comparable(prefix)} IS NOT DISTINCT FROM {BindComparable(sql, value)}",
    };

    public override string AsText(string prefix) => Field.Type == FieldType.Text && !isCast ? prefix + Quoted : $"{prefix}{Quoted}::text";

    public override string FromListed(string listed) => Field.Type switch
    {
        // A text that is no key must not fail the statement of everybody who asks.
        FieldType.Uuid => $"CASE WHEN {listed} ~ '^[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}$' THEN {listed}::{type} END",
        _ => isCast ? $"{listed}::{type}" : listed,
    };

    /// <summary>The column as the journal keeps it: JSON of the same shape as <see cref="ValueJson"/> writes.</summary>
    public string AsJson(string prefix) => Field.Type switch
    {
        FieldType.Bytes => $"CASE WHEN {prefix}{Quoted} IS NULL THEN 'null'::jsonb ELSE jsonb_build_object('size', octet_length({prefix}{Quoted}), 'digest', md5({prefix}{Quoted})) END",
        FieldType.Other => $"to_jsonb({prefix}{Quoted}::text)",
        FieldType.Text when isCast => $"to_jsonb({prefix}{Quoted}::text)",
        // Elements that JSON has no type for are told in the server's own words, as they are when the record is read.
        FieldType.Array when Field.ElementType is not (FieldType.Integer or FieldType.Decimal or FieldType.Float or FieldType.Boolean or FieldType.Json) => $"to_jsonb({prefix}{Quoted}::text[])",
        // So are times before the first and after the last that calendars here know.
        FieldType.Date or FieldType.DateTime or FieldType.Instant =>
            $"CASE WHEN {prefix}{Quoted} >= '0001-01-01' AND {prefix}{Quoted} < '10000-01-01' THEN to_jsonb({prefix}{Quoted}) ELSE to_jsonb({prefix}{Quoted}::text) END",
        _ => $"to_jsonb({prefix}{Quoted})",
    };

    /// <summary>The column as part of a journalled key, spelt exactly as <see cref="Relational.Journal.JournalText"/> spells it: keys are looked up by it.</summary>
    public string AsKeyJson(string prefix) => Field.Type switch
    {
        FieldType.Bytes => $"to_jsonb('\\x' || encode({prefix}{Quoted}, 'hex'))",
        FieldType.Instant => $"to_jsonb(replace(({AsJson(prefix)}) #>> '{{}}', '+00:00', 'Z'))",
        _ => AsJson(prefix),
    };

    private NpgsqlParameter Parameter(object value) => value switch
    {
        string text when Field.Type == FieldType.Array && text.StartsWith('[') => Text(PgArray.FromJson(text)),
        string text => Text(text),
        long number => new NpgsqlParameter<long> { TypedValue = number, NpgsqlDbType = NpgsqlDbType.Bigint },
        decimal number => new NpgsqlParameter<decimal> { TypedValue = number, NpgsqlDbType = NpgsqlDbType.Numeric },
        double number => new NpgsqlParameter<double> { TypedValue = number, NpgsqlDbType = NpgsqlDbType.Double },
        bool flag => new NpgsqlParameter<bool> { TypedValue = flag, NpgsqlDbType = NpgsqlDbType.Boolean },
        // As the numbers they are stored as: the driver takes the first and last .NET dates for infinity.
        DateOnly date => new NpgsqlParameter<int> { TypedValue = date.DayNumber - s_epochDate.DayNumber, NpgsqlDbType = NpgsqlDbType.Date },
        TimeOnly time => new NpgsqlParameter<TimeOnly> { TypedValue = time, NpgsqlDbType = NpgsqlDbType.Time },
        DateTime local => new NpgsqlParameter<long> { TypedValue = Micros(local), NpgsqlDbType = NpgsqlDbType.Timestamp },
        DateTimeOffset instant => new NpgsqlParameter<long> { TypedValue = Micros(instant.UtcDateTime), NpgsqlDbType = NpgsqlDbType.TimestampTz },
        Guid guid => new NpgsqlParameter<Guid> { TypedValue = guid, NpgsqlDbType = NpgsqlDbType.Uuid },
        Blob blob => new NpgsqlParameter<byte[]> { TypedValue = (blob.Content ?? blob.Head).ToArray(), NpgsqlDbType = NpgsqlDbType.Bytea },
        _ => Text(ValueText.Plain(value)),
    };

    internal static NpgsqlParameter Text(string text) => new NpgsqlParameter<string> { TypedValue = text, NpgsqlDbType = NpgsqlDbType.Text };

    /// <summary>A decimal when every digit fits, else the text itself: numbers of any length exist in PostgreSQL, and NaN.</summary>
    private static object Exact(string text) =>
        text.Count(char.IsAsciiDigit) <= DecimalDigits && decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var exact) ? exact : text;

    private static object ShortDecimal(DbDataReader reader, int ordinal)
    {
        try
        {
            return reader.GetDecimal(ordinal);
        }
        catch (InvalidCastException)
        {
            // What a short numeric may hold beside numbers.
            return "NaN";
        }
    }

    /// <summary>The double that people read as the single: 0.1f becomes 0.1, not 0.10000000149.</summary>
    private static double Widen(float single) => double.Parse(single.ToString("R", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private static object Date(int days) => days switch
    {
        int.MaxValue => "infinity",
        int.MinValue => "-infinity",
        _ when s_epochDate.DayNumber + (long)days is >= 0 and <= 3_652_058 => s_epochDate.AddDays(days),
        _ => PgFarTime.Date(days),
    };

    private static DateTime? Moment(long micros) =>
        micros is >= -63_082_281_600_000_000 and < 252_455_616_000_000_000 ? s_epoch.AddTicks(micros * TimeSpan.TicksPerMicrosecond) : null;

    private static long Micros(DateTime moment) => (moment.Ticks - s_epoch.Ticks) / TimeSpan.TicksPerMicrosecond;
}
