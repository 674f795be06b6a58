using System.Buffers.Text;
using System.Text.Json;
using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Querying;

/// <summary>A place in an ordered list: the values of the order's fields and of the key at that record. Travels as opaque text.</summary>
public static class PageCursor
{
    /// <summary>The order with the key's fields behind it, each field once: the total order that pages walk along.</summary>
    /// <exception cref="QueryException">The order names a field the table does not have or cannot order by.</exception>
    public static IReadOnlyList<Order> TotalOrder(TableSchema schema, Query query)
    {
        List<Order> total = [];
        foreach (var order in query.Order)
        {
            var field = schema.Find(order.Field) ?? throw new QueryException("$orderby", $"Table '{schema.Name}' has no field '{order.Field}'. Order by one of its fields.");
            if (field.Type is FieldType.Bytes or FieldType.Json || field.IsSecret)
            {
                throw new QueryException("$orderby", $"Field '{order.Field}' has no order. Order by another field.");
            }

            if (!total.Exists(o => o.Field == order.Field))
            {
                total.Add(order);
            }
        }

        var descending = total.Count > 0 && total[0].Descending;
        foreach (var key in schema.Key)
        {
            if (!total.Exists(o => o.Field == key))
            {
                total.Add(new Order(key, descending));
            }
        }

        return total;
    }

    /// <summary>The cursor at a record.</summary>
    public static string At(IReadOnlyList<Order> total, Record record)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(128);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartArray();
            foreach (var order in total)
            {
                writer.WriteStringValue(order.Field);
                var value = record[order.Field];
                writer.WriteStringValue(Tag(value));
                writer.WriteStringValue(value is Blob blob ? Convert.ToBase64String((blob.Content ?? blob.Head).Span) : ValueText.Plain(value));
            }

            writer.WriteEndArray();
        }

        return Base64Url.EncodeToString(buffer.WrittenSpan);
    }

    /// <summary>Reads the values of a cursor.</summary>
    /// <exception cref="QueryException">The text is no cursor, or one of another order.</exception>
    public static IReadOnlyList<object?> Read(IReadOnlyList<Order> total, string cursor)
    {
        try
        {
            var parts = JsonSerializer.Deserialize<string[]>(Base64Url.DecodeFromChars(cursor)) ?? [];
            if (parts.Length == total.Count * 3)
            {
                var values = new object?[total.Count];
                var valid = true;
                for (var i = 0; i < values.Length; i++)
                {
                    valid &= parts[i * 3] == total[i].Field && TryUntag(parts[(i * 3) + 1], parts[(i * 3) + 2], out values[i]);
                }

                if (valid)
                {
                    return values;
                }
            }
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            throw new QueryException("$after", "This is not a cursor of a list. Use the 'next' value of an answer as it came.");
        }

        throw new QueryException("$after", "This cursor belongs to a list in another order. Start again without it.");
    }

    private static string Tag(object? value) => value switch
    {
        null => "n",
        string => "s",
        long => "i",
        decimal => "m",
        double => "f",
        bool => "b",
        DateOnly => "d",
        TimeOnly => "t",
        DateTime => "l",
        DateTimeOffset => "z",
        Guid => "u",
        Blob => "x",
        _ => "s",
    };

    private static bool TryUntag(string tag, string text, out object? value)
    {
        if (tag == "x")
        {
            value = Blob.FromContent(Convert.FromBase64String(text));
            return true;
        }

        FieldType? type = tag switch
        {
            "i" => FieldType.Integer,
            "m" => FieldType.Decimal,
            "f" => FieldType.Float,
            "b" => FieldType.Boolean,
            "d" => FieldType.Date,
            "t" => FieldType.Time,
            "l" => FieldType.DateTime,
            "z" => FieldType.Instant,
            "u" => FieldType.Uuid,
            _ => null,
        };
        value = tag == "s" ? text : null;
        return type is null ? tag is "s" or "n" : ValueText.TryParse(new Field("", type.Value), text, out value, out _);
    }
}
