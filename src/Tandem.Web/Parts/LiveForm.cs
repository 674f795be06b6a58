using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Tandem.Access;

namespace Tandem.Web.Parts;

/// <summary>
/// A form over one record: its <see cref="LiveField"/>s are one edit, saved together by a submit button. Fields that nobody
/// touched follow the database, touched ones hold, and a field changed on both sides asks. Without a key each submit adds a record.
/// </summary>
/// <remarks>Shows what <see cref="Otherwise"/> holds when the record is not there or may not be seen.</remarks>
public sealed class LiveForm : LivePart
{
    private static readonly Dictionary<string, string?> s_noLabels = [];
    private LiveScope? _shown;

    /// <summary>The table.</summary>
    [Parameter, EditorRequired] public string Table { get; set; } = "";

    /// <summary>The record's key; null for a form that adds records.</summary>
    [Parameter] public object? Key { get; set; }

    /// <summary>What the form holds.</summary>
    [Parameter] public RenderFragment? ChildContent { get; set; }

    /// <summary>What stands in its place when there is no record to show.</summary>
    [Parameter] public RenderFragment? Otherwise { get; set; }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (Key is not null)
        {
            _shown = await PartReader.RecordAsync(Page, Table, Key);
            return;
        }

        var table = await Page.TableAsync(Table);
        _shown = table is not null && await Page.MayAsync(table.Schema, TableAction.Add) ? new LiveScope(table.AddingSchema, null, s_noLabels, true, false) : null;
    }

    /// <inheritdoc/>
    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        if (_shown is null)
        {
            builder.AddContent(0, Otherwise);
            return;
        }

        builder.OpenElement(1, "form");
        // Before the script runs nothing saves, and what is typed must not go into an address.
        builder.AddAttribute(2, "method", "post");
        builder.AddMultipleAttributes(3, Attributes);
        builder.AddAttribute(4, "data-live", "form");
        builder.AddAttribute(5, "data-table", Table);
        builder.AddAttribute(6, "data-key", _shown.Record?.Key.ToString());
        builder.OpenComponent<CascadingValue<LiveScope>>(7);
        builder.AddComponentParameter(8, "Value", _shown);
        builder.AddComponentParameter(9, "ChildContent", ChildContent);
        builder.CloseComponent();
        builder.CloseElement();
    }
}
