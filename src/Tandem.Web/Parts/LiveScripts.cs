using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.Extensions.DependencyInjection;
using Tandem.Web.Live;

namespace Tandem.Web.Parts;

/// <summary>The script that makes a page's parts live, and the place in the feed that they were rendered at. Once on every page with live parts, in its head or at its end.</summary>
public sealed class LiveScripts : ComponentBase
{
    [Inject] private IServiceProvider Services { get; set; } = null!;

    /// <inheritdoc/>
    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        builder.OpenElement(0, "meta");
        builder.AddAttribute(1, "name", "tandem-cursor");
        builder.AddAttribute(2, "content", Services.GetRequiredService<LivePage>().Cursor.Value);
        builder.CloseElement();
        builder.OpenElement(3, "script");
        builder.AddAttribute(4, "type", "module");
        builder.AddAttribute(5, "src", ClientAssets.Path("page.js"));
        builder.CloseElement();
    }
}
