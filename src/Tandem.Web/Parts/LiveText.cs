using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Tandem.Records;

namespace Tandem.Web.Parts;

/// <summary>A value that follows the database: <c>&lt;LiveText Table="products" Key="12" Field="price" /&gt;</c>. Inside a list or a form only the field is named.</summary>
/// <remarks>Shows nothing for a record that is not there or may not be seen.</remarks>
public sealed class LiveText : LivePart
{
    private LiveScope? _shown;

    /// <summary>The table; null inside a list or a form.</summary>
    [Parameter] public string? Table { get; set; }

    /// <summary>The record's key: a value, an array for a key of several fields, or a <see cref="RecordKey"/>.</summary>
    [Parameter] public object? Key { get; set; }

    /// <summary>The field.</summary>
    [Parameter, EditorRequired] public string Field { get; set; } = "";

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync() =>
        _shown = Table is not null && Key is not null ? await PartReader.RecordAsync(Page, Table, Key) : Scope;

    /// <inheritdoc/>
    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        builder.OpenElement(0, "span");
        builder.AddMultipleAttributes(1, Attributes);
        builder.AddAttribute(2, "data-live", "text");
        builder.AddAttribute(3, "data-field", Field);
        // In a row the list tells the value; anywhere else the part asks by itself.
        if (_shown is not { IsRow: true } && (Table ?? _shown?.Schema.Name) is { } table && (Key is not null ? KeyOf(Key) : _shown?.Record?.Key) is { } key)
        {
            builder.AddAttribute(4, "data-table", table);
            builder.AddAttribute(5, "data-key", key.ToString());
            builder.AddAttribute(6, "data-rendered", true);
        }

        if (_shown?.Record is { } record)
        {
            var value = record[FieldOf(_shown.Schema, Field).Name];
            builder.AddContent(7, _shown.Labels.GetValueOrDefault(Field) ?? ValueText.Display(_shown.Schema[Field], value));
        }

        builder.CloseElement();
    }
}
