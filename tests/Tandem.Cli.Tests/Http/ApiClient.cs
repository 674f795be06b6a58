using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Tandem.Cli.Tests.Processes;

namespace Tandem.Cli.Tests.Http;

/// <summary>A program that uses the API with a token.</summary>
internal sealed class ApiClient : IDisposable
{
    private readonly HttpClient _http;

    public ApiClient(TandemProcess process, string token = TandemProcess.AdministratorToken)
        : this(process.Address, token)
    {
    }

    public ApiClient(Uri address, string token = TandemProcess.AdministratorToken)
    {
        _http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(60) };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public Task<HttpResponseMessage> GetAsync(string path) => _http.GetAsync(path, TestContext.Current.CancellationToken);

    public async Task<(JsonObject Record, string Tag)> RecordAsync(string path)
    {
        using var answer = await GetAsync(path);
        Assert.True(answer.IsSuccessStatusCode, $"GET {path}: {answer.StatusCode}");
        return (await BodyAsync(answer), answer.Headers.ETag!.Tag);
    }

    public Task<HttpResponseMessage> MergeAsync(string path, string json, string? tag = null) => SendAsync(HttpMethod.Patch, path, "application/merge-patch+json", json, tag);

    public Task<HttpResponseMessage> PatchAsync(string path, string json) => SendAsync(HttpMethod.Patch, path, "application/vnd.tandem.patch+json", json, null);

    public Task<HttpResponseMessage> CreateAsync(string path, string json) => SendAsync(HttpMethod.Post, path, "application/json", json, null);

    public Task<HttpResponseMessage> DeleteAsync(string path, string? tag = null) => SendAsync(HttpMethod.Delete, path, null, null, tag);

    public static async Task<JsonObject> BodyAsync(HttpResponseMessage answer) =>
        JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!.AsObject();

    public void Dispose() => _http.Dispose();

    private Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? type, string? json, string? tag)
    {
        var request = new HttpRequestMessage(method, path) { Content = json is null ? null : new StringContent(json, Encoding.UTF8, type!) };
        if (tag is not null)
        {
            request.Headers.IfMatch.Add(new EntityTagHeaderValue(tag));
        }

        return _http.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
