using System.Globalization;
using Microsoft.AspNetCore.Http;
using Tandem.Activating;
using Tandem.Querying;
using Tandem.Schema;

namespace Tandem.Web.Rest;

/// <summary>Reads <c>$filter $search $active $orderby $select $first $after $count</c> of a list's address.</summary>
internal static class ListOptions
{
    public const int MaxFirst = 1000;
    private static readonly string[] s_known = ["$filter", "$search", "$active", "$orderby", "$select", "$first", "$after", "$count"];

    public static Query Read(TableSchema schema, IQueryCollection options)
    {
        foreach (var name in options.Keys)
        {
            if (!s_known.Contains(name))
            {
                throw ApiProblemException.BadRequest($"There is no option '{name}'. Use {string.Join(", ", s_known)}.");
            }
        }

        var filter = FilterParser.Parse(schema, options["$filter"].ToString());
        return new Query
        {
            Filter = filter & Active(schema, options["$active"].ToString(), filter) & Search(schema, options["$search"].ToString()),
            Order = ReadOrder(schema, options["$orderby"].ToString()),
            Fields = ReadSelect(schema, options["$select"].ToString()),
            First = ReadFirst(options),
            After = options["$after"].ToString() is { Length: > 0 } after ? after : null,
        };
    }

    public static bool ReadCount(IQueryCollection options) => options["$count"].ToString() switch
    {
        "" or "false" => false,
        "true" => true,
        _ => throw ApiProblemException.BadRequest("$count is true or false."),
    };

    public static int ReadFirst(IQueryCollection options)
    {
        var text = options["$first"].ToString();
        if (text.Length == 0)
        {
            return 50;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var first) && first is >= 1 and <= MaxFirst
            ? first
            : throw ApiProblemException.BadRequest($"$first is a whole number from 1 to {MaxFirst}.");
    }

    /// <summary>The active records, unless others are asked for.</summary>
    private static Filter Active(TableSchema schema, string text, Filter filter)
    {
        if (text.Length == 0)
        {
            return ActiveChoices.Of(schema, ActiveChoices.Default(schema, filter));
        }

        return !ActiveChoices.TryParse(text, out var choice) ? throw ApiProblemException.BadRequest("$active is true, false or all.")
            : schema.Activation is null && choice != ActiveChoice.All ? throw ApiProblemException.BadRequest($"The records of '{schema.Name}' are neither active nor inactive. Leave $active out.")
            : ActiveChoices.Of(schema, choice);
    }

    /// <summary>Records that hold a text in any text field, in either case.</summary>
    private static Filter Search(TableSchema schema, string text)
    {
        text = text.Trim();
        if (text.Length == 0)
        {
            return Filter.All;
        }

        Filter[] fields = [.. schema.Fields
            .Where(f => f.Type == FieldType.Text && !f.IsSecret)
            .Select(f => new Filter.Match(f.Name, MatchOperator.Contains, text, IgnoreCase: true))];
        return fields.Length == 0 ? Filter.None : new Filter.Or(fields);
    }

    private static List<Order> ReadOrder(TableSchema schema, string text)
    {
        List<Order> orders = [];
        foreach (var item in Items("$orderby", text))
        {
            var descending = item.Count == 2 && item[1].IsWord("desc");
            if (item.Count > 2 || (item.Count == 2 && !descending && !item[1].IsWord("asc")))
            {
                throw ApiProblemException.BadRequest($"$orderby takes a field and then asc or desc, not {item[1]}.");
            }

            orders.Add(new Order(FieldOf(schema, item[0], "Order by").Name, descending));
        }

        return orders;
    }

    private static List<string>? ReadSelect(TableSchema schema, string text)
    {
        List<string> fields = [];
        foreach (var item in Items("$select", text))
        {
            fields.Add(item.Count == 1
                ? FieldOf(schema, item[0], "Select").Name
                : throw ApiProblemException.BadRequest("$select takes field names separated by commas."));
        }

        return fields.Count == 0 ? null : fields;
    }

    private static IEnumerable<List<FilterToken>> Items(string option, string text)
    {
        List<FilterToken> item = [];
        foreach (var token in Tokens(option, text))
        {
            if (token.Kind is not (FilterTokenKind.Comma or FilterTokenKind.End))
            {
                item.Add(token);
            }
            else if (item.Count > 0)
            {
                yield return item;
                item = [];
            }
        }
    }

    private static List<FilterToken> Tokens(string option, string text)
    {
        try
        {
            return FilterTokenizer.Read(text);
        }
        catch (FilterSyntaxException e)
        {
            throw ApiProblemException.BadRequest($"{option} cannot be read at character {e.Position + 1}. Separate fields by commas and put odd names in double quotes.");
        }
    }

    private static Field FieldOf(TableSchema schema, FilterToken token, string verb)
    {
        if (token.Kind is not (FilterTokenKind.Word or FilterTokenKind.Name))
        {
            throw ApiProblemException.BadRequest($"A field name is expected, not {token}.");
        }

        return schema.Find(token.Text) is { IsSecret: false } field
            ? field
            : throw new QueryException(token.Text, $"Table '{schema.Name}' has no field '{token.Text}'. {verb} one of its fields.");
    }
}
