using Tandem.Admin.Lists.Filters;
using Tandem.Admin.Shell;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Tables;
using Tandem.Web.Forms;

namespace Tandem.Admin.Lists.Groups;

/// <summary>One group as the list shows it.</summary>
/// <param name="Label">What it is called.</param>
/// <param name="List">The list of its records, or null where no filter names them.</param>
/// <param name="Group">Its figures.</param>
internal sealed record GroupRow(string Label, ListState? List, Group Group);

/// <summary>A list's groups and what they come to together.</summary>
internal sealed record GroupModel(TableSchema Schema, ListState State, IReadOnlyList<GroupRow> Rows, Group Whole, bool HasMore)
{
    public Grouping Grouping => State.Grouping;
}

/// <summary>Reads a list's groups.</summary>
internal static class GroupLoader
{
    public static async Task<GroupModel> LoadAsync(PageContext page, ITable table, ListState state, Filter filter)
    {
        var (schema, grouping) = (table.Schema, state.Grouping);
        var query = grouping.ToQuery(filter);
        var groups = await table.GroupAsync(query, page.Aborted);
        var whole = await table.GroupAsync(query with { By = null }, page.Aborted);
        var field = schema[grouping.Field!];
        var referred = groups.Items.Select(g => ReferredValue.Of(schema, field.Name, g.Value)).OfType<ReferredValue>();
        var labels = await ReferenceLabels.ReadAsync(page.Look, referred, page.Aborted);
        var rows = groups.Items.Select(g => new GroupRow(
            ReferredValue.Of(schema, field.Name, g.Value) is { } value && labels.TryGetValue(value, out var label) ? label.Label : GroupWords.Of(field, grouping.Span, g.Value),
            ListOf(schema, state, field, g.Value),
            g));
        return new GroupModel(schema, state, [.. rows], whole.Items[0], groups.HasMore);
    }

    /// <summary>The list of the records that share a value.</summary>
    private static ListState? ListOf(TableSchema schema, ListState state, Field field, object? value)
    {
        var plain = state.FirstPage() with { Grouping = Grouping.None, Count = false };
        if (value is null)
        {
            return Operators.Find(schema, field, "empty") is null ? null : plain.With(new ColumnFilter(field, "empty", ""));
        }

        if (state.Grouping.Span != GroupSpan.Value)
        {
            return value is DateOnly first && End(first, state.Grouping.Span) is { } end
                ? plain.With(new ColumnFilter(field, "ge", At(field, first))).With(new ColumnFilter(field, "lt", At(field, end)))
                : null;
        }

        return Values.Fits(field, value) && Operators.Find(schema, field, "is") is not null ? plain.With(new ColumnFilter(field, "is", ValueText.Plain(value))) : null;
    }

    /// <summary>The first day after a span; null behind the last day there is.</summary>
    private static DateOnly? End(DateOnly first, GroupSpan span) => first.Year == DateOnly.MaxValue.Year && (first.Month == 12 || span == GroupSpan.Year) ? null : span switch
    {
        GroupSpan.Month => first.AddMonths(1),
        GroupSpan.Year => first.AddYears(1),
        _ => first.AddDays(1),
    };

    private static string At(Field field, DateOnly day) => field.Type switch
    {
        FieldType.Date => ValueText.Plain(day),
        FieldType.DateTime => ValueText.Plain(day.ToDateTime(TimeOnly.MinValue)),
        _ => ValueText.Plain(new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero)),
    };
}
