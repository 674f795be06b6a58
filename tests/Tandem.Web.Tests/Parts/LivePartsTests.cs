using System.Net;
using System.Security.Claims;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tandem.Records;
using Tandem.Tables;
using Tandem.Web.Parts;
using Tandem.Web.SignIn;

namespace Tandem.Web.Tests.Parts;

/// <summary>What live parts render, for whom, and without a request.</summary>
public sealed class LivePartsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Text_InAStaticPage_HoldsTheValueAndSaysWhatItFollows()
    {
        await using var server = await StartAsync<LiveText>(new() { ["Table"] = "products", ["Key"] = 1, ["Field"] = "price", ["class"] = "big" });
        var part = (await PageAsync(server, TandemServer.ViewerToken)).QuerySelector("[data-live=text]")!;
        Assert.Equal(("4.20", "products", "1", "price", "big"), (part.TextContent, part.GetAttribute("data-table"), part.GetAttribute("data-key"), part.GetAttribute("data-field"), part.ClassName));
        Assert.True(part.HasAttribute("data-rendered"));
    }

    [Fact]
    public async Task Text_ForNobody_ShowsNothing()
    {
        await using var server = await StartAsync<LiveText>(new() { ["Table"] = "products", ["Key"] = 1, ["Field"] = "price" });
        Assert.Equal("", (await PageAsync(server, null)).QuerySelector("[data-live=text]")!.TextContent);
    }

    [Theory]
    [InlineData(TandemServer.EditorToken, true)]
    [InlineData(TandemServer.ViewerToken, false)]
    public async Task Form_ShowsControlsThatAreOpenOnlyToWhoMaySave(string token, bool isOpen)
    {
        await using var server = await StartAsync<LiveForm>(new()
        {
            ["Table"] = "products",
            ["Key"] = 1,
            ["ChildContent"] = Content(b => Fields(b, "name", "price", "status", "active")),
        });
        var form = (await PageAsync(server, token)).QuerySelector("form[data-live=form]")!;
        Assert.Equal("1", form.GetAttribute("data-key"));
        var controls = form.QuerySelectorAll("[data-live=field]").ToList();
        Assert.Equal(["name", "price", "status", "active"], controls.Select(c => c.GetAttribute("data-field")));
        Assert.Equal(["Rye", "4.20"], controls.Take(2).Select(c => c.GetAttribute("value")));
        Assert.Equal("fresh", controls[2].QuerySelector("option[selected]")!.TextContent);
        Assert.All(controls, c => Assert.Equal(isOpen, !c.HasAttribute("disabled")));
    }

    [Fact]
    public async Task Form_ForNewRecords_IsNotShownToWhoMayNotAdd()
    {
        await using var server = await StartAsync<LiveForm>(new() { ["Table"] = "products", ["ChildContent"] = Content(b => Fields(b, "name")), ["Otherwise"] = Content(b => b.AddContent(0, "Not for you")) });
        Assert.Null((await PageAsync(server, TandemServer.ViewerToken)).QuerySelector("form"));
        Assert.NotNull((await PageAsync(server, TandemServer.EditorToken)).QuerySelector("form [data-field=name]"));
    }

    [Fact]
    public async Task List_HoldsItsRowsAndATemplateForMore()
    {
        await using var server = await StartAsync<LiveList>(new()
        {
            ["Table"] = "products",
            ["Filter"] = "price gt 3",
            ["OrderBy"] = "name desc",
            ["As"] = "ol",
            ["ChildContent"] = Content(b =>
            {
                b.OpenComponent<LiveText>(0);
                b.AddComponentParameter(1, "Field", "name");
                b.CloseComponent();
            }),
        });
        var html = await HtmlAsync(server, TandemServer.ViewerToken);
        var list = (await new HtmlParser().ParseDocumentAsync(html, Token)).QuerySelector("[data-live=list]")!;
        Assert.Equal(["Spelt", "Rye"], list.QuerySelectorAll("li[data-key] [data-field=name]").Select(e => e.TextContent));
        Assert.Equal("$filter=price gt 3&$orderby=name desc&$first=50", WebUtility.UrlDecode(list.GetAttribute("data-query")));
        Assert.Contains("<template><li><span data-live=\"text\" data-field=\"name\"></span></li></template>", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_WithAFilterThatCannotBe_SaysSoToWhoWroteThePage()
    {
        await using var server = await TandemServer.StartAsync(await ShopAsync());
        await using var scope = server.Services.CreateAsyncScope();
        var wrong = await Assert.ThrowsAnyAsync<ArgumentException>(() => RenderAsync<LiveList>(Interactive(scope, TandemServer.EditorToken), new() { ["Table"] = "products", ["Filter"] = "prize gt 3" }));
        Assert.Contains("prize", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_InAnInteractivePage_AsksTheCircuitWhoLooks()
    {
        await using var server = await TandemServer.StartAsync(await ShopAsync());
        await using var scope = server.Services.CreateAsyncScope();
        Dictionary<string, object?> parameters = new() { ["Table"] = "products", ["Key"] = 1L, ["Field"] = "name" };
        Assert.Contains(">Rye<", await RenderAsync<LiveText>(Interactive(scope, TandemServer.ViewerToken), parameters), StringComparison.Ordinal);
        await using var other = server.Services.CreateAsyncScope();
        Assert.DoesNotContain("Rye", await RenderAsync<LiveText>(Interactive(other, null), parameters), StringComparison.Ordinal);
    }

    private static async Task<MemoryDatabase> ShopAsync()
    {
        var shop = Shop.Create();
        foreach (var (name, price) in new[] { ("Rye", 4.20m), ("Roll", 0.60m), ("Spelt", 5.10m) })
        {
            await shop.Find("products")!.WriteAsync(new Write.Insert(new Patch([new("name", name), new("price", price), new("active", true)]), new WriteContext("Ana")), Token);
        }

        return shop;
    }

    private static async Task<TandemServer> StartAsync<TPart>(Dictionary<string, object?> parameters)
        where TPart : IComponent =>
        await TandemServer.StartAsync(await ShopAsync(), map: app => app.MapGet("/page", () => new RazorComponentResult<TPart>(parameters)));

    private static async Task<string> HtmlAsync(TandemServer server, string? token)
    {
        using var client = server.Client(token);
        return await client.GetStringAsync("/page", Token);
    }

    private static async Task<IDocument> PageAsync(TandemServer server, string? token) => await new HtmlParser().ParseDocumentAsync(await HtmlAsync(server, token), Token);

    private static RenderFragment Content(Action<Microsoft.AspNetCore.Components.Rendering.RenderTreeBuilder> build) => new(build);

    private static void Fields(Microsoft.AspNetCore.Components.Rendering.RenderTreeBuilder builder, params string[] fields)
    {
        foreach (var field in fields)
        {
            builder.OpenComponent<LiveField>(0);
            builder.AddComponentParameter(1, "Field", field);
            builder.CloseComponent();
        }
    }

    /// <summary>The services of a circuit: no request, and a provider that knows who looks.</summary>
    private static ServiceProvider Interactive(AsyncServiceScope scope, string? token)
    {
        var users = scope.ServiceProvider.GetRequiredService<UserStore>();
        var principal = token is null ? new ClaimsPrincipal() : TandemSchemes.Principal(((TokenCheck.Passed)users.CheckToken(token)).User, TandemSchemes.Cookie);
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<AuthenticationStateProvider>(new Known(principal));
        services.AddScoped(s => new LivePage(scope.ServiceProvider.GetRequiredService<TandemApp>(), users, new Microsoft.AspNetCore.Http.HttpContextAccessor(), s));
        return services.BuildServiceProvider();
    }

    private static async Task<string> RenderAsync<TPart>(ServiceProvider services, Dictionary<string, object?> parameters)
        where TPart : IComponent
    {
        await using (services)
        {
            await using var renderer = new HtmlRenderer(services, services.GetRequiredService<ILoggerFactory>());
            return await renderer.Dispatcher.InvokeAsync(async () => (await renderer.RenderComponentAsync<TPart>(ParameterView.FromDictionary(parameters))).ToHtmlString());
        }
    }

    private sealed class Known(ClaimsPrincipal user) : AuthenticationStateProvider
    {
        public override Task<AuthenticationState> GetAuthenticationStateAsync() => Task.FromResult(new AuthenticationState(user));
    }
}
