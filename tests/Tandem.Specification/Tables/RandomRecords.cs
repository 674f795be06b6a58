using System.Globalization;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Specification.Tables;

/// <summary>Random records, filters and orders from a seed. Few different values, so that comparisons often meet equals and neighbours.</summary>
public sealed class RandomRecords(int seed)
{
    private static readonly string[] s_texts = ["", "a", "A", "ab", "aB%", "_b", "é", "É", "x\\y", "🥐", "'", "b a", "～"];
    private readonly Random _random = new(seed);

    public int Next(int low, int high) => _random.Next(low, high);

    /// <summary>A value for some of a table's nullable fields.</summary>
    public (string Field, object? Value)[] Fields(TableSchema schema) =>
        [.. schema.Fields.Where(f => f.IsNullable && !schema.IsKeyField(f.Name) && _random.Next(4) > 0).Select(f => (f.Name, Value(f)))];

    public Filter Filter(TableSchema schema, int depth)
    {
        if (depth > 0 && _random.Next(2) == 0)
        {
            Filter[] inner = [.. Enumerable.Range(0, _random.Next(4)).Select(_ => Filter(schema, depth - 1))];
            return _random.Next(3) switch
            {
                0 => new Filter.And(inner),
                1 => new Filter.Or(inner),
                _ => new Filter.Not(Filter(schema, depth - 1)),
            };
        }

        // JSON and binary content are only asked whether they are there.
        var field = schema.Fields[_random.Next(schema.Fields.Count)];
        if (field.Type is FieldType.Json or FieldType.Bytes)
        {
            return new Filter.Compare(field.Name, (CompareOperator)_random.Next(2), null);
        }

        return _random.Next(field.Type == FieldType.Text ? 4 : 2) switch
        {
            0 => new Filter.Compare(field.Name, (CompareOperator)_random.Next(6), ValueOrNull(field)),
            1 => new Filter.In(field.Name, [.. Enumerable.Range(0, _random.Next(4)).Select(_ => ValueOrNull(field))]),
            _ => new Filter.Match(field.Name, (MatchOperator)_random.Next(3), s_texts[_random.Next(s_texts.Length)], _random.Next(2) == 0),
        };
    }

    public IReadOnlyList<Order> Order(TableSchema schema)
    {
        var fields = schema.Fields.ToArray();
        _random.Shuffle(fields);
        return [.. fields.Take(_random.Next(4)).Select(f => new Order(f.Name, _random.Next(2) == 0))];
    }

    public static string Describe(Filter filter) => filter switch
    {
        Querying.Filter.And and => $"({string.Join(" and ", and.Filters.Select(Describe))})",
        Querying.Filter.Or or => $"({string.Join(" or ", or.Filters.Select(Describe))})",
        Querying.Filter.Not not => $"not {Describe(not.Inner)}",
        Querying.Filter.In list => $"{list.Field} in ({string.Join(", ", list.Values.Select(v => v ?? "null"))})",
        _ => filter.ToString(),
    };

    private object? ValueOrNull(Field field) => _random.Next(5) == 0 ? null : Value(field);

    private object Value(Field field) => field.Type switch
    {
        FieldType.Text => s_texts[_random.Next(s_texts.Length)],
        FieldType.Integer => (long)_random.Next(-3, 4),
        FieldType.Decimal => _random.Next(-6, 7) * 0.25m,
        FieldType.Float => _random.Next(-6, 7) * 0.1,
        FieldType.Boolean => _random.Next(2) == 0,
        FieldType.Date => new DateOnly(2026, 1, 1).AddDays(_random.Next(-3, 4)),
        FieldType.Time => new TimeOnly(12, 0).Add(TimeSpan.FromMinutes(_random.Next(-3, 4))),
        FieldType.DateTime => new DateTime(2026, 1, 1).AddHours(_random.Next(-3, 4)),
        FieldType.Instant => new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddHours(_random.Next(-3, 4)),
        FieldType.Uuid => new Guid(_random.Next(3), (short)_random.Next(3), 0, 1, 2, 3, 4, 5, 6, 7, (byte)_random.Next(256)),
        FieldType.Json => _random.Next(5).ToString(CultureInfo.InvariantCulture),
        FieldType.Bytes => Blob.FromContent(new byte[] { 1, (byte)_random.Next(3) }),
        _ => throw new ArgumentException($"No values for {field.Type}.", nameof(field)),
    };
}
