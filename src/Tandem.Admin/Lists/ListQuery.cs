using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using Tandem.Admin.Shell;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Web;
using Tandem.Web.Live;

namespace Tandem.Admin.Lists;

/// <summary>Turns a list's state into a filter.</summary>
internal static class ListQuery
{
    private const int MostTargets = 500;

    /// <summary>The records of a list. Conditions on what a reference is called ask the target table first.</summary>
    public static async Task<Filter> FilterAsync(PageContext page, TableSchema schema, ListState state)
    {
        var filter = Quick(schema, state.Search);
        foreach (var condition in state.Filters)
        {
            filter &= condition.ToFilter() ?? await NamedAsync(page, schema, condition);
        }

        return filter;
    }

    /// <summary>The same for the live connection, which must not ask a database: conditions on names let everything pass.</summary>
    public static ListFilter ForLive(TableSchema schema, string search)
    {
        var state = ListState.Parse(schema, QueryHelpers.ParseQuery(search).SelectMany(p => p.Value.Select(v => KeyValuePair.Create(p.Key, v ?? ""))));
        HashSet<string> deciding = state.Order is { } order ? [order.Field] : [];
        try
        {
            var filter = Quick(schema, state.Search);
            foreach (var condition in state.Filters)
            {
                if (condition.ToFilter() is { } known)
                {
                    filter &= known;
                }
                else
                {
                    deciding.Add(condition.Field.Name);
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

    private static async Task<Filter> NamedAsync(PageContext page, TableSchema schema, ColumnFilter condition)
    {
        if (schema.ReferenceOf(condition.Field.Name) is not { } reference || page.App.Find(reference.Target) is not { } target
            || page.Visible(target.Schema) is not { } visible)
        {
            return Filter.None;
        }

        var labels = target.Schema.LabelFields;
        if (labels.Count == 0)
        {
            return Filter.None;
        }

        Filter named = new Filter.Or([.. labels.Select(f => new Filter.Match(f, MatchOperator.Contains, condition.Value, IgnoreCase: true))]);
        var found = await target.QueryAsync(new Query { Filter = named & visible, First = MostTargets + 1, Fields = [.. reference.TargetFields] }, page.Aborted);
        return found.Records.Count > MostTargets
            ? throw new QueryException(condition.Field.Name, $"More than {MostTargets} records are called “{condition.Value}”. Type more of the name.")
            : new Filter.In(condition.Field.Name, [.. found.Records.Select(r => r[reference.TargetFields[0]])]);
    }
}
