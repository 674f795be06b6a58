using System.Net;
using System.Text.Json.Nodes;
using Tandem.Cli.Tests.Databases;
using Tandem.Cli.Tests.Http;
using Tandem.Cli.Tests.Processes;

namespace Tandem.Cli.Tests.Together;

/// <summary>One of many clients: reads a record, changes it in one of the ways there are, and remembers what came of it.</summary>
internal sealed class Writer(Stage stage, Uri address, int number, int seed) : IDisposable
{
    /// <summary>Records that every client writes; those that nothing refers to are also deleted and made anew.</summary>
    public static readonly IReadOnlyList<string> Contested = ["3", "4", "5", "6"];
    public static readonly IReadOnlyList<string> Deletable = ["1001", "1002", "1003"];

    private readonly Random _dice = new(seed + number);
    private readonly ApiClient _api = new(address, TandemProcess.EditorToken);
    private readonly FormBrowser _browser = new();
    private int _values;

    public List<Attempt> Attempts { get; } = [];

    /// <summary>The field of the record that this client alone writes.</summary>
    private (string Key, string Field) Own => ((1 + (number / 8)).ToString(null, null), stage.Fields[number % 8]);

    public Task SignInAsync() => _browser.SignInAsync(address, TandemProcess.EditorToken);

    public async Task RoundAsync()
    {
        if (_dice.Next(10) < 4)
        {
            await (_dice.Next(2) == 0 ? ByFormAsync(Own.Key, [Own.Field], isOwned: true) : ByPatchAsync(Own.Key, [Own.Field], isOwned: true));
            return;
        }

        string[] all = [.. Contested, .. Deletable];
        var key = all[_dice.Next(all.Length)];
        string[] fields = [.. _dice.GetItems([.. stage.Fields], _dice.Next(1, 4)).Distinct()];
        await (_dice.Next(4) switch
        {
            0 => ByFormAsync(key, fields, isOwned: false),
            1 => ByMergeAsync(key, fields),
            2 => ByPatchAsync(key, fields, isOwned: false),
            _ => DeleteAndCreateAsync(Deletable[_dice.Next(Deletable.Count)]),
        });
    }

    public async Task ByFormAsync(string key, IReadOnlyList<string> fields, bool isOwned)
    {
        var page = new Uri(address, stage.Page(key));
        if (await _browser.OpenAsync(page) is not { } document)
        {
            return;
        }

        var form = FormBrowser.RecordForm(document);
        // A form cannot tell nothing from an empty text.
        var basis = fields.ToDictionary(f => f, f => FormBrowser.Value(form, f) is { Length: > 0 } value ? value : null);
        var set = New(fields);
        foreach (var (field, value) in set)
        {
            FormBrowser.Fill(form, field, value!);
        }

        using var answer = await _browser.SendAsync(page, form);
        Keep(Way.Form, key, basis, set, answer.StatusCode, isOwned);
    }

    public async Task ByMergeAsync(string key, IReadOnlyList<string> fields)
    {
        if (await ReadAsync(key) is not { } read)
        {
            return;
        }

        var set = New(fields);
        using var answer = await _api.MergeAsync(stage.Record(key), Json(set).ToJsonString(), read.Tag);
        Keep(Way.Merge, key, Only(read.Record, fields), set, answer.StatusCode, isOwned: false);
    }

    public async Task ByPatchAsync(string key, IReadOnlyList<string> fields, bool isOwned)
    {
        if (await ReadAsync(key) is not { } read)
        {
            return;
        }

        var (basis, set) = (Only(read.Record, fields), New(fields));
        using var answer = await _api.PatchAsync(stage.Record(key), new JsonObject { ["set"] = Json(set), ["base"] = Json(basis) }.ToJsonString());
        Keep(Way.Patch, key, basis, set, answer.StatusCode, isOwned);
    }

    public async Task DeleteAndCreateAsync(string key)
    {
        if (await ReadAsync(key) is { } read)
        {
            using var deleted = await _api.DeleteAsync(stage.Record(key), read.Tag);
            Keep(Way.Delete, key, read.Record, new Dictionary<string, string?>(), deleted.StatusCode, isOwned: false);
        }

        var set = New(stage.Fields);
        var body = Json(set);
        body[stage.Key] = int.Parse(key, null);
        using var created = await _api.CreateAsync($"/api/tables/{stage.Table}", body.ToJsonString());
        Keep(Way.Create, key, new Dictionary<string, string?>(), set, created.StatusCode, isOwned: false);
    }

    public void Dispose()
    {
        _api.Dispose();
        _browser.Dispose();
    }

    private async Task<(Dictionary<string, string?> Record, string Tag)?> ReadAsync(string key)
    {
        using var answer = await _api.GetAsync(stage.Record(key));
        Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.NotFound, $"GET {key}: {answer.StatusCode}");
        return answer.StatusCode == HttpStatusCode.OK
            ? ((await ApiClient.BodyAsync(answer)).ToDictionary(p => p.Key, p => p.Value?.ToString()), answer.Headers.ETag!.Tag)
            : null;
    }

    private void Keep(Way way, string key, IReadOnlyDictionary<string, string?> basis, IReadOnlyDictionary<string, string?> set, HttpStatusCode answer, bool isOwned) =>
        Attempts.Add(new Attempt(way, key, basis, set, answer, isOwned));

    private Dictionary<string, string?> New(IEnumerable<string> fields) => fields.ToDictionary(f => f, _ => (string?)$"{(char)('a' + number)}{++_values}");

    private static Dictionary<string, string?> Only(Dictionary<string, string?> record, IEnumerable<string> fields) => fields.ToDictionary(f => f, f => record[f]);

    private static JsonObject Json(IEnumerable<KeyValuePair<string, string?>> values) =>
        new(values.Select(v => KeyValuePair.Create(v.Key, (JsonNode?)v.Value)));
}
