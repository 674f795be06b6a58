using System.Text.Json;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;

namespace Tandem.Web.Parts;

/// <summary>A record that is there while this page is open: who is here, who is typing. It is added when the page connects, with the rights of whoever looks, and deleted when the connection ends.</summary>
public sealed class LiveHold : LivePart
{
    /// <summary>The table.</summary>
    [Parameter, EditorRequired] public string Table { get; set; } = "";

    /// <summary>The record's fields and values: a dictionary, or an object whose properties are named like the fields.</summary>
    [Parameter, EditorRequired] public object Values { get; set; } = null!;

    /// <inheritdoc/>
    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        builder.OpenElement(0, "span");
        builder.AddMultipleAttributes(1, Attributes);
        builder.AddAttribute(2, "hidden", true);
        builder.AddAttribute(3, "data-live", "hold");
        builder.AddAttribute(4, "data-table", Table);
        builder.AddAttribute(5, "data-values", JsonSerializer.Serialize(Values));
        builder.CloseElement();
    }
}
