using System.Text.Json;
using System.Text.Json.Nodes;
using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Editing;

/// <summary>The rules behind <see cref="FieldPolicy"/>: base, mine and theirs to one value. Pure and total.</summary>
internal static class Merging
{
    public static bool Never(Field field, object? basis, object? mine, object? theirs, out object? merged)
    {
        merged = null;
        return false;
    }

    public static bool Mine(Field field, object? basis, object? mine, object? theirs, out object? merged)
    {
        merged = mine;
        return true;
    }

    public static bool Theirs(Field field, object? basis, object? mine, object? theirs, out object? merged)
    {
        merged = theirs;
        return true;
    }

    public static bool Max(Field field, object? basis, object? mine, object? theirs, out object? merged)
    {
        merged = Values.Compare(mine, theirs) >= 0 ? mine : theirs;
        return true;
    }

    public static bool Min(Field field, object? basis, object? mine, object? theirs, out object? merged)
    {
        merged = theirs is null || (mine is not null && Values.Compare(mine, theirs) <= 0) ? mine : theirs;
        return true;
    }

    public static bool Add(Field field, object? basis, object? mine, object? theirs, out object? merged)
    {
        merged = (basis ?? 0L, mine, theirs ?? 0L) switch
        {
            (long from, long to, long now) => (Int128)now + to - from is var sum && sum >= long.MinValue && sum <= long.MaxValue ? (long)sum : null,
            (double or long, double or long, double or long) => Real(theirs) + Real(mine) - Real(basis) is var sum && double.IsFinite(sum) ? sum : null,
            (long or decimal, long or decimal, long or decimal) => Exact(Number(theirs), Number(mine), Number(basis)),
            _ => null,
        };
        return merged is not null;
    }

    public static bool Union(Field field, object? basis, object? mine, object? theirs, out object? merged)
    {
        merged = null;
        if (field.Type is not (FieldType.Json or FieldType.Array) || Elements(basis) is not { } from || Elements(mine) is not { } to || Elements(theirs) is not { } now)
        {
            return false;
        }

        List<JsonNode?> union = [.. now.Where(e => Has(to, e) || !Has(from, e))];
        foreach (var element in to.Where(e => !Has(from, e)))
        {
            if (!Has(union, element))
            {
                union.Add(element);
            }
        }

        merged = new JsonArray([.. union.Select(e => e?.DeepClone())]).ToJsonString();
        return true;
    }

    private static object? Exact(decimal now, decimal to, decimal from)
    {
        try
        {
            return now + (to - from);
        }
        catch (OverflowException)
        {
            // A sum that no decimal holds is no answer; people are asked.
            return null;
        }
    }

    private static double Real(object? value) => value is long whole ? whole : value as double? ?? 0;

    private static decimal Number(object? value) => value is long whole ? whole : value as decimal? ?? 0;

    private static bool Has(IEnumerable<JsonNode?> elements, JsonNode? element) => elements.Any(e => JsonNode.DeepEquals(e, element));

    private static List<JsonNode?>? Elements(object? value)
    {
        if (value is null)
        {
            return [];
        }

        try
        {
            return value is string text && JsonNode.Parse(text) is JsonArray array ? [.. array] : null;
        }
        catch (JsonException)
        {
            // Text that is no JSON is no set.
            return null;
        }
    }
}
