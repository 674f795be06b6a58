using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using Tandem.Activating;
using Tandem.Admin.Lists.Filters;
using Tandem.Admin.Shell;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Web.Live;

namespace Tandem.Admin.Lists;

/// <summary>Turns a list's state into a filter.</summary>
internal static class ListQuery
{
    /// <summary>The records of a list. Conditions on other tables ask those first.</summary>
    public static async Task<Filter> FilterAsync(PageContext page, TableSchema schema, ListState state)
    {
        var filter = ActiveChoices.Of(schema, state.ActiveOf(schema)) & Quick(schema, state.Search);
        var compiler = new ConditionCompiler(page, new PageTies(page));
        foreach (var condition in state.Conditions)
        {
            filter &= await compiler.CompileAsync(schema, condition);
        }

        return filter;
    }

    /// <summary>The same for the live connection, which must not ask a database: conditions on other tables let everything pass.</summary>
    public static ListFilter ForLive(TableSchema schema, string search, DateTimeOffset now)
    {
        HashSet<string> deciding = [];
        try
        {
            var state = ListState.Parse(schema, QueryHelpers.ParseQuery(search).SelectMany(p => p.Value.Select(v => KeyValuePair.Create(p.Key, v ?? ""))));
            deciding.UnionWith(state.Grouping.Fields);
            if (state.Order is { } order)
            {
                deciding.Add(order.Field);
            }

            var filter = ActiveChoices.Of(schema, state.ActiveOf(schema)) & Quick(schema, state.Search);
            foreach (var condition in state.Conditions)
            {
                if (Own(schema, condition, now) is { } known)
                {
                    filter &= known;
                }
                else
                {
                    deciding.UnionWith(condition.Leaves().Select(l => l.Path.Steps[0]));
                }
            }

            return new ListFilter(filter, deciding);
        }
        catch (QueryException)
        {
            // The page itself said what is wrong with its address.
            return new ListFilter(Filter.None, deciding);
        }
    }

    /// <summary>Records that hold the text in any text field, or the number in a whole-number field.</summary>
    public static Filter Quick(TableSchema schema, string search)
    {
        if (search.Length == 0)
        {
            return Filter.All;
        }

        List<Filter> any = [.. Searched(schema).Select(f => new Filter.Match(f.Name, MatchOperator.Contains, search, IgnoreCase: true))];
        if (long.TryParse(search, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            any.AddRange(schema.Fields.Where(f => f.Type == FieldType.Integer).Select(f => Filter.Eq(f.Name, number)));
        }

        any.AddRange(schema.Key.Where(k => schema[k].Type == FieldType.Uuid && Guid.TryParse(search, out _)).Select(k => Filter.Eq(k, Guid.Parse(search))));
        return any.Count switch
        {
            0 => Filter.None,
            1 => any[0],
            _ => new Filter.Or(any),
        };
    }

    private static IEnumerable<Field> Searched(TableSchema schema) => schema.Fields.Where(f => f.Type == FieldType.Text && !f.IsSecret);

    /// <summary>A condition on the table's own fields alone; null when another table has a say.</summary>
    private static Filter? Own(TableSchema schema, Condition condition, DateTimeOffset now)
    {
        if (condition is Condition.Leaf leaf)
        {
            return leaf.Path.IsOwn && schema.Find(leaf.Path.Steps[0]) is { } field ? LeafFilter.Of(schema, field, leaf.Operator, leaf.Value, now) : null;
        }

        var group = (Condition.Group)condition;
        var filters = group.Conditions.Select(c => Own(schema, c, now)).OfType<Filter>().ToList();
        return filters.Count == group.Conditions.Count ? ConditionCompiler.Together(group.Kind, filters) : null;
    }
}
