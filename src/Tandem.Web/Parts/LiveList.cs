using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Tandem.Access;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Web.Rest;

namespace Tandem.Web.Parts;

/// <summary>
/// A list whose rows come, change, move and go as the records do: <c>&lt;LiveList Table="messages" OrderBy="id"&gt;&lt;LiveText Field="text" /&gt;&lt;/LiveList&gt;</c>.
/// What it holds is one row, made of <see cref="LiveText"/> and <see cref="LiveField"/>; a button with <c>data-live-delete</c> deletes the row's record.
/// </summary>
public sealed class LiveList : LivePart
{
    private IReadOnlyList<LiveScope> _rows = [];
    private LiveScope? _template;

    /// <summary>The table.</summary>
    [Parameter, EditorRequired] public string Table { get; set; } = "";

    /// <summary>Which records, in the words of the API's <c>$filter</c>: <c>order_id eq 5 and quantity gt 0</c>. Default: all.</summary>
    [Parameter] public string? Filter { get; set; }

    /// <summary>Which records of an activatable table, as the API's <c>$active</c>: <c>true</c>, <c>false</c> or <c>all</c>. Default: the active ones.</summary>
    [Parameter] public string? Active { get; set; }

    /// <summary>In which order, as the API's <c>$orderby</c>: <c>name desc, id</c>. Default: by key.</summary>
    [Parameter] public string? OrderBy { get; set; }

    /// <summary>How many rows at most, from 1 to 1000. Default: 50.</summary>
    [Parameter] public int First { get; set; } = 50;

    /// <summary>The element around the rows. Default: <c>ul</c>; <c>tbody</c> in a table.</summary>
    [Parameter] public string As { get; set; } = "ul";

    /// <summary>The element of a row. Default: <c>li</c>; <c>tr</c> in a table.</summary>
    [Parameter] public string RowAs { get; set; } = "li";

    /// <summary>One row.</summary>
    [Parameter] public RenderFragment? ChildContent { get; set; }

    private string QueryText => QueryHelpers.AddQueryString("", new Dictionary<string, string?>
    {
        ["$filter"] = Filter,
        ["$active"] = Active,
        ["$orderby"] = OrderBy,
        ["$first"] = First.ToString(CultureInfo.InvariantCulture),
    })[1..];

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        var table = await Page.TableAsync(Table, TableAction.List);
        _rows = [];
        _template = null;
        if (table is null)
        {
            return;
        }

        Query query;
        try
        {
            query = ListOptions.Read(table.Schema, new QueryCollection(QueryHelpers.ParseQuery(QueryText)));
        }
        catch (Exception e) when (e is ApiProblemException or FilterSyntaxException or QueryException)
        {
            throw new ArgumentException($"This list of '{Table}' cannot be shown. {e.Message}", e);
        }

        var page = await table.QueryAsync(query);
        var labels = await PartReader.LabelsAsync(Page, table.Schema, page.Records);
        var change = table.DecisionOf(TableAction.Change);
        _rows = [.. page.Records.Select((r, i) => new LiveScope(table.Schema, r, labels[i], change.Allows(r), true))];
        _template = new LiveScope(table.Schema, null, new Dictionary<string, string?>(), change.IsAllowed, true);
    }

    /// <inheritdoc/>
    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        builder.OpenElement(0, As);
        builder.AddMultipleAttributes(1, Attributes);
        if (_template is not null)
        {
            builder.AddAttribute(2, "data-live", "list");
            builder.AddAttribute(3, "data-table", Table);
            builder.AddAttribute(4, "data-query", QueryText);
            builder.AddAttribute(5, "data-empty", _rows.Count == 0);
            builder.OpenElement(6, "template");
            Row(builder, _template);
            builder.CloseElement();
        }

        foreach (var row in _rows)
        {
            Row(builder, row);
        }

        builder.CloseElement();
    }

    private void Row(RenderTreeBuilder builder, LiveScope scope)
    {
        builder.OpenElement(10, RowAs);
        builder.SetKey(scope.Record?.Key.ToString());
        builder.AddAttribute(11, "data-key", scope.Record?.Key.ToString());
        builder.OpenComponent<CascadingValue<LiveScope>>(12);
        builder.AddComponentParameter(13, "Value", scope);
        builder.AddComponentParameter(14, "ChildContent", ChildContent);
        builder.CloseComponent();
        builder.CloseElement();
    }
}
