using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Tandem.Access;
using Tandem.Specification.Access;
using Tandem.Web.Live;
using Tandem.Web.Tests.Streams;

namespace Tandem.Web.Tests.Access;

/// <summary>
/// Every action, of every kind of target, allowed, denied and both, on every surface: what comes out of the server is what the rules, read slowly, say
/// of each record and field.
/// </summary>
public sealed class RightsMatrixTests(MatrixServer server) : IClassFixture<MatrixServer>
{
    private static readonly string[] s_actions = ["no", "list", "view", "change", "delete", "bulk", "run"];
    private static readonly string[] s_targets = ["global", "table", "field", "filter", "object"];
    private static readonly string[] s_effects = ["allow", "deny", "both"];
    private static readonly string[] s_surfaces = ["page", "REST", "hub", "SSE", "export", "history"];
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    public static TheoryData<string, string, string, string> Matrix => new(
        from action in s_actions from target in s_targets from effect in s_effects from surface in s_surfaces select (action, target, effect, surface));

    [Theory]
    [MemberData(nameof(Matrix))]
    public async Task Surface_RightOfATarget_GivesWhatTheRulesSay(string action, string target, string effect, string surface)
    {
        var grants = Grants(action, target, effect);
        server.Give(grants);
        var expected = new Expected(new ReferenceRights(grants, null), server);
        await (surface switch
        {
            "page" => PageAsync(expected),
            "REST" => RestAsync(expected, action),
            "hub" => HubAsync(expected),
            "SSE" => StreamAsync(expected),
            "export" => ExportAsync(expected),
            _ => HistoryAsync(expected),
        });
    }

    /// <summary>The right in question, over what makes it matter: who writes must see, and who is denied must have been allowed.</summary>
    private static List<Grant> Grants(string action, string target, string effect)
    {
        List<Grant> grants = [];
        Grant Of(bool isAllow, params TableAction[] actions) => new(Guid.NewGuid().ToString(), SubjectKind.User, MatrixServer.Member, isAllow, actions);
        if (!TableActions.TryParse(action, out var tried))
        {
            return grants;
        }

        if (!TableActions.IsLook(tried))
        {
            grants.Add(Of(true, TableAction.View));
        }

        if (effect == "deny")
        {
            grants.Add(Of(true, tried));
        }

        foreach (var isAllow in effect == "both" ? [true, false] : new[] { effect == "allow" })
        {
            var grant = Of(isAllow, tried);
            grants.Add(target switch
            {
                "global" => grant,
                "table" => grant with { Table = "deals" },
                "field" => grant with { Table = "deals", Fields = ["amount"] },
                "filter" => grant with { Table = "deals", Filter = "region eq 'north'" },
                _ => grant with { Table = "deals", Key = "1" },
            });
        }

        return grants;
    }

    private async Task RestAsync(Expected expected, string action)
    {
        using var list = await server.Client.GetAsync("/api/tables/deals?$count=true", Http.Cancelled);
        if (list.StatusCode == HttpStatusCode.Forbidden)
        {
            Assert.False(expected.Any(TableAction.List));
        }
        else
        {
            var json = await list.Content.ReadFromJsonAsync<JsonElement>(Http.Cancelled);
            Assert.Equal(expected.Keys(TableAction.List), json.GetProperty("value").EnumerateArray().Select(r => r.GetProperty("id").GetInt64()));
            Assert.Equal(expected.Keys(TableAction.List).Count, json.GetProperty("count").GetInt32());
            Assert.All(json.GetProperty("value").EnumerateArray(), r => Assert.Equal(expected.Fields(TableAction.List), r.EnumerateObject().Select(p => p.Name)));
        }

        foreach (var key in new[] { 1L, 2L })
        {
            using var one = await server.Client.GetAsync($"/api/tables/deals/{key}", Http.Cancelled);
            Assert.Equal(expected.May(TableAction.View, key), one.IsSuccessStatusCode);
            if (one.IsSuccessStatusCode)
            {
                Assert.Equal(expected.Fields(TableAction.View), (await one.Content.ReadFromJsonAsync<JsonElement>(Http.Cancelled)).EnumerateObject().Select(p => p.Name));
            }

            Assert.Equal(expected.May(TableAction.Change, key) && expected.MayField(TableAction.Change, "amount"), await TryAsync(new { table = "deals", key = $"{key}", set = new { amount = 9 }, @base = new { amount = 4710 + key } }));
            Assert.Equal(expected.May(TableAction.Change, key) && expected.MayField(TableAction.Change, "note"), await TryAsync(new { table = "deals", key = $"{key}", set = new { note = "x" }, @base = new { note = key == 1 ? "noteone" : "notetwo" } }));
            Assert.Equal(expected.May(TableAction.Delete, key), await TryAsync(new { table = "deals", key = $"{key}", delete = true }));
            if (action != "no" && expected.May(TableAction.View, key))
            {
                var explained = await server.Client.GetFromJsonAsync<JsonElement>($"/api/explain?table=deals&action={action}&key={key}", Http.Cancelled);
                Assert.Equal(TableActions.TryParse(action, out var tried) && expected.May(tried, key), explained.GetProperty("allowed").GetBoolean());
            }
        }
    }

    private async Task<bool> TryAsync(object write)
    {
        using var answer = await server.Client.PostAsJsonAsync("/api/units", new Dictionary<string, object> { ["try"] = true, ["writes"] = new[] { write } }, Http.Cancelled);
        if (!answer.IsSuccessStatusCode)
        {
            Assert.True(answer.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.NotFound or HttpStatusCode.UnprocessableEntity, $"{answer.StatusCode}");
            return false;
        }

        var json = await answer.Content.ReadFromJsonAsync<JsonElement>(Http.Cancelled);
        return json.GetProperty("errors").GetArrayLength() + json.GetProperty("conflicts").GetArrayLength() + json.GetProperty("gone").GetArrayLength() == 0;
    }

    private async Task PageAsync(Expected expected)
    {
        using var list = await server.Client.GetAsync("/t/deals", Http.Cancelled);
        var text = await list.Content.ReadAsStringAsync(Http.Cancelled);
        // Whether a list is refused or empty is told by the rights, not by the records there happen to be.
        Assert.True(list.StatusCode is HttpStatusCode.OK || !expected.Any(TableAction.List));
        foreach (var key in new[] { 1L, 2L })
        {
            Assert.Equal(expected.May(TableAction.List, key), text.Contains($"data-key=\"{key}\"", StringComparison.Ordinal));
            Assert.Equal(expected.May(TableAction.List, key) && expected.MayField(TableAction.List, "amount"), text.Contains($"471{key}", StringComparison.Ordinal));
            using var record = await server.Client.GetAsync($"/t/deals/{key}", Http.Cancelled);
            var form = await record.Content.ReadAsStringAsync(Http.Cancelled);
            Assert.Equal(expected.May(TableAction.View, key), record.IsSuccessStatusCode);
            Assert.Equal(expected.May(TableAction.View, key) && expected.MayField(TableAction.View, "amount"), form.Contains($"471{key}", StringComparison.Ordinal));
            // A form never offers what the save refuses.
            Assert.Equal(expected.May(TableAction.Change, key) && expected.MayField(TableAction.Change, "amount"), form.Contains("name=\"f:amount\"", StringComparison.Ordinal) || form.Contains("name=\"v:amount\"", StringComparison.Ordinal) || HasInput(form, "amount"));
            Assert.Equal(expected.May(TableAction.Delete, key), form.Contains($"/t/deals/{key}/delete", StringComparison.Ordinal));
        }
    }

    private static bool HasInput(string form, string field)
    {
        var document = new AngleSharp.Html.Parser.HtmlParser().ParseDocument(form);
        return document.QuerySelector($"[data-field='{field}'] [data-control] :is(input, select, textarea):not([disabled])") is not null;
    }

    private async Task HubAsync(Expected expected)
    {
        var page = server.Open();
        var look = expected.Look;
        var answer = await server.Server.Services.GetRequiredService<LiveBroker>().RegisterAsync(
            page, new RegisterRequest("", [new WatchedPart("deals", "deals", ["1", "2"], Now: true), new WatchedPart("mark", "marks", ["1"], Now: true)], null), Http.Cancelled);
        Assert.True(look is null || answer.Refused.All(r => r.Id != "deals"));
        foreach (var key in new[] { 1L, 2L })
        {
            var fields = answer.Now.FirstOrDefault(n => n.Id == "deals" && n.Key == $"{key}")?.Fields?.Keys;
            Assert.Equal(look is { } by && expected.May(by, key) ? expected.Fields(by) : null, fields);
        }

        var round = await server.ChangeAsync();
        List<LiveChange> told = [];
        while (!told.Any(c => c.Table == "marks" && c.Fields!["round"].Text == $"{round}"))
        {
            told.AddRange(await page.Queue.ReadAsync(Http.Cancelled).AsTask().WaitAsync(s_patience, Http.Cancelled) is LiveBatch batch ? batch.Changes : []);
        }

        foreach (var key in new[] { 1L, 2L })
        {
            var heard = told.Where(c => c.Table == "deals" && c.Key == $"{key}").ToList();
            var may = look is { } by && expected.May(by, key);
            string[] changed = ["amount", "note"];
            Assert.Equal(may ? changed.Where(f => expected.MayField(look!.Value, f)) : [], heard.SelectMany(c => c.Fields!.Keys).Distinct().Order());
            Assert.Equal(may, heard.Count > 0);
        }

        server.Server.Services.GetRequiredService<WatchIndex>().Remove(page.Id);
    }

    private async Task StreamAsync(Expected expected)
    {
        var look = expected.Look;
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/changes?tables=deals,marks");
        using var answer = await server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Http.Cancelled);
        if (answer.StatusCode == HttpStatusCode.Forbidden)
        {
            Assert.Null(look);
            return;
        }

        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(Http.Cancelled));
        await reader.ReadLineAsync(Http.Cancelled).AsTask().WaitAsync(s_patience, Http.Cancelled);
        var round = await server.ChangeAsync();
        Dictionary<long, HashSet<string>> heard = [];
        while (true)
        {
            var line = await reader.ReadLineAsync(Http.Cancelled).AsTask().WaitAsync(s_patience, Http.Cancelled);
            Assert.NotNull(line);
            if (!line.StartsWith("data: {", StringComparison.Ordinal))
            {
                continue;
            }

            using var change = JsonDocument.Parse(line["data: ".Length..]);
            var after = change.RootElement.GetProperty("after");
            if (change.RootElement.GetProperty("table").GetString() == "marks")
            {
                if (after.GetProperty("round").GetInt32() == round)
                {
                    break;
                }

                continue;
            }

            var key = long.Parse(change.RootElement.GetProperty("key").GetString()!, System.Globalization.CultureInfo.InvariantCulture);
            (heard.TryGetValue(key, out var fields) ? fields : heard[key] = []).UnionWith(after.EnumerateObject().Concat(change.RootElement.GetProperty("before").EnumerateObject()).Select(p => p.Name));
        }

        foreach (var key in new[] { 1L, 2L })
        {
            string[] changed = ["amount", "note"];
            Assert.Equal(look is { } by && expected.May(by, key) ? changed.Where(f => expected.MayField(by, f)) : [], (heard.GetValueOrDefault(key) ?? []).Order());
        }
    }

    private async Task ExportAsync(Expected expected)
    {
        using var file = await server.Client.GetAsync("/t/deals/export?format=json", Http.Cancelled);
        if (file.StatusCode == HttpStatusCode.Forbidden)
        {
            Assert.False(expected.Any(TableAction.List));
            return;
        }

        var text = await file.Content.ReadAsStringAsync(Http.Cancelled);
        foreach (var key in new[] { 1L, 2L })
        {
            var may = expected.May(TableAction.List, key);
            Assert.Equal(may && expected.MayField(TableAction.List, "amount"), text.Contains($"471{key}", StringComparison.Ordinal));
            Assert.Equal(may && expected.MayField(TableAction.List, "note"), text.Contains(key == 1 ? "noteone" : "notetwo", StringComparison.Ordinal));
        }

        Assert.Equal(expected.Any(TableAction.List) && expected.MayField(TableAction.List, "amount"), text.Contains("amount", StringComparison.OrdinalIgnoreCase));
    }

    private async Task HistoryAsync(Expected expected)
    {
        foreach (var key in new[] { 1L, 2L })
        {
            using var answer = await server.Client.GetAsync($"/api/tables/deals/{key}/history", Http.Cancelled);
            var text = await answer.Content.ReadAsStringAsync(Http.Cancelled);
            var may = expected.May(TableAction.View, key);
            Assert.Equal(may && expected.MayField(TableAction.View, "amount"), text.Contains($"471{key}", StringComparison.Ordinal));
            Assert.Equal(may && expected.MayField(TableAction.View, "note"), text.Contains(key == 1 ? "noteone" : "notetwo", StringComparison.Ordinal));
            using var tab = await server.Client.GetAsync($"/t/deals/{key}?tab=history", Http.Cancelled);
            Assert.Equal(may, tab.IsSuccessStatusCode);
            Assert.Equal(may && expected.MayField(TableAction.View, "amount"), (await tab.Content.ReadAsStringAsync(Http.Cancelled)).Contains($"471{key}", StringComparison.Ordinal));
        }
    }

    /// <summary>What the rules say of the member and the two deals.</summary>
    private sealed class Expected(ReferenceRights rights, MatrixServer server)
    {
        public bool May(TableAction action, long key) => rights.May(server.User, action, server.Deals.Single(d => d.Key.Values[0] is long id && id == key));

        public bool MayField(TableAction action, string field) => rights.MayField(server.User, action, server.Schema, field);

        public bool Any(TableAction action) => Keys(action).Count > 0;

        public IReadOnlyList<long> Keys(TableAction action) => [.. new[] { 1L, 2L }.Where(k => May(action, k))];

        public IReadOnlyList<string> Fields(TableAction action) => [.. server.Schema.Fields.Select(f => f.Name).Where(f => MayField(action, f))];

        /// <summary>By which right live values come: that of records, or else that of lists.</summary>
        public TableAction? Look => Any(TableAction.View) ? TableAction.View : Any(TableAction.List) ? TableAction.List : null;
    }
}
