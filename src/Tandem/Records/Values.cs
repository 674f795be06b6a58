using System.Text.Json.Nodes;
using Tandem.Schema;

namespace Tandem.Records;

/// <summary>Equality and order of values by their type: decimals by value, times by instant, text by code point, JSON by structure.</summary>
/// <remarks>All members are pure and safe from any thread.</remarks>
public static class Values
{
    /// <summary>Whole numbers below this are the same number as a double.</summary>
    private const long WholeInDouble = 1L << 53;

    /// <summary>Whether two values of a field are the same fact.</summary>
    public static bool Same(Field field, object? a, object? b)
    {
        if (ReferenceEquals(a, b))
        {
            return true;
        }

        if (a is null || b is null)
        {
            return false;
        }

        if (field.Type is FieldType.Json or FieldType.Array && a is string left && b is string right)
        {
            return left == right || SameJson(left, right);
        }

        return Same(a, b);
    }

    /// <summary>Whether two values are the same, going by their own types. Numbers of different types are compared by value.</summary>
    public static bool Same(object? a, object? b) => (a, b) switch
    {
        (null, null) => true,
        (null, _) or (_, null) => false,
        (double x, double y) => x.Equals(y),
        _ when IsNumber(a) && IsNumber(b) => CompareNumbers(a, b) == 0,
        _ => a.Equals(b),
    };

    /// <summary>Orders two values: null first, then numbers, booleans, times, text, everything else.</summary>
    /// <returns>Less than zero, zero or more than zero.</returns>
    public static int Compare(object? a, object? b)
    {
        var rank = Rank(a).CompareTo(Rank(b));
        if (rank != 0)
        {
            return rank;
        }

        return (a, b) switch
        {
            (null, _) => 0,
            (string x, string y) => CompareText(x, y),
            (bool x, bool y) => x.CompareTo(y),
            (DateTimeOffset x, DateTimeOffset y) => x.CompareTo(y),
            (Guid x, Guid y) => CompareText(x.ToString(), y.ToString()),
            (Blob x, Blob y) => x.Head.Span.SequenceCompareTo(y.Head.Span),
            _ when IsNumber(a) => CompareNumbers(a, b!),
            (IComparable x, _) when a.GetType() == b!.GetType() => x.CompareTo(b),
            _ => CompareText(ValueText.Plain(a), ValueText.Plain(b)),
        };
    }

    /// <summary>Orders text by Unicode code point, as a database's binary collation does.</summary>
    public static int CompareText(string a, string b)
    {
        var length = Math.Min(a.Length, b.Length);
        for (var i = 0; i < length; i++)
        {
            if (a[i] != b[i])
            {
                // Code units of surrogate pairs stand for code points above every other unit.
                var (x, y) = (char.IsSurrogate(a[i]), char.IsSurrogate(b[i]));
                return x == y ? a[i].CompareTo(b[i]) : x ? 1 : -1;
            }
        }

        return a.Length.CompareTo(b.Length);
    }

    /// <summary>Whether a value has the canonical form of its field's type. Null fits every field.</summary>
    public static bool Fits(Field field, object? value) => value is null || field.Type switch
    {
        FieldType.Text or FieldType.Json or FieldType.Array or FieldType.Other => value is string,
        FieldType.Integer => value is long,
        FieldType.Decimal => value is decimal,
        FieldType.Float => value is double,
        FieldType.Boolean => value is bool,
        FieldType.Date => value is DateOnly,
        FieldType.Time => value is TimeOnly,
        FieldType.DateTime => value is DateTime,
        FieldType.Instant => value is DateTimeOffset,
        FieldType.Uuid => value is Guid,
        FieldType.Bytes => value is Blob,
        _ => false,
    };

    /// <summary>A hash that agrees with <see cref="Same(object?, object?)"/>.</summary>
    public static int Hash(object? value) => value switch
    {
        null => 0,
        string text => string.GetHashCode(text, StringComparison.Ordinal),
        long number when number is > -WholeInDouble and < WholeInDouble => number.GetHashCode(),
        long number => ((double)number).GetHashCode(),
        decimal number => Hash((double)number),
        double number => Hash(number),
        _ => value.GetHashCode(),
    };

    /// <summary>Numbers that count records hash to neighbours, so that filling a table of them walks through memory instead of leaping about.</summary>
    private static int Hash(double number) => Math.Abs(number) < WholeInDouble && number == Math.Truncate(number) ? ((long)number).GetHashCode() : number.GetHashCode();

    private static bool SameJson(string a, string b)
    {
        try
        {
            return JsonNode.DeepEquals(JsonNode.Parse(a), JsonNode.Parse(b));
        }
        catch (System.Text.Json.JsonException)
        {
            // Text that is not JSON is compared as the text it is, and that already differed.
            return false;
        }
    }

    private static bool IsNumber(object? value) => value is long or decimal or double;

    private static int CompareNumbers(object a, object b) => (a, b) switch
    {
        (long x, long y) => x.CompareTo(y),
        (decimal x, decimal y) => x.CompareTo(y),
        (long x, decimal y) => ((decimal)x).CompareTo(y),
        (decimal x, long y) => x.CompareTo(y),
        (double x, double y) => x.CompareTo(y),
        (double x, _) => CompareDouble(x, b),
        (_, double y) => -CompareDouble(y, a),
        _ => 0,
    };

    private static int CompareDouble(double x, object exact)
    {
        var y = exact is long l ? l : (decimal)exact;
        return Math.Abs(x) < 7e27 ? ((decimal)x).CompareTo(y) is var c && c != 0 ? c : x.CompareTo((double)y)
            : double.IsNaN(x) || x < 0 ? -1 : 1;
    }

    private static int Rank(object? value) => value switch
    {
        null => 0,
        long or decimal or double => 1,
        bool => 2,
        DateOnly => 3,
        DateTime => 4,
        DateTimeOffset => 5,
        TimeOnly => 6,
        string => 7,
        Guid => 8,
        Blob => 9,
        _ => 10,
    };
}
