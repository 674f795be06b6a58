using System.Net;
using AngleSharp.Html.Parser;
using AngleSharp.Html.Dom;
using Tandem.Admin;
using Tandem.Records;
using Tandem.Tables;

namespace Tandem.Web.Tests.Pages;

/// <summary>The pages as a browser without scripts uses them.</summary>
public sealed class NoScriptTests
{
    [Fact]
    public async Task Record_TwoPeopleSaveDifferentFields_BothLand()
    {
        await using var server = await StartAsync();
        var (ana, mara) = (await OpenAsync(server, "/t/products/1"), await OpenAsync(server, "/t/products/1"));

        Assert.Equal(HttpStatusCode.SeeOther, await PostAsync(server, ana.With("v.price", "4.80")));
        Assert.Equal(HttpStatusCode.SeeOther, await PostAsync(server, mara.With("v.name", "Rye roll")));

        var record = (await server.Tandem.Find("products")!.GetAsync(new RecordKey(1L), Http.Cancelled))!;
        Assert.Equal(4.80m, record["price"]);
        Assert.Equal("Rye roll", record["name"]);
    }

    [Fact]
    public async Task Record_TwoPeopleSaveTheSameField_ComesBackAsAConflictThatKeepsWhatWasTyped()
    {
        await using var server = await StartAsync();
        var (ana, mara) = (await OpenAsync(server, "/t/products/1"), await OpenAsync(server, "/t/products/1"));
        await PostAsync(server, ana.With("v.price", "4.80"));

        var page = await AnswerAsync(server, mara.With("v.price", "4.50").With("v.name", "Mine"), HttpStatusCode.Conflict);

        var panel = page.QuerySelector("[data-field=price] .conflict")!.TextContent;
        Assert.Contains("4.20", panel, StringComparison.Ordinal);
        Assert.Contains("4.80", panel, StringComparison.Ordinal);
        Assert.Contains("editor", panel, StringComparison.Ordinal);
        Assert.Equal("4.50", ((IHtmlInputElement)page.QuerySelector("[name='v.price']")!).Value);
        Assert.Equal("Mine", ((IHtmlInputElement)page.QuerySelector("[name='v.name']")!).Value);

        Assert.Equal(HttpStatusCode.SeeOther, await PostAsync(server, Form.Of(page, mara.Client).With("c.price", "mine")));
        Assert.Equal(4.50m, (await server.Tandem.Find("products")!.GetAsync(new RecordKey(1L), Http.Cancelled))!["price"]);
    }

    [Fact]
    public async Task Record_BaseOfAnotherRecord_IsRefused()
    {
        await using var server = await StartAsync();
        var (one, two) = (await OpenAsync(server, "/t/products/1"), await OpenAsync(server, "/t/products/2"));

        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync(server, one.With("base", two.Values["base"]).With("v.price", "1")));
    }

    [Fact]
    public async Task Record_ViewerPosts_IsRefused()
    {
        await using var server = await StartAsync();
        var form = (await OpenAsync(server, "/t/products/1", TandemServer.ViewerToken)).With("v.price", "1");

        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync(server, form));
    }

    [Fact]
    public async Task List_FilterThatDoesNotFit_NamesFieldAndRemedy()
    {
        await using var server = await StartAsync();
        using var client = await SignedInAsync(server, TandemServer.EditorToken);

        using var answer = await client.SendAsync("GET", "/t/products?f.price=ge:much");
        var text = await answer.Content.ReadAsStringAsync(Http.Cancelled);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("Price: “much” does not fit. Enter a number", WebUtility.HtmlDecode(text), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_Stranger_IsSentToSignIn()
    {
        await using var server = await StartAsync();
        using var client = server.Client(null);

        using var answer = await client.SendAsync("GET", "/t/products");

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal("/sign-in?return=%2Ft%2Fproducts", answer.Headers.Location!.OriginalString);
    }

    private static async Task<TandemServer> StartAsync()
    {
        var server = await TandemServer.StartAsync(map: app => app.MapTandemPages());
        foreach (var name in new[] { "Rye", "Oat" })
        {
            await server.Tandem.Find("products")!.WriteAsync(
                new Write.Insert(new Patch([new("name", name), new("price", 4.20m)]), new WriteContext("seed")), Http.Cancelled);
        }

        return server;
    }

    private static async Task<HttpClient> SignedInAsync(TandemServer server, string token)
    {
        var client = server.Client(null);
        using var page = await client.SendAsync("GET", "/sign-in");
        var document = await ParseAsync(page);
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["token"] = token,
            ["__RequestVerificationToken"] = document.QuerySelector("[name=__RequestVerificationToken]")!.GetAttribute("value")!,
        });
        using var answer = await client.PostAsync("/sign-in", form, Http.Cancelled);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return client;
    }

    private static async Task<Form> OpenAsync(TandemServer server, string address, string token = TandemServer.EditorToken)
    {
        var client = await SignedInAsync(server, token);
        using var answer = await client.SendAsync("GET", address);
        return Form.Of(await ParseAsync(answer), client);
    }

    private static async Task<HttpStatusCode> PostAsync(TandemServer server, Form form)
    {
        using var answer = await form.SendAsync(server);
        return answer.StatusCode;
    }

    private static async Task<IHtmlDocument> AnswerAsync(TandemServer server, Form form, HttpStatusCode status)
    {
        using var answer = await form.SendAsync(server);
        Assert.Equal(status, answer.StatusCode);
        return await ParseAsync(answer);
    }

    private static async Task<IHtmlDocument> ParseAsync(HttpResponseMessage answer) =>
        await new HtmlParser().ParseDocumentAsync(await answer.Content.ReadAsStringAsync(Http.Cancelled));

    /// <summary>A record's form as a page brought it, with some fields typed over.</summary>
    private sealed record Form(string Action, IReadOnlyDictionary<string, string> Values, HttpClient Client)
    {
        public static Form Of(IHtmlDocument page, HttpClient client)
        {
            var form = (IHtmlFormElement)page.QuerySelector("form[data-record]")!;
            Dictionary<string, string> values = [];
            foreach (var element in form.Elements)
            {
                switch (element)
                {
                    case IHtmlInputElement { Type: "file" or "radio" or "checkbox" }:
                        break;
                    case IHtmlInputElement { Name.Length: > 0 } input:
                        values[input.Name] = input.Value;
                        break;
                    case IHtmlSelectElement { Name.Length: > 0 } select:
                        values[select.Name] = select.Value ?? "";
                        break;
                    case IHtmlTextAreaElement { Name.Length: > 0 } area:
                        values[area.Name] = area.Value;
                        break;
                }
            }

            return new Form(form.GetAttribute("action")!, values, client);
        }

        public Form With(string name, string value) => this with { Values = new Dictionary<string, string>(Values) { [name] = value } };

        public async Task<HttpResponseMessage> SendAsync(TandemServer server)
        {
            using var content = new FormUrlEncodedContent(Values);
            return await Client.PostAsync(new Uri(server.Address, Action), content, Http.Cancelled);
        }
    }
}
